"""Answers: what the service says, as records; every surface presents these and nothing else.

Amounts are integer cents, rates integer basis points, moments UTC. Null is unknown, never zero.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

import msgspec


class ClaimType(StrEnum):
    """How strong a number is; it picks the words."""

    ESTIMATE = "estimate"
    PREQUALIFIED = "prequalified"


class ProductStatus(StrEnum):
    """Different answers that must never be one: why a product can or cannot be used."""

    AVAILABLE = "available"
    #: There is a limit, and nothing of it is left.
    USED_UP = "used_up"
    NOT_ELIGIBLE = "not_eligible"
    NOT_OFFERED = "not_offered"
    PAUSED = "paused"
    #: Nobody asked yet, or the answer has expired.
    NOT_YET_ASSESSED = "not_yet_assessed"
    #: Asked, and not decided: a typed failure, something missing, more proof wanted.
    UNKNOWN = "unknown"


class ReasonAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A coded cause in the consumer's words."""

    code: str
    kind: str
    wording: str
    #: Number and text in form C-1 of Regulation B; None where no adverse action is explained.
    regb_number: int | None
    regb_text: str | None
    #: What may change the answer.
    cure: str | None


class PlanAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What a power costs: one plan, disclosed."""

    program_id: str
    originator: str
    plan: str
    payments_count: int
    payment_cents: int
    #: Regulation Z APR of the rounded schedule; voluntary for pay in four.
    apr_bps: int
    apr_is_voluntary: bool
    note_rate_bps: int
    basket_cents: int
    down_payment_cents: int
    amount_financed_cents: int
    finance_charge_cents: int
    total_of_payments_cents: int


class ProductAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One product of the lender, for one person."""

    product: str
    name: str
    status: ProductStatus
    #: The largest basket by the house program; null where nothing was decided.
    power_cents: int | None
    best_plan: PlanAnswer | None
    #: Why power is zero or unknown.
    reason: ReasonAnswer | None
    expires_at: datetime | None


class Pending(msgspec.Struct, frozen=True, kw_only=True):
    """What an answer still waits for."""

    #: bureau_report | identity_check | proof_of_identity | proof_of_income | stated_income ...
    what: str
    #: Who has to act: us | consumer.
    who: str
    wording: str


class Prequalification(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to an inquiry: all products in one."""

    prequalification_id: str
    consumer_id: str
    #: pending | decided.
    status: str
    is_final: bool
    #: When a pending answer is final at the latest.
    final_by: datetime | None
    asked_at: datetime
    decided_at: datetime | None
    #: Whether a decision that still stands was returned instead of a new one.
    is_repeat: bool
    outcome: str | None
    #: None where nothing is claimed: pending, or no decision.
    claim: ClaimType | None
    expires_at: datetime | None
    decision_id: str | None
    as_of: date | None
    bundle_digest: str | None
    #: The zone of ages and other calendar rules.
    calendar_time_zone: str
    reasons: tuple[ReasonAnswer, ...]
    #: The largest single purchase, never a sum; null where nothing was decided.
    power_total_cents: int | None
    #: As of `SpendingPower`: why it is lower than what was decided.
    lowered_by: tuple[ReasonAnswer, ...]
    products: tuple[ProductAnswer, ...]
    pending: tuple[Pending, ...]
    #: In words, what a consumer would ask next: what this is, how long it stands.
    wording: str


class Used(msgspec.Struct, frozen=True, kw_only=True):
    """What of the limits is in use."""

    drawn_cents: int
    held_cents: int


class SpendingPower(msgspec.Struct, frozen=True, kw_only=True):
    """What a person can spend now, by the decision that stands."""

    consumer_id: str
    #: available | not_yet_assessed | expired | blocked | not_decided.
    status: str
    claim: ClaimType | None
    #: now | offline: which tempo made the decision that stands.
    tempo: str | None
    outcome: str | None
    decision_id: str | None
    as_of: datetime | None
    expires_at: datetime | None
    power_total_cents: int | None
    used: Used
    #: Why it is lower than what was decided, what counts most first: principal and holds, open
    #: plans, first purchases, an own cap. Empty: it is all there.
    lowered_by: tuple[ReasonAnswer, ...]
    reasons: tuple[ReasonAnswer, ...]
    products: tuple[ProductAnswer, ...]
    wording: str


class DecisionAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One recorded decision in full, for those who must explain it."""

    consumer_id: str
    seq: int
    decision_id: str
    tempo: str
    as_of: date
    decided_at: datetime
    expires_at: datetime
    bundle_digest: str
    code_build: str
    outcome: str
    failure_cause: str | None
    reasons: tuple[ReasonAnswer, ...]
    #: The columns of the decision row, by name.
    row: dict[str, str | int | bool | None]
    facts: dict[str, str | int | bool | None]
    matched: dict[str, tuple[int, ...]]


class ConsentAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A consent as it stands."""

    consumer_id: str
    consent_id: str
    scope: str
    purpose: str
    text_version: str
    channel: str
    given_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
