"""The cells of a table, each text lowered once: ten thousand rules have few different cells."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from wherewithal.dmn.ir import Graph, Node
from wherewithal.dmn.lookup_axes import axis_of_column, bits_of
from wherewithal.dmn.model import Feel
from wherewithal.dmn.recorder import Recorder
from wherewithal.dmn.regions import Region

#: Of more different cells in a column, which rules may meet is found by values, not by pairs.
PAIRED_MAX = 64


@dataclass(frozen=True, slots=True)
class KnownCells:
    """What cells became, by column and tree: the reader parses each text once."""

    recorder: Recorder
    _nodes: dict[tuple[int, int], Node] = field(default_factory=dict)
    _regions: dict[tuple[int, int], Region | None] = field(default_factory=dict)

    def node(self, place: int, cell: Feel, lower: Callable[[], Node]) -> Node:
        """Return the condition of a cell. One with a finding, or a step, is lowered each time."""
        key = (place, id(cell.node))
        if key not in self._nodes:
            before = self._kept()
            node = lower()
            if self._kept() > before:
                return node
            self._nodes[key] = node
        return self._nodes[key]

    def _kept(self) -> int:
        recorder = self.recorder
        return len(recorder.diagnostics) + len(recorder.warnings) + len(recorder.steps)

    def region(self, place: int, cell: Feel, find: Callable[[], Region | None]) -> Region | None:
        """Return what a cell admits."""
        key = (place, id(cell.node))
        if key not in self._regions:
            self._regions[key] = find()
        return self._regions[key]


class Conditions(Mapping[int, Node]):
    """The condition of each rule by its number, made when it is asked for."""

    def __init__(
        self, graph: Graph, cells: Mapping[int, tuple[Node, ...]], tested: Sequence[Node]
    ) -> None:
        """Take the conditions of the cells by rule, and what the columns test."""
        self.graph = graph
        self.cells = cells
        self.tested = tested

    def __getitem__(self, number: int) -> Node:
        """Return the condition: all cells of the rule hold."""
        return self.graph.all_of(self.cells[number])

    def __iter__(self) -> Iterator[int]:
        """Yield the numbers of the rules."""
        return iter(self.cells)

    def __len__(self) -> int:
        """Return how many rules there are."""
        return len(self.cells)


def met_cells(tested: Node, rules_of: Mapping[Region | None, int]) -> dict[Region | None, int]:
    """Return for each cell of a column the rules whose cells share a value with it, as bits.

    A cell that is unknown may meet every other.
    """
    known = {cell: rules for cell, rules in rules_of.items() if cell is not None}
    if len(known) <= PAIRED_MAX:
        return _met_in_pairs(rules_of)
    unknown = rules_of.get(None, 0)
    # A rule of each cell stands for all that have it.
    having = {(rules & -rules).bit_length() - 1: cell for cell, rules in known.items()}
    first_ones = sum(1 << position for position in having)
    met: dict[Region | None, int] = dict.fromkeys(known, unknown)
    for admitted in axis_of_column(tested, known).admitted:
        for position in bits_of(admitted & first_ones):
            met[having[position]] |= admitted
    return {**met, None: -1}


def _met_in_pairs(rules_of: Mapping[Region | None, int]) -> dict[Region | None, int]:
    met = dict.fromkeys(rules_of, 0)
    known = list(rules_of)
    for position, one in enumerate(known):
        for other in known[position:]:
            if one is None or other is None or not one.is_disjoint(other):
                met[one] |= rules_of[other]
                met[other] |= rules_of[one]
    return met
