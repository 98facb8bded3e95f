"""The outbox in Postgres (`KeepsOutbox`): each step is one statement."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

import msgspec

from wherewithal.service.events import ToldEvent
from wherewithal.service.outbox_ports import ClaimedDelivery, Settlement
from wherewithal.store.fetch import fetch_all, fetch_one
from wherewithal.store.pool import Pool
from wherewithal.store.queries import load_queries
from wherewithal.store.sealing import Sealer, SealingError

_QUERIES: Final = load_queries("outbox.sql")


class OutboxInStore:
    """Dispatches events, claims deliveries, and writes what came of them."""

    def __init__(self, pool: Pool, *, sealer: Sealer) -> None:
        """Keep where connections come from, and what opens the endpoints' secrets."""
        self._pool, self._sealer = pool, sealer

    async def dispatch(self, *, rows_max: int) -> int:
        """Write a delivery of each waiting event for each endpoint; return how many events."""
        row = await fetch_one(self._pool, _QUERIES["dispatch"], {"rows_max": rows_max})
        return 0 if row is None else int(row[0])

    async def claim(
        self, *, lease_s: float, slots: Mapping[UUID, int], slots_each: int, rows_max: int
    ) -> tuple[ClaimedDelivery, ...]:
        """Take deliveries that are due, fairly."""
        given = {
            "endpoints": list(slots),
            "slots": list(slots.values()),
            "slots_each": slots_each,
            "rows_max": rows_max,
            "lease_s": lease_s,
        }
        rows = await fetch_all(self._pool, _QUERIES["claim"], given)
        return tuple(map(self._claimed, rows))

    async def settle(self, delivery: ClaimedDelivery, settlement: Settlement) -> bool:
        """Write what came of it; False, and nothing, if another has claimed it since."""
        given = {
            "consumer_id": delivery.event.consumer_id,
            "event_seq": delivery.event_seq,
            "endpoint_id": delivery.endpoint_id,
            "claim": delivery.claim,
            "status": settlement.status,
            "pause_s": settlement.pause_s,
            "is_gone": settlement.is_gone,
            "last_status": settlement.attempt.status,
            "last_error": settlement.attempt.error,
        }
        return await fetch_one(self._pool, _QUERIES["settle"], given) is not None

    def _claimed(self, row: tuple[Any, ...]) -> ClaimedDelivery:
        endpoint_id, event_seq, claim, attempts, queued_at, claimed_at, url = row[:7]
        secret, before, consumer_id, event_id, type_, created_at, payload = row[7:14]
        is_for_merchant, sequence, may_know_amounts = row[14:]
        return ClaimedDelivery(
            endpoint_id=endpoint_id,
            event_seq=event_seq,
            claim=claim,
            attempts=attempts,
            queued_at=queued_at,
            claimed_at=claimed_at,
            url=url,
            secrets=self._opened(endpoint_id, secret, before),
            event=ToldEvent(
                event_id=event_id,
                consumer_id=consumer_id,
                type=type_,
                sequence=sequence,
                created_at=created_at,
                payload=msgspec.json.decode(payload),
                is_for_merchant=is_for_merchant,
                may_know_amounts=may_know_amounts,
            ),
        )

    def _opened(self, endpoint_id: UUID, *sealed: bytes | None) -> tuple[str, ...]:
        """Return the secrets; none where this process has not their key: others may have it."""
        try:
            return tuple(
                self._sealer.open_own(place_of_secret(endpoint_id), one).decode()
                for one in sealed
                if one is not None
            )
        except SealingError:
            return ()


def place_of_secret(endpoint_id: UUID) -> str:
    """Return where the secrets of an endpoint are sealed for."""
    return f"webhook_endpoint {endpoint_id}"
