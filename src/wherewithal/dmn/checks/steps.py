"""Where a compiled value steps: the cells of its inputs within which it does not change.

A value is *stepped* if its numbers and dates are only compared with constants. Then one value of
each cell stands for all of them, and trying every cell is a proof.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil, floor
from typing import Any

from wherewithal.dmn.checks.axis import ORDERED
from wherewithal.dmn.ir import Node, Op
from wherewithal.dmn.types import Kind, Type

#: A number of so few values is tried at each of them.
_FEW = 64
_COMPARES = (Op.LESS, Op.LESS_EQUAL, Op.EQUAL)
_LINEAR = (Op.ADD, Op.SUBTRACT, Op.MULTIPLY)


@dataclass(slots=True)
class Steps:
    """What the inputs of a value are compared with, found by walking the graph once."""

    #: By input's name: the node, and the thresholds in its units.
    inputs: dict[str, Node] = field(default_factory=dict)
    thresholds: dict[str, set[Fraction]] = field(default_factory=dict)
    names: dict[str, set[str]] = field(default_factory=dict)
    #: Whether all that was walked is stepped.
    is_stepped: bool = True
    _seen: set[int] = field(default_factory=set)

    def walk(self, root: Node) -> None:
        """Take in what a node reads."""
        pending = [root]
        while pending:
            node = pending.pop()
            if node.number in self._seen:
                continue
            self._seen.add(node.number)
            if node.op is Op.INPUT:
                self._read(node)
            elif node.op in _COMPARES and self._compared(node):
                continue
            elif node.op is Op.IS_NULL and (inner := _linear(node.operands[0])) is not None:
                self._known(inner[0])
            elif node.op is Op.POSITION and node.operands[0].op is Op.INPUT:
                self._known(node.operands[0])
                self.names[node.operands[0].payload] |= set(node.payload)
            elif node.op in (Op.KEYED, Op.STEPPED) and self._looked_up(node):
                continue
            else:
                pending.extend(node.operands)

    def _looked_up(self, node: Node) -> bool:
        """Take in the bounds or the names of a large table's column; False if it is no input's."""
        linear = _linear(node.operands[0])
        if linear is None:
            return False
        source, factor, offset = linear
        self._known(source)
        if node.op is Op.KEYED:
            names = {value for value, _ in node.payload[0] if isinstance(value, str)}
            self.names[source.payload] |= names
        else:
            self.thresholds[source.payload] |= {(at - offset) / factor for at in node.payload[0]}
        return True

    def _known(self, node: Node) -> None:
        self.inputs[node.payload] = node
        self.thresholds.setdefault(node.payload, set())
        self.names.setdefault(node.payload, set())

    def _read(self, node: Node) -> None:
        """Take in an input that is used as it is, not compared."""
        self._known(node)
        type_ = node.type
        if type_.kind in ORDERED:
            self.is_stepped &= type_.high - type_.low < _FEW
            if type_.high - type_.low < _FEW:
                span = range(type_.low, type_.high + 1)
                self.thresholds[node.payload] |= {Fraction(value) for value in span}
        elif type_.kind is Kind.TEXT:
            # Each listed text may be told apart; of open texts none is.
            self.is_stepped &= type_.values is not None
            self.names[node.payload] |= type_.values or set()

    def _compared(self, node: Node) -> bool:
        """Take in a comparison of an input with a constant; False if it is another."""
        left, right = node.operands
        if Op.CONSTANT not in (left.op, right.op):
            return False
        value, constant = (left, right) if right.op is Op.CONSTANT else (right, left)
        linear = _linear(value)
        if linear is None or constant.payload is None:
            return False
        source, factor, offset = linear
        self._known(source)
        if source.type.kind in ORDERED:
            at = constant.payload
            at = at.toordinal() if isinstance(at, datetime.date) else at
            self.thresholds[source.payload].add((at - offset) / factor)
        elif isinstance(constant.payload, str):
            self.names[source.payload].add(constant.payload)
        return True

    def cells(self, name: str) -> list[Any]:
        """Return a value of each cell of an input, in the units of its type; null last."""
        node = self.inputs[name]
        found = _values(node.type, self.thresholds[name], self.names[name])
        return [*found, None] if node.type.nullable else found


def _linear(node: Node) -> tuple[Node, Fraction, Fraction] | None:
    """Return input, factor and offset of a value that is linear in one input."""
    if node.op is Op.INPUT:
        return node, Fraction(1), Fraction(0)
    if node.op in (Op.UNITS, Op.ASSUME):
        return _linear(node.operands[0])
    if node.op not in _LINEAR:
        return None
    left, right = node.operands
    if Op.CONSTANT not in (left.op, right.op) or node.type.kind is not Kind.NUMBER:
        return None
    inner = _linear(left if right.op is Op.CONSTANT else right)
    number = (right if right.op is Op.CONSTANT else left).payload
    if inner is None or number is None:
        return None
    source, factor, offset = inner
    match node.op:
        case Op.ADD:
            return source, factor, offset + number
        case Op.MULTIPLY:
            return None if number == 0 else (source, factor * number, offset * number)
    if right.op is Op.CONSTANT:
        return source, factor, offset - number
    return source, -factor, number - offset


def _values(type_: Type, thresholds: set[Fraction], names: set[str]) -> list[Any]:
    match type_.kind:
        case Kind.BOOLEAN:
            return [False, True]
        case Kind.TEXT:
            others = sorted(type_.values - names) if type_.values is not None else ["other"]
            held = names if type_.values is None else names & type_.values
            return [*sorted(held), *others[:1]]
        case Kind.NULL:
            return []
    points = sorted(thresholds)
    found: set[int] = {type_.low, type_.high}
    for point in points:
        found |= {ceil(point) - 1, floor(point), floor(point) + 1}
    values = sorted(value for value in found if type_.low <= value <= type_.high)
    if type_.kind is Kind.DATE:
        return [datetime.date.fromordinal(value) for value in values]
    return values


def readings(names: Mapping[str, Node]) -> list[str]:
    """Return the names of some inputs in the order of the graph."""
    return sorted(names, key=lambda name: names[name].number)
