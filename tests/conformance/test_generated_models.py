"""Whole generated models agree by all executors at every threshold that they have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from tests.conformance.executors import presences, type_of
from tests.conformance.generated_models import FOLDED, INPUTS, SINGLE, Drawn, models
from wherewithal.dmn.agreement import agreement, any_feel
from wherewithal.dmn.corpus import threshold_corpus
from wherewithal.dmn.ir import Graph
from wherewithal.dmn.program import compile_models, flattened
from wherewithal.dmn.reference.engine import evaluate
from wherewithal.dmn.values import ContextValue, Value

QUIET = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
#: Models, rows of each at most, those of them that the reference evaluates; rows of all at least.
SIZES = [
    pytest.param(110, 60, 3, 3_000, id="quick"),
    pytest.param(1_500, 400, 6, 100_000, id="nightly", marks=pytest.mark.nightly),
]
FEATURES = (
    *(*SINGLE, *FOLDED, "nested", "shift", "rated", "context", "two outputs", "text table"),
    *("default", "3 columns", "days", "if", "floor"),
    *(f"cell of {kind}" for kind in ("number", "text", "date", "days", "boolean")),
)


def by_reference(drawn: Drawn, decisions: Mapping[str, Value], row: Mapping[str, Any]) -> Any:
    given = {**{name: any_feel(type_of(one)) for name, one in INPUTS.items()}, **row}
    found: dict[str, Any] = {}
    for name, shape in decisions.items():
        value = evaluate([drawn.model], name, given).value
        if isinstance(shape, ContextValue):
            found |= {f"{name}.{key}": (value or {}).get(key) for key in shape.entries}
            found[f"{name}?"] = value is not None
        else:
            found[name] = value
    return found


@pytest.mark.parametrize(("count", "rows_max", "sample", "rows_min"), SIZES)
def test_models(count, rows_max, sample, rows_min):
    seen: Counter[str] = Counter()

    @settings(max_examples=count, derandomize=count < 1_000, suppress_health_check=QUIET)
    @given(models())
    def check(drawn: Drawn) -> None:
        graph = Graph()
        inputs = {name: graph.input(name, type_of(one)) for name, one in INPUTS.items()}
        program = compile_models([drawn.model], graph=graph, inputs=inputs)
        seen["refused decisions"] += len(drawn.decisions) - len(program.decisions)
        outputs = {
            key: node
            for name, value in program.decisions.items()
            for key, node in {**flattened(name, value), **presences(name, value)}.items()
            if node.type.values is not None or node.type.kind.value != "string"
        }
        if not outputs:
            return
        corpus = threshold_corpus(graph, outputs, program.tables, rows_max=rows_max)
        found = agreement(
            outputs,
            corpus.rows,
            inputs=corpus.inputs,
            reference=lambda row: by_reference(drawn, program.decisions, row),
            sample=sample,
        )
        assert [str(one) for one in found.problems] == [], drawn.text
        seen.update(["models", *drawn.features])
        seen["rows"] += found.rows
        seen["decisions"] += len(program.decisions)
        seen["rules"] += len(corpus.rules)
        seen["rules hit"] += len(corpus.rules) - len(corpus.missed)

    check()
    assert [one for one in FEATURES if not seen[one]] == [], seen
    assert seen["decisions"] > 4 * seen["refused decisions"], seen
    assert seen["rows"] >= rows_min, seen
    assert seen["rules hit"] > seen["rules"] // 3, seen
