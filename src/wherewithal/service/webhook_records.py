"""Endpoints of webhooks: records, the port that keeps them, and why an attempt can fail."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol
from uuid import UUID

import msgspec

from wherewithal.service.events import EventAnswer, EventType, ToldEvent
from wherewithal.vocabulary.redaction import nothing_for_rich, redacted

#: What an attempt can fail by, as `last_error` says it.
FAILURES: Final[Mapping[str, str]] = {
    "url_refused": "the URL is none that we take (any more)",
    "name_unknown": "the name leads nowhere",
    "address_refused": "the name leads to an address that is not public",
    "unreachable": "no connection, or none by TLS with a valid certificate",
    "timed_out": "no answer within 15 seconds",
    "broken_off": "the connection ended before the answer did",
    "redirected": "the answer was a redirect (3xx); none is followed",
    "refused": "the answer was neither 2xx nor 3xx; 410 disables the endpoint",
    "secret_unreadable": "the endpoint's secret cannot be opened by this process",
}


class DisabledWhy(StrEnum):
    """Why an endpoint hears nothing."""

    #: Whoever manages it asked for it.
    ASKED = "asked"
    #: It answered 410.
    GONE = "gone"


class NewEndpoint(msgspec.Struct, frozen=True, kw_only=True):
    """An endpoint that is asked for."""

    url: str
    #: None: all types, those that are still to come too.
    types: tuple[EventType, ...] = ()
    #: It hears of this merchant alone; None: of all.
    merchant_id: str | None = None


class WebhookEndpoint(msgspec.Struct, frozen=True, kw_only=True):
    """An endpoint as it is kept, without its secret."""

    endpoint_id: UUID
    url: str
    types: tuple[str, ...]
    merchant_id: str | None
    created_at: datetime
    disabled_at: datetime | None
    disabled_why: str | None
    #: Until then the secret before the last signs too.
    before_until: datetime | None
    #: Deliveries that wait, and that were given up.
    waiting: int
    dead: int


class EndpointAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """An endpoint as it is answered."""

    endpoint_id: str
    url: str
    #: Empty: all types.
    types: tuple[str, ...]
    merchant_id: str | None
    created_at: datetime
    #: enabled | disabled.
    status: str
    disabled_at: datetime | None
    #: asked | gone.
    disabled_why: str | None
    #: While a secret is being changed: until then two sign.
    secret_before_until: datetime | None
    waiting: int
    dead: int


class EndpointWithSecret(msgspec.Struct, frozen=True, kw_only=True):
    """An endpoint with its secret, which is shown this once."""

    endpoint: EndpointAnswer
    #: `whsec_` and 32 bytes in base64.
    secret: str

    __repr__ = redacted
    __rich_repr__ = nothing_for_rich


class Endpoints(msgspec.Struct, frozen=True, kw_only=True):
    """All endpoints of a caller, the oldest first."""

    endpoints: tuple[EndpointAnswer, ...]


class Replay(msgspec.Struct, frozen=True, kw_only=True):
    """Which events an endpoint wants again: one of the three."""

    since: datetime | None = None
    event_ids: tuple[UUID, ...] = ()
    is_of_dead: bool = False


class ReplayAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What was queued again."""

    queued: int
    #: Where `since` found more than is queued at once: ask again from here. None: that was all.
    next_since: datetime | None


class EventsPage(msgspec.Struct, frozen=True, kw_only=True):
    """Events of one person, in order."""

    consumer_id: str
    events: tuple[EventAnswer, ...]
    #: `after` of the next page; None: there is no more for now.
    next_after: int | None


class KeepsWebhooks(Protocol):
    """Keeps endpoints. Every method: Unavailable if it does not answer.

    `merchant_id` is the caller's: a merchant sees its own endpoints, None sees all. What is not the
    caller's is as if it were not there.
    """

    async def add(
        self, new: NewEndpoint, *, endpoint_id: UUID, credential_id: str, secret: str, most: int
    ) -> WebhookEndpoint | None:
        """Keep an endpoint; None where its merchant, or the lender, has `most` live ones."""
        ...

    async def list_all(self, merchant_id: str | None) -> tuple[WebhookEndpoint, ...]:
        """Return the caller's endpoints, the oldest first."""
        ...

    async def disable(
        self, endpoint_id: UUID, *, merchant_id: str | None
    ) -> WebhookEndpoint | None:
        """Let it hear nothing; twice is once. What waits for it is kept."""
        ...

    async def enable(self, endpoint_id: UUID, *, merchant_id: str | None) -> WebhookEndpoint | None:
        """Let it hear again; what waited is sent."""
        ...

    async def rotate(
        self, endpoint_id: UUID, *, merchant_id: str | None, secret: str, both_for_s: int
    ) -> WebhookEndpoint | None:
        """Give it another secret; the one before signs too for so long."""
        ...

    async def replay(
        self, endpoint_id: UUID, replay: Replay, *, merchant_id: str | None, rows_max: int
    ) -> ReplayAnswer | None:
        """Queue again what it may hear, at most so many events, the oldest first."""
        ...

    async def events_of(
        self, consumer_id: UUID, *, merchant_id: str | None, after: int, rows_max: int
    ) -> tuple[ToldEvent, ...]:
        """Return events of a consumer beyond a sequence, in order, as the caller may hear them."""
        ...
