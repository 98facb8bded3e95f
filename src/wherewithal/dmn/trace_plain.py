"""Traces of FEEL values made traces of plain data, as JSON holds them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, TypeVar

import msgspec

from wherewithal.dmn.reference.conversion import text_of
from wherewithal.dmn.reference.values import Function
from wherewithal.dmn.trace import Trace

#: Values of one trace have at most this many parts, so that it can be printed.
PARTS_MAX = 200_000
DEPTH_MAX = 60
#: Stands where a value had too many parts, or nests too deep, to be shown.
LEFT_OUT = "(left out: too large)"
#: Longer integers are decimals; JSON encoders take 64 bits.
_INTEGER_DIGITS_MAX = 18

_Record = TypeVar("_Record", bound=msgspec.Struct)


def in_plain(trace: Trace) -> Trace:
    """Return a trace of FEEL values as one of plain data.

    Values: None, bool, str, int, Decimal (exact, without zeros at its end), lists and dicts; dates,
            times, durations and ranges as FEEL's `string()` writes them; a function is null.
    """
    return _Plain().record(trace)


class _Plain:
    """Makes FEEL values plain; values may share parts, so what is written out has a bound."""

    def __init__(self) -> None:
        self._left = PARTS_MAX

    def record(self, one: _Record) -> _Record:
        """Return a record with its values, and those of the records in it, plain."""
        changes: dict[str, Any] = {}
        for name in one.__struct_fields__:
            part = getattr(one, name)
            if name == "value":
                changes[name] = self.value(part, 0)
            elif isinstance(part, tuple) and part and isinstance(part[0], msgspec.Struct):
                changes[name] = tuple(self.record(item) for item in part)
        return msgspec.structs.replace(one, **changes)

    def value(self, value: Any, depth: int) -> Any:
        """Return a value as plain data."""
        self._left -= 1 + (len(value) // 100 if isinstance(value, str) else 0)
        if self._left < 0 or depth > DEPTH_MAX:
            return LEFT_OUT
        match value:
            case None | bool() | str():
                return value
            case Decimal():
                return shortest(value)
            case list():
                return [self.value(item, depth + 1) for item in self._few(value)]
            case dict():
                kept = self._few(list(value))
                return {key: self.value(value[key], depth + 1) for key in kept}
            case Function():
                return None
        return text_of(value)

    def _few(self, items: list[Any]) -> list[Any]:
        return items[: max(self._left, 0) + 1]


def shortest(number: Decimal) -> int | Decimal:
    """Return a number in its shortest exact form.

    >>> [shortest(Decimal(text)) for text in ("1.00", "0.10", "1E+2")]
    [1, Decimal('0.1'), 100]
    """
    # Not `normalize`, which would round to the precision of a context.
    sign, digits, exponent = number.as_tuple()
    if not isinstance(exponent, int):
        return number
    while exponent < 0 and digits[-1] == 0:
        digits, exponent = digits[:-1] or (0,), exponent + 1
    if exponent >= 0 and len(digits) + exponent <= _INTEGER_DIGITS_MAX:
        return int(number)
    return Decimal((sign, digits, exponent))
