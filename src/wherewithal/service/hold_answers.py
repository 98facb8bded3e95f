"""What a merchant is answered about a hold: nothing of the person but what the basket says."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import msgspec

from wherewithal.qualify.offers import Offer
from wherewithal.service.answers import PlanAnswer
from wherewithal.service.ledger_records import Hold, HoldStatus, Loan
from wherewithal.service.merchant_answers import PaymentAnswer
from wherewithal.service.products_answer import plan_answer
from wherewithal.service.read_merchant import payments_of


class HoldAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A hold, with the plan and the payments as they were when it was placed."""

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
    plan: PlanAnswer
    payments: tuple[PaymentAnswer, ...]
    commitment_id: str | None = None
    placed_at: datetime
    expires_at: datetime
    ended_at: datetime | None = None


class HoldsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A person's holds: all that are open, and those that ended last."""

    consumer_id: str
    #: Newest first.
    holds: tuple[HoldAnswer, ...]


_FIRST: Final = msgspec.json.Decoder(HoldAnswer)


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


def hold_answer(hold: Hold, *, consumer_id: object, offer: Offer) -> HoldAnswer:
    """Return a new hold, with the plan under which its basket is lent."""
    return HoldAnswer(
        hold_id=str(hold.hold_id),
        consumer_id=str(consumer_id),
        merchant_id=hold.merchant_id,
        reference=hold.reference,
        status=hold.status.value,
        product=hold.product.value,
        rail=hold.rail.value,
        basket_cents=hold.basket_cents,
        captured_cents=0,
        open_cents=hold.basket_cents,
        plan=plan_answer(offer),
        payments=payments_of(offer),
        commitment_id=None if hold.commitment_id is None else str(hold.commitment_id),
        placed_at=hold.placed_at,
        expires_at=hold.expires_at,
    )


def hold_as_it_stands(hold: Hold, *, at: datetime) -> HoldAnswer:
    """Return a hold at a moment: as it was answered first, and what has become of it.

    One that is past its time has expired then, whether or not that was written down.
    """
    has_lapsed = hold.status is HoldStatus.HELD and hold.expires_at <= at
    status = HoldStatus.EXPIRED if has_lapsed else hold.status
    is_held = status is HoldStatus.HELD
    return msgspec.structs.replace(
        _FIRST.decode(hold.response),
        status=status.value,
        captured_cents=hold.captured_cents,
        open_cents=max(0, hold.basket_cents - hold.captured_cents) if is_held else 0,
        expires_at=hold.expires_at,
        ended_at=hold.expires_at if has_lapsed else hold.ended_at,
    )
