"""Read what a person can spend now, by the decision that stands: one statement, then bytes.

What the decision alone comes to is passed on as it is stored, as long as the person's account
takes nothing off it, no product has expired and the law is the same; else the core computes it. A
decision of an offline run is computed when it is read, so that a run stores columns and no answers.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal, TypeAlias
from uuid import UUID

import msgspec

from wherewithal.service.answers import ClaimType, ProductAnswer, ProductStatus, Used
from wherewithal.service.applicant_facts import calendar_day
from wherewithal.service.person_left import PersonLeft, left_of
from wherewithal.service.standing import CurrentDecision, PersonRow, PersonStanding, ReadsPeople
from wherewithal.service.standing_products import ProductAnswers
from wherewithal.vocabulary.outcome import Outcome

Status: TypeAlias = Literal["available", "not_yet_assessed", "expired", "blocked", "not_decided"]
#: In words, by what stands; `available` by the strength of the claim.
WORDINGS: Final[dict[str, str]] = {
    "estimate": "An estimate of what you could spend, from what we know. It is no offer yet, and"
    " can change when you ask.",
    "prequalified": "You are prequalified for these amounts until the time shown. The final check"
    " is made when you buy.",
    "not_yet_assessed": "We do not know yet what you can spend. Ask, and we will look.",
    "expired": "What we last told you has expired. Ask again, and we will look anew.",
    "blocked": "We cannot show a spending power online just now. Please contact us.",
    "not_decided": "We could not decide on what we received, so nothing is known yet; this is not"
    " a decline.",
    "nothing_here": "You can buy nothing here with us now; beside each way to pay stands why.",
    "declined": "We looked, and cannot offer you credit now. The reasons are here, and what may"
    " change them.",
}
_APPROVED: Final = Outcome.APPROVED.value
_ENCODER: Final = msgspec.json.Encoder()
_STANDING: Final = msgspec.json.Decoder(PersonStanding)


class _Told(msgspec.Struct, frozen=True):
    """Of a stored product, until when it stands."""

    product: str
    expires_at: datetime | None = None


_TOLD: Final = msgspec.json.Decoder(tuple[_Told, ...])


class _Json(msgspec.Struct, frozen=True, kw_only=True):
    """`SpendingPower`, field by field, with parts that are JSON already."""

    consumer_id: UUID
    status: str
    claim: ClaimType | None = None
    tempo: str | None = None
    outcome: str | None = None
    decision_id: str | None = None
    as_of: object = None
    expires_at: object = None
    power_total_cents: int | None = None
    used: Used
    lowered_by: msgspec.Raw = msgspec.Raw(b"[]")
    reasons: msgspec.Raw = msgspec.Raw(b"[]")
    products: msgspec.Raw
    wording: str


async def read_spending_power(
    consumer_id: UUID, *, people: ReadsPeople, products: ProductAnswers
) -> bytes | None:
    """Return `SpendingPower` as JSON; None if there is no such consumer.

    Null:   powers are null wherever nothing was decided, has expired, or is withheld; never zero.
    Source: DESIGN 1.6 and 6: an offline run says yes to people who never asked, and never no.
    """
    row = await people.read_person(consumer_id)
    if row is None:
        return None
    return _ENCODER.encode(_answer(consumer_id, row, products))


def status_of(row: PersonRow, products: ProductAnswers) -> Status:
    """Return what may be said of a person; only `available` comes with powers."""
    decision = row.decision
    if row.is_blocked:
        return "blocked"
    if decision is None:
        return "not_yet_assessed"
    if not decision.is_decided:
        return "not_decided"
    if decision.expires_at <= row.read_at:
        return "expired"
    if decision.tempo == "offline":
        # Its reasons are internal until the person asks, and a decline without reasons is none.
        if decision.outcome != _APPROVED:
            return "not_yet_assessed"
        if not products.knows(standing_of(decision)):
            return "expired"
    return "available"


def asking_status(status: Status) -> tuple[str, str | None]:
    """Return what a status means to who asks without applying, and why nothing can be answered."""
    if status in {"available", "blocked"}:
        return status, None
    return "ask_first", status


def wording_of(status: str, decision: CurrentDecision | None) -> str:
    """Return what a status means, in words."""
    if status == "available" and decision is not None:
        return WORDINGS[decision.claim if decision.outcome == _APPROVED else "declined"]
    return WORDINGS[status]


def standing_of(decision: CurrentDecision) -> PersonStanding:
    """Return what power is computed from. Errors: msgspec.ValidationError if it was not us."""
    return _STANDING.decode(decision.standing)


def left_now(row: PersonRow, decision: CurrentDecision, products: ProductAnswers) -> PersonLeft:
    """Return what is left of a decision for a person at the moment of the reading."""
    return left_of(
        standing_of(decision),
        row.exposure,
        catalogue=products.bundle.catalogue,
        on=calendar_day(row.read_at),
    )


def expired_products(row: PersonRow, decision: CurrentDecision) -> frozenset[str]:
    """Return the products of a decision made now that no longer stand, though others do."""
    if decision.products is None:
        return frozenset()
    return frozenset(
        one.product
        for one in _TOLD.decode(decision.products)
        if one.expires_at is not None and one.expires_at <= row.read_at
    )


def _answer(consumer_id: UUID, row: PersonRow, products: ProductAnswers) -> _Json:
    status, decision = status_of(row, products), row.decision
    used = Used(drawn_cents=row.drawn_cents, held_cents=row.held_cents)
    if decision is None or status in {"blocked", "not_yet_assessed"}:
        return _Json(
            consumer_id=consumer_id,
            status=status,
            used=used,
            products=_unassessed(products, status),
            wording=WORDINGS[status],
        )
    is_available = status == "available"
    total_cents, told = (
        _products(row, decision, products)
        if is_available
        else (None, _unassessed(products, status))
    )
    return _Json(
        consumer_id=consumer_id,
        status=status,
        claim=decision.claim if is_available else None,
        tempo=decision.tempo,
        outcome=decision.outcome,
        decision_id=decision.decision_id,
        as_of=decision.as_of,
        expires_at=decision.expires_at,
        power_total_cents=total_cents,
        used=used,
        lowered_by=_lowered_by(row, decision, products, is_told=is_available),
        reasons=_reasons(decision, products),
        products=told,
        wording=wording_of(status, decision),
    )


def _products(
    row: PersonRow, decision: CurrentDecision, products: ProductAnswers
) -> tuple[int | None, msgspec.Raw]:
    """Return the largest single purchase, and the products' part."""
    standing, left = standing_of(decision), left_now(row, decision, products)
    is_stored = decision.products is not None and left.is_whole
    if is_stored and _is_as_answered(row, decision, products):
        return decision.total_cents, msgspec.Raw(decision.products or b"")
    if not products.knows(standing):
        return None, _unassessed(products, "expired")
    answers = products.answers(
        standing,
        left=left,
        on=calendar_day(row.read_at),
        expires_at=decision.expires_at,
        is_asked=decision.tempo == "now",
    )
    if decision.products is not None:
        told = {one.product: one.expires_at for one in _TOLD.decode(decision.products)}
        answers = tuple(_until(told.get(one.product), one, at=row.read_at) for one in answers)
    powers = [one.power_cents for one in answers if one.power_cents is not None]
    return max(powers, default=None), msgspec.Raw(_ENCODER.encode(answers))


def _is_as_answered(row: PersonRow, decision: CurrentDecision, products: ProductAnswers) -> bool:
    """Return whether what was stored at the time is still what the decision comes to."""
    bundle, on = products.bundle, calendar_day(row.read_at)
    if decision.bundle_digest == bundle.digest and (
        bundle.edition_begin(on) != bundle.edition_begin(calendar_day(decision.as_of))
    ):
        return False
    return not expired_products(row, decision)


def _until(expires_at: datetime | None, answer: ProductAnswer, *, at: datetime) -> ProductAnswer:
    """Return a product's answer with the expiry that it was told with; an old one is none."""
    if expires_at is None or at < expires_at:
        return msgspec.structs.replace(answer, expires_at=expires_at)
    return msgspec.structs.replace(
        answer,
        status=ProductStatus.NOT_YET_ASSESSED,
        power_cents=None,
        best_plan=None,
        reason=None,
        expires_at=expires_at,
    )


def _unassessed(products: ProductAnswers, status: str) -> msgspec.Raw:
    known = status in {"not_yet_assessed", "expired"}
    meaning = ProductStatus.NOT_YET_ASSESSED if known else ProductStatus.UNKNOWN
    return msgspec.Raw(products.unassessed_json(meaning))


def _lowered_by(
    row: PersonRow, decision: CurrentDecision, products: ProductAnswers, *, is_told: bool
) -> msgspec.Raw:
    """Return why the power is lower than what was decided, in words."""
    if not is_told or decision.outcome != _APPROVED:
        return msgspec.Raw(b"[]")
    return msgspec.Raw(products.reasons_json(left_now(row, decision, products).lowered_by))


def _reasons(decision: CurrentDecision, products: ProductAnswers) -> msgspec.Raw:
    """Return the reasons in words; those of an offline run are internal until the person asks."""
    codes = decision.reasons if decision.tempo == "now" else ()
    return msgspec.Raw(products.reasons_json(codes))
