"""The gate: what happens to every request of a route before its handler, in one order.

Who asks, whether they may, then path, query, headers and body. The first three stop at once: who
may not ask learns nothing of what was asked. The rest is read whole, and told whole.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from litestar import Request
from litestar.types import Receive

from wherewithal.surfaces.http.authorise import Authority, require
from wherewithal.surfaces.http.exchange import Caller, Exchange, exchange_of
from wherewithal.surfaces.http.json_guard import read_json
from wherewithal.surfaces.http.operation import Call, Operation
from wherewithal.surfaces.http.parameters import read_idempotency_key, read_path, read_query
from wherewithal.surfaces.http.problem import Mistake, Refused
from wherewithal.surfaces.http.reply import Reply
from wherewithal.surfaces.http.settings import BODY_BYTES_MAX

AnyRequest = Request[Any, Any, Any]
_JSON = re.compile(rb"application/json\s*(?:;\s*charset=\"?utf-8\"?\s*)?", re.IGNORECASE)
_LENGTH = re.compile(rb"[0-9]{1,18}")
_ACCEPTABLE = (b"*/*", b"application/*", b"application/json", b"application/problem+json")


class Gate:
    """Opens a route's handler to the requests that may pass."""

    def __init__(self, authority: Authority, *, body_deadline_s: float) -> None:
        """Keep who proves callers, and within how many seconds a body has to come whole."""
        self._authority = authority
        self._body_deadline_s = body_deadline_s

    def handler(self, operation: Operation) -> Callable[[AnyRequest], Awaitable[Reply]]:
        """Return what Litestar calls for a route."""
        needs_json = operation.successes[min(operation.successes)].media_type == "application/json"

        names = operation.body.names() if operation.body else frozenset()

        async def handle(request: AnyRequest) -> Reply:
            exchange = exchange_of(request.scope)
            exchange.template = operation.path
            caller = None if operation.is_open else await self._admit(exchange, operation)
            path, mistakes = read_path(request.scope["path_params"], fields=operation.path_fields)
            if caller and caller.consumer_id:
                _check_own(caller, path)
            query, wrong = read_query(request.scope["query_string"], parameters=operation.query)
            mistakes += wrong
            key = ""
            if operation.takes_idempotency_key:
                key, wrong = read_idempotency_key(exchange.headers.get(b"idempotency-key", ()))
                mistakes += wrong
            if needs_json:
                _check_accept(exchange)
            data: object = None
            if operation.body is not None:
                data = read_json(await self._body(exchange, request.receive), names=names)
            elif mistakes:
                raise Refused("invalid-request", mistakes=mistakes)
            return await operation.handle(
                Call(
                    exchange=exchange,
                    caller=caller,
                    path=path,
                    query=query,
                    data=data,
                    idempotency_key=key,
                    mistakes=tuple(mistakes),
                )
            )

        return handle

    async def _admit(self, exchange: Exchange, operation: Operation) -> Caller:
        caller = await self._authority.prove(exchange)
        require(caller, operation.scopes)
        return caller

    async def _body(self, exchange: Exchange, receive: Receive) -> bytes:
        """Return the whole body, read no further than its bound and no longer than its deadline.

        Errors: Refused `unsupported-media-type`, `body-too-large`, `request-timeout` or
                `bad-request`.
        """
        _check_media_type(exchange)
        length = exchange.header(b"content-length")
        if length is not None and (not _LENGTH.fullmatch(length) or int(length) > BODY_BYTES_MAX):
            raise _too_large()
        try:
            async with asyncio.timeout(self._body_deadline_s):
                body = await _receive_whole(receive)
        except TimeoutError:
            raise Refused("request-timeout") from None
        exchange.body_is_read = True
        return body


def _check_own(caller: Caller, path: Mapping[str, Any]) -> None:
    """Let one person pass to what is theirs; what is another's and what is not is one answer."""
    if not caller.may_read(path.get("consumer_id")):
        raise Refused("not-found")


async def _receive_whole(receive: Receive) -> bytes:
    """Return a body of at most `BODY_BYTES_MAX`; what is beyond is never asked for."""
    parts: list[bytes] = []
    size = 0
    more = True
    while more:
        message: Any = await receive()
        if message["type"] == "http.disconnect":
            raise Refused("bad-request", "The connection ended within the body.")
        part = message.get("body", b"")
        size += len(part)
        if size > BODY_BYTES_MAX:
            raise _too_large()
        parts.append(part)
        more = message.get("more_body", False)
    return parts[0] if len(parts) == 1 else b"".join(parts)


def _too_large() -> Refused:
    mistake = Mistake(path="$", code="too_large", expected=f"at most {BODY_BYTES_MAX:,} bytes")
    return Refused("body-too-large", mistakes=[mistake])


def _check_media_type(exchange: Exchange) -> None:
    types = exchange.headers.get(b"content-type", [])
    encoding = exchange.header(b"content-encoding")
    if len(types) != 1 or not _JSON.fullmatch(types[0].strip()):
        raise Refused("unsupported-media-type", headers=((b"accept", b"application/json"),))
    if encoding is not None and encoding.strip().lower() != b"identity":
        raise Refused("unsupported-media-type", headers=((b"accept-encoding", b"identity"),))


def _check_accept(exchange: Exchange) -> None:
    """Let pass who takes JSON; weights are not looked at, but for a zero."""
    accept = exchange.header(b"accept")
    if accept is None or accept == b"*/*":
        return
    for choice in accept.lower().split(b","):
        media_type, *parameters = [part.strip() for part in choice.split(b";")]
        if media_type in _ACCEPTABLE and not any(_is_zero(part) for part in parameters):
            return
    raise Refused("not-acceptable")


def _is_zero(parameter: bytes) -> bool:
    return re.fullmatch(rb"q\s*=\s*0(?:\.0{1,3})?", parameter) is not None
