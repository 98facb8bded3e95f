"""The vector executor against the scalar one: every op it serves, every null, products past 64 bits."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wherewithal.dmn import types as t
from wherewithal.dmn.ir import Graph, Node, Op, OutsideProfile, Rounding
from wherewithal.dmn.scalar import compile_scalar
from wherewithal.dmn.vector import compile_vector

X = (None, -1_000, -1, 0, 1, 2, 7, 1_000)
Y = (None, -3, 0, 1, 5)
B = (None, False, True)


def _inputs(graph: Graph) -> dict[str, Node]:
    return {
        "x": graph.input("x", t.number(-1_000, 1_000, nullable=True)),
        "y": graph.input("y", t.number(-3, 5, nullable=True)),
        "p": graph.input("p", t.BOOLEAN.or_null()),
        "q": graph.input("q", t.BOOLEAN.or_null()),
    }


def _assert_same(outputs: dict[str, Node]) -> None:
    """Compare one run over a grid with the scalar function cell by cell; nulls one at a time."""
    names = ("x", "y", "p", "q")
    function, plan = compile_scalar(outputs, inputs=names), compile_vector(outputs)
    for x, y, p, q in itertools.product(X, Y, B, B):
        found = plan.run({"x": x, "y": y, "p": p, "q": q})
        have = [_value(found[name], plan.texts, outputs[name]) for name in outputs]
        assert have == list(function(x, y, p, q)), (x, y, p, q)
    known = [[x for x in X if x is not None], [y for y in Y if y is not None]]
    columns, rows = np.array([known[0]]), np.array([known[1]]).T
    found = plan.run({"x": columns, "y": rows, "p": True, "q": None})
    for place, (name, node) in enumerate(outputs.items()):
        shape = (len(known[1]), len(known[0]))
        values, sure = found[name]
        whole = np.broadcast_to(values, shape)
        is_known = np.broadcast_to(True if sure is None else sure, shape)
        for (i, y), (j, x) in itertools.product(enumerate(known[1]), enumerate(known[0])):
            have = _value((whole[i, j], is_known[i, j]), plan.texts, node)
            assert have == function(x, y, True, None)[place], (name, x, y)  # noqa: FBT003 - a value


def _value(vector: Any, texts: tuple[str, ...], node: Node) -> Any:
    values, known = vector
    if known is not None and not known.ravel()[0]:
        return None
    value = values.ravel()[0]
    if node.type.kind is t.Kind.TEXT:
        return texts[int(value)]
    return bool(value) if node.type.kind is t.Kind.BOOLEAN else int(value)


def test_arithmetic_order_and_logic():
    graph = Graph()
    x, y, p, q = _inputs(graph).values()
    _assert_same(
        {
            "sum": graph.add(x, y),
            "difference": graph.subtract(x, y),
            "product": graph.multiply(x, y),
            "quotient": graph.divide(x, y, Rounding.FLOOR),
            "least": graph.least([x, y, graph.constant(3)]),
            "most": graph.greatest([x, y]),
            "less": graph.less(x, y),
            "at most": graph.less(x, y, or_equal=True),
            "equal": graph.equal(x, y),
            "both": graph.all_of([p, q]),
            "either": graph.any_of([p, q]),
            "not": graph.negation(p),
            "unknown": graph.is_null(x),
            "same truth": graph.equal(p, q),
        },
    )


def test_cases_lookups_and_texts():
    graph = Graph()
    x, y, p, q = _inputs(graph).values()
    null = graph.constant(None)
    _assert_same(
        {
            "case": graph.case([(p, x), (graph.less(x, y), y)], graph.constant(9)),
            "to null": graph.case([(p, null), (q, x)], null),
            "texts": graph.case([(p, graph.constant("b")), (q, null)], graph.constant("a")),
            "looked up": graph.lookup(y, [10, None, 30, 40, 50]),
            "text looked up": graph.lookup(y, ["z", "a", None, "b", "c"]),
            "flag": graph.lookup(y, [True, False, True]),
            "guarded": graph.case(
                [(graph.negation(graph.is_null(x)), graph.assume_not_null(x))], y
            ),
        },
    )


@given(
    st.lists(
        st.tuples(st.integers(0, 10**12), st.integers(1, 10**16), st.integers(1, 10**16)),
        min_size=1,
        max_size=20,
    )
)
def test_a_product_past_64_bits_is_divided_exactly(rows):
    graph = Graph()
    a = graph.input("a", t.number(0, 10**12))
    b, c = (graph.input(name, t.number(1, 10**16)) for name in "bc")
    plan = compile_vector({"found": graph.divide(graph.multiply(a, b), c, Rounding.FLOOR)})
    columns = {
        name: np.array([column], np.int64)
        for name, column in zip("abc", zip(*rows, strict=True), strict=True)
    }
    values, known = plan.run(columns)["found"]
    assert known is None
    assert [int(value) for value in values[0]] == [one * two // three for one, two, three in rows]


def test_wide_sums_are_python_s_own():
    graph = Graph()
    a = graph.input("a", t.number(0, 2**53))
    plan = compile_vector({"wide": graph.multiply(a, a), "sum": graph.add(graph.multiply(a, a), a)})
    found = plan.run({"a": np.array([[2**53, 3]])})
    assert found["wide"][0].tolist() == [[2**106, 9]]
    assert found["sum"][0].tolist() == [[2**106 + 2**53, 12]]


def test_what_has_no_kernel_is_refused_when_compiled():
    graph = Graph()
    x, day = graph.input("x", t.number(0, 9)), graph.input("d", t.DATE)
    refused = [
        graph.divide(x, graph.constant(2), Rounding.CEILING),
        graph.date_part(day, Op.YEAR),
        graph.position(graph.input("s", t.text(frozenset("ab"))), ["a", "b"]),
    ]
    for node in refused:
        with pytest.raises(OutsideProfile):
            compile_vector({"one": node})


def test_a_missing_input_is_a_key_error():
    graph = Graph()
    plan = compile_vector({"one": graph.add(graph.input("x", t.number(0, 9)), graph.constant(1))})
    assert plan.inputs == ("x",)
    with pytest.raises(KeyError):
        plan.run({})
