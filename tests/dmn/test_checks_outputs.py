"""What is told of outputs, and the hints of tables that are right."""

from __future__ import annotations

import pytest

from tests.conformance.models import Table, model_of, table
from tests.surfaces.models import dmn
from wherewithal.dmn.checks.column import Column
from wherewithal.dmn.checks.model_checks import check_models
from wherewithal.dmn.checks.output_checks import Wanted
from wherewithal.dmn.checks.table_checks import check_table
from wherewithal.dmn.diagnostics import Severity
from wherewithal.dmn.model import DecisionTable
from wherewithal.dmn.reader import read_model
from wherewithal.dmn.types import Kind, number

X = [Column(type=number(0, 9))]


def told(one: Table, *, outputs=(), hints=False):
    expression = model_of({"T": one}, inputs=one.inputs).decisions[0].expression
    assert isinstance(expression, DecisionTable)
    found = check_table("T", expression, X * len(one.inputs), outputs=outputs, hints=hints)
    return [str(each).removeprefix("T, ").removeprefix("T: ") for each in found]


def test_an_output_of_another_kind_becomes_null():
    one = table("UNIQUE", "x", "< 5 | 1", '>= 5 | "2"')
    assert told(one, outputs=[Wanted(kind=Kind.NUMBER)]) == [
        "rule 2, output '1': \"2\" is a string and becomes null: a number is declared [wrong-output]"
    ]


TYPES = """<itemDefinition name="tPct"><typeRef>number</typeRef><allowedValues><text>[0..100]
  </text></allowedValues></itemDefinition><itemDefinition name="tLow"><typeRef>tPct</typeRef>
  <allowedValues><text>&lt; 10, 50</text></allowedValues></itemDefinition>
  <itemDefinition name="tPair"><itemComponent name="a"><typeRef>number</typeRef></itemComponent>
  <itemComponent name="z"><typeRef>number</typeRef></itemComponent></itemDefinition>"""


def told_of_models(rows, *, outputs, result):
    """Return the errors of a table whose outputs and result are declared."""
    rules = "".join(
        f"<rule><inputEntry><text>{place}</text></inputEntry>"
        + "".join(f"<outputEntry><text>{cell}</text></outputEntry>" for cell in row)
        + "</rule>"
        for place, row in enumerate(rows)
    )
    logic = (
        "<decisionTable><input><inputExpression><text>x</text></inputExpression></input>"
        + "".join(f'<output name="{n}" typeRef="{ref}"/>' for n, ref in outputs.items())
        + f"{rules}</decisionTable>"
    )
    document = dmn({"T": "x"}, inputs={"x": "number"}, types=TYPES)
    document = document.replace("<literalExpression><text>x</text></literalExpression>", logic)
    document = document.replace('<variable name="T"/>', f'<variable name="T" typeRef="{result}"/>')
    one, found = read_model(document.encode(), file="m.dmn")
    assert found == []
    assert one is not None
    return [str(each) for each in check_models([one]) if each.severity is Severity.ERROR]


def test_an_output_that_its_type_does_not_allow():
    rows = [("150", "5"), ("100", "7 * 10"), ("-0.5", "50"), ("150", "9.5")]
    said = "becomes null; give a value that the type allows [wrong-output]"
    assert told_of_models(rows, outputs={"a": "tPct", "b": "tLow"}, result="Any") == [
        f"m.dmn: decision 'T', rule 1, output 'a': 150 is not allowed by 'tPct' and {said}",
        f"m.dmn: decision 'T', rule 3, output 'a': -0.5 is not allowed by 'tPct' and {said}",
        f"m.dmn: decision 'T', rule 4, output 'a': 150 is not allowed by 'tPct' and {said}",
        f"m.dmn: decision 'T', rule 2, output 'b': 70 is not allowed by 'tLow' and {said}",
    ]


@pytest.mark.parametrize("result", ["number", "tPct", "tPair"])
def test_several_outputs_where_something_else_is_declared(result):
    expected = (
        f"m.dmn: decision 'T': a context of a, b is none of '{result}' and becomes null; declare a"
        " type with these parts [wrong-output]"
    )
    outputs = {"a": "number", "b": "number"}
    assert told_of_models([("1", "2")], outputs=outputs, result=result) == [expected]


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
