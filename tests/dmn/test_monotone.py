"""Verdicts of monotonicity hold for every row: a proof never meets one that breaks it."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise, product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conformance.executors import RESULT, compiled
from tests.conformance.models import Table, table
from wherewithal.dmn import types as t
from wherewithal.dmn.checks.monotone import judge
from wherewithal.dmn.scalar import compile_scalar

TYPES = {
    "x": t.number(-3, 70, nullable=True),
    "y": t.number(0, 4, nullable=True),
    "p": t.BOOLEAN,
}
CELLS = ("-", "< 3", ">= 3", "[0..9)", "[9..40]", "> 40", "null", "9", "not(9)")
FORMS = (
    "2 * x - 1", "x + y", "y - x", "min(x, 10)", "floor(x / 3)", "x * y", "x * -y",
    "if p then x else 3", "if x > 5 then 2 else 1", "if x > 5 then y else 1", "max(x, 5) * 2",
    "if x = null then 0 else x", "if y > 2 then x else -x", "abs(x)", "floor(x / (y - 2))",
    "if x > 5 and y > 1 then 3 else if p then 4 else 2", "x.day", "modulo(x, 7)",
)  # fmt: skip


def values(type_):
    known = [False, True] if type_ == t.BOOLEAN else list(range(type_.low, type_.high + 1))
    return [*known, None] if type_.nullable else known


def holds(node, *, falls):
    """Return by trying every row whether a value never falls (or never rises) with x."""
    decide = compile_scalar({RESULT: node}, inputs=list(TYPES))
    for y, p in product(values(TYPES["y"]), values(TYPES["p"])):
        found = [decide(x, y, p)[0] for x in values(TYPES["x"]) if x is not None]
        known = [one for one in found if one is not None]
        if any(a > b if falls else a < b for a, b in pairwise(known)):
            return False
    return True


@st.composite
def decisions(draw):
    """Return an expression, or a table over x and another input."""
    if draw(st.booleans()):
        return draw(st.sampled_from([one for one in FORMS if ".day" not in one]))
    policy = draw(st.sampled_from(["FIRST", "UNIQUE", "COLLECT SUM", "COLLECT MAX"]))
    other = draw(st.sampled_from(["y", "p"]))
    cells = CELLS if other == "y" else ("-", "true", "false")
    rules = [
        f"{draw(st.sampled_from(CELLS))}; {draw(st.sampled_from(cells))} | {draw(st.integers(0, 3))}"
        for _ in range(draw(st.integers(1, 4)))
    ]
    return table(policy, f"x; {other}", *rules)


@pytest.mark.parametrize(
    "examples", [150, pytest.param(5_000, marks=pytest.mark.nightly, id="nightly")]
)
def test_verdicts_are_those_that_every_row_shows(examples):
    seen: Counter[str] = Counter()

    @settings(
        max_examples=examples,
        derandomize=examples < 1_000,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(decisions(), st.sampled_from(["falls", "rises"]))
    def check(what: str | Table, never: str) -> None:
        falls = never == "falls"
        program = compiled(what, TYPES)
        if program.diagnostics:
            return
        node = program.node(RESULT)
        verdict = judge(node, "x", falls=falls)
        if verdict.proof:
            seen[verdict.proof] += 1
            assert holds(node, falls=falls)
        if verdict.counter:
            seen["refuted"] += 1
            assert not holds(node, falls=falls)

    check()
    assert all(seen[what] > 3 for what in ("by structure", "by cells", "refuted")), seen


def test_a_scorecard_is_proved_characteristic_by_characteristic():
    rules = ["< 3; - | 1", "[3..9); - | 2", ">= 9; - | 5", "-; < 2 | 7", "-; >= 2 | 3"]
    node = compiled(table("COLLECT SUM", "x; y", *rules), TYPES).node(RESULT)
    assert judge(node, "x", falls=True).proof == "by cells"
    assert judge(node, "y", falls=True).counter is not None
    assert judge(node, "y", falls=False).proof == "by cells"


def test_a_refutation_is_two_rows_that_differ_in_the_input_alone():
    node = compiled(table("FIRST", "x; p", "> 9; true | 1", "-; - | 2"), TYPES).node(RESULT)
    assert judge(node, "x", falls=True).counter == (
        ({"p": True, "x": 9}, 2),
        ({"p": True, "x": 10}, 1),
    )


def test_a_value_of_its_own_for_null_does_not_hinder_a_proof():
    wide = {"x": t.number(-9, 10_000_000, nullable=True)}
    node = compiled("if x = null then 0 else 2 * x + 1", wide).node(RESULT)
    assert judge(node, "x", falls=True).proof == "by structure"


def test_a_counter_example_is_looked_for_all_over():
    wide = {name: t.number(0, 1_000_000) for name in "xyz"}
    text = "if y > 9 and y < 99 and z > 500 and z < 900 then y * z - x else x + y * z"
    node = compiled(text, wide).node(RESULT)
    found = judge(node, "x", falls=True)
    assert found.counter is not None
    (lower, first), (higher, second) = found.counter
    assert (lower["x"] < higher["x"], first > second) == (True, True)
