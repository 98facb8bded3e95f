"""The bodies of payments and refunds: decoded JSON to what is recorded, or all its mistakes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from wherewithal.service.change_loan import LoanRequest
from wherewithal.surfaces.http.fields import Field, Fields, read_object
from wherewithal.surfaces.http.inquiry_json import AMOUNT
from wherewithal.surfaces.http.kinds import Text, Wrong
from wherewithal.surfaces.http.operation import Call
from wherewithal.surfaces.http.problem import Refused

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_REFERENCE = Text(characters_max=100)


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the calendar."""

    @property
    def schema(self) -> dict[str, Any]:
        """Return its schema."""
        return {"type": "string", "format": "date"}

    def read(self, value: object) -> date | Wrong:
        """Return it, or why not."""
        wrong = Wrong(code="not_a_date", expected="a day such as 2026-11-20")
        if not isinstance(value, str) or _DAY.fullmatch(value) is None:
            return wrong
        try:
            return date.fromisoformat(value)
        except ValueError:
            return wrong

    def of_text(self, text: str) -> object:
        """Return it as it is."""
        return text


PAYMENT: Fields = {
    "reference": Field(
        kind=_REFERENCE,
        meaning="your own number for the payment, unique within the loan; the same one again "
        "returns the first answer",
        is_required=True,
        example="ach-2026-12-04-118",
    ),
    "amount_cents": Field(
        kind=AMOUNT,
        meaning="what was paid; at most what pays the loan off",
        is_required=True,
        example=11_250,
    ),
    "paid_on": Field(
        kind=Day(),
        meaning="the day it was paid, which decides whether it was on time; by itself today",
        example="2026-12-04",
    ),
}
REFUND: Fields = {
    "reference": Field(
        kind=_REFERENCE,
        meaning="your own number for the refund, unique within the loan; the same one again "
        "returns the first answer",
        is_required=True,
        example="return-31",
    ),
    "amount_cents": Field(
        kind=AMOUNT,
        meaning="of the basket; refunds of a loan come to no more than what it bought",
        is_required=True,
        example=12_000,
    ),
}


def read_loan_request(call: Call, fields: Fields) -> LoanRequest:
    """Return what is to be recorded. Errors: Refused with every mistake."""
    values, mistakes = read_object(call.data, path="$", fields=fields)
    if mistakes := [*call.mistakes, *mistakes]:
        raise Refused("invalid-request", mistakes=mistakes)
    return LoanRequest(loan_id=call.path["loan_id"], **values)
