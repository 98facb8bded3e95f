"""Ports of the outbox: events that wait to be dispatched, deliveries that wait to be made."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol
from uuid import UUID

import msgspec

from wherewithal.service.events import ToldEvent
from wherewithal.vocabulary.redaction import nothing_for_rich, redacted


class ClaimedDelivery(msgspec.Struct, frozen=True, kw_only=True):
    """An event on its way to one endpoint, ours until the lease ends."""

    endpoint_id: UUID
    event_seq: int
    event: ToldEvent
    #: Fencing: only the last claim may say what came of it.
    claim: UUID
    url: str
    #: `whsec_…`, the newest first; all sign. None at all where they cannot be opened here.
    secrets: tuple[str, ...]
    #: Attempts before this one.
    attempts: int
    #: When it was first queued, or queued again by a replay.
    queued_at: datetime
    #: When it was claimed, by the database's clock.
    claimed_at: datetime

    __repr__ = redacted
    __rich_repr__ = nothing_for_rich


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one attempt; nothing of the answer's body is kept."""

    #: The HTTP status; None where there was no answer.
    status: int | None = None
    #: One of `webhook_records.FAILURES`; None: delivered.
    error: str | None = None
    #: Seconds that the endpoint asked to be left alone.
    retry_after_s: int | None = None


class Settlement(msgspec.Struct, frozen=True, kw_only=True):
    """What is written of an attempt."""

    #: delivered | waiting | dead.
    status: str
    #: Seconds until the next attempt, where there is one.
    pause_s: float
    attempt: Attempt
    #: The endpoint said that it is gone: it is disabled.
    is_gone: bool = False


class KeepsOutbox(Protocol):
    """Keeps events and deliveries. Every method: Unavailable if it does not answer."""

    async def dispatch(self, *, rows_max: int) -> int:
        """Write a delivery of each waiting event for each endpoint that hears it.

        Returns how many events there were. At once or not at all, and by one process each.
        """
        ...

    async def claim(
        self, *, lease_s: float, slots: Mapping[UUID, int], slots_each: int, rows_max: int
    ) -> tuple[ClaimedDelivery, ...]:
        """Take deliveries that are due: of each endpoint its oldest, one of each before two of any.

        `slots` says how many of an endpoint may be taken, `slots_each` of every other one. What is
        not settled when the lease ends is due again.
        """
        ...

    async def settle(self, delivery: ClaimedDelivery, settlement: Settlement) -> bool:
        """Write what came of it; False, and nothing, if another has claimed it since."""
        ...


class SendsWebhook(Protocol):
    """Makes one attempt; it never raises, and ends within its own time."""

    async def __call__(
        self, url: str, *, message_id: str, secrets: tuple[str, ...], body: bytes
    ) -> Attempt:
        """Sign and send."""
        ...
