"""A retry budget and full jitter: retries may not become the load that keeps a bureau down.

Every call pays a tenth of a retry in; every retry takes a whole one out. So however long an outage
lasts, attempts stay below 1.1 times the calls, plus the few that stood there at the start.
"""

from __future__ import annotations

from collections.abc import Callable


class RetryBudget:
    """A token bucket. Counts in hundredths of a retry, so that nothing is lost in fractions."""

    def __init__(self, *, share_pct: int = 10, retries_max: int = 3) -> None:
        """Start full; `share_pct` of the calls may be retried, `retries_max` can be saved up."""
        self._share_pct = share_pct
        self._hundredths_max = retries_max * 100
        self._hundredths = self._hundredths_max

    def pay_in(self) -> None:
        """Note that a call begins."""
        self._hundredths = min(self._hundredths + self._share_pct, self._hundredths_max)

    def take(self) -> bool:
        """Return whether one retry may be made, and take it out."""
        if self._hundredths < 100:
            return False
        self._hundredths -= 100
        return True


def pause_s(
    retry: int, *, base_s: float, pause_s_max: float, uniform: Callable[[], float]
) -> float:
    """Return the seconds before a retry, counted from 1: full jitter over a doubling bound.

    `uniform` returns a number from 0 to 1. Bounded by `pause_s_max`.

    >>> [pause_s(n, base_s=0.1, pause_s_max=0.3, uniform=lambda: 1.0) for n in (1, 2, 3)]
    [0.1, 0.2, 0.3]
    """
    return uniform() * min(pause_s_max, base_s * 2.0 ** (retry - 1))
