"""Boxed expressions of every kind, by their values. Source: DMN 1.5, 10.2."""

from __future__ import annotations

import pytest

from tests.dmn.small_models import (
    answer,
    decision,
    definitions,
    feel,
    invocation,
    parameters,
    variable,
)


def context(*entries: str) -> str:
    """Return a boxed context of entries."""
    return f"<context>{''.join(entries)}</context>"


def entry(name: str, value: str, type_ref: str | None = None) -> str:
    """Return an entry; one without a name is the context's result."""
    named = variable(name, type_ref) if name else ""
    return f"<contextEntry>{named}{value}</contextEntry>"


def function(body: str, *named: str, more: str = "") -> str:
    """Return a boxed function."""
    return f"<functionDefinition {more}>{parameters(*named)}{body}</functionDefinition>"


def box(kind: str, *parts: tuple[str, str], more: str = "") -> str:
    """Return a box of named parts, such as a conditional."""
    inside = "".join(f"<{name}>{value}</{name}>" for name, value in parts)
    return f"<{kind} {more}>{inside}</{kind}>"


def listed(*items: str, more: str = "") -> str:
    """Return a boxed list."""
    return f"<list {more}>{''.join(items)}</list>"


def relation(columns: str, *rows: tuple[str, ...]) -> str:
    """Return a relation; columns are separated by commas."""
    heads = "".join(f'<column name="{name}"/>' for name in columns.split(","))
    cells = "".join(f"<row>{''.join(map(feel, row))}</row>" for row in rows)
    return f"<relation>{heads}{cells}</relation>"


def walk(kind: str, source: str, body: str, name: str = "i") -> str:
    """Return a boxed for, some or every."""
    last = "return" if kind == "for" else "satisfies"
    return box(kind, ("in", source), (last, body), more=f'iteratorVariable="{name}"')


def choice(condition: str, yes: str = '"y"', no: str = '"n"') -> str:
    """Return a boxed conditional."""
    return box("conditional", ("if", feel(condition)), ("then", feel(yes)), ("else", feel(no)))


def chosen(source: str, match: str) -> str:
    """Return a boxed filter."""
    return box("filter", ("in", source), ("match", feel(match)))


@pytest.mark.parametrize(
    ("logic", "value"),
    [
        (context(), "{}"),
        (context(entry("a", feel("1")), entry("b", feel("a + 1"), "number")), "{a: 1, b: 2}"),
        (context(entry("a", feel("1")), entry("", feel("a + 1"))), "2"),
        (context(entry("a", feel("1"), "string"), entry("b", feel("a"))), "{a: null, b: null}"),
        (context(entry("f", function(feel("x * 2"), "x: number")), entry("", feel("f(3)"))), "6"),
        (
            context(
                entry("f", function(feel("x"), "x", more='typeRef="string"')),
                entry("y", feel("f(3)")),
            ),
            "{f: function, y: null}",
        ),
        (
            context(
                entry("f", function(feel("if n = 0 then 1 else n * f(n - 1)"), "n")),
                entry("", feel("f(4)")),
            ),
            "24",
        ),
        (context(entry("f", function(feel("x * 2"), "x")), entry("", invocation("f", x="4"))), "8"),
        (
            context(
                entry("my name", feel("1")),
                entry("my other-name", feel("my name + 1")),
                entry("", feel("my other-name")),
            ),
            "2",
        ),
        (
            context(
                entry("a", context(entry("b", feel("1")), entry("c", feel("b + 1")))),
                entry("", feel("a.c")),
            ),
            "2",
        ),
        (
            context(
                entry("a", feel("1")),
                entry("x", context(entry("a", feel("2")), entry("", feel("a")))),
            ),
            "{a: 1, x: 2}",
        ),
        (context(entry("a", feel("b")), entry("b", feel("1"))), "{a: null, b: 1}"),
        (listed(), "[]"),
        (listed(feel("1"), feel('"a"'), listed(feel("2"))), '[1, "a", [2]]'),
        (listed(feel("1", "string"), feel("2")), "[null, 2]"),
        (relation("a,b c", ("1", "2"), ("3", '"x"')), '[{a: 1, b c: 2}, {a: 3, b c: "x"}]'),
        (relation("a,b", ("1",)), "[{a: 1}]"),
        (choice("1 < 2"), "y"),
        (choice("1 > 2"), "n"),
        (choice("null"), "n"),
        (choice('"x"'), "null"),
        (choice("true", "nosuch", "1"), "null"),
        (chosen(feel("[1, 2, 3]"), "item > 1"), "[2, 3]"),
        (chosen(feel("[{a: 1}, {a: 2}]"), "a > 1"), "[{a: 2}]"),
        (chosen(feel("[{a-b: 1}, {a-b: 2}]"), "a-b > 1"), '[{"a-b": 2}]'),
        (chosen(relation("a", ("1",), ("2",)), "a = 1"), "[{a: 1}]"),
        (chosen(relation("item", ("1",), ("2",)), "item = 1"), "[{item: 1}]"),
        # A box walks over a list; unlike FEEL's own forms it makes no list of a single value.
        (chosen(feel("5"), "item > 1"), "null"),
        (chosen(feel("{a: 1}"), "a = 1"), "null"),
        (chosen(feel("null"), "item > 1"), "null"),
        (chosen(feel("[]"), "item > 1"), "[]"),
        (chosen(feel("[1, 2]"), '"x"'), "null"),
        (chosen(feel("[1, 2]"), "1"), "null"),
        (chosen(feel("[1, null]"), "item > 0"), "[1]"),
        (chosen(feel("[1, 2]"), "null"), "[]"),
        (walk("for", feel("[1, 2, 3]"), feel("i * 2")), "[2, 4, 6]"),
        (walk("for", feel("[1, 2, 3]"), feel("count(partial)")), "[0, 1, 2]"),
        (walk("for", feel("[1..3]"), feel("i")), "[1, 2, 3]"),
        (walk("for", feel("1..3"), feel("i")), "[1, 2, 3]"),
        (walk("for", feel("3..1"), feel("i")), "[3, 2, 1]"),
        (walk("for", feel('@"2020-02-28"..@"2020-03-01"'), feel("i.day")), "[28, 29, 1]"),
        (walk("for", feel("null"), feel("i")), "null"),
        (walk("for", feel("5"), feel("i")), "null"),
        (walk("for", feel('"abc"'), feel("i")), "null"),
        (walk("for", feel("[]"), feel("i")), "[]"),
        (
            walk("for", feel("[1, 2]"), walk("for", feel("[1, 2]"), feel("i * j"), "j")),
            "[[1, 2], [2, 4]]",
        ),
        (walk("for", feel("[1, 2]"), feel("my i + 1"), "my i"), "[2, 3]"),
        (
            walk("for", listed(feel("1"), feel("2")), context(entry("v", feel("i")))),
            "[{v: 1}, {v: 2}]",
        ),
        (walk("for", relation("a", ("1",), ("2",)), feel("i.a")), "[1, 2]"),
        (walk("some", feel("[1, 2]"), feel("i > 1")), "true"),
        (walk("some", feel("[1, 2]"), feel("i > 5")), "false"),
        (walk("some", feel("[]"), feel("i > 1")), "false"),
        (walk("some", feel("null"), feel("i > 1")), "null"),
        (walk("some", feel("[1]"), feel('"x"')), "null"),
        (walk("some", feel("[1, null]"), feel("i > 0")), "true"),
        (walk("some", feel("[null]"), feel("i > 0")), "null"),
        (walk("some", feel("1..3"), feel("i = 3")), "true"),
        (walk("every", feel("[1, 2]"), feel("i > 0")), "true"),
        (walk("every", feel("[1, 2]"), feel("i > 1")), "false"),
        (walk("every", feel("[]"), feel("i > 1")), "true"),
        (walk("every", feel("null"), feel("i > 1")), "null"),
        (walk("every", feel("[1]"), feel('"x"')), "null"),
        (walk("every", feel("[1, null]"), feel("i > 0")), "null"),
        (walk("every", feel("[0, null]"), feel("i > 0")), "false"),
        (walk("every", feel("5"), feel("i > 1")), "null"),
        (walk("some", feel("5"), feel("i > 1")), "null"),
        (function(feel("x + 1"), "x"), "function"),
        (invocation("abs", n="-1"), "1"),
        (invocation("substring", **{"start position": "2", "string": '"abc"'}), "bc"),
        (
            f'<invocation>{function(feel("x + 1"), "x")}<binding><parameter name="x"/>{feel("1")}</binding></invocation>',
            "2",
        ),
        (walk("for", feel("[1]"), choice("i = 1")), '["y"]'),
        (
            context(
                entry(
                    "f",
                    function(
                        context(entry("class", feel('"java.lang.Math"'))), "x", more='kind="Java"'
                    ),
                ),
                entry("", feel("f(1)")),
            ),
            "null",
        ),
    ],
)
def test_a_box_by_its_value(logic, value):
    assert answer(definitions(decision("d", logic))) == value


def test_a_decision_that_is_a_function_is_called():
    logic = function(feel("x + 1"), "x: number")
    needs = '<informationRequirement><requiredDecision href="#f"/></informationRequirement>'
    assert answer(definitions(decision("f", logic), decision("d", feel("f(1)"), needs))) == "2"


def test_what_vendors_add_is_passed_over():
    extension = (
        '<extensionElements><v:thing xmlns:v="urn:vendor" name="x"/></extensionElements>'
        "<description>words</description>"
    )
    logic = extension + feel("1 + 1").replace("<text>", f"{extension}<text>")
    more = 'xmlns:camunda="http://camunda.org/schema/1.0/dmn" camunda:diagramRelationId="x"'
    data = definitions(
        '<v:layer xmlns:v="urn:vendor"><v:decision name="d"/></v:layer>',
        decision("d", logic),
        '<dmndi:DMNDI xmlns:dmndi="https://www.omg.org/spec/DMN/20230324/DMNDI/"/>',
        more=more,
    )
    assert answer(data) == "2"


@pytest.mark.parametrize(
    "uri",
    [
        "http://www.omg.org/spec/DMN/20180521/MODEL/",
        "https://www.omg.org/spec/DMN/20191111/MODEL/",
        "https://www.omg.org/spec/DMN/20211108/MODEL/",
        "https://www.omg.org/spec/DMN/20230324/MODEL/",
    ],
)
@pytest.mark.parametrize("prefix", ["", "dmn:", "semantic:"])
def test_each_version_is_read_by_its_namespace_behind_any_prefix(uri, prefix):
    name = f":{prefix[:-1]}" if prefix else ""
    head = f'<{prefix}definitions xmlns{name}="{uri}" namespace="urn:example:m" name="M">'
    logic = (
        f"<{prefix}literalExpression><{prefix}text>1 + 1</{prefix}text></{prefix}literalExpression>"
    )
    body = (
        f'<{prefix}decision id="d" name="d"><{prefix}variable name="d"/>{logic}</{prefix}decision>'
    )
    assert answer(f"{head}{body}</{prefix}definitions>".encode()) == "2"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1", "utf-8-sig"])
def test_each_encoding_is_read(encoding):
    text = definitions(decision("d", feel('"été"'))).decode()
    declared = encoding.removesuffix("-sig")
    data = f'<?xml version="1.0" encoding="{declared}"?>{text}'.encode(encoding)
    assert answer(data) == "été"
