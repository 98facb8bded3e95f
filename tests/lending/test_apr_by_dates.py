"""The APR of dated advances and payments: appendix J's own examples, and an independent solver."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal, localcontext

import pytest

from tests.lending import appendix_j
from tests.lending.any_schedules import any_schedule
from wherewithal.lending import Flow, apr_by_dates, apr_json, monthly_schedule, schedule_apr_pct
from wherewithal.vocabulary.errors import DomainError, InputRefused


def flow(on: str, amount_cents: int) -> Flow:
    return Flow(on=date.fromisoformat(on), amount_cents=amount_cents)


def every(first: str, *, count: int, amount_cents: int, months: int = 0, days: int = 0):
    begin = date.fromisoformat(first)
    for number in range(count):
        year, month = divmod(12 * begin.year + begin.month - 1 + months * number, 12)
        due = date(year, month + 1, begin.day) + timedelta(days=days * number)
        yield Flow(on=due, amount_cents=amount_cents)


def skipped_weeks(first: str, *, count: int, amount_cents: int):
    due, last_month = date.fromisoformat(first), 0
    for _ in range(count):
        if due.month == last_month:
            due += timedelta(days=14)
        yield Flow(on=due, amount_cents=amount_cents)
        due, last_month = due + timedelta(days=28), due.month


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
        # (c)(2)(i): an odd first payment.
        (("1978-01-10", 500_000), [flow("1978-02-10", 25_000), *every("1978-03-10", count=23, amount_cents=23_000, months=1)], 10.08, "month"),
        # (c)(2)(ii): every four weeks, long first period of 1 5/28.
        (("1978-03-18", 40_000), [flow("1978-04-20", 3_950), *every("1978-05-18", count=11, amount_cents=3_831, days=28)], 28.50, "4 weeks"),
        # (c)(3)(i): an odd last payment.
        (("1978-01-10", 500_000), [*every("1978-02-10", count=23, amount_cents=23_000, months=1), flow("1980-01-10", 28_000)], 10.50, "month"),
        # (c)(3)(ii): every two weeks, short first period of 8/14.
        (("1978-04-03", 20_000), [*every("1978-04-11", count=19, amount_cents=950, days=14), flow("1979-01-02", 3_000)], 12.22, "2 weeks"),
        # (c)(4)(i): odd first and last payments.
        (("1978-01-10", 500_000), [flow("1978-02-10", 25_000), *every("1978-03-10", count=22, amount_cents=23_000, months=1), flow("1980-01-10", 28_000)], 10.90, "month"),
        # (c)(4)(ii): every two months, short first period of 36/60.
        (("1978-01-10", 800_000), [flow("1978-03-01", 44_936), *every("1978-05-01", count=18, amount_cents=46_500, months=2), flow("1981-05-01", 20_000)], 7.30, "2 months"),
        # (c)(5)(i): one payment after 255 days: 8% x 365/255.
        (("1978-01-03", 100_000), [flow("1978-09-15", 108_000)], 11.45, "255 days"),
        # (c)(5)(ii): one payment after six months: 4.4% twice a year.
        (("1978-07-15", 100_000), [flow("1979-01-15", 104_400)], 8.80, "6 months"),
        # (c)(5)(iii): one payment after a year and a half: a year, then half of one, simple.
        (("1978-01-15", 100_000), [flow("1979-07-15", 113_519)], 8.76, "year"),
        # (c)(5)(iv): one payment after two years.
        (("1978-01-15", 100_000), [flow("1980-01-15", 124_000)], 11.36, "year"),
        # (c)(6)(i): every four weeks, two weeks later where a month would see two payments.
        (("1978-01-25", 213_500), skipped_weeks("1978-02-20", count=24, amount_cents=10_000), 12.00, "4 weeks"),
        # (c)(6)(ii): three payments, one, three other ones and a last.
        (("1978-03-03", 735_000), [*every("1978-09-15", count=3, amount_cents=100_000, months=1), flow("1979-03-15", 200_000), *every("1979-09-15", count=3, amount_cents=75_000, months=1), flow("1980-02-01", 100_000)], 10.22, "month"),
    ],
)  # fmt: skip
def test_the_examples_of_appendix_j(advance, payments, percent, unit):
    found = apr_by_dates(advances=[flow(*advance)], payments=list(payments))
    assert (round(found.apr_pct, 2), str(found.unit_period)) == (percent, unit)


def test_three_advances_for_a_building():
    # (c)(7)(i): time is counted from the first advance.
    found = apr_by_dates(
        advances=[flow(day, 2_000_000) for day in ("1979-04-10", "1979-06-12", "1979-09-18")],
        payments=list(every("1979-12-10", count=240, amount_cents=61_236, months=1)),
    )
    assert (round(found.apr_pct, 2), str(found.unit_period)) == (10.25, "month")


def test_a_payment_before_the_first_advance_is_where_time_begins():
    # As in (c)(7)(ii). 10 paid, 1,000 lent a month later, 1,010 paid a year after that: the 10 earn
    # interest too, so a charge of 20 is spread over a little less than 1,000.
    found = apr_by_dates(
        advances=[flow("2025-02-01", 100_000)],
        payments=[flow("2025-01-01", 1_000), flow("2026-02-01", 101_000)],
    )
    assert str(found.unit_period) == "7 months"
    # 31 and 396 days: 213.5 on average, next to 210. Half a year on: 100,000 at 30/210, and
    # 101,000 at one period of 210 and 180/210 of one.
    i = found.apr_pct / 100 * 7 / 12
    assert abs(100_000 / (1 + i / 7) - 1_000 - 101_000 / ((1 + i) * (1 + i * 6 / 7))) < 1e-6


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


def largest_error_pct(seeds: range) -> float:
    worst = 0.0
    for seed in seeds:
        advances, payments = any_schedule(seed)
        found = apr_by_dates(
            advances=[Flow(on=day, amount_cents=cents) for day, cents in advances],
            payments=[Flow(on=day, amount_cents=cents) for day, cents in payments],
        )
        expected, _ = appendix_j.apr(advances, payments)
        worst = max(worst, abs(found.apr_pct - expected) / max(1.0, expected))
    return worst


def test_an_independent_solver_finds_the_same_rate():
    assert largest_error_pct(range(600)) < 1e-9


@pytest.mark.nightly
@pytest.mark.parametrize("tenth", range(10))
def test_an_independent_solver_finds_the_same_rate_of_many(tenth):
    assert largest_error_pct(range(10_000 * tenth, 10_000 * (tenth + 1))) < 1e-9


def test_a_charge_of_a_cent_has_a_rate():
    # So small that the last digits of what it is solved from decide.
    found = apr_by_dates(
        advances=[flow("2022-11-15", 1_678_780)],
        payments=[flow("2023-01-01", 844_706), flow("2023-03-01", 834_075)],
    )
    # A cent on 1,678,780 for 2.5 months on average: 0.0003%.
    assert 2.5e-4 < found.apr_pct < 3.5e-4


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
        ([("2025-01-01", 100)], [("2024-12-31", 200)], "no payment falls after the first advance"),
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
