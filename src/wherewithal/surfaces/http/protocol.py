"""The wire: bounds that the server itself does not have, on the header of a request.

A client that sends its header slowly, or without end, holds a connection and its memory; the server
waits for it for ever. Here the header has a deadline and a bound, and what is no HTTP is answered
as a problem too.
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
        if self._header_timer is None and not self._is_answering():
            self._await_header()
        if self._header_timer is not None:
            self._header_bytes += len(data)
        super().data_received(data)
        if self._header_timer is not None and self._header_bytes > self.settings.header_bytes_max:
            self._refuse("headers-too-large")

    def on_headers_complete(self) -> None:
        """Pass on a header that is within its bound."""
        self._stop_waiting()
        size = len(self.url) + sum(len(name) + len(value) for name, value in self.headers)
        if size > self.settings.header_bytes_max:
            self._refuse("headers-too-large")
            return
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Drop what follows a header that was refused."""
        if not self.transport.is_closing():
            super().on_body(body)

    def on_message_complete(self) -> None:
        """As above."""
        if not self.transport.is_closing():
            super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP with a problem."""
        del msg
        self._refuse("bad-request")

    def _is_answering(self) -> bool:
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is not None and not cycle.response_complete

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
        if self.transport.is_closing():
            return
        is_idle = problem_type == "request-timeout" and self._header_bytes == 0
        if not self._is_answering() and not is_idle:
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
