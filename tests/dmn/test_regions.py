"""Regions may not know, but what they claim holds for every value."""

from __future__ import annotations

import datetime
from collections import Counter
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conformance.executors import RESULT, Scalar, compiled
from tests.conformance.models import Table
from wherewithal.dmn import types as t
from wherewithal.dmn.feel.parser import parse_unary_tests
from wherewithal.dmn.ir import Graph
from wherewithal.dmn.lowering import Lowering
from wherewithal.dmn.regions import EVERYTHING, covers, region_of
from wherewithal.dmn.types import Kind, Type

#: Types small enough to try every value, and constants within and just beyond them.
SMALL = (
    (t.number(-2, 9), ("-2", "0", "3", "4", "9", "2.5", "10")),
    (t.number(-20, 30, scale=1), ("-2", "0.1", "0.2", "3", "2.95")),
    (t.text(frozenset("ABC")), ('"A"', '"B"', '"C"', '"Z"')),
    (t.BOOLEAN, ("true", "false")),
    (Type(kind=Kind.DATE, low=730_000, high=730_009), ('@"1999-09-05"', '@"1999-09-08"')),
)


def every_value(type_: Type) -> list[object]:
    nulls: list[object] = [None] if type_.nullable else []
    match type_.kind:
        case Kind.BOOLEAN:
            return [True, False, *nulls]
        case Kind.TEXT:
            return [*sorted(type_.values or ()), *nulls]
        case Kind.DATE:
            days = range(type_.low, type_.high + 1)
            return [*map(datetime.date.fromordinal, days), *nulls]
    return [*range(type_.low, type_.high + 1), *nulls]


def cells(constants: tuple[str, ...], kind: Kind) -> st.SearchStrategy[str]:
    """Return cells over the constants, of the forms that an analyst writes."""
    forms = ["{0}", "{0}, {1}", "not({0})", "not({0}, {1})", "null", "not(null)", "-"]
    forms += ["!= {0}", "null, {0}", "{0}, != {1}", "!= {0}, != {1}", "not(null, {0})"]
    if kind in (Kind.NUMBER, Kind.DATE):
        forms += ["< {0}", "<= {0}", "> {0}", ">= {0}", "[{0}..{1}]", "({0}..{1})", "[{0}..{1})"]
        forms += ["< {0}, > {1}", "not(< {0})", "[{0}..{1}], null"]
    one = st.sampled_from(constants)
    return st.tuples(st.sampled_from(forms), one, one).map(
        lambda drawn: drawn[0].format(*drawn[1:])
    )


@st.composite
def cells_of_one_input(draw):
    type_, constants = draw(st.sampled_from(SMALL))
    found = draw(st.lists(cells(constants, type_.kind), min_size=2, max_size=4))
    return type_.or_null(when=draw(st.booleans())), found


def region(cell: str):
    return region_of(Lowering(graph=Graph()), parse_unary_tests(cell), {})


def matches(cell: str, type_: Type) -> list[bool]:
    """Return whether each value of the type matches, by a table of this one rule."""
    node = compiled(Table(inputs=["v"], rules=[([cell], ["1"])]), {"v": type_}).node(RESULT)
    rows = [(value,) for value in every_value(type_)]
    return [row[0] == 1 for row in Scalar().evaluate({RESULT: node}, {"v": type_}, rows)]


@pytest.mark.parametrize(
    "examples", [400, pytest.param(20_000, marks=pytest.mark.nightly, id="nightly")]
)
def test_claims_hold_for_every_value(examples):
    seen: Counter[str] = Counter()

    @settings(max_examples=examples, derandomize=examples < 1_000)
    @given(cells_of_one_input())
    def check(given_cells: tuple[Type, list[str]]) -> None:
        type_, found = given_cells
        known = [(region(cell), matches(cell, type_)) for cell in found]
        regions = [one for one, _ in known if one is not None]
        if len(regions) == len(known) and covers(regions, type_):
            seen[f"covers {type_.kind.value}"] += 1
            assert all(any(each) for each in zip(*(hits for _, hits in known), strict=True))
        for (first, hits), (second, other_hits) in combinations(known, 2):
            if first is not None and second is not None and first.is_disjoint(second):
                seen[f"disjoint {type_.kind.value}"] += 1
                assert not any(a and b for a, b in zip(hits, other_hits, strict=True))

    check()
    kinds = ("number", "string", "boolean")
    assert all(seen[f"{claim} {kind}"] for claim in ("covers", "disjoint") for kind in kinds), seen
    assert seen["disjoint date"], seen


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("< 5", ">= 5", True),
        ("<= 5", ">= 5", False),
        ("[1..3)", "[3..4]", True),
        ("[1..3]", "(3..4]", True),
        ("5", "[1..5)", True),
        ("5", "5.0", False),
        ("null", "not(null)", True),
        ("not(null)", "< 5", False),
        ("null", "-", False),
        ("!= 5", "5", True),
        ("!= 5", "null", False),
        ('"A", "B"', '"C"', True),
        ('not("A")', '"A"', True),
        ('not("A")', '"B"', False),
        ('!= "A"', '"A"', True),
        ('!= "A"', '"B"', False),
        ('not("A")', "null", False),
        ("true", "not(true)", True),
        ('@"2020-01-31"', '> @"2020-01-31"', True),
        ('@"P1D"', '> @"P2D"', True),
    ],
)
def test_is_disjoint(left, right, expected):
    regions = region(left), region(right)
    assert regions[0].is_disjoint(regions[1]) is expected
    assert regions[1].is_disjoint(regions[0]) is expected


@pytest.mark.parametrize("cell", ["x", "< x", "[1..x]", "? > 3", "not(< 5)", 'not(null, "A"), x'])
def test_what_is_not_made_of_constants_is_unknown(cell):
    assert region_of(Lowering(graph=Graph()), parse_unary_tests(cell, names=["x"]), {}) is None


@pytest.mark.parametrize(
    ("found", "type_", "expected"),
    [
        (["< 3", ">= 3"], t.number(0, 9), True),
        (["<= 2", ">= 3"], t.number(0, 9), True),
        (["<= 2", ">= 3"], t.number(0, 90, scale=1), False),
        (["< 3", "> 3"], t.number(0, 9), False),
        (["< 3", "> 3"], t.number(4, 9), True),
        (["< 3", ">= 3"], t.number(0, 9, nullable=True), False),
        (["< 3, null", ">= 3"], t.number(0, 9, nullable=True), True),
        (['"A"', '"B"'], t.text(frozenset("AB")), True),
        (['"A"', 'not("A")'], t.text(frozenset("AB")), True),
        (['not("A")', '"B"'], t.text(frozenset("AB")), False),
        (['"A"', '!= "A"'], t.text(), True),
        (['"A"', '"B"'], t.text(), False),
        (["not(true)", "false"], t.BOOLEAN, False),
        (["true", "false"], t.BOOLEAN, True),
    ],
)
def test_covers(found, type_, expected):
    assert covers([region(cell) for cell in found], type_) is expected


def test_a_dash_is_everything():
    assert region("-") is EVERYTHING
