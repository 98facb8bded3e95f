"""Lending arithmetic: payments, schedules, Regulation Z APR; pure."""

from wherewithal.lending.annuity import (
    AnnuityFactor,
    annuity_factor,
    largest_principal_cents,
    level_payment_cents,
)
from wherewithal.lending.apr import (
    apr_bps,
    is_apr_rounded,
    is_apr_within_cap,
    note_rate_within_cap,
    regular_apr_pct,
    schedule_apr_pct,
)
from wherewithal.lending.apr_by_dates import DatedApr, Flow, NoApr, apr_by_dates
from wherewithal.lending.apr_columns import level_aprs_pct
from wherewithal.lending.dated_aprs import DatedAprs, dated_aprs, series_of
from wherewithal.lending.door import schedule_json
from wherewithal.lending.door_apr import apr_json
from wherewithal.lending.pay_in_4 import (
    PayIn4Schedule,
    pay_in_4_financed_cents,
    pay_in_4_schedule,
)
from wherewithal.lending.plan_check import check_plan
from wherewithal.lending.schedule import (
    Payment,
    Schedule,
    monthly_schedule,
    payment_amounts_cents,
)

__all__ = [
    "AnnuityFactor",
    "DatedApr",
    "DatedAprs",
    "Flow",
    "NoApr",
    "PayIn4Schedule",
    "Payment",
    "Schedule",
    "annuity_factor",
    "apr_bps",
    "apr_by_dates",
    "apr_json",
    "check_plan",
    "dated_aprs",
    "is_apr_rounded",
    "is_apr_within_cap",
    "largest_principal_cents",
    "level_aprs_pct",
    "level_payment_cents",
    "monthly_schedule",
    "note_rate_within_cap",
    "pay_in_4_financed_cents",
    "pay_in_4_schedule",
    "payment_amounts_cents",
    "regular_apr_pct",
    "schedule_apr_pct",
    "schedule_json",
    "series_of",
]
