"""Webhooks: who listens manages their own endpoints; who polls reads a person's events in order."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from wherewithal.service.webhook_records import (
    EndpointAnswer,
    Endpoints,
    EndpointWithSecret,
    EventsPage,
    NewEndpoint,
    Replay,
    ReplayAnswer,
)
from wherewithal.surfaces.http import examples_webhook as examples
from wherewithal.surfaces.http.fields import Field, schema_of
from wherewithal.surfaces.http.kinds import Integer
from wherewithal.surfaces.http.operation import Body, Call, Operation, Success
from wherewithal.surfaces.http.parameters import Parameter, Parameters
from wherewithal.surfaces.http.path_fields import CONSUMER_ID
from wherewithal.surfaces.http.problem import or_not_found
from wherewithal.surfaces.http.reply import Reply, json_reply
from wherewithal.surfaces.http.tokens import Scope
from wherewithal.surfaces.http.webhook_json import (
    ENDPOINT,
    ENDPOINT_ID,
    REPLAY,
    read_endpoint,
    read_replay,
)

_TAG = "Webhooks"
_SCOPES = frozenset({Scope.WEBHOOKS})
_PAGE_SIZE, _PAGE_SIZE_MAX = 50, 200
_EVENTS: Parameters = {
    "after": Parameter(
        field=Field(
            kind=Integer(minimum=0, maximum=2**53),
            meaning="the `sequence` of the last event that you have; by itself 0",
            example=0,
        )
    ),
    "page_size": Parameter(
        field=Field(
            kind=Integer(minimum=1, maximum=_PAGE_SIZE_MAX),
            meaning=f"events of a page; by itself {_PAGE_SIZE}",
            example=50,
        )
    ),
}


class ChangesEndpoint(Protocol):
    """Enables or disables an endpoint."""

    async def __call__(
        self, endpoint_id: UUID, *, merchant_id: str | None
    ) -> EndpointAnswer | None:
        """Return it as it is then; None where the caller has no such one."""
        ...


class AddsEndpoint(Protocol):
    """Adds an endpoint."""

    async def __call__(
        self, new: NewEndpoint, *, merchant_id: str | None, credential_id: str
    ) -> EndpointWithSecret:
        """Return it with its secret. Errors: RequestRefused."""
        ...


class RotatesSecret(Protocol):
    """Gives an endpoint another secret."""

    async def __call__(
        self, endpoint_id: UUID, *, merchant_id: str | None
    ) -> EndpointWithSecret | None:
        """Return it with the new one; None where the caller has no such one."""
        ...


class ReplaysEvents(Protocol):
    """Queues events again."""

    async def __call__(
        self, endpoint_id: UUID, replay: Replay, *, merchant_id: str | None
    ) -> ReplayAnswer | None:
        """Return how many; None where the caller has no such endpoint. Errors: RequestRefused."""
        ...


class ListsEvents(Protocol):
    """Reads a person's events."""

    async def __call__(
        self, consumer_id: UUID, *, merchant_id: str | None, after: int, page_size: int
    ) -> EventsPage | None:
        """Return those beyond a sequence; nobody has none."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookDoors:
    """What these routes reach for; `merchant_id` is the caller's, None: of all merchants."""

    add: AddsEndpoint
    list_all: Callable[[str | None], Awaitable[Endpoints]]
    disable: ChangesEndpoint
    enable: ChangesEndpoint
    rotate: RotatesSecret
    replay: ReplaysEvents
    events: ListsEvents


def webhook_operations(doors: WebhookDoors) -> tuple[Operation, ...]:
    """Return the routes of webhooks."""
    return (
        _add(doors),
        _list(doors),
        _change(doors.disable, "disable", "Let an endpoint hear nothing", examples.DISABLED),
        _change(doors.enable, "enable", "Let an endpoint hear again", examples.ENDPOINT),
        _rotate(doors),
        _replay(doors),
        _events(doors),
    )


def _merchant_of(call: Call) -> str | None:
    return call.caller.merchant_id if call.caller else None


def _add(doors: WebhookDoors) -> Operation:
    async def add(call: Call) -> Reply:
        made = await doors.add(
            read_endpoint(call),
            merchant_id=_merchant_of(call),
            credential_id=call.caller.credential_id if call.caller else "",
        )
        return json_reply(made)

    return Operation(
        operation_id="addWebhookEndpoint",
        method="POST",
        path="/v1/webhook-endpoints",
        tag=_TAG,
        summary="Hear of events at a URL",
        description=(
            "Events are sent by the Standard Webhooks specification, at least once. `secret` is "
            "shown this once. A key that speaks for one merchant hears of that merchant alone, "
            "and of amounts only where the person consented."
        ),
        handle=add,
        scopes=_SCOPES,
        body=Body(schema=schema_of(ENDPOINT, meaning="who listens"), examples={"a": examples.ASK}),
        successes={
            200: Success(
                meaning="The endpoint with its secret",
                schema=EndpointWithSecret,
                examples={"made": examples.WITH_SECRET},
                links=_links("$response.body#/endpoint/endpoint_id"),
            )
        },
    )


def _list(doors: WebhookDoors) -> Operation:
    async def read(call: Call) -> Reply:
        return json_reply(await doors.list_all(_merchant_of(call)))

    return Operation(
        operation_id="listWebhookEndpoints",
        method="GET",
        path="/v1/webhook-endpoints",
        tag=_TAG,
        summary="Your endpoints",
        description="With how many deliveries wait and were given up, counted up to 10,000.",
        handle=read,
        scopes=_SCOPES,
        successes={
            200: Success(
                meaning="The endpoints, the oldest first",
                schema=Endpoints,
                examples={"one": examples.ENDPOINTS},
                links=_links("$response.body#/endpoints/0/endpoint_id"),
            )
        },
    )


def _links(where: str) -> dict[str, Any]:
    names = ("disable", "enable", "rotate")
    ids = [f"{name}WebhookEndpoint" for name in names] + ["replayWebhookEvents"]
    return {one: {"operationId": one, "parameters": {"endpoint_id": where}} for one in ids}


def _change(change: ChangesEndpoint, verb: str, summary: str, example: dict[str, Any]) -> Operation:
    async def handle(call: Call) -> Reply:
        found = await change(call.path["endpoint_id"], merchant_id=_merchant_of(call))
        return json_reply(or_not_found(found))

    return Operation(
        operation_id=f"{verb}WebhookEndpoint",
        method="POST",
        path=f"/v1/webhook-endpoints/{{endpoint_id}}/{verb}",
        tag=_TAG,
        summary=summary,
        description=(
            "Twice is once. What waits when it is disabled is sent when it is enabled again; what "
            "happens meanwhile is had by a replay. No body is needed."
        ),
        handle=handle,
        scopes=_SCOPES,
        path_fields={"endpoint_id": ENDPOINT_ID},
        successes={
            200: Success(
                meaning="The endpoint as it is now",
                schema=EndpointAnswer,
                examples={"now": example},
            )
        },
    )


def _rotate(doors: WebhookDoors) -> Operation:
    async def rotate(call: Call) -> Reply:
        found = await doors.rotate(call.path["endpoint_id"], merchant_id=_merchant_of(call))
        return json_reply(or_not_found(found))

    return Operation(
        operation_id="rotateWebhookEndpoint",
        method="POST",
        path="/v1/webhook-endpoints/{endpoint_id}/rotate-secret",
        tag=_TAG,
        summary="Give an endpoint another secret",
        description=(
            "The new one is shown this once. For 24 hours both sign each message; of more than "
            "two, the oldest is gone at once. No body is needed."
        ),
        handle=rotate,
        scopes=_SCOPES,
        path_fields={"endpoint_id": ENDPOINT_ID},
        successes={
            200: Success(
                meaning="The endpoint with its new secret",
                schema=EndpointWithSecret,
                examples={"changed": examples.WITH_SECRET},
            )
        },
    )


def _replay(doors: WebhookDoors) -> Operation:
    async def replay(call: Call) -> Reply:
        asked = read_replay(call)
        found = await doors.replay(call.path["endpoint_id"], asked, merchant_id=_merchant_of(call))
        return json_reply(or_not_found(found))

    return Operation(
        operation_id="replayWebhookEvents",
        method="POST",
        path="/v1/webhook-endpoints/{endpoint_id}/replay",
        tag=_TAG,
        summary="Have events sent again",
        description=(
            "Exactly one of the three: since a moment, by their ids, or all that were given up; "
            "at most 1,000 at once. They keep their ids and are tried by the whole schedule again."
        ),
        handle=replay,
        scopes=_SCOPES,
        path_fields={"endpoint_id": ENDPOINT_ID},
        body=Body(
            schema=schema_of(REPLAY, meaning="which events"),
            examples={"since": examples.REPLAY, "dead": {"dead": True}},
        ),
        successes={
            200: Success(
                meaning="How many were queued",
                schema=ReplayAnswer,
                examples={"all": examples.REPLAYED},
            )
        },
    )


def _events(doors: WebhookDoors) -> Operation:
    async def read(call: Call) -> Reply:
        page = await doors.events(
            call.path["consumer_id"],
            merchant_id=_merchant_of(call),
            after=call.query.get("after", 0),
            page_size=call.query.get("page_size", _PAGE_SIZE),
        )
        return json_reply(or_not_found(page))

    return Operation(
        operation_id="listEvents",
        method="GET",
        path="/v1/consumers/{consumer_id}/events",
        tag=_TAG,
        summary="A person's events in order, for those who poll",
        description=(
            "As webhooks say them, by `sequence`, which has no gap. A merchant's own events have a "
            "sequence of their own. Nobody, and who is not known there, has none."
        ),
        handle=read,
        scopes=_SCOPES,
        path_fields={"consumer_id": CONSUMER_ID},
        query=_EVENTS,
        successes={
            200: Success(
                meaning="Their events", schema=EventsPage, examples={"one": examples.EVENTS}
            )
        },
    )
