"""The rate a unit-period of many transactions: appendix J's general equation, solved at once.

Floats: see `apr_by_dates.py`, whose equation and search this is; what differs is that sums are
not exact, which costs less than 1e-13 of the rate and 1e-14.
"""

from __future__ import annotations

from typing import Final

import msgspec
import numpy as np

from wherewithal.lending.day_columns import Flags, Real, Whole
from wherewithal.vocabulary.errors import InvariantBroken

#: As in `apr_by_dates.py`: no rate above it is disclosed.
RATE_MAX: Final = 1e9
#: Newton's last step is below it; the next one would be as small as its square.
_STEP_MIN: Final = 1e-9
_NEWTON_STEPS: Final = 60
_STEPS_MAX: Final = 300
#: Beyond it the search decides which transactions have no rate to disclose, as for one.
_SURE_MAX: Final = 1e6


class Flows(msgspec.Struct, frozen=True, kw_only=True):
    """Advances (positive) and payments (negative) of transactions, those of one together."""

    cents: Real
    #: Unit-periods from the beginning: full ones, and the fraction of one that remains.
    full: Real
    part: Real
    #: (n,): the transaction's number of entries, each at least two.
    counts: Whole

    def take(self, is_kept: Flags) -> Flows:
        """Return those of the transactions that are kept."""
        entries = np.repeat(is_kept, self.counts)
        return Flows(
            cents=self.cents[entries],
            full=self.full[entries],
            part=self.part[entries],
            counts=self.counts[is_kept],
        )

    def worth(self, rate: Real) -> tuple[Real, Real]:
        """Return advances less payments, discounted at a rate a unit-period, and its slope."""
        starts = np.cumsum(self.counts) - self.counts
        each = np.repeat(rate, self.counts)
        growth = 1 + each
        part = 1 + self.part * each
        # Not a power, which overflows far out; an exponential only vanishes.
        worth = self.cents / part * np.exp(-self.full * np.log(growth))
        slope = worth * (self.part / part + self.full / growth)
        return np.add.reduceat(worth, starts), -np.add.reduceat(slope, starts)


def rates_of(flows: Flows, *, is_plain: Flags) -> Real:
    """Return the least rate a unit-period of 0 or more at which both sides are worth the same.

    Shapes: `is_plain` (n,): one advance, and nothing before it; then the difference is concave and
            Newton's method from below needs no bounds.
    Null:   NaN where there is no rate up to RATE_MAX.
    """
    rates = np.zeros(len(flows.counts))
    difference, slope = flows.worth(rates)
    has_charge = difference < 0
    rates[has_charge] = (-difference / slope)[has_charge]
    is_plain = is_plain & has_charge & (slope > 0)
    pending = is_plain.copy()
    for _ in range(_NEWTON_STEPS):
        if not pending.any():
            break
        some = flows.take(pending) if not pending.all() else flows
        difference, slope = some.worth(rates[pending])
        step = -difference / slope
        rates[pending] += step
        pending[pending] = np.abs(step) > _STEP_MIN * (1 + rates[pending])
    searched = has_charge & (~is_plain | pending | (rates > _SURE_MAX))
    if searched.any():
        rates[searched] = _searched(flows.take(searched))
    return rates


def _searched(flows: Flows) -> Real:
    """Return the rates by Newton's method between bounds, as `apr_by_dates.py` does for one."""
    low, high = np.zeros(len(flows.counts)), np.full(len(flows.counts), 1e-3)
    is_below = flows.worth(high)[0] < 0
    while is_below.any():
        low[is_below] = high[is_below]
        high[is_below] *= 2
        is_below &= high <= RATE_MAX
        is_below[is_below] = flows.take(is_below).worth(high[is_below])[0] < 0
    rate = (low + high) / 2
    has_rate = high <= RATE_MAX
    pending = has_rate.copy()
    for _ in range(_STEPS_MAX):
        if not pending.any():
            return np.where(has_rate, rate, np.nan)
        some = flows.take(pending)
        old = rate[pending]
        difference, slope = some.worth(old)
        below = np.where(difference < 0, old, low[pending])
        above = np.where(difference < 0, high[pending], old)
        with np.errstate(divide="ignore", invalid="ignore"):
            new = old - difference / slope
        halfway = (below + above) / 2
        new = np.where((slope > 0) & (new >= below) & (new <= above), new, halfway)
        low[pending], high[pending], rate[pending] = below, above, new
        pending[pending] = (np.abs(new - old) > 1e-14 * new + 1e-15) & (below != above)
    message = "the annual percentage rate of a transaction was not found"
    raise InvariantBroken(message)
