"""How often may be asked: a bucket of tokens for each person and for each caller.

Asking is free and decides nothing, but it tells of a person: without a bound a stolen key could
read a whole portfolio, and one page that asks in a loop could take everybody's time.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable
from typing import Final
from uuid import UUID

import msgspec

from wherewithal.service.errors import TooMany

#: Buckets that are remembered; the one that was touched longest ago is full again by then, unless
#: somebody asks about more people than this within seconds, which the caller's own bucket forbids.
_BUCKETS_MAX: Final = 65_536


class Rate(msgspec.Struct, frozen=True, kw_only=True):
    """So many at once, and so many a second from then on."""

    burst: int
    per_second: float


#: In one process; several of them let through as many times more.
CONSUMER_RATE: Final = Rate(burst=60, per_second=5.0)
CALLER_RATE: Final = Rate(burst=2_000, per_second=500.0)


class AskingRate:
    """Counts who asks about whom, in this process."""

    def __init__(
        self,
        *,
        monotonic: Callable[[], float],
        consumer: Rate = CONSUMER_RATE,
        caller: Rate = CALLER_RATE,
    ) -> None:
        """Keep the clock, in seconds, and the rates."""
        self._monotonic, self._consumer, self._caller = monotonic, consumer, caller
        #: By whom: tokens that were left, and when.
        self._buckets: OrderedDict[UUID | str, tuple[float, float]] = OrderedDict()

    def take(self, *, consumer_id: UUID, credential_id: str) -> None:
        """Count a question. Errors: TooMany, with when there is room again; nothing is counted."""
        now_s = self._monotonic()
        wanted: tuple[tuple[UUID | str, Rate], ...] = (
            (consumer_id, self._consumer),
            (credential_id, self._caller),
        )
        left = [self._left(who, rate, now_s) for who, rate in wanted]
        for tokens, (_, rate) in zip(left, wanted, strict=True):
            if tokens < 1:
                message = "Too many questions at once; wait a little, then ask again."
                wait_s = math.ceil((1 - tokens) / rate.per_second)
                raise TooMany("asking", message, retry_after_s=wait_s)
        for tokens, (who, _) in zip(left, wanted, strict=True):
            self._buckets[who] = (tokens - 1, now_s)
            self._buckets.move_to_end(who)
        while len(self._buckets) > _BUCKETS_MAX:
            self._buckets.popitem(last=False)

    def _left(self, who: UUID | str, rate: Rate, now_s: float) -> float:
        tokens, since_s = self._buckets.get(who, (float(rate.burst), now_s))
        return min(float(rate.burst), tokens + (now_s - since_s) * rate.per_second)
