"""Whole cents and their named roundings."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wherewithal.vocabulary.errors import DomainError
from wherewithal.vocabulary.money import (
    TEXT_CENTS_MAX,
    ceil_divide,
    cents_from_text,
    divide_half_even,
    floor_divide,
    floor_to_step,
    hundredths_from_text,
    whole_number,
)


@pytest.mark.parametrize(
    ("numerator", "denominator", "floor", "ceil", "half_even"),
    [
        (0, 3, 0, 0, 0),
        (6, 3, 2, 2, 2),
        (7, 3, 2, 3, 2),
        (8, 3, 2, 3, 3),
        (-6, 3, -2, -2, -2),
        (-7, 3, -3, -2, -2),
        (-8, 3, -3, -2, -3),
        # Ties go to the even neighbour, on both sides of zero.
        (1, 2, 0, 1, 0),
        (3, 2, 1, 2, 2),
        (5, 2, 2, 3, 2),
        (-1, 2, -1, 0, 0),
        (-3, 2, -2, -1, -2),
        (-5, 2, -3, -2, -2),
        # No tie where the denominator is odd; 10**40 is beyond any float.
        (2, 5, 0, 1, 0),
        (3, 5, 0, 1, 1),
        (10**40 + 1, 2, 10**40 // 2, 10**40 // 2 + 1, 10**40 // 2),
        (10**40 + 3, 2, 10**40 // 2 + 1, 10**40 // 2 + 2, 10**40 // 2 + 2),
    ],
)
def test_divisions(numerator: int, denominator: int, floor: int, ceil: int, half_even: int) -> None:
    """Each division rounds as its name says, negatives and ties included."""
    assert floor_divide(numerator, denominator) == floor
    assert ceil_divide(numerator, denominator) == ceil
    assert divide_half_even(numerator, denominator) == half_even


@given(st.integers(), st.integers(min_value=1))
def test_half_even_is_what_fractions_do(numerator: int, denominator: int) -> None:
    """`round` of a `Fraction` is half-even too, by code that is not ours."""
    assert divide_half_even(numerator, denominator) == round(Fraction(numerator, denominator))


@pytest.mark.parametrize("divide", [floor_divide, ceil_divide, divide_half_even])
@pytest.mark.parametrize(
    "arguments", [(1.0, 2), (1, 2.0), (True, 2), (1, True), (1, 0), (1, -2), ("1", 2), (None, 2)]
)
def test_divisions_refuse_what_is_no_whole_number(divide: object, arguments: object) -> None:
    """A float, a truth value, text, and a denominator that is not positive."""
    with pytest.raises(DomainError, match=r"numerator must be|denominator must be"):
        divide(*arguments)  # type: ignore[operator, misc]


@pytest.mark.parametrize(
    ("cents", "expected"),
    [(0, 0), (4_999, 0), (5_000, 5_000), (9_999, 5_000), (-1, -5_000), (-5_000, -5_000)],
)
def test_floor_to_step(cents: int, expected: int) -> None:
    """Fifty dollars is the step of a limit."""
    assert floor_to_step(cents, step_cents=5_000) == expected


@pytest.mark.parametrize("step", [0, -5, 2.5, True])
def test_floor_to_step_refuses_a_bad_step(step: int) -> None:
    """A step is a positive whole number of cents."""
    with pytest.raises(DomainError, match="denominator"):
        floor_to_step(100, step_cents=step)


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("0", 0),
        ("-0", 0),
        ("162.87", 16_287),
        ("+5000.0", 500_000),
        ("1.", 100),
        ("12.3400", 1_234),
        ("-12.34", -1_234),
        ("00012.30", 1_230),
        ("1e3", 100_000),
        ("1.5E+2", 15_000),
        ("1234e-2", 1_234),
        ("9999999999999.99", 999_999_999_999_999),
        ("10000000000000", TEXT_CENTS_MAX),
    ],
)
def test_cents_from_text(text: str, cents: int) -> None:
    """Exact decimal text, in any form that the files have."""
    assert cents_from_text(text) == cents


@pytest.mark.parametrize(
    ("text", "cents"),
    [("0.005", 0), ("0.015", 2), ("0.0251", 3), ("-0.005", 0), ("-0.015", -2), ("1e-15", 0)],
)
def test_parts_of_a_cent_are_refused_unless_allowed(text: str, cents: int) -> None:
    """Allowed, they are rounded half-even."""
    with pytest.raises(DomainError, match="amount has more than two decimals"):
        cents_from_text(text)
    assert cents_from_text(text, allow_sub_cent=True) == cents


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("", "is not a decimal number"),
        (".", "is not a decimal number"),
        (".5", "is not a decimal number"),
        ("NaN", "is not a decimal number"),
        ("-inf", "is not a decimal number"),
        ("1_000", "is not a decimal number"),
        ("1,000", "is not a decimal number"),
        (" 1", "is not a decimal number"),
        ("1\n", "is not a decimal number"),
        ("$5", "is not a decimal number"),
        ("0x10", "is not a decimal number"),
        ("\u0661\u0662", "is not a decimal number"),
        ("1e400", "is not a decimal number"),
        ("9" * 65, "is not a decimal number"),
        ("1e16", "has an exponent beyond 15"),
        ("1e-16", "has an exponent beyond 15"),
        ("9" * 64, "exceeds 10000000000000"),
        ("-10000000000000.01", "exceeds 10000000000000"),
    ],
)
def test_cents_from_text_refuses(text: str, cause: str) -> None:
    """The message says what is wrong and does not repeat the value."""
    with pytest.raises(DomainError) as refusal:
        cents_from_text(text, allow_sub_cent=True)
    assert str(refusal.value).startswith(f"amount {cause}")
    assert len(text) < 4 or text not in str(refusal.value)


@pytest.mark.parametrize("given_value", [1.5, 7, True, None, Decimal("1.50"), b"1.50"])
def test_cents_from_text_reads_text_only(given_value: str) -> None:
    """A float has lost its cents before it arrives; so text alone."""
    with pytest.raises(DomainError, match="must be decimal text"):
        cents_from_text(given_value)


@given(st.integers(min_value=-TEXT_CENTS_MAX, max_value=TEXT_CENTS_MAX))
def test_cents_survive_the_round_trip(cents: int) -> None:
    """What `Decimal` writes of cents reads back as the same cents."""
    assert cents_from_text(f"{Decimal(cents).scaleb(-2):f}") == cents


def test_the_name_is_in_the_message() -> None:
    """Whoever reads another quantity says which."""
    with pytest.raises(DomainError, match=r"^utilisation has more than two decimals$"):
        hundredths_from_text("0.001", name="utilisation", allow_finer=False)


@pytest.mark.parametrize("value", [True, 1.0, "1", None, 0, 121, Decimal(5)])
def test_whole_number_refuses(value: object) -> None:
    """Neither other types nor other ranges; the message names the domain."""
    with pytest.raises(DomainError, match=r"^term must be a whole number from 1 to 120$"):
        whole_number(value, name="term", minimum=1, maximum=120)
