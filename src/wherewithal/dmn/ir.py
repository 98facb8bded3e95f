"""The typed IR: one graph of operations that every executor renders, each by a table op -> kernel.

The meaning of an op (types, scale, range, null rule) stands here, once. Nodes are interned, so that
equal expressions are one node and are evaluated once. Nulls are FEEL's: comparisons by order and
arithmetic with null are null, `=` is never null, logic is three-valued.
"""

from __future__ import annotations

import datetime
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from wherewithal.dmn import types as t
from wherewithal.dmn.ops import (
    Node,
    Op,
    OutsideProfile,
    Rounding,
    guards_of,
    joint_quotient_range,
    known_not_null,
    quotient,
    quotient_range,
    type_of_constant,
)
from wherewithal.dmn.types import Kind, Type

__all__ = [
    "Graph",
    "Node",
    "Op",
    "OutsideProfile",
    "Rounding",
    "known_not_null",
    "quotient",
    "type_of_constant",
]


@dataclass(slots=True)
class Graph:
    """Builds interned nodes and types them."""

    nodes: list[Node] = field(default_factory=list)
    _interned: dict[Any, Node] = field(default_factory=dict)

    def _node(self, op: Op, operands: Sequence[Node], type_: Type, payload: Any = None) -> Node:
        if type_.kind in (Kind.NUMBER, Kind.DAYS) and not (
            type_.low > -t.INTEGER_MAX and type_.high < t.INTEGER_MAX
        ):
            digits = len(str(max(-type_.low, type_.high)))
            message = f"{op.value} may reach {digits} digits, and 33 are exact"
            raise OutsideProfile(message)
        key = (op, tuple(id(operand) for operand in operands), type_, payload, type(payload))
        if (known := self._interned.get(key)) is not None:
            return known
        node = Node(
            op=op,
            operands=tuple(operands),
            type=type_,
            payload=payload,
            number=len(self.nodes),
            guards=guards_of(op, operands),
        )
        self.nodes.append(node)
        self._interned[key] = node
        return node

    def input(self, name: str, type_: Type) -> Node:
        """Return the input of that name."""
        return self._node(Op.INPUT, (), type_, name)

    def constant(self, value: Any, *, scale: int = 0) -> Node:
        """Return a constant: an int (in units of 10**-scale), str, bool, date or None."""
        return self._node(Op.CONSTANT, (), type_of_constant(value, scale=scale), value)

    def days(self, value: int) -> Node:
        """Return a constant duration of whole days."""
        return self._node(Op.CONSTANT, (), Type(kind=Kind.DAYS, low=value, high=value), value)

    def rescale(self, node: Node, scale: int) -> Node:
        """Return the same number at a larger scale."""
        if node.type.scale == scale:
            return node
        factor = self.constant(10 ** (scale - node.type.scale))
        if node.op is Op.CONSTANT:
            return self.constant(node.payload * factor.payload, scale=scale)
        product = self.multiply(node, factor)
        return self._retype(product, scale)

    def _retype(self, node: Node, scale: int) -> Node:
        type_ = t.number(node.type.low, node.type.high, scale=scale, nullable=node.type.nullable)
        return self._node(Op.UNITS, (node,), type_)

    def _aligned(self, left: Node, right: Node) -> tuple[Node, Node]:
        if left.type.kind is not Kind.NUMBER:
            return left, right
        scale = max(left.type.scale, right.type.scale)
        return self.rescale(left, scale), self.rescale(right, scale)

    def add(self, left: Node, right: Node) -> Node:
        """Return left + right, both numbers or both days."""
        left, right = self._aligned(left, right)
        low, high = left.type.low + right.type.low, left.type.high + right.type.high
        if left.op is right.op is Op.CONSTANT:
            return self._folded(left, left.payload + right.payload)
        return self._node(Op.ADD, (left, right), self._ranged(left, right, low, high))

    def subtract(self, left: Node, right: Node) -> Node:
        """Return left - right, both numbers or both days."""
        left, right = self._aligned(left, right)
        low, high = left.type.low - right.type.high, left.type.high - right.type.low
        if left.op is right.op is Op.CONSTANT:
            return self._folded(left, left.payload - right.payload)
        return self._node(Op.SUBTRACT, (left, right), self._ranged(left, right, low, high))

    def _folded(self, like: Node, value: int) -> Node:
        return (
            self.days(value)
            if like.type.kind is Kind.DAYS
            else self.constant(value, scale=like.type.scale)
        )

    def _ranged(self, left: Node, right: Node, low: int, high: int) -> Type:
        return Type(
            kind=left.type.kind,
            scale=left.type.scale,
            low=low,
            high=high,
            nullable=left.type.nullable or right.type.nullable,
        )

    def multiply(self, left: Node, right: Node) -> Node:
        """Return left x right; scales add."""
        scale = left.type.scale + right.type.scale
        corners = [
            a * b
            for a in (left.type.low, left.type.high)
            for b in (right.type.low, right.type.high)
        ]
        if left.op is right.op is Op.CONSTANT:
            return self.constant(left.payload * right.payload, scale=scale)
        if right.op is Op.CONSTANT and right.payload == 1 and right.type.scale == 0:
            return left
        nullable = left.type.nullable or right.type.nullable
        type_ = t.number(min(corners), max(corners), scale=scale, nullable=nullable)
        return self._node(Op.MULTIPLY, (left, right), type_)

    def divide(self, left: Node, right: Node, rounding: Rounding, *, scale: int = 0) -> Node:
        """Return left / right rounded to an integer multiple of 10**-scale; x / 0 is null."""
        # left/10^sl / (right/10^sr) * 10^scale = left * 10^(sr + scale - sl) / right
        exponent = right.type.scale + scale - left.type.scale
        numerator = self._as_integer(left)
        denominator = self._as_integer(right)
        if exponent >= 0:
            numerator = self.multiply(numerator, self.constant(10**exponent))
        else:
            denominator = self.multiply(denominator, self.constant(10**-exponent))
        if denominator.op is Op.CONSTANT and denominator.payload == 0:
            return self.constant(None)
        may_be_zero = denominator.type.low <= 0 <= denominator.type.high
        if numerator.op is denominator.op is Op.CONSTANT:
            return self.constant(
                quotient(numerator.payload, denominator.payload, rounding), scale=scale
            )
        joint = joint_quotient_range(numerator, denominator)
        low, high = joint or quotient_range(numerator.type, denominator.type)
        high -= rounding is Rounding.FLOOR
        nullable = numerator.type.nullable or denominator.type.nullable or may_be_zero
        type_ = t.number(low, high, scale=scale, nullable=nullable)
        if denominator.op is Op.CONSTANT and denominator.payload == 1:
            return self._retype(numerator, scale)
        return self._node(Op.DIVIDE, (numerator, denominator), type_, rounding)

    def _as_integer(self, node: Node) -> Node:
        if node.type.scale == 0:
            return node
        return self.constant(node.payload) if node.op is Op.CONSTANT else self._retype(node, 0)

    def least(self, nodes: Sequence[Node]) -> Node:
        """Return the smallest; null if one of them is null."""
        return self._fold_extreme(Op.MIN, nodes)

    def greatest(self, nodes: Sequence[Node]) -> Node:
        """Return the largest; null if one of them is null."""
        return self._fold_extreme(Op.MAX, nodes)

    def _fold_extreme(self, op: Op, nodes: Sequence[Node]) -> Node:
        result = nodes[0]
        pick = min if op is Op.MIN else max
        for node in nodes[1:]:
            left, right = self._aligned(result, node)
            if left is right:
                continue
            if left.op is right.op is Op.CONSTANT:
                result = left if left.payload == pick(left.payload, right.payload) else right
                continue
            low, high = pick(left.type.low, right.type.low), pick(left.type.high, right.type.high)
            result = self._node(op, (left, right), self._ranged(left, right, low, high))
        return result

    def absolute(self, node: Node) -> Node:
        """Return the larger of the node and its negation: never below 0, and typed so."""
        low, high = node.type.low, node.type.high
        if low >= 0:
            return node
        opposite = self.negate(node)
        if opposite.op is Op.CONSTANT:
            return opposite
        type_ = replace(node.type, low=max(0, -high), high=max(-low, high))
        return self._node(Op.MAX, (node, opposite), type_)

    def negate(self, node: Node) -> Node:
        """Return -node."""
        zero = (
            self.days(0) if node.type.kind is Kind.DAYS else self.constant(0, scale=node.type.scale)
        )
        return self.subtract(zero, node)

    def equal(self, left: Node, right: Node) -> Node:
        """Return FEEL's `=`, which is never null between values of one kind: null = null is true.

        Of two texts one must be of listed values: a text that no one listed has no code on columns.
        """
        if left.op is Op.CONSTANT and left.payload is None:
            left, right = right, left
        if right.op is Op.CONSTANT and right.payload is None:
            return self.is_null(left)
        left, right = self._aligned(left, right)
        if left.op is right.op is Op.CONSTANT:
            return self.constant(left.payload == right.payload)
        if left.type.kind is Kind.TEXT and left.type.values is None and right.type.values is None:
            raise OutsideProfile("two texts are compared and neither has its values listed")
        return self._node(Op.EQUAL, (left, right), t.BOOLEAN)

    def less(self, left: Node, right: Node, *, or_equal: bool = False) -> Node:
        """Return left < right, or <=; null where either is null."""
        left, right = self._aligned(left, right)
        nullable = left.type.nullable or right.type.nullable
        if left.op is right.op is Op.CONSTANT and not nullable:
            return self.constant(
                left.payload <= right.payload if or_equal else left.payload < right.payload
            )
        op = Op.LESS_EQUAL if or_equal else Op.LESS
        return self._node(op, (left, right), t.BOOLEAN.or_null(when=nullable))

    def all_of(self, nodes: Iterable[Node]) -> Node:
        """Return the three-valued conjunction; of nothing it is true."""
        return self._fold_logic(Op.AND, nodes, neutral=True)

    def any_of(self, nodes: Iterable[Node]) -> Node:
        """Return the three-valued disjunction; of nothing it is false."""
        return self._fold_logic(Op.OR, nodes, neutral=False)

    def _fold_logic(self, op: Op, nodes: Iterable[Node], *, neutral: bool) -> Node:
        kept: list[Node] = []
        for node in nodes:
            if node.op is Op.CONSTANT and node.payload is not None:
                if node.payload is neutral:
                    continue
                return self.constant(not neutral)
            if not any(node is other for other in kept):
                kept.append(node)
        if not kept:
            return self.constant(neutral)
        result = kept[0]
        for node in kept[1:]:
            nullable = result.type.nullable or node.type.nullable
            result = self._node(op, (result, node), t.BOOLEAN.or_null(when=nullable))
        return result

    def negation(self, node: Node) -> Node:
        """Return the three-valued `not`."""
        if node.op is Op.CONSTANT:
            return self.constant(None if node.payload is None else not node.payload)
        if node.op is Op.NOT:
            return node.operands[0]
        return self._node(Op.NOT, (node,), t.BOOLEAN.or_null(when=node.type.nullable))

    def is_null(self, node: Node) -> Node:
        """Return whether the node is null."""
        if not node.type.nullable:
            return self.constant(value=False)
        if node.op is Op.CONSTANT:
            return self.constant(node.payload is None)
        return self._node(Op.IS_NULL, (node,), t.BOOLEAN)

    def assume_not_null(self, node: Node) -> Node:
        """Return the node typed as never null; the caller guards it by a condition."""
        if not node.type.nullable:
            return node
        return self._node(Op.ASSUME, (node,), node.type.not_null())

    def case(self, branches: Sequence[tuple[Node, Node]], otherwise: Node) -> Node:
        """Return the value of the first branch whose condition is true, else `otherwise`."""
        kept: list[tuple[Node, Node]] = []
        for condition, value in branches:
            if condition.op is Op.CONSTANT and condition.payload is not True:
                continue
            if condition.op is Op.CONSTANT:
                otherwise = value
                break
            kept.append((condition, value))
        while kept and kept[-1][1] is otherwise:
            kept.pop()
        if not kept:
            return otherwise
        values = self._one_scale([*(value for _, value in kept), otherwise])
        result = values[0].type
        for value in values[1:]:
            joined = t.union(result, value.type)
            if joined is None:
                message = f"branches of different types: {result} and {value.type}"
                raise OutsideProfile(message)
            result = joined
        flat = [
            item
            for (condition, _), value in zip(kept, values, strict=False)
            for item in (condition, value)
        ]
        return self._node(Op.CASE, (*flat, values[-1]), result)

    def _one_scale(self, nodes: Sequence[Node]) -> list[Node]:
        scales = [node.type.scale for node in nodes if node.type.kind is Kind.NUMBER]
        scale = max(scales, default=0)
        return [self.rescale(n, scale) if n.type.kind is Kind.NUMBER else n for n in nodes]

    def lookup(self, index: Node, values: Sequence[Any], *, scale: int = 0) -> Node:
        """Return values[index]: constants of one kind, null allowed among them."""
        if index.op is Op.CONSTANT and not index.type.nullable:
            return self.constant(values[index.payload], scale=scale)
        result: Type | None = None
        low, high = max(index.type.low, 0), min(index.type.high, len(values) - 1)
        # By type too, because True equals 1.
        for _, value in dict.fromkeys((type(value), value) for value in values[low : high + 1]):
            type_ = type_of_constant(value, scale=scale)
            result = type_ if result is None else t.union(result, type_)
            if result is None:
                raise OutsideProfile("a lookup over values of different kinds")
        if result is None or result.kind is Kind.NULL:
            return self.constant(None)
        outside = index.type.low < 0 or index.type.high >= len(values)
        return self._node(
            Op.LOOKUP, (index,), result.or_null(when=index.type.nullable or outside), tuple(values)
        )

    def position(self, node: Node, texts: Sequence[str]) -> Node:
        """Return the 0-based position of the text among `texts`, null where it is none of them."""
        if node.op is Op.CONSTANT:
            return self.constant(texts.index(node.payload) if node.payload in texts else None)
        covered = node.type.values is not None and node.type.values <= frozenset(texts)
        type_ = t.number(0, len(texts) - 1, nullable=node.type.nullable or not covered)
        return self._node(Op.POSITION, (node,), type_, tuple(texts))

    def keyed(self, node: Node, places: Mapping[Any, int], otherwise: int) -> Node:
        """Return the place of a text or truth value, None among them; `otherwise` of any other."""
        if node.op is Op.CONSTANT:
            return self.constant(places.get(node.payload, otherwise))
        values = (True, False) if node.type.kind is Kind.BOOLEAN else node.type.values
        keys = [*places, *(values or ()), *((None,) if node.type.nullable else ())]
        known = {
            key: places.get(key, otherwise)
            for key in keys
            if (node.type.nullable if key is None else values is None or key in values)
        }
        others = {otherwise} if values is None else set()
        found = {*known.values(), *others}
        if len(found) == 1:
            return self.constant(found.pop())
        # In a fixed order, so that equal questions are one node.
        pairs = tuple(sorted(known.items(), key=lambda pair: (pair[0] is None, str(pair[0]))))
        payload = (pairs, otherwise)
        return self._node(Op.KEYED, (node,), t.number(min(found), max(found)), payload)

    def stepped(self, node: Node, bounds: Sequence[int], places: Sequence[int], null: int) -> Node:
        """Return places[how many bounds are <= node], `null` of null; bounds in the node's unit.

        Bounds ascend, and lie within the type's range (ordinals of dates): above its lowest.
        """
        if node.op is Op.CONSTANT:
            value = node.payload
            if isinstance(value, datetime.date):
                value = value.toordinal()
            return self.constant(null if value is None else places[bisect_right(bounds, value)])
        found = {*places, null} if node.type.nullable else {*places}
        if len(found) == 1:
            return self.constant(found.pop())
        payload = (tuple(bounds), tuple(places), null)
        return self._node(Op.STEPPED, (node,), t.number(min(found), max(found)), payload)

    def common_bits(self, left: Node, right: Node) -> Node:
        """Return the bits that are in both; neither is null, and one at least is never below 0."""
        if left.op is right.op is Op.CONSTANT:
            return self.constant(left.payload & right.payload)
        high = min(one.type.high for one in (left, right) if one.type.low >= 0)
        return self._node(Op.BITS, (left, right), t.number(0, high))

    def first_bit(self, node: Node) -> Node:
        """Return where the lowest bit of a number from 0 stands, counted from 1; 0 of 0."""
        if node.op is Op.CONSTANT:
            return self.constant((node.payload & -node.payload).bit_length())
        return self._node(Op.FIRST_BIT, (node,), t.number(0, node.type.high.bit_length()))

    def among(self, node: Node, texts: Iterable[str]) -> Node:
        """Return the same text, typed as if `texts` were possible too."""
        type_ = t.union(node.type, t.text(frozenset(texts)))
        return node if type_ in (None, node.type) else self._node(Op.UNITS, (node,), type_)

    def date_part(self, node: Node, part: Op) -> Node:
        """Return the year, month or day of a date."""
        if node.op is Op.CONSTANT:
            return self.constant(getattr(node.payload, part.value))
        years = tuple(datetime.date.fromordinal(n).year for n in (node.type.low, node.type.high))
        low, high = {Op.YEAR: years, Op.MONTH: (1, 12), Op.DAY: (1, 31)}[part]
        return self._node(part, (node,), t.number(low, high, nullable=node.type.nullable))

    def days_between(self, left: Node, right: Node) -> Node:
        """Return left - right in whole days."""
        if left.op is right.op is Op.CONSTANT:
            return self.days((left.payload - right.payload).days)
        nullable = left.type.nullable or right.type.nullable
        low, high = left.type.low - right.type.high, left.type.high - right.type.low
        type_ = Type(kind=Kind.DAYS, low=low, high=high, nullable=nullable)
        return self._node(Op.DAYS_BETWEEN, (left, right), type_)

    def add_days(self, date: Node, days: Node) -> Node:
        """Return the date `days` later."""
        low, high = date.type.low + days.type.low, date.type.high + days.type.high
        if low < t.CALENDAR_MIN.toordinal() or t.CALENDAR_MAX.toordinal() < high:
            first, last = t.CALENDAR_MIN.year, t.CALENDAR_MAX.year
            message = f"a date and these days may leave the years {first}..{last}"
            raise OutsideProfile(message)
        if date.op is days.op is Op.CONSTANT:
            return self.constant(date.payload + datetime.timedelta(days.payload))
        nullable = date.type.nullable or days.type.nullable
        type_ = Type(kind=Kind.DATE, low=low, high=high, nullable=nullable)
        return self._node(Op.ADD_DAYS, (date, days), type_)
