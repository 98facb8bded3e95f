"""What is told of outputs, and the hints of tables that are right."""

from __future__ import annotations

import pytest

from tests.conformance.models import Table, model_of, table
from wherewithal.dmn.checks.column import Column
from wherewithal.dmn.checks.table_checks import check_table
from wherewithal.dmn.types import Kind, number

X = [Column(type=number(0, 9))]


def told(one: Table, *, outputs=(), hints=False):
    expression = model_of({"T": one}, inputs=one.inputs).decisions[0].expression
    found = check_table("T", expression, X * len(one.inputs), outputs=outputs, hints=hints)
    return [str(each).removeprefix("T, ").removeprefix("T: ") for each in found]


def test_an_output_of_another_kind_becomes_null():
    one = table("UNIQUE", "x", "< 5 | 1", '>= 5 | "2"')
    assert told(one, outputs=[Kind.NUMBER]) == [
        "rule 2, output '1': \"2\" is a string and becomes null: a number is declared [wrong-output]"
    ]


def test_an_output_that_is_not_listed():
    one = table("UNIQUE", "x", '< 5 | "yes"', '>= 5 | "yess"', allowed={"out": '"yes", "no"'})
    assert told(one) == [
        "rule 2, output '1': \"yess\" is none of the output values; did you mean 'yes'? [unlisted-output]"
    ]


def test_half_a_default():
    one = table("UNIQUE", "x", "< 5 | 1; 2", outputs=("a", "b"), defaults={"a": "0"})
    assert told(one) == [
        "output 'b': has no default output, and others have: it is null where they are not; add one [half-default]"
    ]


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (table("UNIQUE", "x", "< 5 | 1", ">= 5 | 1"), ["output '1': every rule gives 1; the output decides nothing [constant-output]", "rules 1 and 2: could be one rule, where x is any [mergeable]"]),
        (table("FIRST", "x", "< 5 | 1", ">= 5 | 2"), ["no two rules overlap, so hit policy FIRST settles nothing; UNIQUE decides the same, and says so if two ever do [policy-unneeded]"]),
        (table("FIRST", "x", "< 5 | 1", "< 8 | 2", "- | 3"), ["rules 1 and 2: both match some rows and disagree, and the order settles it; for example x = 4 -> 1 by rule 1, 2 by rule 2 [partly-masked]"]),
        (table("ANY", "x", "< 5 | 1", ">= 4 | 1"), ["output '1': every rule gives 1; the output decides nothing [constant-output]", "rules 1 and 2: could be one rule, where x is any [mergeable]"]),
    ],
)  # fmt: skip
def test_hints(one, expected):
    assert told(one) == []
    assert told(one, hints=True) == expected
