"""Constructs webhooks: the doors of the API, and the worker's delivering."""

from __future__ import annotations

import asyncio
import os
import random
import socket
import ssl
from collections.abc import Callable
from functools import partial
from uuid import uuid4

from wherewithal.service.deliver_events import EventDelivery, Pace
from wherewithal.service.webhook_records import Endpoints
from wherewithal.service.webhooks import (
    WebhookPorts,
    add_endpoint,
    disable_endpoint,
    enable_endpoint,
    list_endpoints,
    list_events,
    replay_events,
    rotate_secret,
)
from wherewithal.store.outbox import OutboxInStore
from wherewithal.store.pool import Pool
from wherewithal.store.sealing import Sealer
from wherewithal.store.webhooks import WebhooksInStore
from wherewithal.surfaces.http.routes_webhook import WebhookDoors
from wherewithal.surfaces.webhooks.sender import WebhookSender
from wherewithal.wiring.desk import now
from wherewithal.wiring.keys import Keys


def webhook_doors(pool: Pool, keys: Keys, *, is_simulation_allowed: bool) -> WebhookDoors:
    """Return the doors of one process."""
    ports = WebhookPorts(
        webhooks=WebhooksInStore(pool, sealer=_sealer(keys)),
        random_bytes=os.urandom,
        new_uuid=uuid4,
        is_loopback_allowed=is_simulation_allowed,
    )

    async def list_all(merchant_id: str | None) -> Endpoints:
        return await list_endpoints(merchant_id=merchant_id, ports=ports)

    return WebhookDoors(
        add=partial(add_endpoint, ports=ports),
        list_all=list_all,
        disable=partial(disable_endpoint, ports=ports),
        enable=partial(enable_endpoint, ports=ports),
        rotate=partial(rotate_secret, ports=ports),
        replay=partial(replay_events, ports=ports),
        events=partial(list_events, ports=ports),
    )


def event_delivery(
    pool: Pool, keys: Keys, *, is_simulation_allowed: bool, count: Callable[[str], None]
) -> EventDelivery:
    """Return what a worker delivers events by."""
    return EventDelivery(
        outbox=OutboxInStore(pool, sealer=_sealer(keys)),
        send=WebhookSender(
            resolve=resolve,
            clock=now,
            is_loopback_allowed=is_simulation_allowed,
            tls=ssl.create_default_context(),
        ),
        uniform=random.SystemRandom().random,
        count=count,
        pace=Pace(),
    )


async def resolve(host: str, port: int) -> tuple[str, ...]:
    """Return all addresses of a name, by the machine's own resolver.

    Errors: OSError where there is none.
    """
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError:
        raise OSError("no such name") from None
    return tuple(dict.fromkeys(str(address[0]) for *_, address in found))


def _sealer(keys: Keys) -> Sealer:
    return Sealer({keys.key_id: keys.sealing}, active=keys.key_id, random_bytes=os.urandom)
