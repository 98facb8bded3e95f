"""What is not of its declared type is null in every executor, or refused by the profile."""

from __future__ import annotations

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
        (("[1, n]", {"n": "number"}, SCORE, "number"), "typed.dmn: decision 'Result', result: it is declared a single value and is a list [outside_profile]"),
    ],
)  # fmt: skip
def test_a_value_of_another_kind_is_outside_the_profile(arguments, expected):
    expression, inputs, types, *result = arguments
    assert said(expression, inputs, types, result=result[0] if result else None) == [expected]
