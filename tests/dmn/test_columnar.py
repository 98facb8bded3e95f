"""What the columnar executor takes and gives."""

from __future__ import annotations

import polars as pl
import pytest

from wherewithal.dmn import types as t
from wherewithal.dmn.columnar import compile_columnar
from wherewithal.dmn.ir import Graph, Rounding


@pytest.fixture
def graph() -> Graph:
    return Graph()


def test_results_have_the_types_that_users_know(graph):
    x = graph.input("x", t.number(0, 10**9, nullable=True))
    k = graph.input("k", t.text(frozenset("BA"), nullable=True))
    outputs = {
        "narrow": graph.least([x, graph.constant(5)]),
        "wide": graph.multiply(x, graph.constant(10**12)),
        "text": k,
        "flag": graph.is_null(k),
        "word": graph.constant("Z"),
    }
    frame = pl.DataFrame({"x": [1, None], "k": ["A", None], "unread": [0, 0]})
    result = compile_columnar(outputs, inputs=["x", "k"]).run(frame)
    assert result.schema == {
        "narrow": pl.Int64,
        "wide": pl.Int128,
        "text": pl.Enum(["A", "B"]),
        "flag": pl.Boolean,
        "word": pl.Enum(["Z"]),
    }
    assert result.rows() == [(1, 10**12, "A", False, "Z"), (None, None, None, True, "Z")]


@pytest.mark.parametrize("rows", [0, 1, 3])
def test_a_program_of_constants_has_a_row_for_each(graph, rows):
    outputs = {"a": graph.constant(1), "b": graph.constant(None), "c": graph.constant(value=True)}
    result = compile_columnar(outputs, inputs=["x"]).run(pl.DataFrame({"x": [7] * rows}))
    assert result.rows() == [(1, None, True)] * rows


def test_an_output_may_be_named_as_an_input(graph):
    x, y = (graph.input(name, t.number(0, 9)) for name in "xy")
    plan = compile_columnar({"x": y, "y": graph.add(x, y)}, inputs=["x", "y"])
    assert plan.run(pl.DataFrame({"x": [1], "y": [2]})).rows() == [(2, 3)]


def test_texts_may_be_given_as_enums(graph):
    s = graph.input("s", t.text(nullable=True))
    plan = compile_columnar({"r": graph.equal(s, graph.constant("b"))}, inputs=["s"])
    frame = pl.DataFrame({"s": ["b", "c", None]}, schema={"s": pl.Enum(["c", "b"])})
    assert plan.run(frame)["r"].to_list() == [True, False, False]


def test_a_column_that_is_not_there_is_named(graph):
    plan = compile_columnar({"r": graph.input("x", t.number(0, 9))}, inputs=["x"])
    with pytest.raises(pl.exceptions.ColumnNotFoundError, match="x"):
        plan.run(pl.DataFrame({"y": [1]}))


def test_positions_and_lookups(graph):
    k = graph.input("k", t.text(nullable=True))
    place = graph.position(k, ["b", "a"])
    outputs = {"place": place, "worth": graph.lookup(place, [10, 15], scale=1)}
    frame = pl.DataFrame({"k": ["a", "b", "unknown", None]})
    rows = compile_columnar(outputs, inputs=["k"]).run(frame).rows()
    assert rows == [(1, 15), (0, 10), (None, None), (None, None)]


def test_a_text_that_is_always_null(graph):
    s = graph.input("s", t.text(frozenset(), nullable=True))
    outputs = {"s": s, "place": graph.position(s, ["a"])}
    result = compile_columnar(outputs, inputs=["s"]).run(pl.DataFrame({"s": [None, None]}))
    assert result.rows() == [(None, None), (None, None)]


def test_what_repeats_its_operand_does_not_grow_as_powers(graph):
    x = node = graph.input("x", t.number(-(10**6), 10**6))
    for n in range(2, 40):
        node = graph.divide(graph.add(node, x), graph.constant(n), Rounding.HALF_EVEN)
    rows = compile_columnar({"r": node}, inputs=["x"]).run(pl.DataFrame({"x": [39, -39]})).rows()
    assert rows == [(1,), (-1,)]
