"""What a cell admits: the atoms where its test is true, and those where it is false.

The logic is three-valued (DMN 1.5, 10.3.2): where a test is null it is in neither set, so that
`not(< 5)` admits no null. A cell that is not made of constants and the tested value is unreadable.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from wherewithal.dmn.checks.axis import ORDERED, Axis
from wherewithal.dmn.feel import ast
from wherewithal.dmn.feel.parser import children_of
from wherewithal.dmn.ir import Graph, Node, Op, OutsideProfile
from wherewithal.dmn.lowering import Lowering
from wherewithal.dmn.types import Kind

_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "!=": "!="}
_TESTED = "?"
#: Where a test is true, and where it is false.
Truth = tuple[int, int]


class Unreadable(Exception):
    """A cell that sets of constants cannot describe; the message says what it holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Constant:
    """A constant of FEEL: numbers as Fractions, dates as ordinals, days as ints."""

    kind: Kind
    value: Any


class CellReader:
    """Reads cells; what they name again is evaluated once."""

    def __init__(self) -> None:
        """Start with no constants known."""
        self._lowering = Lowering(graph=Graph())
        self._known: dict[ast.Node, Constant | None] = {}

    def constant(self, tree: ast.Node) -> Constant | None:
        """Return the constant that an expression is, or None if it is none of the profile."""
        match tree:
            case ast.NumberLiteral(text=text):
                return Constant(kind=Kind.NUMBER, value=Fraction(text))
            case ast.StringLiteral(value=value):
                return Constant(kind=Kind.TEXT, value=value)
            case ast.BooleanLiteral(value=value):
                return Constant(kind=Kind.BOOLEAN, value=value)
            case ast.NullLiteral():
                return Constant(kind=Kind.NULL, value=None)
            case ast.Name() | ast.Interval() | ast.UnaryComparison() | ast.ListLiteral():
                return None
        if tree not in self._known:
            self._known[tree] = self._evaluated(tree)
        return self._known[tree]

    def _evaluated(self, tree: ast.Node) -> Constant | None:
        try:
            node = self._lowering.lower(tree, {})
        except OutsideProfile:
            return None
        if not isinstance(node, Node) or node.op is not Op.CONSTANT:
            return None
        value = node.payload
        if node.type.kind is Kind.NUMBER:
            value = Fraction(value, 10**node.type.scale)
        elif node.type.kind is Kind.DATE:
            value = value.toordinal()
        return Constant(kind=node.type.kind, value=value)

    def constants(self, tree: ast.Node) -> Iterator[Constant]:
        """Yield the constants that a cell names, at which its axis must be cut."""
        found = self.constant(tree)
        if found is not None:
            yield found
            return
        for child in children_of(tree):
            yield from self.constants(child)

    def truth(self, tree: ast.Node, axis: Axis) -> Truth:
        """Return where a test of the axis' value is true, and where false; or raise Unreadable."""
        if isinstance(tree, ast.UnaryTests):
            if tree.is_dash:
                return axis.everything, 0
            found = _any_of([self.truth(test, axis) for test in tree.tests])
            return (found[1], found[0]) if tree.negated else found
        if isinstance(tree, ast.UnaryComparison):
            return self._compared(tree.op, tree.operand, axis)
        if _mentions_tested(tree):
            return self._condition(tree, axis)
        return self._held(tree, axis)

    def _held(self, tree: ast.Node, axis: Axis) -> Truth:
        """Return where the value equals a constant, or lies in a range or a list."""
        if isinstance(tree, ast.Interval):
            ends = []
            if tree.low is not None:
                ends.append(self._compared(">=" if tree.low_closed else ">", tree.low, axis))
            if tree.high is not None:
                ends.append(self._compared("<=" if tree.high_closed else "<", tree.high, axis))
            return _all_of(ends, axis)
        if isinstance(tree, ast.ListLiteral):
            return _any_of([self._held(item, axis) for item in tree.items])
        return self._compared("=", tree, axis)

    def _condition(self, tree: ast.Node, axis: Axis) -> Truth:
        """Return the truth of an expression over `?`."""
        match tree:
            case ast.Name(name="?") if axis.kind is Kind.BOOLEAN:
                return axis.equal(value=True), axis.equal(value=False)
            case ast.Binary(op="and" | "or", left=left, right=right):
                sides = [self._condition(side, axis) for side in (left, right)]
                return _all_of(sides, axis) if tree.op == "and" else _any_of(sides)
            case ast.Binary(op=op, left=ast.Name(name="?"), right=right) if op in _MIRRORED:
                return self._compared(op, right, axis)
            case ast.Binary(op=op, left=left, right=ast.Name(name="?")) if op in _MIRRORED:
                return self._compared(_MIRRORED[op], left, axis)
            case ast.Between(value=ast.Name(name="?"), low=low, high=high):
                ends = [self._compared(">=", low, axis), self._compared("<=", high, axis)]
                return _all_of(ends, axis)
            case ast.In(value=ast.Name(name="?"), tests=tests):
                return _any_of([self.truth(test, axis) for test in tests])
            case ast.Invocation(function=ast.Name(name="not"), arguments=(argument,)):
                true, false = self._condition(argument.value, axis)
                return false, true
            case ast.Invocation(
                function=ast.Name(name="list contains"), arguments=(listed, argument)
            ) if isinstance(listed.value, ast.ListLiteral) and _is_tested(argument.value):
                return _any_of([self._compared("=", item, axis) for item in listed.value.items])
            case ast.BooleanLiteral(value=value):
                return (axis.everything, 0) if value else (0, axis.everything)
        raise Unreadable(_named(tree))

    def _compared(self, op: str, tree: ast.Node, axis: Axis) -> Truth:
        found = self.constant(tree)
        if found is None:
            raise Unreadable(_named(tree))
        if found.kind is not Kind.NULL and found.kind is not axis.kind:
            return 0, 0
        if op in ("=", "!="):
            same = axis.equal(found.value)
            truth = same, axis.everything & ~same
            return truth if op == "=" else (truth[1], truth[0])
        if found.kind is Kind.NULL:
            return 0, 0
        if axis.kind not in ORDERED:
            raise Unreadable(f"'{op}' between {axis.kind.value}s")
        known = axis.everything & ~axis.null_bit
        below = axis.below(found.value, inclusive=op in ("<=", ">"))
        return (below, known & ~below) if op in ("<", "<=") else (known & ~below, below)


def _any_of(parts: list[Truth]) -> Truth:
    true, false = 0, -1
    for part in parts:
        true |= part[0]
        false &= part[1]
    return true, false if parts else 0


def _all_of(parts: list[Truth], axis: Axis) -> Truth:
    true, false = axis.everything, 0
    for part in parts:
        true &= part[0]
        false |= part[1]
    return true, false


def _is_tested(tree: ast.Node) -> bool:
    return isinstance(tree, ast.Name) and tree.name == _TESTED


def _mentions_tested(tree: ast.Node) -> bool:
    return _is_tested(tree) or any(map(_mentions_tested, children_of(tree)))


def _named(tree: ast.Node) -> str:
    match tree:
        case ast.Invocation(function=ast.Name(name=name)):
            return f"the function '{name}'"
        case ast.Binary(op=op):
            return f"'{op}' between values that are not constant"
        case ast.Path(name=name):
            return f"the name '{name}' of a context"
        case ast.Name(name=name):
            return "the tested value itself" if name == _TESTED else f"the name '{name}'"
    words = "".join(f" {c.lower()}" if c.isupper() else c for c in type(tree).__name__).strip()
    return f"a {words}"
