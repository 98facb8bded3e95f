"""Traces: public models by three executors, the JSON form, the bounds, the command."""

from __future__ import annotations

import datetime
import json
import random
import re
from collections import Counter
from decimal import Decimal
from typing import Any

import msgspec
import polars as pl
import pytest

from docs.tables.trace import schema_text
from tests.conformance.executors import type_of
from tests.conformance.models import Knowledge, model_of, table
from tests.conformance.tracing import as_text, program_of
from wherewithal.dmn.columnar import compile_columnar
from wherewithal.dmn.declared import Declared, declared_part, declared_type
from wherewithal.dmn.model import Model
from wherewithal.dmn.reference.engine import evaluate
from wherewithal.dmn.reference.json_values import from_python
from wherewithal.dmn.scalar import compile_scalar, reachable
from wherewithal.dmn.trace import DecisionTrace, TableTrace, Trace
from wherewithal.dmn.trace_columns import compile_traced_columnar, rule_columns
from wherewithal.dmn.trace_plain import LEFT_OUT
from wherewithal.dmn.trace_plan import trace_plan
from wherewithal.surfaces.cli.dmn_profile import run_profile, trace_profile
from wherewithal.surfaces.cli.dmn_read import read_with_imports
from wherewithal.surfaces.cli.dmn_reference import trace_reference

NOW = datetime.datetime(2025, 1, 1, tzinfo=datetime.UTC)
DRAWS = 4


def drawn(model: Model, text: str, chance: random.Random) -> dict[str, Any]:
    """Return inputs of a model's types, near the constants that its file mentions."""
    numbers = [Decimal(one) for one in re.findall(r"\d+(?:\.\d+)?", text)]
    texts = re.findall(r'"([^"<>]{1,40})"', text)

    def value(declared: Declared) -> Any:
        if declared.parts is not None:
            parts = declared.parts.items()
            return {name: value(declared_part(model, part)) for name, part in parts}
        if declared.item is not None:
            return [value(declared.item)]
        match declared.base:
            case "number":
                return chance.choice(numbers) + chance.choice((-1, 0, 0, 1))
            case "boolean":
                return chance.choice((True, False))
            case "date":
                return f"{chance.randint(1990, 2030)}-0{chance.randint(1, 9)}-15"
        return chance.choice(texts)

    return {data.name: value(declared_type(model, data.type_ref)) for data in model.inputs}


def test_public_models_have_one_trace(shared):
    seen: Counter[str] = Counter()
    for path in sorted((shared / "data" / "policies").glob("*/*.dmn")):
        models, _ = read_with_imports(path)
        chance = random.Random(path.name)
        text = path.read_text(encoding="utf-8").replace("&#34;", '"').replace("&quot;", '"')
        for _ in range(DRAWS):
            inputs = drawn(models[-1], text, chance)
            names = [decision.name for decision in models[-1].decisions]
            found, _ = run_profile(models, inputs, decisions=names, executor="scalar")
            inside = [name for name in names if name in found]
            seen[path.name] += len(inside)
            meant = as_text(trace_reference(models, inputs, decisions=inside, now=NOW))
            for executor in ("scalar", "columnar"):
                trace = trace_profile(models, inputs, decisions=inside, executor=executor)
                assert as_text(trace) == meant, (path.name, executor)
    assert len(+seen) >= 9, seen


TIERS = model_of(
    {
        "Tier": table("FIRST", "x", '< 3 | "A"', '< 5 | "B"', '- | "C"'),
        "Result": "if x != null then step(x + 1) else 0",
    },
    inputs=["x", "s"],
    knowledge={
        "step": Knowledge(
            parameters=("n",), body=table("COLLECT SUM", "n", "< 5 | 1", ">= 3 | n + 1")
        )
    },
)
TYPES = {"x": type_of("number?"), "s": type_of("text?")}
FRAME = pl.DataFrame({"x": [1, 4, None], "s": ["free", "text", None]})


def test_matched_rules_are_columns_of_the_same_pass():
    program = program_of([TIERS], TYPES)
    rules = rule_columns(program)
    outputs = {"Tier": program.node("Tier"), "Result": program.node("Result")}
    whole = compile_columnar({**outputs, **rules.nodes}, inputs=list(TYPES)).run(FRAME)
    found = rules.gathered(whole)
    assert found.select("Tier", "Result").equals(
        compile_columnar(outputs, inputs=list(TYPES)).run(FRAME)
    )
    # x + 1 = 5 is of the second rule alone; where x is null, the function is not called.
    assert found["Tier.rules"].to_list() == [[1], [2], [3]]
    assert found["Result.rules"].to_list() == [[1], [2], None]
    assert list(rule_columns(program, decisions=["Tier"]).lists) == ["Tier.rules"]


def test_a_table_that_always_matches_has_its_rule_in_every_row():
    model = model_of({"Result": table("FIRST", "x", "- | x")}, inputs=TYPES)
    program = program_of([model], TYPES)
    rules = rule_columns(program)
    nodes = {"Result": program.node("Result"), **rules.nodes}
    found = rules.gathered(compile_columnar(nodes, inputs=list(TYPES)).run(FRAME))
    assert found.rows() == [(1, [1]), (4, [1]), (None, [1])]


def table_of(trace: Trace) -> TableTrace:
    """Return the table of the first decision."""
    decision = trace.steps[0]
    assert isinstance(decision, DecisionTrace)
    assert isinstance(decision.steps[0], TableTrace)
    return decision.steps[0]


def named(step: object) -> str:
    """Return the name of a decision."""
    assert isinstance(step, DecisionTrace)
    return step.name


def test_a_text_that_nobody_listed_is_shown_as_it_was_given():
    model = model_of({"Seen": table("FIRST", "s", '"text" | 1', "- | 2")}, inputs=TYPES)
    traced = compile_traced_columnar(program_of([model], TYPES), {}, inputs=list(TYPES))
    rows = traced.run(FRAME).rows(named=True)
    assert [table_of(traced.trace(row)).inputs[0].value for row in rows] == [
        *("free", "text", None)
    ]


def test_the_function_that_decides_has_nothing_of_the_trace():
    program = program_of([TIERS], TYPES)
    before, _ = reachable([program.node("Result")])
    plan = trace_plan(program)
    after, _ = reachable([program.node("Result")])
    assert [node.number for node in after] == [node.number for node in before]
    assert len(plan.nodes) > 3
    both = compile_scalar({"R": program.node("Result"), **plan.nodes}, inputs=list(TYPES))
    row = dict(zip(("R", *plan.nodes), both(2, None), strict=True))
    assert [step.value for step in plan.trace(row).steps] == ["A", row["R"]]


def test_some_decisions_alone():
    program = program_of([TIERS], TYPES)
    plan = trace_plan(program, decisions=["Tier"])
    values = compile_scalar(plan.nodes, inputs=list(TYPES))(4, None)
    assert [
        named(step) for step in plan.trace(dict(zip(plan.nodes, values, strict=True))).steps
    ] == ["Tier"]
    with pytest.raises(KeyError, match="Other"):
        trace_plan(program, decisions=["Other"])


def test_a_trace_that_grows_too_large_is_cut_and_says_so():
    deep = Knowledge(parameters=("n",), body="if n = 0 then 0 else deep(n - 1)")
    model = model_of({"Result": "deep(150)"}, inputs=["x"], knowledge={"deep": deep})
    trace = evaluate([model], "Result", {}).trace
    assert (trace.complete, trace.steps[0].value) == (False, 0)
    wide = model_of({"Result": "for i in 1..300000 return i"}, inputs=["x"])
    shown = evaluate([wide], "Result", {}).trace.steps[0].value
    assert shown[0] == 1
    assert shown[-1] == LEFT_OUT
    assert len(shown) < 300_000


def test_no_repr_tells_what_a_table_saw():
    trace = evaluate([TIERS], "Tier", {"x": from_python(4)}).trace
    assert repr(trace) == "<Trace>"
    assert repr(table_of(trace).inputs[0]) == "<NamedValue>"


def test_the_schema_that_is_published_is_the_records(repository):
    """Where this fails: python -m docs.tables.trace > docs/trace.schema.json."""
    page = (repository / "docs" / "trace.schema.json").read_text(encoding="utf-8")
    assert page == schema_text()


def test_a_trace_has_the_form_that_its_schema_says():
    trace = evaluate([TIERS], "Result", {"x": from_python(1)}).trace
    assert msgspec.json.decode(as_text(trace).encode(), type=Trace) == trace
    assert json.loads(as_text(trace))["schema"] == "wherewithal.trace/1"
