"""How the scalar executor writes its function."""

from __future__ import annotations

import pytest

from wherewithal.dmn import types as t
from wherewithal.dmn.ir import Graph, Node
from wherewithal.dmn.scalar import compile_scalar, reachable
from wherewithal.dmn.scalar_names import HEIGHT_MAX, named_nodes, parts_of


@pytest.fixture
def graph() -> Graph:
    return Graph()


def names_of(*roots: Node) -> frozenset[int]:
    return named_nodes(*reachable(roots))


def test_results_stand_in_order_and_inputs_by_position(graph):
    x, y = (graph.input(name, t.number(0, 9)) for name in "xy")
    decide = compile_scalar({"b": graph.subtract(x, y), "a": x}, inputs=["y", "z", "x"])
    assert decide(1, None, 5) == (4, 5)


def test_what_is_used_twice_is_computed_once(graph):
    x = graph.input("x", t.number(0, 9))
    square = graph.multiply(x, x)
    once, twice = graph.add(square, x), graph.multiply(square, square)
    assert names_of(once) == frozenset()
    assert names_of(twice) == {square.number}


def test_a_small_guarded_node_stays_in_its_branch(graph):
    x = graph.input("x", t.number(0, 9, nullable=True))
    sure = graph.assume_not_null(x)
    small = graph.multiply(sure, sure)
    result = graph.case([(graph.is_null(x), graph.constant(0))], graph.add(small, small))
    assert names_of(result) == frozenset()
    decide = compile_scalar({"r": result}, inputs=["x"])
    assert [decide(3), decide(None)] == [(18,), (0,)]


@pytest.mark.parametrize("nullable", [False, True])
def test_what_doubles_does_not_grow_as_powers(graph, nullable):
    x = graph.input("x", t.number(0, 9, nullable=nullable))
    node = graph.assume_not_null(x)
    for _ in range(60):
        node = graph.add(node, node)
    result = graph.case([(graph.is_null(x), graph.constant(0))], node)
    assert compile_scalar({"r": result}, inputs=["x"])(3) == (3 * 2**60,)


@pytest.mark.parametrize("links", [3, 2_000])
def test_a_chain_of_one_operation_is_flat(graph, links):
    flags = [graph.input(f"b{n}", t.BOOLEAN.or_null()) for n in range(links)]
    chain = graph.any_of(flags)
    assert names_of(chain) == frozenset()
    assert parts_of(chain, frozenset()) == flags
    decide = compile_scalar({"r": chain}, inputs=[f"b{n}" for n in range(links)])
    nothing = [False] * (links - 2)
    given = [(False, False), (False, True), (False, None), (None, True), (None, False)]
    found = [decide(first, *nothing, last) for first, last in given]
    assert found == [(False,), (True,), (None,), (True,), (None,)]


def test_high_expressions_are_cut(graph):
    x = graph.input("x", t.number(0, 9, nullable=True))
    node = x
    for n in range(1_000):
        node = graph.subtract(graph.constant(n), node)
    assert len(names_of(node)) == 1_000 // (HEIGHT_MAX + 1)
    decide = compile_scalar({"r": node}, inputs=["x"])
    assert decide(7) == (507,)  # 999 - 998 + 997 - ... - 0 + 7
    assert decide(None) == (None,)


def test_a_long_chain_is_cut_into_statements(graph):
    x = graph.input("x", t.number(0, 999, nullable=True))
    branches = [(graph.equal(x, graph.constant(n)), graph.constant(n * n)) for n in range(500)]
    result = graph.case(branches, graph.constant(-1))
    decide = compile_scalar({"r": result}, inputs=["x"])
    assert [decide(n)[0] for n in (0, 59, 60, 61, 499, 500, None)] == [
        *(0, 3481, 3600, 3721, 249_001, -1, -1)
    ]


def test_a_lookup_outside_its_table_is_null(graph):
    index = graph.input("i", t.number(-5, 5))
    decide = compile_scalar({"r": graph.lookup(index, ["a", "b"])}, inputs=["i"])
    assert [decide(n)[0] for n in (-1, 0, 1, 2)] == [None, "a", "b", None]
