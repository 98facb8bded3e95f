"""The Regulation Z annual percentage rate of any advances and payments, by their dates.

Actuarial method, 12 CFR 1026 appendix J(b)(8): advances and payments, each discounted over its full
unit-periods with compound and over the remaining fraction with simple interest, are worth the same.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from enum import Enum
from typing import Final

import msgspec

from wherewithal.lending.unit_period import (
    UnitPeriod,
    count_unit_periods,
    due_dates,
    unit_period_of,
)
from wherewithal.vocabulary.errors import DomainError, InvariantBroken
from wherewithal.vocabulary.money import Cents

#: Advances and payments that one transaction may have.
FLOWS_MAX: Final = 10_000
#: A rate a unit-period above which a transaction has no APR that anybody could disclose.
_RATE_MAX: Final = 1e9
_STEPS_MAX: Final = 200
_RELATIVE_ERROR: Final = 1e-14
#: A rate a unit-period smaller than this is lost in the rounding of what it is solved from.
_ABSOLUTE_ERROR: Final = 1e-15


class NoApr(Enum):
    """Why a transaction has no APR, in words; of several the first."""

    ABSENT = "there is no advance, or no payment"
    TOO_MANY = f"a transaction has at most {FLOWS_MAX:,} advances and payments"
    NOT_POSITIVE = "an amount is not positive"
    NEVER_PAID = "no payment falls after the first advance"
    NOT_REPAID = "the payments sum to less than the advances, so there is no rate of 0 or more"
    TOO_DEAR = "the payments exceed the advances so far that there is no rate to disclose"


class Flow(msgspec.Struct, frozen=True, kw_only=True):
    """Money that changes hands on a day."""

    on: date
    amount_cents: Cents


class DatedApr(msgspec.Struct, frozen=True, kw_only=True):
    """An APR and the unit-period that it was found with."""

    #: Percent a year; a float, within 1e-9 percentage points of the root.
    apr_pct: float
    unit_period: UnitPeriod


def apr_by_dates(*, advances: Sequence[Flow], payments: Sequence[Flow]) -> DatedApr:
    """Return the APR of a transaction; time is counted from the first advance or payment.

    The order within each list does not matter; amounts of one day are added up. What is paid on the
    day of the first advance (a prepaid charge) only lowers what was advanced. A payment may come
    before it, as in example (c)(7)(ii).

    Units:  cents, positive; percent a year.
    Errors: DomainError where there is no APR: `NoApr` says why.
    Source: 12 CFR 1026, appendix J(b); example (c)(1)(i): 5,000 repaid by 24 payments of 230.

    >>> monthly = [Flow(on=date(2025 + n // 12, n % 12 + 1, 10), amount_cents=23_000)
    ...            for n in range(1, 25)]
    >>> found = apr_by_dates(
    ...     advances=[Flow(on=date(2025, 1, 10), amount_cents=500_000)], payments=monthly
    ... )
    >>> round(found.apr_pct, 2), str(found.unit_period)
    (9.69, 'month')
    """
    _check(advances, payments)
    begin = min(flow.on for flow in (*advances, *payments))
    advanced, paid = _by_day(advances), _by_day(payments)
    due = due_dates(list(advanced), begin=begin), due_dates(list(paid), begin=begin)
    unit = unit_period_of(begin=begin, advances=due[0], payments=due[1])
    times: list[tuple[int, float, int]] = []
    for sign, by_day, series in ((1, advanced, due[0]), (-1, paid, due[1])):
        for one, amount_cents in zip(series, by_day.values(), strict=True):
            full, fraction = count_unit_periods(unit, begin, one)
            times.append((full, float(fraction), sign * amount_cents))
    rate = _rate(times)
    return DatedApr(apr_pct=rate * float(unit.per_year) * 100, unit_period=unit)


def _check(advances: Sequence[Flow], payments: Sequence[Flow]) -> None:
    if not advances or not payments:
        raise DomainError(NoApr.ABSENT.value)
    if len(advances) + len(payments) > FLOWS_MAX:
        raise DomainError(NoApr.TOO_MANY.value)
    if any(flow.amount_cents <= 0 for flow in (*advances, *payments)):
        raise DomainError(NoApr.NOT_POSITIVE.value)
    begin = min(flow.on for flow in advances)
    if all(flow.on <= begin for flow in payments):
        raise DomainError(NoApr.NEVER_PAID.value)
    if sum(f.amount_cents for f in payments) < sum(f.amount_cents for f in advances):
        raise DomainError(NoApr.NOT_REPAID.value)


def _by_day(flows: Sequence[Flow]) -> dict[date, int]:
    """Return the amount of each day, days ascending."""
    found: dict[date, int] = {}
    for flow in sorted(flows, key=lambda one: one.on):
        found[flow.on] = found.get(flow.on, 0) + flow.amount_cents
    return found


def _worth(times: Sequence[tuple[int, float, int]], rate: float) -> tuple[float, float]:
    """Return advances less payments, discounted at a rate a unit-period, and its slope."""
    growth, log_growth = 1 + rate, math.log1p(rate)
    worths, slopes = [], []
    for full, fraction, signed_cents in times:
        part = 1 + fraction * rate
        # Not a power, which overflows far out; an exponential only vanishes.
        worth = signed_cents / part * math.exp(-full * log_growth)
        worths.append(worth)
        slopes.append(-worth * (fraction / part + full / growth))
    return math.fsum(worths), math.fsum(slopes)


def _rate(times: Sequence[tuple[int, float, int]]) -> float:
    """Return the least rate a unit-period, 0 or more, at which advances and payments are equal.

    Newton's method, kept between bounds of which one is below the root and one above; at rate 0 the
    difference is what the finance charge is, with its sign turned, and far out the first advance
    alone is left.
    Error:   1e-14 of the rate and 1e-15; tests compare with 40 digits.
    """
    low, high = 0.0, 1e-3
    difference, _ = _worth(times, low)
    if difference == 0:
        return 0.0
    while _worth(times, high)[0] < 0:
        low, high = high, high * 2
        if high > _RATE_MAX:
            raise DomainError(NoApr.TOO_DEAR.value)
    rate = (low + high) / 2
    for _ in range(_STEPS_MAX):
        difference, slope = _worth(times, rate)
        if difference < 0:
            low = rate
        else:
            high = rate
        step = rate - difference / slope if slope > 0 else (low + high) / 2
        if not low <= step <= high:
            step = (low + high) / 2
        if abs(step - rate) <= _RELATIVE_ERROR * step + _ABSOLUTE_ERROR or high == low:
            return step
        rate = step
    message = "the annual percentage rate of a transaction was not found"
    raise InvariantBroken(message)
