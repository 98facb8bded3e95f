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
#: Days between the two dates of a month on which a semimonthly payment falls due.
_SEMIMONTH_RANGE: Final = range(13, 19)


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


class Calendar(msgspec.Struct, frozen=True, kw_only=True):
    """How months are measured in one transaction, whose amounts may fall due at a month's end.

    Source: appendix J(b)(3)(iv).
    """

    #: 31: due on the last day of each month. 29 or 30: in February on its last day. None: each date
    #: is measured by its own day of the month.
    due_day: int | None = None

    def back(self, later: date, months: int) -> date:
        """Return the date so many months before another."""
        year, month = divmod(12 * later.year + later.month - 1 - months, 12)
        last = monthrange(year, month + 1)[1]
        return date(year, month + 1, min(self.due_day or later.day, last))

    def months_and_days(self, earlier: date, later: date) -> tuple[int, int]:
        """Return the full months measured back from the later date, and the days that remain.

        >>> Calendar().months_and_days(date(2024, 1, 10), date(2024, 3, 1))
        (1, 22)
        """
        months = max(0, 12 * (later.year - earlier.year) + later.month - earlier.month)
        while months and self.back(later, months) < earlier:
            months -= 1
        begin = self.back(later, months) if months else later
        return months, (begin - earlier).days


def calendar_of(dates: Sequence[date]) -> Calendar:
    """Return how the months of a series of dates are measured.

    >>> calendar_of([date(2025, 1, 30), date(2025, 2, 28), date(2025, 3, 30)]).due_day
    30
    """
    if len(dates) < 2 or max(day.day for day in dates) < 29:
        return Calendar()
    lasts = [day.day == monthrange(day.year, day.month)[1] for day in dates]
    if all(lasts):
        return Calendar(due_day=31)
    due_day = max(day.day for day in dates)
    others = [(day, last) for day, last in zip(dates, lasts, strict=True) if day.day != due_day]
    if all(last and day.month == 2 for day, last in others):
        return Calendar(due_day=due_day)
    return Calendar()


def unit_period_of(
    *, advanced_on: Sequence[date], paid_on: Sequence[date], calendar: Calendar
) -> UnitPeriod:
    """Return the unit-period of a transaction.

    Dates ascend, none twice within advances or within payments; the term begins with the first
    advance, and the last payment falls after it.
    Source: appendix J(b)(4).

    >>> days = [date(2025, 1, 1), date(2025, 1, 15), date(2025, 1, 29), date(2025, 2, 12)]
    >>> str(unit_period_of(advanced_on=days[:1], paid_on=days[1:], calendar=Calendar()))
    '2 weeks'
    """
    begin = advanced_on[0]
    if len(advanced_on) == 1 and len(paid_on) == 1:
        return _term(begin, paid_on[0], calendar)
    due = [begin, *(day for day in paid_on if day > begin)]
    periods = [*pairwise(due), *pairwise(advanced_on)]
    found: Counter[UnitPeriod] = Counter()
    if _is_semimonthly(due[1:]):
        semimonth = UnitPeriod(kind=Kind.SEMIMONTH, length=1)
        found[semimonth] = sum((b - a).days in _SEMIMONTH_RANGE for a, b in periods)
    for earlier, later in periods:
        months, rest = calendar.months_and_days(earlier, later)
        if months and not rest:
            found[UnitPeriod(kind=Kind.MONTHS, length=months)] += 1
        found[UnitPeriod(kind=Kind.DAYS, length=(later - earlier).days)] += 1
    most = max(found.values())
    if most > 1:
        common = min((u for u, n in found.items() if n == most), key=lambda unit: unit.days)
        return common if common.days <= YEAR_DAYS else UnitPeriod(kind=Kind.MONTHS, length=12)
    return _average(periods)


def count_unit_periods(
    unit: UnitPeriod, earlier: date, later: date, calendar: Calendar
) -> tuple[int, Fraction]:
    """Return the full unit-periods between two dates, and the fraction of one that remains.

    Source: appendix J(b)(5).

    >>> month = UnitPeriod(kind=Kind.MONTHS, length=1)
    >>> count_unit_periods(month, date(2024, 1, 10), date(2024, 3, 1), Calendar())
    (1, Fraction(11, 15))
    """
    if unit.kind in (Kind.DAYS, Kind.TERM):
        full, rest = divmod((later - earlier).days, unit.length)
        return full, Fraction(rest, unit.length)
    months, days = calendar.months_and_days(earlier, later)
    if unit.kind is Kind.MONTHS and unit.length == 1:
        return months, Fraction(days, MONTH_DAYS)
    if unit.kind is Kind.MONTHS and unit.length == YEAR_MONTHS:
        return _years(earlier, later, calendar)
    full, rest = divmod(MONTH_DAYS * months + days, unit.days)
    return full, Fraction(rest, unit.days)


def _years(earlier: date, later: date, calendar: Calendar) -> tuple[int, Fraction]:
    """Return full years measured back, and months / 12 or, if they are not whole, days / 365."""
    months, days = calendar.months_and_days(earlier, later)
    years, rest = divmod(months, YEAR_MONTHS)
    if not days:
        return years, Fraction(rest, YEAR_MONTHS)
    begin = calendar.back(later, YEAR_MONTHS * years) if years else later
    return years, Fraction((begin - earlier).days, YEAR_DAYS)


def _term(begin: date, end: date, calendar: Calendar) -> UnitPeriod:
    """Return the unit-period of one advance and one payment: the term, but at most a year."""
    months, rest = calendar.months_and_days(begin, end)
    if months >= YEAR_MONTHS:
        return UnitPeriod(kind=Kind.MONTHS, length=YEAR_MONTHS)
    if months and not rest:
        return UnitPeriod(kind=Kind.MONTHS, length=months)
    return UnitPeriod(kind=Kind.TERM, length=(end - begin).days)


def _is_semimonthly(due: Sequence[date]) -> bool:
    """Return whether dates fall twice a month: each a month after the one before the last."""
    if len(due) < 3 or any((b - a).days not in _SEMIMONTH_RANGE for a, b in pairwise(due)):
        return False
    for one in (due[::2], due[1::2]):
        calendar = calendar_of(one)
        if any(calendar.months_and_days(a, b) != (1, 0) for a, b in pairwise(one)):
            return False
    return True


def _average(periods: Sequence[tuple[date, date]]) -> UnitPeriod:
    """Return the average of all periods, rounded to the nearest standard interval; ties go down.

    Source: appendix J(b)(3)(iii) and (b)(4)(i)(B).
    """
    average = Fraction(sum((later - earlier).days for earlier, later in periods), len(periods))
    standard = [
        UnitPeriod(kind=Kind.DAYS, length=1),
        UnitPeriod(kind=Kind.SEMIMONTH, length=1),
        *(UnitPeriod(kind=Kind.DAYS, length=_WEEK * weeks) for weeks in range(1, YEAR_WEEKS)),
        *(UnitPeriod(kind=Kind.MONTHS, length=months) for months in range(1, YEAR_MONTHS + 1)),
    ]
    return min(standard, key=lambda unit: (abs(unit.days - average), unit.days))
