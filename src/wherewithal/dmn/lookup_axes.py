"""A column of a large table as classes of values: which rules each class admits.

Rules are bits: bit n of a set is the n-th rule. What is looked at are the different cells of a
column, so that the work grows with cells and not with pairs of rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import Any

from wherewithal.dmn.ir import Graph, Node
from wherewithal.dmn.regions import Region, Span
from wherewithal.dmn.types import Kind, Type

_ORDERED = (Kind.NUMBER, Kind.DATE, Kind.DAYS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """The classes of a column: a place for each, and the rules that admit it."""

    admitted: tuple[int, ...]
    #: Makes the node of what is given for each class, in a graph.
    pick: Callable[[Graph, Sequence[int]], Node]

    def place(self, graph: Graph) -> Node:
        """Return the node of the class."""
        return self.pick(graph, range(len(self.admitted)))


def axis_of_column(tested: Node, cells: Mapping[Region, int]) -> Axis:
    """Return the classes of a column by its different cells, each with the rules that have it.

    The classes of numbers, dates and durations ascend, as far as they are different.
    """
    if tested.type.kind in _ORDERED:
        return _ordered(tested, cells)
    return _named(tested, cells)


def axis_of_condition(condition: Node, having: int, all_rules: int) -> Axis:
    """Return the two classes of a test that is no constant: not true, and true."""
    return Axis(
        admitted=(all_rules & ~having, all_rules),
        pick=lambda graph, given: graph.keyed(condition, {True: given[1]}, given[0]),
    )


def admitted_by_value(type_: Type, cells: Mapping[Region, int]) -> dict[Any, int]:
    """Return the rules that admit each text or truth value, null, and `...` for any other text."""
    always = null = 0
    with_value: dict[Any, int] = {}
    without_value: dict[Any, int] = {}
    for region, rules in cells.items():
        null |= rules if region.null else 0
        always |= rules if region.all_but_named else 0
        marked = without_value if region.all_but_named else with_value
        for value in region.named:
            marked[value] = marked.get(value, 0) | rules
    values = {True, False} if type_.kind is Kind.BOOLEAN else type_.values
    named = {value for value in (*with_value, *without_value) if values is None or value in values}
    found = {
        value: (always & ~without_value.get(value, 0)) | with_value.get(value, 0)
        for value in sorted(named)
    }
    if values is None or values - named:
        found[...] = always
    if type_.nullable:
        found[None] = null
    return found


def _named(tested: Node, cells: Mapping[Region, int]) -> Axis:
    found = admitted_by_value(tested.type, cells)
    classes = {rules: place for place, rules in enumerate(dict.fromkeys(found.values()))}
    places = {value: classes[rules] for value, rules in found.items()}
    # Where every value is named, no other can come.
    otherwise = places.pop(..., 0)

    def pick(graph: Graph, given: Sequence[int]) -> Node:
        known = {value: given[place] for value, place in places.items()}
        return graph.keyed(tested, known, given[otherwise])

    return Axis(admitted=tuple(classes), pick=pick)


def _ordered(tested: Node, cells: Mapping[Region, int]) -> Axis:
    type_ = tested.type
    changes: dict[int, int] = {type_.low: 0}
    null = 0
    for region, rules in cells.items():
        null |= rules if region.null else 0
        for low, high in merged(region.spans, type_):
            changes[low] = changes.get(low, 0) ^ rules
            changes[high + 1] = changes.get(high + 1, 0) ^ rules
    changes.pop(type_.high + 1, None)
    bounds: list[int] = []
    admitted: list[int] = []
    current = 0
    for bound in sorted(changes):
        current ^= changes[bound]
        if not admitted or current != admitted[-1]:
            bounds.append(bound)
            admitted.append(current)
    found = [*admitted, null] if type_.nullable else admitted
    classes = {rules: place for place, rules in enumerate(dict.fromkeys(found))}
    places = tuple(classes[rules] for rules in admitted)
    at_null = classes[null] if type_.nullable else 0

    def pick(graph: Graph, given: Sequence[int]) -> Node:
        # Bounds between equal ones tell nothing apart.
        at = [n for n, place in enumerate(places) if not n or given[place] != given[places[n - 1]]]
        found = [given[places[n]] for n in at]
        return graph.stepped(tested, [bounds[n] for n in at[1:]], found, given[at_null])

    return Axis(admitted=tuple(classes), pick=pick)


def merged(spans: Sequence[Span], type_: Type) -> list[tuple[int, int]]:
    """Return the whole numbers of spans, in the type's unit and range, as intervals apart."""
    unit = 10**type_.scale
    ends: list[tuple[int, int]] = []
    for span in spans:
        low, high = type_.low, type_.high
        if span.low is not None:
            first = Fraction(span.low) * unit
            low = max(low, ceil(first) + (first.denominator == 1 and not span.low_closed))
        if span.high is not None:
            last = Fraction(span.high) * unit
            high = min(high, floor(last) - (last.denominator == 1 and not span.high_closed))
        if low <= high:
            ends.append((low, high))
    found: list[tuple[int, int]] = []
    for low, high in sorted(ends):
        if found and low <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(found[-1][1], high))
        else:
            found.append((low, high))
    return found


def bits_of(rules: int) -> Iterator[int]:
    """Yield the places of the bits of a set, ascending."""
    while rules:
        low = rules & -rules
        yield low.bit_length() - 1
        rules ^= low
