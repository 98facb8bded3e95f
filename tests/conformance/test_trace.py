"""The trace is the same by every executor, field by field, on generated tables and hard cases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conformance.executors import Rows, type_of
from tests.conformance.generated import POLICIES, TYPES, Writer, rows_around, tables
from tests.conformance.models import Boxed, Knowledge, Table, model_of, table
from tests.conformance.tracing import by_columnar, by_reference, by_scalar, program_of
from wherewithal.dmn.model import Model
from wherewithal.dmn.types import Type

QUIET = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
EXAMPLES = [
    pytest.param(64, 4, id="quick"),
    pytest.param(500, 20, id="nightly", marks=pytest.mark.nightly),
]


def traces(model: Model, types: Mapping[str, Type], rows: Rows) -> list[Any] | None:
    """Return the traces, the same by all executors; None for a model outside the profile."""
    program = program_of([model], types)
    if program.diagnostics:
        return None
    meant = by_reference([model], program, types, rows)
    for row, one, scalar, columnar in zip(
        rows,
        meant,
        by_scalar(program, types, rows),
        by_columnar(program, types, rows),
        strict=True,
    ):
        assert scalar == one, row
        assert columnar == one, row
    return [msgspec.json.decode(one) for one in meant]


def _count(steps: list[Any], seen: Counter[str]) -> None:
    for step in steps:
        seen[step["kind"]] += 1
        if step["kind"] == "table":
            seen[f"{step['hit_policy']} {step['aggregation'] or ''}".strip()] += 1
            seen["overlap"] += len(step["matched"]) > 1
            seen["no hit"] += not step["matched"]
            seen["clash"] += bool(step["matched"]) and not step["rules"]
        _count(step.get("steps", []), seen)


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize(("examples", "count"), EXAMPLES)
def test_generated_tables(policy, examples, count):
    seen: Counter[str] = Counter()
    each = examples // len(POLICIES)

    @settings(max_examples=each, derandomize=examples < 1_000, suppress_health_check=QUIET)
    @given(tables(policies=[policy]), st.integers(0, 2**32))
    def check(drawn: Table, seed: int) -> None:
        rows = rows_around(repr(drawn), count=count, seed=seed)
        model = model_of({"Result": drawn, "Next": "{a: Result, b: [Result]}"}, inputs=TYPES)
        for one in traces(model, TYPES, rows) or []:
            _count(one["steps"], seen)

    check()
    assert [state for state in (policy, "overlap", "no hit") if not seen[state]] == [], seen


@st.composite
def calls(draw: Any) -> dict[str, Any]:
    """Return a model in which functions with tables are called from everywhere."""
    writer = Writer(draw)
    call = f"f({writer.number(1)})"
    test = f"{call} {writer.pick('<', '>=', '=')} {writer.pick('1', '2', 'n')}"
    result = writer.pick(
        f"if {writer.boolean(1)} then {call} else 0",
        f"if {writer.boolean(1)} and {test} then 1 else 2",
        f"if {writer.boolean(1)} or {test} then 1 else 2",
        f"max([{call}, f({call}), 0])",
        f"(function(a) a + {call})(n)",
        table("FIRST", call, f"< {call} | 1", f"- | {call}"),
        table("UNIQUE", f"n; {call}", f"< 3; > 1 | {call}", f">= 3; > {call} | 4"),
        table("ANY", "n", f"< 10 | {call}", "< 5 | 1", "> 12 | 2", defaults={"out": call}),
        table("COLLECT SUM", "n", "< 10 | n", f"[{call}..12] | 1", defaults={"out": "1"}),
    )
    body = draw(tables(policies=["UNIQUE", "FIRST", "ANY", "COLLECT COUNT"]))
    inner = table(
        "FIRST", "a; n", f"{writer.cell('n')}; - | 1", f"-; {writer.cell('n')} | a", "-; - | 2"
    )
    return {"result": result, "inner": inner, "other": body}


@pytest.mark.parametrize(("examples", "count"), EXAMPLES)
def test_generated_calls(examples, count):
    seen: Counter[str] = Counter()

    @settings(max_examples=examples, derandomize=examples < 1_000, suppress_health_check=QUIET)
    @given(calls(), st.integers(0, 2**32))
    def check(drawn: dict[str, Any], seed: int) -> None:
        model = model_of(
            {"Other": drawn["other"], "Result": drawn["result"]},
            inputs=TYPES,
            knowledge={"f": Knowledge(parameters=("a",), body=_over(drawn["inner"]))},
        )
        found = traces(model, TYPES, rows_around(repr(drawn), count=count, seed=seed))
        seen["models"] += found is not None
        for one in found or []:
            _count(one["steps"], seen)

    check()
    assert seen["models"] > examples // 3, seen
    assert seen["invocation"] > examples, seen


def _over(inner: Table) -> Table:
    """Return a table of a function: it sees its parameter alone."""
    return Table(
        inputs=["a", "a + 1"],
        rules=[(cells, outputs) for cells, outputs in inner.rules],
        policy=inner.policy,
    )


X = {"x": type_of("number?")}
ROWS: Rows = [(1,), (4,), (6,), (None,)]


def steps_of(model: Model, decision: str = "Result") -> list[Any]:
    """Return the steps of a decision for each row."""
    found = traces(model, X, ROWS)
    assert found is not None
    return [next(s for s in one["steps"] if s["name"] == decision)["steps"] for one in found]


def test_a_call_in_a_branch_that_is_not_taken_is_no_step():
    steps = table("UNIQUE", "n", "< 3 | 1", ">= 3 | n + 1")
    model = model_of(
        {"Result": "if x != null then step(x + 1) else 0"},
        inputs=X,
        knowledge={"step": Knowledge(parameters=("n",), body=steps)},
    )
    first, *_, last = steps_of(model)
    assert last == []
    (call,) = first
    assert (call["name"], call["arguments"], call["value"]) == (
        *("step", [{"name": "n", "value": 2}], 1),
    )
    assert [(s["place"], s["matched"]) for s in call["steps"]] == [("knowledge model 'step'", [1])]


def test_what_a_logic_already_settled_is_not_looked_at():
    model = model_of(
        {"Result": "x > 3 and big(x) or big(0 - 5)"},
        inputs=X,
        knowledge={"big": Knowledge(parameters=("n",), body="n > 5")},
    )
    names = [[step["arguments"][0]["value"] for step in one] for one in steps_of(model)]
    assert names == [[-5], [4, -5], [6], [None, -5]]


def test_a_cell_is_looked_at_where_those_before_it_hold():
    model = model_of(
        {"Result": table("FIRST", "x; x", "> 3; f(1) | f(2)", "-; f(1) | f(3)", "-; - | f(4)")},
        inputs=X,
        knowledge={"f": Knowledge(parameters=("n",), body="n")},
    )
    called = [
        [s["arguments"][0]["value"] for s in one if "arguments" in s] for one in steps_of(model)
    ]
    assert called == [[1, 3], [1, 1, 4], [1, 1, 4], [1, 4]]


def test_a_function_of_a_context_has_the_name_it_was_called_by():
    function = "<functionDefinition><formalParameter name='n'/><literalExpression><text>n * n</text></literalExpression></functionDefinition>"
    entry = f"<contextEntry><variable name='square'/>{function}</contextEntry>"
    last = (
        "<contextEntry><literalExpression><text>square(x)</text></literalExpression></contextEntry>"
    )
    model = model_of({"Result": Boxed(f"<context>{entry}{last}</context>")}, inputs=X)
    (call,) = steps_of(model)[1]
    assert call == {
        "kind": "invocation",
        "what": "function",
        "name": "square",
        "arguments": [{"name": "n", "value": 4}],
        "value": 16,
        "steps": [],
    }


@pytest.mark.parametrize("policy", ["FIRST", "UNIQUE", "COLLECT SUM"])
def test_a_default_is_evaluated_where_no_rule_matches(policy):
    given = table(policy, "x", "< 2 | 1", "> 5 | 2", defaults={"out": "f(7)"})
    model = model_of(
        {"Result": given}, inputs=X, knowledge={"f": Knowledge(parameters=("n",), body="n")}
    )
    found = [[step["kind"] for step in one] for one in steps_of(model)]
    assert found == [["table"], ["invocation", "table"], ["table"], ["invocation", "table"]]


def test_rules_that_clash_give_nothing():
    model = model_of({"Result": table("UNIQUE", "x", "< 5 | 1", "> 3 | 2")}, inputs=X)
    found = [(s["matched"], s["rules"], s["value"]) for (s,) in steps_of(model)]
    rule = [{"number": 1, "outputs": [{"name": "1", "value": 1}], "annotations": []}]
    other = [{"number": 2, "outputs": [{"name": "1", "value": 2}], "annotations": []}]
    assert found == [([1], rule, 1), ([1, 2], [], None), ([2], other, 2), ([], [], None)]
