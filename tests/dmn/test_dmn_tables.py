"""Decision tables: unary tests of every kind, hit policies, outputs and what they default to.

Source: DMN 1.5, 7.3.3, chapter 8 and 10.3.2.10.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest

from tests.dmn.small_models import (
    answer,
    calls,
    decision,
    definitions,
    feel,
    given,
    item,
    knowledge,
    needs,
    outcome,
    texts,
    typed,
)
from wherewithal.dmn.reference.values import Date, DaysDuration


def table(
    rules: Sequence[tuple[str, ...]],
    outputs: list[str],
    *,
    policy: str = "",
    allowed: str = "",
    input_type: str | None = None,
) -> str:
    """Return a table of one input `v`; each rule is its test, then its outputs."""
    values = texts("inputValues", allowed) if allowed else ""
    clause = f"<inputExpression{typed(input_type)}><text>v</text></inputExpression>{values}"
    rows = "".join(
        f"<rule>{texts('inputEntry', test)}{''.join(texts('outputEntry', one) for one in cells)}</rule>"
        for test, *cells in rules
    )
    return (
        f"<decisionTable {policy}><input>{clause}</input>{''.join(outputs)}{rows}</decisionTable>"
    )


def output(name: str = "", type_ref: str | None = None, values: str = "", default: str = "") -> str:
    """Return an output clause."""
    named = f' name="{name}"' if name else ""
    order = texts("outputValues", values) if values else ""
    other = texts("defaultOutputEntry", default) if default else ""
    return f"<output{named}{typed(type_ref)}>{order}{other}</output>"


def decided(logic: str, value: Any, *parts: str) -> str:
    """Return what a table over `v` decides."""
    return answer(
        definitions(*parts, given("v"), decision("d", logic, needs("v"))), "d", {"v": value}
    )


def numbers(value: Any) -> Any:
    """Return the value with its whole numbers as FEEL's."""
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    if isinstance(value, list):
        return [numbers(one) for one in value]
    return {key: numbers(one) for key, one in value.items()} if isinstance(value, dict) else value


@pytest.mark.parametrize(
    ("test", "value", "matches"),
    [
        ("-", 1, True),
        ("-", None, True),
        ("5", 5, True),
        ("5,6", 6, True),
        ("not(5,6)", 6, False),
        ("not(5,6)", 7, True),
        ("not(> 5)", 5, True),
        ("not(null)", None, False),
        ("not(null)", 1, True),
        ("null", None, True),
        ("null", 1, False),
        ("< 5", 4, True),
        ("[1..5]", 5, True),
        ("]1..5[", 5, False),
        ("(1..5],(7..9)", 8, True),
        ("not([1..5])", 3, False),
        ("not((1..5),(6..7))", 6, True),
        ('"a","b"', "b", True),
        ('not("a")', "b", True),
        ('< "m"', "a", True),
        ("> 5", "a", False),
        ("true", True, True),
        ("false", True, False),
        ("not(true)", False, True),
        ("? > 3", 4, True),
        ("? > 3 and ? < 5", 4, True),
        ("? = 3 or ? = 4", 4, True),
        ('starts with(?, "a")', "abc", True),
        ('starts with(?,"a")', "xbc", False),
        ("count(?) > 1", [1, 2], True),
        ("[1,2]", 2, True),
        ("[1,2]", [1, 2], True),
        ("[1,2]", [2, 1], False),
        ("1,2", [1], True),
        ("5", [5], True),
        ("list contains(?, 2)", [1, 2], True),
        ("v > 3", 4, False),
        ("v", 4, True),
        ("v + 1", 4, False),
        ("> v - 1", 4, True),
        ("[v..10]", 4, True),
        ('@"2020-01-01"', Date(2020, 1, 1), True),
        ('< @"2020-01-01"', Date(2019, 1, 1), True),
        ('[date("2019-01-01")..date("2020-01-01")]', Date(2019, 5, 1), True),
        ('date("2020-01-01")', Date(2020, 1, 1), True),
        ('> duration("P1D")', DaysDuration(Decimal(172800)), True),
        ("-5", -5, True),
        ("< -5", -6, True),
        ("[-5..-1]", -3, True),
        ("-5..3", 1, False),
        ("5 + 1", 6, True),
        ("= 5", 5, True),
        ("!= 5", 4, True),
        ("!= 5", 5, False),
        ("in (1,2)", 1, False),
        ("? in (1,2)", 1, True),
        ("? in [1..3]", 2, True),
        ("every x in ? satisfies x > 1", [2], True),
        ("some x in ? satisfies x > 1", [2], True),
        ("item > 1", 2, False),
        ("? between 1 and 3", 2, True),
        ("?.a > 1", {"a": 2}, True),
        ("?[1] = 2", [2], True),
        ("{a: 2}", {"a": 2}, True),
        ("not(? > 3)", 2, True),
        ('not(starts with(?, "a"))', "b", True),
        ("(5)", 5, True),
        ("((1..5))", 3, True),
        ("if ? > 1 then true else false", 2, True),
        ("1, null", None, True),
        ("< 5, null", None, True),
        ("> 5", None, False),
        ("not(> 5)", None, False),
        ("function(x) true", 1, False),
        ('contains(?, "x"), "y"', "y", True),
        ("[< 5, > 10]", 3, True),
        ("[< 5, > 10]", 7, False),
        ("null, -", 1, False),
        ("", 1, True),
        ("  -  ", 1, True),
        ("? = null", None, True),
        ("? != null", None, False),
        ("true, false", None, False),
        ("not(-)", 1, False),
        ('matches(?, "a.c")', "abc", True),
        ("is defined(?)", 1, False),
        ("instance of number", 1, False),
        ("? instance of number", 1, True),
    ],
)
def test_a_cell_matches_or_not(test, value, matches):
    logic = table([(test, '"yes"')], [output()])
    assert decided(logic, numbers(value)) == ("yes" if matches else "null")


@pytest.mark.parametrize(
    ("policy", "value", "text", "number", "both"),
    [
        ("UNIQUE", 0, "null", "0", '{o: "z", n: null}'),
        ("UNIQUE", 1, "a", "1", '{o: "a", n: 1}'),
        ("UNIQUE", 3, "null", "null", "null"),
        ("FIRST", 0, "null", "0", '{o: "z", n: null}'),
        ("FIRST", 1, "a", "1", '{o: "a", n: 1}'),
        ("FIRST", 3, "a", "1", '{o: "a", n: 1}'),
        ("ANY", 0, "null", "0", '{o: "z", n: null}'),
        ("ANY", 1, "a", "1", '{o: "a", n: 1}'),
        ("ANY", 3, "null", "null", "null"),
        ("PRIORITY", 0, "null", "0", '{o: "z", n: null}'),
        ("PRIORITY", 1, "a", "1", '{o: "a", n: 1}'),
        ("PRIORITY", 3, "b", "2", '{o: "b", n: 2}'),
        ("COLLECT", 0, "null", "0", '{o: "z", n: null}'),
        ("COLLECT", 1, '["a"]', "[1]", '[{o: "a", n: 1}]'),
        (
            "COLLECT",
            3,
            '["a", "b", "a"]',
            "[1, 2, 3]",
            '[{o: "a", n: 1}, {o: "b", n: 2}, {o: "a", n: 3}]',
        ),
        ("RULE ORDER", 0, "null", "0", '{o: "z", n: null}'),
        ("RULE ORDER", 1, '["a"]', "[1]", '[{o: "a", n: 1}]'),
        (
            "RULE ORDER",
            3,
            '["a", "b", "a"]',
            "[1, 2, 3]",
            '[{o: "a", n: 1}, {o: "b", n: 2}, {o: "a", n: 3}]',
        ),
        ("OUTPUT ORDER", 0, "null", "0", '{o: "z", n: null}'),
        ("OUTPUT ORDER", 1, '["a"]', "[1]", '[{o: "a", n: 1}]'),
        (
            "OUTPUT ORDER",
            3,
            '["b", "a", "a"]',
            "[2, 1, 3]",
            '[{o: "b", n: 2}, {o: "a", n: 3}, {o: "a", n: 1}]',
        ),
        ("COLLECT SUM", 0, "null", "0", '{o: "z", n: null}'),
        ("COLLECT SUM", 1, "null", "1", "null"),
        ("COLLECT SUM", 3, "null", "6", "null"),
        ("COLLECT COUNT", 0, "null", "0", '{o: "z", n: null}'),
        ("COLLECT COUNT", 1, "1", "1", "1"),
        ("COLLECT COUNT", 3, "3", "3", "3"),
        ("COLLECT MIN", 0, "null", "0", '{o: "z", n: null}'),
        ("COLLECT MIN", 1, "a", "1", "null"),
        ("COLLECT MIN", 3, "a", "1", "null"),
        ("COLLECT MAX", 0, "null", "0", '{o: "z", n: null}'),
        ("COLLECT MAX", 1, "a", "1", "null"),
        ("COLLECT MAX", 3, "b", "3", "null"),
        ("R", 0, "null", "0", '{o: "z", n: null}'),
        ("R", 1, '["a"]', "[1]", '[{o: "a", n: 1}]'),
        (
            "R",
            3,
            '["a", "b", "a"]',
            "[1, 2, 3]",
            '[{o: "a", n: 1}, {o: "b", n: 2}, {o: "a", n: 3}]',
        ),
        ("O", 0, "null", "0", '{o: "z", n: null}'),
        ("O", 1, '["a"]', "[1]", '[{o: "a", n: 1}]'),
        (
            "O",
            3,
            '["b", "a", "a"]',
            "[2, 1, 3]",
            '[{o: "b", n: 2}, {o: "a", n: 3}, {o: "a", n: 1}]',
        ),
        ("C", 0, "null", "0", '{o: "z", n: null}'),
        ("C", 1, '["a"]', "[1]", '[{o: "a", n: 1}]'),
        (
            "C",
            3,
            '["a", "b", "a"]',
            "[1, 2, 3]",
            '[{o: "a", n: 1}, {o: "b", n: 2}, {o: "a", n: 3}]',
        ),
        ("P", 0, "null", "0", '{o: "z", n: null}'),
        ("P", 1, "a", "1", '{o: "a", n: 1}'),
        ("P", 3, "b", "2", '{o: "b", n: 2}'),
        ("A", 0, "null", "0", '{o: "z", n: null}'),
        ("A", 1, "a", "1", '{o: "a", n: 1}'),
        ("A", 3, "null", "null", "null"),
        ("F", 0, "null", "0", '{o: "z", n: null}'),
        ("F", 1, "a", "1", '{o: "a", n: 1}'),
        ("F", 3, "a", "1", '{o: "a", n: 1}'),
        ("U", 0, "null", "0", '{o: "z", n: null}'),
        ("U", 1, "a", "1", '{o: "a", n: 1}'),
        ("U", 3, "null", "null", "null"),
    ],
)
def test_what_a_hit_policy_makes_of_the_rules_that_match(policy, value, text, number, both):
    name, _, fold = policy.partition(" ") if policy.startswith("COLLECT ") else (policy, "", "")
    said = f'hitPolicy="{name}"' + (f' aggregation="{fold}"' if fold else "")
    rules = [(">= 1", '"a"', "1"), (">= 2", '"b"', "2"), (">= 3", '"a"', "3")]
    texts_only = [rule[:2] for rule in rules]
    numbers_only = [(rule[0], rule[2]) for rule in rules]
    ordered = output("o", values='"b","a"', default='"z"')
    assert [
        decided(table(texts_only, [output("o", values='"b","a"')], policy=said), Decimal(value)),
        decided(
            table(numbers_only, [output("o", values="2,1,3", default="0")], policy=said),
            Decimal(value),
        ),
        decided(
            table(rules, [ordered, output("n", "number", "3,2,1")], policy=said), Decimal(value)
        ),
    ] == [text, number, both]


def test_priority_goes_by_the_values_that_the_outputs_type_allows():
    allowed = texts("allowedValues", '"b","a"')
    types = item("tOut", f"<typeRef>string</typeRef>{allowed}")
    rules = [(">= 1", '"a"'), (">= 2", '"b"')]
    logic = table(rules, [output("o", "tOut")], policy='hitPolicy="PRIORITY"')
    assert decided(logic, Decimal(3), types) == "b"


@pytest.mark.parametrize(
    ("type_ref", "text", "value"),
    [
        ("number", '"x"', "null"),
        ("number", "[1]", "1"),
        ("tList", "1", "[1]"),
        ("tAge", "500", "null"),
    ],
)
def test_an_output_is_of_its_columns_type(type_ref, text, value):
    ages = texts("allowedValues", "[0..120]")
    types = item("tAge", f"<typeRef>number</typeRef>{ages}")
    types += item("tList", "number", isCollection="true")
    assert decided(table([("-", text)], [output("o", type_ref)]), Decimal(1), types) == value


@pytest.mark.parametrize(
    ("test", "value", "found"),
    [
        ("-", "z", "null"),
        ("-", "a", "1"),
        ('"z"', "z", "1"),
        ("-", None, "1"),
        ('not("a")', "z", "1"),
    ],
)
def test_a_dash_is_any_of_the_values_that_the_column_allows(test, value, found):
    assert decided(table([(test, "1")], [output()], allowed='"a","b"'), value) == found


def test_a_table_of_no_inputs_and_one_in_a_knowledge_model():
    bare = "<decisionTable><output/><rule><outputEntry><text>1</text></outputEntry></rule></decisionTable>"
    assert decided(bare, None) == "1"
    body = knowledge("f", table([("> 1", "v * 2")], [output()]), "v")
    assert answer(definitions(body, decision("d", feel("f(3)"), calls("f")))) == "6"


def test_annotations_and_orientation_change_no_value():
    said = 'hitPolicy="UNIQUE" preferredOrientation="CrossTable" outputLabel="x"'
    logic = table([("-", "1")], [output(), '<annotation name="why"/>'], policy=said)
    noted = logic.replace("</rule>", f"{texts('annotationEntry', 'because')}</rule>")
    value, notes = outcome(
        definitions(given("v"), decision("d", noted, needs("v"))), "d", {"v": Decimal(1)}
    )
    assert (value, notes) == ("1", [])
