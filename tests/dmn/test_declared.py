"""What is not of its declared type is null in every executor, or refused by the profile."""

from __future__ import annotations

import itertools
from decimal import Decimal

import pytest

from tests.conformance.executors import EXECUTORS, compiled
from tests.surfaces.models import dmn
from wherewithal.dmn.reader import read_model
from wherewithal.dmn.types import number, text

TYPES = """<itemDefinition name="tScore"><typeRef>number</typeRef>
  <allowedValues><text>[300..850]</text></allowedValues></itemDefinition>
<itemDefinition name="tTier"><typeRef>string</typeRef>
  <allowedValues><text>"A", "B"</text></allowedValues></itemDefinition>
<itemDefinition name="tPair"><itemComponent name="a"><typeRef>number</typeRef></itemComponent>
</itemDefinition>
<itemDefinition name="tTiers" isCollection="true"><typeRef>tTier</typeRef></itemDefinition>"""
SCORE = {"n": number(0, 1000, nullable=True)}
TIER = {"k": text(frozenset("ABZ"), nullable=True)}
EACH = pytest.mark.parametrize("executor", EXECUTORS, ids=lambda one: one.name)


def model(expression, inputs, *, result=None):
    """Return a model of one decision, whose result may be declared."""
    document = dmn({"Result": expression}, inputs=inputs, types=TYPES)
    if result is not None:
        declared = f'<variable name="Result" typeRef="{result}"/>'
        document = document.replace('<variable name="Result"/>', declared)
    found, diagnostics = read_model(document.encode(), file="typed.dmn")
    assert diagnostics == []
    return found


def said(expression, inputs, types, *, result=None):
    program = compiled(model(expression, inputs, result=result), types)
    return [str(one) for one in program.diagnostics]


@EACH
def test_a_number_outside_its_allowed_values_is_null(executor):
    rows = [(299,), (300,), (850,), (851,), (None,)]
    found = executor.run(model("n + 1", {"n": "tScore"}), SCORE, rows)
    assert found == [None, Decimal(301), Decimal(851), None, None]


@EACH
def test_a_text_outside_its_allowed_values_is_null(executor):
    found = executor.run(model("k = null", {"k": "tTier"}), TIER, [("A",), ("Z",), (None,)])
    assert found == [False, True, True]


@EACH
def test_a_result_outside_its_allowed_values_is_null(executor):
    made = model("n * 2", {"n": "number"}, result="tScore")
    assert executor.run(made, SCORE, [(149,), (150,), (426,)]) == [None, Decimal(300), None]


@EACH
def test_a_list_of_one_is_its_item(executor):
    made = model("[n]", {"n": "number"}, result="number")
    assert executor.run(made, SCORE, [(4,)]) == [Decimal(4)]


@EACH
def test_an_argument_outside_its_allowed_values_makes_the_call_null(executor):
    made = model("(function(a: tScore) 1)(n)", {"n": "number"})
    assert executor.run(made, SCORE, [(299,), (300,)]) == [None, Decimal(1)]


def rated(outputs, *rules, policy="FIRST", defaults=(), result="Any"):
    """Return a model of a table over `n` whose outputs are declared, by name and type."""
    cells = "".join(
        f"<rule><inputEntry><text>{rule[0]}</text></inputEntry>"
        + "".join(f"<outputEntry><text>{cell}</text></outputEntry>" for cell in rule[1:])
        + "</rule>"
        for rule in rules
    )
    clauses = "".join(
        f'<output name="{name}" typeRef="{ref}">'
        + (f"<defaultOutputEntry><text>{default}</text></defaultOutputEntry>" if default else "")
        + "</output>"
        for (name, ref), default in itertools.zip_longest(outputs.items(), defaults)
    )
    logic = (
        f'<decisionTable hitPolicy="{policy}"><input><inputExpression><text>n</text>'
        f"</inputExpression></input>{clauses}{cells}</decisionTable>"
    )
    document = dmn({"Result": "n"}, inputs={"n": "number"}, types=TYPES)
    document = document.replace("<literalExpression><text>n</text></literalExpression>", logic)
    document = document.replace(
        '<variable name="Result"/>', f'<variable name="Result" typeRef="{result}"/>'
    )
    found, diagnostics = read_model(document.encode(), file="typed.dmn")
    assert diagnostics == []
    return found


ROWS = [(1,), (2,), (300,), (851,), (None,)]


@EACH
def test_an_output_outside_its_allowed_values_is_null(executor):
    one = rated({"a": "tScore"}, ("1", "299"), ("2", "300"), ("- ", "n"), defaults=["1"])
    expected = [None, Decimal(300), Decimal(300), None, None]
    assert executor.run(one, SCORE, ROWS) == expected


@EACH
def test_one_of_several_outputs_outside_its_allowed_values_is_null(executor):
    one = rated({"a": "tScore", "b": "number"}, ("1", "299", "7"), ("2", "300", "8"))
    first, second = {"a": None, "b": Decimal(7)}, {"a": Decimal(300), "b": Decimal(8)}
    assert executor.run(one, SCORE, ROWS) == [first, second, None, None, None]


@EACH
def test_any_compares_outputs_as_they_are_declared(executor):
    one = rated({"a": "tScore"}, ("1", "299"), ("[1..2]", "200"), ("2", "300"), policy="ANY")
    assert executor.run(one, SCORE, ROWS) == [None] * 5


@EACH
def test_a_default_outside_its_allowed_values_is_null(executor):
    one = rated({"a": "tScore", "b": "number"}, ("1", "299", "7"), defaults=["1", "2"])
    missed = {"a": None, "b": Decimal(2)}
    assert executor.run(one, SCORE, ROWS) == [{"a": None, "b": Decimal(7)}, *[missed] * 4]


@EACH
def test_priority_goes_by_the_values_of_the_type(executor):
    one = rated({"a": "tTier"}, ("[1..2]", '"B"'), ("2", '"A"'), policy="PRIORITY")
    if executor.name == "vector":
        pytest.skip("it has no texts of its own")
    assert executor.run(one, SCORE, ROWS) == ["B", "A", None, None, None]


@pytest.mark.parametrize(
    ("result", "said_of_it"),
    [
        ("number", "it is declared a number and is a context"),
        ("tScore", "it is declared a number and is a context"),
        ("time", "it is declared a time and is a context"),
    ],
)
def test_several_outputs_are_no_single_value(result, said_of_it):
    one = rated({"a": "number", "b": "number"}, ("1", "1", "2"), result=result)
    place = "typed.dmn: decision 'Result', result"
    found = [str(each) for each in compiled(one, SCORE).diagnostics]
    assert found == [f"{place}: {said_of_it} [outside_profile]"]


def test_what_the_type_proves_is_not_tested_again():
    program = compiled(model("n", {"n": "tScore"}), {"n": number(300, 850)})
    assert program.node("Result").op.value == "input"


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("n", {"n": "string"}, SCORE), "typed.dmn: input 'n': it is declared a string and is a number [outside_profile]"),
        (("n + 1", {"n": "number"}, SCORE, "tTier"), "typed.dmn: decision 'Result', result: it is declared a string and is a number [outside_profile]"),
        (("[k]", {"k": "string"}, TIER, "tTiers"), "typed.dmn: decision 'Result', result: whether its items are allowed only a run can tell, and it is a list [outside_profile]"),
        (("(function(a: string) a)(n)", {"n": "number"}, SCORE), "typed.dmn: decision 'Result': it is declared a string and is a number [outside_profile]"),
        (("10 * [n]", {"n": "number"}, SCORE), "typed.dmn: decision 'Result': a single value is expected here, not a list [outside_profile]"),
        (("n", {"n": "number"}, SCORE, "tTiers"), "typed.dmn: decision 'Result', result: it is declared a list and is a value that may be null [outside_profile]"),
        (("n", {"n": "number"}, SCORE, "time"), "typed.dmn: decision 'Result', result: it is declared a time, which is outside the profile [outside_profile]"),
        (("n", {"n": "number"}, SCORE, "tPair"), "typed.dmn: decision 'Result', result: it is declared a context and is a number [outside_profile]"),
        (("[1..n]", {"n": "number"}, SCORE, "number"), "typed.dmn: decision 'Result', result: it is declared a number and is a range [outside_profile]"),
        (("[1, n]", {"n": "number"}, SCORE, "number"), "typed.dmn: decision 'Result', result: it is declared a single value and is a list [outside_profile]"),
    ],
)  # fmt: skip
def test_a_value_of_another_kind_is_outside_the_profile(arguments, expected):
    expression, inputs, types, *result = arguments
    assert said(expression, inputs, types, result=result[0] if result else None) == [expected]
