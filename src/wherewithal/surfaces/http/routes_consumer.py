"""What belongs to one person: spending power, decisions, consents, and tokens of their own."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from wherewithal.service.answers import ConsentAnswer, DecisionAnswer, SpendingPower
from wherewithal.surfaces.http import examples
from wherewithal.surfaces.http.doors import Doors
from wherewithal.surfaces.http.fields import Field, Fields, read_object, schema_of
from wherewithal.surfaces.http.kinds import Integer, Word, Words
from wherewithal.surfaces.http.operation import Body, Call, Operation, Success
from wherewithal.surfaces.http.path_fields import (
    CONSENT_ID,
    CONSUMER_ID,
    DECISION_ID,
    PORTFOLIO,
    REFERENCE,
)
from wherewithal.surfaces.http.problem import Refused, or_not_found
from wherewithal.surfaces.http.reply import Reply, json_reply
from wherewithal.surfaces.http.settings import HttpSettings
from wherewithal.surfaces.http.tokens import (
    CONSUMER_SCOPES,
    TOKEN_SECONDS_MAX,
    Scope,
    issue_consumer_token,
)

_SCOPE_WORDS = tuple(sorted(scope.value for scope in CONSUMER_SCOPES))
TOKEN_REQUEST: Fields = {
    "scopes": Field(
        kind=Words(word=Word(words=_SCOPE_WORDS, convert=Scope)),
        meaning="what the token may do; by itself `read`",
        example=["read"],
    ),
    "life_s": Field(
        kind=Integer(minimum=1, maximum=TOKEN_SECONDS_MAX, unit="seconds"),
        meaning="how long it lives",
        example=600,
    ),
}


class Consents(msgspec.Struct, frozen=True, kw_only=True):
    """All consents of a person, newest first."""

    consumer_id: str
    consents: tuple[ConsentAnswer, ...]


class ConsumerToken(msgspec.Struct, frozen=True, kw_only=True):
    """A token that reads one person for a while (RFC 6750)."""

    access_token: str
    token_type: str
    #: Seconds.
    expires_in: int
    scope: str


class FoundConsumer(msgspec.Struct, frozen=True, kw_only=True):
    """Whom a lender's own number names."""

    consumer_id: str


def consumer_operations(doors: Doors, *, settings: HttpSettings) -> tuple[Operation, ...]:
    """Return the routes of a person."""
    return (
        _reference(doors),
        _spending_power(doors),
        _decision(doors),
        _consents(doors),
        _revocation(doors),
        _token(doors, settings=settings),
    )


def _reference(doors: Doors) -> Operation:
    async def read(call: Call) -> Reply:
        consumer_id = or_not_found(
            await doors.find_reference(call.path["portfolio"], call.path["reference"])
        )
        return json_reply(FoundConsumer(consumer_id=str(consumer_id)))

    return Operation(
        operation_id="findConsumer",
        method="GET",
        path="/v1/portfolios/{portfolio}/consumers/{reference}",
        tag="Spending power",
        summary="Find a person by the lender's own number",
        description=(
            "The consumer of a row of a published run, or of an inquiry that named the number: so "
            "that the power of somebody who never asked can be read at checkout."
        ),
        handle=read,
        scopes=frozenset({Scope.PREQUALIFY}),
        path_fields={"portfolio": PORTFOLIO, "reference": REFERENCE},
        successes={
            200: Success(
                meaning="Who it is",
                schema=FoundConsumer,
                examples={"found": {"consumer_id": examples.CONSUMER}},
            )
        },
    )


def _spending_power(doors: Doors) -> Operation:
    async def read(call: Call) -> Reply:
        body = or_not_found(await doors.spending_power(call.path["consumer_id"]))
        return Reply(body=body)

    return Operation(
        operation_id="readSpendingPower",
        method="GET",
        path="/v1/consumers/{consumer_id}/spending-power",
        tag="Spending power",
        summary="What a person can spend now",
        description=(
            "By the decision that stands: in total, by product, until when, why, and what is used. "
            "Who was never asked about is `not_yet_assessed`, never zero."
        ),
        handle=read,
        scopes=frozenset({Scope.READ}),
        path_fields={"consumer_id": CONSUMER_ID},
        successes={
            200: Success(
                meaning="Their spending power",
                schema=SpendingPower,
                examples={"available": examples.POWER},
            )
        },
    )


def _decision(doors: Doors) -> Operation:
    async def read(call: Call) -> Reply:
        answer = or_not_found(
            await doors.find_decision(call.path["consumer_id"], call.path["decision_id"])
        )
        return json_reply(answer)

    return Operation(
        operation_id="readDecision",
        method="GET",
        path="/v1/consumers/{consumer_id}/decisions/{decision_id}",
        tag="Spending power",
        summary="One decision in full",
        description="Facts, matched rules, reasons and every value: for those who must explain it.",
        handle=read,
        scopes=frozenset({Scope.EXPLAIN}),
        path_fields={"consumer_id": CONSUMER_ID, "decision_id": DECISION_ID},
        successes={
            200: Success(
                meaning="The decision as it was recorded",
                schema=DecisionAnswer,
                examples={"declined": examples.DECISION},
            )
        },
    )


def _consents(doors: Doors) -> Operation:
    async def read(call: Call) -> Reply:
        consumer_id = call.path["consumer_id"]
        consents = or_not_found(await doors.list_consents(consumer_id))
        return json_reply(Consents(consumer_id=str(consumer_id), consents=tuple(consents)))

    return Operation(
        operation_id="listConsents",
        method="GET",
        path="/v1/consumers/{consumer_id}/consents",
        tag="Consent",
        summary="What a person agreed to",
        description="All consents, newest first, as they stand.",
        handle=read,
        scopes=frozenset({Scope.CONSENTS, Scope.READ}),
        path_fields={"consumer_id": CONSUMER_ID},
        successes={
            200: Success(
                meaning="Their consents",
                schema=Consents,
                examples={"one": examples.CONSENTS},
                links={
                    "revokeConsent": {
                        "operationId": "revokeConsent",
                        "parameters": {
                            "consumer_id": "$response.body#/consumer_id",
                            "consent_id": "$response.body#/consents/0/consent_id",
                        },
                    }
                },
            )
        },
    )


def _revocation(doors: Doors) -> Operation:
    async def revoke(call: Call) -> Reply:
        answer = or_not_found(
            await doors.revoke_consent(call.path["consumer_id"], call.path["consent_id"])
        )
        return json_reply(answer)

    return Operation(
        operation_id="revokeConsent",
        method="POST",
        path="/v1/consumers/{consumer_id}/consents/{consent_id}/revoke",
        tag="Consent",
        summary="Take a consent back",
        description=(
            "From this moment nothing is pulled under it. Revoking twice is revoking once: the "
            "first moment stands. No body, and no key, is needed."
        ),
        handle=revoke,
        scopes=frozenset({Scope.CONSENTS}),
        path_fields={"consumer_id": CONSUMER_ID, "consent_id": CONSENT_ID},
        successes={
            200: Success(
                meaning="The consent, revoked",
                schema=ConsentAnswer,
                examples={"revoked": examples.REVOKED},
            )
        },
    )


def _token(doors: Doors, *, settings: HttpSettings) -> Operation:
    async def issue(call: Call) -> Reply:
        values, mistakes = read_object(call.data, path="$", fields=TOKEN_REQUEST)
        if mistakes := [*call.mistakes, *mistakes]:
            raise Refused("invalid-request", mistakes=mistakes)
        consumer_id = call.path["consumer_id"]
        or_not_found(await doors.spending_power(consumer_id))
        scopes = values.get("scopes", frozenset({Scope.READ}))
        life_s = values.get("life_s", settings.token_life_s)
        token = issue_consumer_token(
            consumer_id=str(consumer_id),
            scopes=scopes,
            lifetime=timedelta(seconds=life_s),
            keys=doors.token_keys,
            now=doors.clock(),
            token_id=str(doors.new_uuid()),
        )
        return json_reply(
            ConsumerToken(
                access_token=token,
                token_type="Bearer",  # noqa: S106 - the name of a scheme
                expires_in=life_s,
                scope=" ".join(sorted(scopes)),
            )
        )

    return Operation(
        operation_id="issueConsumerToken",
        method="POST",
        path="/v1/consumers/{consumer_id}/tokens",
        tag="Consent",
        summary="Let a person read for themselves",
        description=(
            "Returns a token for their app or page. It reads this one person and ends by itself; "
            "it cannot be taken back sooner, so it is short."
        ),
        handle=issue,
        scopes=frozenset({Scope.TOKENS}),
        path_fields={"consumer_id": CONSUMER_ID},
        body=Body(
            schema=schema_of(TOKEN_REQUEST, meaning="what the token may do, and how long"),
            examples={"read": {"scopes": ["read"], "life_s": 600}},
        ),
        successes={
            200: Success(
                meaning="The token", schema=ConsumerToken, examples={"token": examples.TOKEN}
            )
        },
    )
