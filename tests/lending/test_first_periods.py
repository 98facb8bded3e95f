"""Schedules whose first payment is not a month after the start, and the calendar's odd ends."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wherewithal.lending import monthly_schedule, schedule_apr_pct, schedule_json
from wherewithal.vocabulary.errors import DomainError, InputRefused

STARTS = st.dates(date(2023, 1, 1), date(2032, 12, 31))
LOANS = st.tuples(st.integers(1, 5_000_000), st.integers(0, 3_600), st.integers(1, 60))


def plan_of(loan: tuple[int, int, int], start: date, first: date | None):
    principal, rate, term = loan
    return monthly_schedule(
        principal_cents=principal,
        note_rate_bps=rate,
        term_months=term,
        start_on=start,
        first_payment_on=first,
    )


@pytest.mark.parametrize(
    ("start", "first", "period", "due"),
    [
        # Appendix J, example (c)(1)(ii): back to March 1, then 19 days.
        ("1978-02-10", "1978-04-01", (1, 19), ["1978-04-01", "1978-05-01", "1978-06-01"]),
        # The 31st comes back after February, in a leap year and in another.
        ("2024-01-31", None, (1, 0), ["2024-02-29", "2024-03-31", "2024-04-30"]),
        ("2025-01-31", None, (1, 0), ["2025-02-28", "2025-03-31", "2025-04-30"]),
        ("2024-12-31", "2025-02-28", (2, 0), ["2025-02-28", "2025-03-31", "2025-04-30"]),
        ("2025-01-30", "2025-02-28", (1, 0), ["2025-02-28", "2025-03-30", "2025-04-30"]),
        # No whole months: the first payment's own day; the 31st again where there is one.
        ("2025-01-10", "2025-02-28", (1, 18), ["2025-02-28", "2025-03-28", "2025-04-28"]),
        ("2025-01-10", "2025-01-31", (0, 21), ["2025-01-31", "2025-02-28", "2025-03-31"]),
        # Back from March 1 to February 1, then a day; a February of 29 days does not matter.
        ("2024-01-31", "2024-03-01", (1, 1), ["2024-03-01", "2024-04-01", "2024-05-01"]),
        ("2024-02-29", "2025-02-28", (12, 0), ["2025-02-28", "2025-03-29", "2025-04-29"]),
        ("2025-01-10", "2025-01-11", (0, 1), ["2025-01-11", "2025-02-11", "2025-03-11"]),
    ],
)
def test_when_payments_fall_due(start, first, period, due):
    given_first = first and date.fromisoformat(first)
    plan = plan_of((90_000, 1_200, 3), date.fromisoformat(start), given_first)
    assert (plan.first_months, plan.first_days) == period
    assert [str(payment.due_on) for payment in plan.payments] == due


def test_a_long_first_period_to_the_cent():
    # $100.00 at 1% a month for a month and 15 days: 10000 x 1.01 x 1.005 = 10150.50.
    plan = plan_of((10_000, 1_200, 3), date(2025, 1, 31), date(2025, 3, 15))
    # Level: 10150.50 / 1.01 x 0.340022... = 3417.22, up to 3418. Then 1% of 6732.50 = 67.325, to
    # date 217.825 -> 218; 1% of 3381.825 = 33.81825, to date 251.64 -> 252. Last: 10252 - 6836.
    assert [(p.amount_cents, p.interest_cents) for p in plan.payments] == [
        (3_418, 150),
        (3_418, 68),
        (3_416, 34),
    ]


@given(LOANS, STARTS, st.integers(1, 360))
def test_no_cent_is_lost_or_made(loan, start, days):
    plan = plan_of(loan, start, start + timedelta(days=days))
    assert sum(p.principal_cents for p in plan.payments) == plan.principal_cents
    assert sum(p.interest_cents for p in plan.payments) == plan.finance_charge_cents
    for payment in plan.payments:
        assert payment.amount_cents == payment.principal_cents + payment.interest_cents
        assert 0 < payment.amount_cents <= plan.payment_cents
        assert min(payment.principal_cents, payment.interest_cents) >= 0


@given(LOANS, STARTS)
def test_a_first_payment_a_month_later_is_the_plan_without_one(loan, start):
    regular = plan_of(loan, start, None)
    assert plan_of(loan, start, regular.payments[0].due_on) == regular


@given(
    st.tuples(st.integers(10**7, 10**9), st.integers(1, 3_600), st.integers(4, 60)),
    STARTS,
    st.integers(1, 360),
)
def test_the_apr_stays_next_to_the_note_rate(loan, start, days):
    # From $100,000 on a cent more in each payment moves a rate by less than 0.001 points.
    plan = plan_of(loan, start, start + timedelta(days=days))
    assert abs(schedule_apr_pct(plan) - Decimal(loan[1]) / 100) < Decimal("0.001")


@given(LOANS, STARTS, st.integers(1, 360))
def test_a_second_writing_in_decimals_agrees(loan, start, days):
    principal, rate, term = loan
    plan = plan_of(loan, start, start + timedelta(days=days))
    with localcontext() as context:
        context.prec = 60
        monthly = Decimal(rate) / 120_000
        balance = principal * (1 + monthly) ** plan.first_months
        balance *= 1 + monthly * plan.first_days / 30
        discount = sum((1 + monthly) ** -number for number in range(term))
        exact = balance / discount
        assert 0 <= plan.payment_cents - exact < Decimal("1.00001")
        accrued = balance - principal
        for number, payment in enumerate(plan.payments):
            charged = sum(one.interest_cents for one in plan.payments[: number + 1])
            paid = sum(one.amount_cents for one in plan.payments[: number + 1])
            # What accrued, rounded, or all that was paid where that is less.
            assert min(charged - accrued, Decimal(paid) - charged) <= Decimal("0.5")
            assert charged - accrued <= Decimal("0.5")
            balance -= payment.amount_cents
            accrued += balance * monthly
            balance += balance * monthly


def test_a_first_payment_that_cannot_bear_its_interest_bears_what_it_can():
    # A year at 36% before 60 payments of 50.02: 425.76 have accrued when the first falls due.
    plan = plan_of((100_000, 3_600, 60), date(2025, 1, 10), date(2026, 1, 10))
    first = plan.payments[0]
    assert (first.principal_cents, first.interest_cents) == (0, plan.payment_cents)
    assert sum(p.principal_cents for p in plan.payments) == 100_000
    assert round(schedule_apr_pct(plan), 2) == Decimal("36.00")


@pytest.mark.parametrize(
    "first",
    [
        date(2025, 1, 10),
        date(2025, 1, 9),
        date(2026, 1, 11),
        datetime(2025, 2, 10, tzinfo=UTC),
        "2025-02-10",
    ],
)
def test_what_is_no_first_payment(first):
    with pytest.raises(DomainError, match="first_payment_on"):
        plan_of((100, 0, 3), date(2025, 1, 10), first)


def test_the_door_says_how_long_the_first_period_is():
    answer = schedule_json(
        principal_cents="600000",
        note_rate_bps="1182",
        months="36",
        start="1978-02-10",
        first_payment="1978-04-01",
    )
    # Example (c)(1)(ii) has payments of 200.00; rounded up, 200.02 repay 6,000 at 11.82%.
    assert (answer["payment_cents"], answer["apr_bps"]) == (20_002, 1_182)
    assert answer["first_period"] == {"months": 1, "days": 19}


@pytest.mark.parametrize(
    ("start", "first", "wrong"),
    [
        ("2025-01-10", "2025-01-10", [("--first-payment", "out_of_range")]),
        ("2025-01-10", "2026-01-11", [("--first-payment", "out_of_range")]),
        ("2025-01-10", "10.2.2025", [("--first-payment", "not_a_date")]),
        ("2025-02-30", "2025-02-30", [("--start", "not_a_date"), ("--first-payment", "not_a_date")]),
        ("2025-02-30", "2025-03-30", [("--start", "not_a_date")]),
        ("9989-12-31", "9990-01-31", [("--first-payment", "out_of_range")]),
    ],
)  # fmt: skip
def test_the_door_says_all_that_is_wrong(start, first, wrong):
    with pytest.raises(InputRefused) as refused:
        schedule_json(
            principal_cents=100, note_rate_bps=0, months=3, start=start, first_payment=first
        )
    assert [(problem.path, problem.code) for problem in refused.value.problems] == wrong
