"""Who listens: a real server on loopback that verifies and remembers; and endpoints to tell it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import UUID, uuid4

import msgspec
from standardwebhooks import Webhook, WebhookVerificationError

from tests.service.publishing import execute
from wherewithal.service.deliver_events import EventDelivery, Pace
from wherewithal.service.webhook_records import NewEndpoint
from wherewithal.service.webhooks import WebhookPorts, add_endpoint
from wherewithal.store.outbox import OutboxInStore
from wherewithal.store.pool import Pool
from wherewithal.store.sealing import Sealer
from wherewithal.store.webhooks import WebhooksInStore
from wherewithal.surfaces.webhooks.sender import WebhookSender

SEALER = Sealer({"k1": b"m" * 32}, active="k1", random_bytes=random.Random(5).randbytes)
QUICK = Pace(poll_s=0.02, lease_s=2.0, grace_s=2.0)


class Receiver:
    """A server on loopback."""

    def __init__(self) -> None:
        #: Bodies that were answered with 2xx, in order, and the headers of everything that came.
        self.heard: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.unverified = 0
        self.secret: str | None = None
        #: What it answers; may sleep.
        self.status: Callable[[str], int] = lambda _path: 204
        self.more_headers: dict[str, str] = {}
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                receiver.take(self)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def take(self, handler: BaseHTTPRequestHandler) -> None:
        length = int(handler.headers.get("content-length", 0))
        body = handler.rfile.read(length)
        if len(body) < length:
            return  # Who sent it was killed in the middle.
        headers = {name.lower(): value for name, value in handler.headers.items()}
        self.headers.append(headers)
        if self.secret is not None:
            try:
                Webhook(self.secret).verify(body, headers)
            except WebhookVerificationError:
                self.unverified += 1
        status = self.status(handler.path)
        if 200 <= status < 300:
            self.heard.append(msgspec.json.decode(body))
        with contextlib.suppress(ConnectionError):
            handler.send_response(status)
            for name, value in self.more_headers.items():
                handler.send_header(name, value)
            handler.send_header("content-length", "0")
            handler.end_headers()


@contextlib.contextmanager
def listening() -> Iterator[Receiver]:
    """Run a receiver in a thread, and end it."""
    receiver = Receiver()
    thread = threading.Thread(target=receiver.server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield receiver
    finally:
        receiver.server.shutdown()
        receiver.server.server_close()
        thread.join(timeout=10)


def free_port() -> int:
    """Return a port on which nobody listens."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


async def at_home(host: str, port: int) -> tuple[str, ...]:
    """Resolve every name to this machine."""
    del host, port
    return ("127.0.0.1",)


def sender(timeout_s: float = 5.0, **changed: Any) -> WebhookSender:
    known: dict[str, Any] = {
        "resolve": at_home,
        "clock": lambda: datetime.now(UTC),
        "is_loopback_allowed": True,
        "tls": ssl.create_default_context(),
        "timeout_s": timeout_s,
    }
    return WebhookSender(**known | changed)


def managing(pool: Pool) -> WebhookPorts:
    return WebhookPorts(
        webhooks=WebhooksInStore(pool, sealer=SEALER),
        random_bytes=os.urandom,
        new_uuid=uuid4,
        is_loopback_allowed=True,
    )


async def endpoint(
    pool: Pool, url: str, *, merchant_id: str | None = None, **given: Any
) -> tuple[UUID, str]:
    """Add an endpoint; return its id and secret."""
    new = NewEndpoint(url=url, merchant_id=merchant_id, **given)
    made = await add_endpoint(new, merchant_id=None, credential_id="c", ports=managing(pool))
    return UUID(made.endpoint.endpoint_id), made.secret


async def tell(pool: Pool, consumer_id: UUID, *merchants: str | None, type_: str = "") -> None:
    """Write one event of a consumer for each merchant given, as a use case does: under its lock."""
    async with pool.transaction() as connection:
        cursor = await connection.execute(
            "update consumer set event_seq = event_seq + %s where consumer_id = %s"
            " returning event_seq - %s",
            [len(merchants), consumer_id, len(merchants)],
        )
        (last,) = await cursor.fetchone() or (0,)
        for n, merchant in enumerate(merchants, last + 1):
            payload = {"merchant_id": merchant, "basket_cents": 100 * n, "reference": f"r{n}"}
            await connection.execute(
                "insert into event (consumer_id, event_seq, event_id, type, merchant_id, payload,"
                " created_at) values (%s, %s, gen_random_uuid(), %s, %s, %s, clock_timestamp())",
                [
                    *(consumer_id, n, type_ or "hold.placed", merchant),
                    msgspec.json.encode(payload).decode(),
                ],
            )


async def deliver_until(
    pool: Pool,
    is_done: Callable[[], bool],
    *,
    within_s: float = 10.0,
    pace: Pace = QUICK,
    counted: list[str] | None = None,
    send: WebhookSender | None = None,
) -> None:
    """Deliver until it is done; fail where that takes too long."""
    delivery = EventDelivery(
        outbox=OutboxInStore(pool, sealer=SEALER),
        send=send or sender(),
        uniform=random.Random(1).random,
        count=(counted if counted is not None else []).append,
        pace=pace,
    )
    running = asyncio.create_task(delivery.run())
    end = time.monotonic() + within_s
    try:
        while not is_done():
            assert time.monotonic() < end, "it takes too long"
            assert not running.done(), running.exception()
            await asyncio.sleep(0.02)
    finally:
        delivery.stop()
        await asyncio.gather(running, return_exceptions=True)


async def make_due(pool: Pool) -> None:
    """Let every pause be over; leases go on."""
    due = "update delivery set next_at = now() where status = 'waiting' and claim is null"
    await execute(pool, due)


async def rows(pool: Pool, query: str, *values: Any) -> list[tuple[Any, ...]]:
    async with pool.connection() as connection:
        return await (await connection.execute(query, values)).fetchall()
