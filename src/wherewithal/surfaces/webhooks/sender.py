"""One attempt at a delivery: resolve, check, connect, sign, send; in one word what went wrong.

No redirect is followed, no proxy of the environment used, no cookie kept, no connection used again
(it would lead past the check of its address). Of the answer little more than its status is read.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final

import httpx
from standardwebhooks import Webhook

from wherewithal.service.outbox_ports import Attempt
from wherewithal.service.webhook_urls import WebhookTarget, read_url
from wherewithal.surfaces.webhooks.addresses import fit_addresses

TIMEOUT_S: Final = 15.0
_CONNECT_S: Final = 5.0
_RESOLVE_S: Final = 5.0
_ANSWER_BYTES_MAX: Final = 65_536
_ADDRESSES_MAX: Final = 3
_USER_AGENT: Final = "Wherewithal-Webhooks/1"


class WebhookSender:
    """Sends webhooks (`SendsWebhook`)."""

    def __init__(
        self,
        *,
        resolve: Callable[[str, int], Awaitable[tuple[str, ...]]],
        clock: Callable[[], datetime],
        is_loopback_allowed: bool,
        tls: ssl.SSLContext,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        """Keep how names are resolved: name and port to addresses; OSError where there are none.

        `tls` says whose certificates are believed. Loopback is for the simulation alone.
        """
        self._resolve, self._clock, self._timeout_s = resolve, clock, timeout_s
        self._is_loopback_allowed, self._tls = is_loopback_allowed, tls

    async def __call__(
        self, url: str, *, message_id: str, secrets: tuple[str, ...], body: bytes
    ) -> Attempt:
        """Sign and send; whatever happens comes back as a word of `webhook_records.FAILURES`."""
        target = read_url(url, is_loopback_allowed=self._is_loopback_allowed)
        if isinstance(target, str):
            return Attempt(error="url_refused")
        if not secrets:
            return Attempt(error="secret_unreadable")
        headers = self._signed(message_id, secrets, body)
        try:
            async with asyncio.timeout(self._timeout_s):
                addresses = await self._addresses(target)
                if not addresses:
                    return Attempt(error="address_refused")
                return await self._to_first(addresses, target, headers=headers, body=body)
        except (TimeoutError, httpx.TimeoutException):
            return Attempt(error="timed_out")
        except OSError:
            return Attempt(error="name_unknown")
        except httpx.HTTPError:
            return Attempt(error="broken_off")

    def _signed(self, message_id: str, secrets: tuple[str, ...], body: bytes) -> dict[str, str]:
        """Return the headers of the standard; every secret signs, the newest first."""
        at, text = self._clock(), body.decode()
        signatures = [Webhook(one).sign(message_id, at, text) for one in secrets]
        return {
            "webhook-id": message_id,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": " ".join(signatures),
        }

    async def _addresses(self, target: WebhookTarget) -> tuple[str, ...]:
        async with asyncio.timeout(_RESOLVE_S):
            found = await self._resolve(target.host, target.port)
        return fit_addresses(found, is_loopback=target.is_loopback)[:_ADDRESSES_MAX]

    async def _to_first(
        self,
        addresses: tuple[str, ...],
        target: WebhookTarget,
        *,
        headers: dict[str, str],
        body: bytes,
    ) -> Attempt:
        """Send to the first address that takes a connection."""
        for address in addresses:
            try:
                return await self._post(address, target, headers=headers, body=body)
            except (httpx.ConnectError, httpx.ConnectTimeout):
                continue
        return Attempt(error="unreachable")

    async def _post(
        self, address: str, target: WebhookTarget, *, headers: dict[str, str], body: bytes
    ) -> Attempt:
        host = f"[{address}]" if ":" in address else address
        request = httpx.Request(
            "POST",
            f"{target.scheme}://{host}:{target.port}{target.target}",
            content=body,
            headers={
                "host": target.authority,
                "content-type": "application/json",
                "user-agent": _USER_AGENT,
                "connection": "close",
                **headers,
            },
            extensions={
                # The certificate must be the name's, whatever address it stands at.
                "sni_hostname": target.host,
                "timeout": httpx.Timeout(self._timeout_s, connect=_CONNECT_S).as_dict(),
            },
        )
        limits = httpx.Limits(max_connections=1, max_keepalive_connections=0)
        async with httpx.AsyncHTTPTransport(
            verify=self._tls, trust_env=False, http1=True, limits=limits
        ) as transport:
            response = await transport.handle_async_request(request)
            try:
                await _read_some(response)
            finally:
                await response.aclose()
        return _attempt_of(response)


async def _read_some(response: httpx.Response) -> None:
    """Let a short answer end by itself; a longer one is cut."""
    seen = 0
    async for chunk in response.aiter_raw():
        seen += len(chunk)
        if seen > _ANSWER_BYTES_MAX:
            return


def _attempt_of(response: httpx.Response) -> Attempt:
    status = response.status_code
    if 200 <= status < 300:
        return Attempt(status=status)
    wait = response.headers.get("retry-after", "")
    return Attempt(
        status=status,
        error="redirected" if 300 <= status < 400 else "refused",
        retry_after_s=int(wait) if wait.isascii() and wait.isdigit() and len(wait) <= 6 else None,
    )
