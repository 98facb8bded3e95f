"""Why a spending power changed, and what would raise it."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from wherewithal.service.why_answers import ChangeAnswer, RaisesAnswer
from wherewithal.surfaces.http import examples_why as examples
from wherewithal.surfaces.http.fields import Field
from wherewithal.surfaces.http.operation import Call, Operation, Success
from wherewithal.surfaces.http.parameters import Parameter, Parameters
from wherewithal.surfaces.http.path_fields import CONSUMER_ID, DECISION_ID
from wherewithal.surfaces.http.problem import or_not_found
from wherewithal.surfaces.http.reply import Reply, json_reply
from wherewithal.surfaces.http.tokens import Scope

_UNTIL: Parameters = {
    "until": Parameter(
        field=Field(
            kind=DECISION_ID.kind,
            meaning="the later decision; by itself what stands now",
            example="9c41d7d2a7c14f1b8a3e5f60718293a4",
        )
    ),
}


class ExplainsChange(Protocol):
    """Explains a change of power."""

    def __call__(
        self, consumer_id: UUID, *, since: str, until: str | None
    ) -> Awaitable[ChangeAnswer | None]:
        """Return why; None where this consumer has no such decisions."""
        ...


class FindsRaises(Protocol):
    """Finds what would raise a power."""

    def __call__(self, consumer_id: UUID, *, credential_id: str) -> Awaitable[RaisesAnswer | None]:
        """Return it; None where there is no such consumer. Errors: TooMany."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyDoors:
    """What these routes reach for."""

    changes: ExplainsChange
    raises: FindsRaises


def why_operations(doors: WhyDoors) -> tuple[Operation, ...]:
    """Return the routes."""
    return (_changes(doors), _raises(doors))


def _changes(doors: WhyDoors) -> Operation:
    async def read(call: Call) -> Reply:
        answer = await doors.changes(
            call.path["consumer_id"],
            since=call.path["decision_id"],
            until=call.query.get("until"),
        )
        return json_reply(or_not_found(answer))

    return Operation(
        operation_id="explainChange",
        method="GET",
        path="/v1/consumers/{consumer_id}/decisions/{decision_id}/changes",
        tag="Spending power",
        summary="Why a spending power changed since a decision",
        description=(
            "From a decision to a later one, or to what stands now: what moved, and how much "
            "each part of it did, in an order that is stated. The parts sum to the whole change."
        ),
        handle=read,
        scopes=frozenset({Scope.READ}),
        path_fields={"consumer_id": CONSUMER_ID, "decision_id": DECISION_ID},
        query=_UNTIL,
        successes={
            200: Success(
                meaning="What moved",
                schema=ChangeAnswer,
                examples={"explained": examples.CHANGES},
            )
        },
    )


def _raises(doors: WhyDoors) -> Operation:
    async def read(call: Call) -> Reply:
        caller = call.caller.credential_id if call.caller else ""
        answer = await doors.raises(call.path["consumer_id"], credential_id=caller)
        return json_reply(or_not_found(answer))

    return Operation(
        operation_id="findRaises",
        method="GET",
        path="/v1/consumers/{consumer_id}/spending-power/raises",
        tag="Spending power",
        summary="What would raise a spending power",
        description=(
            "The smallest changes of each kind that would raise it by today's policy, each decided "
            "again before it is shown. Estimates, no promise; it asks nothing and changes nothing."
        ),
        handle=read,
        scopes=frozenset({Scope.READ}),
        path_fields={"consumer_id": CONSUMER_ID},
        problems=("too-many-requests",),
        successes={
            200: Success(
                meaning="What would raise it",
                schema=RaisesAnswer,
                examples={"estimated": examples.RAISES},
            )
        },
    )
