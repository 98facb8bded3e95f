"""Unit-periods as 12 CFR 1026, appendix J(b)(3) to (b)(5) defines them, paragraph by paragraph."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from wherewithal.lending.unit_period import (
    Due,
    Kind,
    UnitPeriod,
    count_unit_periods,
    due_dates,
    unit_period_of,
)


def unit_period(begin: str, *paid: str, advanced: tuple[str, ...] = ()) -> str:
    first = date.fromisoformat(begin)
    advances = [first, *map(date.fromisoformat, advanced)]
    return str(
        unit_period_of(
            begin=first,
            advances=due_dates(advances, begin=first),
            payments=due_dates([*map(date.fromisoformat, paid)], begin=first),
        )
    )


@pytest.mark.parametrize(
    ("begin", "paid", "unit"),
    [
        # (b)(3)(iv): all months are equal, whether due on a day, on last days, on a 30th or a 29th.
        ("2025-01-10", ["2025-02-10", "2025-03-10", "2025-04-10"], "month"),
        ("2025-01-31", ["2025-02-28", "2025-03-31", "2025-04-30"], "month"),
        ("2024-01-30", ["2024-02-29", "2024-03-30", "2024-04-30"], "month"),
        ("2025-01-29", ["2025-02-28", "2025-03-29", "2025-04-29"], "month"),
        ("2025-01-15", ["2025-03-31", "2025-06-30", "2025-09-30", "2025-12-31"], "3 months"),
        ("2024-02-29", ["2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29"], "year"),
        # (b)(3)(iii): days, weeks and their multiples.
        ("2025-01-01", ["2025-01-02", "2025-01-03", "2025-01-04"], "day"),
        ("2025-01-01", ["2025-01-08", "2025-01-15", "2025-01-22"], "week"),
        ("2025-01-01", ["2025-01-29", "2025-02-26", "2025-03-26"], "4 weeks"),
        ("2025-04-10", ["2025-05-10", "2025-06-09", "2025-07-09", "2025-08-08"], "30 days"),
        # Half of a month: the 1st and 15th, the 15th and last day, the 10th and 25th.
        ("2025-02-20", ["2025-03-01", "2025-03-15", "2025-04-01", "2025-04-15"], "semimonth"),
        ("2025-01-15", ["2025-01-31", "2025-02-15", "2025-02-28", "2025-03-15"], "semimonth"),
        ("2025-01-05", ["2025-01-10", "2025-01-25", "2025-02-10", "2025-02-25"], "semimonth"),
        # One of them left out changes nothing.
        ("2025-01-01", ["2025-01-16", "2025-02-01", "2025-03-01", "2025-03-16", "2025-04-01"], "semimonth"),
        # Two weeks that February makes look like it stay two weeks.
        ("2025-02-01", ["2025-02-15", "2025-03-01", "2025-03-15"], "2 weeks"),
        # (b)(4)(i): what occurs most often, whatever the first period and the last one are.
        ("2025-01-01", ["2025-02-15", "2025-03-15", "2025-04-15", "2025-06-20"], "month"),
        # The first period happens to have as many days as the month after it: a month still.
        ("2025-06-15", ["2025-07-16", "2025-08-16", "2025-09-16"], "month"),
        ("2025-03-02", ["2025-04-01", "2025-05-01"], "month"),
        # (b)(4)(i): two years are common here, but no unit-period exceeds one.
        ("2020-01-01", ["2022-01-01", "2024-01-01"], "year"),
        # (b)(4)(i)(A): as often, the smaller: a month and two, a week and a month.
        ("2025-01-01", ["2025-02-01", "2025-03-01", "2025-05-01", "2025-07-01"], "month"),
        ("2025-01-01", ["2025-01-08", "2025-01-15", "2025-02-15", "2025-03-15"], "week"),
        # (b)(4)(i)(B): nothing occurs twice. 10 and 23 days: 16.5, next to half a month.
        ("2025-01-01", ["2025-01-11", "2025-02-03"], "semimonth"),
        # 26 and 32 days: 29, as near to 28 as to 30: the lower.
        ("2025-01-02", ["2025-01-28", "2025-03-01"], "4 weeks"),
        # 200 and 221 days: 210.5, next to seven months, which are as long as thirty weeks.
        ("2025-01-01", ["2025-07-20", "2026-02-26"], "7 months"),
        # (b)(4)(ii): one payment, the term; at most a year.
        ("2025-01-01", ["2025-02-20"], "50 days"),
        ("2025-01-31", ["2025-04-30"], "89 days"),
        ("2025-01-31", ["2025-12-31"], "11 months"),
        ("2025-01-01", ["2026-01-01"], "year"),
        ("2025-01-01", ["2027-06-10"], "year"),
    ],
)  # fmt: skip
def test_what_the_unit_period_is(begin, paid, unit):
    assert unit_period(begin, *paid) == unit


def test_periods_between_advances_count_too():
    # (b)(3)(i): two of 20 days between advances, against one month between payments.
    found = unit_period(
        "2025-01-01", "2025-04-01", "2025-05-01", advanced=("2025-01-21", "2025-02-10")
    )
    assert found == "20 days"


@pytest.mark.parametrize(
    ("days", "begin", "scheduled"),
    [
        # All are last days, and one is a 31st.
        (["2025-01-31", "2025-02-28", "2025-04-30"], "2025-01-10", [31, 31, 31]),
        # With a payment between them that is not near a month's end.
        (["2025-02-15", "2025-02-28", "2025-03-15", "2025-03-31"], "2025-01-01", [15, 31, 15, 31]),
        # The 30th of a month or its last day? The term begins on a last day, or it does not.
        (["2025-04-30", "2025-06-30"], "2025-01-31", [31, 31]),
        (["2025-04-30", "2025-06-30"], "2025-01-30", [30, 30]),
        (["2025-01-30", "2025-02-28", "2025-03-30"], "2025-01-01", [30, 30, 30]),
        (["2024-02-29", "2024-03-29", "2025-02-28"], "2024-01-01", [29, 29, 29]),
        # No series: each is measured by its own day.
        (["2025-01-31", "2025-02-28", "2025-03-30"], "2025-01-01", [31, 28, 30]),
        (["2025-02-28", "2025-03-28"], "2025-01-31", [28, 28]),
        (["2025-02-28"], "2025-01-31", [28]),
    ],
)
def test_the_day_on_which_a_series_falls_due(days, begin, scheduled):
    # (b)(3)(iv).
    found = due_dates([*map(date.fromisoformat, days)], begin=date.fromisoformat(begin))
    assert [one.day for one in found] == scheduled


DAY, WEEK, TWO_WEEKS = (UnitPeriod(kind=Kind.DAYS, length=days) for days in (1, 7, 14))
MONTH, QUARTER, YEAR = (UnitPeriod(kind=Kind.MONTHS, length=months) for months in (1, 3, 12))
SEMIMONTH = UnitPeriod(kind=Kind.SEMIMONTH, length=1)


@pytest.mark.parametrize(
    ("unit", "begin", "end", "full", "fraction"),
    [
        # (b)(5)(ii): months back from the later date, then days over 30, forward from the earlier.
        (MONTH, "1978-02-10", "1978-04-01", 1, Fraction(19, 30)),
        (MONTH, "2024-02-10", "2024-04-01", 1, Fraction(20, 30)),
        # January 31 to March 1: back to February 1, then one day, not February's 29 over 30.
        (MONTH, "2024-01-31", "2024-03-01", 1, Fraction(1, 30)),
        # (b)(5)(iii): 30 times the months and the days left, over 15, or 30 times the months.
        (SEMIMONTH, "1978-02-23", "1978-03-01", 0, Fraction(6, 15)),
        (SEMIMONTH, "1978-02-23", "1978-04-16", 3, Fraction(6, 15)),
        (QUARTER, "1978-05-23", "1978-10-01", 1, Fraction(39, 90)),
        # (b)(5)(iv): days over days.
        (DAY, "2024-02-28", "2024-03-01", 2, Fraction(0)),
        (WEEK, "1978-03-20", "1978-04-21", 4, Fraction(4, 7)),
        (TWO_WEEKS, "1978-04-03", "1978-04-11", 0, Fraction(8, 14)),
        # (b)(5)(v)(A): whole months over 12; (B): days over 365, to the begin of the first full year.
        (YEAR, "2025-01-15", "2026-07-15", 1, Fraction(6, 12)),
        (YEAR, "2024-01-15", "2026-07-20", 2, Fraction(187, 365)),
        (YEAR, "2025-01-15", "2025-11-20", 0, Fraction(309, 365)),
    ],
)  # fmt: skip
def test_how_unit_periods_are_counted(unit, begin, end, full, fraction):
    later = date.fromisoformat(end)
    due = Due(on=later, day=later.day)
    assert count_unit_periods(unit, date.fromisoformat(begin), due) == (full, fraction)


def test_a_day_at_a_months_end_is_measured_by_its_series():
    # Scheduled for last days: February 28 is a month after January 31, and 28 days short of it.
    last = Due(on=date(2025, 2, 28), day=31)
    assert last.months_and_days_since(date(2025, 1, 31)) == (1, 0)
    assert Due(on=date(2025, 2, 28), day=28).months_and_days_since(date(2025, 1, 31)) == (0, 28)
    # An advance on the 15th beside payments on last days is measured by its 15th.
    advances = due_dates([date(2025, 1, 15), date(2025, 3, 15)], begin=date(2025, 1, 15))
    assert advances[1].months_and_days_since(date(2025, 1, 15)) == (2, 0)


@pytest.mark.parametrize(
    ("unit", "per_year"),
    [(DAY, 365), (WEEK, 52), (TWO_WEEKS, 26), (SEMIMONTH, 24), (MONTH, 12), (QUARTER, 4), (YEAR, 1)],
)  # fmt: skip
def test_how_many_make_a_year(unit, per_year):
    assert unit.per_year == per_year


def test_a_term_in_days_is_no_number_of_weeks():
    # (b)(5)(vii): 365 over the days of the term, 28 of them too.
    assert UnitPeriod(kind=Kind.TERM, length=28).per_year == Fraction(365, 28)
