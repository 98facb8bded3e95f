"""Annuity factors: what one cent lent costs a month; payments from principals and back.

The table of factors *is* the definition of a level payment, and every executor uses it: it is a
fraction of two 63-bit numbers, so that cents times either stays within 128 bits in a column.
"""

from __future__ import annotations

from functools import lru_cache
from math import gcd
from typing import Final

import msgspec

from wherewithal.vocabulary.money import Cents, ceil_divide, floor_divide, whole_number
from wherewithal.vocabulary.rate import BasisPoints

NOTE_RATE_BPS_MAX: Final = 10_000
TERM_MONTHS_MAX: Final = 120
#: A hundred billion dollars; with the factors below no product of a column leaves 107 bits.
PRINCIPAL_CENTS_MAX: Final = 10**13
#: So that the largest principal for a payment never leaves the domain of a principal.
PAYMENT_CENTS_MAX: Final = PRINCIPAL_CENTS_MAX // TERM_MONTHS_MAX

#: A yearly rate in basis points becomes a monthly fraction over this number.
_BPS_MONTHS: Final = 120_000
_EXACT_BELOW: Final = 2**63
_SCALE: Final = 10**16
# The whole domain has 1.2 million factors; a lender's grids have some hundreds.
_FACTORS_KEPT: Final = 65_536


class AnnuityFactor(msgspec.Struct, frozen=True, kw_only=True):
    """The level payment of one cent, as a fraction; both parts are positive and below 2**63."""

    numerator: int
    denominator: int


def monthly_rate(note_rate_bps: BasisPoints) -> tuple[int, int]:
    """Return the monthly rate of a yearly note rate as a fraction in lowest terms.

    Units:  numerator, denominator. Not checked: that the rate is within the domain.

    >>> monthly_rate(2_999), monthly_rate(0)
    ((2999, 120000), (0, 1))
    """
    common = gcd(note_rate_bps, _BPS_MONTHS)
    return note_rate_bps // common, _BPS_MONTHS // common


def annuity_factor(*, note_rate_bps: BasisPoints, term_months: int) -> AnnuityFactor:
    """Return the factor F = r(1+r)^n / ((1+r)^n - 1), r = note_rate_bps / 120000; 1/n at 0%.

    Kept exactly where the reduced fraction has both parts below 2**63 (0% at any term, and short
    terms), else rounded *up* to 16 decimals, so that payments never fall short.

    Units:  basis points a year, 0 to 10_000; months, 1 to 120.
    Errors: DomainError outside them.
    Source: DESIGN §4; docs/decisions/0003-rounding.md.

    >>> annuity_factor(note_rate_bps=0, term_months=3)
    AnnuityFactor(numerator=1, denominator=3)
    >>> annuity_factor(note_rate_bps=1_200, term_months=12)
    AnnuityFactor(numerator=888487886783418, denominator=10000000000000000)
    """
    # Checked outside the cache: True and 1.0 would hit the entry of 1.
    whole_number(note_rate_bps, name="note_rate_bps", minimum=0, maximum=NOTE_RATE_BPS_MAX)
    whole_number(term_months, name="term_months", minimum=1, maximum=TERM_MONTHS_MAX)
    return _factor(note_rate_bps, term_months)


def level_payment_cents(
    *, principal_cents: Cents, note_rate_bps: BasisPoints, term_months: int
) -> Cents:
    """Return the level monthly payment: principal times factor, rounded up to the cent.

    Units:  cents, 0 to PRINCIPAL_CENTS_MAX; basis points a year; months.
    Errors: DomainError outside these domains.
    Source: DESIGN §4; docs/decisions/0003-rounding.md.

    >>> level_payment_cents(principal_cents=30_000, note_rate_bps=0, term_months=3)
    10000
    >>> level_payment_cents(principal_cents=500_000, note_rate_bps=1_065, term_months=36)
    16287
    """
    whole_number(principal_cents, name="principal_cents", minimum=0, maximum=PRINCIPAL_CENTS_MAX)
    factor = annuity_factor(note_rate_bps=note_rate_bps, term_months=term_months)
    return ceil_divide(principal_cents * factor.numerator, factor.denominator)


def largest_principal_cents(
    *, payment_cents: Cents, note_rate_bps: BasisPoints, term_months: int
) -> Cents:
    """Return the largest principal whose level payment does not exceed `payment_cents`.

    Units:  cents, 0 to PAYMENT_CENTS_MAX; basis points a year; months.
    Errors: DomainError outside these domains.
    Source: DESIGN §4, `affordable(t)`. Exact: ceil(p·F) <= payment is p·F <= payment.

    >>> largest_principal_cents(payment_cents=10_000, note_rate_bps=0, term_months=3)
    30000
    >>> largest_principal_cents(payment_cents=16_287, note_rate_bps=1_065, term_months=36)
    500011
    """
    whole_number(payment_cents, name="payment_cents", minimum=0, maximum=PAYMENT_CENTS_MAX)
    factor = annuity_factor(note_rate_bps=note_rate_bps, term_months=term_months)
    return floor_divide(payment_cents * factor.denominator, factor.numerator)


@lru_cache(maxsize=_FACTORS_KEPT)
def _factor(note_rate_bps: int, term_months: int) -> AnnuityFactor:
    # With r = a/b in lowest terms and q = a + b, F = q^n / (b · (q^n - b^n) / a). The second part
    # is a whole number that shares no divisor with q^n, so the fraction is reduced as it stands.
    rise, base = monthly_rate(note_rate_bps)
    numerator = (base + rise) ** term_months
    terms = (numerator - base**term_months) // rise if rise else term_months
    denominator = base * terms
    if numerator < _EXACT_BELOW and denominator < _EXACT_BELOW:
        return AnnuityFactor(numerator=numerator, denominator=denominator)
    return AnnuityFactor(numerator=ceil_divide(numerator * _SCALE, denominator), denominator=_SCALE)
