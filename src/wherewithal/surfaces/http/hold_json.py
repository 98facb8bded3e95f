"""The bodies of holds and captures: decoded JSON to what is asked, or all its mistakes."""

from __future__ import annotations

from typing import Any

from wherewithal.service.capture_hold import CaptureRequest
from wherewithal.service.ledger_records import HoldRequest
from wherewithal.surfaces.http.fields import Field, Fields, read_object
from wherewithal.surfaces.http.inquiry_json import AMOUNT
from wherewithal.surfaces.http.kinds import Boolean, Id, Text, Word
from wherewithal.surfaces.http.operation import Call
from wherewithal.surfaces.http.path_fields import (
    CONSUMER_ID,
    MERCHANT_ID,
    PREQUALIFICATION_ID,
)
from wherewithal.surfaces.http.problem import Refused
from wherewithal.vocabulary.program import PlanCode, ProductCode

_REFERENCE = Text(characters_max=100)

HOLD: Fields = {
    "consumer_id": CONSUMER_ID,
    "prequalification_id": PREQUALIFICATION_ID,
    "merchant_id": MERCHANT_ID,
    "reference": Field(
        kind=_REFERENCE,
        meaning="your own number for the purchase, unique for ever at the merchant; the same one "
        "again with the same content returns the first answer",
        is_required=True,
        example="order-7781",
    ),
    "product": Field(
        kind=Word(words=tuple(ProductCode), code="unknown_product", convert=ProductCode),
        meaning="how it is borrowed",
        is_required=True,
        example="pay_in_4",
    ),
    "plan": Field(
        kind=Word(words=tuple(PlanCode), code="unknown_plan", convert=PlanCode),
        meaning="the plan that the person chose",
        is_required=True,
        example="pay_in_4",
    ),
    "basket_cents": Field(
        kind=AMOUNT,
        meaning="the price at the till, down payment included",
        is_required=True,
        example=45_000,
    ),
    "currency": Field(
        kind=Word(words=("USD",), code="unknown_currency", expected="USD, the only currency"),
        meaning="of the basket; by itself USD",
        example="USD",
    ),
    "commitment_id": Field(kind=Id(), meaning="the commitment that is to be honoured"),
}
CAPTURE: Fields = {
    "reference": Field(
        kind=_REFERENCE,
        meaning="your own number for the capture, unique within the hold; the same one again "
        "returns the first answer",
        is_required=True,
        example="shipment-1",
    ),
    "amount_cents": Field(
        kind=AMOUNT,
        meaning="of the basket; by itself all that is left of it",
        example=20_000,
    ),
    "is_last": Field(
        kind=Boolean(),
        meaning="false where more will follow; by itself true: what is left is given back at once",
        example=False,
    ),
}


def read_hold_request(call: Call) -> HoldRequest:
    """Return what is asked to be held. Errors: Refused with every mistake."""
    values = _values(call, HOLD)
    # There is one currency: whether it was said changes nothing.
    values.pop("currency", None)
    return HoldRequest(**values)


def read_capture_request(call: Call) -> CaptureRequest:
    """Return what is asked to be captured. Errors: Refused with every mistake."""
    values = _values(call, CAPTURE)
    return CaptureRequest(hold_id=call.path["hold_id"], **values)


def _values(call: Call, fields: Fields) -> dict[str, Any]:
    values, mistakes = read_object(call.data, path="$", fields=fields)
    if mistakes := [*call.mistakes, *mistakes]:
        raise Refused("invalid-request", mistakes=mistakes)
    return values
