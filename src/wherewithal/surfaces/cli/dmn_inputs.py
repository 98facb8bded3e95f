"""Inputs of a DMN model from JSON: numbers exact, as they are written."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from wherewithal.vocabulary.errors import InputRefused, Problem

BYTES_MAX = 64 * 2**20
#: More digits than FEEL's 34 are no number of FEEL's.
DIGITS_MAX = 6_000


def load_inputs(path: Path) -> dict[str, Any]:
    """Return the inputs by name: Decimal, str, bool, None, and lists and dicts of them.

    Errors: InputRefused if the file is not one JSON object, has a name twice in one, or holds what
            JSON has no word for.
    """
    with path.open("rb") as file:
        data = file.read(BYTES_MAX + 1)
    if len(data) > BYTES_MAX:
        raise _refused(path, "too_large", f"the file is larger than {BYTES_MAX:,} bytes")
    try:
        value = json.loads(
            data.decode("utf-8-sig"),
            parse_int=_number,
            parse_float=_number,
            parse_constant=_no_number,
            object_pairs_hook=_object,
        )
    except UnicodeDecodeError:
        raise _refused(path, "not_json", "the file is not UTF-8 text") from None
    except json.JSONDecodeError as error:
        message = f"the file is not JSON from line {error.lineno}, column {error.colno} on"
        raise _refused(path, "not_json", message) from None
    except _NameTwice:
        message = "a name stands twice in one object, and only one of its values could count"
        raise _refused(path, "duplicate_key", message) from None
    except RecursionError:
        raise _refused(path, "too_deep", "the file is nested too deep") from None
    except ValueError as error:
        raise _refused(path, "not_a_number", str(error)) from None
    if not isinstance(value, dict):
        raise _refused(path, "not_an_object", "expected one object: the inputs by their names")
    return value


class _NameTwice(Exception):
    """An object has two entries of one name."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _NameTwice
    return found


def _refused(path: Path, code: str, message: str) -> InputRefused:
    return InputRefused([Problem(code=code, path=path.name, message=message)])


def _number(text: str) -> Decimal:
    if len(text) > DIGITS_MAX:
        message = f"a number has more than {DIGITS_MAX:,} digits"
        raise ValueError(message)
    number = Decimal(text)
    if abs(number.adjusted()) > DIGITS_MAX:
        message = f"a number is beyond 10^{DIGITS_MAX}, which FEEL's decimals do not reach"
        raise ValueError(message)
    return number


def _no_number(_text: str) -> Any:
    message = "NaN and Infinity are no JSON numbers; write null for what is unknown"
    raise ValueError(message)
