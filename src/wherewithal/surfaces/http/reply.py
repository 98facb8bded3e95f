"""Reply: an answer as bytes, sent without any further layer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from litestar.types import Receive, Scope, Send

Headers = Sequence[tuple[bytes, bytes]]
JSON = b"application/json"
_ENCODER = msgspec.json.Encoder()


class Reply:
    """An ASGI answer whose body is at hand whole."""

    __slots__ = ("body", "headers", "media_type", "status")

    def __init__(
        self,
        *,
        body: bytes,
        status: int = 200,
        media_type: bytes = JSON,
        headers: Iterable[tuple[bytes, bytes]] = (),
    ) -> None:
        """Keep what is sent; `Content-Type` and `Content-Length` are added."""
        self.body = body
        self.status = status
        self.media_type = media_type
        self.headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        del scope, receive
        headers = [
            (b"content-type", self.media_type),
            (b"content-length", b"%d" % len(self.body)),
            *self.headers,
        ]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": self.body, "more_body": False})


def json_reply(record: Any, *, status: int = 200) -> Reply:
    """Return a record encoded; bytes are encoded already."""
    body = record if isinstance(record, bytes) else _ENCODER.encode(record)
    return Reply(body=body, status=status)
