"""Delivering events: dispatch, claim, send, settle, again and again; at least once, nobody lost.

Every step is one statement of the database, so a process may be killed at any point: what was
claimed is due again when its lease ends. Events are never read by "id greater than the last one",
which skips those of transactions that began early and committed late.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import Callable
from typing import Final
from uuid import UUID

import msgspec

from wherewithal.service.errors import Unavailable
from wherewithal.service.events import event_answer
from wherewithal.service.outbox_ports import (
    Attempt,
    ClaimedDelivery,
    KeepsOutbox,
    SendsWebhook,
    Settlement,
)

_MINUTE, _HOUR = 60, 3_600
#: Seconds from a failed attempt to the next one: from, to. Drawn evenly by chance, so that what
#: failed together does not come back together. In the middle 76 hours from the first to the last.
RETRIES: Final = (
    (2, 8),
    (2 * _MINUTE, 8 * _MINUTE),
    (15 * _MINUTE, 45 * _MINUTE),
    (1 * _HOUR, 3 * _HOUR),
    (5 * _HOUR // 2, 15 * _HOUR // 2),
    (5 * _HOUR, 15 * _HOUR),
    (7 * _HOUR, 21 * _HOUR),
    (10 * _HOUR, 30 * _HOUR),
    (12 * _HOUR, 36 * _HOUR),
)
ATTEMPTS_MAX: Final = len(RETRIES) + 1
#: The last attempt is no earlier than this after the first, whatever chance says.
LAST_AFTER_S: Final = 72 * _HOUR
#: An endpoint may ask for longer pauses, up to this.
RETRY_AFTER_S_MAX: Final = 24 * _HOUR
GONE: Final = 410


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """How much at a time; durations in seconds."""

    #: Attempts in the air at a time: of one endpoint, of one whose last attempt failed, of all, of
    #: all those whose last attempt failed.
    each_max: int = 8
    failing_each_max: int = 1
    in_air_max: int = 256
    failing_max: int = 128
    events_at_once: int = 500
    #: Longer than an attempt may take.
    lease_s: float = 60.0
    #: Between looks at an outbox that was empty.
    poll_s: float = 0.5
    away_s: float = 1.0
    #: For what is in the air at the end.
    grace_s: float = 10.0


def settlement_of(
    attempt: Attempt, delivery: ClaimedDelivery, *, uniform: Callable[[], float]
) -> Settlement:
    """Return what becomes of a delivery after an attempt; `uniform` is chance, from 0 to 1."""
    if attempt.error is None:
        return Settlement(status="delivered", pause_s=0, attempt=attempt)
    is_gone = attempt.status == GONE
    if is_gone or delivery.attempts + 1 >= ATTEMPTS_MAX:
        return Settlement(status="dead", pause_s=0, attempt=attempt, is_gone=is_gone)
    least_s, most_s = RETRIES[delivery.attempts]
    pause_s = least_s + (most_s - least_s) * uniform()
    pause_s = max(pause_s, min(attempt.retry_after_s or 0, RETRY_AFTER_S_MAX))
    if delivery.attempts + 1 == len(RETRIES):
        age_s = (delivery.claimed_at - delivery.queued_at).total_seconds()
        pause_s = max(pause_s, LAST_AFTER_S - age_s)
    return Settlement(status="waiting", pause_s=pause_s, attempt=attempt)


class EventDelivery:
    """One process's share of delivering; any number may run beside each other."""

    def __init__(
        self,
        *,
        outbox: KeepsOutbox,
        send: SendsWebhook,
        uniform: Callable[[], float],
        count: Callable[[str], None],
        pace: Pace,
    ) -> None:
        """Keep the ports; `count` is told of each `dispatched`, `delivered`, `waiting`, `dead`."""
        self._outbox, self._send, self._uniform, self._count = outbox, send, uniform, count
        self._pace = pace
        self._in_air: set[asyncio.Task[None]] = set()
        self._by_endpoint: Counter[UUID] = Counter()
        #: Endpoints whose last attempt failed: they get one slot, and half of all between them.
        self._failing: set[UUID] = set()
        self._freed = asyncio.Event()
        self._is_stopping = False

    def stop(self) -> None:
        """Let `run` end. A cancellation alone may be lost in a driver that is being answered."""
        self._is_stopping = True
        self._freed.set()

    async def run(self) -> None:
        """Deliver until stopped or cancelled; then what is in the air gets some seconds."""
        try:
            while not self._is_stopping:
                try:
                    has_moved = await self.turn()
                except Unavailable:
                    self._count("away")
                    await asyncio.sleep(self._pace.away_s)
                    continue
                if not has_moved:
                    await self._rest()
        finally:
            await self._land()

    async def turn(self) -> bool:
        """Dispatch and begin what may begin; return whether there was anything."""
        pace = self._pace
        dispatched = await self._outbox.dispatch(rows_max=pace.events_at_once)
        for _ in range(dispatched):
            self._count("dispatched")
        room = pace.in_air_max - len(self._in_air)
        if room <= 0:
            return False
        claimed = await self._outbox.claim(
            lease_s=pace.lease_s, slots=self._slots(), slots_each=pace.each_max, rows_max=room
        )
        for delivery in claimed:
            self._by_endpoint[delivery.endpoint_id] += 1
            task = asyncio.create_task(self._deliver(delivery))
            self._in_air.add(task)
            task.add_done_callback(self._in_air.discard)
        return bool(dispatched or claimed)

    def _slots(self) -> dict[UUID, int]:
        pace = self._pace
        failing_in_air = sum(self._by_endpoint[one] for one in self._failing)
        of_failing = pace.failing_each_max if failing_in_air < pace.failing_max else 0
        return {
            one: max(0, (of_failing if one in self._failing else pace.each_max) - used)
            for one in self._failing | set(self._by_endpoint)
            for used in (self._by_endpoint[one],)
        }

    async def _deliver(self, delivery: ClaimedDelivery) -> None:
        endpoint_id = delivery.endpoint_id
        try:
            attempt = await self._send(
                delivery.url,
                message_id=str(delivery.event.event_id),
                secrets=delivery.secrets,
                body=msgspec.json.encode(event_answer(delivery.event)),
            )
            (self._failing.discard if attempt.error is None else self._failing.add)(endpoint_id)
            settlement = settlement_of(attempt, delivery, uniform=self._uniform)
            # If the database is away, the lease ends by itself and it is sent again.
            with contextlib.suppress(Unavailable):
                is_ours = await self._outbox.settle(delivery, settlement)
                self._count(settlement.status if is_ours else "overtaken")
        finally:
            self._by_endpoint[endpoint_id] -= 1
            if not self._by_endpoint[endpoint_id]:
                del self._by_endpoint[endpoint_id]
            self._freed.set()

    async def _rest(self) -> None:
        """Wait for the next look, or until something in the air has landed."""
        if self._is_stopping:
            return
        self._freed.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._pace.poll_s):
                await self._freed.wait()

    async def _land(self) -> None:
        if self._in_air:
            _, late = await asyncio.wait(self._in_air, timeout=self._pace.grace_s)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
