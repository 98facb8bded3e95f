"""Inquiry records: what the store found and what it shall keep, between a use case and its ports.

Moments are UTC, money is integer cents, rates integer basis points. What belongs to a person shows
nothing of them in a `repr`.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from wherewithal.qualify.exposure import NO_EXPOSURE, Exposure
from wherewithal.service.inquiry import Inquiry, Reference
from wherewithal.service.ledger_records import Event
from wherewithal.service.notice_records import NoticeCase
from wherewithal.vocabulary.consumer import Identity
from wherewithal.vocabulary.redaction import nothing_for_rich, redacted


class RequestKey(msgspec.Struct, frozen=True, kw_only=True):
    """An idempotency key under a credential, and a keyed hash of what was asked with it."""

    credential_id: str
    idempotency_key: str
    #: 32 bytes.
    request_digest: bytes

    __repr__ = redacted
    __rich_repr__ = nothing_for_rich


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """What a request was answered with, ready to be sent again byte for byte."""

    #: 200 is final, 202 is waited for.
    status: int
    body: bytes
    consumer_id: UUID
    prequalification_id: UUID

    __repr__ = redacted
    __rich_repr__ = nothing_for_rich


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """The right to work on a key: only the last claim may finish it."""

    #: The same for every attempt with this key: prequalification, pull and a new consent have it.
    inquiry_id: UUID
    token: UUID


class ConsentState(msgspec.Struct, frozen=True, kw_only=True):
    """A consent as the store has it."""

    consent_id: UUID
    scope: str
    purpose: str
    expires_at: datetime
    revoked_at: datetime | None


class StandingDecision(msgspec.Struct, frozen=True, kw_only=True):
    """The last decision that approved or declined, whether it still stands or not."""

    seq: int
    decision_id: str
    outcome: str
    as_of: date
    decided_at: datetime
    expires_at: datetime
    bundle_digest: str
    reasons: tuple[str, ...]
    #: As `Decision.values`.
    row: dict[str, Any]
    #: Dates as text.
    facts: dict[str, Any]

    __repr__ = redacted
    __rich_repr__ = nothing_for_rich


class KeptReport(msgspec.Struct, frozen=True, kw_only=True):
    """An answered report that may be used again: fresh, for this purpose, its consent alive."""

    #: The inquiry that it was pulled for.
    report_id: UUID
    bureau: str
    #: Of the file alone; dates as text.
    facts: dict[str, Any]
    score: int | None
    score_model: str | None
    score_factors: tuple[str, ...]

    __repr__ = redacted
    __rich_repr__ = nothing_for_rich


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """One consumer that an inquiry may be about, with all that the free stages ask."""

    consumer_id: UUID
    #: What pointed here: `ssn`, `name_dob_zip`, `reference`.
    found_by: frozenset[str]
    #: Wrapped; None where it was deleted.
    data_key: bytes | None
    #: None where nobody ever said who this is (a row of a portfolio).
    identity: Identity | None
    blocks_credit: tuple[str, ...]
    decision: StandingDecision | None
    report: KeptReport | None
    #: The consent that the inquiry names, or that an earlier attempt of it recorded.
    consent: ConsentState | None
    #: Pulls in 30 days, this inquiry's own not counted.
    pulls_30d: int
    #: When the oldest of those pulls was asked for.
    oldest_pull_at: datetime | None
    #: Inquiries about this consumer in 24 hours.
    inquiries_24h: int
    #: The total that was communicated last and has not expired.
    power_total_cents: int | None
    #: Whether every report that was asked for said that these particulars are nobody's: a slip, or
    #: a stranger with a number that is not theirs. Such an account has no power, and its keys are
    #: given up to whoever comes with other particulars.
    is_refuted: bool
    #: What is owed and held, and how they have paid; nothing of a new consumer.
    exposure: Exposure = NO_EXPOSURE

    __repr__ = redacted
    __rich_repr__ = nothing_for_rich


class Opening(msgspec.Struct, frozen=True, kw_only=True):
    """A claimed key, and every consumer that the inquiry's identity points to."""

    claim: Claim
    accounts: tuple[Account, ...]


class PendingInquiry(msgspec.Struct, frozen=True, kw_only=True):
    """A prequalification that waits for its answer, with what is needed to finish it."""

    inquiry: Inquiry
    account: Account
    prequalification_id: UUID
    consent_id: UUID
    credential_id: str
    asked_at: datetime
    final_by: datetime

    __repr__ = redacted
    __rich_repr__ = nothing_for_rich


class ConsentRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A consent to be recorded with the inquiry that it was given with."""

    consent_id: UUID
    scope: str
    purpose: str
    text_version: str
    text_sha256: bytes
    channel: str
    credential_id: str
    given_at: datetime
    expires_at: datetime


class PullRecord(msgspec.Struct, frozen=True, kw_only=True):
    """The intent to ask a bureau, recorded before it is asked."""

    consumer_id: UUID
    inquiry_id: UUID
    consent_id: UUID
    #: None where the consent is recorded already.
    new_consent: ConsentRecord | None
    purpose: str
    bureau: str
    asked_at: datetime
    #: Most pulls in 30 days, this one counted.
    pulls_max: int


class ReportRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What a bureau answered."""

    report_id: UUID
    answered_at: datetime
    reported_on: date | None
    #: None where it is a failure.
    facts: dict[str, Any] | None
    failure: str | None
    failure_cause: str | None
    flags: tuple[str, ...]
    score: int | None
    score_model: str | None
    score_factors: tuple[str, ...]
    raw: bytes

    __repr__ = redacted
    __rich_repr__ = nothing_for_rich


class DecisionRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A decision as it is kept: enough to repeat it."""

    decision_id: str
    report_id: UUID | None
    as_of: date
    expires_at: datetime
    bundle_digest: str
    code_build: str
    outcome: str
    failure_cause: str | None
    reasons: tuple[str, ...]
    facts: dict[str, Any]
    row: dict[str, Any]
    matched: dict[str, tuple[int, ...]]
    #: The typed failure that it was decided on.
    failure: str | None
    #: The catalogue of facts that its name is made by.
    facts_digest: str
    #: Of its canonical bytes.
    row_sha256: bytes

    __repr__ = redacted
    __rich_repr__ = nothing_for_rich


class PowerRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What a consumer can spend by a decision, as it is read at every merchant."""

    claim: str
    total_cents: int | None
    #: The columns of the decision row that power at a merchant is computed from.
    standing: dict[str, Any]
    #: The products' part of the answer, encoded.
    products: bytes


class IdentityUpdate(msgspec.Struct, frozen=True, kw_only=True):
    """What an inquiry taught us about who a known consumer is."""

    #: None where the identity is as we have it.
    identity: Identity | None
    reference: Reference | None

    __repr__ = redacted
    __rich_repr__ = nothing_for_rich


class Recording(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that one answered inquiry changes, written together or not at all."""

    account: Account
    prequalification_id: UUID
    consent_id: UUID
    new_consent: ConsentRecord | None
    credential_id: str
    purpose: str
    channel: str
    requested_amount_cents: int | None
    stated: dict[str, Any]
    asked_at: datetime
    #: None while it is pending.
    decided_at: datetime | None
    final_by: datetime | None
    decision: DecisionRecord | None
    #: The decision that answers, where none was made anew.
    standing_seq: int | None
    power: PowerRecord | None
    report: ReportRecord | None
    notices: tuple[NoticeCase, ...]
    #: What others may want to hear of.
    events: tuple[Event, ...]
    #: A block on credit to be added; blocks are sticky.
    block: str | None
    update: IdentityUpdate | None
    response_status: int
    response: bytes

    __repr__ = redacted
    __rich_repr__ = nothing_for_rich
