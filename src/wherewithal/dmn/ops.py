"""The operations of the IR and the node that holds one: what every executor renders.

The meaning of an op (types, scale, range, null rule) is given by `Graph` in `dmn/ir.py`, which is
the only maker of nodes; here are the words, and the rules that need no graph.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from wherewithal.dmn import types as t
from wherewithal.dmn.types import Kind, Type


class Op(Enum):
    """Every operation of the profile."""

    INPUT = "input"
    CONSTANT = "constant"
    ADD = "add"
    SUBTRACT = "subtract"
    MULTIPLY = "multiply"
    #: Integer quotient of two integers, rounded as `payload` says; null where the divisor is 0.
    DIVIDE = "divide"
    MIN = "min"
    MAX = "max"
    EQUAL = "equal"
    LESS = "less"
    LESS_EQUAL = "less_equal"
    AND = "and"
    OR = "or"
    NOT = "not"
    IS_NULL = "is_null"
    #: The operand under another type: an integer at another scale, a text among more values.
    UNITS = "units"
    #: The operand, known not to be null where this node is evaluated (a guard stands above it).
    ASSUME = "assume"
    #: Operands: condition, value, condition, value, ..., otherwise. The first true condition wins.
    CASE = "case"
    #: Operand: an integer index; payload: the values. Null where the index is null or outside.
    LOOKUP = "lookup"
    #: Operand: a text; payload: texts. The position of the text; null where it is none of them.
    POSITION = "position"
    #: Operand: a text or truth value; payload: ((value, place), ...) and the place of all others.
    #: Never null: null is one of the values, or one of the others.
    KEYED = "keyed"
    #: Operand: a number, date or days; payload: bounds ascending, places, the place of null. The
    #: place at the count of bounds that are not above the operand. Never null.
    STEPPED = "stepped"
    #: The bits that two whole numbers have in common; neither, or one at most, is below 0.
    BITS = "bits"
    #: The place of the lowest bit of a whole number from 0, counted from 1; 0 of 0.
    FIRST_BIT = "first bit"
    YEAR = "year"
    MONTH = "month"
    DAY = "day"
    #: Days from the second date to the first.
    DAYS_BETWEEN = "days_between"
    ADD_DAYS = "add_days"


class Rounding(Enum):
    """How a quotient becomes an integer."""

    FLOOR = "floor"
    CEILING = "ceiling"
    HALF_EVEN = "half_even"
    HALF_UP = "half_up"
    HALF_DOWN = "half_down"
    UP = "up"
    DOWN = "down"


@dataclass(eq=False, repr=False, slots=True, kw_only=True)
class Node:
    """One operation; identity is equality, because the graph interns."""

    op: Op
    operands: tuple[Node, ...]
    type: Type
    #: The constant, the input's name, a rounding or a tuple of values, as the op says.
    payload: Any = None
    #: Position in the graph; operands come first.
    number: int = 0
    #: Nodes that are assumed not null below: it may be evaluated only where a guard has shown so.
    guards: frozenset[int] = frozenset()

    def __repr__(self) -> str:
        """Return the node alone: written out, shared operands would grow as powers."""
        return f"<{self.op.value} {self.number}>"


class OutsideProfile(Exception):
    """An expression cannot be compiled; the message says what keeps it outside the profile."""


def type_of_constant(value: Any, *, scale: int = 0) -> Type:
    """Return the type of a Python constant."""
    if value is None:
        return t.NULL
    if isinstance(value, bool):
        return t.BOOLEAN
    if isinstance(value, int):
        return t.number(value, value, scale=scale)
    if isinstance(value, str):
        return t.text(frozenset((value,)))
    return Type(kind=Kind.DATE, low=value.toordinal(), high=value.toordinal())


def quotient(numerator: int, denominator: int, rounding: Rounding) -> int:
    """Return numerator / denominator rounded as named; the meaning of every rounded division."""
    if denominator < 0:
        numerator, denominator = -numerator, -denominator
    floor, rest = divmod(numerator, denominator)
    twice = 2 * rest
    match rounding:
        case Rounding.FLOOR:
            return floor
        case Rounding.CEILING:
            return floor + (rest > 0)
        case Rounding.DOWN:
            return floor + (rest > 0 and numerator < 0)
        case Rounding.UP:
            return floor + (rest > 0 and numerator > 0)
        case Rounding.HALF_EVEN:
            return floor + (twice > denominator or (twice == denominator and floor % 2 == 1))
        case Rounding.HALF_UP:
            return floor + (twice > denominator or (twice == denominator and numerator > 0))
        case Rounding.HALF_DOWN:
            return floor + (twice > denominator or (twice == denominator and numerator < 0))


def known_not_null(condition: Node, *, when: bool) -> frozenset[int]:
    """Return the nodes that cannot be null where the condition is true (or false)."""
    op, operands = condition.op, condition.operands
    if op is Op.NOT:
        return known_not_null(operands[0], when=not when)
    if op in (Op.AND, Op.OR):
        # A chain leans to the left and may be long: it is walked, not descended.
        known, rest = known_not_null(operands[1], when=when), operands[0]
        while rest.op is op:
            other = known_not_null(rest.operands[1], when=when)
            known = known | other if when is (op is Op.AND) else known & other
            rest = rest.operands[0]
        other = known_not_null(rest, when=when)
        return known | other if when is (op is Op.AND) else known & other
    if op is Op.IS_NULL and not when:
        return frozenset((operands[0].number,))
    if op in (Op.LESS, Op.LESS_EQUAL):
        return frozenset(operand.number for operand in operands)
    if op is Op.EQUAL and when and any(not operand.type.nullable for operand in operands):
        return frozenset(operand.number for operand in operands)
    return frozenset()


def guards_of(op: Op, operands: Sequence[Node]) -> frozenset[int]:
    """Return the nodes that are assumed not null below an op and not shown so by it."""
    if op is Op.ASSUME:
        return operands[0].guards | {operands[0].number}
    if op is not Op.CASE:
        return frozenset().union(*(operand.guards for operand in operands))
    needed: frozenset[int] = frozenset()
    shown: frozenset[int] = frozenset()
    for condition, value in zip(operands[:-1:2], operands[1::2], strict=True):
        needed |= condition.guards - shown
        needed |= value.guards - shown - known_not_null(condition, when=True)
        # A condition that was not taken is false or null; only a condition that cannot be null
        # shows something by being passed over.
        if not condition.type.nullable:
            shown |= known_not_null(condition, when=False)
    return needed | (operands[-1].guards - shown)


def quotient_range(numerator: Type, denominator: Type) -> tuple[int, int]:
    """Return bounds of the rounded quotient; a divisor next to 0 gives the largest values."""
    ends = {denominator.low, denominator.high, -1, 1}
    divisors = [d for d in ends if d != 0 and denominator.low <= d <= denominator.high]
    if not divisors:
        return 0, 1
    corners = [
        (n if d > 0 else -n) // abs(d) for n in (numerator.low, numerator.high) for d in divisors
    ]
    return min(corners), max(corners) + 1


def joint_quotient_range(numerator: Node, denominator: Node) -> tuple[int, int] | None:
    """Return closer bounds of `x * table[i] / divisors[i]`, both looked up at the same place.

    None where the quotient is not of that form, or where something may be negative or 0.
    """
    if numerator.op is not Op.MULTIPLY or denominator.op is not Op.LOOKUP:
        return None
    x, table = numerator.operands
    if table.op is not Op.LOOKUP or table.operands != denominator.operands or x.type.low < 0:
        return None
    index = table.operands[0].type
    places = slice(max(index.low, 0), index.high + 1)
    pairs = {
        (top, bottom)
        for top, bottom in zip(table.payload[places], denominator.payload[places], strict=False)
        if top is not None and bottom is not None
    }
    if not pairs or any(top < 0 or bottom < 1 for top, bottom in pairs):
        return None
    low = min(x.type.low * top // bottom for top, bottom in pairs)
    return low, max(x.type.high * top // bottom for top, bottom in pairs) + 1
