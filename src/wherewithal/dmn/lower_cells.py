"""The columns and cells of a decision table: what is tested, and the condition of each cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from wherewithal.dmn.compiled import Guard
from wherewithal.dmn.feel import ast
from wherewithal.dmn.ir import Node, OutsideProfile
from wherewithal.dmn.lowered_cells import KnownCells
from wherewithal.dmn.lowering import Lowering
from wherewithal.dmn.model import Feel, Rule, TableInput
from wherewithal.dmn.regions import EVERYTHING, Region, covers, region_of
from wherewithal.dmn.types import Type
from wherewithal.dmn.values import Value

Regions = dict[int, tuple[Region | None, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """What the cells of one input test."""

    label: str
    tested: Node
    #: What a dash admits beside null, where that is not everything.
    allowed: ast.Node | None


def allowed_of(
    lowering: Lowering, clause: TableInput, type_: Type, scope: Mapping[str, Value]
) -> ast.Node | None:
    """Return what a dash of the column admits beside null; None where that is everything."""
    tests = clause.allowed_values.node if clause.allowed_values else None
    region = _region_of(lowering, tests, scope) if tests else EVERYTHING
    is_all = region is not None and covers([region], type_.not_null())
    return None if region is EVERYTHING or is_all else tests


def cell_region(
    lowering: Lowering, column: Column, cell: Feel, scope: Mapping[str, Value]
) -> Region | None:
    """Return what a cell admits, or None where its tests are not constants."""
    if cell.node is None:
        return EVERYTHING
    if not _is_dash(cell) or column.allowed is None:
        return _region_of(lowering, cell.node, scope)
    region = _region_of(lowering, column.allowed, scope)
    return None if region is None else replace(region, null=True)


def _region_of(lowering: Lowering, tests: ast.Node, scope: Mapping[str, Value]) -> Region | None:
    """Return what tests admit; what is lowered for that alone is no step."""
    before = len(lowering.recorder.steps)
    region = region_of(lowering, tests, scope)
    del lowering.recorder.steps[before:]
    return region


def _is_dash(cell: Feel) -> bool:
    return isinstance(cell.node, ast.UnaryTests) and cell.node.is_dash


def is_complete(tested: Sequence[Node], regions: Regions) -> bool:
    """Return whether some rule always matches, proved on the one input that the rules test."""
    places = [
        place
        for place in range(len(tested))
        if any(cells[place] is not EVERYTHING for cells in regions.values())
    ]
    if len(places) != 1:
        return False
    found = [cells[places[0]] for cells in regions.values()]
    known = [region for region in found if region is not None]
    return len(known) == len(found) and covers(known, tested[places[0]].type)


def input_value(lowering: Lowering, label: str, feel: Feel, scope: Mapping[str, Value]) -> Value:
    """Return what a column tests: a single value, or a list of one; a refusal is reported."""
    lowering.recorder.part = f"input '{label}'"
    try:
        if feel.node is None:
            raise OutsideProfile("the input expression is empty or did not parse")
        value = lowering.lower(feel.node, scope)
        lowering.single(value)
    except OutsideProfile as problem:
        lowering.recorder.report(f"input '{label}'", problem)
        return lowering.graph.constant(None)
    return value


def cell_conditions(
    lowering: Lowering,
    known: KnownCells,
    rule: Rule,
    columns: Sequence[Column],
    scope: Mapping[str, Value],
) -> tuple[Node, ...]:
    """Return the condition of each cell of a rule."""
    found: list[Node] = []
    steps = lowering.recorder.steps
    for place, (column, cell) in enumerate(zip(columns, rule.tests, strict=True)):
        before = len(steps)
        node = known.node(place, cell, partial(_cell, lowering, rule, column, cell, scope))
        if len(steps) > before:
            # The interpreter looks at a cell only where those before it hold.
            lowering.recorder.guard(before, *(Guard(node=one, value=True) for one in found))
        found.append(node)
    return tuple(found)


def _cell(
    lowering: Lowering, rule: Rule, column: Column, cell: Feel, scope: Mapping[str, Value]
) -> Node:
    if cell.node is None:
        return lowering.graph.constant(value=True)
    tested = column.tested
    lowering.recorder.part = f"rule {rule.number}, input '{column.label}'"
    try:
        if not _is_dash(cell) or column.allowed is None:
            return lowering.test(cell.node, tested, scope)
        # A dash takes null, and any of the values that the column allows.
        test = lowering.test(column.allowed, tested, scope)
        return lowering.graph.any_of([lowering.graph.is_null(tested), test])
    except OutsideProfile as problem:
        lowering.recorder.report(f"rule {rule.number}, input '{column.label}'", problem)
        return lowering.graph.constant(value=False)
