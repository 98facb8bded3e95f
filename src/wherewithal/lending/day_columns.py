"""Days as arrays, and the table that knows of each its month and its day of the month.

A day is a whole number, days since 1970-01-01, as in `datetime64[D]`; a month is months since year
0, so that a difference of months is a subtraction. A gather from a table of the days in question
costs a tenth of what taking each day apart does.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt

Whole: TypeAlias = npt.NDArray[np.int64]
Real: TypeAlias = npt.NDArray[np.float64]
#: Months since year 0; and days of a month, or whatever else is as small.
Months: TypeAlias = npt.NDArray[np.int32]
Small: TypeAlias = npt.NDArray[np.int8]
Flags: TypeAlias = npt.NDArray[np.bool_]

_MONTHS_BEFORE_1970: Final = 12 * 1970
_DAY_BITS: Final = 23
#: One in so many, or less.
_FEW: Final = 5
#: Stands for the last day of February where a series may be due on the 29th or 30th.
WILD_DAY: Final = 99


class DayTable(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of the days and months of some range."""

    first_day: int
    first_month: int
    #: By day: month, day of the month, and that again with `WILD_DAY` for last days of February.
    month_of: Months
    day_of: Small
    wild_day_of: Small
    #: By day: 1 where it is not the last of its month.
    is_before_last: Small
    #: By month: its days, and its first day.
    length_of: Small
    begin_of: Whole

    def length(self, months: Months) -> Small:
        """Return how many days months have."""
        return self.length_of[months - self.first_month]

    def day_in(self, months: Months, scheduled: Small) -> Small:
        """Return the day of the month on which something scheduled for a day falls."""
        return np.minimum(scheduled, self.length(months))


class Series(msgspec.Struct, frozen=True, kw_only=True):
    """Advances, or payments, of many transactions; those of one stand together, days ascending."""

    on: Whole
    amount_cents: Whole
    #: (n + 1,): where those of each transaction begin, and the end.
    offsets: Whole
    #: (n,): how many each transaction has.
    counts: Whole

    @property
    def rows(self) -> Whole:
        """Return for each entry the number of its transaction."""
        return np.repeat(np.arange(len(self.offsets) - 1), self.counts)

    def part(self, rows: slice) -> Series:
        """Return those of some transactions, without copying."""
        begin, end = rows.start, rows.stop
        first, last = self.offsets[begin], self.offsets[end]
        return Series(
            on=self.on[first:last],
            amount_cents=self.amount_cents[first:last],
            offsets=self.offsets[begin : end + 1] - first,
            counts=self.counts[rows],
        )

    def take(self, is_kept: Flags) -> Series:
        """Return those of the transactions that are kept."""
        counts = self.counts[is_kept]
        # Of few the places are made, of many all entries are looked through.
        if len(counts) * _FEW < len(self.counts):
            ends = np.cumsum(counts)
            skipped = self.offsets[:-1][is_kept] - ends + counts
            entries = np.repeat(skipped, counts) + np.arange(ends[-1] if len(ends) else 0)
            return self.of(self.on[entries], self.amount_cents[entries], counts)
        is_entry = np.repeat(is_kept, self.counts)
        return self.of(self.on[is_entry], self.amount_cents[is_entry], counts)

    def ascending(self) -> Series:
        """Return them with days ascending and those of one day added up."""
        if len(self.on) < 2:
            return self
        is_right = np.diff(self.on) > 0
        inner = self.offsets[1:-1]
        is_right[inner[(inner > 0) & (inner < len(self.on))] - 1] = True
        if is_right.all():
            return self
        # A day number is below 2**23 from the first one on, so that one number orders both.
        keys = (self.rows << _DAY_BITS) | (self.on - self.on.min())
        order = np.argsort(keys)
        keys, on, amounts = keys[order], self.on[order], self.amount_cents[order]
        is_first = np.ones(len(on), np.bool_)
        is_first[1:] = keys[1:] != keys[:-1]
        rows = keys >> _DAY_BITS
        places = np.flatnonzero(is_first)
        counts = np.bincount(rows[places], minlength=len(self.offsets) - 1)
        return self.of(on[places], np.add.reduceat(amounts, places), counts)

    @staticmethod
    def of(on: Whole, amount_cents: Whole, counts: Whole) -> Series:
        """Return a series from how many each transaction has."""
        offsets = np.zeros(len(counts) + 1, np.int64)
        np.cumsum(counts, out=offsets[1:])
        return Series(on=on, amount_cents=amount_cents, offsets=offsets, counts=counts)


def joined(parts: Sequence[Series]) -> Series:
    """Return the transactions of several series, one after another."""
    return Series.of(
        np.concatenate([one.on for one in parts]),
        np.concatenate([one.amount_cents for one in parts]),
        np.concatenate([one.counts for one in parts]),
    )


def day_table(first_day: int, last_day: int) -> DayTable:
    """Return the table of all days of the months from that of one day to that of another.

    >>> table = day_table(0, 59)
    >>> int(table.month_of[31]), int(table.day_of[31]), int(table.wild_day_of[58])
    (23641, 1, 99)
    """
    first = np.datetime64(first_day, "D").astype("datetime64[M]").astype(np.int64)
    last = np.datetime64(last_day, "D").astype("datetime64[M]").astype(np.int64)
    # One more, in which a count of months back from the last one may end.
    months = np.arange(first, last + 3)
    begins = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    lengths = np.diff(begins).astype(np.int8)
    months, begin_of = months[:-1] + _MONTHS_BEFORE_1970, begins[:-1]
    month_of = np.repeat(months, lengths).astype(np.int32)
    day_of = (np.arange(begins[0], begins[-1]) - np.repeat(begin_of, lengths) + 1).astype(np.int8)
    is_last = day_of == np.repeat(lengths, lengths)
    is_february = month_of % 12 == 1
    return DayTable(
        first_day=int(begins[0]),
        first_month=int(months[0]),
        month_of=month_of,
        day_of=day_of,
        wild_day_of=np.where(is_last & is_february, np.int8(WILD_DAY), day_of),
        is_before_last=(~is_last).astype(np.int8),
        length_of=lengths,
        begin_of=begin_of,
    )
