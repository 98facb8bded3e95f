"""The edge: the outermost layer, around the router and all that it refuses.

It names each request, makes room for it or sends it away, bounds its time, adds the headers that
every answer has, and writes one log line and one measurement. It reads no body.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

from litestar.types import ASGIApp
from structlog.typing import BindableLogger

from wherewithal.surfaces.http.exchange import EXCHANGE, Exchange
from wherewithal.surfaces.http.log import places
from wherewithal.surfaces.http.metrics import Metrics
from wherewithal.surfaces.http.parameters import read_request_id, read_wait
from wherewithal.surfaces.http.presenter import refusal_of
from wherewithal.surfaces.http.problem import Refused, problem_reply
from wherewithal.surfaces.http.settings import WAIT_S_MAX, HttpSettings

_EVERY_ANSWER = (
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
)
_NO_CONTENT = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")
_CLOSE = (b"connection", b"close")
#: What tells whether we live has its answer however much there is to do.
_ALWAYS = frozenset({"/healthz", "/readyz", "/metrics"})
#: Where a till waits: these have a room of their own.
_HOLDS = "/v1/holds"
_NO_METHOD = "TRACE"
_RETRY_SOON = ((b"retry-after", b"1"),)


class Room:
    """How many requests of a kind are worked on, and how many may be."""

    __slots__ = ("count", "count_max", "kind")

    def __init__(self, kind: str, count_max: int) -> None:
        """Begin empty."""
        self.kind = kind
        self.count = 0
        self.count_max = count_max

    def filled(self) -> float:
        """Return the count as a gauge takes it."""
        return float(self.count)


class Edge:
    """The whole HTTP application, as a server calls it."""

    def __init__(
        self,
        inner: ASGIApp,
        *,
        settings: HttpSettings,
        metrics: Metrics,
        log: BindableLogger,
        new_request_id: Callable[[], str],
    ) -> None:
        """Keep what is inside, and the bounds."""
        self._inner: Any = inner
        self._request_deadline_s = settings.request_deadline_s
        self._metrics = metrics
        self._log: Any = log
        self._new_request_id = new_request_id
        self._rooms = {
            kind: Room(kind, count_max)
            for kind, count_max in (
                ("ask", settings.asks_in_flight_max),
                ("hold", settings.holds_in_flight_max),
                ("read", settings.reads_in_flight_max),
                ("wait", settings.waits_in_flight_max),
                ("always", 2**31),
            )
        }
        for room in self._rooms.values():
            metrics.in_flight.labels(room.kind).set_function(room.filled)
        self._is_draining = False

    @property
    def is_draining(self) -> bool:
        """Return whether this process is about to end."""
        return self._is_draining

    def begin_drain(self) -> None:
        """Say no to readiness from now on; requests are answered as before."""
        self._is_draining = True

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request, whatever happens inside."""
        if scope["type"] != "http":
            await self._inner(scope, receive, send)
            return
        if scope["method"] == "OPTIONS":
            # Litestar would answer it by itself, and to anybody: it is a method like any other
            # that no route has.
            scope["method"] = _NO_METHOD
        # Routes are found by the path as it was sent, and its parameters decoded after that: a
        # lender's number may hold a slash. No part of a route of ours needs an escape.
        scope["path"] = scope["raw_path"].decode("latin-1")
        began_s = time.perf_counter()
        exchange = self._begin(scope)

        async def finish(message: Any) -> None:
            if message["type"] == "http.response.start":
                exchange.status = message["status"]
                _add_headers(message, exchange)
            await send(message)

        room = self._room_of(scope, exchange)
        try:
            if room.count >= room.count_max:
                self._metrics.on_shed(room.kind)
                raise Refused("overloaded", headers=_RETRY_SOON)
            room.count += 1
            try:
                async with asyncio.timeout(self._request_deadline_s + exchange.wait_s):
                    await self._inner(scope, receive, finish)
            finally:
                room.count -= 1
        except Exception as error:  # noqa: BLE001 - the outermost layer of the surface
            await self._answer_for(error, exchange=exchange, scope=scope, send=finish)
        finally:
            self._record(exchange, method=scope["method"], seconds=time.perf_counter() - began_s)

    def _begin(self, scope: Any) -> Exchange:
        exchange = Exchange(request_id="", headers=scope["headers"])
        chosen = read_request_id(exchange.header(b"x-request-id"))
        exchange.request_id = chosen or self._new_request_id()
        scope[EXCHANGE] = exchange
        return exchange

    def _room_of(self, scope: Any, exchange: Exchange) -> Room:
        if scope["method"] == "POST":
            return self._rooms["hold" if scope["path"].startswith(_HOLDS) else "ask"]
        prefer = exchange.header(b"prefer")
        if prefer is not None and "/prequalifications/" in scope["path"]:
            exchange.wait_s = read_wait(prefer, wait_s_max=WAIT_S_MAX) or 0
            if exchange.wait_s:
                return self._rooms["wait"]
        return self._rooms["always" if scope["path"] in _ALWAYS else "read"]

    async def _answer_for(
        self,
        error: Exception,
        *,
        exchange: Exchange,
        scope: Any,
        send: Callable[[Any], Awaitable[None]],
    ) -> None:
        """Answer for what nothing inside answered for."""
        is_late = isinstance(error, TimeoutError)
        refused = Refused("timed-out", headers=_RETRY_SOON) if is_late else refusal_of(error)
        exchange.problem = refused.problem_type
        if refused.problem_type == "internal-error":
            self._log.error("unexpected", request_id=exchange.request_id, **places(error))
        if exchange.status:
            # The answer had begun: the server ends the connection, so that nobody takes a part
            # for the whole.
            return
        reply: Any = problem_reply(refused, request_id=exchange.request_id)
        await reply(scope, None, send)

    def _record(self, exchange: Exchange, *, method: str, seconds: float) -> None:
        known = method if method in {"GET", "POST"} else "other"
        self._metrics.on_request(
            route=exchange.template, method=known, status=exchange.status, seconds=seconds
        )
        self._log.info(
            "request",
            route=exchange.template,
            method=known,
            status=exchange.status,
            ms=round(seconds * 1000, 3),
            request_id=exchange.request_id,
            credential_id=exchange.caller_id,
            problem=exchange.problem,
        )


def _add_headers(message: Any, exchange: Exchange) -> None:
    """Add what every answer has to the start of one."""
    headers = [
        *message["headers"],
        *_EVERY_ANSWER,
        (b"x-request-id", exchange.request_id.encode("ascii")),
    ]
    if all(name != b"content-security-policy" for name, _ in message["headers"]):
        headers.append(_NO_CONTENT)
    if exchange.has_body and not exchange.body_is_read:
        # What is left of the body is not read: the connection ends with the answer.
        headers.append(_CLOSE)
    message["headers"] = headers
