"""Commitments: what can be spent is promised and signed; who may hear amounts; how it went."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from wherewithal.service.commitment_records import NewSharingConsent
from wherewithal.service.read_commitments import (
    WEEKS_MAX,
    CommitmentAnswer,
    CommitmentsAnswer,
    HonourRate,
    SharingConsentAnswer,
    SharingConsentsAnswer,
)
from wherewithal.surfaces.http import examples_commitment as examples
from wherewithal.surfaces.http.fields import Field, Fields, read_object, schema_of
from wherewithal.surfaces.http.inquiry_json import NEW_CONSENT
from wherewithal.surfaces.http.kinds import Id, Integer, Word
from wherewithal.surfaces.http.operation import Body, Call, Operation, Success
from wherewithal.surfaces.http.parameters import Parameter
from wherewithal.surfaces.http.path_fields import (
    COMMITMENT_ID,
    CONSENT_ID,
    CONSUMER_ID,
    MERCHANT_ID,
)
from wherewithal.surfaces.http.problem import Refused, or_not_found
from wherewithal.surfaces.http.reply import Reply, json_reply
from wherewithal.surfaces.http.tokens import Scope
from wherewithal.vocabulary.program import ProductCode

_TAG = "Commitments"
_PRODUCTS = tuple(code.value for code in ProductCode)
_WEEKS_BY_ITSELF = 8
COMMITMENT: Fields = {
    "prequalification_id": Field(
        kind=Id(),
        meaning="the prequalification whose decision is promised; it must be the one that stands",
        is_required=True,
        example=examples.INQUIRY,
    ),
    "product": Field(
        kind=Word(words=_PRODUCTS, code="unknown_product", convert=ProductCode),
        meaning="the product that it is promised for; one commitment a product",
        is_required=True,
        example="pay_in_4",
    ),
}
SHARING: Fields = {
    "merchant_id": Field(
        kind=MERCHANT_ID.kind,
        meaning="the merchant that may know amounts; without it, every merchant",
        example="lantern-and-loom",
    ),
    "text_version": NEW_CONSENT["text_version"],
    "text_sha256": NEW_CONSENT["text_sha256"],
}


class Commits(Protocol):
    """Promises what a person can spend with one product."""

    async def __call__(
        self, consumer_id: UUID, prequalification_id: UUID, product: ProductCode
    ) -> tuple[CommitmentAnswer, bool] | None:
        """Return the commitment, and whether it is new; None: no such consumer.

        Errors: CommitmentRefused, Unavailable.
        """
        ...


class ReadsHonourRate(Protocol):
    """Says how often promises were kept."""

    async def __call__(
        self, *, weeks: int, product: str | None, merchant_id: str | None
    ) -> HonourRate:
        """Return it, of the last weeks."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitmentDoors:
    """What these routes reach for. None: no such consumer, or nothing of theirs."""

    commit: Commits
    list_of: Callable[[UUID], Awaitable[CommitmentsAnswer | None]]
    read: Callable[[UUID, UUID], Awaitable[CommitmentAnswer | None]]
    share: Callable[[UUID, NewSharingConsent], Awaitable[SharingConsentAnswer | None]]
    list_shares: Callable[[UUID], Awaitable[SharingConsentsAnswer | None]]
    revoke_share: Callable[[UUID, UUID], Awaitable[SharingConsentAnswer | None]]
    honour_rate: ReadsHonourRate
    #: The public keys that verify signatures, as a JWK set.
    public_jwks: Mapping[str, Any]


def commitment_operations(doors: CommitmentDoors) -> tuple[Operation, ...]:
    """Return the routes of commitments."""
    return (
        _commit(doors),
        _list(doors),
        _read(doors),
        _share(doors),
        _list_shares(doors),
        _revoke_share(doors),
        _honour_rate(doors),
        _keys(doors),
    )


def _commit(doors: CommitmentDoors) -> Operation:
    async def commit(call: Call) -> Reply:
        asked = _body(call, COMMITMENT)
        answer, is_new = or_not_found(
            await doors.commit(
                call.path["consumer_id"], asked["prequalification_id"], asked["product"]
            )
        )
        return json_reply(answer, status=201 if is_new else 200)

    success: dict[str, Any] = {
        "schema": CommitmentAnswer,
        "examples": {"commitment": examples.COMMITMENT},
        "links": {
            "readCommitment": {
                "operationId": "readCommitment",
                "parameters": {
                    "consumer_id": "$response.body#/consumer_id",
                    "commitment_id": "$response.body#/commitment_id",
                },
            }
        },
    }
    return Operation(
        operation_id="commit",
        method="POST",
        path="/v1/consumers/{consumer_id}/commitments",
        tag=_TAG,
        summary="Promise what a person can spend with one product",
        description=(
            "From the decision made now that stands, for at most seven days: an amount, and the "
            "preconditions under which it is honoured whatever a later policy says. What is not "
            "looked at again holds. The document is signed and can be verified offline. Asked "
            "again while it lives, the same decision and product return the same commitment."
        ),
        handle=commit,
        scopes=frozenset({Scope.PREQUALIFY}),
        path_fields={"consumer_id": CONSUMER_ID},
        body=Body(
            schema=schema_of(COMMITMENT, meaning="what is to be promised"),
            examples={"pay in 4": {"prequalification_id": examples.INQUIRY, "product": "pay_in_4"}},
        ),
        successes={
            200: Success(meaning="The commitment that lives already", **success),
            201: Success(meaning="The commitment", **success),
        },
        problems=("commitment-refused",),
    )


def _body(call: Call, fields: Fields) -> dict[str, Any]:
    values, mistakes = read_object(call.data, path="$", fields=fields)
    if mistakes := [*call.mistakes, *mistakes]:
        raise Refused("invalid-request", mistakes=mistakes)
    return values


def _list(doors: CommitmentDoors) -> Operation:
    async def read(call: Call) -> Reply:
        return json_reply(or_not_found(await doors.list_of(call.path["consumer_id"])))

    return Operation(
        operation_id="listCommitments",
        method="GET",
        path="/v1/consumers/{consumer_id}/commitments",
        tag=_TAG,
        summary="A person's commitments",
        description="Newest first, expired ones among them, without their attempts.",
        handle=read,
        scopes=frozenset({Scope.READ}),
        path_fields={"consumer_id": CONSUMER_ID},
        successes={
            200: Success(
                meaning="All of them",
                schema=CommitmentsAnswer,
                examples={"one": examples.COMMITMENTS},
            )
        },
    )


def _read(doors: CommitmentDoors) -> Operation:
    async def read(call: Call) -> Reply:
        found = await doors.read(call.path["consumer_id"], call.path["commitment_id"])
        return json_reply(or_not_found(found))

    return Operation(
        operation_id="readCommitment",
        method="GET",
        path="/v1/consumers/{consumer_id}/commitments/{commitment_id}",
        tag=_TAG,
        summary="One commitment, and every attempt to use it",
        description=(
            "Where one was not honoured, the person reads which precondition failed, its value "
            "then and now, and the best that still stood there."
        ),
        handle=read,
        scopes=frozenset({Scope.READ}),
        path_fields={"consumer_id": CONSUMER_ID, "commitment_id": COMMITMENT_ID},
        successes={
            200: Success(
                meaning="The commitment",
                schema=CommitmentAnswer,
                examples={"not honoured": examples.NOT_HONOURED},
            )
        },
    )


def _share(doors: CommitmentDoors) -> Operation:
    async def share(call: Call) -> Reply:
        asked = _body(call, SHARING)
        consent = NewSharingConsent(
            merchant_id=asked.get("merchant_id"),
            text_version=asked["text_version"],
            text_sha256=asked["text_sha256"],
        )
        answer = or_not_found(await doors.share(call.path["consumer_id"], consent))
        return json_reply(answer, status=201)

    return Operation(
        operation_id="shareAmounts",
        method="POST",
        path="/v1/consumers/{consumer_id}/sharing-consents",
        tag=_TAG,
        summary="Let a merchant know amounts",
        description=(
            "Without it a merchant hears whether a purchase goes, and never how much would. It is "
            "a consent of its own, and lasts until it is taken back."
        ),
        handle=share,
        scopes=frozenset({Scope.CONSENTS}),
        path_fields={"consumer_id": CONSUMER_ID},
        body=Body(
            schema=schema_of(SHARING, meaning="which merchant, and which text was agreed to"),
            examples={"one merchant": examples.SHARING_ASK},
        ),
        successes={
            201: Success(
                meaning="The consent",
                schema=SharingConsentAnswer,
                examples={"given": examples.SHARING},
                links={
                    "revokeSharing": {
                        "operationId": "revokeSharing",
                        "parameters": {
                            "consumer_id": "$response.body#/consumer_id",
                            "consent_id": "$response.body#/consent_id",
                        },
                    }
                },
            )
        },
    )


def _list_shares(doors: CommitmentDoors) -> Operation:
    async def read(call: Call) -> Reply:
        return json_reply(or_not_found(await doors.list_shares(call.path["consumer_id"])))

    return Operation(
        operation_id="listSharingConsents",
        method="GET",
        path="/v1/consumers/{consumer_id}/sharing-consents",
        tag=_TAG,
        summary="Which merchants may know amounts",
        description="Newest first, those that were taken back among them.",
        handle=read,
        scopes=frozenset({Scope.CONSENTS}),
        path_fields={"consumer_id": CONSUMER_ID},
        successes={
            200: Success(
                meaning="All of them",
                schema=SharingConsentsAnswer,
                examples={"one": examples.SHARINGS},
            )
        },
    )


def _revoke_share(doors: CommitmentDoors) -> Operation:
    async def revoke(call: Call) -> Reply:
        found = await doors.revoke_share(call.path["consumer_id"], call.path["consent_id"])
        return json_reply(or_not_found(found))

    return Operation(
        operation_id="revokeSharing",
        method="POST",
        path="/v1/consumers/{consumer_id}/sharing-consents/{consent_id}/revoke",
        tag=_TAG,
        summary="Let a merchant know amounts no more",
        description="From this moment. Revoking twice is revoking once. No body is needed.",
        handle=revoke,
        scopes=frozenset({Scope.CONSENTS}),
        path_fields={"consumer_id": CONSUMER_ID, "consent_id": CONSENT_ID},
        successes={
            200: Success(
                meaning="The consent, revoked",
                schema=SharingConsentAnswer,
                examples={"revoked": examples.SHARING_REVOKED},
            )
        },
    )


def _honour_rate(doors: CommitmentDoors) -> Operation:
    async def read(call: Call) -> Reply:
        product = call.query.get("product")
        return json_reply(
            await doors.honour_rate(
                weeks=call.query.get("weeks", _WEEKS_BY_ITSELF),
                product=product,
                merchant_id=call.query.get("merchant_id"),
            )
        )

    return Operation(
        operation_id="readHonourRate",
        method="GET",
        path="/v1/honour-rate",
        tag=_TAG,
        summary="How often commitments were honoured",
        description=(
            "By product, merchant and week: of every hold that was asked for within a commitment's "
            "time and amount, how many were placed, and why the others were not. `same_facts` are "
            "those for which every precondition was looked at again."
        ),
        handle=read,
        scopes=frozenset({Scope.EXPLAIN, Scope.METRICS}),
        query={
            "weeks": _parameter(
                Integer(minimum=1, maximum=WEEKS_MAX, unit="weeks"),
                f"how far back; by itself {_WEEKS_BY_ITSELF}",
                example=8,
            ),
            "product": _parameter(Word(words=_PRODUCTS), "one product alone", example="pay_in_4"),
            "merchant_id": _parameter(
                MERCHANT_ID.kind, "one merchant alone", example="lantern-and-loom"
            ),
        },
        successes={
            200: Success(
                meaning="The rates", schema=HonourRate, examples={"weeks": examples.HONOUR_RATE}
            )
        },
    )


def _parameter(kind: Any, meaning: str, *, example: object) -> Parameter:
    return Parameter(field=Field(kind=kind, meaning=meaning, example=example))


def _keys(doors: CommitmentDoors) -> Operation:
    async def read(_call: Call) -> Reply:
        return json_reply(doors.public_jwks)

    return Operation(
        operation_id="readSigningKeys",
        method="GET",
        path="/.well-known/jwks.json",
        tag=_TAG,
        summary="The keys that sign commitments",
        description=(
            "Public keys as a JWK set (RFC 7517): the one that signs, and the one before it for as "
            "long as its commitments may live. `wherewithal commitment verify` takes this answer."
        ),
        handle=read,
        is_open=True,
        successes={
            200: Success(
                meaning="The keys",
                schema={
                    "type": "object",
                    "required": ["keys"],
                    "properties": {"keys": {"type": "array", "items": {"type": "object"}}},
                },
                examples={"keys": examples.JWKS},
            )
        },
    )
