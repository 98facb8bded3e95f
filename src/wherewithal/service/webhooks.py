"""Endpoints of webhooks, managed by those who listen; and events for those who poll."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from wherewithal.service.errors import RequestRefused
from wherewithal.service.events import event_answer
from wherewithal.service.webhook_records import (
    EndpointAnswer,
    Endpoints,
    EndpointWithSecret,
    EventsPage,
    KeepsWebhooks,
    NewEndpoint,
    Replay,
    ReplayAnswer,
    WebhookEndpoint,
)
from wherewithal.service.webhook_urls import read_url
from wherewithal.vocabulary.errors import Problem

SECRET_BYTES: Final = 32
ENDPOINTS_MAX: Final = 20
#: For so long the secret before signs too, so that who listens can change theirs without a gap.
BOTH_SECRETS_S: Final = 24 * 3_600
REPLAYED_AT_ONCE: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookPorts:
    """What managing endpoints needs."""

    webhooks: KeepsWebhooks
    random_bytes: Callable[[int], bytes]
    new_uuid: Callable[[], UUID]
    #: Whether http to this machine is taken: in the simulation alone.
    is_loopback_allowed: bool


async def add_endpoint(
    new: NewEndpoint, *, merchant_id: str | None, credential_id: str, ports: WebhookPorts
) -> EndpointWithSecret:
    """Add an endpoint and return its secret, this once.

    `merchant_id` is the caller's: whoever speaks for one merchant hears of no other.
    Errors: RequestRefused with all that is wrong.
    """
    problems = []
    expected = read_url(new.url, is_loopback_allowed=ports.is_loopback_allowed)
    if isinstance(expected, str):
        problems.append(Problem(code="url_not_taken", path="$.url", message=f"expected {expected}"))
    if merchant_id is not None and new.merchant_id not in (None, merchant_id):
        message = "expected the merchant that the key speaks for, or none"
        problems.append(Problem(code="another_merchant", path="$.merchant_id", message=message))
    if problems:
        raise RequestRefused(problems)
    secret = _new_secret(ports)
    kept = await ports.webhooks.add(
        NewEndpoint(url=new.url, types=new.types, merchant_id=merchant_id or new.merchant_id),
        endpoint_id=ports.new_uuid(),
        credential_id=credential_id,
        secret=secret,
        most=ENDPOINTS_MAX,
    )
    if kept is None:
        message = f"expected at most {ENDPOINTS_MAX} that are enabled; disable one"
        raise RequestRefused([Problem(code="too_many_endpoints", path="$", message=message)])
    return EndpointWithSecret(endpoint=_answer(kept), secret=secret)


async def list_endpoints(*, merchant_id: str | None, ports: WebhookPorts) -> Endpoints:
    """Return the caller's endpoints, the oldest first."""
    kept = await ports.webhooks.list_all(merchant_id)
    return Endpoints(endpoints=tuple(map(_answer, kept)))


async def disable_endpoint(
    endpoint_id: UUID, *, merchant_id: str | None, ports: WebhookPorts
) -> EndpointAnswer | None:
    """Let an endpoint hear nothing; None where the caller has no such one."""
    kept = await ports.webhooks.disable(endpoint_id, merchant_id=merchant_id)
    return None if kept is None else _answer(kept)


async def enable_endpoint(
    endpoint_id: UUID, *, merchant_id: str | None, ports: WebhookPorts
) -> EndpointAnswer | None:
    """Let an endpoint hear again; what it missed meanwhile is had by a replay."""
    kept = await ports.webhooks.enable(endpoint_id, merchant_id=merchant_id)
    return None if kept is None else _answer(kept)


async def rotate_secret(
    endpoint_id: UUID, *, merchant_id: str | None, ports: WebhookPorts
) -> EndpointWithSecret | None:
    """Give an endpoint another secret; for a day the one before signs too."""
    secret = _new_secret(ports)
    kept = await ports.webhooks.rotate(
        endpoint_id, merchant_id=merchant_id, secret=secret, both_for_s=BOTH_SECRETS_S
    )
    return None if kept is None else EndpointWithSecret(endpoint=_answer(kept), secret=secret)


async def replay_events(
    endpoint_id: UUID, replay: Replay, *, merchant_id: str | None, ports: WebhookPorts
) -> ReplayAnswer | None:
    """Queue events for an endpoint again; None where the caller has no such one.

    Errors: RequestRefused unless exactly one of the three ways is named.
    """
    named = [replay.since is not None, bool(replay.event_ids), replay.is_of_dead]
    if named.count(True) != 1:
        message = "expected exactly one of since, event_ids and dead"
        raise RequestRefused([Problem(code="one_of", path="$", message=message)])
    return await ports.webhooks.replay(
        endpoint_id, replay, merchant_id=merchant_id, rows_max=REPLAYED_AT_ONCE
    )


async def list_events(
    consumer_id: UUID,
    *,
    merchant_id: str | None,
    after: int,
    page_size: int,
    ports: WebhookPorts,
) -> EventsPage:
    """Return a consumer's events beyond a sequence, as the caller may hear them.

    Nobody, and who is not known at this merchant, has none.
    """
    found = await ports.webhooks.events_of(
        consumer_id, merchant_id=merchant_id, after=after, rows_max=page_size + 1
    )
    page = tuple(map(event_answer, found[:page_size]))
    return EventsPage(
        consumer_id=str(consumer_id),
        events=page,
        next_after=page[-1].sequence if len(found) > page_size else None,
    )


def _new_secret(ports: WebhookPorts) -> str:
    return f"whsec_{b64encode(ports.random_bytes(SECRET_BYTES)).decode()}"


def _answer(kept: WebhookEndpoint) -> EndpointAnswer:
    return EndpointAnswer(
        endpoint_id=str(kept.endpoint_id),
        url=kept.url,
        types=kept.types,
        merchant_id=kept.merchant_id,
        created_at=kept.created_at,
        status="enabled" if kept.disabled_at is None else "disabled",
        disabled_at=kept.disabled_at,
        disabled_why=kept.disabled_why,
        secret_before_until=kept.before_until,
        waiting=kept.waiting,
        dead=kept.dead,
    )
