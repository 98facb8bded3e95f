"""Boxed expressions, on every executor."""

from __future__ import annotations

import pytest

from tests.conformance.executors import RESULT, Columnar, Scalar, compiled, type_of
from tests.conformance.models import Boxed, Knowledge, model_of, table

X = {"x": "number?"}
ROWS = [(4,), (None,)]


def literal(text: str) -> str:
    return f"<literalExpression><text>{text}</text></literalExpression>"


def entry(name: str, inner: str) -> str:
    return f'<contextEntry><variable name="{name}"/>{inner}</contextEntry>'


def run(executor, xml, **knowledge):
    return executor.run(model_of({"Result": Boxed(xml)}, inputs=X, knowledge=knowledge), X, ROWS)


def test_a_context_with_a_result(executor):
    double = entry("double", literal("x * 2"))
    last = f"<contextEntry>{literal('double + 1')}</contextEntry>"
    assert run(executor, f"<context>{double}{last}</context>") == [9, None]


def test_a_context_without_a_result(executor):
    entries = entry("a", literal("x")) + entry("b", literal("a = null"))
    found = run(executor, f"<context>{entries}</context>")
    assert found == [{"a": 4, "b": False}, {"a": None, "b": True}]


def test_an_invocation(executor):
    binding = f'<binding><parameter name="n"/>{literal("x")}</binding>'
    double = Knowledge(parameters=("n",), body="if n = null then 0 else n * 2")
    xml = f"<invocation>{literal('double')}{binding}</invocation>"
    assert run(executor, xml, double=double) == [8, 0]


def test_a_function_in_a_context(executor):
    body = f'<functionDefinition><formalParameter name="n"/>{literal("n * n")}</functionDefinition>'
    last = f"<contextEntry>{literal('square(x) + square(2)')}</contextEntry>"
    assert run(executor, f"<context>{entry('square', body)}{last}</context>") == [20, None]


def test_a_list(executor):
    listed = f"<list>{literal('x')}{literal('3')}</list>"
    last = f"<contextEntry>{literal('max(all)')}</contextEntry>"
    assert run(executor, f"<context>{entry('all', listed)}{last}</context>") == [4, None]


@pytest.mark.parametrize(
    ("condition", "yes", "no", "expected"),
    [
        ("x != null", "x * 2", "0", [8, 0]),
        ("x = null", "-1", "x + 1", [5, -1]),
        ("x > 3", "1", "2", [1, 2]),
        ("null", "1", "2", [2, 2]),
    ],
)
def test_a_conditional(executor, condition, yes, no, expected):
    parts = zip(("if", "then", "else"), (condition, yes, no), strict=True)
    inner = "".join(f"<{name}>{literal(text)}</{name}>" for name, text in parts)
    assert (
        run(executor, f"<conditional>{inner}</conditional>".replace("x > 3", "x &gt; 3"))
        == expected
    )


@pytest.mark.parametrize(
    ("xml", "message"),
    [
        (
            "<literalExpression><text/></literalExpression>",
            "the expression is empty or did not parse",
        ),
        (f"<list>{literal('1')}</list>", None),
        (
            f"<filter><in>{literal('[1, 2]')}</in><match>{literal('true')}</match></filter>",
            "a boxed filter is outside the profile",
        ),
        (
            f"<conditional><if>{literal('1')}</if><then>{literal('1')}</then><else>{literal('2')}</else></conditional>",
            "the condition is not a boolean",
        ),
        (f"<invocation>{literal('1')}</invocation>", "what is invoked is not a function"),
    ],
)
def test_refusals(xml, message):
    program = compiled(model_of({"Result": Boxed(xml)}, inputs=X), X)
    assert [one.message for one in program.diagnostics] == [message] * (message is not None)


def test_the_trace_of_a_table_in_a_guarded_branch():
    """A trace reads the match in every row, also where the branch was not taken."""
    steps = table("UNIQUE", "n", "< 3 | 1", ">= 3 | n + 1")
    model = model_of(
        {"Result": "if x != null then step(x + 1) else 0"},
        inputs=X,
        knowledge={"step": Knowledge(parameters=("n",), body=steps)},
    )
    program = compiled(model, X)
    (group,) = program.tables[0].groups
    nodes = {RESULT: program.node(RESULT), "rule": group}
    types = {"x": type_of("number?")}
    for executor in (Scalar(), Columnar()):
        assert executor.evaluate(nodes, types, [(1,), (4,), (None,)]) == [(1, 1), (6, 2), (0, 0)]
