"""Examples of webhooks, of the same story as `examples_hold`."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import msgspec

from wherewithal.service.events import ToldEvent, event_answer
from wherewithal.service.webhook_records import (
    EndpointAnswer,
    Endpoints,
    EndpointWithSecret,
    EventsPage,
    ReplayAnswer,
)
from wherewithal.surfaces.http.examples import CONSUMER
from wherewithal.surfaces.http.examples_hold import HOLD_ID

ENDPOINT_ID = "5f0c9d0e-7f6d-4a57-9a40-7f0a3d1c2b19"
EVENT_ID = "9b1f6a52-0c1e-4b3a-8f53-2f6f0a1d7c44"
_AT = datetime(2026, 11, 20, 9, 41, tzinfo=UTC)

ASK = {
    "url": "https://shop.example/wherewithal",
    "types": ["hold.placed", "hold.captured"],
    "merchant_id": "lantern-and-loom",
}
_ENDPOINT = EndpointAnswer(
    endpoint_id=ENDPOINT_ID,
    url="https://shop.example/wherewithal",
    types=("hold.captured", "hold.placed"),
    merchant_id="lantern-and-loom",
    created_at=_AT,
    status="enabled",
    disabled_at=None,
    disabled_why=None,
    secret_before_until=None,
    waiting=0,
    dead=0,
)
ENDPOINT = msgspec.to_builtins(_ENDPOINT)
ENDPOINTS = msgspec.to_builtins(Endpoints(endpoints=(_ENDPOINT,)))
WITH_SECRET = msgspec.to_builtins(
    EndpointWithSecret(
        endpoint=_ENDPOINT,
        secret="whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",  # noqa: S106 - the standard's own example
    )
)
DISABLED = msgspec.to_builtins(
    msgspec.structs.replace(_ENDPOINT, status="disabled", disabled_at=_AT, disabled_why="asked")
)
REPLAY = {"since": "2026-11-20T00:00:00Z"}
REPLAYED = msgspec.to_builtins(ReplayAnswer(queued=12, next_since=None))
EVENTS = msgspec.to_builtins(
    EventsPage(
        consumer_id=CONSUMER,
        events=(
            event_answer(
                ToldEvent(
                    event_id=UUID(EVENT_ID),
                    consumer_id=UUID(CONSUMER),
                    type="hold.placed",
                    sequence=2,
                    created_at=_AT,
                    payload={
                        "consumer_id": CONSUMER,
                        "hold_id": HOLD_ID,
                        "merchant_id": "lantern-and-loom",
                        "reference": "order-7781",
                        "basket_cents": 45_000,
                    },
                    is_for_merchant=False,
                    may_know_amounts=False,
                )
            ),
        ),
        next_after=None,
    )
)
