"""Exchange: one request as it passes through the surface; the edge makes it, handlers read it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from wherewithal.surfaces.http.tokens import Scope

#: Where an exchange stands in an ASGI scope.
EXCHANGE = "wherewithal.exchange"


class Caller:
    """Who asks, proven: a service key, or one person with a token of their own."""

    __slots__ = ("consumer_id", "credential_id", "merchant_id", "scopes")

    def __init__(
        self,
        *,
        credential_id: str,
        scopes: frozenset[Scope],
        consumer_id: UUID | None = None,
        merchant_id: str | None = None,
    ) -> None:
        """Keep what was proven.

        Null: `consumer_id` for a service key, which is about everyone; `merchant_id` for who speaks
              for no one merchant: a lender's own systems, or a person.
        """
        self.credential_id = credential_id
        self.scopes = scopes
        self.consumer_id = consumer_id
        self.merchant_id = merchant_id

    def may_read(self, consumer_id: UUID | None) -> bool:
        """Return whether this person is theirs to read."""
        return self.consumer_id is None or self.consumer_id == consumer_id

    def speaks_for(self, merchant_id: str) -> bool:
        """Return whether what they do may be this merchant's."""
        return self.merchant_id is None or self.merchant_id == merchant_id


class Exchange:
    """What the layers tell each other of one request. It holds no identity and no body."""

    __slots__ = (
        "body_is_read",
        "caller_id",
        "has_body",
        "headers",
        "problem",
        "request_id",
        "status",
        "template",
        "wait_s",
    )

    def __init__(self, *, request_id: str, headers: Iterable[tuple[bytes, bytes]]) -> None:
        """Begin with what the header says; names are in lower case, as ASGI has them."""
        self.request_id = request_id
        self.headers: dict[bytes, list[bytes]] = {}
        for name, value in headers:
            self.headers.setdefault(name, []).append(value)
        self.has_body = (
            self.headers.get(b"content-length", [b"0"]) != [b"0"]
            or b"transfer-encoding" in self.headers
        )
        self.body_is_read = False
        #: The route as it is written, never as it was asked for.
        self.template = "unmatched"
        self.caller_id: str | None = None
        self.status = 0
        #: The name of the problem that was answered with, for the log.
        self.problem: str | None = None
        #: Seconds that the caller agreed to wait.
        self.wait_s = 0

    def header(self, name: bytes) -> bytes | None:
        """Return a header's only value; None where it is not there. The last of several counts."""
        values = self.headers.get(name)
        return values[-1] if values else None


def exchange_of(scope: Any) -> Exchange:
    """Return the exchange of an ASGI scope."""
    exchange: Exchange = scope[EXCHANGE]
    return exchange
