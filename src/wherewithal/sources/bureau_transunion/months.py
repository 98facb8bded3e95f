"""Whole months between days, and days whole months apart; pure calendar arithmetic."""

from __future__ import annotations

from calendar import monthrange
from datetime import date

MONTHS_IN_YEAR = 12


def months_between(earlier: date, later: date) -> int:
    """Return the whole months from `earlier` to `later`, rounded down.

    >>> months_between(date(2021, 11, 30), date(2022, 1, 27))
    1
    >>> months_between(date(2022, 1, 27), date(2022, 1, 27))
    0
    """
    months = (later.year - earlier.year) * MONTHS_IN_YEAR + later.month - earlier.month
    return months - (later.day < earlier.day)


def years_between(earlier: date, later: date) -> int:
    """Return the whole years; someone born on February 29 turns a year older on March 1.

    >>> years_between(date(1956, 8, 1), date(2022, 1, 27))
    65
    >>> years_between(date(2004, 2, 29), date(2022, 2, 28))
    17
    """
    return later.year - earlier.year - ((later.month, later.day) < (earlier.month, earlier.day))


def months_before(day: date, months: int) -> date:
    """Return the same day that many months earlier, or the month's last where there is none.

    >>> months_before(date(2021, 10, 30), 8)
    datetime.date(2021, 2, 28)
    """
    index = day.year * MONTHS_IN_YEAR + day.month - 1 - months
    year, month = divmod(index, MONTHS_IN_YEAR)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
