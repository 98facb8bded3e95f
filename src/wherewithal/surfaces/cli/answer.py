"""How a command answers: JSON on standard output, exact to the last digit."""

from __future__ import annotations

import sys
from decimal import Decimal
from typing import Any

import msgspec

#: Longer integers are written as decimals; the encoder takes 64 bits.
_INTEGER_DIGITS_MAX = 18
_ENCODER = msgspec.json.Encoder(decimal_format="number")


def exact(value: Any) -> Any:
    """Return plain data with each number in its shortest exact form, so that 1.00 is 1.

    >>> exact([Decimal("1.00"), Decimal("0.10"), Decimal("1E+2")])
    [1, Decimal('0.1'), 100]
    """
    match value:
        case Decimal():
            return _shortest(value)
        case list():
            return [exact(item) for item in value]
        case dict():
            return {key: exact(item) for key, item in value.items()}
    return value


def _shortest(number: Decimal) -> int | Decimal:
    # Not `normalize`, which would round to the precision of a context.
    sign, digits, exponent = number.as_tuple()
    if not isinstance(exponent, int):
        return number
    while exponent < 0 and digits[-1] == 0:
        digits, exponent = digits[:-1] or (0,), exponent + 1
    if exponent >= 0 and len(digits) + exponent <= _INTEGER_DIGITS_MAX:
        return int(number)
    return Decimal((sign, digits, exponent))


def print_json(value: Any) -> None:
    """Write one JSON document and a line end; decimals and dates as they are, nothing rounded."""
    text = msgspec.json.format(_ENCODER.encode(value), indent=2).decode()
    sys.stdout.write(text + "\n")
