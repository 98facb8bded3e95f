"""Unit-periods: how Regulation Z measures the time between two dates of a transaction.

Everything here follows 12 CFR 1026, appendix J(b)(3) to (b)(5); dates alone decide.
"""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from collections.abc import Sequence
from datetime import date
from enum import Enum
from fractions import Fraction
from itertools import pairwise
from typing import Final

import msgspec

MONTH_DAYS: Final = 30
YEAR_DAYS: Final = 365
YEAR_MONTHS: Final = 12
YEAR_WEEKS: Final = 52
_WEEK: Final = 7
_SEMIMONTH_DAYS: Final = 15
#: Days that may lie between the two days of a month on which a payment falls due.
SEMIMONTH_RANGE: Final = range(13, 19)
#: Before it no month ends.
_LATE_DAY: Final = 28


class Kind(Enum):
    """What a unit-period is counted in."""

    DAYS = "days"
    #: The term, in days, of one advance and one payment: a year has 365 of them, not 52 weeks.
    TERM = "term"
    SEMIMONTH = "semimonth"
    MONTHS = "months"


class UnitPeriod(msgspec.Struct, frozen=True, kw_only=True):
    """The period that a rate is for: `length` days or months, or half a month."""

    kind: Kind
    length: int

    @property
    def per_year(self) -> Fraction:
        """Return how many make a year; months count as equal, and 52 weeks make one."""
        if self.kind is Kind.SEMIMONTH:
            return Fraction(2 * YEAR_MONTHS)
        if self.kind is Kind.MONTHS:
            return Fraction(YEAR_MONTHS, self.length)
        if self.kind is Kind.DAYS and self.length % _WEEK == 0:
            return Fraction(YEAR_WEEKS * _WEEK, self.length)
        return Fraction(YEAR_DAYS, self.length)

    @property
    def days(self) -> int:
        """Return its length in days, by which two are compared."""
        if self.kind is Kind.SEMIMONTH:
            return _SEMIMONTH_DAYS
        if self.kind in (Kind.DAYS, Kind.TERM):
            return self.length
        return YEAR_DAYS if self.length == YEAR_MONTHS else MONTH_DAYS * self.length

    def __str__(self) -> str:
        """Return it in words.

        >>> str(UnitPeriod(kind=Kind.DAYS, length=14)), str(UnitPeriod(kind=Kind.MONTHS, length=1))
        ('2 weeks', 'month')
        """
        length, word = self.length, "day"
        if self.kind is Kind.SEMIMONTH:
            return "semimonth"
        if self.kind is Kind.MONTHS:
            word = "month"
            if length == YEAR_MONTHS:
                length, word = 1, "year"
        elif self.kind is Kind.DAYS and length % _WEEK == 0:
            length, word = length // _WEEK, "week"
        return word if length == 1 else f"{length} {word}s"


#: What an average is rounded to, ascending; seven months go before thirty weeks, as long.
STANDARD_INTERVALS: Final = (
    UnitPeriod(kind=Kind.DAYS, length=1),
    UnitPeriod(kind=Kind.SEMIMONTH, length=1),
    *(UnitPeriod(kind=Kind.MONTHS, length=months) for months in range(1, YEAR_MONTHS + 1)),
    *(UnitPeriod(kind=Kind.DAYS, length=_WEEK * weeks) for weeks in range(1, YEAR_WEEKS)),
)


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """A day on which money changes hands, and the day of the month on which it is scheduled."""

    on: date
    #: 31 for the last day of each month; 29 or 30 also where February ends before; else its own.
    day: int

    def months_before(self, months: int) -> date:
        """Return the date so many months before.

        >>> str(Due(on=date(2025, 2, 28), day=31).months_before(1))
        '2025-01-31'
        """
        year, month = divmod(12 * self.on.year + self.on.month - 1 - months, 12)
        return date(year, month + 1, min(self.day, monthrange(year, month + 1)[1]))

    def months_and_days_since(self, earlier: date) -> tuple[int, int]:
        """Return the full months measured back from this date, and the days that remain.

        Source: appendix J(b)(3)(iv) and (b)(5)(ii).

        >>> Due(on=date(2024, 3, 1), day=1).months_and_days_since(date(2024, 1, 10))
        (1, 22)
        """
        months = max(0, 12 * (self.on.year - earlier.year) + self.on.month - earlier.month)
        while months and self.months_before(months) < earlier:
            months -= 1
        begin = self.months_before(months) if months else self.on
        return months, (begin - earlier).days


def due_dates(days: Sequence[date], *, begin: date) -> tuple[Due, ...]:
    """Return a series of payments, or of advances, with the day of the month of each.

    Days from the 28th on make a series where there are two or more of them: of last days of months
    if all of them are and one is a 31st, or the term begins on a last day; of a 29th or a 30th if
    all of them are, but for last days of February. Otherwise each is measured by its own day.
    Days ascend, none twice. Source: appendix J(b)(3)(iv).

    >>> [due.day for due in due_dates(
    ...     [date(2025, 1, 30), date(2025, 2, 28), date(2025, 3, 30)], begin=date(2025, 1, 2)
    ... )]
    [30, 30, 30]
    """
    late = [day for day in days if day.day >= _LATE_DAY]
    scheduled = _day_of_series(late, begin=begin) if len(late) > 1 else None
    return tuple(
        Due(on=day, day=scheduled if scheduled and day.day >= _LATE_DAY else day.day)
        for day in days
    )


def _day_of_series(late: Sequence[date], *, begin: date) -> int | None:
    highest = max(day.day for day in late)
    if all(map(_is_last, late)) and (highest == 31 or _is_last(begin)):
        return 31
    if all(day.day == highest or (day.month == 2 and _is_last(day)) for day in late):
        return highest
    return None


def _is_last(day: date) -> bool:
    return day.day == monthrange(day.year, day.month)[1]


def unit_period_of(*, begin: date, advances: Sequence[Due], payments: Sequence[Due]) -> UnitPeriod:
    """Return the unit-period of a transaction.

    Days ascend, none twice within advances or within payments, none before `begin`, on which one
    of them falls; some payment falls after it.
    Source: appendix J(b)(4).

    >>> days = [date(2025, 1, 15), date(2025, 1, 29), date(2025, 2, 12)]
    >>> first = date(2025, 1, 1)
    >>> str(unit_period_of(
    ...     begin=first,
    ...     advances=due_dates([first], begin=first),
    ...     payments=due_dates(days, begin=first),
    ... ))
    '2 weeks'
    """
    due = [one for one in payments if one.on > begin]
    advanced = [one for one in advances if one.on > begin]
    if not advanced and len(due) == 1:
        return _term(begin, due[0])
    start = Due(on=begin, day=begin.day)
    by_payment, by_advance = ([*pairwise([start, *series])] for series in (due, advanced))
    # "All months shall be considered equal": a month of 31 days is no period of 31 days, unless
    # the days between payments say so.
    are_months = len(due) > 1 and all(map(_months, by_payment[1:]))
    found: Counter[UnitPeriod] = Counter()
    for one, later in (*by_payment, *by_advance):
        if months := _months((one, later)):
            found[UnitPeriod(kind=Kind.MONTHS, length=months)] += 1
        if not (months and are_months):
            found[UnitPeriod(kind=Kind.DAYS, length=(later.on - one.on).days)] += 1
    semimonths = _count_semimonths([start, *due])
    if semimonths:
        found[UnitPeriod(kind=Kind.SEMIMONTH, length=1)] = semimonths
    most = max(found.values())
    if most > 1:
        common = min(
            (unit for unit, count in found.items() if count == most),
            key=lambda unit: (unit.days, unit.kind is Kind.DAYS),
        )
        return common if common.days <= YEAR_DAYS else UnitPeriod(kind=Kind.MONTHS, length=12)
    return _average([*by_payment, *by_advance])


def count_unit_periods(unit: UnitPeriod, begin: date, due: Due) -> tuple[int, Fraction]:
    """Return the full unit-periods since the beginning, and the fraction of one that remains.

    Source: appendix J(b)(5).

    >>> month = UnitPeriod(kind=Kind.MONTHS, length=1)
    >>> count_unit_periods(month, date(2024, 1, 10), Due(on=date(2024, 3, 1), day=1))
    (1, Fraction(11, 15))
    """
    if unit.kind in (Kind.DAYS, Kind.TERM):
        full, rest = divmod((due.on - begin).days, unit.length)
        return full, Fraction(rest, unit.length)
    months, days = due.months_and_days_since(begin)
    if unit.kind is Kind.MONTHS and unit.length == 1:
        return months, Fraction(days, MONTH_DAYS)
    if unit.kind is Kind.MONTHS and unit.length == YEAR_MONTHS:
        return _years(begin, due, months=months, days=days)
    full, rest = divmod(MONTH_DAYS * months + days, unit.days)
    return full, Fraction(rest, unit.days)


def _years(begin: date, due: Due, *, months: int, days: int) -> tuple[int, Fraction]:
    """Return full years measured back, and months / 12 or, if they are not whole, days / 365."""
    years, rest = divmod(months, YEAR_MONTHS)
    if not days:
        return years, Fraction(rest, YEAR_MONTHS)
    first = due.months_before(YEAR_MONTHS * years) if years else due.on
    return years, Fraction((first - begin).days, YEAR_DAYS)


def _term(begin: date, end: Due) -> UnitPeriod:
    """Return the unit-period of one advance and one payment: the term, but at most a year.

    Source: appendix J(b)(4)(ii), (b)(5)(vi) and (vii). Whole months are counted as such, which
    (vi) allows and example (c)(5)(ii) does.
    """
    months, rest = end.months_and_days_since(begin)
    if months >= YEAR_MONTHS:
        return UnitPeriod(kind=Kind.MONTHS, length=YEAR_MONTHS)
    if months and not rest:
        return UnitPeriod(kind=Kind.MONTHS, length=months)
    return UnitPeriod(kind=Kind.TERM, length=(end.on - begin).days)


def _months(period: tuple[Due, Due]) -> int:
    """Return how many months a period has, 0 if it is not a whole number of months."""
    earlier, later = period
    months, rest = later.months_and_days_since(earlier.on)
    return 0 if rest else months


def _count_semimonths(due: Sequence[Due]) -> int:
    """Return how many periods are half of a month.

    Such a period has about half of a month's days, and together with the one before or after it
    makes a month: the 1st and the 15th, the 15th and the last day. The appendix only names it.
    """
    are_months = [_months(pair) == 1 for pair in zip(due, due[2:], strict=False)]
    beside = [False, *are_months, False]
    return sum(
        (later.on - earlier.on).days in SEMIMONTH_RANGE and (before or after)
        for (earlier, later), before, after in zip(pairwise(due), beside, beside[1:], strict=False)
    )


def _average(periods: Sequence[tuple[Due, Due]]) -> UnitPeriod:
    """Return the average of all periods, rounded to the nearest standard interval; ties go down.

    Months have 30 days here, as in (b)(5)(iii), and a year 365.
    Source: appendix J(b)(3)(iii) and (b)(4)(i)(B).
    """
    average = Fraction(sum((b.on - a.on).days for a, b in periods), len(periods))
    return min(STANDARD_INTERVALS, key=lambda unit: (abs(unit.days - average), unit.days))
