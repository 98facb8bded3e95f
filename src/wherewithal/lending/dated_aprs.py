"""The Regulation Z APR of many transactions at once, from the dates and amounts of their flows.

What `apr_by_dates` says of one, for millions: unit-periods are found and counted as arrays, regular
schedules have a closed form, others the general equation. Columns of lists, as Parquet has them,
are this form already: their values, and where the list of each row begins.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt

from wherewithal.lending.annuity import PRINCIPAL_CENTS_MAX
from wherewithal.lending.apr_by_dates import FLOWS_MAX, NoApr
from wherewithal.lending.day_columns import DayTable, Flags, Real, Series, Whole, day_table, joined
from wherewithal.lending.due_columns import begin_of, schedule_of
from wherewithal.lending.rate_columns import Flows, rates_of
from wherewithal.lending.regular_columns import regular_of, regular_rates
from wherewithal.lending.unit_period_columns import Units, count_columns, units_of
from wherewithal.vocabulary.errors import DomainError

#: What the numbers of `DatedAprs.refusal` mean; 0 is an APR that was found.
REFUSALS: Final = (None, *NoApr)
_ABSENT, _TOO_MANY, _NOT_POSITIVE, _NEVER_PAID, _NOT_REPAID, _TOO_DEAR = range(1, 7)
_FIRST_DAY: Final = np.datetime64("0001-01-01")
_LAST_DAY: Final = np.datetime64("9999-12-31")
#: Transactions worked on together: their columns stay within the processor's cache.
_ROWS: Final = 4_096
_ENTRIES: Final = 262_144


class DatedAprs(msgspec.Struct, frozen=True, kw_only=True):
    """APRs and unit-periods of many transactions, each (n,)."""

    #: Percent a year; NaN where there is none.
    apr_pct: Real
    #: Meaningless where there is no APR.
    units: Units
    #: A place in `REFUSALS`.
    refusal: npt.NDArray[np.int8]

    def part(self, rows: slice) -> DatedAprs:
        """Return those of some transactions, without copying: to set one sets the other."""
        return DatedAprs(
            apr_pct=self.apr_pct[rows],
            units=Units(kind=self.units.kind[rows], length=self.units.length[rows]),
            refusal=self.refusal[rows],
        )

    def take(self, is_kept: Flags) -> DatedAprs:
        """Return copies of those that are kept."""
        return DatedAprs(
            apr_pct=self.apr_pct[is_kept],
            units=Units(kind=self.units.kind[is_kept], length=self.units.length[is_kept]),
            refusal=self.refusal[is_kept],
        )

    def fill(self, is_filled: Flags, found: DatedAprs) -> None:
        """Set some of them."""
        self.apr_pct[is_filled], self.refusal[is_filled] = found.apr_pct, found.refusal
        self.units.fill(is_filled, found.units)


def series_of(*, on: npt.NDArray[np.datetime64], amount_cents: Whole, offsets: Whole) -> Series:
    """Return the advances, or the payments, of n transactions.

    Shapes:  `on` and `amount_cents` (m,), those of one transaction together; `offsets` (n + 1,)
             where those of each begin, the first 0 and the last m. `numpy.datetime64` days.
    Units:   cents, at most PRINCIPAL_CENTS_MAX.
    Errors:  DomainError if shapes do not fit, a date is missing or an amount too large, or a column
             is of another type.
    """
    days = np.asarray(on)
    amounts, begins = np.asarray(amount_cents), np.asarray(offsets)
    if days.dtype != np.dtype("datetime64[D]") or np.isnat(days).any():
        message = "dates are whole days (datetime64[D]), none missing"
        raise DomainError(message)
    if amounts.dtype.kind not in "iu" or begins.dtype.kind not in "iu":
        message = "amounts and offsets are whole numbers"
        raise DomainError(message)
    is_fit = (
        days.shape == amounts.shape
        and days.ndim == begins.ndim == 1
        and len(begins) > 0
        and begins[0] == 0
        and begins[-1] == len(days)
        and not np.any(np.diff(begins) < 0)
    )
    if not is_fit:
        message = "offsets ascend from 0 to the number of dates, of which each has an amount"
        raise DomainError(message)
    if len(days) and not (days.min() >= _FIRST_DAY and days.max() <= _LAST_DAY):
        message = "dates lie in the years 1 to 9999"
        raise DomainError(message)
    # So that no sum of a transaction leaves 63 bits.
    if len(amounts) and amounts.max() > PRINCIPAL_CENTS_MAX:
        message = f"amounts are at most {PRINCIPAL_CENTS_MAX:,} cents"
        raise DomainError(message)
    return Series(
        on=days.astype(np.int64),
        amount_cents=amounts.astype(np.int64, copy=False),
        offsets=begins.astype(np.int64, copy=False),
        counts=np.diff(begins).astype(np.int64),
    )


def dated_aprs(*, advances: Series, payments: Series, has_fast_way: bool = True) -> DatedAprs:
    """Return the APR of each transaction, as `apr_by_dates` has it; those without one keep a place.

    Order within a transaction does not matter; amounts of one day are added up. `has_fast_way`
    only changes the time: without it regular schedules are solved as any others.

    Units:   cents, positive; percent a year.
    Error:   1e-9 percentage points, or 1e-9 of an APR above 1%; a test holds it against decimals.
    Errors:  DomainError if there are not as many of one kind as of the other.
    Source:  12 CFR 1026, appendix J(b).

    >>> months = np.arange("2025-02", "2027-02", dtype="datetime64[M]").astype("datetime64[D]") + 9
    >>> found = dated_aprs(
    ...     advances=series_of(
    ...         on=np.array(["2025-01-10"], "datetime64[D]"),
    ...         amount_cents=np.array([500_000]), offsets=np.array([0, 1]),
    ...     ),
    ...     payments=series_of(
    ...         on=months, amount_cents=np.full(24, 23_000), offsets=np.array([0, 24])
    ...     ),
    ... )
    >>> found.apr_pct.round(2).tolist(), str(found.units.at(0))
    ([9.69], 'month')
    """
    count = len(advances.offsets) - 1
    if len(payments.offsets) - 1 != count:
        message = "advances and payments are of as many transactions"
        raise DomainError(message)
    found = DatedAprs(
        apr_pct=np.full(count, np.nan),
        units=Units(kind=np.zeros(count, np.int8), length=np.ones(count, np.int64)),
        refusal=np.zeros(count, np.int8),
    )
    found.refusal[:] = _not_answered(advances, payments)
    is_open = found.refusal == 0
    if not is_open.any():
        return found
    if not is_open.all():
        advances, payments = advances.take(is_open), payments.take(is_open)
        others = dated_aprs(advances=advances, payments=payments, has_fast_way=has_fast_way)
        found.fill(is_open, others)
        return found
    table = day_table(
        int(min(advances.on.min(), payments.on.min())),
        int(max(advances.on.max(), payments.on.max())),
    )
    # What is left of all blocks is worked on together: it may be a few of each.
    left: list[tuple[Series, Series]] = []
    for rows in _blocks(payments):
        advanced, paid = advances.part(rows).ascending(), payments.part(rows).ascending()
        answers = found.part(rows)
        if has_fast_way:
            _solve_regular(advanced, paid, table, answers)
        is_open = np.isnan(answers.apr_pct)
        if is_open.any():
            left.append((advanced.take(is_open), paid.take(is_open)))
    if left:
        is_open = np.isnan(found.apr_pct)
        advances, payments = (joined(side) for side in zip(*left, strict=True))
        others = found.take(is_open)
        for rows in _blocks(payments):
            _solve_any(advances.part(rows), payments.part(rows), table, others.part(rows))
        found.fill(is_open, others)
    return found


def _blocks(series: Series) -> Iterator[slice]:
    """Yield transactions to be worked on together."""
    begin, count = 0, len(series.counts)
    while begin < count:
        fits = np.searchsorted(series.offsets, series.offsets[begin] + _ENTRIES, side="right") - 1
        end = max(begin + 1, min(begin + _ROWS, int(fits)))
        yield slice(begin, end)
        begin = end


def _not_answered(advanced: Series, paid: Series) -> npt.NDArray[np.int8]:
    """Return why a transaction is not looked at: what is amiss with its entries."""
    refusal = np.zeros(len(advanced.counts), np.int8)
    for one in (advanced, paid):
        if len(one.on) and one.amount_cents.min() <= 0:
            refusal[one.rows[one.amount_cents <= 0]] = _NOT_POSITIVE
    refusal[advanced.counts + paid.counts > FLOWS_MAX] = _TOO_MANY
    refusal[(advanced.counts == 0) | (paid.counts == 0)] = _ABSENT
    return refusal


def _not_repaid(advanced: Series, paid: Series) -> npt.NDArray[np.int8]:
    """Return why a transaction has no APR, the first that holds; 0 where it may have one."""
    charge = np.add.reduceat(paid.amount_cents, paid.offsets[:-1])
    charge -= np.add.reduceat(advanced.amount_cents, advanced.offsets[:-1])
    is_late = paid.on[paid.offsets[1:] - 1] > advanced.on[advanced.offsets[:-1]]
    refusal = np.where(charge < 0, _NOT_REPAID, 0)
    return np.where(is_late, refusal, _NEVER_PAID).astype(np.int8)


def _solve_regular(advanced: Series, paid: Series, table: DayTable, found: DatedAprs) -> None:
    """Set what regular transactions have, and leave the others as they are."""
    regular = regular_of(advanced, paid, table)
    is_solved, units = regular.is_regular, regular.units
    if is_solved.any():
        rates = regular_rates(advanced, paid, regular)
        found.apr_pct[is_solved] = rates * units.per_year[is_solved] * 100
        found.units.kind[is_solved] = units.kind[is_solved]
        found.units.length[is_solved] = units.length[is_solved]


def _solve_any(advanced: Series, paid: Series, table: DayTable, found: DatedAprs) -> None:
    """Set what any transactions have, by the general equation."""
    refusal = _not_repaid(advanced, paid)
    found.refusal[:] = refusal
    is_open = refusal == 0
    if not is_open.any():
        return
    if not is_open.all():
        advanced, paid = advanced.take(is_open), paid.take(is_open)
    first = advanced.on[advanced.offsets[:-1]], paid.on[paid.offsets[:-1]]
    begin = begin_of(np.minimum(*first), table)
    schedules = schedule_of(advanced, begin, table), schedule_of(paid, begin, table)
    units = units_of(*schedules, begin, table)
    times = [count_columns(one, units, begin, table) for one in schedules]
    # Advances and payments of a transaction go together.
    order = np.argsort(np.concatenate([one.rows for one in schedules]), kind="stable")
    signed = np.concatenate([advanced.amount_cents, -paid.amount_cents])
    flows = Flows(
        cents=signed[order].astype(np.float64),
        full=np.concatenate([full for full, _ in times])[order].astype(np.float64),
        part=np.concatenate([part for _, part in times])[order],
        counts=advanced.counts + paid.counts,
    )
    rates = rates_of(flows, is_plain=(advanced.counts == 1) & (first[0] <= first[1]))
    found.apr_pct[is_open] = rates * units.per_year * 100
    found.units.fill(is_open, units)
    found.refusal[is_open & np.isnan(found.apr_pct)] = _TOO_DEAR
