"""Unit-periods of many transactions at once: what `unit_period.py` says, as arrays.

Periods of a transaction become numbers that are sorted and counted; the number says what a unit is
counted in, and the smaller number wins where two periods occur as often. Nothing is defined here:
tests hold every answer against the plain functions.
"""

from __future__ import annotations

from typing import Final, TypeVar

import msgspec
import numpy as np
import numpy.typing as npt

from wherewithal.lending.day_columns import DayTable, Flags, Months, Real, Small, Whole
from wherewithal.lending.due_columns import Begin, Schedule, months_and_days, whole_months
from wherewithal.lending.unit_period import (
    MONTH_DAYS,
    SEMIMONTH_RANGE,
    STANDARD_INTERVALS,
    YEAR_DAYS,
    YEAR_MONTHS,
    Kind,
    UnitPeriod,
)

_Number = TypeVar("_Number", bound=np.integer)

KINDS: Final = tuple(Kind)
DAYS, TERM, SEMIMONTH, MONTHS = (
    KINDS.index(kind) for kind in (Kind.DAYS, Kind.TERM, Kind.SEMIMONTH, Kind.MONTHS)
)
_SEMIMONTH_DAYS: Final = 15
#: A unit's number: twice its days, and one more where it is counted in days. All stay below 2**26.
_NUMBER_BITS: Final = 26
_NUMBER_OF_SEMIMONTH: Final = 2 * _SEMIMONTH_DAYS
_NUMBER_OF_YEAR: Final = 2 * YEAR_DAYS
#: Lengths of standard intervals in days, each once, and twice the middle between two.
_STANDARD: Final = {unit.days: unit for unit in reversed(STANDARD_INTERVALS)}
_LENGTHS: Final = np.array(sorted(_STANDARD), np.int64)
_MIDDLES: Final = _LENGTHS[1:] + _LENGTHS[:-1]
_NUMBER_OF_LENGTH: Final = np.array(
    [2 * days + (_STANDARD[days].kind is Kind.DAYS) for days in sorted(_STANDARD)], np.int64
)


class Units(msgspec.Struct, frozen=True, kw_only=True):
    """The unit-period of each transaction: a place in `KINDS`, and a length."""

    kind: Small
    length: Whole

    @property
    def per_year(self) -> Real:
        """Return how many make a year."""
        weeks = (self.kind == DAYS) & (self.length % 7 == 0)
        by_days = np.where(weeks, 364.0, 365.0) / self.length
        by_months = np.where(self.kind == SEMIMONTH, 24.0, 12.0 / self.length)
        return np.where(self.kind <= TERM, by_days, by_months)

    def fill(self, is_filled: Flags, units: Units) -> None:
        """Set some of them."""
        self.kind[is_filled], self.length[is_filled] = units.kind, units.length

    def at(self, place: int) -> UnitPeriod:
        """Return one of them."""
        return UnitPeriod(kind=KINDS[self.kind[place]], length=int(self.length[place]))


class _Periods(msgspec.Struct, frozen=True, kw_only=True):
    """The periods of one kind of flow, from the beginning on."""

    rows: Whole
    days: Whole
    #: 0 where it is no whole number of months.
    months: Months
    #: The first of its transaction.
    is_first: Flags
    on: Whole
    month: Months
    day: Small
    scheduled: Small


def _periods(flows: Schedule, begin: Begin, table: DayTable) -> _Periods:
    is_after = flows.series.on > begin.on[flows.rows]
    rows, on = flows.rows[is_after], flows.series.on[is_after]
    month, day = flows.month[is_after], flows.day[is_after]
    scheduled = flows.scheduled[is_after]
    is_first = np.ones(len(rows), np.bool_)
    is_first[1:] = rows[1:] != rows[:-1]
    earlier_on = _shifted(on, begin.on, rows, is_first)
    earlier_month = _shifted(month, begin.month, rows, is_first)
    earlier_day = _shifted(day, begin.day, rows, is_first)
    return _Periods(
        rows=rows,
        days=on - earlier_on,
        months=whole_months(earlier_month, earlier_day, month, scheduled, table),
        is_first=is_first,
        on=on,
        month=month,
        day=day,
        scheduled=scheduled,
    )


def _shifted(
    later: npt.NDArray[_Number], start: npt.NDArray[_Number], rows: Whole, is_first: Flags
) -> npt.NDArray[_Number]:
    """Return what goes before each entry: the one before, or that of the transaction's start."""
    earlier = np.empty_like(later)
    earlier[1:] = later[:-1]
    earlier[is_first] = start[rows[is_first]]
    return earlier


def units_of(advanced: Schedule, paid: Schedule, begin: Begin, table: DayTable) -> Units:
    """Return the unit-period of each transaction; each has a payment after its beginning.

    Source: appendix J(b)(4); `unit_period_of`.
    """
    by_payment, by_advance = (_periods(flows, begin, table) for flows in (paid, advanced))
    count = len(begin.on)
    rows = np.concatenate([by_payment.rows, by_advance.rows])
    days = np.concatenate([by_payment.days, by_advance.days])
    months = np.concatenate([by_payment.months, by_advance.months])
    paid_after = np.bincount(by_payment.rows, minlength=count)
    is_odd = (by_payment.months == 0) & ~by_payment.is_first
    are_months = (np.bincount(by_payment.rows[is_odd], minlength=count) == 0) & (paid_after > 1)
    is_month = months > 0
    in_days = ~(is_month & are_months[rows])
    halves = by_payment.rows[_is_semimonth(by_payment, begin, table)]
    month_numbers = np.where(
        months == YEAR_MONTHS, _NUMBER_OF_YEAR, 2 * MONTH_DAYS * months.astype(np.int64)
    )
    most, number = _most_common(
        np.concatenate([rows[is_month], rows[in_days], halves]),
        np.concatenate(
            [
                month_numbers[is_month],
                2 * days[in_days] + 1,
                np.full(len(halves), _NUMBER_OF_SEMIMONTH, np.int64),
            ]
        ),
        count,
    )
    total, periods = np.bincount(rows, days, count), np.bincount(rows, minlength=count)
    average = _NUMBER_OF_LENGTH[np.searchsorted(_MIDDLES, 2 * total / periods, side="left")]
    number = np.where(most > 1, number, average)
    units = _decoded(np.where(number // 2 > YEAR_DAYS, _NUMBER_OF_YEAR, number))
    is_single = (paid_after == 1) & (np.bincount(by_advance.rows, minlength=count) == 0)
    return _with_terms(units, by_payment, is_single, begin=begin, table=table)


def _is_semimonth(periods: _Periods, begin: Begin, table: DayTable) -> Flags:
    """Return which periods are half of a month, together with the one before or after."""
    found = np.zeros(len(periods.rows), np.bool_)
    near = (periods.days >= SEMIMONTH_RANGE[0]) & (periods.days <= SEMIMONTH_RANGE[-1])
    if not near.any():
        return found
    # From the begin of a period to the end of the next: by the end's place.
    beside = near.copy()
    beside[1:] |= near[:-1]
    places = np.flatnonzero(~periods.is_first & beside)
    before = places - 2
    is_second = periods.is_first[places - 1]
    row = periods.rows[places]
    month = np.where(is_second, begin.month[row], periods.month[before])
    day = np.where(is_second, begin.day[row], periods.day[before])
    months = whole_months(month, day, periods.month[places], periods.scheduled[places], table)
    pairs = places[months == 1]
    found[pairs] = True
    found[pairs - 1] = True
    return found & near


def _most_common(rows: Whole, numbers: Whole, count: int) -> tuple[Whole, Whole]:
    """Return by row how often the most frequent number occurs, and the smallest such number."""
    keys = (rows << _NUMBER_BITS) | numbers
    keys.sort()
    is_new = np.ones(len(keys), np.bool_)
    is_new[1:] = keys[1:] != keys[:-1]
    places = np.flatnonzero(is_new)
    often = np.diff(places, append=len(keys))
    keys = keys[places]
    rows, numbers = keys >> _NUMBER_BITS, keys & ((1 << _NUMBER_BITS) - 1)
    best = (often << _NUMBER_BITS) - numbers
    # Every row has a number, so that its first place is a begin of a segment.
    best = np.maximum.reduceat(best, np.searchsorted(rows, np.arange(count)))
    most = -(-best >> _NUMBER_BITS)
    return most, (most << _NUMBER_BITS) - best


def _decoded(number: Whole) -> Units:
    in_days = number % 2 == 1
    is_half, is_year = number == _NUMBER_OF_SEMIMONTH, number == _NUMBER_OF_YEAR
    months = np.where(is_half, 1, np.where(is_year, YEAR_MONTHS, number // (2 * MONTH_DAYS)))
    kind = np.where(in_days, DAYS, np.where(is_half, SEMIMONTH, MONTHS)).astype(np.int8)
    return Units(kind=kind, length=np.where(in_days, number // 2, months))


def _with_terms(
    units: Units, paid: _Periods, is_single: Flags, *, begin: Begin, table: DayTable
) -> Units:
    """Return units with those of one advance and one payment set: the term, at most a year."""
    if not is_single.any():
        return units
    only = is_single[paid.rows]
    rows, days, whole = paid.rows[only], paid.days[only], paid.months[only]
    full, _ = months_and_days(
        begin, rows, month=paid.month[only], scheduled=paid.scheduled[only], table=table
    )
    is_year = full >= YEAR_MONTHS
    in_months = is_year | (whole > 0)
    kind, length = units.kind.copy(), units.length.copy()
    kind[rows] = np.where(in_months, MONTHS, TERM)
    length[rows] = np.where(is_year, YEAR_MONTHS, np.where(whole > 0, whole, days))
    return Units(kind=kind, length=length)


def count_columns(
    flows: Schedule, units: Units, begin: Begin, table: DayTable
) -> tuple[Whole, Real]:
    """Return the full unit-periods from the beginning to each entry, and the fraction that remains.

    Source: appendix J(b)(5); `count_unit_periods`.
    """
    rows = flows.rows
    kind, length = units.kind[rows], units.length[rows]
    months, days = months_and_days(
        begin, rows, month=flows.month, scheduled=flows.scheduled, table=table
    )
    in_days = kind <= TERM
    is_half = kind == SEMIMONTH
    # All are a number of days over a size; a month alone may have 30 of 30 left.
    size = np.where(in_days, length, np.where(is_half, _SEMIMONTH_DAYS, MONTH_DAYS * length))
    total = np.where(in_days, flows.series.on - begin.on[rows], MONTH_DAYS * months + days)
    full = total // size
    part = (total - full * size) / size
    is_month = (kind == MONTHS) & (length == 1)
    full, part = np.where(is_month, months, full), np.where(is_month, days / MONTH_DAYS, part)
    is_year = (kind == MONTHS) & (length == YEAR_MONTHS)
    if is_year.any():
        full, part = full.copy(), part.copy()
        full[is_year], part[is_year] = _years(
            months[is_year], days[is_year], _kept(flows, is_year), begin=begin, table=table
        )
    return full, part


def _kept(flows: Schedule, is_kept: Flags) -> tuple[Whole, Whole, Months, Small]:
    return (
        flows.rows[is_kept],
        flows.series.on[is_kept],
        flows.month[is_kept],
        flows.scheduled[is_kept],
    )


def _years(
    months: Whole,
    days: Whole,
    flows: tuple[Whole, Whole, Months, Small],
    *,
    begin: Begin,
    table: DayTable,
) -> tuple[Whole, Real]:
    """Return full years measured back, and months over 12 or days over 365."""
    rows, on, month, scheduled = flows
    years, rest = np.divmod(months, YEAR_MONTHS)
    back = (month - YEAR_MONTHS * years).astype(np.int32)
    first = table.begin_of[back - table.first_month] + table.day_in(back, scheduled) - 1
    left = np.where(years > 0, first, on) - begin.on[rows]
    return years, np.where(days == 0, rest / YEAR_MONTHS, left / YEAR_DAYS)
