"""Read commitments back: the person's own, with every attempt; how often they were honoured.

The person sees the precondition, its value then and now, and what still stands. Whoever is refused
for fraud or a sanctions list must not learn which, so both are told alike.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Final, Protocol
from uuid import UUID

import msgspec

from wherewithal.qualify.commitment import Promised, State, Verdict
from wherewithal.qualify.preconditions import Check
from wherewithal.service.commitment_records import (
    Commitment,
    CountedAttempts,
    KeptAttempt,
    NewSharingConsent,
    SharingConsent,
    StillStands,
)
from wherewithal.service.honour_commitment import LAW, SANCTIONS
from wherewithal.service.own_reasons import OWN_REASONS, REVIEW

COMMITMENTS_MAX: Final = 50
ATTEMPTS_MAX: Final = 200
WEEKS_MAX: Final = 260
#: In words, why an attempt was not honoured where no precondition says it.
_WORDINGS: Final = {
    "expired": "The commitment had expired.",
    "other_product": "The commitment was made for another product.",
    "above_amount": "The basket was above what the commitment still carried.",
    "merchant_terms": "The merchant's own terms do not carry this basket with this plan.",
    "too_many_holds": "Too many purchases are being held at this merchant.",
    LAW: "The law where you live no longer allows the product on these terms.",
}


class PreconditionAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that must stay true, as it was promised."""

    code: str
    source: str
    wording: str
    #: In the unit of the check: days late, points, cents; null where any change fails.
    threshold: int | None
    value_at_issue: int | str | None


class VerdictAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A precondition as an attempt found it."""

    code: str
    wording: str
    #: holds, fails or not_rechecked; what was not re-checked holds.
    state: str
    value_then: int | str | None
    value_now: int | str | None


class StillStandsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The best that could still be bought there then."""

    merchant_id: str
    product: str
    plan: str
    basket_cents: int
    amount_financed_cents: int
    payment_cents: int
    payments_count: int
    apr_bps: int


class AttemptAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A purchase that was tried under a commitment."""

    at: datetime
    merchant_id: str
    basket_cents: int
    is_honoured: bool
    #: Within the commitment's time and amount.
    is_within: bool
    hold_id: str | None
    #: Why not, in words.
    wording: str | None
    preconditions: tuple[VerdictAnswer, ...]
    still_stands: StillStandsAnswer | None


class CommitmentAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A commitment: what was promised, signed, and whether it lives."""

    commitment_id: str
    consumer_id: str
    prequalification_id: str
    #: Always `committed`.
    claim: str
    product: str
    #: The largest basket that it carries.
    amount_cents: int
    issued_at: datetime
    expires_at: datetime
    has_expired: bool
    preconditions: tuple[PreconditionAnswer, ...]
    #: What is signed, as JSON; the signature is over its canonical spelling.
    document: dict[str, Any]
    #: A detached JWS; its key is at /.well-known/jwks.json.
    signature: str
    #: Newest first; only where one commitment is read.
    attempts: tuple[AttemptAnswer, ...] = ()


class CommitmentsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A person's commitments, newest first."""

    consumer_id: str
    commitments: tuple[CommitmentAnswer, ...]


class SharingConsentAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A person lets a merchant know amounts."""

    consumer_id: str
    consent_id: str
    #: Null: every merchant.
    merchant_id: str | None
    text_version: str
    given_at: datetime
    revoked_at: datetime | None


class SharingConsentsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A person's sharing consents, newest first."""

    consumer_id: str
    consents: tuple[SharingConsentAnswer, ...]


class HonouredWeek(msgspec.Struct, frozen=True, kw_only=True):
    """How often promises of one product were kept at one merchant in one week."""

    #: The Monday, in the calendar zone.
    week: date
    product: str
    merchant_id: str
    #: Within time and amount: the denominator.
    attempts: int
    honoured: int
    #: In basis points.
    honour_rate_bps: int
    #: Of them, those for which every precondition was looked at again.
    same_facts_attempts: int
    same_facts_honoured: int
    #: Null: there were none.
    same_facts_rate_bps: int | None
    #: How many were not honoured, by cause.
    causes: dict[str, int]


class HonourRate(msgspec.Struct, frozen=True, kw_only=True):
    """How often promises were kept, in all and by week, product and merchant."""

    weeks: int
    calendar_time_zone: str
    attempts: int
    honoured: int
    #: Null: nobody tried.
    honour_rate_bps: int | None
    same_facts_attempts: int
    same_facts_honoured: int
    same_facts_rate_bps: int | None
    causes: dict[str, int]
    rows: tuple[HonouredWeek, ...]


class ReadsCommitments(Protocol):
    """Reads commitments and what became of them. Every method: Unavailable."""

    async def list_commitments(
        self, consumer_id: UUID, *, rows_max: int
    ) -> tuple[tuple[Commitment, ...], datetime] | None:
        """Return a consumer's commitments, newest first, and the moment; None: no consumer."""
        ...

    async def read_commitment(
        self, consumer_id: UUID, commitment_id: UUID
    ) -> tuple[Commitment, datetime] | None:
        """Return a commitment, and the moment; None: the consumer has none such."""
        ...

    async def list_attempts(
        self, consumer_id: UUID, commitment_id: UUID, *, rows_max: int
    ) -> tuple[KeptAttempt, ...]:
        """Return the attempts to use a commitment, newest first."""
        ...

    async def count_attempts(
        self, *, weeks: int, product: str | None, merchant_id: str | None
    ) -> tuple[CountedAttempts, ...]:
        """Return attempts within time and amount of the last weeks."""
        ...


class KeepsSharingConsents(Protocol):
    """Keeps who may know amounts. Every method: None for no such consumer; Unavailable."""

    async def give_sharing_consent(
        self, consumer_id: UUID, consent_id: UUID, consent: NewSharingConsent
    ) -> SharingConsent | None:
        """Record it."""
        ...

    async def list_sharing_consents(self, consumer_id: UUID) -> tuple[SharingConsent, ...] | None:
        """Return all, newest first."""
        ...

    async def revoke_sharing_consent(
        self, consumer_id: UUID, consent_id: UUID
    ) -> SharingConsent | None:
        """Revoke it, once; the first moment stays."""
        ...


async def list_commitments(
    consumer_id: UUID, *, store: ReadsCommitments
) -> CommitmentsAnswer | None:
    """Return a person's commitments; None if there is no such consumer."""
    found = await store.list_commitments(consumer_id, rows_max=COMMITMENTS_MAX)
    if found is None:
        return None
    kept, at = found
    return CommitmentsAnswer(
        consumer_id=str(consumer_id),
        commitments=tuple(commitment_answer(consumer_id, one, at=at) for one in kept),
    )


async def read_commitment(
    consumer_id: UUID, commitment_id: UUID, *, store: ReadsCommitments
) -> CommitmentAnswer | None:
    """Return a commitment with its attempts; None if the person has none such."""
    found = await store.read_commitment(consumer_id, commitment_id)
    if found is None:
        return None
    kept, at = found
    attempts = await store.list_attempts(consumer_id, commitment_id, rows_max=ATTEMPTS_MAX)
    return commitment_answer(consumer_id, kept, at=at, attempts=attempts)


def commitment_answer(
    consumer_id: UUID, kept: Commitment, *, at: datetime, attempts: Iterable[KeptAttempt] = ()
) -> CommitmentAnswer:
    """Return a commitment at a moment, in words that the person may read."""
    return CommitmentAnswer(
        commitment_id=str(kept.commitment_id),
        consumer_id=str(consumer_id),
        prequalification_id=str(kept.prequalification_id),
        claim="committed",
        product=kept.product.value,
        amount_cents=kept.amount_cents,
        issued_at=kept.issued_at,
        expires_at=kept.expires_at,
        has_expired=kept.expires_at <= at,
        preconditions=tuple(
            PreconditionAnswer(
                code=one.code,
                source=one.source,
                wording=one.wording,
                threshold=one.threshold,
                value_at_issue=one.value_at_issue,
            )
            for one in kept.preconditions
        ),
        document=msgspec.json.decode(kept.document),
        signature=kept.signature,
        attempts=tuple(_attempt(one, kept) for one in attempts),
    )


def _attempt(one: KeptAttempt, kept: Commitment) -> AttemptAnswer:
    promised = {line.code: line for line in kept.preconditions}
    return AttemptAnswer(
        at=one.at,
        merchant_id=one.merchant_id,
        basket_cents=one.amount_cents,
        is_honoured=one.is_honoured,
        is_within=one.is_within,
        hold_id=None if one.hold_id is None else str(one.hold_id),
        wording=_wording(one.cause, promised),
        preconditions=tuple(_verdict(line, promised) for line in one.preconditions),
        still_stands=None if one.still_stands is None else _still(one.still_stands),
    )


def _verdict(one: Verdict, promised: dict[str, Promised]) -> VerdictAnswer:
    line = promised.get(one.code)
    is_unclear = line is not None and line.check is Check.IDENTITY and one.state is State.FAILS
    wording = OWN_REASONS[REVIEW].wording if is_unclear else line.wording if line else one.code
    return VerdictAnswer(
        code=one.code,
        wording=wording,
        state=one.state.value,
        value_then=one.value_then,
        value_now=one.value_now,
    )


def _wording(cause: str | None, promised: dict[str, Promised]) -> str | None:
    if cause is None:
        return None
    line = promised.get(cause)
    if cause == SANCTIONS or (line is not None and line.check is Check.IDENTITY):
        return OWN_REASONS[REVIEW].wording
    if line is not None:
        return f"This no longer holds: {line.wording}"
    return _WORDINGS.get(cause, "The commitment could not be used for this purchase.")


def _still(one: StillStands) -> StillStandsAnswer:
    return msgspec.convert(msgspec.to_builtins(one), StillStandsAnswer)


async def read_honour_rate(
    *,
    weeks: int,
    product: str | None,
    merchant_id: str | None,
    time_zone: str,
    store: ReadsCommitments,
) -> HonourRate:
    """Return how often promises were kept, over the attempts within time and amount."""
    found = await store.count_attempts(weeks=weeks, product=product, merchant_id=merchant_id)
    return honour_rate(found, weeks=weeks, time_zone=time_zone)


def honour_rate(counted: Iterable[CountedAttempts], *, weeks: int, time_zone: str) -> HonourRate:
    """Add up counts into rates, rounded down; each not honoured has one cause."""
    groups: dict[tuple[date, str, str], list[CountedAttempts]] = {}
    for one in counted:
        groups.setdefault((one.week, one.product, one.merchant_id), []).append(one)
    rows = []
    for (week, product, merchant_id), group in sorted(groups.items()):
        sums = _sums(group)
        rows.append(HonouredWeek(week=week, product=product, merchant_id=merchant_id, **sums))
    return HonourRate(
        weeks=weeks,
        calendar_time_zone=time_zone,
        rows=tuple(rows),
        **_sums([one for group in groups.values() for one in group]),
    )


def _sums(group: list[CountedAttempts]) -> dict[str, Any]:
    attempts = sum(one.attempts for one in group)
    honoured = sum(one.attempts for one in group if one.is_honoured)
    same = sum(one.attempts for one in group if one.is_same_facts)
    same_honoured = sum(one.attempts for one in group if one.is_same_facts and one.is_honoured)
    causes: Counter[str] = Counter()
    for one in group:
        if not one.is_honoured:
            causes[one.cause or "unknown"] += one.attempts
    return {
        "attempts": attempts,
        "honoured": honoured,
        "honour_rate_bps": _rate_bps(honoured, attempts),
        "same_facts_attempts": same,
        "same_facts_honoured": same_honoured,
        "same_facts_rate_bps": _rate_bps(same_honoured, same),
        "causes": dict(sorted(causes.items())),
    }


def _rate_bps(part: int, whole: int) -> int | None:
    return None if whole == 0 else part * 10_000 // whole


async def give_sharing_consent(
    consumer_id: UUID,
    consent: NewSharingConsent,
    *,
    consent_id: UUID,
    store: KeepsSharingConsents,
) -> SharingConsentAnswer | None:
    """Record that a merchant, or every merchant, may know amounts; None: no such consumer."""
    found = await store.give_sharing_consent(consumer_id, consent_id, consent)
    return None if found is None else _consent(consumer_id, found)


async def list_sharing_consents(
    consumer_id: UUID, *, store: KeepsSharingConsents
) -> SharingConsentsAnswer | None:
    """Return a person's sharing consents; None if there is no such consumer."""
    found = await store.list_sharing_consents(consumer_id)
    if found is None:
        return None
    consents = tuple(_consent(consumer_id, one) for one in found)
    return SharingConsentsAnswer(consumer_id=str(consumer_id), consents=consents)


async def revoke_sharing_consent(
    consumer_id: UUID, consent_id: UUID, *, store: KeepsSharingConsents
) -> SharingConsentAnswer | None:
    """Take it back; from then on that merchant hears no amount. None: the person gave none such."""
    found = await store.revoke_sharing_consent(consumer_id, consent_id)
    return None if found is None else _consent(consumer_id, found)


def _consent(consumer_id: UUID, one: SharingConsent) -> SharingConsentAnswer:
    return SharingConsentAnswer(
        consumer_id=str(consumer_id),
        consent_id=str(one.consent_id),
        merchant_id=one.merchant_id,
        text_version=one.text_version,
        given_at=one.given_at,
        revoked_at=one.revoked_at,
    )
