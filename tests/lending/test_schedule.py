"""Monthly schedules: dates, rounding, early ends, and what may never happen."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wherewithal.lending import (
    Payment,
    Schedule,
    monthly_schedule,
    payment_amounts_cents,
)
from wherewithal.lending.schedule import monthly_due_dates
from wherewithal.vocabulary.errors import DomainError

#: Small loans round the hardest, so half of the principals are a few dollars at most.
PRINCIPALS = st.one_of(
    st.integers(min_value=1, max_value=500), st.integers(min_value=1, max_value=10**9)
)
RATES = st.integers(min_value=0, max_value=10_000)
TERMS = st.integers(min_value=1, max_value=120)


def payment(due_on: str, amount_cents: int, principal_cents: int, interest_cents: int) -> Payment:
    """Return a payment, its date as text."""
    return Payment(
        due_on=date.fromisoformat(due_on),
        amount_cents=amount_cents,
        principal_cents=principal_cents,
        interest_cents=interest_cents,
    )


def test_a_whole_schedule() -> None:
    """$100 at 12% over three months from 31 January.

    Level: 10000 x 0.340022... = 3400.22, up to 3401. Interest: 100; 1% of 6699 = 66.99, to date
    166.99 -> 167; 1% of 3364.99 = 33.6499, to date 200.6399 -> 201. Last: 10201 - 6802 = 3399.
    """
    plan = monthly_schedule(
        principal_cents=10_000, note_rate_bps=1_200, term_months=3, start_on=date(2025, 1, 31)
    )
    assert plan == Schedule(
        principal_cents=10_000,
        note_rate_bps=1_200,
        term_months=3,
        start_on=date(2025, 1, 31),
        first_months=1,
        first_days=0,
        payment_cents=3_401,
        payments=(
            payment("2025-02-28", 3_401, 3_301, 100),
            payment("2025-03-31", 3_401, 3_334, 67),
            payment("2025-04-30", 3_399, 3_365, 34),
        ),
        finance_charge_cents=201,
        total_of_payments_cents=10_201,
        is_paid_early=False,
    )


def test_interest_is_rounded_cumulatively_half_even() -> None:
    """$0.50 at 12% over four months: half a cent accrues first.

    Level: 50 x 0.256281 = 12.81, up to 13. To date: 0.5 -> 0 (a tie, to even); balance 37.5,
    0.875 -> 1; balance 24.875, 1.12375 -> 1; balance 12.12375, 1.2449875 -> 1. Last: 51 - 39 = 12.
    """
    plan = monthly_schedule(
        principal_cents=50, note_rate_bps=1_200, term_months=4, start_on=date(2025, 3, 1)
    )
    assert [one.interest_cents for one in plan.payments] == [0, 1, 0, 0]
    assert [one.amount_cents for one in plan.payments] == [13, 13, 13, 12]


def test_a_schedule_paid_off_early_has_fewer_payments() -> None:
    """$1.10 over 120 months is a cent a month: 110 payments repay it."""
    plan = monthly_schedule(
        principal_cents=110, note_rate_bps=0, term_months=120, start_on=date(2025, 1, 1)
    )
    assert len(plan.payments) == 110
    assert plan.is_paid_early
    assert {one.amount_cents for one in plan.payments} == {1}
    assert plan.payments[-1].due_on == date(2034, 3, 1)


def test_one_payment_is_the_difference() -> None:
    """$100 at 9.99% for a month owes 10083.25: the level payment is 10084, the only one 10083."""
    plan = monthly_schedule(
        principal_cents=10_000, note_rate_bps=999, term_months=1, start_on=date(2025, 1, 1)
    )
    assert plan.payment_cents == 10_084
    assert plan.payments == (payment("2025-02-01", 10_083, 10_000, 83),)


@given(PRINCIPALS, RATES, TERMS)
def test_no_cent_is_lost_or_made(principal: int, note_rate_bps: int, term_months: int) -> None:
    """Sums are exact, the last payment is at most the level one, none is zero."""
    plan = monthly_schedule(
        principal_cents=principal,
        note_rate_bps=note_rate_bps,
        term_months=term_months,
        start_on=date(2024, 1, 31),
    )
    amounts = [one.amount_cents for one in plan.payments]
    assert set(amounts[:-1]) <= {plan.payment_cents}
    assert 0 < amounts[-1] <= plan.payment_cents
    assert sum(one.principal_cents for one in plan.payments) == principal
    assert sum(one.interest_cents for one in plan.payments) == plan.finance_charge_cents
    assert sum(amounts) == plan.total_of_payments_cents == principal + plan.finance_charge_cents
    assert min(min(one.principal_cents, one.interest_cents) for one in plan.payments) >= 0
    assert plan.is_paid_early == (len(amounts) < term_months)
    assert note_rate_bps > 0 or plan.finance_charge_cents == 0


@given(PRINCIPALS, RATES, TERMS)
def test_amounts_alone_are_those_of_the_schedule(principal: int, rate: int, term: int) -> None:
    """The short way gives the same amounts."""
    terms: dict[str, Any] = {
        "principal_cents": principal,
        "note_rate_bps": rate,
        "term_months": term,
    }
    plan = monthly_schedule(start_on=date(2025, 5, 5), **terms)
    assert payment_amounts_cents(**terms) == tuple(one.amount_cents for one in plan.payments)


@pytest.mark.parametrize(
    ("start_on", "expected"),
    [
        ("2025-01-31", ["2025-02-28", "2025-03-31", "2025-04-30", "2025-05-31"]),
        ("2024-01-30", ["2024-02-29", "2024-03-30", "2024-04-30", "2024-05-30"]),
        ("2023-11-29", ["2023-12-29", "2024-01-29", "2024-02-29", "2024-03-29"]),
        ("1999-12-31", ["2000-01-31", "2000-02-29", "2000-03-31", "2000-04-30"]),
        ("2100-01-31", ["2100-02-28", "2100-03-31", "2100-04-30", "2100-05-31"]),
        ("2025-12-01", ["2026-01-01", "2026-02-01", "2026-03-01", "2026-04-01"]),
    ],
)
def test_month_ends(start_on: str, expected: list[str]) -> None:
    """A month that lacks the day ends earlier, and the next month has the day again."""
    days = monthly_due_dates(start_on=date.fromisoformat(start_on), count=4)
    assert [day.isoformat() for day in days] == expected


def test_a_leap_day_comes_back_after_four_years() -> None:
    """A loan of 29 February falls due on 28 February until the next leap year."""
    days = monthly_due_dates(start_on=date(2024, 2, 29), count=48)
    assert [day.day for day in days if day.month == 2] == [28, 28, 28, 29]


@given(st.dates(max_value=date(9989, 12, 31)), TERMS)
def test_due_dates_are_one_a_month(start_on: date, count: int) -> None:
    """Each in its own month, none later in the month than the start."""
    days = monthly_due_dates(start_on=start_on, count=count)
    months = [12 * day.year + day.month for day in (start_on, *days)]
    assert {after - before for before, after in pairwise(months)} == {1}
    assert max(day.day for day in days) <= start_on.day


@pytest.mark.parametrize(
    "start_on", [datetime(2025, 1, 31, tzinfo=UTC), "2025-01-31", None, date(9999, 11, 30)]
)
def test_a_start_that_is_no_use(start_on: date) -> None:
    """A date without a time, with room for the term."""
    with pytest.raises(DomainError, match=r"^start_on must"):
        monthly_schedule(principal_cents=100, note_rate_bps=0, term_months=2, start_on=start_on)


def test_the_last_month_of_the_calendar_is_reached() -> None:
    """December 9999 is still a month."""
    assert monthly_due_dates(start_on=date(9999, 11, 30), count=1) == (date(9999, 12, 30),)


@pytest.mark.parametrize("principal", [0, -1, 10**13 + 1, 100.0, True, "100"])
def test_a_principal_that_is_no_use(principal: int) -> None:
    """A schedule lends at least a cent."""
    with pytest.raises(DomainError, match=r"^principal_cents must be a whole number from 1 to"):
        monthly_schedule(
            principal_cents=principal, note_rate_bps=0, term_months=2, start_on=date(2025, 1, 1)
        )


def test_a_schedule_cannot_be_changed() -> None:
    """Records are frozen."""
    plan = monthly_schedule(
        principal_cents=100, note_rate_bps=0, term_months=2, start_on=date(2025, 1, 1)
    )
    with pytest.raises(AttributeError, match="immutable"):
        plan.principal_cents = 1  # type: ignore[misc]
    assert msgspec.structs.replace(plan) == plan
