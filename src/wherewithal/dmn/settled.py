"""Comparisons that ranges settle: whatever the inputs are, they are true, or they are false."""

from __future__ import annotations

import datetime
from decimal import Decimal
from fractions import Fraction

from wherewithal.dmn.ops import Node, Op
from wherewithal.dmn.types import Kind, Type

_ORDERED = (Kind.NUMBER, Kind.DATE, Kind.DAYS)


def settled(op: str, left: Node, right: Node, found: Node) -> str | None:
    """Return why a comparison can have one outcome only (besides null), or None."""
    if found.op is Op.CONSTANT:
        if found.payload is None:
            return f"'{op}' with null is always null; compare with = null or != null"
        if Kind.NULL in (left.type.kind, right.type.kind):
            return f"'{op}' null is always {_word(found.payload)}: the value is never null"
        return f"'{op}' is always {_word(found.payload)}: both sides are constant"
    outcome = _outcome(op, left.type, right.type)
    if outcome is None:
        return None
    null = " or null" if found.type.nullable else ""
    sides = f"the left side is {_shown(left.type)}, the right side {_shown(right.type)}"
    return f"'{op}' is always {_word(outcome)}{null}: {sides}"


def _outcome(op: str, left: Type, right: Type) -> bool | None:
    if left.kind is Kind.TEXT and right.kind is Kind.TEXT:
        if left.values is None or right.values is None or left.values & right.values:
            return None
        return {"=": False, "!=": True}.get(op)
    if left.kind not in _ORDERED or right.kind not in _ORDERED:
        return None
    (a, b), (c, d) = _ends(left), _ends(right)
    # Null equals null: where both may be null, `=` is open.
    is_open = left.nullable and right.nullable
    outcomes = {
        "<": (b < c, a >= d),
        "<=": (b <= c, a > d),
        ">": (a > d, b <= c),
        ">=": (a >= d, b < c),
        "=": (False, (b < c or a > d) and not is_open),
        "!=": ((b < c or a > d) and not is_open, False),
    }
    true, false = outcomes[op]
    return True if true else False if false else None


def _ends(type_: Type) -> tuple[Fraction, Fraction]:
    unit = 10**type_.scale
    return Fraction(type_.low, unit), Fraction(type_.high, unit)


def _word(outcome: object) -> str:
    return str(outcome).lower()


def _shown(type_: Type) -> str:
    if type_.kind is Kind.TEXT:
        return " or ".join(f'"{value}"' for value in sorted(type_.values or ())[:5])
    ends = [_end(type_, end) for end in (type_.low, type_.high)]
    return ends[0] if ends[0] == ends[1] else f"{ends[0]} to {ends[1]}"


def _end(type_: Type, end: int) -> str:
    if type_.kind is Kind.DATE:
        return str(datetime.date.fromordinal(end))
    if type_.kind is Kind.DAYS:
        return f"{end} days"
    return f"{Decimal(end).scaleb(-type_.scale):,f}"
