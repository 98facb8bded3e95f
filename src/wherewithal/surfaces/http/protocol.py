"""The wire: bounds that the server itself does not have, on the header of a request.

A client that sends its header slowly, or without end, holds a connection and its memory; the server
waits for it for ever. Here the header has a deadline and a bound, and what is no HTTP is answered
as a problem too: after the answers to the requests before it, which are none the worse for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import ClassVar

from uvicorn.protocols.http.httptools_impl import (
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)

from wherewithal.surfaces.http.problem import Refused, problem_reply
from wherewithal.surfaces.http.settings import HttpSettings


class BoundedProtocol(HttpToolsProtocol):
    """One connection whose headers come soon and are short."""

    #: Set on the class that a server is given.
    settings: ClassVar[HttpSettings]
    new_request_id: ClassVar[Callable[[], str]]
    _header_timer: asyncio.TimerHandle | None = None
    _header_bytes = 0
    #: The problem with which the connection ends, once what came before it is answered.
    _last_problem: str | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first header."""
        super().connection_made(transport)
        self._await_header()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count what comes before a header is whole."""
        if self._last_problem is not None:
            return
        if self._header_timer is None and not self._is_answering():
            self._await_header()
        if self._header_timer is not None:
            self._header_bytes += len(data)
        super().data_received(data)
        if self._header_timer is not None and self._header_bytes > self.settings.header_bytes_max:
            self._refuse("headers-too-large")

    def on_headers_complete(self) -> None:
        """Pass on a header that is within its bound."""
        if self._is_ending():
            return
        self._stop_waiting()
        size = len(self.url) + sum(len(name) + len(value) for name, value in self.headers)
        if size > self.settings.header_bytes_max:
            self._refuse("headers-too-large")
            return
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Drop what follows a header that was refused."""
        if not self._is_ending():
            super().on_body(body)

    def on_message_complete(self) -> None:
        """As above."""
        if not self._is_ending():
            super().on_message_complete()

    def on_response_complete(self) -> None:
        """Go on with the next request, or end where there was something else after the last."""
        is_last = not self.pipeline
        super().on_response_complete()
        if is_last and self._last_problem is not None:
            self._end_with(self._last_problem)

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP with a problem."""
        del msg
        self._refuse("bad-request")

    def _is_answering(self) -> bool:
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is not None and not cycle.response_complete

    def _is_ending(self) -> bool:
        return self._last_problem is not None or self.transport.is_closing()

    def _await_header(self) -> None:
        self._header_bytes = 0
        self._header_timer = self.loop.call_later(
            self.settings.header_deadline_s, self._refuse, "request-timeout"
        )

    def _stop_waiting(self) -> None:
        if self._header_timer is not None:
            self._header_timer.cancel()
            self._header_timer = None

    def _refuse(self, problem_type: str) -> None:
        self._stop_waiting()
        if self._is_ending():
            return
        if problem_type == "request-timeout" and self._header_bytes == 0:
            self.transport.close()
            return
        if self._is_answering() and (not self.cycle.more_body or self._drop_queued()):
            # Requests that came whole are answered first.
            self._last_problem = problem_type
            return
        if self._is_answering():
            self._give_up(self.cycle)
        self._end_with(problem_type)

    def _drop_queued(self) -> bool:
        """Drop a request that broke within its body while it waited; return whether it did."""
        is_queued = bool(self.pipeline) and self.pipeline[0][0] is self.cycle
        if is_queued:
            self.pipeline.popleft()
        return is_queued

    def _give_up(self, cycle: RequestResponseCycle) -> None:
        """Tell whoever reads a body that the rest of it does not come."""
        if cycle.response_started:
            # Its end cannot be told from here on: no problem can follow a part of an answer.
            self.transport.close()
        cycle.disconnected = True
        cycle.message_event.set()

    def _end_with(self, problem_type: str) -> None:
        if not self.transport.is_closing():
            self.transport.write(_answer(Refused(problem_type), type(self).new_request_id()))
            self.transport.close()


def bounded_protocol(
    settings: HttpSettings, *, new_request_id: Callable[[], str]
) -> type[BoundedProtocol]:
    """Return the protocol class of a server with these bounds."""
    bounds = {"settings": settings, "new_request_id": staticmethod(new_request_id)}
    return type("BoundedProtocol", (BoundedProtocol,), bounds)


def _answer(refused: Refused, request_id: str) -> bytes:
    """Return a whole HTTP answer, for where no request could be read."""
    reply = problem_reply(refused, request_id=request_id)
    headers = (
        (b"content-type", reply.media_type),
        (b"content-length", b"%d" % len(reply.body)),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
        (b"x-request-id", request_id.encode("ascii")),
        (b"connection", b"close"),
    )
    lines = b"".join(name + b": " + value + b"\r\n" for name, value in headers)
    return STATUS_LINE[reply.status] + lines + b"\r\n" + reply.body
