"""What is answered about loans: what was done, and how they stand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

import msgspec

from wherewithal.service.ledger_records import LoanState, Made
from wherewithal.service.loan_course import payoff_cents
from wherewithal.service.loan_records import LoanStatus


class PaymentRecorded(msgspec.Struct, frozen=True, kw_only=True):
    """A payment, as it was recorded."""

    loan_id: str
    reference: str
    amount_cents: int
    paid_on: date
    #: Of the amount.
    principal_cents: int
    interest_cents: int
    #: Interest that is no longer owed: the loan was paid off before it was earned.
    waived_interest_cents: int
    #: Instalments that it completed by their day.
    on_time_payments: int
    #: After it.
    outstanding_cents: int
    status: str
    recorded_at: datetime


class RefundRecorded(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A refund, as it was recorded; a merchant reads the first four fields alone."""

    loan_id: str
    reference: str
    #: Of the basket.
    amount_cents: int
    recorded_at: datetime
    #: By how much what is owed fell, interest not counted: so much power has returned.
    principal_cents: int | None = None
    waived_interest_cents: int | None = None
    #: What the person had paid of it, and gets back.
    to_consumer_cents: int | None = None
    #: After it.
    outstanding_cents: int | None = None
    status: str | None = None


class ChargeOffRecorded(msgspec.Struct, frozen=True, kw_only=True):
    """A loan that was written off."""

    loan_id: str
    #: Principal that is no longer counted as owed.
    principal_cents: int
    status: str
    recorded_at: datetime


class InstalmentAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A payment of a loan."""

    number: int
    due_on: date
    amount_cents: int
    principal_cents: int
    interest_cents: int
    paid_cents: int
    #: The day of the last payment on it.
    paid_on: date | None


class LoanAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A loan as it stands."""

    loan_id: str
    #: None for one that was imported.
    hold_id: str | None
    #: The merchant's for the capture, or the lender's own number.
    reference: str
    merchant_id: str | None
    product: str
    plan: str
    originator: str
    note_rate_bps: int
    #: What was bought by it; None for one that was imported.
    basket_cents: int | None
    principal_cents: int
    #: Principal that is owed.
    outstanding_cents: int
    #: What pays it off today: interest that is not earned is not owed.
    payoff_cents: int
    #: open, repaid, refunded or charged_off.
    status: str
    booked_on: date
    #: Since the oldest payment that is late fell due; 0: none is.
    days_late: int
    instalments: tuple[InstalmentAnswer, ...]


class LoansAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """All loans of a person, newest first."""

    consumer_id: str
    loans: tuple[LoanAnswer, ...]


def payment_recorded(loan_id: UUID, made: Made) -> PaymentRecorded:
    """Return a payment as it was first answered."""
    detail = made.detail
    return PaymentRecorded(
        loan_id=str(loan_id),
        reference=made.reference,
        amount_cents=made.amount_cents,
        paid_on=date.fromisoformat(detail["paid_on"]),
        principal_cents=detail["principal_cents"],
        interest_cents=detail["interest_cents"],
        waived_interest_cents=detail["waived_cents"],
        on_time_payments=detail["on_time"],
        outstanding_cents=detail["outstanding_cents"],
        status=detail["status"],
        recorded_at=made.at,
    )


def refund_recorded(loan_id: UUID, made: Made, *, is_for_merchant: bool) -> RefundRecorded:
    """Return a refund as it was first answered.

    A merchant hears that it is recorded; what is owed or was paid is between lender and person.
    """
    answer = RefundRecorded(
        loan_id=str(loan_id),
        reference=made.reference,
        amount_cents=made.amount_cents,
        recorded_at=made.at,
    )
    if is_for_merchant:
        return answer
    detail = made.detail
    return msgspec.structs.replace(
        answer,
        principal_cents=detail["principal_cents"],
        waived_interest_cents=detail["waived_cents"],
        to_consumer_cents=detail["to_consumer_cents"],
        outstanding_cents=detail["outstanding_cents"],
        status=detail["status"],
    )


def charge_off_recorded(loan_id: UUID, made: Made) -> ChargeOffRecorded:
    """Return a charge-off as it was first answered."""
    return ChargeOffRecorded(
        loan_id=str(loan_id),
        principal_cents=made.amount_cents,
        status=LoanStatus.CHARGED_OFF.value,
        recorded_at=made.at,
    )


def loans_answer(consumer_id: UUID, states: Sequence[LoanState], *, on: date) -> LoansAnswer:
    """Return loans as they stand on a day."""
    return LoansAnswer(
        consumer_id=str(consumer_id), loans=tuple(loan_answer(one, on=on) for one in states)
    )


def loan_answer(state: LoanState, *, on: date) -> LoanAnswer:
    """Return a loan as it stands on a day."""
    loan = state.loan
    unpaid = [one for one in state.instalments if one.unpaid_cents]
    is_late = bool(unpaid) and unpaid[0].due_on < on
    return LoanAnswer(
        loan_id=str(loan.loan_id),
        hold_id=None if loan.hold_id is None else str(loan.hold_id),
        reference=loan.reference,
        merchant_id=loan.merchant_id,
        product=loan.product.value,
        plan=loan.plan.value,
        originator=loan.originator,
        note_rate_bps=loan.note_rate_bps,
        basket_cents=loan.basket_cents,
        principal_cents=loan.principal_cents,
        outstanding_cents=loan.outstanding_cents,
        payoff_cents=payoff_cents(state.instalments, on=on),
        status=loan.status,
        booked_on=loan.booked_on,
        days_late=(on - unpaid[0].due_on) // timedelta(days=1) if is_late else 0,
        instalments=tuple(
            InstalmentAnswer(
                number=one.number,
                due_on=one.due_on,
                amount_cents=one.amount_cents,
                principal_cents=one.principal_cents,
                interest_cents=one.interest_cents,
                paid_cents=one.paid_cents,
                paid_on=one.paid_on,
            )
            for one in state.instalments
        ),
    )
