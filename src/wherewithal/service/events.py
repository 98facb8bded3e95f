"""Events: what others may hear of, in one list, and how each is said to whom.

A payload holds ids, words, flags and amounts in cents; never who somebody is. Events are written in
the transaction of what they tell of (`event` in store/schema.sql) and numbered per consumer.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

import msgspec

from wherewithal.vocabulary.errors import InvariantBroken

SUFFIX_OF_AMOUNTS: Final = "_cents"


class EventType(StrEnum):
    """Every type of event that there is."""

    PREQUALIFICATION_DECIDED = "prequalification.decided"
    LIMIT_DECREASED = "limit.decreased"
    HOLD_PLACED = "hold.placed"
    HOLD_CAPTURED = "hold.captured"
    HOLD_VOIDED = "hold.voided"
    HOLD_EXPIRED = "hold.expired"
    COMMITMENT_ISSUED = "commitment.issued"
    COMMITMENT_NOT_HONOURED = "commitment.not_honoured"
    LOAN_PAID = "loan.paid"
    LOAN_REFUNDED = "loan.refunded"
    LOAN_LATE = "loan.late"
    LOAN_CHARGED_OFF = "loan.charged_off"
    OWN_CAP_SET = "own_cap.set"


#: Every field that a payload may have: one name, one meaning. What ends in `_cents` is an amount.
FIELDS: Final[Mapping[str, str]] = {
    "consumer_id": "the person",
    "prequalification_id": "the inquiry",
    "decision_id": "the decision",
    "hold_id": "the hold",
    "loan_id": "the loan",
    "commitment_id": "the commitment",
    "merchant_id": "the merchant",
    "reference": "the merchant's own reference of the hold, or of the refund",
    "outcome": "what was decided, such as `approved`",
    "is_over_limit": "whether it was booked above what was held",
    "power_total_cents": "largest single purchase, by this decision",
    "power_before_cents": "the same, as it was said before",
    "basket_cents": "price at the till",
    "amount_cents": "what it is about: of a capture or a refund, the part of the basket",
    "own_cap_cents": "the most that the person wants to owe; null: no cap",
    "captured_cents": "what of the basket was captured in all",
    "number": "which payment of the loan, from 1",
    "due_on": "the day on which it fell due",
    "loan_status": "where the loan stands: open, repaid, refunded or charged_off",
}


class EventKind(msgspec.Struct, frozen=True, kw_only=True):
    """One type of event, for who writes it and for who reads of it."""

    meaning: str
    #: Names of `FIELDS`; no payload has another.
    fields: tuple[str, ...]
    #: Of these, what is told to the lender alone, whatever the consumer consented to.
    lender_only: tuple[str, ...] = ()


_OF_LOAN = ("consumer_id", "loan_id")
_OF_HOLD = ("consumer_id", "hold_id", "merchant_id", "reference")
KINDS: Final[Mapping[EventType, EventKind]] = {
    EventType.PREQUALIFICATION_DECIDED: EventKind(
        meaning="An inquiry was answered with a decision made now.",
        fields=("consumer_id", "prequalification_id", "decision_id", "outcome"),
    ),
    EventType.LIMIT_DECREASED: EventKind(
        meaning="A decision communicates less spending power than the person was told before.",
        fields=(
            *("consumer_id", "prequalification_id", "decision_id"),
            *("power_total_cents", "power_before_cents"),
        ),
    ),
    EventType.HOLD_PLACED: EventKind(
        meaning="A merchant reserved power for a basket.", fields=(*_OF_HOLD, "basket_cents")
    ),
    EventType.HOLD_CAPTURED: EventKind(
        meaning="A hold was captured, whole or in part: a loan is booked.",
        fields=(*_OF_HOLD, "loan_id", "amount_cents", "is_over_limit"),
        lender_only=("loan_id", "is_over_limit"),
    ),
    EventType.HOLD_VOIDED: EventKind(
        meaning="A hold was given back.", fields=(*_OF_HOLD, "captured_cents")
    ),
    EventType.COMMITMENT_ISSUED: EventKind(
        meaning="A promise was made of what can be spent with one product; the lender alone hears.",
        fields=("consumer_id", "prequalification_id", "commitment_id", "amount_cents"),
    ),
    EventType.COMMITMENT_NOT_HONOURED: EventKind(
        meaning="A hold under a commitment was refused; the lender alone hears of it here.",
        fields=("consumer_id", "commitment_id", "merchant_id", "basket_cents"),
    ),
    EventType.HOLD_EXPIRED: EventKind(
        meaning="A hold ran out; it may be written some time after it did.",
        fields=(*_OF_HOLD, "captured_cents"),
    ),
    EventType.LOAN_PAID: EventKind(
        meaning="A payment was made on a loan.",
        fields=(*_OF_LOAN, "amount_cents", "loan_status"),
    ),
    EventType.LOAN_REFUNDED: EventKind(
        meaning="Goods that a loan bought were given back, all or in part.",
        fields=(*_OF_LOAN, "merchant_id", "reference", "amount_cents"),
    ),
    EventType.LOAN_LATE: EventKind(
        meaning="A payment of a loan has fallen late; told once, some time after it did.",
        fields=(*_OF_LOAN, "number", "due_on", "amount_cents"),
    ),
    EventType.OWN_CAP_SET: EventKind(
        meaning="A person set or removed their own cap; the lender alone hears.",
        fields=("consumer_id", "own_cap_cents"),
    ),
    EventType.LOAN_CHARGED_OFF: EventKind(
        meaning="A loan was written off.", fields=(*_OF_LOAN, "amount_cents")
    ),
}


class ToldEvent(msgspec.Struct, frozen=True, kw_only=True):
    """An event as it is read back, for one audience."""

    event_id: UUID
    consumer_id: UUID
    #: A word of `EventType`; of a newer build it may be one that this build does not know.
    type: str
    #: Counted per consumer: over all events for the lender, over a merchant's own for the merchant,
    #: so that no gap tells a merchant what happens elsewhere.
    sequence: int
    created_at: datetime
    payload: dict[str, Any]
    #: Whether who hears it speaks for one merchant, and whether the consumer lets that merchant
    #: know amounts.
    is_for_merchant: bool
    may_know_amounts: bool


class EventAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """An event as it is sent and as it is polled."""

    #: The same at every attempt and in the list; who hears of it twice knows it by this.
    id: str
    type: str
    timestamp: datetime
    consumer_id: str
    sequence: int
    data: dict[str, Any]


def check_event(type_: str, payload: Mapping[str, Any]) -> None:
    """Refuse an event that is not declared here.

    Errors: InvariantBroken, naming the type and the fields, never a value.
    """
    kind = KINDS.get(type_)  # type: ignore[call-overload]  # a StrEnum is found by its text
    if kind is None:
        message = f"event {type_}: declare it in service/events.py"
        raise InvariantBroken(message)
    if stray := sorted(set(payload) - set(kind.fields)):
        message = f"event {type_}: fields {', '.join(stray)} are not declared in service/events.py"
        raise InvariantBroken(message)


def event_answer(event: ToldEvent) -> EventAnswer:
    """Return what an audience hears of an event.

    A merchant hears amounts only with the consumer's consent, and of a type that this build does
    not know nothing but that it was.
    """
    return EventAnswer(
        id=str(event.event_id),
        type=event.type,
        timestamp=event.created_at,
        consumer_id=str(event.consumer_id),
        sequence=event.sequence,
        data=_for_merchant(event) if event.is_for_merchant else event.payload,
    )


def _for_merchant(event: ToldEvent) -> dict[str, Any]:
    kind = KINDS.get(event.type)  # type: ignore[call-overload]
    if kind is None:
        return {}
    known = set(kind.fields) - set(kind.lender_only)
    return {
        name: value
        for name, value in event.payload.items()
        if name in known and (event.may_know_amounts or not name.endswith(SUFFIX_OF_AMOUNTS))
    }
