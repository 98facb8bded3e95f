"""The APR of dated advances and payments: appendix J's own examples, and an independent solver."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal, localcontext

import pytest

from wherewithal.lending import Flow, apr_by_dates, apr_json, monthly_schedule, schedule_apr_pct
from wherewithal.lending.unit_period import Calendar, calendar_of, count_unit_periods
from wherewithal.vocabulary.errors import DomainError, InputRefused


def flow(on: str, amount_cents: int) -> Flow:
    return Flow(on=date.fromisoformat(on), amount_cents=amount_cents)


def every(first: str, *, count: int, amount_cents: int, months: int = 0, days: int = 0):
    begin = date.fromisoformat(first)
    for number in range(count):
        year, month = divmod(12 * begin.year + begin.month - 1 + months * number, 12)
        due = date(year, month + 1, begin.day) + timedelta(days=days * number)
        yield Flow(on=due, amount_cents=amount_cents)


@pytest.mark.parametrize(
    ("advance", "payments", "percent", "unit"),
    [
        # (c)(1)(i): monthly.
        (("1978-01-10", 500_000), every("1978-02-10", count=24, amount_cents=23_000, months=1), 9.69, "month"),
        # (c)(1)(ii): monthly, long first period of 1 19/30 months.
        (("1978-02-10", 600_000), every("1978-04-01", count=36, amount_cents=20_000, months=1), 11.82, "month"),
        # (c)(1)(iii): semimonthly on the 1st and 16th, short first period of 6/15.
        (("1978-02-23", 500_000), [*every("1978-03-01", count=12, amount_cents=21_917, months=1), *every("1978-03-16", count=12, amount_cents=21_917, months=1)], 10.34, "semimonth"),
        # (c)(1)(iv): quarterly, long first period of 1 39/90.
        (("1978-05-23", 1_000_000), every("1978-10-01", count=40, amount_cents=38_500, months=3), 8.97, "3 months"),
        # (c)(1)(v): weekly, long first period of 4 4/7.
        (("1978-03-20", 50_000), every("1978-04-21", count=30, amount_cents=1_760, days=7), 14.96, "week"),
        # (c)(5): one payment after 255 days: 8% x 365/255.
        (("1978-01-01", 100_000), [flow("1978-09-13", 108_000)], 11.45, "255 days"),
        # One payment after six months: 4.4% twice a year.
        (("1978-01-01", 100_000), [flow("1978-07-01", 104_400)], 8.80, "6 months"),
        # One payment after a year and a half: a year, then half of one at simple interest.
        (("2025-01-01", 100_000), [flow("2026-07-01", 115_500)], 10.0, "year"),
    ],
)  # fmt: skip
def test_the_examples_of_appendix_j(advance, payments, percent, unit):
    found = apr_by_dates(advances=[flow(*advance)], payments=list(payments))
    assert (round(found.apr_pct, 2), str(found.unit_period)) == (percent, unit)


@pytest.mark.parametrize(
    ("begin", "due", "unit"),
    [
        ("2025-01-31", ["2025-02-28", "2025-03-31", "2025-04-30"], "month"),
        ("2024-01-30", ["2024-02-29", "2024-03-30", "2024-04-30"], "month"),
        ("2025-01-15", ["2025-01-31", "2025-02-15", "2025-02-28", "2025-03-15"], "semimonth"),
        ("2025-01-01", ["2025-01-15", "2025-01-29", "2025-02-12"], "2 weeks"),
        ("2025-01-01", ["2025-01-29", "2025-02-26", "2025-03-26"], "4 weeks"),
        ("2025-01-01", ["2025-01-02", "2025-01-03", "2025-01-04"], "day"),
        # 31 days and a month occur twice each: the smaller, a month of 30 days.
        ("2025-07-01", ["2025-08-01", "2025-09-01"], "month"),
        # Nothing occurs twice: the average of 10 and 23 days is 16.5, next to half a month.
        ("2025-01-01", ["2025-01-11", "2025-02-03"], "semimonth"),
        # Every two years is cut to a year.
        ("2020-01-01", ["2022-01-01", "2024-01-01"], "year"),
    ],
)
def test_the_unit_period_is_read_from_dates(begin, due, unit):
    amount = 100_000
    payments = [flow(day, amount) for day in due]
    assert str(apr_by_dates(advances=[flow(begin, amount)], payments=payments).unit_period) == unit


def test_months_at_the_end_of_months_are_whole():
    ends = calendar_of([date(2025, 2, 28), date(2025, 3, 31), date(2025, 4, 30)])
    assert ends.months_and_days(date(2025, 1, 31), date(2025, 2, 28)) == (1, 0)
    thirtieths = calendar_of([date(2025, 1, 30), date(2025, 2, 28), date(2025, 3, 30)])
    assert thirtieths.months_and_days(date(2024, 12, 30), date(2025, 2, 28)) == (2, 0)
    assert Calendar().months_and_days(date(2025, 1, 31), date(2025, 3, 1)) == (1, 1)


def test_several_advances_and_a_prepaid_charge():
    # Half at once and half after a month, a charge of 10 paid at the start.
    found = apr_by_dates(
        advances=[flow("2025-01-01", 50_000), flow("2025-02-01", 50_000)],
        payments=[flow("2025-01-01", 1_000), *every("2025-03-01", count=10, amount_cents=10_000, months=1)],
    )  # fmt: skip
    with localcontext() as context:
        context.prec = 50
        i = Decimal(repr(found.apr_pct)) / 1200
        worth = 49_000 + 50_000 / (1 + i) - sum(10_000 / (1 + i) ** n for n in range(2, 12))
        assert abs(worth) < Decimal("1e-6")


def by_bisection(times: list[tuple[int, Decimal, int]], per_year: Decimal) -> Decimal:
    """Solve appendix J's general equation with 40 digits and no derivative."""
    with localcontext() as context:
        context.prec = 40
        low, high = Decimal(0), Decimal(64)
        for _ in range(100):
            i = (low + high) / 2
            worth = sum(c / ((1 + f * i) * (1 + i) ** t) for t, f, c in times)
            low, high = (i, high) if worth < 0 else (low, i)
        return low * per_year * 100


def random_transaction(seed: int) -> tuple[list[Flow], list[Flow]]:
    draw = random.Random(seed)
    begin = date(2020, 1, 1) + timedelta(days=draw.randrange(2_500))
    amount, count = draw.randrange(5_000, 3_000_000), draw.randrange(1, 37)
    step = draw.choice(
        [{"days": 7}, {"days": 14}, {"months": 1}, {"months": 3}, {"days": 1}, {"days": 0}]
    )
    first = begin + timedelta(days=draw.randrange(1, 60))
    if "months" in step:
        first = first.replace(day=min(first.day, 28))
    total = int(amount * draw.uniform(1.0, 1.6)) + 1
    if step == {"days": 0}:
        gaps = [draw.randrange(1, 90) for _ in range(count)]
        days = [first + timedelta(days=sum(gaps[:n])) for n in range(count)]
        payments = [Flow(on=day, amount_cents=-(-total // count)) for day in days]
    else:
        payments = list(
            every(first.isoformat(), count=count, amount_cents=-(-total // count), **step)
        )
    advances = [Flow(on=begin, amount_cents=amount)]
    if draw.random() < 0.2:
        advances = [
            Flow(on=begin, amount_cents=amount // 2),
            Flow(
                on=begin + timedelta(days=draw.randrange(1, 20)), amount_cents=amount - amount // 2
            ),
        ]
    return advances, payments


def largest_error_pct(seeds: range) -> float:
    worst = 0.0
    for seed in seeds:
        advances, payments = random_transaction(seed)
        found = apr_by_dates(advances=advances, payments=payments)
        begin, calendar = advances[0].on, calendar_of(sorted({p.on for p in payments}))
        times = []
        for sign, flows in ((1, advances), (-1, payments)):
            for one in flows:
                full, part = count_unit_periods(found.unit_period, begin, one.on, calendar)
                times.append(
                    (full, Decimal(part.numerator) / part.denominator, sign * one.amount_cents)
                )
        per_year = found.unit_period.per_year
        oracle = by_bisection(times, Decimal(per_year.numerator) / per_year.denominator)
        worst = max(worst, abs(found.apr_pct - float(oracle)) / max(1.0, float(oracle)))
    return worst


def test_an_independent_solver_finds_the_same_rate():
    assert largest_error_pct(range(200)) < 1e-9


@pytest.mark.nightly
def test_an_independent_solver_finds_the_same_rate_of_many():
    assert largest_error_pct(range(200, 20_000)) < 1e-9


def test_a_regular_schedule_has_its_exact_apr():
    for principal, rate, term in ((123_456, 1_899, 36), (30_000, 3_599, 6), (2_000_000, 799, 60)):
        plan = monthly_schedule(
            principal_cents=principal,
            note_rate_bps=rate,
            term_months=term,
            start_on=date(2026, 1, 31),
        )
        found = apr_by_dates(
            advances=[Flow(on=plan.start_on, amount_cents=principal)],
            payments=[Flow(on=p.due_on, amount_cents=p.amount_cents) for p in plan.payments],
        )
        assert abs(found.apr_pct - float(schedule_apr_pct(plan))) < 1e-9


@pytest.mark.parametrize(
    ("advances", "payments", "message"),
    [
        ([], [("2025-02-01", 1)], "no advance"),
        ([("2025-01-01", 100)], [("2025-02-01", 99)], "less than the advances"),
        ([("2025-01-01", 100)], [("2024-12-31", 200)], "before the first advance"),
        ([("2025-01-01", 100)], [("2025-01-01", 200)], "no payment falls after the first advance"),
        ([("2025-01-01", 0)], [("2025-02-01", 200)], "not positive"),
    ],
)  # fmt: skip
def test_no_rate_is_made_up(advances, payments, message):
    with pytest.raises(DomainError, match=message):
        apr_by_dates(advances=[flow(*a) for a in advances], payments=[flow(*p) for p in payments])


def test_no_finance_charge_is_zero_and_an_absurd_one_still_a_number():
    free = apr_by_dates(advances=[flow("2025-01-01", 100)], payments=[flow("2025-02-01", 100)])
    assert free.apr_pct == 0.0
    dear = apr_by_dates(
        advances=[flow("2025-01-01", 100)],
        payments=list(every("2025-01-02", count=300, amount_cents=10**9, days=1)),
    )
    assert 1e8 < dear.apr_pct < 1e13


def test_the_door_says_all_that_is_wrong_at_once():
    good = {
        "id": 1,
        "advances": [{"date": "2025-01-01", "amount_cents": 100}],
        "payments": [{"date": "2025-07-01", "amount_cents": 110}],
    }
    assert apr_json([good]) == [{"id": 1, "apr_pct": 20.0, "unit_period": "6 months"}]
    bad = {"id": True, "advances": [{"date": "2025-02-30", "amount_cents": 1.5}], "payments": []}
    with pytest.raises(InputRefused) as refused:
        apr_json([good, bad, 7])
    assert [(p.path, p.code) for p in refused.value.problems] == [
        ("$[1].id", "not_an_id"),
        ("$[1].advances[0].date", "not_a_date"),
        ("$[1].advances[0].amount_cents", "not_an_amount"),
        ("$[1].payments", "not_a_list"),
        ("$[2]", "not_an_object"),
    ]


def test_a_transaction_without_a_rate_keeps_its_place():
    short = {
        "id": "b",
        "advances": [{"date": "2025-01-01", "amount_cents": 100}],
        "payments": [{"date": "2025-07-01", "amount_cents": 90}],
    }
    assert apr_json([short]) == [
        {"id": "b", "apr_pct": None, "unit_period": None, "problem": "the payments sum to less than the advances, so there is no rate of 0 or more"}
    ]  # fmt: skip
