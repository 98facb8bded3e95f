"""The graph: interning, folding, ranges and guards."""

from __future__ import annotations

import datetime
from fractions import Fraction
from itertools import product

import pytest

from wherewithal.dmn import types as t
from wherewithal.dmn.ir import Graph, Node, Op, OutsideProfile, Rounding, known_not_null, quotient
from wherewithal.dmn.types import Kind, Type, number


@pytest.fixture
def graph() -> Graph:
    return Graph()


def span(node: Node) -> tuple[int, int, int, bool]:
    type_ = node.type
    return type_.low, type_.high, type_.scale, type_.nullable


@pytest.mark.parametrize(
    ("rounding", "expected"),
    [
        # numerator / 4 for -7 ... 7: -1.75 -1.5 -1.25 -1 -0.75 -0.5 -0.25 0 0.25 0.5 0.75 1 1.25 1.5 1.75
        (Rounding.FLOOR, [-2, -2, -2, -1, -1, -1, -1, 0, 0, 0, 0, 1, 1, 1, 1]),
        (Rounding.CEILING, [-1, -1, -1, -1, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2]),
        (Rounding.HALF_EVEN, [-2, -2, -1, -1, -1, 0, 0, 0, 0, 0, 1, 1, 1, 2, 2]),
        (Rounding.HALF_UP, [-2, -2, -1, -1, -1, -1, 0, 0, 0, 1, 1, 1, 1, 2, 2]),
        (Rounding.HALF_DOWN, [-2, -1, -1, -1, -1, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2]),
        (Rounding.UP, [-2, -2, -2, -1, -1, -1, -1, 0, 1, 1, 1, 1, 2, 2, 2]),
        (Rounding.DOWN, [-1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1]),
    ],
)
def test_quotient(rounding, expected):
    assert [quotient(n, 4, rounding) for n in range(-7, 8)] == expected
    assert [quotient(-n, -4, rounding) for n in range(-7, 8)] == expected


def test_equal_expressions_are_one_node(graph):
    x = graph.input("x", number(0, 9))
    one = graph.add(x, graph.constant(1))
    assert graph.add(x, graph.constant(1)) is one
    assert graph.constant(1) is not graph.constant(value=True)
    assert graph.constant(1) is not graph.constant(1, scale=1)


@pytest.mark.parametrize(
    ("build", "expected"),
    [
        (lambda g, x, y: g.add(x, y), (-30, 99, 1, True)),
        (lambda g, x, y: g.subtract(x, y), (-39, 90, 1, True)),
        (lambda g, x, _: g.subtract(x, x), (-12, 12, 0, False)),
        (lambda g, x, y: g.multiply(x, y), (-27, 81, 1, True)),
        (lambda g, x, _: g.multiply(x, x), (-27, 81, 0, False)),
        (lambda g, x, _: g.absolute(x), (0, 9, 0, False)),
        (lambda g, x, _: g.negate(x), (-9, 3, 0, False)),
        (lambda g, x, y: g.least([x, y]), (-30, 9, 1, True)),
        (lambda g, x, y: g.greatest([x, y]), (0, 90, 1, True)),
        (lambda g, x, _: g.rescale(x, 3), (-3000, 9000, 3, False)),
        (lambda g, x, _: g.divide(x, g.constant(2), Rounding.FLOOR), (-2, 4, 0, False)),
        (lambda g, x, y: g.divide(x, y, Rounding.FLOOR), (-30, 90, 0, True)),
        (lambda g, x, _: g.divide(x, x, Rounding.FLOOR), (-9, 9, 0, True)),
    ],
)
def test_ranges(graph, build, expected):
    """x is -3..9, y is 0.0..0.9 or null."""
    x, y = graph.input("x", number(-3, 9)), graph.input("y", number(0, 9, scale=1, nullable=True))
    assert span(build(graph, x, y)) == expected


@pytest.mark.parametrize("rounding", list(Rounding))
@pytest.mark.parametrize("low", [-7, 0, 2])
@pytest.mark.parametrize("divisor", [(-3, -1), (-2, 2), (0, 0), (0, 4), (3, 3), (2, 6)])
def test_the_range_of_a_quotient_holds_every_quotient(graph, rounding, low, divisor):
    top, bottom = graph.input("t", number(low, low + 9)), graph.input("b", number(*divisor))
    type_ = graph.divide(top, bottom, rounding).type
    for n, d in product(range(low, low + 10), range(divisor[0], divisor[1] + 1)):
        if d:
            assert type_.low <= quotient(n, d, rounding) <= type_.high
        else:
            assert type_.nullable


@pytest.mark.parametrize("rounding", list(Rounding))
def test_quotient_rounds_to_a_neighbour(rounding):
    for n, d in product(range(-20, 21), (-7, -3, -2, 1, 2, 5, 8)):
        assert abs(Fraction(n, d) - quotient(n, d, rounding)) < 1


@pytest.mark.parametrize(
    ("build", "expected"),
    [
        (lambda g: g.add(g.constant(15, scale=1), g.constant(2)), (35, 1)),
        (lambda g: g.multiply(g.constant(15, scale=1), g.constant(2)), (30, 1)),
        (lambda g: g.divide(g.constant(7), g.constant(2), Rounding.HALF_EVEN), (4, 0)),
        (lambda g: g.divide(g.constant(7), g.constant(0), Rounding.FLOOR), (None, 0)),
        (lambda g: g.least([g.constant(3), g.constant(25, scale=1)]), (25, 1)),
        (lambda g: g.equal(g.constant(10, scale=1), g.constant(1)), (True, 0)),
        (lambda g: g.less(g.constant(1), g.constant(11, scale=1)), (True, 0)),
        (lambda g: g.all_of([g.constant(value=True), g.constant(value=False)]), (False, 0)),
        (lambda g: g.any_of([]), (False, 0)),
        (lambda g: g.all_of([g.constant(None), g.constant(None)]), (None, 0)),
        (lambda g: g.negation(g.constant(None)), (None, 0)),
        (lambda g: g.position(g.constant("b"), ["a", "b"]), (1, 0)),
        (lambda g: g.position(g.constant("c"), ["a", "b"]), (None, 0)),
        (lambda g: g.lookup(g.input("i", number(0, 1)), [None, None]), (None, 0)),
        (lambda g: g.date_part(g.constant(datetime.date(2020, 2, 29)), Op.DAY), (29, 0)),
        (lambda g: g.case([(g.constant(None), g.constant(1))], g.constant(2)), (2, 0)),
        (lambda g: g.case([(g.constant(value=True), g.constant(1))], g.constant(2)), (1, 0)),
    ],
)
def test_constants_are_folded(graph, build, expected):
    node = build(graph)
    assert (node.op, node.payload, node.type.scale) == (Op.CONSTANT, *expected)


def test_dates_carry_their_range(graph):
    on = graph.input("on", t.DATE)
    later = graph.add_days(on, graph.days(400))
    assert span(graph.date_part(later, Op.YEAR)) == (1901, 2202, 0, False)
    between = graph.days_between(later, on).type
    width = t.DATE.high - t.DATE.low
    assert between == Type(kind=Kind.DAYS, low=400 - width, high=400 + width)
    with pytest.raises(OutsideProfile, match=r"may leave the years 1800\.\.2300"):
        graph.add_days(later, graph.days(36_500))


def test_a_number_is_bounded_by_33_digits(graph):
    big = graph.input("b", number(0, 10**17))
    assert graph.multiply(big, graph.constant(10**15)).type.high == 10**32
    with pytest.raises(OutsideProfile, match="multiply may reach 34 digits, and 33 are exact"):
        graph.multiply(big, graph.constant(10**16))


def test_what_a_condition_shows(graph):
    x, y = (graph.input(name, number(0, 9, nullable=True)) for name in "xy")
    is_null, less = graph.is_null(x), graph.less(x, y)
    n = x.number, y.number
    shown = [
        (is_null, set(), {n[0]}),
        (graph.negation(is_null), {n[0]}, set()),
        (less, {*n}, {*n}),
        (graph.equal(x, graph.constant(3)), {n[0]}, set()),
        (graph.equal(x, y), set(), set()),
        (graph.all_of([graph.negation(is_null), less]), {*n}, set()),
        (graph.any_of([is_null, less]), set(), {*n}),
        (graph.any_of([graph.negation(is_null), less]), {n[0]}, {*n}),
    ]
    for condition, when_true, when_false in shown:
        assert known_not_null(condition, when=True) & {*n} == when_true
        assert known_not_null(condition, when=False) & {*n} == when_false


def test_a_guard_is_needed_until_a_case_shows_it(graph):
    x = graph.input("x", number(0, 9, nullable=True))
    double = graph.add(graph.assume_not_null(x), graph.assume_not_null(x))
    zero = graph.constant(0)
    guarded = graph.case([(graph.negation(graph.is_null(x)), double)], zero)
    unguarded = graph.case([(graph.input("b", t.BOOLEAN), double)], zero)
    otherwise = graph.case([(graph.is_null(x), zero)], double)
    assert double.guards == unguarded.guards == {x.number}
    assert guarded.guards == otherwise.guards == frozenset()
    assert not guarded.type.nullable
