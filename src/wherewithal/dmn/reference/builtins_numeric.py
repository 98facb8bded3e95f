"""Numeric functions and folds over lists of numbers. Source: DMN 1.5, tables 75-76."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Decimal,
)
from typing import Any

from wherewithal.dmn.reference import decimals
from wherewithal.dmn.reference.builtin_registry import Arguments, builtin
from wherewithal.dmn.reference.compare import compare
from wherewithal.dmn.reference.values import DaysDuration, FeelNull, MonthsDuration


def _rounding(name: str, rounding: str) -> None:
    @builtin(name)
    def round_number(arguments: Arguments) -> Decimal:
        scale = arguments.number("scale") if "scale" in arguments else Decimal(0)
        return decimals.round_to_scale(arguments.number("n"), scale, rounding)


for _name, _mode in (
    ("decimal", ROUND_HALF_EVEN),
    ("floor", ROUND_FLOOR),
    ("ceiling", ROUND_CEILING),
    ("round up", ROUND_UP),
    ("round down", ROUND_DOWN),
    ("round half up", ROUND_HALF_UP),
    ("round half down", ROUND_HALF_DOWN),
):
    _rounding(_name, _mode)


@builtin("abs")
def absolute(arguments: Arguments) -> Any:
    """Return the absolute value of a number or a duration."""
    value = arguments.typed("n", Decimal, DaysDuration, MonthsDuration)
    if isinstance(value, DaysDuration):
        return DaysDuration(abs(value.seconds))
    if isinstance(value, MonthsDuration):
        return MonthsDuration(abs(value.months))
    return abs(value)


@builtin("modulo")
def modulo(arguments: Arguments) -> Decimal:
    """Return the remainder, with the sign of the divisor."""
    dividend, divisor = arguments.number("dividend"), arguments.number("divisor")
    if divisor.is_zero():
        raise FeelNull("division by zero")
    # Decimal's own remainder is exact and has the dividend's sign.
    try:
        remainder = decimals.DECIMAL128.remainder(dividend, divisor)
    except ArithmeticError:
        raise FeelNull("the quotient has more than 34 digits") from None
    if not remainder.is_zero() and (remainder < 0) is not (divisor < 0):
        return decimals.add(remainder, divisor)
    return remainder.copy_abs() if remainder.is_zero() else remainder


@builtin("sqrt")
def square_root(arguments: Arguments) -> Decimal:
    """Return the square root; null below zero."""
    return decimals.square_root(arguments.number("number"))


@builtin("log")
def logarithm(arguments: Arguments) -> Decimal:
    """Return the natural logarithm; null at or below zero."""
    return decimals.logarithm(arguments.number("number"))


@builtin("exp")
def exponential(arguments: Arguments) -> Decimal:
    """Return e to the power of a number."""
    return decimals.exponential(arguments.number("number"))


@builtin("odd")
def odd(arguments: Arguments) -> bool:
    """Return whether a whole number is odd."""
    return arguments.integer("number") % 2 == 1


@builtin("even")
def even(arguments: Arguments) -> bool:
    """Return whether a whole number is even."""
    return arguments.integer("number") % 2 == 0


def _fold(values: list[Decimal], step: Callable[[Decimal, Decimal], Decimal]) -> Decimal | None:
    if not values:
        return None
    result = values[0]
    for value in values[1:]:
        result = step(result, value)
    return result


@builtin("sum")
def total(arguments: Arguments) -> Decimal | None:
    """Return the sum; null for no numbers."""
    return _fold(arguments.numbers("list"), decimals.add)


@builtin("product")
def product(arguments: Arguments) -> Decimal | None:
    """Return the product; null for no numbers."""
    return _fold(arguments.numbers("list"), decimals.multiply)


@builtin("mean")
def mean(arguments: Arguments) -> Decimal | None:
    """Return the arithmetic mean; null for no numbers."""
    return _mean(arguments.numbers("list"))


def _mean(values: list[Decimal]) -> Decimal | None:
    found = _fold(values, decimals.add)
    return None if found is None else decimals.divide(found, Decimal(len(values)))


@builtin("median")
def median(arguments: Arguments) -> Decimal | None:
    """Return the middle number, or the mean of the middle two; null for no numbers."""
    values = sorted(arguments.numbers("list"))
    middle = len(values) // 2
    if len(values) % 2 == 1:
        return values[middle]
    return _mean(values[middle - 1 : middle + 1]) if values else None


@builtin("stddev")
def standard_deviation(arguments: Arguments) -> Decimal | None:
    """Return the sample standard deviation; null for fewer than two numbers."""
    values = arguments.numbers("list")
    centre = _mean(values)
    if len(values) < 2 or centre is None:
        return None
    squares = [
        decimals.multiply(difference, difference)
        for difference in (decimals.subtract(value, centre) for value in values)
    ]
    squared = _fold(squares, decimals.add) or Decimal(0)
    return decimals.square_root(decimals.divide(squared, Decimal(len(values) - 1)))


@builtin("mode")
def mode(arguments: Arguments) -> list[Decimal]:
    """Return the most frequent numbers, ascending."""
    counts = Counter(arguments.numbers("list"))
    most = max(counts.values(), default=0)
    return sorted(value for value, count in counts.items() if count == most)


def _extreme(arguments: Arguments, sign: int) -> Any:
    values = arguments.items("list")
    if not values:
        return None
    best = values[0]
    for value in values:
        order = compare(value, best)
        if order is None:
            raise FeelNull("the values have no order among them")
        if order == sign:
            best = value
    return best


@builtin("min")
def minimum(arguments: Arguments) -> Any:
    """Return the least value; null for none."""
    return _extreme(arguments, -1)


@builtin("max")
def maximum(arguments: Arguments) -> Any:
    """Return the greatest value; null for none."""
    return _extreme(arguments, 1)
