"""Loans from a file of JSON lines, one loan a line: every problem of form, with its line."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import msgspec

from wherewithal.service.import_loans import ImportedLoan, ImportedPayment, LoanLine
from wherewithal.sources.catalogue_text import hint
from wherewithal.vocabulary.errors import Problem, SourceRefused
from wherewithal.vocabulary.facts import CENTS_MAX
from wherewithal.vocabulary.program import PlanCode, ProductCode

#: A loan of 120 payments has some 20,000 characters.
LINE_BYTES_MAX = 64 * 1024
PAYMENTS_MAX = 120
_RATE_BPS_MAX = 10_000
_CHARACTERS_MAX = 100
#: Products whose plans are of one kind.
_PLANS = {ProductCode.PAY_IN_4: "pay_in_4", ProductCode.MONTHLY: "a number of months"}
_LOAN = msgspec.json.Decoder(ImportedLoan)


def read_loan_lines(path: Path, *, on: date) -> tuple[list[LoanLine], list[Problem]]:
    """Return the loans of a file as of a day, and every problem that a line has by itself.

    Errors: SourceRefused if the file cannot be opened, or has no line.
    """
    lines: list[LoanLine] = []
    problems: list[Problem] = []
    with path.open("rb") as file:
        number = 0
        while raw := file.readline(LINE_BYTES_MAX + 1):
            number += 1
            where = f"line {number}"
            if len(raw) > LINE_BYTES_MAX:
                message = f"more than {LINE_BYTES_MAX:,} bytes; one loan a line"
                raise SourceRefused([Problem(code="line_too_long", path=where, message=message)])
            if not raw.strip():
                continue
            try:
                loan = _LOAN.decode(raw)
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                problems += [
                    Problem(code="malformed_loan", path=f"{where}{place}", message=message)
                    for place, message in _malformed(raw, error)
                ]
                continue
            found = [
                Problem(code=code, path=f"{where}{place}", message=message)
                for code, place, message in _mistakes(loan, on=on)
            ]
            problems += found
            lines.append(LoanLine(number=number, loan=loan))
    if not lines and not problems:
        message = "no loan in it; one JSON object a line"
        raise SourceRefused([Problem(code="empty_file", path=str(path.name), message=message)])
    return lines, problems


def _malformed(raw: bytes, error: Exception) -> list[tuple[str, str]]:
    """Return everything for which a line is no loan, by place; the first alone if it is no JSON."""
    try:
        found = list(_wrong(msgspec.json.decode(raw), ImportedLoan, "$"))
    except (msgspec.DecodeError, UnicodeDecodeError):
        found = []
    return [(f" {place}", message) for place, message in found] or [("", str(error))]


def _wrong(given: object, kind: type[msgspec.Struct], place: str) -> Iterator[tuple[str, str]]:
    if not isinstance(given, dict):
        yield place, "expected an object"
        return
    fields = {field.name: field for field in msgspec.structs.fields(kind)}
    for name in [one for one in given if one not in fields]:
        # It may be anything, so it is named only by what it is near to.
        yield f"{place}.(unknown field)", f"there is no such field{hint(name, fields)}"
    for name, field in fields.items():
        if name not in given:
            if field.required:
                yield f"{place}.{name}", "is missing"
        elif name == "payments" and isinstance(given[name], list):
            for number, one in enumerate(given[name]):
                yield from _wrong(one, ImportedPayment, f"{place}.payments[{number}]")
        else:
            try:
                msgspec.convert(given[name], field.type)
            except msgspec.ValidationError as error:
                # Its words name types, and values of enumerations alone.
                yield f"{place}.{name}", str(error)


def _mistakes(loan: ImportedLoan, *, on: date) -> Iterator[tuple[str, str, str]]:
    by_name = loan.portfolio is not None and loan.consumer is not None
    if by_name == (loan.consumer_id is not None):
        yield "unnamed_consumer", "", "name the consumer by consumer_id, or portfolio and consumer"
    if not 1 <= len(loan.loan) <= _CHARACTERS_MAX:
        yield "out_of_range", " $.loan", f"1 to {_CHARACTERS_MAX} characters"
    is_short = loan.plan is PlanCode.PAY_IN_4
    if loan.product in _PLANS and (loan.product is ProductCode.PAY_IN_4) != is_short:
        yield "unknown_plan", " $.plan", f"{_PLANS[loan.product]}, as {loan.product.value} has"
    if not 0 <= loan.note_rate_bps <= _RATE_BPS_MAX:
        yield "out_of_range", " $.note_rate_bps", f"0 to {_RATE_BPS_MAX:,}"
    if not 1 <= loan.principal_cents <= CENTS_MAX:
        yield "out_of_range", " $.principal_cents", f"1 to {CENTS_MAX:,}"
    if loan.booked_on > on:
        yield "date_in_future", " $.booked_on", "a day that has not come yet"
    if not 1 <= len(loan.payments) <= PAYMENTS_MAX:
        yield "out_of_range", " $.payments", f"1 to {PAYMENTS_MAX} payments"
        return
    yield from _payments(loan, on=on)
    lent = sum(one.principal_cents for one in loan.payments)
    if lent != loan.principal_cents:
        yield "sum_differs", " $.principal_cents", f"the payments' principal comes to {lent:,}"
    unpaid = sum(
        one.amount_cents - one.paid_cents - max(0, one.interest_cents - one.paid_cents)
        for one in loan.payments
    )
    if unpaid != loan.outstanding_cents:
        message = f"the principal that is unpaid comes to {unpaid:,}"
        yield "sum_differs", " $.outstanding_cents", message


def _payments(loan: ImportedLoan, *, on: date) -> Iterator[tuple[str, str, str]]:
    before = loan.booked_on
    for number, one in enumerate(loan.payments):
        where = f" $.payments[{number}]"
        if one.principal_cents < 1 or one.interest_cents < 0:
            yield "out_of_range", where, "principal of at least 1 and interest of at least 0"
        if one.principal_cents + one.interest_cents != one.amount_cents:
            yield "sum_differs", where, "principal and interest do not come to the amount"
        if not 0 <= one.paid_cents <= one.amount_cents:
            yield "out_of_range", where, "what was paid is 0 to the amount"
        if (one.paid_on is None) != (one.paid_cents == 0):
            yield "paid_without_day", where, "paid_on is there where something was paid, only there"
        if one.paid_on is not None and not loan.booked_on <= one.paid_on <= on:
            yield "date_out_of_range", where, "paid_on is from booked_on to today"
        if one.due_on < before:
            yield "wrong_order", where, "payments stand in order of their days, after booked_on"
        before = one.due_on
