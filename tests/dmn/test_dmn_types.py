"""Values at the borders of their types: what is coerced, what conforms, what becomes null.

Source: DMN 1.5, 7.3.2 (item definitions) and 10.3.2.9 (conformance, conversions).
"""

from __future__ import annotations

from decimal import Decimal

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
    part,
    texts,
)
from wherewithal.dmn.reference.values import Date


def kind(name: str, base: str, tests: str = "", *, whole: bool = False, many: bool = False) -> str:
    """Return a type with allowed values, or, if `whole`, with a type constraint."""
    tag = "typeConstraint" if whole else "allowedValues"
    inside = f"<typeRef>{base}</typeRef>" + (texts(tag, tests) if tests else "")
    return item(name, inside, **({"isCollection": "true"} if many else {}))


FUNCTION = (
    '<functionItem outputTypeRef="number"><parameters name="a" typeRef="number"/></functionItem>'
)
TYPES = "".join(
    (
        kind("tColor", "string", '"red","green"'),
        kind("tColors", "tColor", many=True),
        kind("tColors2", "string", '"red","green"', many=True),
        kind("tAge", "number", "[0..120]"),
        kind("tAgeE", "number", "? >= 0 and ? < 120"),
        kind("tShort", "string", "string length(?) < 4", whole=True),
        kind("tMax2", "number", "count(?) <= 2", whole=True, many=True),
        kind("tNum", "number"),
        kind("tNested", "tColor"),
        kind("tNotRed", "tColor", 'not("red")'),
        item(
            "tP",
            part("name", "string")
            + part("age", "tAge")
            + part("tags", "string", isCollection="true"),
        ),
        kind("tPs", "tP", many=True),
        item("tDeep", part("p", "tP") + part("inner", part("x", "number") + part("y", "string"))),
        item("tTree", part("v", "number") + part("kids", "tTree", isCollection="true")),
        item("tF", FUNCTION),
        kind("tAny", "Any"),
        kind("tDT", "date and time"),
        kind("tD", "date"),
        kind("tMat", "tRow", many=True),
        kind("tRow", "number", many=True),
        kind("tCtx", "context"),
        kind("tList", "list"),
        kind("tDates", "date", '[@"2020-01-01"..@"2020-12-31"]'),
        kind("tNullable", "string", '"a",null'),
        kind("tNoNull", "string", '"a","b"'),
    )
)
P = {"name": "J", "age": Decimal(3), "tags": ["x"]}


@pytest.mark.parametrize(
    ("type_ref", "value", "expected"),
    [
        ("tColor", "red", "red"),
        ("tColor", "blue", "null"),
        ("tColor", ["red"], "red"),
        ("tColor", None, "null"),
        ("tColors", ["red", "green"], '["red", "green"]'),
        ("tColors", ["red", "blue"], "null"),
        ("tColors", "red", '["red"]'),
        ("tColors", [], "[]"),
        ("tColors2", ["red"], '["red"]'),
        ("tColors2", ["blue"], "null"),
        ("tAge", Decimal(5), "5"),
        ("tAge", Decimal(500), "null"),
        ("tAgeE", Decimal(5), "5"),
        ("tAgeE", Decimal(120), "null"),
        ("tShort", "abc", "abc"),
        ("tShort", "abcd", "null"),
        ("tMax2", [Decimal(1), Decimal(2)], "[1, 2]"),
        ("tMax2", [Decimal(1), Decimal(1), Decimal(1)], "null"),
        ("tMax2", Decimal(1), "[1]"),
        ("tNested", "red", "red"),
        ("tNested", "x", "null"),
        ("tNotRed", "green", "green"),
        ("tNotRed", "red", "null"),
        ("tNotRed", "x", "null"),
        ("tP", P, '{name: "J", age: 3, tags: ["x"]}'),
        ("tP", {**P, "more": Decimal(1)}, '{name: "J", age: 3, tags: ["x"], more: 1}'),
        ("tP", {"name": "J"}, "null"),
        ("tP", {**P, "age": Decimal(500)}, "null"),
        ("tP", {**P, "age": None}, '{name: "J", age: null, tags: ["x"]}'),
        ("tP", {**P, "tags": "x"}, "null"),
        ("tP", [P], '{name: "J", age: 3, tags: ["x"]}'),
        ("tPs", P, '[{name: "J", age: 3, tags: ["x"]}]'),
        ("tPs", [P, P], '[{name: "J", age: 3, tags: ["x"]}, {name: "J", age: 3, tags: ["x"]}]'),
        ("tPs", [P, {}], "null"),
        (
            "tDeep",
            {"p": P, "inner": {"x": Decimal(1), "y": "s"}},
            '{p: {name: "J", age: 3, tags: ["x"]}, inner: {x: 1, y: "s"}}',
        ),
        ("tDeep", {"p": P, "inner": {"x": "1", "y": "s"}}, "null"),
        (
            "tTree",
            {"v": Decimal(1), "kids": [{"v": Decimal(2), "kids": []}]},
            "{v: 1, kids: [{v: 2, kids: []}]}",
        ),
        ("tTree", {"v": Decimal(1), "kids": [{"v": "2", "kids": []}]}, "null"),
        ("tAny", Decimal(1), "1"),
        ("tDT", Date(2020, 6, 1), "2020-06-01T00:00:00Z"),
        ("tDT", [Date(2020, 6, 1)], "null"),
        ("tD", Date(2020, 6, 1), "2020-06-01"),
        ("tD", "2020-06-01", "null"),
        ("tRow", [Decimal(1)], "[1]"),
        ("tMat", [[Decimal(1)], [Decimal(2)]], "[[1], [2]]"),
        ("tMat", [Decimal(1)], "[[1]]"),
        ("tMat", Decimal(1), "null"),
        ("tRow", [[Decimal(1)]], "[1]"),
        ("tNum", "5", "null"),
        ("tNum", [Decimal(5)], "5"),
        ("tNum", [Decimal(5), Decimal(6)], "null"),
        ("tCtx", {"a": Decimal(1)}, "{a: 1}"),
        ("tCtx", Decimal(1), "null"),
        ("tList", [Decimal(1), "a"], '[1, "a"]'),
        ("tList", Decimal(1), "[1]"),
        ("tDates", Date(2020, 6, 1), "2020-06-01"),
        ("tDates", Date(2021, 1, 1), "null"),
        ("tNullable", None, "null"),
        ("tNullable", "a", "a"),
        ("tNoNull", None, "null"),
        ("tF", Decimal(1), "null"),
        ("string", Decimal(1), "null"),
        ("number", Decimal(1), "1"),
        ("nosuch", Decimal(1), "1"),
        ("feel:number", Decimal(1), "1"),
        ("number", True, "null"),
        ("boolean", True, "true"),
    ],
)
def test_an_input_is_of_its_type_or_null(type_ref, value, expected):
    data = definitions(TYPES, given("v", type_ref), decision("d", feel("v"), needs("v")))
    assert answer(data, "d", {"v": value}) == expected


@pytest.mark.parametrize(
    ("type_ref", "text", "expected"),
    [
        ("number", '"a"', "null"),
        ("number", "[1]", "1"),
        ("tRow", "1", "[1]"),
        ("tDT", '@"2020-06-01"', "2020-06-01T00:00:00Z"),
        ("tF", "function(a: number) a", "function"),
        ("tF", "function(a: string) a", "null"),
        ("tF", "function(a, b) a", "null"),
        ("tF", "abs", "function"),
        ("tP", '{name: "a", age: 1, tags: []}', '{name: "a", age: 1, tags: []}'),
        ("tP", '{name: "a", age: 1}', "null"),
        ("tP", '{name: "a", age: 1, tags: ["a"], z: 1}', '{name: "a", age: 1, tags: ["a"], z: 1}'),
        ("tColor", '"x"', "null"),
        ("Any", "[1]", "[1]"),
        ("string", "1", "null"),
        ("context", "{a: 1}", "{a: 1}"),
        ("tTree", "{v: 1, kids: null}", "{v: 1, kids: null}"),
    ],
)
@pytest.mark.parametrize(
    "border", ["result", "expression", "parameter", "function", "entry", "argument"]
)
def test_every_border_conforms_alike(border, type_ref, text, expected):
    assert answer(definitions(TYPES, *BORDERS[border](text, type_ref))) == expected


BORDERS = {
    "result": lambda text, kind: [decision("d", feel(text), type_ref=kind)],
    "expression": lambda text, kind: [decision("d", feel(text, kind))],
    "parameter": lambda text, kind: [
        knowledge("f", feel("p"), f"p: {kind}"),
        decision("d", feel(f"f({text})"), calls("f")),
    ],
    "function": lambda text, kind: [
        knowledge("f", feel(text, kind)),
        decision("d", feel("f()"), calls("f")),
    ],
    "entry": lambda text, kind: [
        decision(
            "d",
            f'<context><contextEntry><variable name="a"/>{feel(text, kind)}</contextEntry>'
            f"<contextEntry>{feel('a')}</contextEntry></context>",
        )
    ],
    "argument": lambda text, kind: [
        given("v", kind),
        decision("x", feel("v"), needs("v")),
        (
            '<decisionService id="s" name="s"><variable name="s"/><outputDecision href="#x"/>'
            '<inputData href="#v"/></decisionService>'
        ),
        decision("d", feel(f"s({text})"), calls("s")),
    ],
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"red" instance of tColor', "true"),
        ('"blue" instance of tColor', "true"),
        ('["red"] instance of tColors', "true"),
        ('{name: "a", age: 1, tags: []} instance of tP', "true"),
        ("5 instance of tNum", "true"),
        ("(function(a: number) a) instance of tF", "true"),
        ("1 instance of tAny", "true"),
        ("[1] instance of tRow", "true"),
        ("{v: 1, kids: [{v: 2, kids: []}]} instance of tTree", "true"),
        ("[1] instance of list<tNum>", "true"),
        ('{a: "red"} instance of context<a: tColor>', "true"),
        ('@"2020-01-01" instance of tDT', "false"),
        ('[1,"a"] instance of tList', "true"),
    ],
)
def test_instance_of_a_named_type(text, expected):
    assert answer(definitions(TYPES, decision("d", feel(text)))) == expected


@pytest.mark.parametrize(
    "types",
    [
        item("T", part("a", "T") + part("b", "T")),
        item(
            "T",
            '<functionItem outputTypeRef="T"><parameters name="a" typeRef="T"/>'
            '<parameters name="b" typeRef="T"/></functionItem>',
        ),
        item("T", "T"),
        item("T", "T", isCollection="true"),
        item("T", "U") + item("U", "T"),
        "".join(item(f"T{n}", part("a", f"T{n + 1}") + part("b", f"T{n + 1}")) for n in range(60))
        + item("T", "T0"),
    ],
)
def test_types_that_hold_themselves_are_resolved_as_far_as_a_value_goes(types):
    data = definitions(types, given("v", "T"), decision("d", feel("v"), needs("v")))
    assert answer(data, "d", {"v": None}) == "null"


def test_two_types_that_hold_themselves_conform():
    types = [item(name, part("a", name) + part("b", name)) for name in "AB"]
    text = "(function(x: A) 1) instance of function<B> -> Any"
    assert answer(definitions(*types, decision("d", feel(text)))) == "true"
