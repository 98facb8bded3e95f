"""Each kernel gives what Python's own integers give, at the ends of what it may be given."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wherewithal.dmn import types as t
from wherewithal.dmn.columnar import compile_columnar
from wherewithal.dmn.columnar_kernels import (
    ESTIMATE_MAX,
    is_scaled_ratio,
    scaled_ratio,
    scaled_ratio_estimate,
    table_of,
)
from wherewithal.dmn.ir import Graph, Node, Rounding

INDEX = pl.col("index")


def whole_ratio() -> pl.Expr:
    """Return the ratio of three columns, its estimate inlined."""
    a, b, c = (pl.col(name) for name in "abc")
    return scaled_ratio(a, b, c, estimate=scaled_ratio_estimate(a, b, c))


@st.composite
def ratios(draw: st.DrawFn) -> tuple[int, int, int]:
    """Factors and a divisor whose quotient is in range, often a multiple or next to one."""
    c = draw(st.integers(1, 2**61 - 1))
    a = draw(st.integers(0, 2**63 - 1))
    b_max = min(2**63 - 1, (ESTIMATE_MAX * c + c - 1) // max(a, 1))
    b = draw(st.integers(0, b_max))
    near = draw(st.sampled_from((None, -1, 0, 1)))
    if near is not None:
        b = min(max(-(-(a * b // c) * c // max(a, 1)) + near, 0), b_max)
    return a, b, c


@given(st.lists(ratios(), min_size=1, max_size=50))
def test_a_scaled_ratio_is_exact(rows):
    frame = pl.DataFrame(rows, schema=dict.fromkeys("abc", pl.Int64), orient="row")
    found = frame.select(whole_ratio()).to_series()
    assert found.to_list() == [a * b // c for a, b, c in rows]


def test_a_scaled_ratio_of_null_is_null():
    frame = pl.DataFrame({"a": [6, None, 6], "b": [2, 2, None], "c": [4, 4, 4]})
    found = frame.select(whole_ratio()).to_series()
    assert found.to_list() == [3, None, None]


@pytest.mark.parametrize(
    "values",
    [
        [7] * 9,
        [7, 7, 8, 8, 8, 9, 9, 9, 9],
        [None, None, 1, 2, 3, 4, 5, 6, 7],
        [5, None, 4, None, 3, None, 2, None, 1],
        [True, False, True, True, False, True, False, True, False],
        [None, False, True, True, False, True, False, True, False],
        [None] * 9,
    ],
    ids=["one run", "runs", "nulls first", "nulls between", "flags", "flags or null", "nulls"],
)
@pytest.mark.parametrize("low", [0, 2])
@pytest.mark.parametrize("nullable", [False, True])
def test_a_table_gives_what_stands_in_its_place(values, low, nullable):
    dtype = pl.Boolean if any(value is True for value in values) else pl.Int16
    places = [*range(low, 9), *([None] if nullable else [])]
    frame = pl.DataFrame({"index": pl.Series(places, dtype=pl.Int16)})
    table = table_of(INDEX, values, dtype, low=low, high=8, nullable=nullable)
    found = frame.select(table).to_series()
    assert found.dtype == dtype
    assert found.to_list() == [None if n is None else values[n] for n in places]


def annuity(graph: Graph) -> Node:
    """Return affordable = capacity x 10**16 / factor, both looked up by the term."""
    capacity = graph.input("capacity", t.number(0, 10**6, nullable=True))
    term = graph.input("term", t.number(0, 2, nullable=True))
    top = graph.lookup(term, [1, 10**16, 10**16])
    bottom = graph.lookup(term, [1, 3 * 10**15 + 1, 2 * 10**14 + 7])
    return graph.divide(graph.multiply(capacity, top), bottom, Rounding.FLOOR)


def test_a_quotient_of_two_tables_is_bounded_place_by_place():
    node = annuity(Graph())
    # 10**6 x 10**16 / (2 x 10**14 + 7): the other pairs give less.
    assert node.type.high == 10**22 // (2 * 10**14 + 7)
    assert is_scaled_ratio(node)


def test_a_quotient_of_two_tables_is_exact():
    rows = [(c, k) for c in (0, 1, 999_983, 10**6, None) for k in (0, 1, 2, None)]
    frame = pl.DataFrame(rows, schema=["capacity", "term"], orient="row")
    plan = compile_columnar({"r": annuity(Graph())}, inputs=["capacity", "term"])
    divisors = {0: (1, 1), 1: (10**16, 3 * 10**15 + 1), 2: (10**16, 2 * 10**14 + 7)}
    assert plan.run(frame)["r"].to_list() == [
        None if c is None or k is None else c * divisors[k][0] // divisors[k][1] for c, k in rows
    ]


def test_a_value_outside_its_range_is_refused_and_not_told():
    x = Graph().input("income", t.number(0, 9))
    plan = compile_columnar({"r": x}, inputs=["income"])
    with pytest.raises(pl.exceptions.OutOfBoundsError, match=r"input income .* 0 to 9") as refusal:
        plan.run(pl.DataFrame({"income": [3, 70_001]}))
    assert "70" not in str(refusal.value)
