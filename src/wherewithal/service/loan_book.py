"""What happens to a loan, written up: entry, event and instalments that belong together.

An entry keeps all that it changed, so that the ledger alone tells what every instalment came to.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from msgspec.structs import replace

from wherewithal.service.account_book import AccountBook
from wherewithal.service.ledger_records import Entry, EntryKind, Event, LoanState, Made
from wherewithal.service.loan_course import Course
from wherewithal.service.loan_records import Instalment, LoanMove, LoanStatus

#: A loan is written off once: the entry's reference.
CHARGE_OFF = "charge-off"


class LoanBook:
    """Collects what one use case changes in a loan."""

    def __init__(self, book: AccountBook, state: LoanState) -> None:
        """Write into an account's book."""
        self._book, self._state = book, state

    def pay(self, reference: str, amount_cents: int, course: Course, *, on: date) -> Made:
        """Note a payment; the last one ends the loan."""
        outstanding, status = self._after(course)
        detail = {
            "paid_on": on.isoformat(),
            "principal_cents": course.principal_cents,
            "interest_cents": course.interest_cents,
            "waived_cents": course.waived_cents,
            "on_time": course.on_time,
            "outstanding_cents": outstanding,
            "status": status.value,
            **self._changed(course.instalments),
        }
        self._book.changes.on_time_payments += course.on_time
        made = self._note(EntryKind.PAYMENT_MADE, reference, amount_cents, detail)
        self._move(course.instalments, outstanding, status)
        self._tell("loan.paid", amount_cents=amount_cents, loan_status=status.value)
        return made

    def refund(self, reference: str, amount_cents: int, course: Course) -> Made:
        """Note a refund; one of all that was bought, or of all that is owed, ends the loan."""
        outstanding, status = self._after(course, ends=LoanStatus.REFUNDED)
        if amount_cents == self._state.refundable_cents and status is LoanStatus.REPAID:
            status = LoanStatus.REFUNDED
        detail = {
            "principal_cents": course.principal_cents,
            "waived_cents": course.waived_cents,
            "to_consumer_cents": amount_cents - course.principal_cents,
            "outstanding_cents": outstanding,
            "status": status.value,
            **self._changed(course.instalments),
        }
        made = self._note(EntryKind.LOAN_REFUNDED, reference, amount_cents, detail)
        self._move(course.instalments, outstanding, status)
        self._tell(
            "loan.refunded",
            merchant_id=self._state.loan.merchant_id,
            reference=reference,
            amount_cents=amount_cents,
        )
        return made

    def charge_off(self) -> Made:
        """Note that the loan is written off; nobody waits for its instalments any more."""
        loan = self._state.loan
        waiting = tuple(
            replace(one, late_at=one.late_at or self._book.view.at)
            for one in self._state.instalments
            if one.unpaid_cents
        )
        self._book.changes.has_charge_off = True
        made = self._note(
            EntryKind.LOAN_CHARGED_OFF, CHARGE_OFF, loan.outstanding_cents, {}, left=0
        )
        self._move(waiting, 0, LoanStatus.CHARGED_OFF)
        self._tell("loan.charged_off", amount_cents=loan.outstanding_cents)
        return made

    def late(self, instalments: Sequence[Instalment]) -> None:
        """Note each instalment that has fallen late."""
        loan, at = self._state.loan, self._book.view.at
        for one in instalments:
            day = one.due_on.isoformat()
            detail = {"number": one.number, "due_on": day}
            self._note(
                EntryKind.PAYMENT_LATE,
                str(one.number),
                one.unpaid_cents,
                detail,
                left=loan.outstanding_cents,
            )
            self._tell("loan.late", number=one.number, due_on=day, amount_cents=one.unpaid_cents)
        marked = tuple(replace(one, late_at=at) for one in instalments)
        self._move(marked, loan.outstanding_cents, LoanStatus(loan.status))

    def _after(
        self, course: Course, *, ends: LoanStatus = LoanStatus.REPAID
    ) -> tuple[int, LoanStatus]:
        """Return principal and state after something; what was written off stays so."""
        loan = self._state.loan
        if loan.status != LoanStatus.OPEN:
            return loan.outstanding_cents, LoanStatus(loan.status)
        left_cents = loan.outstanding_cents - course.principal_cents
        return left_cents, ends if left_cents == 0 else LoanStatus.OPEN

    def _changed(self, after: Sequence[Instalment]) -> dict[str, Any]:
        """Return what was paid of each instalment, and by how much each was lowered."""
        pairs = list(zip(self._state.instalments, after, strict=True))
        return {
            "paid": [
                [new.number, new.paid_cents - old.paid_cents]
                for old, new in pairs
                if new.paid_cents != old.paid_cents
            ],
            "lowered": [
                [
                    new.number,
                    old.principal_cents - new.principal_cents,
                    old.interest_cents - new.interest_cents,
                ]
                for old, new in pairs
                if new.amount_cents != old.amount_cents or new.interest_cents != old.interest_cents
            ],
        }

    def _note(
        self,
        kind: EntryKind,
        reference: str,
        amount_cents: int,
        detail: dict[str, Any],
        *,
        left: int | None = None,
    ) -> Made:
        loan = self._state.loan
        left = detail["outstanding_cents"] if left is None else left
        entry = Entry(
            kind=kind,
            loan_id=loan.loan_id,
            reference=reference,
            amount_cents=amount_cents,
            drawn_delta_cents=left - loan.outstanding_cents,
            detail=detail,
        )
        self._book.changes.entries.append(entry)
        return Made(
            kind=kind,
            reference=reference,
            amount_cents=amount_cents,
            at=self._book.view.at,
            detail=detail,
        )

    def _move(self, after: Sequence[Instalment], outstanding: int, status: LoanStatus) -> None:
        before = {one.number: one for one in self._state.instalments}
        self._book.changes.loan_moves.append(
            LoanMove(
                loan_id=self._state.loan.loan_id,
                outstanding_cents=outstanding,
                status=status,
                instalments=tuple(one for one in after if one != before[one.number]),
            )
        )

    def _tell(self, type_: str, *, merchant_id: str | None = None, **more: Any) -> None:
        loan_id: UUID = self._state.loan.loan_id
        payload = {"consumer_id": self._book.view.consumer_id, "loan_id": loan_id, **more}
        if merchant_id is not None:
            payload["merchant_id"] = merchant_id
        self._book.changes.events.append(
            Event(type=type_, merchant_id=merchant_id, payload=payload)
        )
