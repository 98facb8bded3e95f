"""Regular transactions among many: one advance, payments one unit-period apart.

They are recognised by extremes, a few steps for each payment, and then have a closed form, so that
a rate costs as much for 36 payments as for 4. Odd are at most the first period, the first payment
and the last. What is not surely regular is left to the general way, which gives the same answer.
"""

from __future__ import annotations

from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt

from wherewithal.lending.apr_columns import worth_at_first
from wherewithal.lending.day_columns import DayTable, Flags, Months, Real, Series, Small, Whole
from wherewithal.lending.due_columns import begin_of, months_and_days, series_day
from wherewithal.lending.unit_period import MONTH_DAYS, YEAR_MONTHS
from wherewithal.lending.unit_period_columns import DAYS, MONTHS, Units

#: So that one period between payments occurs more often than any other can.
_PAYMENTS_MIN: Final = 3
_LATE_DAY: Final = 28
#: What may differ between the payments of a transaction.
_AMOUNTS: Final = 1
_MONTHS_APART: Final = 2
_DAYS_APART: Final = 4
_DAY_OF_MONTH: Final = 8
#: Of the rate a unit-period; a step below it ends the search, and Newton's last step squares it.
_STEP_MIN: Final = 1e-9
_STEPS_MAX: Final = 40


class Regular(msgspec.Struct, frozen=True, kw_only=True):
    """What was found; all but `is_regular` hold only where that is true."""

    is_regular: Flags
    units: Units
    #: Unit-periods from the advance to the first payment.
    first_full: Whole
    first_part: Real


def regular_of(advanced: Series, paid: Series, table: DayTable) -> Regular:
    """Return which transactions are regular, and how they are.

    Every transaction has a payment, and an advance; days ascend.
    """
    starts, counts = paid.offsets[:-1], paid.counts
    begin = begin_of(advanced.on[advanced.offsets[:-1]], table)
    place = paid.on - table.first_day
    month, day = table.month_of[place], table.day_of[place]
    differs = _differences(paid, month=month, day=day)
    is_regular = (differs & _AMOUNTS == 0) & (counts >= _PAYMENTS_MIN)
    is_regular &= (advanced.counts == 1) & (paid.on[starts] > begin.on)
    scheduled = np.where(differs & _DAY_OF_MONTH == 0, day[starts], 0).astype(np.int8)
    is_late = is_regular & (day[starts] >= _LATE_DAY)
    if is_late.any():
        late_last = begin.is_last[is_late]
        scheduled[is_late] = _late_day(paid.take(is_late), table, begin_is_last=late_last)
    # A transaction with one payment would read the next one's; it is not regular whatever that is.
    second = np.minimum(starts + 1, len(place) - 1)
    apart = (month[second] - month[starts]).astype(np.int64)
    days_apart = paid.on[second] - paid.on[starts]
    in_months = is_regular & (differs & _MONTHS_APART == 0) & (scheduled > 0)
    in_months &= (apart >= 1) & (apart <= YEAR_MONTHS)
    in_days = is_regular & (differs & _DAYS_APART == 0) & ~in_months & _is_sure(days_apart, counts)
    months, rest = months_and_days(
        begin,
        np.arange(len(starts)),
        month=month[starts],
        scheduled=np.maximum(scheduled, 1),
        table=table,
    )
    # A year that does not begin on the day is counted in days, of which leap years have more.
    in_months &= (apart < YEAR_MONTHS) | (rest == 0)
    is_year = in_months & (apart == YEAR_MONTHS)
    size = np.where(in_months, np.where(is_year, YEAR_MONTHS, MONTH_DAYS * apart), days_apart)
    total = np.where(in_months, np.where(is_year, months, MONTH_DAYS * months + rest), 0)
    total = np.where(in_days, paid.on[starts] - begin.on, total)
    size = np.where(in_months | in_days, size, 1)
    full = np.where(in_months & (apart == 1), months, total // size)
    return Regular(
        is_regular=in_months | in_days,
        units=Units(
            kind=np.where(in_months, MONTHS, DAYS).astype(np.int8),
            length=np.where(in_months, apart, np.where(in_days, days_apart, 1)),
        ),
        first_full=full,
        first_part=(total - full * size) / size,
    )


def _differences(paid: Series, *, month: Months, day: Small) -> npt.NDArray[np.uint8]:
    """Return for each row what differs from payment to payment, a bit each.

    One number for each payment and one pass over the rows: that is most of the time. The first
    amount and the last may differ; steps are compared from the second one on.
    """
    starts, ends = paid.offsets[:-1], paid.offsets[1:]
    seconds = starts[paid.counts > 1] + 1
    found = np.zeros(len(day), np.uint8)
    for bit, values in ((_MONTHS_APART, month), (_DAYS_APART, paid.on)):
        steps = values[1:] - values[:-1]
        found[2:] |= (steps[1:] != steps[:-1]).view(np.uint8) * np.uint8(bit)
    found[seconds] = 0
    found[1:] |= (day[1:] != day[:-1]).view(np.uint8) * np.uint8(_DAY_OF_MONTH)
    amounts = paid.amount_cents
    differs = np.zeros(len(day), np.bool_)
    differs[1:] = amounts[1:] != amounts[:-1]
    differs[seconds] = False
    differs[ends - 1] = False
    found |= differs.view(np.uint8)
    found[starts] = 0
    return np.bitwise_or.reduceat(found, starts)


def _late_day(paid: Series, table: DayTable, *, begin_is_last: Flags) -> Small:
    """Return the day of the month of payments that begin on a 28th or later; 0: they have none."""
    starts, place = paid.offsets[:-1], paid.on - table.first_day
    highest = np.maximum.reduceat(table.day_of[place], starts)
    lowest = np.minimum.reduceat(table.wild_day_of[place], starts)
    has_other = np.maximum.reduceat(table.is_before_last[place], starts) > 0
    found = series_day(highest, lowest, are_last=~has_other, begin_is_last=begin_is_last)
    return np.where(lowest >= _LATE_DAY, found, np.int8(0))


def _is_sure(days: Whole, counts: Whole) -> Flags:
    """Return for which days between payments no month, or half of one, could occur as often."""
    many = counts >= 2 * _PAYMENTS_MIN
    is_short = (days >= 1) & (days <= 27)
    half = (days >= 13) & (days <= 18)
    weeks = (days % 7 == 0) & (days >= 28) & (days <= 56)
    sure: Flags = (is_short & (~half | (many & (days != 15)))) | (weeks & many)
    return sure


def regular_rates(advanced: Series, paid: Series, found: Regular) -> Real:
    """Return the rate a unit-period of those that are regular; 0 where there is no finance charge.

    Null: NaN where they do not repay the advance, or the rate is not found in a few steps.

    What payments are worth is convex and falls with the rate, so that Newton's first step from 0
    stops short of the root: no rate below it is tried. The start counts with the curve too, which
    saves a step of four; from below each step comes nearer, from above the next is from below.
    Error: as `rate_columns.py`.
    """
    kept = found.is_regular
    starts, ends = paid.offsets[:-1][kept], paid.offsets[1:][kept]
    before = (ends - starts - 1).astype(np.float64)
    first, level, last = (
        paid.amount_cents[places].astype(np.float64) for places in (starts, starts + 1, ends - 1)
    )
    lent = advanced.amount_cents[advanced.offsets[:-1][kept]].astype(np.float64)
    full, part = found.first_full[kept].astype(np.float64), found.first_part[kept]
    extra, begin, end = first - level, full + part, full + part + before
    total = first + level * (before - 1) + last
    is_repaid = total >= lent
    # What is not repaid has no rate; as if it had no charge it is out of the way.
    lent = np.minimum(lent, total)
    charge = total - lent
    # What the payments are worth near rate 0, to the second order of the rate, times 1 and 3.
    weighted = extra * begin + level * (before * (begin + (before - 1) / 2)) + last * end
    curved = level * ((end - 1) * end * (end + 1) - (begin - 1) * begin * (begin + 1))
    curved += 3 * (extra * begin * (begin + 1) + last * end * (end + 1))
    lowest = charge / weighted
    # Rate 0 itself divides by 0 below; from a start this near every step is as from 0.
    is_free = lowest <= 0
    np.maximum(lowest, 1e-12, out=lowest)
    rate: Real = lowest / np.maximum(1 - lowest * curved / (6 * weighted), 0.5)
    is_found = np.zeros(len(rate), np.bool_)
    for _ in range(_STEPS_MAX):
        worth, slope = worth_at_first(rate, level=level, last=last, before=before)
        worth = worth + extra
        growth, simple = 1 + rate, 1 + part * rate
        shift = np.exp(-full * np.log(growth)) / simple
        slope = shift * (slope - worth * (part / simple + full / growth))
        step = (lent - shift * worth) / slope
        rate = np.maximum(rate + step, lowest)
        is_found = np.abs(step) <= _STEP_MIN * (1 + rate)
        if is_found.all():
            break
    # Some are so dear that each step goes a small part of the way: left to the general way.
    return np.where(is_found & is_repaid, np.where(is_free, 0.0, rate), np.nan)
