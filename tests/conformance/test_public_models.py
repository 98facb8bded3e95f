"""Public models of other engines: what fits the profile agrees at every threshold that it has.

What does not fit is listed with its reason, so that the list can only grow shorter.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from wherewithal.dmn import types as t
from wherewithal.dmn.agreement import Agreement, agreement
from wherewithal.dmn.corpus import Corpus, threshold_corpus
from wherewithal.dmn.ir import Graph, Node
from wherewithal.dmn.model import InputData, ItemDefinition, Model
from wherewithal.dmn.program import Program, compile_models
from wherewithal.dmn.reader import read_models
from wherewithal.dmn.reference.engine import evaluate
from wherewithal.dmn.types import KINDS, Kind, Type
from wherewithal.dmn.values import ContextValue, ListValue, Value

_TYPES = {
    Kind.TEXT: t.text(nullable=True),
    Kind.BOOLEAN: t.BOOLEAN.or_null(),
    Kind.DATE: t.DATE.or_null(),
    Kind.DAYS: Type(kind=Kind.DAYS, low=-10_000, high=10_000, nullable=True),
}
ROWS_MAX, REFERENCE_ROWS = 1_500, 60

LOOP = "for is outside the profile"
DIVISION = "'/' has no exact scale: put it directly inside floor, ceiling, a rounding function or decimal(..., n)"
BROKEN = "unknown name 'input'; did you mean 'Input 3'?"
TEXTS = "two texts are compared and neither has its values listed"
#: File -> decision -> what keeps it outside; decisions that are not here fit the profile.
OUTSIDE: Mapping[str, Mapping[str, str]] = {
    "0014-loan-comparison.dmn": {
        "RankedProducts": LOOP,
    },
    "Loan info.dmn": {
        "Loan Data": DIVISION,
        "Loan Info": DIVISION,
    },
    "Recommended Loan Products.dmn": {
        "Loan Info Table": LOOP,
        "Eligibility Table": LOOP,
        "Recommended Loan Products": LOOP,
    },
    "loan-grade-with-boolean.dmn": {
        "Loan Grade": BROKEN,
    },
    "loan-grade-with-enumeration-missing.dmn": {
        "Loan Grade": BROKEN,
    },
    "loan-grade-with-enumeration.dmn": {
        "Loan Grade": BROKEN,
    },
    "LoanEligibility.dmn": {
        "Eligibility": DIVISION,
        "Judgement": DIVISION,
        "Decide": DIVISION,
    },
    "Prequalification.dmn": {
        "Qualified?": DIVISION,
        "DTI": DIVISION,
        "Loan Payment": DIVISION,
        "LTV": DIVISION,
        "LLPA": DIVISION,
    },
    "loan-application-age-limit.dmn": {
        "Approvement": TEXTS,
    },
}


def given_node(graph: Graph, model: Model, data: InputData, low: int) -> Value | None:
    """Return an input of its declared type, parts by dotted name; None for a list or no type."""
    items = {item.name: item for item in model.item_definitions}
    types = {**_TYPES, Kind.NUMBER: t.number(low, 10**9, scale=2, nullable=True)}

    def of(name: str, item: ItemDefinition) -> Value | None:
        while not item.components and item.type_ref in items and not item.is_collection:
            item = items[item.type_ref]
        if item.is_collection:
            return None
        if item.components:
            parts = {one.name: of(f"{name}.{one.name}", one) for one in item.components}
            known = {key: part for key, part in parts.items() if part is not None}
            return ContextValue(entries=known) if len(known) == len(parts) else None
        kind = KINDS.get(item.type_ref or "")
        return graph.input(name, types[kind]) if kind in types else None

    return of(data.name, ItemDefinition(name="", type_ref=data.type_ref))


def compiled(model: Model, decision: str) -> Program:
    """Return the program over numbers of either sign, or, where that does not fit, none negative."""
    program = _over(model, decision, -(10**9))
    return program if decision in program.decisions else _over(model, decision, 0)


def _over(model: Model, decision: str, low: int) -> Program:
    graph = Graph()
    nodes = {data.name: given_node(graph, model, data, low) for data in model.inputs}
    inputs = {name: node for name, node in nodes.items() if node is not None}
    return compile_models([model], graph=graph, inputs=inputs, only=[decision])


def compared(model: Model, program: Program, decision: str) -> tuple[Corpus, Agreement]:
    outputs = leaves(decision, program.decisions[decision])
    tables = [table for table in program.tables if table.groups]
    corpus = threshold_corpus(program.graph, outputs, tables, rows_max=ROWS_MAX)

    def reference(row: Mapping[str, Any]) -> Mapping[str, Any]:
        value = evaluate([model], decision, nested(row)).value
        return flat(decision, program.decisions[decision], value)

    found = agreement(
        outputs, corpus.rows, inputs=corpus.inputs, reference=reference, sample=REFERENCE_ROWS
    )
    return corpus, found


def nested(row: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in row.items():
        *path, last = name.split(".")
        inner = found
        for part in path:
            inner = inner.setdefault(part, {})
        inner[last] = value
    return found


def leaves(name: str, shape: Value) -> dict[str, Node]:
    """Return the single values of a shape by name: `Rates[2].fee`."""
    if isinstance(shape, Node):
        return {name: shape}
    found: dict[str, Node] = {}
    for key, part in parts_of(shape):
        found |= leaves(name + key, part)
    return found


def parts_of(shape: Value) -> list[tuple[str, Value]]:
    if isinstance(shape, ListValue):
        return [(f"[{place}]", item) for place, item in enumerate(shape.items)]
    assert isinstance(shape, ContextValue)
    return [(f".{key}", entry) for key, entry in shape.entries.items()]


def flat(name: str, shape: Value, value: Any) -> dict[str, Any]:
    """Return what the reference gave under the same names; the parts of null are null."""
    if isinstance(shape, Node):
        return {name: value}
    items = value if isinstance(value, dict) else dict(enumerate(value or ()))
    keys = range(len(items)) if isinstance(shape, ListValue) else None
    assert keys is None or len(keys) == len(parts_of(shape))
    found: dict[str, Any] = {}
    for key, part in parts_of(shape):
        found |= flat(name + key, part, items.get(key[1:] if keys is None else int(key[1:-1])))
    return found


def files_of(home: Path) -> list[Path]:
    return sorted([*(home / "kogito").glob("*.dmn"), *(home / "jdmn").glob("*.dmn")])


@pytest.fixture
def policies_home(tck_home: Path) -> Path:
    home = tck_home.parent / "data" / "policies"
    if not home.is_dir():
        pytest.skip("the public models are not here")
    return home


def test_public_models_agree_at_every_threshold(policies_home):
    rows = rules = hit = inside = 0
    outside: dict[str, dict[str, str]] = {}
    for path in files_of(policies_home):
        models, diagnostics = read_models({path.name: path.read_bytes()})
        assert models, diagnostics
        (model,) = models
        for decision in [one.name for one in model.decisions]:
            program = compiled(model, decision)
            if decision not in program.decisions:
                reason = program.diagnostics[0].message
                outside.setdefault(path.name, {})[decision] = reason
                continue
            corpus, found = compared(model, program, decision)
            assert found.problems == (), path.name
            inside, rows = inside + 1, rows + found.rows
            rules, hit = rules + len(corpus.rules), hit + len(corpus.rules) - len(corpus.missed)
    assert outside == OUTSIDE
    assert (inside, rules, hit) == (8, 25, 23)
    assert rows > 1_000
