"""What FEEL texts parse to. Names decide where a text is cut, so each case says what is known."""

from __future__ import annotations

from dataclasses import fields

import pytest

from wherewithal.dmn.feel import ast
from wherewithal.dmn.feel.errors import FeelSyntaxError
from wherewithal.dmn.feel.parser import parse_expression, parse_unary_tests


def sketch(node: object) -> object:
    """Return a tree as nested tuples of class names and values, without positions."""
    if isinstance(node, tuple):
        return tuple(sketch(item) for item in node)
    if not isinstance(node, ast.Node):
        return node
    parts = [sketch(getattr(node, field.name)) for field in fields(node) if field.name != "start"]
    return (type(node).__name__, *parts)


def name(text: str) -> tuple[str, str]:
    return ("Name", text)


def number(text: str) -> tuple[str, str]:
    return ("NumberLiteral", text)


@pytest.mark.parametrize(
    ("text", "known", "expected"),
    [
        ("a-b", ["a-b"], name("a-b")),
        ("a-b", ["a", "b"], ("Binary", "-", name("a"), name("b"))),
        ("a - b", ["a-b", "a", "b"], name("a-b")),
        ("(a)-(b)", ["a-b", "a", "b"], ("Binary", "-", name("a"), name("b"))),
        ("profit and loss", ["profit and loss"], name("profit and loss")),
        ("profit and loss", ["profit", "loss"], ("Binary", "and", name("profit"), name("loss"))),
        ("date  of\n birth", [], name("date of birth")),
        ("credit scor", ["credit"], name("credit scor")),
        ("teacher's grade", ["teacher's grade"], name("teacher's grade")),
        ("if ready", ["if ready"], name("if ready")),
        ("\U0001f40e count", ["\U0001f40e count"], name("\U0001f40e count")),
    ],
)
def test_the_longest_known_name_wins(text, known, expected):
    assert sketch(parse_expression(text, names=known)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3", ("Binary", "+", number("1"), ("Binary", "*", number("2"), number("3")))),
        ("1 - 2 - 3", ("Binary", "-", ("Binary", "-", number("1"), number("2")), number("3"))),
        ("-5 ** 2", ("Binary", "**", ("Negation", number("5")), number("2"))),
        ("2 ** 3 ** 2", ("Binary", "**", ("Binary", "**", number("2"), number("3")), number("2"))),
        ("a or b and c", ("Binary", "or", name("a"), ("Binary", "and", name("b"), name("c")))),
        (
            "x between 1 and 2 and y",
            ("Binary", "and", ("Between", name("x"), number("1"), number("2")), name("y")),
        ),
        (".5 + 1e3 // half\n", ("Binary", "+", number(".5"), number("1e3"))),
        ('/* a */ @"P1D"', ("AtLiteral", "P1D")),
        (r'"\u0041\uD83D\uDC0E\U01F40E\n"', ("StringLiteral", "A\U0001f40e\U0001f40e\n")),
        (
            "xs[item > 1].a b",
            ("Path", ("Filter", name("xs"), ("Binary", ">", name("item"), number("1"))), "a b"),
        ),
        (
            "x instance of list<date and time>",
            (
                "InstanceOf",
                name("x"),
                ("TypeRef", "list", (("TypeRef", "date and time", (), ()),), ()),
            ),
        ),
    ],
)
def test_operators_and_literals(text, expected):
    assert sketch(parse_expression(text)) == expected


@pytest.mark.parametrize(
    ("text", "low_closed", "high_closed"),
    [
        ("[1..5]", True, True),
        ("(1..5]", False, True),
        ("[1..5)", True, False),
        ("]1..5[", False, False),
    ],
)
def test_every_bracket_of_an_interval(text, low_closed, high_closed):
    expected = ("Interval", number("1"), number("5"), low_closed, high_closed)
    assert sketch(parse_expression(text)) == expected
    assert sketch(parse_expression(f"x in {text}")) == ("In", name("x"), (expected,))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(< 5)", ("Interval", None, number("5"), False, False)),
        ("(>= 5)", ("Interval", number("5"), None, True, False)),
        ("(= 5)", ("Interval", number("5"), number("5"), True, True)),
    ],
)
def test_a_range_may_have_one_end(text, expected):
    assert sketch(parse_expression(text)) == expected


def test_inner_scopes_add_names():
    tree = parse_expression("{a-b: 1, c: a-b}.c")
    entries = (("ContextEntry", "a-b", number("1")), ("ContextEntry", "c", name("a-b")))
    assert sketch(tree) == ("Path", ("ContextLiteral", entries), "c")
    loop = parse_expression("for x-y in xs return x-y", names=["xs"])
    assert sketch(loop) == ("For", (("Iterator", "x-y", name("xs"), None),), name("x-y"))


def test_members_are_known_after_a_dot_and_in_a_filter():
    tree = parse_expression("loans[debt-to-income > 1].debt-to-income", members=["debt-to-income"])
    condition = ("Binary", ">", name("debt-to-income"), number("1"))
    assert sketch(tree) == ("Path", ("Filter", name("loans"), condition), "debt-to-income")


def test_arguments_by_position_and_by_name():
    assert sketch(parse_expression('substring("ab", 1)')) == (
        "Invocation",
        name("substring"),
        (("Argument", ("StringLiteral", "ab"), None), ("Argument", number("1"), None)),
    )
    tree = parse_expression("f(start position: 2)")
    assert sketch(tree) == ("Invocation", name("f"), (("Argument", number("2"), "start position"),))


def test_a_function_may_be_external():
    tree = parse_expression('function(a: number) external {java: {class: "java.lang.Math"}}')
    assert isinstance(tree, ast.FunctionDefinition)
    assert tree.external
    assert [parameter.name for parameter in tree.parameters] == ["a"]


@pytest.mark.parametrize(
    ("text", "negated", "tests"),
    [
        (
            "< 5, [7..9]",
            False,
            (
                ("UnaryComparison", "<", number("5")),
                ("Interval", number("7"), number("9"), True, True),
            ),
        ),
        ('not("a", "b")', True, (("StringLiteral", "a"), ("StringLiteral", "b"))),
        (
            "not((1..5], [7..8))",
            True,
            (
                ("Interval", number("1"), number("5"), False, True),
                ("Interval", number("7"), number("8"), True, False),
            ),
        ),
        (
            "? > 5 and ? < 9",
            False,
            (
                (
                    "Binary",
                    "and",
                    ("Binary", ">", name("?"), number("5")),
                    ("Binary", "<", name("?"), number("9")),
                ),
            ),
        ),
        ("-5", False, (("Negation", number("5")),)),
    ],
)
def test_cells(text, negated, tests):
    assert sketch(parse_unary_tests(text)) == ("UnaryTests", tests, negated, False)


def test_a_dash_takes_any_value():
    assert sketch(parse_unary_tests(" - ")) == ("UnaryTests", (), False, True)


@pytest.mark.parametrize(
    ("text", "message", "start"),
    [
        ("1 +", "expected an expression, found the end", 3),
        ("(1", "expected ')', found the end", 2),
        ("[1..", "expected an expression, found the end", 4),
        ("1 2", "expected the end of the expression or an operator, found '2'", 2),
        ('"abc', "a string lacks its closing quotation mark", 0),
        (r'"ab\U110000"', r"'\U110000' is no character: the last is '\U10FFFF'", 3),
        ("/* abc", "a comment lacks its closing */", 0),
        ("f(1, a: 2)", "name all arguments or none", 2),
        ("{a: 1, a: 2}", "the context has two entries named 'a'", 7),
        ("(" * 200, "the expression nests deeper than 100 levels; give parts a name", 100),
        (
            "+".join("1" * 300),
            "the expression chains more than 250 operations; give parts a name",
            0,
        ),
    ],
)
def test_errors_say_what_was_expected_and_where(text, message, start):
    with pytest.raises(FeelSyntaxError) as caught:
        parse_expression(text)
    assert (caught.value.message, caught.value.start) == (message, start)
