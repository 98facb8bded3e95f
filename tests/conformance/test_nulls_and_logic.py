"""FEEL's nulls and three-valued logic (DMN 1.5, 10.3.2.13 and tables 48-51), on every executor."""

from __future__ import annotations

from itertools import product

import pytest

from wherewithal.dmn import types as t

TRUTHS = (True, False, None)
BOTH = {"a": "boolean?", "b": "boolean?"}
PAIRS = list(product(TRUTHS, TRUTHS))


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        # a, b:     TT     TF     TN     FT     FF     FN     NT     NF     NN
        ("a and b", [True, False, None, False, False, False, None, False, None]),
        ("a or b", [True, True, True, True, False, None, True, None, None]),
        ("not(a and b)", [False, True, None, True, True, True, None, True, None]),
        ("a = b", [True, False, False, False, True, False, False, False, True]),
        ("a != b", [False, True, True, True, False, True, True, True, False]),
        ("if a then b else not(b)", [True, False, None, False, True, None, False, True, None]),
        ("a and null", [None, None, None, False, False, False, None, None, None]),
        ("null or b", [True, None, None] * 3),
        ("a and b and not(b)", [False, False, None, False, False, False, False, False, None]),
    ],
)
def test_all_nine_pairs(executor, expression, expected):
    assert executor.run(expression, BOTH, PAIRS) == expected


@pytest.mark.parametrize(("given", "expected"), [(True, False), (False, True), (None, None)])
def test_not(executor, given, expected):
    assert executor.run("not(a)", {"a": "boolean?"}, [(given,)]) == [expected]


X_Y = {"x": "number?", "y": "number(1)?"}
ROWS = [(2, 2), (2, "2.5"), (2, None), (None, 2), (None, None)]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("x = y", [True, False, False, False, True]),
        ("x != y", [False, True, True, True, False]),
        ("x < y", [False, True, None, None, None]),
        ("x <= y", [True, True, None, None, None]),
        ("x > y", [False, False, None, None, None]),
        ("x >= y", [True, False, None, None, None]),
        ("x = null", [False, False, False, True, True]),
        ("null != x", [True, True, True, False, False]),
        ("x < null", [None] * 5),
        ("x between 2 and y", [True, True, None, None, None]),
        ("x between 3 and y", [False, False, False, None, None]),
    ],
)
def test_comparisons(executor, expression, expected):
    assert executor.run(expression, X_Y, ROWS) == expected


@pytest.mark.parametrize(
    "expression",
    [
        *("x + y", "x - y", "x * y", "-x + y", "x + null", "null * y", "-null", "abs(null)"),
        *("min(x, y)", "max([x, y])", "min(x, null)", "sum(x, y)", "sum(x, null)"),
        *("floor(x / y)", "floor(null)", "decimal(null / y, 2)", "modulo(x, y)", "modulo(null, y)"),
    ],
)
def test_null_makes_arithmetic_null(executor, expression):
    assert executor.run(expression, X_Y, ROWS[2:3] + ROWS[4:]) == [None, None]


@pytest.mark.parametrize(
    "expression",
    [
        *("floor(x / y)", "ceiling(x / y)", "decimal(x / y, 2)", "round up(x / y, 1)"),
        *("round down(x / y, 1)", "round half up(x / y, 1)", "round half down(x / y, 1)"),
        *("modulo(x, y)", "floor(x / 0)", "floor(1 / 0)", "modulo(7, 0)"),
    ],
)
def test_a_division_by_zero_is_null(executor, expression):
    types = {"x": "number", "y": t.number(0, 10**9)}
    assert executor.run(expression, types, [(1, 0), (0, 0), (-1, 0)]) == [None] * 3


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("if x != null then x * 2 else 0", [4, 0]),
        ("if x = null then 0 else x * 2", [4, 0]),
        ("if not(x = null) and x > 1 then x - 1 else -1", [1, -1]),
        ("if x = null or x < 1 then 7 else x", [2, 7]),
        ("if x > 1 then x else 5", [2, 5]),
        ("if null then 1 else 2", [2, 2]),
        ("if x < 9 then 1 else 2", [1, 2]),
        ("if x != null then (if x > 1 then x * x else x + x) else null", [4, None]),
        ("if x != null then {a: x + x * x, b: a + a * x, c: b - 1}.c else 3", [17, 3]),
    ],
)
def test_guards_against_null(executor, expression, expected):
    assert executor.run(expression, {"x": "number?"}, [(2,), (None,)]) == expected


def test_nested_guards(executor):
    expression = (
        "if x != null then (if y != null and x > 3 then x * y + x * y * 2"
        " else if y = null then x else 5) else y"
    )
    rows = [(3, 1), (4, 2), (4, None), (None, 1), (None, None)]
    types = {"x": "number?", "y": "number?"}
    assert executor.run(expression, types, rows) == [5, 24, 4, 1, None]
