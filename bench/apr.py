"""APRs of dated transactions: all at once, one by one, and by a root finder that others would use.

Typical loans are of 4 to 36 payments: eight in ten monthly on any day of the month, the others
every two weeks or every week; half begin with an odd period, all end with an odd payment. Any loans
are those of the tests: daily to yearly, semimonthly, single, irregular, several advances.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.optimize import brentq

from bench.timing import median_seconds
from tests.lending import appendix_j
from tests.lending.any_schedules import Money, any_schedule
from wherewithal.lending import DatedAprs, Flow, apr_by_dates, dated_aprs, series_of
from wherewithal.lending.day_columns import Series

ROUNDS = 5
ONE_BY_ONE = 2_000
EXACT = 500
#: Begins lie in these days, 2024 to 2026, a leap year among them.
_FIRST_DAY, _DAYS = np.datetime64("2024-01-01"), 1_000


def measure(*, loans: int) -> dict[str, object]:
    """Return APRs a second and core, of all three ways, and their errors."""
    advances, payments = _typical(loans)
    found = dated_aprs(advances=advances, payments=payments)
    if found.refusal.any():
        raise RuntimeError("a typical loan has no APR")
    typical = _seconds(lambda: dated_aprs(advances=advances, payments=payments)) / loans
    mixed = [any_schedule(seed) for seed in range(20_000)]
    columns = _columns(mixed)
    others = dated_aprs(advances=columns[0], payments=columns[1])
    any_loan = _seconds(lambda: dated_aprs(advances=columns[0], payments=columns[1]))
    some = [_money(advances, payments, place) for place in range(ONE_BY_ONE)]
    flows = [tuple(_flows(side) for side in one) for one in some]
    scalar = [apr_by_dates(advances=a, payments=p).apr_pct for a, p in flows]
    scalar_s = _seconds(lambda: [apr_by_dates(advances=a, payments=p) for a, p in flows])
    times = [_times(one) for one in some]
    peer = [_brentq(*one) for one in times]
    peer_s = _seconds(lambda: [_brentq(*one) for one in times])
    return {
        "benchmark": "apr",
        "loans": loans,
        "payments_a_loan": len(payments.on) / loans,
        "aprs_per_second_and_core": 1 / typical,
        "aim_aprs_per_second_and_core": 1_000_000,
        "any_loans_per_second_and_core": len(mixed) / any_loan,
        "one_by_one_per_second": ONE_BY_ONE / scalar_s,
        "brentq_per_second": ONE_BY_ONE / peer_s,
        "times_one_by_one": scalar_s / ONE_BY_ONE / typical,
        "times_brentq": peer_s / ONE_BY_ONE / typical,
        "compared": ONE_BY_ONE,
        "largest_difference_to_one_by_one_pct": _largest(found.apr_pct[:ONE_BY_ONE], scalar),
        "largest_difference_to_brentq_pct": _largest(found.apr_pct[:ONE_BY_ONE], peer),
        "compared_with_decimals": 2 * EXACT,
        "largest_error_pct": max(_error(found, some), _error(others, mixed)),
        "aim_largest_error_pct": 1e-6,
    }


def _typical(count: int) -> tuple[Series, Series]:
    """Return loans as lenders make them, with a seed."""
    chance = np.random.default_rng(36)
    counts = chance.integers(4, 37, count)
    offsets = np.concatenate([[0], np.cumsum(counts)])
    rows = np.repeat(np.arange(count), counts)
    number = np.arange(offsets[-1]) - offsets[rows]
    begin = _FIRST_DAY + chance.integers(0, _DAYS, count)
    odd = np.where(chance.random(count) < 0.5, 0, chance.integers(-9, 20, count))
    due = begin + odd
    day = (due - due.astype("datetime64[M]")).astype(np.int64)
    month = (due.astype("datetime64[M]") + 1)[rows] + number
    last = ((month + 1).astype("datetime64[D]") - month.astype("datetime64[D]")).astype(np.int64)
    monthly = month.astype("datetime64[D]") + np.minimum(day[rows], last - 1)
    weeks = np.where(chance.random(count) < 0.75, 14, 7)
    by_days = (begin + np.maximum(weeks + odd, 1))[rows] + number * weeks[rows]
    is_monthly = chance.random(count) < 0.8
    financed = chance.integers(5_000, 2_000_000, count)
    charge = financed * counts * chance.uniform(0.001, 0.02, count)
    level = -(-(financed + charge.astype(np.int64)) // counts)
    amounts = level[rows]
    amounts[offsets[1:] - 1] -= chance.integers(0, np.minimum(counts, level))
    return (
        series_of(on=begin, amount_cents=financed, offsets=np.arange(count + 1)),
        series_of(
            on=np.where(is_monthly[rows], monthly, by_days), amount_cents=amounts, offsets=offsets
        ),
    )


def _columns(transactions: list[tuple[Money, Money]]) -> list[Series]:
    return [
        series_of(
            on=np.array([day for side in sides for day, _ in side], "datetime64[D]"),
            amount_cents=np.array([cents for side in sides for _, cents in side], np.int64),
            offsets=np.cumsum([0, *map(len, sides)]),
        )
        for sides in zip(*transactions, strict=True)
    ]


def _money(advances: Series, payments: Series, place: int) -> tuple[Money, Money]:
    advanced, paid = (one.part(slice(place, place + 1)) for one in (advances, payments))
    return _pairs(advanced), _pairs(paid)


def _pairs(side: Series) -> Money:
    days = side.on.astype("datetime64[D]").tolist()
    return list(zip(days, side.amount_cents.tolist(), strict=True))


def _flows(side: Money) -> list[Flow]:
    return [Flow(on=day, amount_cents=cents) for day, cents in side]


def _times(one: tuple[Money, Money]) -> tuple[Any, Any, Any, float]:
    """Return what the peer is given for nothing: unit-periods, counted by the tests' own way."""
    (begin, lent), paid = one[0][0], one[1]
    unit, wanted = appendix_j.unit_period(begin, [begin], [day for day, _ in paid])
    counted = [appendix_j.time_since(begin, day, unit, wanted[day]) for day, _ in paid]
    full, part = (np.array([float(two[n]) for two in counted]) for n in (0, 1))
    return full, part, np.array([cents / lent for _, cents in paid]), float(unit[3])


def _brentq(full: Any, part: Any, paid: Any, per_year: float) -> float:
    """Return the APR as most would find it: numpy for the sum, scipy for the root."""

    def worth(rate: float) -> float:
        return float(np.sum(paid / ((1 + part * rate) * (1 + rate) ** full))) - 1

    found: float = brentq(worth, 0.0, 10.0, xtol=1e-14, rtol=1e-14)
    return found * per_year * 100


def _largest(found: Any, expected: list[float]) -> float:
    return float(np.max(np.abs(found - np.array(expected))))


def _error(found: DatedAprs, transactions: list[tuple[Money, Money]]) -> float:
    """Return the largest error, in percentage points or, above 1%, as a share of the APR."""
    exact = np.array([appendix_j.apr(*one)[0] for one in transactions[:EXACT]])
    return float(np.max(np.abs(found.apr_pct[:EXACT] - exact) / np.maximum(1, exact)))


def _seconds(work: Callable[[], object]) -> float:
    return median_seconds(work, rounds=ROUNDS, clock=time.process_time)
