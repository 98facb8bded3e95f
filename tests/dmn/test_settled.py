"""Comparisons that the ranges of their sides settle are warned of, with the place."""

from __future__ import annotations

import pytest

from tests.conformance.executors import compiled, type_of
from tests.conformance.models import Knowledge, model_of, table
from wherewithal.dmn.types import number

TYPES = {
    "x": number(0, 100, nullable=True),
    "n": number(-50, 50, scale=1),
    "k": type_of("A|B"),
    "d": type_of("date"),
}


def said(expression):
    return [str(one).partition(": ")[2] for one in compiled(expression, TYPES).warnings]


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        ("x > 100", "'>' is always false or null: the left side is 0 to 100, the right side 100"),
        ("x >= -1", "'>=' is always true or null: the left side is 0 to 100, the right side -1"),
        ("n <= 5", "'<=' is always true: the left side is -5.0 to 5.0, the right side 5"),
        ("n = 7.25", "'=' is always false: the left side is -5.0 to 5.0, the right side 7.25"),
        ('k != "C"', "'!=' is always true: the left side is \"A\" or \"B\", the right side \"C\""),
        ("n = null", "'=' null is always false: the value is never null"),
        ("x < null", "'<' with null is always null; compare with = null or != null"),
        ("1 < 2", "'<' is always true: both sides are constant"),
        ('d < @"1900-01-01"', "'<' is always false: the left side is 1900-01-01 to 2200-12-31, the right side 1900-01-01"),
    ],
)  # fmt: skip
def test_a_comparison_with_one_outcome(expression, why):
    assert said(expression) == [f"decision 'Result': {why} [settled-comparison]"]


@pytest.mark.parametrize(
    "expression", ["x > 99", "x = n", "x = null", 'k = "A"', "n < 5", "x != 0"]
)
def test_what_is_open_is_not_warned_of(expression):
    assert said(expression) == []


def test_the_place_within_a_table():
    (found,) = said(table("UNIQUE", "x", "< 5 | if x > 200 then 1 else 2"))
    assert found.startswith("decision 'Result', rule 1, output '1': '>' is always false")


def test_within_a_function_nothing_is_said():
    function = {"f": Knowledge(parameters=("a",), body="if a > 5 then 1 else 2")}
    model = model_of({"Result": "f(3) + f(x)"}, inputs=["x"], knowledge=function)
    assert compiled(model, {"x": TYPES["x"]}).warnings == ()
