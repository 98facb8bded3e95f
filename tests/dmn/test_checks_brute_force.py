"""What the checks claim of a table is what trying every row shows, and nothing is left out."""

from __future__ import annotations

import re
from collections import Counter
from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conformance.models import Table, model_of
from tests.dmn.test_regions import SMALL, cells, every_value, matches
from wherewithal.dmn.checks.column import Column
from wherewithal.dmn.checks.table_checks import check_table
from wherewithal.dmn.model import DecisionTable
from wherewithal.dmn.types import Type

POLICIES = ("UNIQUE", "ANY", "FIRST", "PRIORITY")
OUTPUTS = ("1", "2", "3")


@st.composite
def small_tables(draw):
    """Return a table over one to three small inputs, and the inputs' types."""
    chosen = draw(st.lists(st.sampled_from(SMALL), min_size=1, max_size=3))
    types = [type_.or_null(when=draw(st.booleans())) for type_, _ in chosen]
    rules = [
        (
            [draw(cells(constants, type_.kind)) for type_, constants in chosen],
            [draw(st.sampled_from(OUTPUTS))],
        )
        for _ in range(draw(st.integers(1, 5)))
    ]
    table = Table(
        inputs=[f"v{place}" for place in range(len(types))],
        rules=rules,
        policy=draw(st.sampled_from(POLICIES)),
        allowed={"out": ", ".join(OUTPUTS)},
    )
    return table, types


def match_sets(table: Table, types: list[Type], known: dict[tuple[str, Type], list[bool]]):
    """Return for every row the set of the rules that match it."""
    for tests, _ in table.rules:
        for cell, type_ in zip(tests, types, strict=True):
            if (cell, type_) not in known:
                known[cell, type_] = matches(cell, type_)
    places = [range(len(every_value(type_))) for type_ in types]
    for row in product(*places):
        yield frozenset(
            number
            for number, (tests, _) in enumerate(table.rules, 1)
            if all(known[c, t][p] for c, t, p in zip(tests, types, row, strict=True))
        )


def numbers_told(found, *codes):
    """Return the rules that findings of some codes name in their places."""
    return {
        tuple(map(int, re.findall(r"\d+", one.place.partition("rule")[2])))
        for one in found
        if one.code in codes
    }


def expected(table: Table, seen: set[frozenset[int]]):
    """Return by brute force whether there is a gap, which pairs clash, which rules never answer."""
    outputs = {number: rule[1][0] for number, rule in enumerate(table.rules, 1)}
    order = list(outputs)
    if table.policy == "PRIORITY":
        order.sort(key=lambda number: OUTPUTS.index(outputs[number]))
    pairs = {(a, b) for hits in seen for a in hits for b in hits if a < b}
    if table.policy == "ANY":
        pairs = {(a, b) for a, b in pairs if outputs[a] != outputs[b]}
    elif table.policy != "UNIQUE":
        pairs = set()
    hidden = set()
    if table.policy in ("FIRST", "PRIORITY"):
        answering = {min(hits, key=order.index) for hits in seen if hits}
        possible = {number for hits in seen for number in hits}
        hidden = {(number,) for number in possible - answering}
    return frozenset() in seen, pairs, hidden


@pytest.mark.parametrize(
    "examples", [250, pytest.param(10_000, marks=pytest.mark.nightly, id="nightly")]
)
def test_gaps_overlaps_and_hidden_rules_are_those_that_every_row_shows(examples):
    known: dict[tuple[str, Type], list[bool]] = {}
    seen_of: Counter[str] = Counter()

    @settings(
        max_examples=examples,
        derandomize=examples < 1_000,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(small_tables())
    def check(drawn: tuple[Table, list[Type]]) -> None:
        table, types = drawn
        expression = model_of({"T": table}, inputs=table.inputs).decisions[0].expression
        assert isinstance(expression, DecisionTable)
        found = check_table("T", expression, [Column(type=type_) for type_ in types])
        seen = set(match_sets(table, types, known))
        has_gap, pairs, hidden = expected(table, seen)
        assert any(one.code == "gap" for one in found) is has_gap
        assert numbers_told(found, "overlap", "conflict") == pairs
        assert numbers_told(found, "unreachable-rule") == hidden
        seen_of.update({"gap": has_gap, "pairs": bool(pairs), "hidden": bool(hidden)})

    check()
    assert all(seen_of[what] for what in ("gap", "pairs", "hidden")), seen_of


def test_a_counter_example_is_a_row_that_does_what_is_said():
    rules = [(["[0..5]", '"A"'], ["1"]), (["[5..9]", '"A", "B"'], ["2"])]
    table = Table(inputs=["n", "k"], rules=rules)
    expression = model_of({"T": table}, inputs=table.inputs).decisions[0].expression
    assert isinstance(expression, DecisionTable)
    types = [Column(type=type_) for type_ in (SMALL[0][0], SMALL[2][0])]
    assert [str(one) for one in check_table("T", expression, types)] == [
        'T, rules 1 and 2: overlap (hit policy UNIQUE) and disagree; for example n = 5, k = "A" -> 1 by rule 1, 2 by rule 2; narrow one of them, or choose FIRST if the order is meant [conflict]',
        'T: no rule matches where n < 0; for example n = -1, k = "A" -> null; add a rule, or a default output (null, if that is meant) [gap]',
        'T: no rule matches where n < 5 and k in ("B", "C"); for example n = 0, k = "B" -> null; add a rule, or a default output (null, if that is meant) [gap]',
        'T: no rule matches where k = "C"; for example n = 6, k = "C" -> null; add a rule, or a default output (null, if that is meant) [gap]',
    ]
