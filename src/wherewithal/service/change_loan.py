"""Payments, refunds, charge-offs: each once for each reference, under the account's lock."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from datetime import date
from uuid import UUID

import msgspec

from wherewithal.service.account_book import AccountBook
from wherewithal.service.applicant_facts import calendar_day
from wherewithal.service.ledger_ports import KeepsLedger, LookFor, OpenAccount
from wherewithal.service.ledger_records import EntryKind, LoanState, Made
from wherewithal.service.loan_answers import (
    ChargeOffRecorded,
    LoansAnswer,
    PaymentRecorded,
    RefundRecorded,
    charge_off_recorded,
    loans_answer,
    payment_recorded,
    refund_recorded,
)
from wherewithal.service.loan_book import CHARGE_OFF, LoanBook
from wherewithal.service.loan_course import after_payment, after_refund
from wherewithal.service.loan_records import LoanStatus
from wherewithal.service.loan_refusals import LoanRefused, UnknownLoan

_ENDED = frozenset({LoanStatus.REPAID, LoanStatus.REFUNDED})


class LoanRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Something was paid on a loan, or goods that it bought were given back."""

    loan_id: UUID
    #: Unique within the loan, for payments and for refunds.
    reference: str
    amount_cents: int
    #: When it was paid; None: today. A refund has none.
    paid_on: date | None = None


async def record_payment(
    request: LoanRequest, *, ledger: KeepsLedger
) -> tuple[PaymentRecorded, bool]:
    """Return a payment, and whether it is new; the same reference returns the first one again.

    Of a loan that was written off it is taken too, and nothing opens again.
    Errors: LoanRefused; nothing is recorded then. Unavailable.
    """
    async with _open_loan(request.loan_id, ledger, EntryKind.PAYMENT_MADE, request.reference) as (
        account,
        state,
    ):
        view = account.view
        if view.made is not None:
            before = payment_recorded(request.loan_id, view.made)
            if (before.amount_cents, request.paid_on or before.paid_on) != (
                request.amount_cents,
                before.paid_on,
            ):
                raise LoanRefused("loan_reference_reused")
            return before, False
        book = AccountBook(view)
        made = _paid(request, state, book)
        await account.write(book.changes)
    if isinstance(made, LoanRefused):
        raise made
    return payment_recorded(request.loan_id, made), True


def _paid(request: LoanRequest, state: LoanState, book: AccountBook) -> Made | LoanRefused:
    today = calendar_day(book.view.at)
    on = request.paid_on or today
    if on > today:
        return LoanRefused("paid_in_future")
    if on < state.loan.booked_on:
        return LoanRefused("paid_before_booked")
    if not any(one.unpaid_cents for one in state.instalments):
        return LoanRefused("loan_ended")
    course = after_payment(state.instalments, request.amount_cents, on=on)
    if course is None:
        return LoanRefused("above_owed")
    return LoanBook(book, state).pay(request.reference, request.amount_cents, course, on=on)


async def record_refund(
    request: LoanRequest, *, merchant_id: str | None, ledger: KeepsLedger
) -> tuple[RefundRecorded, bool]:
    """Return a refund, and whether it is new; the same reference returns the first one again.

    `merchant_id`: the only merchant that may; None: any. Power comes back by what was still owed,
    once, and never by more than was lent; the rest is what the person had paid.
    Errors: LoanRefused; nothing is recorded then. Unavailable.
    """
    is_for_merchant = merchant_id is not None
    async with _open_loan(
        request.loan_id, ledger, EntryKind.LOAN_REFUNDED, request.reference, merchant_id=merchant_id
    ) as (account, state):
        made = account.view.made
        if made is not None:
            if made.amount_cents != request.amount_cents:
                raise LoanRefused("loan_reference_reused")
            return refund_recorded(request.loan_id, made, is_for_merchant=is_for_merchant), False
        book = AccountBook(account.view)
        is_above = request.amount_cents > state.refundable_cents
        if not is_above:
            course = after_refund(
                state.instalments,
                request.amount_cents,
                note_rate_bps=state.loan.note_rate_bps,
                on=calendar_day(account.view.at),
            )
            made = LoanBook(book, state).refund(request.reference, request.amount_cents, course)
        await account.write(book.changes)
    if made is None:
        raise LoanRefused("above_basket")
    return refund_recorded(request.loan_id, made, is_for_merchant=is_for_merchant), True


async def charge_off(loan_id: UUID, *, ledger: KeepsLedger) -> ChargeOffRecorded:
    """Write a loan off, and return it; twice is once. That it happened stays, whatever is paid.

    Errors: LoanRefused for one that has ended. Unavailable.
    """
    async with _open_loan(loan_id, ledger, EntryKind.LOAN_CHARGED_OFF, CHARGE_OFF) as (
        account,
        state,
    ):
        made = account.view.made
        book = AccountBook(account.view)
        if made is None and state.loan.status == LoanStatus.OPEN:
            made = LoanBook(book, state).charge_off()
        await account.write(book.changes)
    if made is None:
        raise LoanRefused("loan_ended")
    return charge_off_recorded(loan_id, made)


async def mark_late(*, ledger: KeepsLedger, consumers_max: int) -> int:
    """Write down once what has fallen late, and tell of it; return for how many consumers.

    Whether somebody is late is worked out when it is read: with nobody marking, all else is the
    same.
    """
    consumers = await ledger.late_consumers(rows_max=consumers_max)
    for consumer_id in consumers:
        async with ledger.open_account(consumer_id, LookFor(has_late_loans=True)) as account:
            if account is None:
                continue
            book, today = AccountBook(account.view), calendar_day(account.view.at)
            for state in account.view.loans:
                late = [
                    one
                    for one in state.instalments
                    if one.unpaid_cents and one.due_on < today and one.late_at is None
                ]
                LoanBook(book, state).late(late)
            await account.write(book.changes)
    return len(consumers)


async def list_loans(consumer_id: UUID, *, ledger: KeepsLedger) -> LoansAnswer | None:
    """Return all loans of a person, newest first; None if there is no such consumer."""
    found = await ledger.read_loans(consumer_id)
    if found is None:
        return None
    states, at = found
    return loans_answer(consumer_id, states, on=calendar_day(at))


@contextlib.asynccontextmanager
async def _open_loan(
    loan_id: UUID,
    ledger: KeepsLedger,
    kind: EntryKind,
    reference: str,
    *,
    merchant_id: str | None = None,
) -> AsyncIterator[tuple[OpenAccount, LoanState]]:
    """Lock the account of a loan. Errors: UnknownLoan, for another merchant's too."""
    found = await ledger.find_loan(loan_id)
    if found is None or merchant_id not in (None, found[1]):
        raise UnknownLoan
    look_for = LookFor(loan_id=loan_id, entry_kind=kind, entry_reference=reference)
    async with ledger.open_account(found[0], look_for) as account:
        if account is None or not account.view.loans:
            raise UnknownLoan
        yield account, account.view.loans[0]
