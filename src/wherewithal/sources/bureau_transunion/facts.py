"""From a report to facts: the one place that says what each bureau fact is made of."""

from __future__ import annotations

import re
from datetime import date

from wherewithal.sources.bureau_transunion.countable import (
    countable_collections,
    countable_inquiries,
    countable_trades,
    is_open,
)
from wherewithal.sources.bureau_transunion.delinquency import (
    chargeoffs_in,
    collections_in,
    delinquencies_in,
    is_past_due,
    months_since_delinquency,
    worst_past_due_days,
)
from wherewithal.sources.bureau_transunion.elements import implausible
from wherewithal.sources.bureau_transunion.months import months_between, years_between
from wherewithal.sources.bureau_transunion.obligations import (
    mortgage_payments_cents,
    revolving_balance_cents,
    revolving_limit_cents,
    scheduled_payments_cents,
)
from wherewithal.sources.bureau_transunion.report import BureauReport, Flag
from wherewithal.vocabulary.facts import FACTS, FactType
from wherewithal.vocabulary.stated import Stated

FactValue = int | bool | date | str | None
#: Chapters 7, 11, 12 and 13, each dismissed, filed, voluntarily dismissed or discharged.
_BANKRUPTCY = re.compile(r"[1237][DFVX]")


def facts_of(report: BureauReport, *, stated: Stated | None) -> dict[str, FactValue]:
    """Return every fact of the catalogue, by name; None is unknown and never zero.

    A bureau file knows no income, employment or rent: without `stated` those are None. What the
    applicant states of their residence stands before the file's address.
    Errors: Failure(implausible) if a sum leaves the range that the catalogue allows.
    """
    known = {
        **{fact.name: None for fact in FACTS},
        **_person_facts(report, stated),
        **_trade_facts(report),
        **_event_facts(report),
    }
    for fact in FACTS:
        value = known[fact.name]
        if fact.type is not FactType.INTEGER or value is None:
            continue
        if not isinstance(value, int) or not fact.minimum <= value <= fact.maximum:
            implausible(f"{fact.name} is outside {fact.minimum}..{fact.maximum:,}")
    return known


def _person_facts(report: BureauReport, stated: Stated | None) -> dict[str, FactValue]:
    as_of = report.header.reported_on
    birth = report.subject.date_of_birth
    facts: dict[str, FactValue] = {
        "as_of": as_of,
        "state": report.subject.state,
        "age_years": None if birth is None else years_between(birth, as_of),
        "income_verified": False,
    }
    if stated is not None:
        facts |= {
            "state": stated.state or report.subject.state,
            "income_verified": stated.income_verified or False,
            "stated_income_cents": stated.income_cents,
            "home_ownership": stated.home_ownership,
            "stated_housing_cents": stated.housing_cents,
            "stated_employment_years": stated.employment_years,
        }
    return facts


def _trade_facts(report: BureauReport) -> dict[str, FactValue]:
    as_of = report.header.reported_on
    trades = countable_trades(report.trades)
    opened = [trade.opened_on for trade in trades if trade.opened_on is not None]
    return {
        "revolving_balance_cents": revolving_balance_cents(trades),
        "revolving_limit_cents": revolving_limit_cents(trades),
        # The file states the credit still *available*, in whole percent; balance and limit say it
        # exactly, so the rounded figure is not taken.
        "revolving_utilisation_bps": None,
        "scheduled_payments_cents": scheduled_payments_cents(trades, as_of=as_of),
        "mortgage_payments_cents": mortgage_payments_cents(trades, as_of=as_of),
        "oldest_trade_date": min(opened, default=None),
        "total_trades": len(trades),
        "open_trades": sum(map(is_open, trades)),
        "delinquencies_24m": delinquencies_in(trades, as_of=as_of),
        "months_since_delinquency": months_since_delinquency(trades, as_of=as_of),
        "trades_past_due": sum(map(is_past_due, trades)),
        "past_due_cents": sum(trade.past_due_cents or 0 for trade in trades),
        "worst_past_due_days": worst_past_due_days(trades),
        "chargeoffs_12m": chargeoffs_in(trades, as_of=as_of),
        "collections_12m": collections_in(
            trades, countable_collections(report.collections), as_of=as_of
        ),
    }


def _event_facts(report: BureauReport) -> dict[str, FactValue]:
    """Return inquiries, bankruptcies, the score and the flags.

    Only bankruptcies count among public records: liens and judgments left the bureaus' files in
    2017-18, and one that is still there must not be counted (POLICY.md section 0).
    """
    as_of = report.header.reported_on
    bankruptcies = [
        record for record in report.public_records if _BANKRUPTCY.fullmatch(record.record_type)
    ]
    filed = [record.filed_on for record in bankruptcies if record.filed_on is not None]
    months_since = months_between(max(filed), as_of) if filed else None
    return {
        "bureau_score": report.scores[0].value if report.scores else None,
        "inquiries_6m": len(countable_inquiries(report.inquiries, as_of=as_of)),
        "public_records": len(bankruptcies),
        "months_since_public_record": months_since,
        "bankruptcies": len(bankruptcies),
        "months_since_bankruptcy": months_since,
        "has_fraud_alert": Flag.FRAUD_ALERT in report.flags,
        "has_active_duty_alert": Flag.ACTIVE_DUTY_ALERT in report.flags,
        "has_dispute": Flag.DISPUTED in report.flags,
    }
