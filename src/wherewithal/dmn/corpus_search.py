"""Rows that hit a given rule, sought by moving one input after another towards the rule's cells."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from wherewithal.dmn.compiled import CompiledTable
from wherewithal.dmn.ir import Graph, Node, Op
from wherewithal.dmn.scalar import compile_scalar, reachable
from wherewithal.dmn.types import Kind

#: Rounds over all inputs, and rows to begin with, for each rule.
_ROUNDS = 4
_STARTS = 12
#: Ways to hit a rule that are tried.
_GOALS = 3
#: Counts for more than any number of cells: the rule is hit.
_HIT = 10_000
#: More rules than this are not sought; in a table of thousands most are alike.
SOUGHT_MAX = 400


@dataclass(slots=True, kw_only=True)
class _Aim:
    """How near a row comes to a rule: how many of its cells hold, and whether it is hit."""

    number: int
    inputs: Sequence[str]
    function: Callable[..., tuple[Any, ...]]

    def score(self, values: Sequence[Any]) -> int:
        match, *cells = self.function(*values)
        return _HIT * int(match == self.number) + sum(cell is True for cell in cells)


class RuleSearch:
    """Seeks rows for the rules that no row hits yet."""

    def __init__(
        self,
        graph: Graph,
        *,
        names: Sequence[str],
        cells: Mapping[str, Sequence[Any]],
        starts: Sequence[tuple[Any, ...]],
    ) -> None:
        """Keep the values that inputs may take, and the rows to begin with."""
        self._graph = graph
        self._names = names
        self._cells = cells
        self._starts = list(dict.fromkeys(starts))
        self.sought = 0

    def missing(
        self, table: CompiledTable, found: Mapping[tuple[str, int], Any]
    ) -> dict[tuple[str, int], tuple[Any, ...]]:
        """Return rows for those rules of a table that are not found yet and can be hit so."""
        rows: dict[tuple[str, int], tuple[Any, ...]] = {}
        for group, numbers in zip(table.groups, table.rules, strict=True):
            for number in numbers:
                rule = (table.decision, number)
                if rule in found or rule in rows or self.sought >= SOUGHT_MAX:
                    continue
                self.sought += 1
                goals = islice(_goals(self._graph, group, number), _GOALS)
                found_rows = (self._row(self._aim(group, number, goal)) for goal in goals)
                row = next((one for one in found_rows if one is not None), None)
                if row is not None:
                    rows[rule] = row
        return rows

    def _aim(self, group: Node, number: int, cells: Sequence[Node]) -> _Aim:
        null = self._graph.constant(None)
        nodes = {"match": group}
        for cell in cells:
            guards = [self._graph.nodes[one] for one in sorted(cell.guards)]
            shown = self._graph.case([(self._graph.is_null(one), null) for one in guards], cell)
            nodes[f"c{len(nodes)}"] = shown
        order, _ = reachable(nodes.values())
        inputs = [node.payload for node in order if node.op is Op.INPUT]
        return _Aim(number=number, inputs=inputs, function=compile_scalar(nodes, inputs=inputs))

    def _row(self, aim: _Aim) -> tuple[Any, ...] | None:
        places = [self._names.index(name) for name in aim.inputs]
        scored = sorted(self._starts, key=lambda row: -aim.score([row[place] for place in places]))
        for start in scored[:_STARTS]:
            values = self._climbed(aim, [start[place] for place in places])
            if values is not None:
                row = list(start)
                for place, value in zip(places, values, strict=True):
                    row[place] = value
                self._starts.append(tuple(row))
                return tuple(row)
        return None

    def _climbed(self, aim: _Aim, values: list[Any]) -> list[Any] | None:
        """Return values that hit the rule, or None where no move of one input comes nearer."""
        best = aim.score(values)
        for _ in range(_ROUNDS):
            before = best
            for place, name in enumerate(aim.inputs):
                if best >= _HIT:
                    return values
                for value in self._cells[name]:
                    moved = [*values[:place], value, *values[place + 1 :]]
                    score = aim.score(moved)
                    if score > best:
                        best, values = score, moved
            if best == before:
                break
        return values if best >= _HIT else None


def _goals(graph: Graph, node: Node, number: int) -> Iterator[list[Node]]:
    """Yield ways in which a node becomes a number: the conditions that must hold, all of them.

    A chain of rules shows its conditions. A large table is an index made of the place in each
    column (`lookup_table`): it is taken apart into these places.
    """
    match node.op:
        case Op.CONSTANT:
            if node.payload == number:
                yield []
        case Op.UNITS | Op.ASSUME:
            yield from _goals(graph, node.operands[0], number)
        case Op.CASE:
            for condition, value in zip(node.operands[:-1:2], node.operands[1::2], strict=True):
                for goal in _goals(graph, value, number):
                    yield [*_parts(condition), *goal]
            yield from _goals(graph, node.operands[-1], number)
        case Op.LOOKUP:
            for place, value in enumerate(node.payload):
                if value == number:
                    yield from _goals(graph, node.operands[0], place)
        case Op.ADD if (size := _radix(node)) is not None:
            whole, rest = node.operands[0].operands[0], node.operands[1]
            for goal in _goals(graph, rest, number % size):
                for other in _goals(graph, whole, number // size):
                    yield [*other, *goal]
        case _ if node.type.kind is Kind.NUMBER and node.type.low <= number <= node.type.high:
            yield [graph.equal(node, graph.constant(number))]


def _radix(node: Node) -> int | None:
    """Return the size of the last column of an index: `index * size + place`."""
    whole = node.operands[0]
    if whole.op is not Op.MULTIPLY or whole.operands[1].op is not Op.CONSTANT:
        return None
    size: int = whole.operands[1].payload
    return size if size > 0 else None


def _parts(condition: Node) -> list[Node]:
    """Return the cells that must all hold."""
    found: list[Node] = []
    pending = [condition]
    while pending:
        node = pending.pop()
        if node.op is Op.AND:
            pending.extend(node.operands)
        else:
            found.append(node)
    return found
