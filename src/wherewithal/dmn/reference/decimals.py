"""FEEL's numbers: decimal128, 34 digits, half-even; what leaves the domain is null.

Source: DMN 1.5, 10.3.2.3.1 and tables 56-60.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import (
    ROUND_HALF_EVEN,
    Context,
    Decimal,
    DivisionByZero,
    InvalidOperation,
    Overflow,
)

from wherewithal.dmn.reference.values import FeelNull

#: A context of our own, so that no other code's context has a say.
DECIMAL128 = Context(
    prec=34,
    rounding=ROUND_HALF_EVEN,
    Emin=-6143,
    Emax=6144,
    traps=[InvalidOperation, DivisionByZero, Overflow],
)
DIGITS = DECIMAL128.prec
SCALE_MIN, SCALE_MAX = -6111, 6176
_EXPONENT_MAX = 999_999_999


def _guarded(operation: Callable[[], Decimal]) -> Decimal:
    try:
        result = operation()
    except (InvalidOperation, DivisionByZero, Overflow):
        raise FeelNull("the result is outside the domain of numbers") from None
    if not result.is_finite():
        raise FeelNull("the result is outside the domain of numbers")
    # There is no negative zero in FEEL.
    return Decimal(0) if result.is_zero() and result.is_signed() else result


def _not_vanished(result: Decimal) -> Decimal:
    """Return a result that is not 0; FeelNull for one whose scale no number has."""
    if result.is_zero():
        raise FeelNull("the result is too close to 0 for the domain of numbers")
    return result


def number_of(text: str) -> Decimal:
    """Return the number that a text spells in FEEL's own syntax; FeelNull if it spells none."""
    return _guarded(lambda: DECIMAL128.create_decimal(text))


def add(left: Decimal, right: Decimal) -> Decimal:
    """Return left + right."""
    return _guarded(lambda: DECIMAL128.add(left, right))


def subtract(left: Decimal, right: Decimal) -> Decimal:
    """Return left - right."""
    return _guarded(lambda: DECIMAL128.subtract(left, right))


def multiply(left: Decimal, right: Decimal) -> Decimal:
    """Return left * right."""
    product = _guarded(lambda: DECIMAL128.multiply(left, right))
    return product if left.is_zero() or right.is_zero() else _not_vanished(product)


def divide(left: Decimal, right: Decimal) -> Decimal:
    """Return left / right; FeelNull for a divisor of zero."""
    if right.is_zero():
        raise FeelNull("division by zero")
    quotient = _guarded(lambda: DECIMAL128.divide(left, right))
    return quotient if left.is_zero() else _not_vanished(quotient)


def power(base: Decimal, exponent: Decimal) -> Decimal:
    """Return base ** exponent; FeelNull outside the domain."""
    if abs(exponent) > _EXPONENT_MAX:
        raise FeelNull("the exponent is outside -999,999,999..999,999,999")
    if exponent.is_zero():
        return Decimal(1)
    result = _guarded(lambda: DECIMAL128.power(base, exponent))
    return result if base.is_zero() else _not_vanished(result)


def negate(value: Decimal) -> Decimal:
    """Return -value."""
    return _guarded(lambda: DECIMAL128.minus(value))


def square_root(value: Decimal) -> Decimal:
    """Return the square root; FeelNull below zero."""
    return _guarded(lambda: DECIMAL128.sqrt(value))


def logarithm(value: Decimal) -> Decimal:
    """Return the natural logarithm; FeelNull at or below zero."""
    if value <= 0:
        raise FeelNull("the logarithm needs a positive number")
    return _guarded(lambda: DECIMAL128.ln(value))


def exponential(value: Decimal) -> Decimal:
    """Return e ** value."""
    return _guarded(lambda: DECIMAL128.exp(value))


def round_to_scale(value: Decimal, scale: Decimal, rounding: str) -> Decimal:
    """Return the value with `scale` decimals; FeelNull for a scale outside -6111..6176.

    Where 34 digits do not suffice for that many decimals, the value has as many as fit.
    """
    places = integer_of(scale, "the scale")
    if not SCALE_MIN <= places <= SCALE_MAX:
        raise FeelNull(f"the scale {places} is outside {SCALE_MIN}..{SCALE_MAX}")
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and -exponent <= places:
        fitting = min(places, DIGITS - 1 - value.adjusted())
        return value if fitting <= -exponent else _guarded(lambda: _quantized(value, fitting))
    wide = Context(prec=7000, rounding=rounding, Emin=-99_999, Emax=99_999)
    rounded = value.quantize(Decimal(1).scaleb(-places, wide), context=wide)
    return _guarded(lambda: DECIMAL128.plus(rounded))


def _quantized(value: Decimal, places: int) -> Decimal:
    return value.quantize(Decimal((0, (1,), -places)), context=DECIMAL128)


def integer_of(value: Decimal, what: str) -> int:
    """Return the integer that a number is; FeelNull if it has a fraction."""
    if value != value.to_integral_value():
        raise FeelNull(f"{what} must be a whole number")
    if value.adjusted() > 40:
        raise FeelNull(f"{what} is too large")
    return int(value)


def text_of_number(value: Decimal) -> str:
    """Return the number as FEEL prints it: plain digits, no exponent.

    >>> text_of_number(Decimal("1E+3")), text_of_number(Decimal("0.10"))
    ('1000', '0.10')
    """
    return format(value, "f")
