"""What a merchant is answered about a hold: nothing of the person but what the basket says."""

from __future__ import annotations

from datetime import datetime

import msgspec

from wherewithal.qualify.offers import Offer
from wherewithal.service.answers import PlanAnswer
from wherewithal.service.ledger_records import Hold, Loan
from wherewithal.service.merchant_answers import PaymentAnswer
from wherewithal.service.products_answer import plan_answer
from wherewithal.service.read_merchant import payments_of


class HoldAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A hold, as it was placed."""

    hold_id: str
    consumer_id: str
    merchant_id: str
    reference: str
    #: held, captured, voided or expired.
    status: str
    product: str
    rail: str
    basket_cents: int
    #: Of the basket, by now.
    captured_cents: int
    #: Of the basket, what may still be captured.
    open_cents: int
    plan: PlanAnswer | None = None
    payments: tuple[PaymentAnswer, ...] = ()
    commitment_id: str | None = None
    placed_at: datetime
    expires_at: datetime
    ended_at: datetime | None = None


class CaptureAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A capture: the loan that it booked."""

    hold_id: str
    loan_id: str
    reference: str
    #: Of the basket.
    amount_cents: int
    principal_cents: int
    #: Cleared above what was held, or after it had ended: on card rails alone.
    is_over_limit: bool
    booked_at: datetime


def capture_answer(loan: Loan) -> CaptureAnswer:
    """Return a capture as it was made, whatever has become of its loan since."""
    return CaptureAnswer(
        hold_id=str(loan.hold_id),
        loan_id=str(loan.loan_id),
        reference=loan.reference,
        amount_cents=loan.basket_cents or 0,
        principal_cents=loan.principal_cents,
        is_over_limit=loan.is_over_limit,
        booked_at=loan.booked_at,
    )


def hold_answer(hold: Hold, *, consumer_id: object, offer: Offer | None = None) -> HoldAnswer:
    """Return a hold as it stands; with its plan where the offer is given."""
    return HoldAnswer(
        hold_id=str(hold.hold_id),
        consumer_id=str(consumer_id),
        merchant_id=hold.merchant_id,
        reference=hold.reference,
        status=hold.status.value,
        product=hold.product.value,
        rail=hold.rail.value,
        basket_cents=hold.basket_cents,
        captured_cents=hold.captured_cents,
        open_cents=max(0, hold.basket_cents - hold.captured_cents) if hold.held_cents else 0,
        plan=None if offer is None else plan_answer(offer),
        payments=() if offer is None else payments_of(offer),
        commitment_id=None if hold.commitment_id is None else str(hold.commitment_id),
        placed_at=hold.placed_at,
        expires_at=hold.expires_at,
        ended_at=hold.ended_at,
    )
