"""Money: whole cents, and the only roundings that money may go through, each with a name.

Nothing here accepts a binary float or a truth value where a whole number is meant: a `DomainError`
says which argument it was. Messages never repeat the value, which may be somebody's income.
"""

from __future__ import annotations

import re
from typing import Final, NoReturn, TypeAlias

from wherewithal.vocabulary.errors import DomainError

#: An amount in whole cents of a US dollar; an alias, so that literals and columns stay plain.
Cents: TypeAlias = int

#: The largest amount that `cents_from_text` reads, either sign: ten trillion dollars.
TEXT_CENTS_MAX: Final = 10**15

# ASCII digits only: `Decimal` would also take underscores, blanks and the digits of other scripts.
_DECIMAL_TEXT: Final = re.compile(r"([+-]?)([0-9]+)(?:\.([0-9]*))?(?:[eE]([+-]?[0-9]{1,2}))?")
_TEXT_LENGTH_MAX: Final = 64
_EXPONENT_MAX: Final = 15


def whole_number(value: object, *, name: str, minimum: int, maximum: int) -> int:
    """Return `value` if it is an `int` between the bounds, both inclusive.

    Errors: DomainError naming the argument and its domain; `True` and `1.0` are not whole numbers.

    >>> whole_number(36, name="term_months", minimum=1, maximum=120)
    36
    """
    if type(value) is int and minimum <= value <= maximum:
        return value
    message = f"{name} must be a whole number from {minimum} to {maximum}"
    raise DomainError(message)


# The divisions take two numbers by position: numerator first is the order that everyone expects.


def floor_divide(numerator: int, denominator: int, /) -> int:
    """Divide and round towards minus infinity.

    Errors: DomainError unless both are `int` and the denominator is positive.

    >>> floor_divide(7, 2), floor_divide(-7, 2)
    (3, -4)
    """
    _check_division(numerator, denominator)
    return numerator // denominator


def ceil_divide(numerator: int, denominator: int, /) -> int:
    """Divide and round towards plus infinity.

    Errors: DomainError unless both are `int` and the denominator is positive.

    >>> ceil_divide(7, 2), ceil_divide(-7, 2)
    (4, -3)
    """
    _check_division(numerator, denominator)
    return -(-numerator // denominator)


def divide_half_even(numerator: int, denominator: int, /) -> int:
    """Divide and round to the nearest whole number, a tie to the even one.

    Errors: DomainError unless both are `int` and the denominator is positive.

    >>> divide_half_even(5, 2), divide_half_even(7, 2), divide_half_even(-5, 2)
    (2, 4, -2)
    """
    _check_division(numerator, denominator)
    quotient, remainder = divmod(numerator, denominator)
    twice = 2 * remainder
    if twice > denominator or (twice == denominator and quotient % 2 == 1):
        return quotient + 1
    return quotient


def floor_to_step(cents: Cents, *, step_cents: Cents) -> Cents:
    """Return the largest multiple of `step_cents` that does not exceed `cents`.

    Units:  cents. Limits are stepped when they are assigned; what remains of them never is.
    Errors: DomainError unless both are `int` and the step is positive.

    >>> floor_to_step(127_499, step_cents=5_000)
    125000
    """
    return floor_divide(cents, step_cents) * step_cents


def cents_from_text(text: str, *, allow_sub_cent: bool = False) -> Cents:
    """Read exact decimal text, such as `1234.5` or `-1.2e3` dollars, as cents.

    Parts of a cent are refused, or rounded half-even where the caller allows them; digits beyond
    the second that are all zero are no part of a cent. Currency signs, blanks and thousands
    separators are not read: who strips them knows the file.

    Errors: DomainError if it is not text, not a decimal number (so `nan` and `inf`), has an
            exponent beyond 15 either way, exceeds TEXT_CENTS_MAX, or has parts of a cent.

    >>> cents_from_text("162.87"), cents_from_text("5e3"), cents_from_text("-0.500")
    (16287, 500000, -50)
    """
    return hundredths_from_text(text, name="amount", allow_finer=allow_sub_cent)


def hundredths_from_text(text: str, *, name: str, allow_finer: bool) -> int:
    """Read exact decimal text as hundredths: dollars as cents, percent as basis points.

    Errors: DomainError as `cents_from_text` says; the message speaks of `name`, never of the value.

    >>> hundredths_from_text("9.125", name="rate", allow_finer=True)
    912
    """
    if not isinstance(text, str):
        _refuse(name, "must be decimal text such as 1234.56")
    match = _DECIMAL_TEXT.fullmatch(text) if len(text) <= _TEXT_LENGTH_MAX else None
    if match is None:
        _refuse(name, "is not a decimal number such as 1234.56")
    sign, whole, fraction, exponent_text = match.group(1, 2, 3, 4)
    fraction = fraction or ""
    exponent = int(exponent_text or 0)
    if abs(exponent) > _EXPONENT_MAX:
        _refuse(name, f"has an exponent beyond {_EXPONENT_MAX}")
    coefficient = int(sign + whole + fraction)
    places = exponent - len(fraction) + 2
    numerator, denominator = (
        (coefficient * 10**places, 1) if places >= 0 else (coefficient, 10**-places)
    )
    if numerator % denominator and not allow_finer:
        _refuse(name, "has more than two decimals")
    hundredths = divide_half_even(numerator, denominator)
    if abs(hundredths) > TEXT_CENTS_MAX:
        _refuse(name, f"exceeds {TEXT_CENTS_MAX // 100}")
    return hundredths


def _check_division(numerator: object, denominator: object) -> None:
    if type(numerator) is not int:
        message = "numerator must be an int"
        raise DomainError(message)
    if type(denominator) is not int or denominator <= 0:
        message = "denominator must be a positive int"
        raise DomainError(message)


def _refuse(name: str, cause: str) -> NoReturn:
    message = f"{name} {cause}"
    raise DomainError(message)
