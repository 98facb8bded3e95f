"""What a cell admits, as a set: enough to prove that two rules can never match together.

A region is unknown (None) where a test is not made of constants; it is never proved disjoint.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import Any

from wherewithal.dmn.feel import ast
from wherewithal.dmn.ir import Node, Op, OutsideProfile
from wherewithal.dmn.lowering import Lowering
from wherewithal.dmn.types import Kind, Type
from wherewithal.dmn.values import RangeValue, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """An interval of numbers, dates or days; None is no bound."""

    low: Any = None
    high: Any = None
    low_closed: bool = False
    high_closed: bool = False

    def before(self, other: Span) -> bool:
        """Return whether all of this lies below all of the other."""
        if self.high is None or other.low is None:
            return False
        touching = self.high == other.low and self.high_closed and other.low_closed
        return bool(self.high < other.low) or (self.high == other.low and not touching)


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A set of values: spans, or texts and booleans (named, or all but those), and maybe null."""

    spans: tuple[Span, ...] = ()
    named: frozenset[Any] = frozenset()
    all_but_named: bool = False
    null: bool = False

    def is_disjoint(self, other: Region) -> bool:
        """Return whether no value lies in both."""
        if self.null and other.null:
            return False
        if any(not (a.before(b) or b.before(a)) for a in self.spans for b in other.spans):
            return False
        if self.all_but_named and other.all_but_named:
            return False
        if self.all_but_named:
            return other.named <= self.named
        if other.all_but_named:
            return self.named <= other.named
        return not self.named & other.named


EVERYTHING = Region(spans=(Span(),), all_but_named=True, null=True)


def region_of(lowering: Lowering, cell: ast.Node, scope: Mapping[str, Value]) -> Region | None:
    """Return what a cell admits, or None where its tests are not constants."""
    if isinstance(cell, ast.UnaryTests):
        if cell.is_dash:
            return EVERYTHING
        parts = [region_of(lowering, test, scope) for test in cell.tests]
        known = [part for part in parts if part is not None]
        if len(known) != len(parts):
            return None
        return _complement(known) if cell.negated else _union(known)
    if isinstance(cell, ast.UnaryComparison):
        value = _constant(lowering, cell.operand, scope)
        return None if value is None else _compared(cell.op, value)
    try:
        tested = lowering.lower(cell, scope)
    except OutsideProfile:
        return None
    if isinstance(tested, RangeValue):
        return _ranged(tested)
    if isinstance(tested, Node) and tested.op is Op.CONSTANT:
        return _compared("=", tested)
    return None


def covers(regions: Sequence[Region], type_: Type) -> bool:
    """Return whether every value of a type lies in one of the regions; False where not proved."""
    if type_.nullable and not any(region.null for region in regions):
        return False
    if type_.kind in (Kind.TEXT, Kind.BOOLEAN):
        values = frozenset((True, False)) if type_.kind is Kind.BOOLEAN else type_.values
        whole = _union(regions)
        if whole.all_but_named:
            return not whole.named & values if values is not None else not whole.named
        return values is not None and values <= whole.named
    if type_.kind is not Kind.NUMBER or type_.scale:
        return False
    # Whole numbers: the spans must reach from the lowest to the highest without skipping one.
    reached = type_.low
    for span in sorted((s for region in regions for s in region.spans), key=_begin):
        first, last = _whole_ends(span, type_)
        if first > reached:
            return False
        reached = max(reached, last + 1)
    return reached > type_.high


def _begin(span: Span) -> tuple[bool, Any]:
    return (span.low is not None, span.low or 0)


def _whole_ends(span: Span, type_: Type) -> tuple[int, int]:
    low, high = span.low, span.high
    first = type_.low if low is None else ceil(low) + (not span.low_closed and low == ceil(low))
    last = (
        type_.high if high is None else floor(high) - (not span.high_closed and high == floor(high))
    )
    return first, last


def _constant(lowering: Lowering, tree: ast.Node, scope: Mapping[str, Value]) -> Node | None:
    try:
        node = lowering.lower(tree, scope)
    except OutsideProfile:
        return None
    return node if isinstance(node, Node) and node.op is Op.CONSTANT else None


def _compared(op: str, node: Node) -> Region | None:
    if node.payload is None:
        return Region(null=True) if op == "=" else None
    if node.type.kind in (Kind.TEXT, Kind.BOOLEAN):
        if op not in ("=", "!="):
            return None
        return Region(named=frozenset((node.payload,)), all_but_named=op == "!=", null=op == "!=")
    value = _ordered(node)
    match op:
        case "<" | "<=":
            return Region(spans=(Span(high=value, high_closed=op == "<="),))
        case ">" | ">=":
            return Region(spans=(Span(low=value, low_closed=op == ">="),))
        case "=":
            return Region(spans=(Span(low=value, high=value, low_closed=True, high_closed=True),))
    return Region(spans=(Span(high=value), Span(low=value)), null=True)


def _ranged(tested: RangeValue) -> Region | None:
    ends = []
    for end in (tested.low, tested.high):
        if end is not None and (end.op is not Op.CONSTANT or end.payload is None):
            return None
        ends.append(None if end is None else _ordered(end))
    span = Span(
        low=ends[0], high=ends[1], low_closed=tested.low_closed, high_closed=tested.high_closed
    )
    return Region(spans=(span,))


def _union(parts: Sequence[Region]) -> Region:
    named: frozenset[Any] = frozenset().union(
        *(part.named for part in parts if not part.all_but_named)
    )
    excluded = [part.named for part in parts if part.all_but_named]
    return Region(
        spans=tuple(span for part in parts for span in part.spans),
        named=frozenset.intersection(*excluded) - named if excluded else named,
        all_but_named=bool(excluded),
        null=any(part.null for part in parts),
    )


def _complement(parts: list[Region]) -> Region | None:
    """Return the complement of named values; of spans it is unknown, which is always safe."""
    if any(part.spans or part.all_but_named for part in parts):
        return None
    named: frozenset[Any] = frozenset().union(*(part.named for part in parts))
    # `not(null)` does not say of which kind its values are: they may be numbers.
    spans = () if named else (Span(),)
    null = not any(part.null for part in parts)
    return Region(spans=spans, named=named, all_but_named=True, null=null)


def _ordered(node: Node) -> Any:
    if isinstance(node.payload, datetime.date):
        return node.payload.toordinal()
    return Fraction(node.payload, 10**node.type.scale)
