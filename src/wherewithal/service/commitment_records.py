"""Commitment records: promises, attempts to use them, consents to share, and what is answered.

Money is integer cents; moments are UTC and the database's own. What belongs to a person shows
nothing of them in a `repr`.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from wherewithal.qualify.commitment import Promised, Verdict
from wherewithal.service.standing import PersonStanding
from wherewithal.vocabulary.outcome import Outcome
from wherewithal.vocabulary.program import PlanCode, ProductCode
from wherewithal.vocabulary.redaction import nothing_for_rich, redacted

#: What an inquiry came to where it is not clear who asks.
UNCLEAR: Final = frozenset(
    outcome.value
    for outcome in (Outcome.REFUSED_IDENTITY, Outcome.IDENTITY_MISMATCH, Outcome.DECEASED)
)


class Commitment(msgspec.Struct, frozen=True, kw_only=True):
    """A promise as it is kept; nothing of it ever changes."""

    commitment_id: UUID
    prequalification_id: UUID
    decision_seq: int
    bundle_digest: str
    product: ProductCode
    #: The largest basket by the house program when it was made.
    amount_cents: int
    issued_at: datetime
    expires_at: datetime
    preconditions: tuple[Promised, ...]
    #: What power is computed from, as of the decision that was promised.
    standing: PersonStanding
    #: Canonical JSON, and a detached JWS over it.
    document: bytes
    signature: str

    __repr__ = redacted
    __rich_repr__ = nothing_for_rich


class StillStands(msgspec.Struct, frozen=True, kw_only=True):
    """The best that a person can buy at a merchant although a promise was not honoured."""

    merchant_id: str
    product: ProductCode
    plan: PlanCode
    basket_cents: int
    amount_financed_cents: int
    payment_cents: int
    payments_count: int
    apr_bps: int


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """A hold that was asked for under a commitment, and what came of it."""

    attempt_id: UUID
    commitment_id: UUID
    hold_id: UUID | None
    merchant_id: str
    reference: str
    product: ProductCode
    #: Of the basket.
    amount_cents: int
    #: Within the commitment's time and amount: the denominator of the honour rate.
    is_within: bool
    is_honoured: bool
    #: Whether every precondition was looked at again.
    is_same_facts: bool
    cause: str | None
    preconditions: tuple[Verdict, ...]
    still_stands: StillStands | None

    __repr__ = redacted
    __rich_repr__ = nothing_for_rich


class KeptAttempt(msgspec.Struct, frozen=True, kw_only=True):
    """An attempt as it is read back."""

    at: datetime
    merchant_id: str
    product: ProductCode
    amount_cents: int
    is_within: bool
    is_honoured: bool
    hold_id: UUID | None
    cause: str | None
    preconditions: tuple[Verdict, ...]
    still_stands: StillStands | None


class NewerDecision(msgspec.Struct, frozen=True, kw_only=True):
    """The last decision on facts since a commitment was made."""

    bundle_digest: str
    #: Dates as text.
    facts: dict[str, Any]
    points: int | None
    reasons: tuple[str, ...]
    is_report_new: bool
    #: Of the report; None where none was used.
    bureau: str | None
    score: int | None
    score_model: str | None
    score_factors: tuple[str, ...]


class CommitmentFile(msgspec.Struct, frozen=True, kw_only=True):
    """A commitment under the account's lock, with what has come up since."""

    commitment: Commitment
    blocks_credit: tuple[str, ...]
    newer: NewerDecision | None
    #: What the last inquiry since came to; None: nobody asked.
    last_outcome: str | None
    #: Whether the consumer lets the merchant know amounts.
    shares_amounts: bool

    __repr__ = redacted
    __rich_repr__ = nothing_for_rich


class Promisable(msgspec.Struct, frozen=True, kw_only=True):
    """The decision that answers a prequalification, and the promise that stands of it."""

    decision_seq: int | None
    #: Dates as text; None where no decision was made.
    facts: dict[str, Any] | None
    #: A commitment of the same decision and product that has not expired.
    live: Commitment | None
    #: What the last inquiry since came to; None: nobody asked.
    last_outcome: str | None

    __repr__ = redacted
    __rich_repr__ = nothing_for_rich


class SharingConsent(msgspec.Struct, frozen=True, kw_only=True):
    """A consumer lets a merchant know amounts; None: every merchant."""

    consent_id: UUID
    merchant_id: str | None
    text_version: str
    given_at: datetime
    revoked_at: datetime | None = None


class NewSharingConsent(msgspec.Struct, frozen=True, kw_only=True):
    """A sharing consent to be recorded."""

    merchant_id: str | None
    text_version: str
    #: 32 bytes.
    text_sha256: bytes


class CountedAttempts(msgspec.Struct, frozen=True, kw_only=True):
    """Attempts within time and amount of one kind."""

    product: str
    merchant_id: str
    #: The Monday, in the calendar zone.
    week: date
    is_honoured: bool
    is_same_facts: bool
    cause: str | None
    attempts: int
