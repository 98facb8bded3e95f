"""What belongs to asking without applying: receipts of what was shown, and a person's own cap."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from wherewithal.service.own_cap import OwnCapAnswer
from wherewithal.service.receipts import Receipts
from wherewithal.surfaces.http import examples_asking as examples
from wherewithal.surfaces.http.fields import Field, Fields, missing, read_object, schema_of
from wherewithal.surfaces.http.kinds import Integer
from wherewithal.surfaces.http.operation import Body, Call, Operation, Success
from wherewithal.surfaces.http.path_fields import CONSUMER_ID
from wherewithal.surfaces.http.problem import Refused, or_not_found
from wherewithal.surfaces.http.reply import Reply, json_reply
from wherewithal.surfaces.http.tokens import Scope
from wherewithal.vocabulary.facts import CENTS_MAX

_AMOUNT = "amount_cents"
OWN_CAP: Fields = {
    _AMOUNT: Field(
        kind=Integer(minimum=0, maximum=CENTS_MAX, unit="whole cents"),
        meaning="the most that the person wants to owe, in whole cents; null removes the cap",
        example=100_000,
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AskingDoors:
    """What these routes reach for; each answers None where there is no such consumer."""

    receipts: Callable[[UUID], Awaitable[Receipts | None]]
    #: Errors: Unavailable.
    set_own_cap: Callable[[UUID, int | None], Awaitable[OwnCapAnswer | None]]


def asking_operations(doors: AskingDoors) -> tuple[Operation, ...]:
    """Return the routes."""
    return (_receipts(doors), _own_cap(doors))


def _receipts(doors: AskingDoors) -> Operation:
    async def read(call: Call) -> Reply:
        return json_reply(or_not_found(await doors.receipts(call.path["consumer_id"])))

    return Operation(
        operation_id="listReceipts",
        method="GET",
        path="/v1/consumers/{consumer_id}/receipts",
        tag="Merchants",
        summary="What was shown to, or about, a person",
        description=(
            "The last 100 answers with amounts, newest first: when, by which decision, what. An "
            "answer is here within two seconds. No decision ever reads them."
        ),
        handle=read,
        scopes=frozenset({Scope.READ}),
        path_fields={"consumer_id": CONSUMER_ID},
        successes={
            200: Success(
                meaning="Their receipts", schema=Receipts, examples={"one": examples.RECEIPTS}
            )
        },
    )


def _own_cap(doors: AskingDoors) -> Operation:
    async def put(call: Call) -> Reply:
        values, mistakes = read_object(call.data, path="$", fields=OWN_CAP)
        if isinstance(call.data, dict) and _AMOUNT not in call.data:
            # Nobody's cap is removed because a name was left out.
            mistakes.append(missing(f"$.{_AMOUNT}", OWN_CAP[_AMOUNT].meaning))
        if mistakes := [*call.mistakes, *mistakes]:
            raise Refused("invalid-request", mistakes=mistakes)
        answer = await doors.set_own_cap(call.path["consumer_id"], values.get(_AMOUNT))
        return json_reply(or_not_found(answer))

    schema = schema_of(OWN_CAP, meaning="the cap") | {"required": [_AMOUNT]}
    return Operation(
        operation_id="setOwnCap",
        method="POST",
        path="/v1/consumers/{consumer_id}/own-cap",
        tag="Spending power",
        summary="Set the most that a person wants to owe",
        description=(
            "It lowers what can be spent from the next question and the next hold on, and never "
            "raises it. To set it twice is to set it once; no key is needed."
        ),
        handle=put,
        scopes=frozenset({Scope.OWN_CAP}),
        path_fields={"consumer_id": CONSUMER_ID},
        body=Body(schema=schema, examples={"set": {_AMOUNT: 100_000}, "remove": {_AMOUNT: None}}),
        successes={
            200: Success(
                meaning="The cap as it stands", schema=OwnCapAnswer, examples={"set": examples.CAP}
            )
        },
    )
