"""What happens to an account, written up: each method notes the changes that belong together.

Nothing is decided here. Totals of the account move by the entries' deltas alone, so a recompute
from the ledger finds what the account says.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from wherewithal.lending import (
    check_plan,
    monthly_schedule,
    note_rate_within_cap,
    pay_in_4_schedule,
)
from wherewithal.service.applicant_facts import calendar_day
from wherewithal.service.commitment_records import Attempt
from wherewithal.service.hold_states import MOVES, REST_WITHIN, Move
from wherewithal.service.ledger_records import (
    AccountView,
    Changes,
    Due,
    Entry,
    EntryKind,
    Event,
    Hold,
    HoldMove,
    HoldStatus,
    Loan,
)
from wherewithal.service.notice_records import NoticeCase
from wherewithal.vocabulary.program import PlanCode


class AccountBook:
    """Collects what one use case changes."""

    def __init__(self, view: AccountView) -> None:
        """Begin with the holds that are past their time: whoever comes by writes them down."""
        self.view = view
        self.changes = Changes()
        for hold in view.lapsed:
            self._end(
                hold, Move.EXPIRE, at=hold.expires_at, kind=EntryKind.HOLD_EXPIRED, type_="expired"
            )

    def place(self, hold: Hold) -> None:
        """Reserve power."""
        self.changes.placed = hold
        self._note(hold, EntryKind.HOLD_PLACED, hold.amount_financed_cents, held=hold.held_cents)
        self._tell(hold, "hold.placed", basket_cents=hold.basket_cents)

    def attempt(self, attempt: Attempt | None, *, notice: NoticeCase | None, hold_id: UUID) -> None:
        """Write down that a commitment was used, or was not honoured, and the duty it opened."""
        if attempt is None:
            return
        if attempt.is_honoured:
            attempt = msgspec.structs.replace(attempt, hold_id=hold_id)
        elif attempt.is_within:
            payload = {
                "consumer_id": self.view.consumer_id,
                "commitment_id": attempt.commitment_id,
                "merchant_id": attempt.merchant_id,
                "basket_cents": attempt.amount_cents,
            }
            self.changes.events.append(
                Event(type="commitment.not_honoured", merchant_id=None, payload=payload)
            )
        self.changes.attempt, self.changes.notice = attempt, notice

    def void(self, hold: Hold) -> None:
        """Give everything back that is still held."""
        self._end(hold, Move.VOID, at=self.view.at, kind=EntryKind.HOLD_VOIDED, type_="voided")

    def capture(
        self, hold: Hold, loan: Loan, *, basket_cents: int, is_last: bool, has_ended: bool
    ) -> None:
        """Book a loan for a part of a hold, or for all that is left; the last gives back the rest.

        What was held for the loan is no longer held; a clearing above it is owed all the same, and
        one after the hold `has_ended` takes nothing from it.
        """
        taken = 0 if has_ended else min(hold.held_cents, loan.principal_cents)
        left = 0 if has_ended or is_last else hold.held_cents - taken
        released = 0 if has_ended else hold.held_cents - taken - left
        self.book(loan)
        self._note(
            hold, EntryKind.HOLD_CAPTURED, basket_cents, held=-taken, reference=loan.reference
        )
        if released:
            self._note(hold, EntryKind.HOLD_RELEASED, released, held=-released)
        if not has_ended:
            status = MOVES[hold.status, Move.CAPTURE_ALL if is_last else Move.CAPTURE_PART]
            self.changes.moves.append(
                HoldMove(
                    hold_id=hold.hold_id,
                    status=status,
                    captured_cents=hold.captured_cents + basket_cents,
                    held_cents=left,
                    payments=_payments_left(hold, left, at=self.view.at),
                    expires_at=max(hold.expires_at, hold.placed_at + REST_WITHIN),
                    ended_at=None if status is HoldStatus.HELD else self.view.at,
                )
            )
        self._tell(
            hold,
            "hold.captured",
            amount_cents=basket_cents,
            loan_id=loan.loan_id,
            is_over_limit=loan.is_over_limit,
        )

    def book(self, loan: Loan) -> None:
        """Book principal that is owed from now on."""
        self.changes.loans.append(loan)
        self.changes.first_booked_on = loan.booked_on
        self.changes.entries.append(
            Entry(
                kind=EntryKind.LOAN_BOOKED,
                hold_id=loan.hold_id,
                loan_id=loan.loan_id,
                reference=loan.reference,
                amount_cents=loan.principal_cents,
                drawn_delta_cents=loan.outstanding_cents,
                # So that the ledger alone tells what became of every payment.
                detail={
                    "is_over_limit": loan.is_over_limit,
                    "booked_on": loan.booked_on,
                    "payments": loan.payments,
                },
            )
        )

    def _end(self, hold: Hold, move: Move, *, at: datetime, kind: EntryKind, type_: str) -> None:
        self.changes.moves.append(
            HoldMove(
                hold_id=hold.hold_id,
                status=MOVES[hold.status, move],
                captured_cents=hold.captured_cents,
                held_cents=0,
                payments=(),
                ended_at=at,
            )
        )
        self._note(hold, kind, hold.held_cents, held=-hold.held_cents)
        self._tell(hold, f"hold.{type_}", captured_cents=hold.captured_cents)

    def _note(
        self, hold: Hold, kind: EntryKind, cents: int, *, held: int, reference: str | None = None
    ) -> None:
        self.changes.entries.append(
            Entry(
                kind=kind,
                hold_id=hold.hold_id,
                reference=reference,
                amount_cents=cents,
                held_delta_cents=held,
            )
        )

    def _tell(self, hold: Hold, type_: str, **more: Any) -> None:
        payload = {
            "consumer_id": self.view.consumer_id,
            "hold_id": hold.hold_id,
            "merchant_id": hold.merchant_id,
            "reference": hold.reference,
            **more,
        }
        self.changes.events.append(Event(type=type_, merchant_id=hold.merchant_id, payload=payload))


def loan_of(
    hold: Hold,
    *,
    loan_id: UUID,
    reference: str,
    basket_cents: int,
    principal_cents: int,
    at: datetime,
    is_over_limit: bool,
) -> Loan:
    """Return the loan that a capture books: the hold's plan, from the day of the capture."""
    payments = plan_payments(hold, principal_cents, at=at)
    return Loan(
        loan_id=loan_id,
        hold_id=hold.hold_id,
        reference=reference,
        merchant_id=hold.merchant_id,
        product=hold.product,
        plan=hold.plan,
        originator=hold.originator,
        note_rate_bps=rate_of(hold, principal_cents),
        basket_cents=basket_cents,
        principal_cents=principal_cents,
        outstanding_cents=principal_cents,
        status="open",
        booked_on=calendar_day(at),
        booked_at=at,
        is_over_limit=is_over_limit,
        is_furnished=False,
        payments=payments,
    )


def plan_payments(hold: Hold, principal_cents: int, *, at: datetime) -> tuple[Due, ...]:
    """Return the payments on a principal under a hold's plan, the down payment left out.

    Pay in four lends thirds of the basket's quarters: a principal that three does not divide has
    its remainder in the first payment.
    """
    on = calendar_day(at)
    if principal_cents == 0:
        return ()
    if hold.plan is PlanCode.PAY_IN_4:
        third, more = divmod(principal_cents, 3)
        days = [one.due_on for one in pay_in_4_schedule(basket_cents=4, purchased_on=on).payments]
        amounts = (third + more, third, third)
        dues = tuple(
            Due(day, cents, cents, 0) for day, cents in zip(days[1:], amounts, strict=True) if cents
        )
        return _checked(hold, principal_cents, dues, on=on)
    schedule = monthly_schedule(
        principal_cents=principal_cents,
        note_rate_bps=rate_of(hold, principal_cents),
        term_months=hold.plan.term_months or 0,
        start_on=on,
    )
    dues = tuple(
        Due(one.due_on, one.amount_cents, one.principal_cents, one.interest_cents)
        for one in schedule.payments
    )
    return _checked(hold, principal_cents, dues, on=on)


def _checked(
    hold: Hold, principal_cents: int, dues: tuple[Due, ...], *, on: date
) -> tuple[Due, ...]:
    """Return the payments of a part, which is a plan of its own and keeps the hold's cap."""
    check_plan(
        start_on=on, financed_cents=principal_cents, payments=dues, apr_cap_bps=hold.apr_cap_bps
    )
    return dues


def rate_of(hold: Hold, principal_cents: int) -> int:
    """Return the note rate on a part of a hold: rounding weighs more on less, and the cap holds."""
    if hold.plan is PlanCode.PAY_IN_4:
        return 0
    return note_rate_within_cap(
        principal_cents=principal_cents,
        note_rate_bps=hold.note_rate_bps,
        term_months=hold.plan.term_months or 0,
        apr_cap_bps=hold.apr_cap_bps,
    )


def _payments_left(hold: Hold, left_cents: int, *, at: datetime) -> tuple[Due, ...]:
    return (
        hold.payments if left_cents == hold.held_cents else plan_payments(hold, left_cents, at=at)
    )
