"""A threshold corpus: rows at and around every constant of a program, and the rules that they hit.

Rows are derived from the program itself. An input takes the values beside every constant that it is
compared with, directly or through arithmetic, its ends, null and every listed text. Rows move one
input at a time from some base rows, then several inputs of one table at once. A rule that none of
them hits is sought by moving one input after another towards its cells.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any, TypeAlias

from wherewithal.dmn.compiled import CompiledTable
from wherewithal.dmn.corpus_points import Points
from wherewithal.dmn.corpus_search import SOUGHT_MAX, RuleSearch
from wherewithal.dmn.ir import Graph, Node, Op
from wherewithal.dmn.scalar import compile_scalar, reachable
from wherewithal.dmn.types import Type

#: Values of the inputs by position, in the units of their types.
Row: TypeAlias = tuple[Any, ...]
#: A decision, and the number of a rule of its table.
Rule: TypeAlias = tuple[str, int]

ROWS_MAX = 20_000
#: Rows that are tried for rules to be hit, however few are kept.
_TRIED_MIN = 10_000
_MIX = 0x9E3779B97F4A7C15
_WORD = 2**64 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """Rows for a program, and what they reach."""

    #: The inputs that the program reads, in the order of a row's values.
    inputs: Mapping[str, Type]
    rows: tuple[Row, ...]
    #: Every rule of every table, and those that no row hits.
    rules: tuple[Rule, ...]
    missed: tuple[Rule, ...]
    #: Whether each of the missed ones was sought; of very many they are not.
    is_sought: bool
    #: Rows that were made and not kept, because of the bound.
    left_off: int


def threshold_corpus(
    graph: Graph,
    outputs: Mapping[str, Node],
    tables: Sequence[CompiledTable] = (),
    *,
    bases: Sequence[Mapping[str, Any]] = (),
    rows_max: int = ROWS_MAX,
    seed: int = 0,
) -> Corpus:
    """Return the corpus of some outputs and tables of a graph, the same for the same arguments.

    `bases` are rows to start from, by input's name, besides our own: people as they are, say; what
    they leave out is null. Of each rule that can be hit the first row that hits it is always kept.
    Errors: KeyError for an op that the scalar executor has no kernel for.
    """
    groups = [group for table in tables for group in table.groups]
    points = Points(graph, [*outputs.values(), *groups])
    names = list(points.inputs)
    middle = points.row(0.5)
    own = [middle, points.row(0.0), points.row(1.0), points.row(None)]
    given = [tuple(base.get(name) for name in names) for base in bases]
    points.find_flips([middle, *given[:2]])
    cells = {name: points.cells(name) for name in names}
    maker = _Maker(names=names, cells=cells, chance=_Chance(seed))
    starts = list(dict.fromkeys([*own, *given]))
    tried = max(rows_max, _TRIED_MIN) if tables else rows_max
    singles = list(dict.fromkeys(chain(starts, maker.singles(starts, names, tried))))
    supports = [_support(table.groups) for table in tables]
    share = tried // (2 * len(tables)) if tables else tried // 2
    mixed = [
        row
        for support in supports or [names]
        for row in islice(maker.mixed(starts, support), min(share, _pairs(cells, support)))
    ]
    found = _hits(tables, names, [*singles, *mixed]) if tables else {}
    search = RuleSearch(graph, names=names, cells=cells, starts=[*starts, *found.values()])
    for table in tables:
        found |= search.missing(table, found)
    around = list(maker.around(tables, supports, found, rows_max))
    made = dict.fromkeys(chain(found.values(), singles, around, mixed))
    rows = _cut(list(made), len(set(found.values())), rows_max)
    rules = tuple(
        dict.fromkeys(
            (table.decision, rule.number) for table in tables for rule in table.table.rules
        )
    )
    return Corpus(
        inputs={name: points.inputs[name].type for name in names},
        rows=rows,
        rules=rules,
        missed=tuple(rule for rule in rules if rule not in found),
        is_sought=search.sought < SOUGHT_MAX,
        left_off=len(made) - len(rows),
    )


def _support(nodes: Iterable[Node]) -> list[str]:
    order, _ = reachable(nodes)
    return [node.payload for node in order if node.op is Op.INPUT]


def _pairs(cells: Mapping[str, Sequence[Any]], support: Sequence[str]) -> int:
    """Return so many rows that random ones hold most pairs of values of some inputs."""
    sizes = sorted((len(cells[name]) for name in support), reverse=True)
    return 3 * sizes[0] * sizes[1] if len(sizes) > 1 else 0


def _hits(
    tables: Sequence[CompiledTable], names: Sequence[str], rows: Sequence[Row]
) -> dict[Rule, Row]:
    """Return for each rule the first row that hits it."""
    owners = [table.decision for table in tables for _ in table.groups]
    groups = {
        f"g{place}": group
        for place, group in enumerate(group for table in tables for group in table.groups)
    }
    function: Callable[..., tuple[Any, ...]] = compile_scalar(groups, inputs=names)
    found: dict[Rule, Row] = {}
    for row in rows:
        for owner, number in zip(owners, function(*row), strict=True):
            if number:
                found.setdefault((owner, number), row)
    return found


def _cut(rows: Sequence[Row], first: int, rows_max: int) -> tuple[Row, ...]:
    """Return the first rows, and as many of the others as may be, evenly."""
    others = len(rows) - first
    room = max(0, rows_max - first)
    if others <= room:
        return tuple(rows)
    return (*rows[:first], *(rows[first + place * others // room] for place in range(room)))


@dataclass(slots=True, kw_only=True)
class _Maker:
    names: Sequence[str]
    cells: Mapping[str, Sequence[Any]]
    chance: _Chance

    def singles(self, starts: Sequence[Row], moved: Sequence[str], most: int) -> Iterator[Row]:
        """Yield rows that differ from a start in one input."""
        per_start = sum(len(self.cells[name]) for name in moved) or 1
        for row in starts[: max(2, most // per_start)]:
            for name in moved:
                place = self.names.index(name)
                for value in self.cells[name]:
                    yield (*row[:place], value, *row[place + 1 :])

    def mixed(self, starts: Sequence[Row], moved: Sequence[str]) -> Iterator[Row]:
        """Yield rows in which every moved input stands at any of its values, without end."""
        places = [(self.names.index(name), self.cells[name]) for name in moved]
        while True:
            row = list(self.chance.of(starts))
            for place, values in places:
                row[place] = self.chance.of(values)
            yield tuple(row)

    def around(
        self,
        tables: Sequence[CompiledTable],
        supports: Sequence[Sequence[str]],
        found: Mapping[Rule, Row],
        most: int,
    ) -> Iterator[Row]:
        """Yield rows beside the one that hits a rule: one input of the table moves."""
        pairs = [
            (found[table.decision, rule.number], support)
            for table, support in zip(tables, supports, strict=True)
            for rule in table.table.rules
            if (table.decision, rule.number) in found
        ]
        for row, support in pairs:
            made = list(self.singles([row], support, most))
            share = max(8, 2 * most // len(pairs))
            yield from made[:: max(1, -(-len(made) // share))]


@dataclass(slots=True)
class _Chance:
    """Numbers that look like chance and are the same each time (SplitMix64)."""

    state: int

    def of(self, values: Sequence[Any]) -> Any:
        self.state = (self.state + _MIX) & _WORD
        mixed = ((self.state ^ (self.state >> 30)) * 0xBF58476D1CE4E5B9) & _WORD
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _WORD
        return values[(mixed ^ (mixed >> 31)) % len(values)]
