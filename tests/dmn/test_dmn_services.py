"""Decision services and knowledge models: called from FEEL, from a box, and by name from outside."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.dmn.small_models import (
    after,
    answer,
    calls,
    decision,
    definitions,
    feel,
    given,
    invocation,
    knowledge,
    needs,
    outcome,
    service,
)

SERVICES = (
    given("a", "number"),
    given("b", "number"),
    decision("x", feel("a + 1"), needs("a"), type_ref="number"),
    decision("y", feel("x * b"), after("x"), needs("b"), type_ref="number"),
    decision("z", feel("y + x"), after("y", "x")),
    decision("k", feel('"foo"')),
    service(
        "one",
        ("outputDecision", "y"),
        ("encapsulatedDecision", "x"),
        ("inputData", "a"),
        ("inputData", "b"),
    ),
    service(
        "two",
        ("outputDecision", "y"),
        ("outputDecision", "z"),
        ("inputDecision", "x"),
        ("inputData", "b"),
    ),
    service("none", ("outputDecision", "k")),
    service("text", ("outputDecision", "k"), type_ref="number"),
)


@pytest.mark.parametrize(
    ("call", "value"),
    [
        ("one(1, 2)", "4"),
        ("one(b: 2, a: 1)", "4"),
        ("one([1], [2])", "4"),
        ("one(a: 1)", "null"),
        ('one("x", 2)', "null"),
        ("one(1)", "null"),
        ("one(1, 2, 3)", "null"),
        ("one(a: 1, c: 2)", "null"),
        # Input data come first, then input decisions, whatever their order in the file.
        ("two(2, 10)", "{y: 20, z: 30}"),
        ("two(x: 10, b: 2).z", "30"),
        ("two(null, null)", "{y: null, z: null}"),
        ("none()", "foo"),
        ("text()", "null"),
        ("for i in 1..3 return one(i, i)", "[2, 6, 12]"),
        ("one instance of function<number, number> -> number", "true"),
        ("one instance of function<number, string> -> number", "false"),
        ("one instance of function<number, number> -> string", "false"),
        ("one instance of function<number> -> number", "false"),
        ("{f: function(g) g(1, 2), r: f(one)}.r", "4"),
    ],
)
def test_a_service_is_a_function(call, value):
    user = decision("d", feel(call), calls("one", "two", "none", "text"))
    assert answer(definitions(*SERVICES, user)) == value


@pytest.mark.parametrize(
    ("name", "inputs", "value"),
    [
        ("one", {"a": 1, "b": 2}, "4"),
        ("one", {"a": 1}, "null"),
        ("two", {"x": 10, "b": 2}, "{y: 20, z: 30}"),
        ("none", {}, "foo"),
        ("y", {"a": 1, "b": 2}, "4"),
        # An input decision's value is for services only; elsewhere it is decided.
        ("y", {"a": 1, "b": 2, "x": 10}, "4"),
    ],
)
def test_a_service_is_asked_by_name(name, inputs, value):
    given_values = {key: Decimal(number) for key, number in inputs.items()}
    assert answer(definitions(*SERVICES), name, given_values) == value


def test_a_service_is_invoked_by_a_box():
    user = decision("d", invocation("one", a="1", b="2"), calls("one"))
    assert answer(definitions(*SERVICES, user)) == "4"


KNOWLEDGE = (
    knowledge("f", feel("p + q"), "p: number", "q: number"),
    knowledge("g", feel("f(n, 1)"), "n", requires=calls("f")),
    knowledge("fact", feel("if n = 0 then 1 else n * fact(n - 1)"), "n"),
    knowledge("fixed", feel("42")),
    knowledge("twice", feel("h(h(3))"), "h"),
    knowledge("result", feel('"x"'), type_ref="number"),
    knowledge("body", feel('"x"', "number")),
    knowledge("even", feel("n = 0 or odd one(n - 1)"), "n", requires=calls("odd one")),
    knowledge("odd one", feel("n != 0 and even(n - 1)"), "n", requires=calls("even")),
    knowledge("cosine", feel("1"), "x").replace("Logic>", 'Logic kind="Java">', 1),
)
NAMES = ("f", "g", "fact", "fixed", "twice", "result", "body", "even", "odd one", "cosine")


@pytest.mark.parametrize(
    ("logic", "value"),
    [
        (feel("f(1, 2)"), "3"),
        (feel("f(q: 1, p: 2)"), "3"),
        (feel('f("a", 2)'), "null"),
        (feel("f(1)"), "null"),
        (feel("f(p: 1, z: 2)"), "null"),
        (invocation("f", p="1", q="2"), "3"),
        (invocation("f", p="[1]", q="2"), "3"),
        (invocation("f", p="1"), "null"),
        (invocation("f", p="1", z="2"), "null"),
        (feel("g(5)"), "6"),
        (feel("fact(5)"), "120"),
        (feel("fixed()"), "42"),
        (feel("fixed(1)"), "null"),
        (invocation("fixed"), "42"),
        (feel("twice(function(x) x * 2)"), "12"),
        (feel("twice(abs)"), "3"),
        (feel("result()"), "null"),
        (feel("body()"), "null"),
        (feel("even(10)"), "true"),
        (feel("odd one(10)"), "false"),
        (feel("cosine(0)"), "null"),
        (invocation("abs", n="-3"), "3"),
        (invocation("nosuch", n="-3"), "null"),
        (invocation("1", n="-3"), "null"),
    ],
)
def test_a_knowledge_model_is_a_function(logic, value):
    assert answer(definitions(*KNOWLEDGE, decision("d", logic, calls(*NAMES)))) == value


@pytest.mark.parametrize(
    ("name", "inputs", "value"),
    [
        ("f", {"p": 1, "q": 2}, "3"),
        ("f", {"p": 1}, "null"),
        ("fact", {"n": 4}, "24"),
        ("fixed", {}, "42"),
    ],
)
def test_a_knowledge_model_is_asked_by_name(name, inputs, value):
    given_values = {key: Decimal(number) for key, number in inputs.items()}
    assert answer(definitions(*KNOWLEDGE), name, given_values) == value


def test_a_function_in_java_is_null_and_says_so():
    data = definitions(*KNOWLEDGE, decision("d", feel("cosine(0)"), calls("cosine")))
    value, notes = outcome(data)
    assert value == "null"
    assert [note.code for note in notes] == ["unsupported-function", "unsupported-function"]
    assert [note.message for note in notes] == [
        "a function in Java is not run; calling it gives null",
        "external functions (Java, PMML) are not supported; the call gives null",
    ]


def test_a_typed_function_is_a_type_of_its_own():
    function = '<functionItem outputTypeRef="number"><parameters name="n" typeRef="number"/>'
    types = f'<itemDefinition name="tF">{function}</functionItem></itemDefinition>'
    logic = knowledge("f", feel("n + 1"), "n: number", type_ref="tF")
    typed_logic = logic.replace("<encapsulatedLogic>", '<encapsulatedLogic typeRef="tF">')
    user = decision("d", feel("f(1)"), calls("f"))
    assert answer(definitions(types, typed_logic, user)) == "2"
