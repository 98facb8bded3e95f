"""Annuity factors, level payments and their inverse."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wherewithal.lending import (
    AnnuityFactor,
    annuity_factor,
    largest_principal_cents,
    level_payment_cents,
)
from wherewithal.lending.annuity import PAYMENT_CENTS_MAX, PRINCIPAL_CENTS_MAX
from wherewithal.vocabulary.errors import DomainError

RATES = st.integers(min_value=0, max_value=10_000)
TERMS = st.integers(min_value=1, max_value=120)


def exact_factor(note_rate_bps: int, term_months: int) -> Fraction:
    """Return the factor as a sum of discounts: one over the worth of a cent a month."""
    discount = 1 / (1 + Fraction(note_rate_bps, 120_000))
    return 1 / sum((discount**month for month in range(1, term_months + 1)), Fraction(0))


@pytest.mark.parametrize(
    ("note_rate_bps", "term_months", "numerator", "denominator"),
    [
        (0, 1, 1, 1),
        (0, 120, 1, 120),
        # One month at 12%: 1.01. Two: 1.01^2 / 2.01 = 10201 / 20100.
        (1_200, 1, 101, 100),
        (1_200, 2, 10_201, 20_100),
        # Twelve: 0.08884878867834170..., rounded up at the sixteenth decimal.
        (1_200, 12, 888_487_886_783_418, 10**16),
    ],
)
def test_factors(note_rate_bps: int, term_months: int, numerator: int, denominator: int) -> None:
    """Exact where the fraction is small, else 16 decimals up."""
    factor = annuity_factor(note_rate_bps=note_rate_bps, term_months=term_months)
    assert factor == AnnuityFactor(numerator=numerator, denominator=denominator)


@given(RATES, TERMS)
def test_a_factor_is_exact_or_sixteen_decimals_up(note_rate_bps: int, term_months: int) -> None:
    """Exact whenever both parts of the reduced fraction fit 63 bits, and only then."""
    factor = annuity_factor(note_rate_bps=note_rate_bps, term_months=term_months)
    exact = exact_factor(note_rate_bps, term_months)
    if max(exact.numerator, exact.denominator) < 2**63:
        assert (factor.numerator, factor.denominator) == exact.as_integer_ratio()
    else:
        assert factor.denominator == 10**16
        assert 0 < Fraction(factor.numerator, 10**16) - exact < Fraction(1, 10**16)
    assert factor.numerator < 2**63
    assert PRINCIPAL_CENTS_MAX * max(factor.numerator, factor.denominator) < 2**107


@pytest.mark.parametrize(
    ("principal_cents", "note_rate_bps", "term_months", "payment_cents"),
    [
        (30_000, 0, 3, 10_000),
        (10_000, 0, 3, 3_334),
        (0, 999, 12, 0),
        (1, 0, 120, 1),
        # Textbook: $100,000 at 6% over ten years is $1,110.21 a month (1110.2050...).
        (10_000_000, 600, 120, 111_021),
        # $1,000 at 12% over a year is $88.85 (88.8487...).
        (100_000, 1_200, 12, 8_885),
        # Loans that were really made over 36 months, in the public LendingClub file.
        (2_000_000, 1_122, 36, 65_686),
        (750_000, 1_059, 36, 24_409),
        (200_000, 775, 36, 6_245),
        (280_000, 743, 36, 8_701),
    ],
)
def test_level_payments(
    principal_cents: int, note_rate_bps: int, term_months: int, payment_cents: int
) -> None:
    """Known payments, rounded up."""
    payment = level_payment_cents(
        principal_cents=principal_cents, note_rate_bps=note_rate_bps, term_months=term_months
    )
    assert payment == payment_cents


@given(st.integers(min_value=0, max_value=PAYMENT_CENTS_MAX), RATES, TERMS)
def test_the_inverse_is_the_largest(payment: int, note_rate_bps: int, term_months: int) -> None:
    """One cent more of principal costs more than the payment."""
    terms = {"note_rate_bps": note_rate_bps, "term_months": term_months}
    largest = largest_principal_cents(payment_cents=payment, **terms)
    assert level_payment_cents(principal_cents=largest, **terms) <= payment
    assert level_payment_cents(principal_cents=largest + 1, **terms) > payment


@given(st.integers(min_value=0, max_value=10**10), RATES, TERMS)
def test_dearer_or_shorter_is_never_less(
    principal: int, note_rate_bps: int, term_months: int
) -> None:
    """A higher rate, a shorter term or a larger principal never lowers the payment."""

    def payment(more: int = 0, dearer: int = 0, longer: int = 0) -> int:
        return level_payment_cents(
            principal_cents=principal + more,
            note_rate_bps=min(note_rate_bps + dearer, 10_000),
            term_months=min(term_months + longer, 120),
        )

    assert payment(longer=1) <= payment() <= min(payment(dearer=1), payment(more=1))


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        ({"principal_cents": -1}, "principal_cents"),
        ({"principal_cents": PRINCIPAL_CENTS_MAX + 1}, "principal_cents"),
        ({"principal_cents": 100.0}, "principal_cents"),
        ({"principal_cents": True}, "principal_cents"),
        ({"note_rate_bps": -1}, "note_rate_bps"),
        ({"note_rate_bps": 10_001}, "note_rate_bps"),
        ({"note_rate_bps": 9.99}, "note_rate_bps"),
        ({"term_months": 0}, "term_months"),
        ({"term_months": 121}, "term_months"),
        ({"term_months": None}, "term_months"),
    ],
)
def test_level_payment_refuses(changed: dict[str, int], name: str) -> None:
    """The message names the argument and its domain."""
    arguments = {"principal_cents": 100, "note_rate_bps": 999, "term_months": 12} | changed
    with pytest.raises(DomainError, match=rf"^{name} must be a whole number from"):
        level_payment_cents(**arguments)


@pytest.mark.parametrize("payment", [-1, PAYMENT_CENTS_MAX + 1, 5.0, False])
def test_largest_principal_refuses(payment: int) -> None:
    """A payment is whole cents within its domain."""
    with pytest.raises(DomainError, match=r"^payment_cents must be"):
        largest_principal_cents(payment_cents=payment, note_rate_bps=0, term_months=3)


def test_a_cached_factor_lets_no_lookalike_in() -> None:
    """True equals 1 and hashes alike; the cache must not answer for it."""
    annuity_factor(note_rate_bps=1, term_months=1)
    with pytest.raises(DomainError, match="note_rate_bps"):
        annuity_factor(note_rate_bps=True, term_months=1)
    with pytest.raises(DomainError, match="term_months"):
        annuity_factor(note_rate_bps=1, term_months=1.0)  # type: ignore[arg-type]
