"""Holds: power is reserved at a checkout, captured once or in parts, or given back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

import msgspec

from wherewithal.service.capture_hold import CaptureRequest
from wherewithal.service.hold_answers import CaptureAnswer, HoldAnswer, HoldsAnswer
from wherewithal.service.hold_refusals import HoldRefused
from wherewithal.service.ledger_records import HoldRequest
from wherewithal.surfaces.http import examples_hold as examples
from wherewithal.surfaces.http.digest import request_digest
from wherewithal.surfaces.http.fields import schema_of
from wherewithal.surfaces.http.hold_json import (
    CAPTURE,
    HOLD,
    read_capture_request,
    read_hold_request,
)
from wherewithal.surfaces.http.operation import Body, Call, Operation, Success
from wherewithal.surfaces.http.path_fields import CONSUMER_ID, HOLD_ID
from wherewithal.surfaces.http.problem import or_not_found
from wherewithal.surfaces.http.reply import Reply, json_reply
from wherewithal.surfaces.http.tokens import Scope

_TAG = "Holds"
_HOLDS = frozenset({Scope.HOLDS})


class PlacesHold(Protocol):
    """Reserves power, once for each reference of a merchant."""

    async def __call__(
        self, request: HoldRequest, *, credential_id: str, request_digest: bytes
    ) -> tuple[bytes, bool]:
        """Return the first answer to this reference, encoded, and whether it was made just now.

        Errors: HoldRefused, TooMany, Unavailable.
        """
        ...


class CapturesHold(Protocol):
    """Books what was delivered of a basket, once for each reference within its hold."""

    async def __call__(self, request: CaptureRequest, *, merchant_id: str | None) -> CaptureAnswer:
        """Return the capture; `merchant_id` is the only merchant that may, None: any.

        Errors: HoldRefused, Unavailable.
        """
        ...


class FindsHold(Protocol):
    """Reads a hold, or gives it back."""

    async def __call__(self, hold_id: UUID, *, merchant_id: str | None) -> HoldAnswer:
        """Return it as it stands; `merchant_id` is the only merchant that may, None: any.

        Errors: HoldRefused, `unknown_hold` for another merchant's too; Unavailable.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldDoors:
    """What these routes reach for."""

    place: PlacesHold
    read: FindsHold
    capture: CapturesHold
    void: FindsHold
    #: A person's own, newest first; None where there is no such consumer.
    list_of: Callable[[UUID], Awaitable[HoldsAnswer | None]]


def hold_operations(doors: HoldDoors, *, digest_key: bytes) -> tuple[Operation, ...]:
    """Return the routes of holds; `digest_key` is for the keyed hash of what was asked."""
    return (
        _place(doors, digest_key),
        _read(doors),
        _capture(doors),
        _void(doors),
        _list(doors),
    )


def _merchant_of(call: Call) -> str | None:
    return call.caller.merchant_id if call.caller else None


def _place(doors: HoldDoors, digest_key: bytes) -> Operation:
    async def place(call: Call) -> Reply:
        request = read_hold_request(call)
        caller = call.caller
        if caller is None or not caller.speaks_for(request.merchant_id):
            # As for a merchant that is not there.
            raise HoldRefused("unknown_merchant")
        body, is_new = await doors.place(
            request,
            credential_id=caller.credential_id,
            request_digest=request_digest(msgspec.to_builtins(request), key=digest_key),
        )
        return Reply(status=201 if is_new else 200, body=body)

    links = {
        name: {"operationId": name, "parameters": {"hold_id": "$response.body#/hold_id"}}
        for name in ("readHold", "captureHold", "voidHold")
    }
    links["listHolds"] = {
        "operationId": "listHolds",
        "parameters": {"consumer_id": "$response.body#/consumer_id"},
    }
    return Operation(
        operation_id="placeHold",
        method="POST",
        path="/v1/holds",
        tag=_TAG,
        summary="Reserve power for a basket",
        description=(
            "At the checkout: what the person was shown is worked out again by the same functions, "
            "under a lock, and reserved. `reference` is your own number for the purchase and makes "
            "it safe to ask again: with the same content it returns the first answer byte for "
            "byte, for ever; with other content it is refused. No `Idempotency-Key` is needed."
        ),
        handle=place,
        scopes=_HOLDS,
        body=Body(
            schema=schema_of(HOLD, meaning="a basket at a merchant"),
            examples={"pay in 4": examples.ASK},
        ),
        successes={
            200: Success(
                meaning="The first answer to this reference",
                schema=HoldAnswer,
                examples={"hold": examples.HOLD},
                links=links,
            ),
            201: Success(
                meaning="Power is reserved",
                schema=HoldAnswer,
                examples={"hold": examples.HOLD},
                links=links,
            ),
        },
        problems=("hold-refused", "too-many-requests"),
    )


def _read(doors: HoldDoors) -> Operation:
    async def read(call: Call) -> Reply:
        return json_reply(
            await doors.read(call.path["hold_id"], merchant_id=_merchant_of(call)),
        )

    return Operation(
        operation_id="readHold",
        method="GET",
        path="/v1/holds/{hold_id}",
        tag=_TAG,
        summary="Read a hold as it stands",
        description=(
            "With the plan and the payments of when it was placed. One that is past `expires_at` "
            "by the database's clock has expired, whether or not that was written down."
        ),
        handle=read,
        scopes=_HOLDS,
        path_fields={"hold_id": HOLD_ID},
        successes={
            200: Success(
                meaning="The hold", schema=HoldAnswer, examples={"captured": examples.CAPTURED}
            )
        },
    )


def _capture(doors: HoldDoors) -> Operation:
    async def capture(call: Call) -> Reply:
        request = read_capture_request(call)
        return json_reply(await doors.capture(request, merchant_id=_merchant_of(call)))

    return Operation(
        operation_id="captureHold",
        method="POST",
        path="/v1/holds/{hold_id}/capture",
        tag=_TAG,
        summary="Capture a hold, whole or in part",
        description=(
            "Each capture books one loan, whose payments count from its day. What is left is given "
            "back at once, unless `is_last` is false: then it is held for seven days from when the "
            "hold was placed. The same `reference` again returns the first answer."
        ),
        handle=capture,
        scopes=_HOLDS,
        path_fields={"hold_id": HOLD_ID},
        body=Body(
            schema=schema_of(CAPTURE, meaning="what was delivered of the basket"),
            examples={"all": {"reference": "shipment-1"}, "a part": examples.CAPTURE_ASK},
        ),
        successes={
            200: Success(
                meaning="The capture", schema=CaptureAnswer, examples={"part": examples.CAPTURE}
            )
        },
        problems=("hold-refused",),
    )


def _void(doors: HoldDoors) -> Operation:
    async def void(call: Call) -> Reply:
        return json_reply(
            await doors.void(call.path["hold_id"], merchant_id=_merchant_of(call)),
        )

    return Operation(
        operation_id="voidHold",
        method="POST",
        path="/v1/holds/{hold_id}/void",
        tag=_TAG,
        summary="Give a hold back",
        description=(
            "Power returns at once. What was captured of it stays owed. To void twice is to void "
            "once. No body is needed."
        ),
        handle=void,
        scopes=_HOLDS,
        path_fields={"hold_id": HOLD_ID},
        successes={
            200: Success(
                meaning="The hold, voided", schema=HoldAnswer, examples={"voided": examples.VOIDED}
            )
        },
        problems=("hold-refused",),
    )


def _list(doors: HoldDoors) -> Operation:
    async def read(call: Call) -> Reply:
        return json_reply(or_not_found(await doors.list_of(call.path["consumer_id"])))

    return Operation(
        operation_id="listHolds",
        method="GET",
        path="/v1/consumers/{consumer_id}/holds",
        tag=_TAG,
        summary="A person's own holds",
        description="All that are open and the twenty that ended last, newest first.",
        handle=read,
        scopes=frozenset({Scope.READ}),
        path_fields={"consumer_id": CONSUMER_ID},
        successes={
            200: Success(
                meaning="Their holds", schema=HoldsAnswer, examples={"one": examples.HOLDS}
            )
        },
    )
