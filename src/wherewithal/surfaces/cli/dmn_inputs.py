"""Inputs of a DMN model from JSON: numbers exact, as they are written."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from wherewithal.surfaces.cli.json_file import Unfit, read_document
from wherewithal.vocabulary.errors import InputRefused, Problem

BYTES_MAX = 64 * 2**20
#: More digits than FEEL's 34 are no number of FEEL's.
DIGITS_MAX = 6_000


def load_inputs(path: Path) -> dict[str, Any]:
    """Return the inputs by name: Decimal, str, bool, None, and lists and dicts of them.

    Errors: InputRefused if the file is not one JSON object, has a name twice in one, or holds what
            JSON has no word for.
    """
    value = read_document(
        path,
        bytes_max=BYTES_MAX,
        parse_int=_number,
        parse_float=_number,
        parse_constant=_no_number,
        object_pairs_hook=_object,
    )
    if not isinstance(value, dict):
        message = "expected one object: the inputs by their names"
        raise InputRefused([Problem(code="not_an_object", path=path.name, message=message)])
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        message = "a name stands twice in one object, and only one of its values could count"
        raise Unfit("duplicate_key", message)
    return found


def _number(text: str) -> Decimal:
    if len(text) > DIGITS_MAX:
        raise Unfit("not_a_number", f"a number has more than {DIGITS_MAX:,} digits")
    message = f"a number is beyond 10^{DIGITS_MAX}, which FEEL's decimals do not reach"
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise Unfit("not_a_number", message) from None
    if abs(number.adjusted()) > DIGITS_MAX:
        raise Unfit("not_a_number", message)
    return number


def _no_number(_text: str) -> Any:
    message = "NaN and Infinity are no JSON numbers; write null for what is unknown"
    raise Unfit("not_a_number", message)
