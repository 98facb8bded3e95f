"""Loans: payments, refunds and charge-offs are recorded, and a person's loans are read."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from wherewithal.service.change_loan import LoanRequest
from wherewithal.service.loan_answers import (
    ChargeOffRecorded,
    LoansAnswer,
    PaymentRecorded,
    RefundRecorded,
)
from wherewithal.surfaces.http import examples_loan as examples
from wherewithal.surfaces.http.fields import schema_of
from wherewithal.surfaces.http.loan_json import PAYMENT, REFUND, read_loan_request
from wherewithal.surfaces.http.operation import Body, Call, Operation, Success
from wherewithal.surfaces.http.path_fields import CONSUMER_ID, LOAN_ID
from wherewithal.surfaces.http.problem import or_not_found
from wherewithal.surfaces.http.reply import Reply, json_reply
from wherewithal.surfaces.http.tokens import Scope

_TAG = "Loans"
_SERVICING = frozenset({Scope.SERVICING})


class RecordsRefund(Protocol):
    """Records a refund, once for each reference within its loan."""

    async def __call__(
        self, request: LoanRequest, *, merchant_id: str | None
    ) -> tuple[RefundRecorded, bool]:
        """Return it, and whether it is new; `merchant_id` is the only merchant that may.

        Errors: LoanRefused, Unavailable.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanDoors:
    """What these routes reach for."""

    #: The payment, and whether it is new. Errors: LoanRefused, Unavailable; so the others.
    pay: Callable[[LoanRequest], Awaitable[tuple[PaymentRecorded, bool]]]
    refund: RecordsRefund
    charge_off: Callable[[UUID], Awaitable[ChargeOffRecorded]]
    #: A person's own, newest first; None where there is no such consumer.
    list_of: Callable[[UUID], Awaitable[LoansAnswer | None]]


def loan_operations(doors: LoanDoors) -> tuple[Operation, ...]:
    """Return the routes of loans."""
    return (_pay(doors), _refund(doors), _charge_off(doors), _list(doors))


def _pay(doors: LoanDoors) -> Operation:
    async def pay(call: Call) -> Reply:
        answer, is_new = await doors.pay(read_loan_request(call, PAYMENT))
        return json_reply(answer, status=201 if is_new else 200)

    success: dict[str, Any] = {"schema": PaymentRecorded, "examples": {"first": examples.PAYMENT}}
    return Operation(
        operation_id="recordPayment",
        method="POST",
        path="/v1/loans/{loan_id}/payments",
        tag=_TAG,
        summary="Record a payment",
        description=(
            "It pays the oldest unpaid instalments, interest before principal within each. Exactly "
            "what pays the loan off ends it: interest that is not earned is not owed. Power "
            "returns at once by the principal that was paid."
        ),
        handle=pay,
        scopes=_SERVICING,
        path_fields={"loan_id": LOAN_ID},
        body=Body(
            schema=schema_of(PAYMENT, meaning="what was paid"),
            examples={"first": examples.PAYMENT_ASK},
        ),
        successes={
            200: Success(meaning="The first answer to this reference", **success),
            201: Success(meaning="The payment", **success),
        },
        problems=("loan-refused",),
    )


def _refund(doors: LoanDoors) -> Operation:
    async def refund(call: Call) -> Reply:
        merchant_id = call.caller.merchant_id if call.caller else None
        answer, is_new = await doors.refund(
            read_loan_request(call, REFUND), merchant_id=merchant_id
        )
        return json_reply(answer, status=201 if is_new else 200)

    success: dict[str, Any] = {
        "schema": RefundRecorded,
        "examples": {"lender": examples.REFUND, "merchant": examples.REFUND_FOR_MERCHANT},
    }
    return Operation(
        operation_id="recordRefund",
        method="POST",
        path="/v1/loans/{loan_id}/refunds",
        tag=_TAG,
        summary="Record a refund",
        description=(
            "Goods came back, all or in part. What is owed falls from the last instalment "
            "backwards, and so does the interest of what is left; what the person had paid of it "
            "is `to_consumer_cents`. Power returns once, by what was still owed. A key that speaks "
            "for one merchant refunds its own loans, and hears nothing of what is owed or paid."
        ),
        handle=refund,
        scopes=frozenset({Scope.SERVICING, Scope.HOLDS}),
        path_fields={"loan_id": LOAN_ID},
        body=Body(
            schema=schema_of(REFUND, meaning="what came back"),
            examples={"a part": examples.REFUND_ASK},
        ),
        successes={
            200: Success(meaning="The first answer to this reference", **success),
            201: Success(meaning="The refund", **success),
        },
        problems=("loan-refused",),
    )


def _charge_off(doors: LoanDoors) -> Operation:
    async def charge_off(call: Call) -> Reply:
        return json_reply(await doors.charge_off(call.path["loan_id"]))

    return Operation(
        operation_id="chargeOffLoan",
        method="POST",
        path="/v1/loans/{loan_id}/charge-off",
        tag=_TAG,
        summary="Write a loan off",
        description=(
            "Its principal is no longer counted as owed, and nothing more is lent to the person: "
            "that it happened stays. What is still paid of it is taken. Twice is once. No body is "
            "needed."
        ),
        handle=charge_off,
        scopes=_SERVICING,
        path_fields={"loan_id": LOAN_ID},
        successes={
            200: Success(
                meaning="The loan, written off",
                schema=ChargeOffRecorded,
                examples={"written_off": examples.CHARGE_OFF},
            )
        },
        problems=("loan-refused",),
    )


def _list(doors: LoanDoors) -> Operation:
    async def read(call: Call) -> Reply:
        return json_reply(or_not_found(await doors.list_of(call.path["consumer_id"])))

    return Operation(
        operation_id="listLoans",
        method="GET",
        path="/v1/consumers/{consumer_id}/loans",
        tag=_TAG,
        summary="A person's own loans",
        description=(
            "Newest first, with instalments: what was paid, what is late, what pays each off today."
        ),
        handle=read,
        scopes=frozenset({Scope.SERVICING, Scope.READ}),
        path_fields={"consumer_id": CONSUMER_ID},
        successes={
            200: Success(
                meaning="Their loans", schema=LoansAnswer, examples={"one": examples.LOANS}
            )
        },
    )
