"""Rows at and around every threshold, derived from the program itself."""

from __future__ import annotations

import datetime

import pytest

from tests.conformance.executors import type_of
from tests.conformance.models import model_of, table
from wherewithal.dmn.corpus import threshold_corpus
from wherewithal.dmn.ir import Graph
from wherewithal.dmn.program import compile_models
from wherewithal.dmn.types import number

Y = number(0, 100_000, nullable=True)


def corpus_of(decisions, inputs, **more):
    graph = Graph()
    nodes = {name: graph.input(name, type_of(type_)) for name, type_ in inputs.items()}
    program = compile_models([model_of(decisions, inputs=inputs)], graph=graph, inputs=nodes)
    assert program.diagnostics == ()
    outputs = {name: program.node(name) for name in decisions}
    return threshold_corpus(graph, outputs, program.tables, **more)


def values_of(corpus, name):
    place = list(corpus.inputs).index(name)
    return {row[place] for row in corpus.rows}


@pytest.mark.parametrize(
    ("expression", "type_", "thresholds"),
    [
        ("x >= 620", Y, {619, 620, 621}),
        ("2 * x + 10 > 50", Y, {19, 20, 21}),
        ("x > 6.5", Y, {6, 7}),
        ("floor(x / 12) >= 100", Y, {1199, 1200, 1201}),
        ("min(x, 500) - 20 > 7", Y, {27, 28, 499, 500, 501}),
        ("x > 1", Y, {0, 100_000, None}),
        ('x = "A"', "text?", {"A", "other", None}),
        ('x = "A"', "A|B|C", {"A", "B", "C"}),
        (
            'x < @"2020-03-01"',
            "date",
            {datetime.date(2020, 2, 29), datetime.date(2020, 3, 1), datetime.date(2020, 3, 2)},
        ),
        ("x", "boolean?", {True, False, None}),
        ('x > @"P30D"', "days?", {29, 30, 31, None}),
    ],
)
def test_an_input_takes_the_values_beside_its_constants(expression, type_, thresholds):
    assert thresholds <= values_of(corpus_of({"d": expression}, {"x": type_}), "x")


def test_a_ratio_changes_where_one_input_moves():
    """At y = 40,000 (a middle value) the ratio passes 35% between 13,999 and 14,000."""
    graph = Graph()
    x, y = graph.input("x", Y), graph.input("y", number(40_000, 40_000))
    program = compile_models(
        [model_of({"d": "floor(10000 * x / y) >= 3500"}, inputs=["x", "y"])],
        graph=graph,
        inputs={"x": x, "y": y},
    )
    corpus = threshold_corpus(graph, {"d": program.node("d")})
    assert {13_999, 14_000, 14_001} <= values_of(corpus, "x")


def test_rules_that_need_several_inputs_at_once_are_hit():
    cells = [f'[{n}..{n + 1}); [{3 * n}..{3 * n + 1}); = {7 * n}; "t{n}" | {n}' for n in range(40)]
    made = table("FIRST", "a; b; c; s", *[cell.replace("= ", "") for cell in cells])
    inputs = {"a": "number?", "b": "number(2)?", "c": "number", "s": "text?"}
    corpus = corpus_of({"d": made}, inputs, rows_max=500)
    assert (len(corpus.rules), corpus.missed, corpus.is_sought) == (40, (), True)
    assert len(corpus.rows) <= 500


def test_a_rule_that_nobody_reaches_is_named():
    """The second table has a rule for 3, and the first yields 1 or 2."""
    first = table("UNIQUE", "x", "< 5 | 1", ">= 5 | 2")
    second = table("UNIQUE", "first", "1 | 10", "2 | 20", "3 | 30")
    corpus = corpus_of({"first": first, "second": second}, {"x": "number"})
    assert corpus.missed == (("second", 3),)


def test_rules_of_overlapping_tables_are_all_hit():
    made = table(
        "COLLECT SUM", "x; y", "> 3; - | 1", "-; > 4 | 2", "< 9; < 9 | 4", "null; null | 8"
    )
    corpus = corpus_of({"d": made}, {"x": "number?", "y": "number?"})
    assert (len(corpus.rules), corpus.missed) == (4, ())


def test_the_same_program_gives_the_same_rows():
    made = table("FIRST", "x; y", *[f"< {n}; > {n} | {n}" for n in range(20)])
    inputs = {"x": "number?", "y": "number(2)?"}
    one, same = (corpus_of({"d": made}, inputs) for _ in range(2))
    other = corpus_of({"d": made}, inputs, seed=1)
    assert one == same
    assert one.rows != other.rows


def test_the_bound_holds_and_says_what_it_left():
    made = table("FIRST", "x; y", *[f"< {n}; > {n} | {n}" for n in range(50)])
    corpus = corpus_of({"d": made}, {"x": "number?", "y": "number?"}, rows_max=200)
    assert (len(corpus.rows), corpus.missed) == (200, ())
    assert corpus.left_off > 200


def test_a_program_without_inputs_has_one_row():
    assert corpus_of({"d": "1 + 1"}, {}).rows == ((),)
