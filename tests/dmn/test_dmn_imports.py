"""Models that import others: decisions, inputs, functions, services and types, by every prefix."""

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
    import_of,
    invocation,
    item,
    knowledge,
    needs,
    part,
    service,
    texts,
)
from wherewithal.dmn.reader import read_models

B = "urn:example:b"
COLOUR = "<typeRef>string</typeRef>" + texts("allowedValues", '"red","green"')
BASE = (
    item("tPerson", part("name", "string") + part("age", "number")),
    item("tColour", COLOUR),
    given("amount", "number"),
    given("person", "tPerson"),
    decision("x", feel("amount + 1"), needs("amount")),
    decision("d", feel('"of b"')),
    decision("Full Name", feel('"full"')),
    knowledge("f", feel("p * 2"), "p: number"),
    knowledge("g", feel("f(p) + 1"), "p", requires=calls("f")),
    service("s", ("outputDecision", "x"), ("inputData", "amount")),
)
PERSON = {"name": "J", "age": Decimal(3)}


def imported(name: str, *parts: str, inputs: dict[str, object] | None = None) -> str:
    data = definitions(import_of(name, B), *parts)
    return answer(data, "d", inputs, b=definitions(*BASE, namespace=B))


@pytest.mark.parametrize(
    ("text", "requires", "value"),
    [
        ("B.x + 1", after("x", namespace=B), "3"),
        ("B.amount", needs("amount", namespace=B), "1"),
        # A decision may need the one of the same name in another model.
        ("B.d", after("d", namespace=B), "of b"),
        ("B.Full Name", after("Full Name", namespace=B), "full"),
        ("B.person.name", needs("person", namespace=B), "J"),
        ("B.f(4)", calls("f", namespace=B), "8"),
        ("B.g(p: 4)", calls("g", namespace=B), "9"),
        ("B.s(4)", calls("s", namespace=B), "5"),
        ("B.s(amount: 4)", calls("s", namespace=B), "5"),
        ('{name: "a", age: 1} instance of B.tPerson', "", "true"),
        ("1 instance of B.tPerson", "", "false"),
        ('{f: function(p: B.tPerson) p.age, r: f({name: "a", age: 1})}.r', "", "1"),
    ],
)
@pytest.mark.parametrize("name", ["B", "My Lib", "my.lib"])
def test_what_is_imported_stands_behind_the_imports_name(name, text, requires, value):
    user = decision("d", feel(text.replace("B.", f"{name}.")), requires)
    assert imported(name, user, inputs={"amount": Decimal(1), "person": PERSON}) == value


@pytest.mark.parametrize(
    ("text", "requires", "value"),
    [
        ("x + 1", after("x", namespace=B), "3"),
        ("f(4)", calls("f", namespace=B), "8"),
        ("Full Name", after("Full Name", namespace=B), "full"),
        ("1 instance of tPerson", "", "false"),
    ],
)
def test_what_an_import_without_a_name_brings_stands_alone(text, requires, value):
    user = decision("d", feel(text), requires)
    assert imported("", user, inputs={"amount": Decimal(1)}) == value


def test_an_input_is_named_by_its_models_namespace_where_two_share_a_name():
    own = given("amount")
    user = decision("d", feel("[amount, B.amount]"), needs("amount"), needs("amount", namespace=B))
    inputs: dict[str, object] = {"amount": Decimal(1), f"{B}#amount": Decimal(2)}
    assert imported("B", own, user, inputs=inputs) == "[1, 2]"


def test_two_decisions_of_one_name_in_two_models():
    own = decision("x", feel('"own"'))
    user = decision("d", feel("[x, B.x]"), after("x"), after("x", namespace=B))
    assert imported("B", own, user, inputs={"amount": Decimal(1)}) == '["own", 2]'


@pytest.mark.parametrize(
    ("type_ref", "value", "expected"),
    [
        ("B.tPerson", PERSON, '{name: "J", age: 3}'),
        ("B.tPerson", {"name": "J"}, "null"),
        ("B.tColour", "red", "red"),
        ("B.tColour", "blue", "null"),
        ("tPeople", [PERSON], '[{name: "J", age: 3}]'),
        ("tPeople", PERSON, '[{name: "J", age: 3}]'),
        ("tPeople", [{}], "null"),
    ],
)
def test_imported_types_are_checked(type_ref, value, expected):
    people = item("tPeople", "B.tPerson", isCollection="true")
    user = decision("d", feel("v"), needs("v"))
    assert imported("B", people, given("v", type_ref), user, inputs={"v": value}) == expected


@pytest.mark.parametrize("prefixed", ["b:tPerson", "m:tOwn", "feel:context"])
def test_types_behind_the_prefix_of_a_namespace(prefixed):
    more = f'xmlns:b="{B}" xmlns:m="urn:example:m" xmlns:feel="https://www.omg.org/spec/DMN/20230324/FEEL/"'
    own = item("tOwn", "B.tPerson")
    user = decision("d", feel("v.age"), needs("v"))
    data = definitions(import_of("B", B), own, given("v", prefixed), user, more=more)
    assert answer(data, "d", {"v": PERSON}, b=definitions(*BASE, namespace=B)) == "3"


@pytest.mark.parametrize(
    ("call", "value"),
    [(feel("[s2(1), s2(amount: 2)]"), "[3, 5]"), (invocation("s2", **{"B.amount": "1"}), "3")],
)
def test_a_service_over_imported_decisions(call, value):
    total = decision(
        "z", feel("B.x + B.amount"), after("x", namespace=B), needs("amount", namespace=B)
    )
    two = service(
        "s2",
        ("outputDecision", "z"),
        ("encapsulatedDecision", f"{B}#x"),
        ("inputData", f"{B}#amount"),
    )
    assert imported("B", total, two, decision("d", call, calls("s2"))) == value


def test_an_import_of_an_import():
    middle = definitions(
        import_of("B", B),
        decision("y", feel("B.x * 10"), after("x", namespace=B)),
        item("tOne", "B.tPerson"),
        namespace="urn:example:mid",
    )
    data = definitions(
        import_of("Mid", "urn:example:mid"),
        given("v", "Mid.tOne"),
        decision("d", feel("Mid.y + v.age"), after("y", namespace="urn:example:mid"), needs("v")),
    )
    others = {"mid": middle, "b": definitions(*BASE, namespace=B)}
    assert answer(data, "d", {"amount": Decimal(1), "v": PERSON}, **others) == "23"


def test_several_imports_without_a_name_bring_their_types():
    other = definitions(item("tAge", "number"), item("tPair", part("a", "tAge")), namespace="urn:c")
    user = decision("d", feel("[p instance of tPerson, q instance of tPair]"), needs("p", "q"))
    data = definitions(
        import_of("", B),
        import_of("", "urn:c"),
        given("p", "tPerson"),
        given("q", "tPair"),
        user,
    )
    inputs = {"p": PERSON, "q": {"a": Decimal(1)}}
    others = {"b": definitions(*BASE, namespace=B), "c": other}
    assert answer(data, "d", inputs, **others) == "[true, true]"
    assert answer(data, "d", {**inputs, "q": {"a": "1"}}, **others) == "[true, false]"


def test_an_imports_name_may_begin_with_anothers():
    names = (import_of("lib", "urn:c"), import_of("lib.b", B))
    user = decision("d", feel("p.age"), needs("p"))
    data = definitions(*names, given("p", "lib.b.tPerson"), user)
    others = {"b": definitions(*BASE, namespace=B), "c": definitions(namespace="urn:c")}
    assert answer(data, "d", {"p": {"name": "J"}}, **others) == "null"
    assert answer(data, "d", {"p": PERSON}, **others) == "3"


def test_models_that_import_each_other():
    one = definitions(import_of("B", "urn:b"), namespace="urn:a")
    two = definitions(import_of("A", "urn:a"), namespace="urn:b")
    _, diagnostics = read_models({"one.dmn": one, "two.dmn": two})
    assert [found.code for found in diagnostics] == ["import-cycle", "missing-import"]
    assert str(diagnostics[0]) == (
        "one.dmn: these models import each other in a circle: 'one.dmn', 'two.dmn'; remove one import"
        " [import-cycle]"
    )


def test_only_files_of_the_circle_are_named():
    files = {
        "uses.dmn": definitions(import_of("A", "urn:a"), namespace="urn:uses"),
        "one.dmn": definitions(import_of("B", "urn:b"), namespace="urn:a"),
        "alone.dmn": definitions(import_of("X", "urn:uses"), namespace="urn:alone"),
        "two.dmn": definitions(import_of("A", "urn:a"), namespace="urn:b"),
    }
    _, diagnostics = read_models(files)
    assert [found.message for found in diagnostics if found.code == "import-cycle"] == [
        "these models import each other in a circle: 'one.dmn', 'two.dmn'; remove one import"
    ]


def test_a_namespace_that_is_almost_right():
    one = definitions(import_of("B", "urn:exampel:b"))
    _, diagnostics = read_models({"one.dmn": one, "b.dmn": definitions(*BASE, namespace=B)})
    assert [str(found) for found in diagnostics] == [
        (
            "one.dmn: line 1, import 'B': imports 'urn:exampel:b', a model that was not given;"
            " did you mean 'urn:example:b'? [missing-import]"
        )
    ]
