"""Asking for a person, and reading the answer again."""

from __future__ import annotations

from wherewithal.service.answers import Prequalification
from wherewithal.service.inquiry import Inquiry
from wherewithal.surfaces.http import examples, request_schema
from wherewithal.surfaces.http.digest import request_digest
from wherewithal.surfaces.http.doors import Doors
from wherewithal.surfaces.http.inquiry_json import read_inquiry
from wherewithal.surfaces.http.links import links_of_person
from wherewithal.surfaces.http.operation import Body, Call, Handler, Operation, Success
from wherewithal.surfaces.http.path_fields import CONSUMER_ID, PREQUALIFICATION_ID
from wherewithal.surfaces.http.problem import Refused, or_not_found
from wherewithal.surfaces.http.reply import Reply
from wherewithal.surfaces.http.settings import WAIT_S_MAX, HttpSettings
from wherewithal.surfaces.http.tokens import Scope

#: Seconds after which it is worth asking again for what is pending.
_RETRY_AFTER = (b"retry-after", b"1")
#: Inside of a JSON text a quote is escaped, so this can only be the answer's own status.
_PENDING = b'"status":"pending"'


def prequalification_operations(doors: Doors, *, settings: HttpSettings) -> tuple[Operation, ...]:
    """Return the routes of prequalifications."""

    async def ask(call: Call) -> Reply:
        inquiry = _inquiry(call, doors=doors, settings=settings)
        answered = await doors.ask(
            inquiry,
            credential_id=call.caller.credential_id if call.caller else "",
            idempotency_key=call.idempotency_key,
            request_digest=request_digest(call.data, key=doors.digest_key),
        )
        if answered.status != 202:
            return Reply(status=answered.status, body=answered.body)
        where = f"/v1/consumers/{answered.consumer_id}/prequalifications/"
        location = (b"location", f"{where}{answered.prequalification_id}".encode("ascii"))
        return Reply(status=202, body=answered.body, headers=(location, _RETRY_AFTER))

    async def read(call: Call) -> Reply:
        wait_s = call.exchange.wait_s
        body = or_not_found(
            await doors.find_prequalification(
                call.path["consumer_id"], call.path["prequalification_id"], wait_s=float(wait_s)
            )
        )
        headers = ((b"preference-applied", b"wait=%d" % wait_s),) if wait_s else ()
        if _PENDING in body:
            return Reply(status=202, body=body, headers=(*headers, _RETRY_AFTER))
        return Reply(body=body, headers=headers)

    return (_ask_operation(ask), _read_operation(read))


def _ask_operation(ask: Handler) -> Operation:
    links = links_of_person("prequalification_id")
    waits = {
        "Location": "where the answer will be",
        "Retry-After": "seconds after which to ask there",
    }
    return Operation(
        operation_id="askForPrequalification",
        method="POST",
        path="/v1/prequalifications",
        tag="Prequalification",
        summary="Ask what a person can spend",
        description=(
            "Decides for one person from a soft inquiry, which no other lender sees, and answers "
            "for all products at once. With the same `Idempotency-Key` and the same content it "
            "returns the first answer, byte for byte, for 24 hours. A 202 is finished by itself: "
            "read it at `Location`."
        ),
        handle=ask,
        scopes=frozenset({Scope.PREQUALIFY}),
        body=Body(schema=request_schema.PREQUALIFICATION, examples=examples.ASKS),
        takes_idempotency_key=True,
        successes={
            200: Success(
                meaning="The answer, decided now or standing from before",
                schema=Prequalification,
                examples={"approved": examples.APPROVED},
                links=links,
            ),
            202: Success(
                meaning="Not decided yet: the bureau is late",
                schema=Prequalification,
                examples={"pending": examples.PENDING},
                headers=waits,
                links=links,
            ),
        },
        problems=(
            "request-in-progress",
            "conflict",
            "consent-refused",
            "key-reused",
            "ambiguous-identity",
            "too-many-requests",
        ),
    )


def _read_operation(read: Handler) -> Operation:
    applied = {"Preference-Applied": "the seconds that were granted, where it was waited"}
    return Operation(
        operation_id="readPrequalification",
        method="GET",
        path="/v1/consumers/{consumer_id}/prequalifications/{prequalification_id}",
        tag="Prequalification",
        summary="Read an answer, or wait for it",
        description=(
            "202 while it is pending, 200 when it is decided. With `Prefer: wait=N` the answer "
            f"comes as soon as it is decided, after {WAIT_S_MAX} seconds at most."
        ),
        handle=read,
        scopes=frozenset({Scope.PREQUALIFY, Scope.READ}),
        path_fields={"consumer_id": CONSUMER_ID, "prequalification_id": PREQUALIFICATION_ID},
        takes_wait=True,
        successes={
            200: Success(
                meaning="The answer as it is now",
                schema=Prequalification,
                examples={"approved": examples.APPROVED},
                headers=applied,
            ),
            202: Success(
                meaning="Not decided yet",
                schema=Prequalification,
                examples={"pending": examples.PENDING},
                headers={**applied, "Retry-After": "seconds after which to ask again"},
            ),
        },
    )


def _inquiry(call: Call, *, doors: Doors, settings: HttpSettings) -> Inquiry:
    """Return the inquiry of a body; its mistakes are said with those of header and query."""
    now = doors.clock()
    mistakes = list(call.mistakes)
    try:
        inquiry = read_inquiry(
            call.data,
            today=now.astimezone(settings.calendar_zone).date(),
            now=now,
            allow_test_ssns=settings.allow_test_ssns,
        )
    except Refused as refused:
        raise Refused("invalid-request", mistakes=[*mistakes, *refused.mistakes]) from None
    if mistakes:
        raise Refused("invalid-request", mistakes=mistakes)
    return inquiry
