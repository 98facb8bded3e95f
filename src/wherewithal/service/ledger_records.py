"""Ledger records: holds, loans, entries and events, between the use cases and the store.

Money is integer cents, rates integer basis points; moments are UTC and the database's own. What
belongs to a person shows nothing of them in a `repr`.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec

from wherewithal.qualify.exposure import Exposure
from wherewithal.service.commitment_records import Attempt, Commitment
from wherewithal.service.events import check_event
from wherewithal.service.loan_records import Instalment, LoanMove
from wherewithal.service.notice_records import NoticeCase
from wherewithal.service.standing import PersonRow
from wherewithal.vocabulary.program import PlanCode, ProductCode
from wherewithal.vocabulary.redaction import nothing_for_rich, redacted


class Rail(StrEnum):
    """How a purchase clears."""

    #: The merchant captures what we hold, and no more.
    DIRECT = "direct"
    #: A clearing comes whatever we hold: it is booked.
    CARD = "card"


class HoldStatus(StrEnum):
    """Where a hold stands; `hold_states.MOVES` says how it may move."""

    HELD = "held"
    CAPTURED = "captured"
    VOIDED = "voided"
    EXPIRED = "expired"


class EntryKind(StrEnum):
    """What an entry of the ledger tells of."""

    HOLD_PLACED = "hold_placed"
    HOLD_CAPTURED = "hold_captured"
    #: The rest of a hold is given back after its last capture.
    HOLD_RELEASED = "hold_released"
    HOLD_VOIDED = "hold_voided"
    HOLD_EXPIRED = "hold_expired"
    LOAN_BOOKED = "loan_booked"
    LOAN_IMPORTED = "loan_imported"
    PAYMENT_MADE = "payment_made"
    PAYMENT_LATE = "payment_late"
    LOAN_REFUNDED = "loan_refunded"
    LOAN_CHARGED_OFF = "loan_charged_off"


class HoldRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A merchant asks to reserve power for a basket."""

    consumer_id: UUID
    prequalification_id: UUID
    merchant_id: str
    #: The merchant's own, unique for ever there.
    reference: str
    product: ProductCode
    plan: PlanCode
    basket_cents: int
    commitment_id: UUID | None = None


class Due(msgspec.Struct, frozen=True, array_like=True):
    """A payment of a plan, as `hold.payments` keeps it."""

    due_on: date
    amount_cents: int
    principal_cents: int
    interest_cents: int


class Hold(msgspec.Struct, frozen=True, kw_only=True):
    """A hold as it is kept."""

    hold_id: UUID
    merchant_id: str
    reference: str
    #: 32 bytes; what was asked, keyed.
    request_digest: bytes
    credential_id: str
    prequalification_id: UUID
    decision_seq: int
    bundle_digest: str
    commitment_id: UUID | None
    product: ProductCode
    plan: PlanCode
    program_id: str
    originator: str
    law_row_id: str
    rail: Rail
    basket_cents: int
    down_payment_cents: int
    amount_financed_cents: int
    note_rate_bps: int
    apr_bps: int
    #: No part of it may cost more.
    apr_cap_bps: int
    #: Of what is still held.
    payments: tuple[Due, ...]
    status: HoldStatus
    #: Of the basket.
    captured_cents: int
    #: Of the amount financed, still reserved.
    held_cents: int
    placed_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    #: What the request was answered with, byte for byte.
    response: bytes


class Loan(msgspec.Struct, frozen=True, kw_only=True):
    """Principal that is owed, with its payments in order."""

    loan_id: UUID
    hold_id: UUID | None
    reference: str
    merchant_id: str | None
    product: ProductCode
    plan: PlanCode
    originator: str
    note_rate_bps: int
    #: What of a basket was bought by it; None for an import.
    basket_cents: int | None
    principal_cents: int
    outstanding_cents: int
    #: open | repaid | refunded | charged_off.
    status: str
    booked_on: date
    booked_at: datetime
    is_over_limit: bool
    is_furnished: bool
    payments: tuple[Due, ...] = ()


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """What was done to a loan under a reference."""

    kind: EntryKind
    reference: str
    amount_cents: int
    at: datetime
    #: As the entry keeps it: what the first answer said.
    detail: dict[str, Any]


class LoanState(msgspec.Struct, frozen=True, kw_only=True):
    """A loan under its account's lock."""

    #: Without its payments: the instalments are those.
    loan: Loan
    instalments: tuple[Instalment, ...]
    #: Of the basket, by refunds before.
    refunded_cents: int

    @property
    def refundable_cents(self) -> int:
        """Return what may still be refunded: of the basket, or of the principal of an import."""
        return (self.loan.basket_cents or self.loan.principal_cents) - self.refunded_cents


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the ledger; the store numbers it."""

    kind: EntryKind
    hold_id: UUID | None = None
    loan_id: UUID | None = None
    reference: str | None = None
    amount_cents: int
    held_delta_cents: int = 0
    drawn_delta_cents: int = 0
    detail: dict[str, Any] = {}


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """What others may want to hear of, numbered by the store: ids, never who somebody is."""

    #: `hold.placed` and so on; service/events.py lists all.
    type: str
    #: The merchant that it concerns; None: the lender alone.
    merchant_id: str | None
    payload: dict[str, Any]

    def __post_init__(self) -> None:
        """Refuse what service/events.py does not declare."""
        check_event(self.type, self.payload)


class HoldMove(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of a hold."""

    hold_id: UUID
    status: HoldStatus
    captured_cents: int
    held_cents: int
    payments: tuple[Due, ...]
    #: None: as before.
    expires_at: datetime | None = None
    ended_at: datetime | None


class Changes(msgspec.Struct, kw_only=True):
    """Everything that one use case changes in an account, written together or not at all."""

    placed: Hold | None = None
    moves: list[HoldMove] = []
    loans: list[Loan] = []
    loan_moves: list[LoanMove] = []
    entries: list[Entry] = []
    events: list[Event] = []
    #: The day of the account's first loan; changes nothing where one is known.
    first_booked_on: date | None = None
    #: The consumer's own cap, None for none; left as it is unless `sets_own_cap`.
    sets_own_cap: bool = False
    own_cap_cents: int | None = None
    #: How many payments were made by their day, and whether a loan was written off.
    on_time_payments: int = 0
    has_charge_off: bool = False
    #: A promise, or an attempt to use one and the duty that it opened.
    commitment: Commitment | None = None
    attempt: Attempt | None = None
    notice: NoticeCase | None = None

    @property
    def is_empty(self) -> bool:
        """Return whether there is nothing to write."""
        is_still = not (self.placed or self.moves or self.loans or self.entries or self.events)
        return is_still and self.commitment is None and self.attempt is None

    @property
    def held_delta_cents(self) -> int:
        """Return by how much what is held changes."""
        return sum(entry.held_delta_cents for entry in self.entries)

    @property
    def drawn_delta_cents(self) -> int:
        """Return by how much what is owed changes."""
        return sum(entry.drawn_delta_cents for entry in self.entries)


class AccountView(msgspec.Struct, frozen=True, kw_only=True):
    """One consumer's account under its lock, read by a statement after the lock was had.

    `person.exposure` has no hold that has expired, whether or not that was written down yet.
    """

    consumer_id: UUID
    #: When it was read, by the database's clock; expiry is decided by it.
    at: datetime
    person: PersonRow
    #: Whether the consumer has the prequalification that was asked about.
    has_prequalification: bool
    #: The hold that was asked for, by reference or by id.
    hold: Hold | None
    #: What was booked of the hold under the reference that was asked for; without its payments.
    captured: Loan | None
    #: Whether the reference is another consumer's at this merchant.
    is_reference_taken: bool
    #: Holds that are past their time and not yet written down as expired.
    lapsed: tuple[Hold, ...]
    #: The loan that was asked for, or those with something late that is not yet written down.
    loans: tuple[LoanState, ...] = ()
    #: What was done to that loan under the reference that was asked for.
    made: Made | None = None

    @property
    def exposure(self) -> Exposure:
        """Return what is owed and held."""
        return self.person.exposure

    __repr__ = redacted
    __rich_repr__ = nothing_for_rich
