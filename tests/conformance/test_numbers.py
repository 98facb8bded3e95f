"""Exact numbers: scales, every rounding, wide intermediates, on every executor."""

from __future__ import annotations

from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Decimal,
    localcontext,
)

import pytest

from wherewithal.dmn import types as t


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("0.1 + 0.2 = 0.3", True),
        ("1.10 = 1.1", True),
        ("x * 0.1 = 0.3", True),
        ("x - 0.9 + 0.001", Decimal("2.101")),
        ("x * y", Decimal("-3.75")),
        ("-x * -y", Decimal("-3.75")),
        ("x + 1e3", 1003),
        ("if x > 2.99 then 0.5 else 1", Decimal("0.5")),
        ("min(x, y, 0.001)", Decimal("-1.25")),
        ("max([y, 2.5])", Decimal("2.5")),
        ("sum(x, y, 0.25)", 2),
        ("abs(y)", Decimal("1.25")),
        ("abs(x)", 3),
        ("y in [-1.25..0)", True),
        ("decimal(y, 1)", Decimal("-1.2")),
    ],
)
def test_scales(executor, expression, expected):
    assert executor.run(expression, {"x": "number", "y": "number(2)"}, [(3, "-1.25")]) == [expected]


# Ties, negative ties, values beside them, and what needs no rounding.
HALVES = ("2.5", "3.5", "-2.5", "-3.5", "2.4", "2.6", "-2.4", "-2.6", "2.0", "-2.0", "0.1", "-0.1")


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        ("floor(x)", [2, 3, -3, -4, 2, 2, -3, -3, 2, -2, 0, -1]),
        ("ceiling(x)", [3, 4, -2, -3, 3, 3, -2, -2, 2, -2, 1, 0]),
        ("decimal(x, 0)", [2, 4, -2, -4, 2, 3, -2, -3, 2, -2, 0, 0]),
        ("round up(x, 0)", [3, 4, -3, -4, 3, 3, -3, -3, 2, -2, 1, -1]),
        ("round down(x, 0)", [2, 3, -2, -3, 2, 2, -2, -2, 2, -2, 0, 0]),
        ("round half up(x, 0)", [3, 4, -3, -4, 2, 3, -2, -3, 2, -2, 0, 0]),
        ("round half down(x, 0)", [2, 3, -2, -3, 2, 3, -2, -3, 2, -2, 0, 0]),
    ],
)
def test_rounding(executor, function, expected):
    assert executor.run(function, {"x": "number(1)"}, [(half,) for half in HALVES]) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        # 7/2 = 3.5, -7/2 = -3.5, 6/4 = 1.5, -1/3
        ("floor(x / y)", [3, -4, 1, -1]),
        ("ceiling(x / y)", [4, -3, 2, 0]),
        ("decimal(x / y, 0)", [4, -4, 2, 0]),
        ("decimal(x / y, 2)", ["3.5", "-3.5", "1.5", "-0.33"]),
        ("round up(x / y, 2)", ["3.5", "-3.5", "1.5", "-0.34"]),
        ("round half down(x / y, 0)", [3, -3, 1, 0]),
        ("round half up(0.01 * x / y, 3)", ["0.035", "-0.035", "0.015", "-0.003"]),
        ("floor(x / -2)", [-4, 3, -3, 0]),
        ("round half up(x / -2, 0)", [-4, 4, -3, 1]),
        ("ceiling(x / -0.5)", [-14, 14, -12, 2]),
        ("modulo(x, y)", [1, 1, 2, 2]),
        ("modulo(x, -2)", [-1, -1, 0, -1]),
        ("modulo(dividend: x, divisor: y)", [1, 1, 2, 2]),
        ("modulo(divisor: y, dividend: x)", [1, 1, 2, 2]),
        ("floor(n: x / y, scale: 1)", ["3.5", "-3.5", "1.5", "-0.4"]),
    ],
)
def test_division(executor, expression, expected):
    types = {"x": "number", "y": t.number(1, 9)}
    rows = [(7, 2), (-7, 2), (6, 4), (-1, 3)]
    assert executor.run(expression, types, rows) == [Decimal(str(value)) for value in expected]


WIDE = {"x": t.number(-(9 * 10**18), 9 * 10**18), "y": t.number(1, 9 * 10**18)}
ROWS = [
    (9 * 10**18, 9 * 10**18),
    (-9 * 10**18, 8 * 10**18),
    (10**18 + 1, 3),
    (4 * 10**18, 8 * 10**18),
]


def over(x, y, rounding, scale=0):
    """Return x / y rounded, by Python's decimals with 80 digits."""
    with localcontext(prec=80):
        return (Decimal(x) / Decimal(y)).quantize(Decimal(1).scaleb(-scale), rounding)


@pytest.mark.parametrize(
    ("expression", "oracle"),
    [
        ("x + y", lambda x, y: x + y),
        ("x + x - y", lambda x, y: x + x - y),
        ("-x - y", lambda x, y: -x - y),
        ("10000000000000 * x", lambda x, _: 10**13 * x),
        ("x * 1000 - x * 999", lambda x, _: x),
        ("abs(x * 10000000000000)", lambda x, _: abs(x * 10**13)),
        ("min(x * 100, y)", lambda x, y: min(x * 100, y)),
        ("max(x * 100, y, 5)", lambda x, y: max(x * 100, y, 5)),
        ("if x > 0 then x * 100 else y", lambda x, y: x * 100 if x > 0 else y),
        ("if x > 0 then 5 else x * 100", lambda x, _: 5 if x > 0 else x * 100),
        ("floor(x * 1000 / y)", lambda x, y: x * 1000 // y),
        ("modulo(x * 100, 8888888888)", lambda x, _: x * 100 % 8888888888),
        ("ceiling(x / y)", lambda x, y: over(x, y, ROUND_CEILING)),
        ("decimal(x / y, 0)", lambda x, y: over(x, y, ROUND_HALF_EVEN)),
        ("decimal(x / y, 12)", lambda x, y: over(x, y, ROUND_HALF_EVEN, 12)),
        ("round half up(x / y, 0)", lambda x, y: over(x, y, ROUND_HALF_UP)),
        ("round half down(x / y, 0)", lambda x, y: over(x, y, ROUND_HALF_DOWN)),
        ("round up(x / y, 6)", lambda x, y: over(x, y, ROUND_UP, 6)),
        ("round down(x / y, 6)", lambda x, y: over(x, y, ROUND_DOWN, 6)),
    ],
)
def test_wide_numbers(executor, expression, oracle):
    assert executor.run(expression, WIDE, ROWS) == [oracle(x, y) for x, y in ROWS]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("x * 1000 > y", [True, False, True, True]),
        ("x * 1000 = 1000 * x", [True] * 4),
        ("x * 1000 <= 1000000000000000001000", [False, True, True, False]),
        ("x * 100 in (900000000000000000000, 5)", [True, False, False, False]),
    ],
)
def test_wide_comparisons(executor, expression, expected):
    assert executor.run(expression, WIDE, ROWS) == expected


@pytest.mark.parametrize("bits", [15, 16, 31, 32, 63])
@pytest.mark.parametrize(
    ("expression", "oracle"),
    [
        ("x + 1", lambda x, _: x + 1),
        ("x - 1 - y", lambda x, y: x - 1 - y),
        ("-x", lambda x, _: -x),
        ("x * 100", lambda x, _: x * 100),
        ("abs(x) * 2", lambda x, _: abs(x) * 2),
        ("min(x, 0 - y) + max(x, 1)", lambda x, y: min(x, -y) + max(x, 1)),
        ("floor(x / -1)", lambda x, _: -x),
        ("floor(x / y)", lambda x, y: x // y if y else None),
        ("round half up(x / 32767, 0)", lambda x, _: over(x, 32767, ROUND_HALF_UP)),
        ("decimal(x / 2, 0)", lambda x, _: over(x, 2, ROUND_HALF_EVEN)),
        ("if x < 0 then x - 1 else y + 1", lambda x, y: x - 1 if x < 0 else y + 1),
        ("x in [y..2000000000]", lambda x, y: y <= x <= 2_000_000_000),
    ],
)
def test_the_ends_of_every_width(executor, bits, expression, oracle):
    """Columns are as narrow as the ranges allow; nothing may wrap at an end."""
    low, high = -(2**bits), 2**bits - 1
    points = [(x, y) for x in (low, low + 1, -1, 0, 1, high - 1, high) for y in (0, 1, high)]
    types = {"x": t.number(low, high), "y": t.number(0, high)}
    assert executor.run(expression, types, points) == [oracle(x, y) for x, y in points]
