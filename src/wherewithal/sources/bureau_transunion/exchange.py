"""One attempt: send the request, read the answer, and say in one word what went wrong."""

from __future__ import annotations

import re
from enum import Enum

import httpx
import msgspec

from wherewithal.sources.bureau_transunion.endpoint import Endpoint
from wherewithal.sources.bureau_transunion.request import Request

_HEADERS = {
    "content-type": "application/xml; charset=utf-8",
    "accept": "application/xml",
    # A compressed answer could be far larger than what we read of it.
    "accept-encoding": "identity",
}
_OK = 200
_SECONDS = re.compile(r"[0-9]{1,4}")


class Cause(Enum):
    """Why there is no answer."""

    #: No connection, or none by TLS.
    UNREACHABLE = "unreachable"
    #: The connection ended before the answer did.
    BROKEN_OFF = "broken_off"
    #: The bureau answered that it cannot: 408, 429, 5xx.
    ERROR_STATUS = "error_status"
    #: The bureau does not accept the request: 4xx. Asking again will not help.
    REFUSED = "refused"
    #: 3xx: personal data is not sent on to an address that the bureau names.
    REDIRECTED = "redirected"
    #: A simulation answered where real reports are asked for.
    SIMULATED = "simulated"
    #: The breaker is open: it was not asked at all.
    CIRCUIT_OPEN = "circuit_open"


_WORTH_RETRYING = frozenset({Cause.UNREACHABLE, Cause.BROKEN_OFF, Cause.ERROR_STATUS})


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """A body, or the cause why there is none."""

    body: bytes | None = None
    #: Of no meaning where there is a body.
    cause: Cause = Cause.UNREACHABLE
    #: Seconds after which the bureau, or the breaker, wants to be asked again.
    wait_s: float | None = None

    def __repr__(self) -> str:
        """Show the cause, never the body."""
        return f"Answer({'a body' if self.body is not None else self.cause.value})"

    @property
    def is_worth_retrying(self) -> bool:
        """Return whether another attempt may go better."""
        return self.body is None and self.cause in _WORTH_RETRYING

    @property
    def is_alive(self) -> bool:
        """Return whether the bureau works; one that refuses our request does."""
        return self.body is not None or self.cause not in _WORTH_RETRYING


async def exchange(client: httpx.AsyncClient, request: Request, *, endpoint: Endpoint) -> Answer:
    """Return what one attempt came to. It has no deadline of its own.

    Raises nothing of the network: such errors hold the request, so they end here.
    """
    try:
        async with client.stream(
            "POST", endpoint.url, content=request.content, headers=_HEADERS
        ) as response:
            if (refusal := _refusal(response, endpoint=endpoint)) is not None:
                return refusal
            return Answer(body=await _read_bounded(response, bytes_max=endpoint.bytes_max))
    except (httpx.ConnectError, httpx.ConnectTimeout):
        return Answer(cause=Cause.UNREACHABLE)
    except (httpx.TransportError, OSError):
        # An OSError: what TLS says of a damaged record passes the library by.
        return Answer(cause=Cause.BROKEN_OFF)


def _refusal(response: httpx.Response, *, endpoint: Endpoint) -> Answer | None:
    status = response.status_code
    if "x-simulation" in response.headers and not endpoint.is_simulation_allowed:
        return Answer(cause=Cause.SIMULATED)
    if status == _OK:
        return None
    if status in (408, 429) or status >= 500:
        return Answer(cause=Cause.ERROR_STATUS, wait_s=_retry_after_s(response))
    return Answer(cause=Cause.REDIRECTED if 300 <= status < 400 else Cause.REFUSED)


def _retry_after_s(response: httpx.Response) -> float | None:
    """Return what `Retry-After` says in seconds; a date is not taken."""
    text = response.headers.get("retry-after", "")
    return float(text) if _SECONDS.fullmatch(text) else None


async def _read_bounded(response: httpx.Response, *, bytes_max: int) -> bytes:
    """Return the body as it was sent, never decoded, and never more than one byte too many."""
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > bytes_max:
            break
    return bytes(body[: bytes_max + 1])
