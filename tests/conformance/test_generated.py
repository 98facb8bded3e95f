"""Scalar and columnar agree on generated programs, and static types tell the truth about them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conformance.executors import (
    RESULT,
    Columnar,
    Reference,
    Scalar,
    compiled,
    feel,
    is_within,
)
from tests.conformance.generated import POLICIES, TYPES, expressions, rows_around, tables
from tests.conformance.models import Table
from wherewithal.dmn.ir import Node, Op
from wherewithal.dmn.program import Program
from wherewithal.dmn.scalar import reachable
from wherewithal.dmn.types import Kind

Rows = Sequence[tuple[Any, ...]]
QUIET = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
# The quick run has the same cases each time, lest a state be missed by chance.
EXAMPLES = [
    pytest.param(150, 60, id="quick"),
    pytest.param(3_000, 300, id="nightly", marks=pytest.mark.nightly),
]
REFERENCE_ROWS = 12
#: What the analysis refuses because of a range; anything else would be a fault of the generator.
BOUNDED = ("digits, and 33 are exact", "may leave the years")


def compiled_or_none(what: str | Table) -> Program | None:
    program = compiled(what, TYPES)
    refused = [one.message for one in program.diagnostics]
    assert all(message.endswith(BOUNDED[0]) or BOUNDED[1] in message for message in refused)
    return None if refused else program


def evaluated(nodes: dict[str, Node], rows: Rows) -> Rows:
    """Return what both executors say, which must be the same."""
    by_row, by_column = (one.evaluate(nodes, TYPES, rows) for one in (Scalar(), Columnar()))
    for row, left, right in zip(rows, by_row, by_column, strict=True):
        assert left == right, dict(zip(TYPES, row, strict=True))
    return by_row


def check_all_nodes(result: Node, rows: Rows, seen: Counter[str]) -> None:
    """Compare every node that needs no guard, in its type; that is also another order of work."""
    order, _ = reachable([result])
    nodes = {
        f"v{node.number}": node
        for node in order
        if not node.guards and not (node.type.kind is Kind.TEXT and node.type.values is None)
    }
    for row in evaluated(nodes, rows):
        values = dict(zip(nodes, row, strict=True))
        for name, value in values.items():
            assert is_within(value, nodes[name].type), (name, value, nodes[name])
            _count(nodes[name], value, values, seen)
    seen["guarded"] += any(node.guards for node in order)


def _count(node: Node, value: Any, values: dict[str, Any], seen: Counter[str]) -> None:
    seen["null"] += value is None
    seen["wide"] += node.type.kind is Kind.NUMBER and value is not None and abs(value) > 2**63
    if node.op is Op.DIVIDE:
        top, bottom = (values.get(f"v{operand.number}") for operand in node.operands)
        seen["by zero"] += bottom == 0
        seen["tie"] += bool(top and bottom and 2 * (top % bottom) == bottom)
        seen["negative tie"] += bool(top and bottom and top < 0 and 2 * (top % bottom) == bottom)


def check_by_reference(what: str | Table, result: Node, rows: Rows, got: Sequence[Any]) -> None:
    """Compare some rows with the interpreter, which is slow."""
    some = rows[:REFERENCE_ROWS]
    given = [tuple(map(feel, row, TYPES.values())) for row in some]
    expected = Reference().run(what, TYPES, given)
    for row, left, right in zip(some, got, expected, strict=False):
        assert feel(left, result.type) == right, dict(zip(TYPES, row, strict=True))


@pytest.mark.parametrize(("examples", "count"), EXAMPLES)
def test_expressions(examples, count):
    seen: Counter[str] = Counter()

    @settings(max_examples=examples, derandomize=examples < 1_000, suppress_health_check=QUIET)
    @given(expressions(), st.integers(0, 2**32))
    def check(expression: str, seed: int) -> None:
        program = compiled_or_none(expression)
        seen["models"] += program is not None
        seen["refused"] += program is None
        if program is None:
            return
        result, rows = program.node(RESULT), rows_around(expression, count=count, seed=seed)
        seen["rows"] += len(rows)
        got = [row[0] for row in evaluated({RESULT: result}, rows)]
        check_all_nodes(result, rows, seen)
        check_by_reference(expression, result, rows, got)

    check()
    wanted = ("null", "wide", "by zero", "tie", "negative tie", "guarded")
    assert [state for state in wanted if not seen[state]] == [], seen
    assert seen["models"] > seen["refused"], seen


@pytest.mark.parametrize(("examples", "count"), EXAMPLES)
def test_tables(examples, count):
    """The oracle evaluates each rule alone and applies the hit policy by hand."""
    seen: Counter[str] = Counter()

    @settings(max_examples=examples, derandomize=examples < 1_000, suppress_health_check=QUIET)
    @given(tables(), st.integers(0, 2**32))
    def check(table: Table, seed: int) -> None:
        program = compiled_or_none(table)
        if program is None:
            return
        result, rows = program.node(RESULT), rows_around(repr(table), count=count, seed=seed)
        seen["models"] += 1
        seen[f"{table.policy} {table.aggregation or ''}".strip()] += 1
        check_all_nodes(result, rows, seen)
        got = [row[0] for row in evaluated({RESULT: result}, rows)]
        check_by_reference(table, result, rows, got)
        matches, outputs, default = by_rule(table, rows)
        for place, value in enumerate(got):
            hits = [n for n, matched in enumerate(matches[place]) if matched]
            seen["overlap"] += len(hits) > 1
            seen["no hit"] += not hits
            expected = hit(table, hits, outputs[place], default)
            assert in_units(value, result) == expected, hits

    check()
    wanted = (*POLICIES, "null", "overlap", "no hit", "wide")
    assert [state for state in wanted if not seen[state]] == [], seen


#: Numbers of the oracle are integers in units of 10**-4.
SCALE = 4


def by_rule(table: Table, rows: Rows) -> tuple[list[Any], list[Any], int | None]:
    """Return for each row which rules match, and each rule's output; and the default."""
    matches = []
    for cells, _ in table.rules:
        one = replace(
            table, rules=[(cells, ["1"])], policy="FIRST", aggregation=None, defaults={}, allowed={}
        )
        matches.append([value is not None for value in _scalar(one, rows)])
    outputs = [_scalar(cell, rows) for _, (cell,) in table.rules]
    default = table.defaults.get("out")
    blank = _units(default) if default else None
    return list(zip(*matches, strict=True)), list(zip(*outputs, strict=True)), blank


def _scalar(what: str | Table, rows: Rows) -> list[int | None]:
    node = compiled(what, TYPES).node(RESULT)
    values = [row[0] for row in Scalar().evaluate({RESULT: node}, TYPES, rows)]
    return [in_units(value, node) for value in values]


def in_units(value: int | None, node: Node) -> int | None:
    return None if value is None else value * 10 ** (SCALE - node.type.scale)


def hit(table: Table, hits: list[int], outputs: Sequence[Any], default: int | None) -> Any:
    """Return what the hit policy makes of the rules that match."""
    found = [outputs[place] for place in hits]
    if not hits:
        return default
    match table.policy, table.aggregation:
        case "UNIQUE", _:
            return found[0] if len(found) == 1 else None
        case "ANY", _:
            return found[0] if len(set(found)) == 1 else None
        case "PRIORITY", _:
            order = [_units(one) for one in table.allowed["out"].split(", ")]
            return min(found, key=order.index)
        case _, "SUM":
            return sum(found)
        case _, "MIN":
            return min(found)
        case _, "MAX":
            return max(found)
        case _, "COUNT":
            return len(found) * 10**SCALE
    return found[0]


def _units(text: str) -> int:
    return int(Decimal(text).scaleb(SCALE))
