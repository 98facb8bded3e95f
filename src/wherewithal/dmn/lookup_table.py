"""Large decision tables as indices: where a value stands in each column, then which rule that is.

A table of thousands of rules by state, product and band is not thousands of comparisons. Each
column is cut into classes of values that its cells do not tell apart; the classes of all columns
make one number, and the rule stands at that number in a table. Rows are never compared in pairs.
Where the table would be far larger than the rules, the columns that tell most apart find a few
candidates, and their other cells are tested; or each column gives the rules that it admits as the
bits of a number, and the first bit that all columns have is the rule.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from wherewithal.dmn.ir import Graph, Node, Op
from wherewithal.dmn.lookup_axes import Axis, axis_of_column, axis_of_condition, bits_of
from wherewithal.dmn.model import HitPolicy
from wherewithal.dmn.regions import Region
from wherewithal.dmn.types import Kind

#: Tables of fewer rules are chains of conditions, which cost less there.
RULES_MIN = 32
#: The table of rules may be so many times larger than the rules, or this large.
SPREAD_MAX = 16
PLACES_MIN = 4_096
#: Bits of the sets of rules that are kept at once: 64 MB.
BITS_MAX = 2**29
#: Rules that the first columns leave, each to be tested by its other cells.
CANDIDATES_MAX = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The rules of a table, or of a group of it, in the order in which the first one counts."""

    graph: Graph
    #: Numbers of the rules.
    order: Sequence[int]
    tested: Sequence[Node]
    #: By rule, what each cell admits; None where its test is no constant.
    regions: Mapping[int, tuple[Region | None, ...]]
    #: By rule, the condition of each cell.
    cells: Mapping[int, tuple[Node, ...]]
    #: Under UNIQUE and ANY more than one hit may clash; else the first in order counts.
    policy: HitPolicy = HitPolicy.FIRST
    outputs: Mapping[int, Sequence[Node]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Where the rule that matched stands: its number, or 0; and whether rules clashed."""

    matched: Node
    clash: Node


#: Tables of fewer rules, or of fewer for each column, are chains: one of 33 rules and 9 columns
#: takes a person 1.4 us as a chain, which ends at the rule that holds, and 2.4 by bits.
BITS_RULES_MIN = 64
BITS_RULES_PER_COLUMN = 8
#: Rules a number has bits for: it stays within 64 bits, and so does its negation.
WORD_BITS = 62


def look_up(rules: Rules) -> Found | None:
    """Return the matched rule by look-ups; None where a chain of conditions is to be made."""
    if len(rules.order) < RULES_MIN:
        return None
    axes = _axes(rules)
    return None if axes is None else _Index(rules).of(axes)


def _axes(rules: Rules) -> list[Axis] | None:
    everything = (1 << len(rules.order)) - 1
    axes: list[Axis] = []
    opened: dict[int, tuple[Node, int]] = {}
    for place, tested in enumerate(rules.tested):
        cells: dict[Region, int] = {}
        unknown = 0
        for position, number in enumerate(rules.order):
            region = rules.regions[number][place]
            if region is not None:
                cells[region] = cells.get(region, 0) | 1 << position
                continue
            unknown |= 1 << position
            condition = rules.cells[number][place]
            _, having = opened.get(condition.number, (condition, 0))
            opened[condition.number] = condition, having | 1 << position
        axis = axis_of_column(tested, cells)
        admitted = tuple(one | unknown for one in axis.admitted)
        axes.append(Axis(admitted=admitted, pick=axis.pick))
    axes += [axis_of_condition(node, having, everything) for node, having in opened.values()]
    # What leaves the fewest rules comes first: the sooner few are left, the smaller the table.
    return sorted(axes, key=lambda axis: max(one.bit_count() for one in axis.admitted))


class _Index:
    """One number made of the classes of the columns so far, and the rules that are left there."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._graph = rules.graph
        self._limit = max(PLACES_MIN, SPREAD_MAX * len(rules.order))
        self._index = self._graph.constant(0)
        #: The different sets of rules, and by place which of them it is.
        self._left: list[int] = [(1 << len(rules.order)) - 1]
        self._at: list[int] = [0]

    def of(self, axes: Sequence[Axis]) -> Found | None:
        for place, axis in enumerate(axes):
            size = len(axis.admitted)
            if len(self._at) * size > self._limit:
                self._compress()
            if len(self._at) * size > self._limit:
                return self._by_candidates(axes[place:]) or by_bits(self._rules, axes)
            if not self._extend(axis):
                return None
        return self._resolved()

    def _compress(self) -> None:
        """Make one place of those that leave the same rules."""
        self._index = self._graph.lookup(self._index, self._at)
        self._at = list(range(len(self._left)))

    def _extend(self, axis: Axis) -> bool:
        graph, size = self._graph, len(axis.admitted)
        numbers: dict[int, int] = {}
        joined = [
            [numbers.setdefault(left & one, len(numbers)) for one in axis.admitted]
            for left in self._left
        ]
        self._left = list(numbers)
        self._at = [number for place in self._at for number in joined[place]]
        if self._index.op is Op.CONSTANT:
            self._index = axis.place(graph)
        elif size > 1:
            whole = graph.multiply(self._index, graph.constant(size))
            self._index = graph.add(whole, axis.place(graph))
        return len(numbers) * len(self._rules.order) <= BITS_MAX

    def _resolved(self) -> Found | None:
        """Return the rule at each place: the first of what is left there, if they do not clash."""
        graph, order = self._graph, self._rules.order
        clashes = _clashing(self._rules)
        answers: list[tuple[int, bool]] = []
        for left in self._left:
            clash = clashes(left)
            if clash is None:
                return None
            first = (left & -left).bit_length() - 1
            answers.append((order[first] if left and not clash else 0, clash))
        matched = graph.lookup(self._index, [answers[place][0] for place in self._at])
        if not any(clash for _, clash in answers):
            return Found(matched=matched, clash=graph.constant(value=False))
        clash_at = graph.lookup(self._index, [answers[place][1] for place in self._at])
        return Found(matched=matched, clash=clash_at)

    def _by_candidates(self, axes: Sequence[Axis]) -> Found | None:
        """Return the first of few candidates whose other cells hold."""
        most = max(left.bit_count() for left in self._left)
        if most > CANDIDATES_MAX or (most > 1 and self._rules.policy is HitPolicy.ANY):
            return None
        graph = self._graph
        spans = [_spans(axis, len(self._rules.order)) for axis in axes]
        if any(span is None for span in spans):
            return None
        places = [axis.place(graph) for axis in axes]
        ranks = [list(bits_of(left)) for left in self._left]
        branches: list[tuple[Node, Node]] = []
        for turn in range(most):
            candidates = [rank[turn] + 1 if turn < len(rank) else 0 for rank in ranks]
            candidate = graph.lookup(self._index, [candidates[place] for place in self._at])
            holds = [graph.less(graph.constant(0), candidate)]
            for place, span in zip(places, spans, strict=True):
                lows, highs = zip((0, -1), *(span or ()), strict=True)
                low, high = graph.lookup(candidate, lows), graph.lookup(candidate, highs)
                holds += [
                    graph.less(low, place, or_equal=True),
                    graph.less(place, high, or_equal=True),
                ]
            number = graph.lookup(candidate, [0, *self._rules.order])
            branches.append((graph.all_of(holds), number))
        return self._first_of(branches)

    def _first_of(self, branches: Sequence[tuple[Node, Node]]) -> Found:
        graph = self._graph
        clash = graph.constant(value=False)
        zero = graph.constant(0)
        if self._rules.policy is HitPolicy.UNIQUE:
            hits = [condition for condition, _ in branches]
            clash = graph.any_of(
                graph.all_of([one, other])
                for place, one in enumerate(hits)
                for other in hits[place + 1 :]
            )
        return Found(matched=graph.case([(clash, zero), *branches], zero), clash=clash)


def by_bits(rules: Rules, axes: Sequence[Axis]) -> Found | None:
    """Return the first rule that all columns admit, by sets of rules as bits."""
    least = max(BITS_RULES_MIN, BITS_RULES_PER_COLUMN * len(axes))
    if rules.policy is HitPolicy.ANY or len(rules.order) < least:
        return None
    graph = rules.graph
    zero = graph.constant(0)
    clash = met = graph.constant(value=False)
    branches: list[tuple[Node, Node]] = []
    for start in range(0, len(rules.order), WORD_BITS):
        part = (1 << min(WORD_BITS, len(rules.order) - start)) - 1
        whole = left = graph.constant(part)
        for axis in axes:
            given = [one >> start & part for one in axis.admitted]
            if set(given) != {part}:
                found = axis.pick(graph, given)
                left = found if left is whole else graph.common_bits(left, found)
        hit = graph.negation(graph.equal(left, zero))
        if rules.policy is HitPolicy.UNIQUE:
            others = graph.common_bits(left, graph.subtract(left, graph.constant(1)))
            several = graph.negation(graph.equal(others, zero))
            clash = graph.any_of([clash, several, graph.all_of([met, hit])])
            met = graph.any_of([met, hit])
        numbers = [0, *rules.order[start : start + WORD_BITS]]
        branches.append((hit, graph.lookup(graph.first_bit(left), numbers)))
    if len(branches) == 1 and rules.policy is not HitPolicy.UNIQUE:
        return Found(matched=branches[0][1], clash=clash)
    return Found(matched=graph.case([(clash, zero), *branches], zero), clash=clash)


def _clashing(rules: Rules) -> Callable[[int], bool | None]:
    """Return what tells of a set of rules whether they clash; None where that is not known."""
    if rules.policy is HitPolicy.UNIQUE:
        return lambda left: left & (left - 1) != 0
    if rules.policy is not HitPolicy.ANY:
        return lambda _: False
    alike: dict[Any, int] = {}
    keys = [tuple(map(_value, rules.outputs[number])) for number in rules.order]
    open_rules = 0
    for position, key in enumerate(keys):
        alike[key] = alike.get(key, 0) | 1 << position
        if any(node.op is not Op.CONSTANT for node in rules.outputs[rules.order[position]]):
            open_rules |= 1 << position

    def clashes(left: int) -> bool | None:
        if not left:
            return False
        first = (left & -left).bit_length() - 1
        if not left & ~alike[keys[first]]:
            return False
        return None if left & open_rules else True

    return clashes


def _value(node: Node) -> Any:
    """Return what is equal for equal constants, whatever their scale; else the node's number."""
    if node.op is not Op.CONSTANT:
        return "node", node.number
    if isinstance(node.payload, int) and not isinstance(node.payload, bool):
        return node.type.kind, Fraction(node.payload, 10**node.type.scale)
    return node.type.kind, node.payload


def _spans(axis: Axis, rules: int) -> list[tuple[int, int]] | None:
    """Return the first and last class that each rule admits; None if some rule skips one."""
    first: list[int | None] = [None] * rules
    last = [-1] * rules
    counts = [0] * rules
    for place, admitted in enumerate(axis.admitted):
        for position in bits_of(admitted):
            first[position] = place if first[position] is None else first[position]
            last[position] = place
            counts[position] += 1
    found = [(0 if low is None else low, high) for low, high in zip(first, last, strict=True)]
    has_gap = any(high - low + 1 != count for (low, high), count in zip(found, counts, strict=True))
    return None if has_gap else found


def select(graph: Graph, matched: Node, by_number: Mapping[int, Node]) -> Node:
    """Return the node of the rule that matched, where not all of them are plain constants.

    There is a branch for each different node that is none, and a table for all constants.
    """
    different = list(dict.fromkeys(node for node in by_number.values() if not _is_plain(node)))
    which = {node: place for place, node in enumerate(different, 1)}
    size = max(by_number) + 1
    chosen = [which.get(by_number[n], 0) if n in by_number else 0 for n in range(size)]
    choice = graph.lookup(matched, chosen)
    plain = {number: node for number, node in by_number.items() if _is_plain(node)}
    otherwise = select_constant(graph, matched, plain) if plain else different.pop()
    branches = [(graph.equal(choice, graph.constant(which[node])), node) for node in different]
    return graph.case(branches, otherwise)


def select_constant(graph: Graph, matched: Node, by_number: Mapping[int, Node]) -> Node:
    """Return the constant of the rule that matched, by position; none of them a duration."""
    scale = max(node.type.scale for node in by_number.values())
    payloads = {
        number: graph.rescale(node, scale).payload
        if node.type.kind is Kind.NUMBER
        else node.payload
        for number, node in by_number.items()
    }
    # A number that no rule here has cannot come; null there would make the result nullable.
    filler = payloads[min(payloads)]
    size = max(matched.type.high, *payloads) + 1
    return graph.lookup(matched, [payloads.get(n, filler) for n in range(size)], scale=scale)


def _is_plain(node: Node) -> bool:
    return node.op is Op.CONSTANT and node.type.kind is not Kind.DAYS
