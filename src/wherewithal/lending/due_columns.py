"""Months between days, as arrays: what `Due` in `unit_period.py` says of one, of many at once."""

from __future__ import annotations

from typing import Final

import msgspec
import numpy as np

from wherewithal.lending.day_columns import WILD_DAY, DayTable, Flags, Months, Series, Small, Whole

_LATE_DAY: Final = 28


class Schedule(msgspec.Struct, frozen=True, kw_only=True):
    """A series with the month and the scheduled day of the month of each entry."""

    series: Series
    rows: Whole
    month: Months
    #: The day of the month on which it falls, and for which it is scheduled.
    day: Small
    scheduled: Small


class Begin(msgspec.Struct, frozen=True, kw_only=True):
    """Where time begins, by transaction."""

    on: Whole
    month: Months
    day: Small
    is_last: Flags


def begin_of(on: Whole, table: DayTable) -> Begin:
    """Return what is known of first days."""
    place = on - table.first_day
    return Begin(
        on=on,
        month=table.month_of[place],
        day=table.day_of[place],
        is_last=table.is_before_last[place] == 0,
    )


def schedule_of(series: Series, begin: Begin, table: DayTable) -> Schedule:
    """Return a series with its scheduled days; every transaction has an entry."""
    place = series.on - table.first_day
    day, rows, starts = table.day_of[place], series.rows, series.offsets[:-1]
    scheduled = day
    is_late = day >= _LATE_DAY
    late_count = np.add.reduceat(is_late, starts, dtype=np.int64)
    if np.any(late_count > 1):
        due = _day_of_series(place, is_late, starts=starts, begin=begin, table=table)
        due = np.where(late_count > 1, due, np.int8(0))[rows]
        scheduled = np.where(is_late & (due > 0), due, day)
    return Schedule(
        series=series, rows=rows, month=table.month_of[place], day=day, scheduled=scheduled
    )


def _day_of_series(
    place: Whole, is_late: Flags, *, starts: Whole, begin: Begin, table: DayTable
) -> Small:
    """Return the day for which the late days of each transaction are scheduled; 0: for none."""
    highest = np.maximum.reduceat(table.day_of[place], starts)
    wild = np.where(is_late, table.wild_day_of[place], np.int8(WILD_DAY))
    lowest = np.minimum.reduceat(wild, starts)
    has_other = np.maximum.reduceat(table.is_before_last[place] * is_late, starts) > 0
    return series_day(highest, lowest, are_last=~has_other, begin_is_last=begin.is_last)


def series_day(
    highest: Small,
    lowest: Small,
    *,
    are_last: Flags,
    begin_is_last: Flags,
) -> Small:
    """Return the day of a series from its extremes, last days of February left out of the lowest.

    Null: 0 where it is no series. Source: `due_dates` in `unit_period.py`.
    """
    to_end = are_last & ((highest == 31) | begin_is_last)
    by_day = (lowest == highest) | (lowest == WILD_DAY)
    return np.where(to_end, 31, np.where(by_day, highest, 0)).astype(np.int8)


def whole_months(
    month: Months,
    day: Small,
    later_month: Months,
    later_scheduled: Small,
    table: DayTable,
) -> Months:
    """Return the months from a day to a later one, 0 where they are not whole."""
    months = later_month - month
    return np.where(table.day_in(month, later_scheduled) == day, months, 0)


def months_and_days(
    begin: Begin,
    rows: Whole,
    *,
    month: Months,
    scheduled: Small,
    table: DayTable,
) -> tuple[Whole, Whole]:
    """Return the full months back from each entry to its beginning, and the days that remain.

    Source: appendix J(b)(5)(ii); `Due.months_and_days_since`.
    """
    begin_month, begin_day = begin.month[rows], begin.day[rows]
    back = table.day_in(begin_month, scheduled).astype(np.int64) - begin_day
    is_short = back < 0
    # Where that day falls before the beginning, the months end in the month after it.
    after = table.length(begin_month).astype(np.int64) - begin_day
    after += table.day_in(begin_month + 1, scheduled)
    return (month - begin_month) - is_short.astype(np.int64), np.where(is_short, after, back)
