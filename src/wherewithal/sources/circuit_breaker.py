"""A circuit breaker: stop asking who does not answer, and find out soon when they do again.

Closed, calls pass and their ends are remembered for a while. When enough of them failed, it opens
and nothing is asked. After a pause it is half open: one call at a time probes; an answer closes it,
a failure opens it for twice as long, up to a bound.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from enum import Enum

import msgspec


class BreakerSettings(msgspec.Struct, frozen=True, kw_only=True):
    """When it opens and for how long. Seconds are those of the clock that it is given."""

    #: How long an end is remembered.
    window_s: float = 30.0
    #: So many ends at least must be remembered before it opens,
    calls_min: int = 5
    #: and of them so many percent failures.
    failed_pct_max: int = 50
    open_s: float = 2.0
    #: The longest pause; a bureau that came back is asked within it.
    open_s_max: float = 20.0
    #: The window holds no more ends than these.
    calls_max: int = 1_000


class BreakerState(Enum):
    """Where the breaker stands."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


class CircuitBreaker:
    """One for each bureau and process. Not for several threads."""

    def __init__(self, settings: BreakerSettings, *, monotonic: Callable[[], float]) -> None:
        """Start closed; `monotonic` returns seconds that never go back."""
        self._settings = settings
        self._monotonic = monotonic
        self._ends: deque[tuple[float, bool]] = deque(maxlen=settings.calls_max)
        self._opened_at: float | None = None
        self._open_s = settings.open_s
        self._is_probing = False

    @property
    def state(self) -> BreakerState:
        """Return where it stands now."""
        if self._opened_at is None:
            return BreakerState.CLOSED
        return BreakerState.OPEN if self.wait_s else BreakerState.HALF_OPEN

    @property
    def wait_s(self) -> float:
        """Return the seconds until the next probe is let through; 0 where it need not wait."""
        if self._opened_at is None:
            return 0.0
        return max(0.0, self._opened_at + self._open_s - self._monotonic())

    def enter(self) -> Permit | None:
        """Return a permit for one call, or None if it must not be made."""
        state = self.state
        if state is BreakerState.OPEN or (state is BreakerState.HALF_OPEN and self._is_probing):
            return None
        self._is_probing = state is BreakerState.HALF_OPEN
        return Permit(self, is_probe=self._is_probing)

    def _settle(self, *, is_probe: bool, is_answered: bool | None) -> None:
        if is_probe:
            self._is_probing = False
            if is_answered is None:
                return
            if is_answered:
                self._opened_at, self._open_s = None, self._settings.open_s
                self._ends.clear()
            else:
                self._opened_at = self._monotonic()
                self._open_s = min(2 * self._open_s, self._settings.open_s_max)
        elif is_answered is not None and self._opened_at is None:
            self._remember(is_answered=is_answered)

    def _remember(self, *, is_answered: bool) -> None:
        now = self._monotonic()
        self._ends.append((now, is_answered))
        while self._ends[0][0] < now - self._settings.window_s:
            self._ends.popleft()
        failed = sum(not answered for _, answered in self._ends)
        is_enough = len(self._ends) >= self._settings.calls_min
        if is_enough and failed * 100 >= self._settings.failed_pct_max * len(self._ends):
            self._opened_at = now


class Permit:
    """The right to make one call; whoever holds it says how the call ended."""

    def __init__(self, breaker: CircuitBreaker, *, is_probe: bool) -> None:
        """Belong to a breaker."""
        self._breaker = breaker
        self._is_probe = is_probe

    def settle(self, *, is_answered: bool | None) -> None:
        """Say how it ended; None: the caller went away first, which proves nothing."""
        self._breaker._settle(is_probe=self._is_probe, is_answered=is_answered)  # noqa: SLF001 - the other half of it
