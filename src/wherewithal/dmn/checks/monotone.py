"""Whether a decision never falls (or never rises) as an input rises: proved, refuted, or neither.

Two kinds of proof. *By structure*: sums, minima, roundings and lookups of what never falls never
fall. *By cells*: where a part is a table, every cell of the inputs that it reads is tried by the
scalar executor; within a cell nothing changes, so that is all there is. A refutation is two rows.
Rows where the input or the decision is null are not compared: null is not less than anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, product
from math import prod
from typing import Any

from wherewithal.dmn.checks.steps import Steps, readings
from wherewithal.dmn.ir import Node, Op
from wherewithal.dmn.scalar import compile_scalar, reachable

#: More cells than this are not tried; the decision is then sampled, and not proved.
CELLS_MAX = 200_000
_PAIRS_MAX = 20_000
#: Rows of the other inputs that are drawn where not every cell can be tried.
_ROWS_DRAWN = 2_000

#: Whether a value never falls, and whether it never rises, as the input rises.
Trend = tuple[bool, bool]
_BOTH = (True, True)
_NEITHER = (False, False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What was found; one of `proof` and `counter` is set, or neither."""

    #: How it was proved: `by structure`, or `by cells`.
    proof: str = ""
    #: Cells or pairs of rows that were tried.
    tried: int = 0
    #: Two rows that differ in the input alone, each with what was decided, in units of the types.
    counter: tuple[tuple[Mapping[str, Any], Any], tuple[Mapping[str, Any], Any]] | None = None


def judge(node: Node, name: str, *, falls: bool) -> Verdict:
    """Return whether a numeric value never falls (`falls`), or else never rises, with an input."""
    prover = _Prover(name=name)
    trend = prover.trend(node)
    if trend[0 if falls else 1]:
        proof = "by cells" if prover.tried else "by structure"
        return Verdict(proof=proof, tried=prover.tried)
    steps = Steps()
    steps.walk(node)
    if name not in steps.inputs:
        return Verdict(proof="by structure")
    cells = {one: steps.cells(one) for one in readings(steps.inputs)}
    is_whole = steps.is_stepped and prod(map(len, cells.values())) <= CELLS_MAX
    rows = _all(cells, name) if is_whole else _some(cells, name)
    tried, counter = _search(node, cells, name, rows, falls=falls)
    if counter is None and is_whole:
        return Verdict(proof="by cells", tried=tried)
    return Verdict(tried=tried, counter=counter)


@dataclass(slots=True, kw_only=True)
class _Prover:
    """Follows an input through a graph."""

    name: str
    tried: int = 0
    _known: dict[int, Trend] = field(default_factory=dict)
    _reads: dict[int, bool] = field(default_factory=dict)

    def trend(self, root: Node) -> Trend:
        """Return the trend of a value; its operands come first, so nothing recurses deeply."""
        order, _ = reachable([root])
        for node in order:
            self._reads[node.number] = (
                node.payload == self.name
                if node.op is Op.INPUT
                else any(self._reads[operand.number] for operand in node.operands)
            )
        for node in order:
            self._known[node.number] = self._trend_of(node)
        return self._known[root.number]

    def _trend_of(self, node: Node) -> Trend:
        if not self._reads[node.number]:
            return _BOTH
        found = self._by_structure(node)
        # Every part of a sum is judged by itself: a table of one characteristic has few cells.
        return self._by_cells(node) if found == _NEITHER and node.op is not Op.ADD else found

    def _by_structure(self, node: Node) -> Trend:
        trends = [self._known[operand.number] for operand in node.operands]
        match node.op:
            case Op.INPUT:
                return (True, False)
            case Op.ADD | Op.MIN | Op.MAX | Op.UNITS | Op.ASSUME | Op.ADD_DAYS:
                return _all_of(trends)
            case Op.SUBTRACT | Op.DAYS_BETWEEN:
                return _all_of([trends[0], trends[1][::-1]])
            case Op.MULTIPLY:
                return self._product(node, trends)
            case Op.DIVIDE:
                divisor = node.operands[1]
                if self._reads[divisor.number] or divisor.type.low <= 0:
                    return _NEITHER
                return trends[0]
            case Op.LOOKUP:
                return self._lookup(node, trends[0])
            case Op.CASE:
                return self._choice(node)
        return _NEITHER

    def _choice(self, node: Node) -> Trend:
        conditions = node.operands[:-1:2]
        # Rows where the input is null are not compared, and what is for them alone says nothing.
        values = [
            value
            for condition, value in zip(conditions, node.operands[1::2], strict=True)
            if not self._is_null_test(condition)
        ]
        values.append(node.operands[-1])
        known = {one.number: self._known[one.number] for one in values if not _is_null(one)}
        # Null is not compared: what is else one value has that value's trend.
        is_settled = not any(
            self._reads[one.number] and not self._is_null_test(one) for one in conditions
        )
        return _all_of(list(known.values())) if is_settled or len(known) == 1 else _NEITHER

    def _is_null_test(self, condition: Node) -> bool:
        """Return whether a condition holds only where the input itself is null."""
        if condition.op is not Op.IS_NULL:
            return False
        (operand,) = condition.operands
        return operand.op is Op.INPUT and operand.payload == self.name

    def _product(self, node: Node, trends: Sequence[Trend]) -> Trend:
        left, right = node.operands
        if left.type.low >= 0 and right.type.low >= 0:
            return _all_of(trends)
        if self._reads[left.number] and self._reads[right.number]:
            return _NEITHER
        factor, trend = (right, trends[0]) if self._reads[left.number] else (left, trends[1])
        if factor.type.low >= 0:
            return trend
        return trend[::-1] if factor.type.high <= 0 else _NEITHER

    def _lookup(self, node: Node, trend: Trend) -> Trend:
        low, high = max(node.operands[0].type.low, 0), node.operands[0].type.high
        values = [value for value in node.payload[low : high + 1] if value is not None]
        if all(a <= b for a, b in pairwise(values)):
            return trend
        is_falling = all(a >= b for a, b in pairwise(values))
        return trend[::-1] if is_falling else _NEITHER

    def _by_cells(self, node: Node) -> Trend:
        """Return the trend of a part by trying all of its cells, if there are few."""
        if not _is_numeric(node) or node.guards:
            return _NEITHER
        steps = Steps()
        steps.walk(node)
        if not steps.is_stepped or self.name not in steps.inputs:
            return _NEITHER
        cells = {one: steps.cells(one) for one in readings(steps.inputs)}
        count = prod(map(len, cells.values()))
        if count > CELLS_MAX:
            return _NEITHER
        self.tried += count
        never = []
        for falls in (True, False):
            _, counter = _search(node, cells, self.name, _all(cells, self.name), falls=falls)
            never.append(counter is None)
        return never[0], never[1]


def _all_of(trends: Sequence[Trend]) -> Trend:
    return all(trend[0] for trend in trends), all(trend[1] for trend in trends)


def _is_null(node: Node) -> bool:
    return node.op is Op.CONSTANT and node.payload is None


def _is_numeric(node: Node) -> bool:
    return node.type.kind.value in ("number", "days duration")


Cells = Mapping[str, Sequence[Any]]
Pair = tuple[tuple[Mapping[str, Any], Any], tuple[Mapping[str, Any], Any]]


def _all(cells: Cells, name: str) -> Iterator[dict[str, Any]]:
    """Yield every combination of the other inputs' cells."""
    others = [one for one in cells if one != name]
    for values in product(*(cells[one] for one in others)):
        yield dict(zip(others, values, strict=True))


def _some(cells: Cells, name: str) -> Iterator[dict[str, Any]]:
    """Yield rows in which the other inputs stand at one cell each, and then one of them moves."""
    others = [one for one in cells if one != name]
    for place in (0, -1):
        base = {one: _pick(cells[one], place) for one in others}
        yield base
        for one in others:
            for value in cells[one]:
                yield {**base, one: value}
    # Then rows all over, by a fixed sequence: a run is repeated exactly.
    state = 1
    for _ in range(_ROWS_DRAWN):
        row = {}
        for one in others:
            state = (state * 6_364_136_223_846_793_005 + 1_442_695_040_888_963_407) % 2**64
            row[one] = cells[one][(state >> 33) % len(cells[one])]
        yield row


def _pick(values: Sequence[Any], place: int) -> Any:
    known = [value for value in values if value is not None]
    return known[place] if known else None


def _search(
    node: Node, cells: Cells, name: str, rows: Iterator[dict[str, Any]], *, falls: bool
) -> tuple[int, Pair | None]:
    """Return how many values were tried, and two rows that break the claim, or None."""
    names = list(cells)
    decide: Callable[..., tuple[Any, ...]] = compile_scalar({"value": node}, inputs=names)
    ladder = [value for value in cells[name] if value is not None]
    tried = 0
    for others in rows:
        before: tuple[Any, Any] | None = None
        for value in ladder:
            row = {**others, name: value}
            found = decide(*(row[one] for one in names))[0]
            tried += 1
            if found is None:
                continue
            if before is not None and (found < before[1] if falls else found > before[1]):
                lower = {**others, name: before[0]}
                return tried, ((lower, before[1]), (row, found))
            before = value, found
        if tried > max(CELLS_MAX, _PAIRS_MAX):
            return tried, None
    return tried, None
