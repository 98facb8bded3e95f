"""Endpoints of webhooks in Postgres (`KeepsWebhooks`); their secrets are sealed."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

import msgspec

from wherewithal.service.events import ToldEvent
from wherewithal.service.webhook_records import (
    NewEndpoint,
    Replay,
    ReplayAnswer,
    WebhookEndpoint,
)
from wherewithal.store.fetch import Parameters, fetch_all, fetch_one
from wherewithal.store.outbox import place_of_secret
from wherewithal.store.pool import Pool
from wherewithal.store.queries import load_queries
from wherewithal.store.sealing import Sealer

_QUERIES: Final = load_queries("webhooks.sql")


def _changing(statement: str) -> str:
    """Return a change of an endpoint that yields it as it is then."""
    return f"with w as ({statement} returning *) {_QUERIES['shown']} from w"


_ADD: Final = _changing(_QUERIES["add"])
_LIST: Final = f"{_QUERIES['shown']} {_QUERIES['list']}"
_DISABLE, _ENABLE, _ROTATE = (
    _changing(f"{_QUERIES[name]} {_QUERIES['mine']}") for name in ("disable", "enable", "rotate")
)
_REPLAY_SINCE, _REPLAY_SOME = (
    _QUERIES[name].format(mine=_QUERIES["mine"]) for name in ("replay_since", "replay_some")
)


class WebhooksInStore:
    """Keeps endpoints, and queues for them again."""

    def __init__(self, pool: Pool, *, sealer: Sealer) -> None:
        """Keep where connections come from, and what seals secrets."""
        self._pool, self._sealer = pool, sealer

    async def add(
        self, new: NewEndpoint, *, endpoint_id: UUID, credential_id: str, secret: str, most: int
    ) -> WebhookEndpoint | None:
        """Keep an endpoint; None where its merchant, or the lender, has `most` live ones."""
        given = {
            "endpoint_id": endpoint_id,
            "credential_id": credential_id,
            "merchant_id": new.merchant_id,
            "url": new.url,
            "types": [str(one) for one in new.types],
            "secret": self._sealed(endpoint_id, secret),
            "most": most,
        }
        return await self._one(_ADD, given)

    async def list_all(self, merchant_id: str | None) -> tuple[WebhookEndpoint, ...]:
        """Return the caller's endpoints, the oldest first."""
        return tuple(map(_endpoint, await fetch_all(self._pool, _LIST, {"caller": merchant_id})))

    async def disable(
        self, endpoint_id: UUID, *, merchant_id: str | None
    ) -> WebhookEndpoint | None:
        """Let it hear nothing; twice is once."""
        return await self._one(_DISABLE, {"endpoint_id": endpoint_id, "caller": merchant_id})

    async def enable(self, endpoint_id: UUID, *, merchant_id: str | None) -> WebhookEndpoint | None:
        """Let it hear again."""
        return await self._one(_ENABLE, {"endpoint_id": endpoint_id, "caller": merchant_id})

    async def rotate(
        self, endpoint_id: UUID, *, merchant_id: str | None, secret: str, both_for_s: int
    ) -> WebhookEndpoint | None:
        """Give it another secret; the one before signs too for so long."""
        given = {
            "endpoint_id": endpoint_id,
            "caller": merchant_id,
            "secret": self._sealed(endpoint_id, secret),
            "both_for_s": both_for_s,
        }
        return await self._one(_ROTATE, given)

    async def replay(
        self, endpoint_id: UUID, replay: Replay, *, merchant_id: str | None, rows_max: int
    ) -> ReplayAnswer | None:
        """Queue again what it may hear, at most so many events, the oldest first."""
        given = {"endpoint_id": endpoint_id, "caller": merchant_id, "rows_max": rows_max}
        if replay.since is not None:
            row = await fetch_one(self._pool, _REPLAY_SINCE, given | {"since": replay.since})
        else:
            some = {"event_ids": list(replay.event_ids), "is_of_dead": replay.is_of_dead}
            row = await fetch_one(self._pool, _REPLAY_SOME, given | some)
        return None if row is None else ReplayAnswer(queued=row[0], next_since=row[1])

    async def events_of(
        self, consumer_id: UUID, *, merchant_id: str | None, after: int, rows_max: int
    ) -> tuple[ToldEvent, ...]:
        """Return events of a consumer beyond a sequence, in order, as the caller may hear them."""
        given = {
            "consumer_id": consumer_id,
            "caller": merchant_id,
            "after": after,
            "rows_max": rows_max,
        }
        return tuple(map(_told, await fetch_all(self._pool, _QUERIES["events_of"], given)))

    async def _one(self, statement: str, given: Parameters) -> WebhookEndpoint | None:
        row = await fetch_one(self._pool, statement, given)
        return None if row is None else _endpoint(row)

    def _sealed(self, endpoint_id: UUID, secret: str) -> bytes:
        return self._sealer.seal_own(place_of_secret(endpoint_id), secret.encode())


def _endpoint(row: tuple[Any, ...]) -> WebhookEndpoint:
    return WebhookEndpoint(
        endpoint_id=row[0],
        url=row[1],
        types=tuple(row[2]),
        merchant_id=row[3],
        created_at=row[4],
        disabled_at=row[5],
        disabled_why=row[6],
        before_until=row[7],
        waiting=row[8],
        dead=row[9],
    )


def _told(row: tuple[Any, ...]) -> ToldEvent:
    return ToldEvent(
        event_id=row[0],
        consumer_id=row[1],
        type=row[2],
        sequence=row[3],
        created_at=row[4],
        payload=msgspec.json.decode(row[5]),
        is_for_merchant=row[6],
        may_know_amounts=row[7],
    )
