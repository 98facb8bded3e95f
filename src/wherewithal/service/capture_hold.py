"""Capture a hold, once or in parts: each capture books a loan, once for each of its references."""

from __future__ import annotations

from typing import Final
from uuid import UUID

import msgspec

from wherewithal.lending import pay_in_4_financed_cents
from wherewithal.service.account_book import AccountBook, loan_of
from wherewithal.service.hold_answers import CaptureAnswer, capture_answer
from wherewithal.service.hold_refusals import HoldRefused, UnknownHold
from wherewithal.service.hold_states import PART_CENTS_MIN
from wherewithal.service.ledger_ports import KeepsLedger, LookFor
from wherewithal.service.ledger_records import AccountView, Hold, HoldStatus, Rail
from wherewithal.service.open_hold import open_hold
from wherewithal.vocabulary.program import PlanCode

#: What is refused once a hold has ended.
ENDED: Final = {
    HoldStatus.CAPTURED: "hold_captured",
    HoldStatus.VOIDED: "hold_voided",
    HoldStatus.EXPIRED: "hold_expired",
}


class CaptureRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a basket has been delivered, or all of it."""

    hold_id: UUID
    #: The merchant's own, unique within the hold.
    reference: str
    #: Of the basket; None: all that is left of it.
    amount_cents: int | None = None
    #: Whether nothing more will come: what is left is given back.
    is_last: bool = True


async def capture_hold(
    request: CaptureRequest, *, merchant_id: str | None, ledger: KeepsLedger, loan_id: UUID
) -> CaptureAnswer:
    """Return the capture; the same reference returns the first one again.

    `merchant_id`: the only merchant that may; None: any. On card rails a clearing above what is
    held, or after the hold has ended, is booked and flagged: the goods are gone.
    Errors: HoldRefused; nothing is booked then. Unavailable.
    """
    look_for = LookFor(hold_id=request.hold_id, capture_reference=request.reference)
    async with open_hold(look_for, merchant_id=merchant_id, ledger=ledger) as (account, _):
        book = AccountBook(account.view)
        answer = book_capture(request, account.view, book, loan_id)
        await account.write(book.changes)
    if isinstance(answer, HoldRefused):
        raise answer
    return answer


def book_capture(
    request: CaptureRequest, view: AccountView, book: AccountBook, loan_id: UUID
) -> CaptureAnswer | HoldRefused:
    """Note the capture in the book, or say why there is none."""
    hold, made = view.hold, view.captured
    if hold is None:
        return UnknownHold()
    if made is not None:
        is_same = request.amount_cents in (None, made.basket_cents)
        return capture_answer(made) if is_same else HoldRefused("reference_reused")
    status = HoldStatus.EXPIRED if hold in view.lapsed else hold.status
    has_ended = status is not HoldStatus.HELD
    # On card rails only a clearing that says how much is owed is booked after the end.
    if has_ended and (hold.rail is Rail.DIRECT or request.amount_cents is None):
        return HoldRefused(ENDED[status])
    open_cents = 0 if has_ended else hold.basket_cents - hold.captured_cents
    amount_cents = open_cents if request.amount_cents is None else request.amount_cents
    is_over = amount_cents > open_cents
    if is_over and hold.rail is Rail.DIRECT:
        return HoldRefused("above_hold")
    principal_cents = _principal_cents(hold, amount_cents)
    is_crumb = amount_cents < min(open_cents, PART_CENTS_MIN)
    if principal_cents <= 0 or is_crumb:
        return HoldRefused("too_small")
    loan = loan_of(
        hold,
        loan_id=loan_id,
        reference=request.reference,
        basket_cents=amount_cents,
        principal_cents=principal_cents,
        at=view.at,
        is_over_limit=is_over,
    )
    is_last = request.is_last or amount_cents >= open_cents
    book.capture(hold, loan, basket_cents=amount_cents, is_last=is_last, has_ended=has_ended)
    return capture_answer(loan)


def _principal_cents(hold: Hold, amount_cents: int) -> int:
    """Return what is lent of the next part of a basket; all parts come to no more than the whole.

    Pay in four is a plan of its own for each part: a quarter of it is paid at the till, and
    quarters rounded down never add up to more than the quarter of all. Elsewhere what is paid at
    the till is in proportion to what was captured by then, so that the parts add up to the cent.
    """
    if hold.plan is PlanCode.PAY_IN_4:
        return pay_in_4_financed_cents(amount_cents)

    def paid_cents(captured_cents: int) -> int:
        return captured_cents * hold.down_payment_cents // hold.basket_cents

    before_cents = hold.captured_cents
    return amount_cents - (paid_cents(before_cents + amount_cents) - paid_cents(before_cents))
