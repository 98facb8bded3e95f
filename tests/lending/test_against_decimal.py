"""The lending arithmetic beside second implementations in `Decimal`, on seeded random loans."""

from __future__ import annotations

import random
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal, localcontext
from typing import Any

import pytest

from wherewithal.lending import (
    largest_principal_cents,
    level_payment_cents,
    monthly_schedule,
    payment_amounts_cents,
)

LOANS = 100_000
#: Nothing of ours comes this near a whole cent without being one; 80-digit noise lies far below.
NOISE = Decimal("1e-40")

Loan = tuple[int, int, int]


def random_loans(*, seed: int, count: int) -> list[Loan]:
    """Return (principal, note rate, term): half of them any, half as lenders make them."""
    chance = random.Random(seed)
    anything = [
        (chance.randint(1, 10**10), chance.randint(0, 10_000), chance.randint(1, 120))
        for _ in range(count // 2)
    ]
    usual = [
        (
            chance.randint(150, 20_000) * 100,
            chance.choice([0, 999, 1_199, 1_499, 1_899, 2_199, 2_999, 3_599]),
            chance.choice([3, 6, 12, 18, 24, 36, 48, 60]),
        )
        for _ in range(count - count // 2)
    ]
    return anything + usual


def decimal_factor(note_rate_bps: int, term_months: int) -> Decimal:
    """Return the textbook factor to the digits of the context."""
    if note_rate_bps == 0:
        return Decimal(1) / term_months
    rate = Decimal(note_rate_bps) / 120_000
    growth = (1 + rate) ** term_months
    return rate * growth / (growth - 1)


def decimal_schedule(loan: Loan) -> tuple[list[int], list[int]]:
    """Return the amounts and the interest parts of a loan, month by month."""
    principal, note_rate_bps, term_months = loan
    level = int(
        (principal * decimal_factor(note_rate_bps, term_months) - NOISE).to_integral_value(
            ROUND_CEILING
        )
    )
    rate = Decimal(note_rate_bps) / 120_000
    balance, accrued, charged, owing = Decimal(principal), Decimal(0), 0, principal
    amounts: list[int] = []
    interests: list[int] = []
    while owing > 0:
        accrued += balance * rate
        balance += balance * rate - level
        # A tie that the digits of a third have blurred becomes a tie again.
        interest = int(accrued.quantize(NOISE).quantize(Decimal(1), ROUND_HALF_EVEN)) - charged
        amount = min(level, owing + interest)
        charged += interest
        owing -= amount - interest
        amounts.append(amount)
        interests.append(interest)
    return amounts, interests


def test_level_payments_and_inverse_have_no_difference() -> None:
    """On 100,000 loans: the ceiling of the exact product, and the floor of the exact quotient."""
    differences: list[Loan] = []
    with localcontext(Context(prec=80)):
        for loan in random_loans(seed=20_251, count=LOANS):
            principal, note_rate_bps, term_months = loan
            terms = {"note_rate_bps": note_rate_bps, "term_months": term_months}
            factor = decimal_factor(note_rate_bps, term_months)
            payment = int((principal * factor - NOISE).to_integral_value(ROUND_CEILING))
            largest = int((payment / factor + NOISE).to_integral_value(ROUND_FLOOR))
            ours = (
                level_payment_cents(principal_cents=principal, **terms),
                largest_principal_cents(payment_cents=payment, **terms),
            )
            if ours != (payment, largest):
                differences.append(loan)
    assert differences == []


@pytest.mark.parametrize("seed", [1, 2])
def test_schedules_have_no_difference(seed: int) -> None:
    """Number of payments, amounts and interest parts, for loans of any size."""
    differences: list[Loan] = []
    with localcontext(Context(prec=120)):
        for loan in random_loans(seed=seed, count=2_000):
            amounts, interests = decimal_schedule(loan)
            terms: dict[str, Any] = dict(
                zip(("principal_cents", "note_rate_bps", "term_months"), loan, strict=True)
            )
            ours = monthly_schedule(start_on=date(2025, 1, 31), **terms).payments
            if [payment.interest_cents for payment in ours] != interests:
                differences.append(loan)
            if (
                not amounts
                == list(payment_amounts_cents(**terms))
                == [p.amount_cents for p in ours]
            ):
                differences.append(loan)
    assert differences == []
