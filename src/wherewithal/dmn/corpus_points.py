"""The telling values of a program's inputs: both sides of every threshold, ends, texts and null.

A comparison of an input with a constant gives its threshold at once, through sums and products too.
Any other comparison, of a ratio say, is evaluated while one input moves and the others stand still:
where its truth changes is a threshold, found by halving.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any

from wherewithal.dmn.checks.axis import ORDERED
from wherewithal.dmn.checks.steps import Steps
from wherewithal.dmn.ir import Graph, Node, Op
from wherewithal.dmn.scalar import compile_scalar, reachable
from wherewithal.dmn.types import Kind

#: More values of one input are thinned out, evenly.
POINTS_MAX = 240
#: Comparisons of more inputs than this are not followed.
_INPUTS_MAX = 5
_PICKS = (Op.EQUAL, Op.LESS, Op.LESS_EQUAL, Op.MIN, Op.MAX)


class Points:
    """The values that each input of some nodes should take."""

    def __init__(self, graph: Graph, roots: Iterable[Node]) -> None:
        """Walk what the roots read; nodes that are made later are added to the graph."""
        self._graph = graph
        self._order, _ = reachable(roots)
        self.inputs = {node.payload: node for node in self._order if node.op is Op.INPUT}
        self._steps = Steps()
        for node in self._order:
            # An input under an assumption or in a pick is met here, whatever stands above it.
            self._steps.walk(node)
        self._supports = _supports(self._order)

    def cells(self, name: str) -> list[Any]:
        """Return the values of an input, ascending, null last."""
        type_ = self.inputs[name].type
        values = self._steps.cells(name)
        if type_.kind is Kind.TEXT and type_.values is not None:
            values = [*sorted(type_.values), *([None] if type_.nullable else [])]
        stride = -(-len(values) // POINTS_MAX)
        return values if stride <= 1 else [*values[:-1:stride], values[-1]]

    def row(self, share: float | None) -> tuple[Any, ...]:
        """Return a row with every input at a share of its values; None is null where it may be."""
        row = []
        for name in self.inputs:
            cells = self.cells(name)
            known = [value for value in cells if value is not None]
            is_null = not known or (share is None and None in cells)
            row.append(None if is_null else known[int((share or 0.0) * (len(known) - 1))])
        return tuple(row)

    def find_flips(self, bases: Sequence[tuple[Any, ...]]) -> None:
        """Take in where comparisons change as one input moves from a base row."""
        names = list(self.inputs)
        # What stands here now is walked; comparisons made below are not.
        for node in list(self._order):
            support = self._supports[node.number]
            if node.op not in _PICKS or not 0 < len(support) <= _INPUTS_MAX:
                continue
            left, right = node.operands
            is_pick = node.op in (Op.MIN, Op.MAX)
            if left.type.kind not in ORDERED or (not is_pick and _is_met(left, right)):
                continue
            inputs = [name for name in names if name in support]
            tests = (
                [node]
                if node.op in (Op.LESS, Op.LESS_EQUAL)
                else [self._graph.less(left, right), self._graph.less(right, left)]
            )
            shown = {str(n): _unguarded(self._graph, one) for n, one in enumerate(tests)}
            holds: Callable[..., tuple[Any, ...]] = compile_scalar(shown, inputs=inputs)
            rows = dict.fromkeys(
                tuple(value for name, value in zip(names, base, strict=True) if name in support)
                for base in bases
            )
            for row in rows:
                self._flips(holds, inputs, row)

    def _flips(
        self, holds: Callable[..., tuple[Any, ...]], names: Sequence[str], row: tuple[Any, ...]
    ) -> None:
        for place, name in enumerate(names):
            type_ = self.inputs[name].type
            if type_.kind not in ORDERED:
                continue
            is_date = type_.kind is Kind.DATE

            def at(value: int, place: int = place, *, is_date: bool = is_date) -> Any:
                moved = datetime.date.fromordinal(value) if is_date else value
                return holds(*row[:place], moved, *row[place + 1 :])

            ladder = [_number(value) for value in self.cells(name) if value is not None]
            self._steps.thresholds[name] |= set(_changes(at, ladder))


def _changes(at: Callable[[int], Any], ladder: Sequence[int]) -> Iterator[Fraction]:
    """Yield where something changes between the steps of a ladder: the first value after it."""
    for low, high in pairwise(ladder):
        before = at(low)
        if before == at(high):
            continue
        while high - low > 1:
            middle = (low + high) // 2
            if at(middle) == before:
                low = middle  # noqa: PLW2901 - the interval is halved
            else:
                high = middle  # noqa: PLW2901 - as above
        yield Fraction(high)


def _number(value: Any) -> int:
    return value.toordinal() if isinstance(value, datetime.date) else int(value)


def _is_met(left: Node, right: Node) -> bool:
    """Return whether a comparison is of an input with a constant, whose threshold is known."""
    one, other = (left, right) if right.op is Op.CONSTANT else (right, left)
    return other.op is Op.CONSTANT and one.op is Op.INPUT


def _supports(order: Sequence[Node]) -> dict[int, frozenset[str]]:
    found: dict[int, frozenset[str]] = {}
    for node in order:
        found[node.number] = (
            frozenset((node.payload,))
            if node.op is Op.INPUT
            else frozenset().union(*(found[operand.number] for operand in node.operands))
        )
    return found


def _unguarded(graph: Graph, node: Node) -> Node:
    """Return a node that is read in any row: null where what it assumes does not hold."""
    guards = [graph.nodes[number] for number in sorted(node.guards)]
    null = graph.constant(None)
    return graph.case([(graph.is_null(guard), null) for guard in guards], node)
