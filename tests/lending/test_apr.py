"""The APR of regular schedules, beside known examples and a solver of another kind."""

from __future__ import annotations

import random
from datetime import date
from decimal import Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wherewithal.lending import (
    apr_bps,
    is_apr_within_cap,
    monthly_schedule,
    note_rate_within_cap,
    payment_amounts_cents,
    regular_apr_pct,
    schedule_apr_pct,
)
from wherewithal.lending.apr import bps_of_percent
from wherewithal.vocabulary.errors import DomainError

PRINCIPALS = st.one_of(
    st.integers(min_value=1, max_value=500), st.integers(min_value=1, max_value=10**9)
)
RATES = st.integers(min_value=0, max_value=10_000)
TERMS = st.integers(min_value=1, max_value=120)


def bisected_apr_pct(amount_financed_cents: int, payments_cents: list[int]) -> float:
    """Return the APR in percent by bisection in floats, from the general equation (b)(8)."""
    low, high = 0.0, 2.0
    for _ in range(60):
        middle = (low + high) / 2
        # Horner's scheme from the last payment back to the advance.
        worth = 0.0
        for amount in reversed(payments_cents):
            worth = (worth + amount) / (1 + middle)
        low, high = (middle, high) if worth > amount_financed_cents else (low, middle)
    return low * 1_200


@pytest.mark.parametrize(
    ("amount_financed_cents", "payments_cents", "apr_pct"),
    [
        # 12 CFR 1026 appendix J (c)(1)(i): $5,000, 24 monthly payments of $230.
        (500_000, [23_000] * 24, "9.69"),
        # The same with a last payment of $280: regular still, 10.5005%.
        (500_000, [23_000] * 23 + [28_000], "10.5005"),
        # Textbook: $10,000, 36 payments of $322.67 is 10%; $1,000, twelve of $88.85 is 12%.
        (1_000_000, [32_267] * 36, "10.00"),
        (100_000, [8_885] * 12, "12.00"),
        # One payment after a month: the charge is a month's rate.
        (10_000, [10_100], "12"),
        (10_000, [10_001], "0.12"),
        # Two: 10000 = 5100/(1+i) + 5202/(1+i)^2 at i = 2%.
        (10_000, [5_100, 5_202], "24"),
        (10_000, [2_500, 2_500, 2_500, 2_500], "0"),
        (1, [2], "1200"),
        (1, [10**12], "1199999999998800"),
    ],
)
def test_known_aprs(amount_financed_cents: int, payments_cents: list[int], apr_pct: str) -> None:
    """To the digits that each source states."""
    percent = regular_apr_pct(
        amount_financed_cents=amount_financed_cents, payments_cents=payments_cents
    )
    expected = Decimal(apr_pct)
    with localcontext(prec=40):
        assert percent.quantize(expected) == expected


def test_the_apr_agrees_with_bisection() -> None:
    """On 3,000 loans as lenders make them, within a millionth of a percent."""
    chance = random.Random(12)
    worst = 0.0
    for _ in range(3_000):
        principal = chance.randint(3_500, 2_000_000)
        amounts = payment_amounts_cents(
            principal_cents=principal,
            note_rate_bps=chance.randint(0, 3_600),
            term_months=chance.choice([1, 3, 6, 12, 18, 24, 36, 48, 60]),
        )
        percent = regular_apr_pct(amount_financed_cents=principal, payments_cents=amounts)
        worst = max(worst, abs(float(percent) - bisected_apr_pct(principal, list(amounts))))
    assert worst < 1e-6


@given(PRINCIPALS, RATES, TERMS)
def test_discounting_at_the_apr_gives_the_amount_financed(p: int, rate: int, term: int) -> None:
    """The defining equation, in 50 digits, for loans of any size."""
    amounts = payment_amounts_cents(principal_cents=p, note_rate_bps=rate, term_months=term)
    percent = regular_apr_pct(amount_financed_cents=p, payments_cents=amounts)
    with localcontext(prec=50):
        growth = 1 + percent / 1_200
        worth = Decimal(0)
        for month, amount in enumerate(amounts, start=1):
            worth += amount / growth**month
        # Half of the last decimal of the APR, times what the worth loses per unit of it.
        assert abs(worth - p) <= Decimal("1e-12") * (sum(amounts) + 1) * term / 1_200
    assert (percent == 0) == (sum(amounts) == p)


def test_a_lower_note_rate_may_have_a_higher_apr() -> None:
    """$37.54 over a year: at 13.40% a payment is a cent more, and the charge thereby a cent less."""
    low, high = (
        payment_amounts_cents(principal_cents=3_754, note_rate_bps=rate, term_months=12)
        for rate in (1_339, 1_340)
    )
    assert low == (336,) * 12
    assert high == (337,) * 11 + (324,)
    assert apr_bps(amount_financed_cents=3_754, payments_cents=low) == 1_340
    assert apr_bps(amount_financed_cents=3_754, payments_cents=high) == 1_339


def test_no_finance_charge_is_exactly_zero() -> None:
    """Zero, not a small number."""
    plan = monthly_schedule(
        principal_cents=100_001, note_rate_bps=0, term_months=7, start_on=date(2025, 1, 31)
    )
    assert schedule_apr_pct(plan) == Decimal(0)
    assert schedule_apr_pct(plan).as_tuple() == Decimal(0).as_tuple()


def test_a_schedules_apr_is_that_of_its_payments() -> None:
    """$300 at 36% over six months: rounding up lifts the APR a little above."""
    plan = monthly_schedule(
        principal_cents=30_000, note_rate_bps=3_600, term_months=6, start_on=date(2025, 1, 31)
    )
    assert round(schedule_apr_pct(plan), 6) == Decimal("36.004902")


@pytest.mark.parametrize(
    ("percent", "rate_bps"),
    [("0", 0), ("9.684999", 968), ("9.685", 969), ("9.6850001", 969), ("35.995", 3_600)],
)
def test_bps_round_half_up(percent: str, rate_bps: int) -> None:
    """As disclosed; a tie goes up."""
    assert bps_of_percent(Decimal(percent)) == rate_bps


def test_apr_bps() -> None:
    """The appendix J example in basis points."""
    assert apr_bps(amount_financed_cents=500_000, payments_cents=[23_000] * 24) == 969


def test_the_callers_decimal_context_does_not_matter() -> None:
    """A caller with three digits gets the same APR."""
    expected = regular_apr_pct(amount_financed_cents=500_000, payments_cents=[23_000] * 24)
    with localcontext(prec=3):
        answer = regular_apr_pct(amount_financed_cents=500_000, payments_cents=[23_000] * 24)
        assert apr_bps(amount_financed_cents=500_000, payments_cents=[23_000] * 24) == 969
    assert answer == expected


@given(PRINCIPALS, RATES, TERMS, st.integers(min_value=-3, max_value=3))
def test_a_cap_is_compared_as_the_apr_is(p: int, rate: int, term: int, near: int) -> None:
    """Exactly, also within a few basis points of the APR."""
    amounts = payment_amounts_cents(principal_cents=p, note_rate_bps=rate, term_months=term)
    percent = regular_apr_pct(amount_financed_cents=p, payments_cents=amounts)
    cap_bps = min(max(bps_of_percent(percent) + near, 0), 1_000_000)
    within = is_apr_within_cap(amount_financed_cents=p, payments_cents=amounts, apr_cap_bps=cap_bps)
    assert within == (percent <= Decimal(cap_bps) / 100)


@given(PRINCIPALS, st.integers(min_value=0, max_value=4_000), TERMS, RATES)
def test_the_note_rate_is_the_first_that_fits(p: int, rate: int, term: int, cap_bps: int) -> None:
    """The APR at it is within the cap, at every rate above it is not."""

    def fits(note_rate_bps: int) -> bool:
        amounts = payment_amounts_cents(
            principal_cents=p, note_rate_bps=note_rate_bps, term_months=term
        )
        percent = regular_apr_pct(amount_financed_cents=p, payments_cents=amounts)
        return percent <= Decimal(cap_bps) / 100

    answer = note_rate_within_cap(
        principal_cents=p, note_rate_bps=rate, term_months=term, apr_cap_bps=cap_bps
    )
    assert fits(answer)
    top = min(rate, cap_bps)
    assert not any(fits(skipped) for skipped in range(answer + 1, min(top, answer + 20) + 1))


@pytest.mark.parametrize(
    ("principal_cents", "note_rate_bps", "term_months", "apr_cap_bps", "expected"),
    [
        # The APR at 36% would be 36.0049%.
        (30_000, 3_600, 6, 3_600, 3_599),
        # At 36% it is 35.9998%: within.
        (30_000, 3_600, 12, 3_600, 3_600),
        # A note rate well under the cap stays.
        (30_000, 999, 12, 3_600, 999),
        (30_000, 2_999, 12, 0, 0),
        (30_000, 0, 12, 3_600, 0),
        (30_000, 2_999, 12, 1_600, 1_600),
    ],
)
def test_note_rates_within_caps(
    principal_cents: int, note_rate_bps: int, term_months: int, apr_cap_bps: int, expected: int
) -> None:
    """Known cases; at a cap of zero a loan without a charge is left."""
    answer = note_rate_within_cap(
        principal_cents=principal_cents,
        note_rate_bps=note_rate_bps,
        term_months=term_months,
        apr_cap_bps=apr_cap_bps,
    )
    assert answer == expected


@pytest.mark.parametrize(
    ("amount_financed_cents", "payments_cents", "message"),
    [
        (0, [1], "amount_financed_cents must be"),
        (100.0, [100], "amount_financed_cents must be"),
        (100, [], r"len\(payments_cents\) must be"),
        (100, [1] * 1_201, r"len\(payments_cents\) must be"),
        (100, [100, 0], "payments_cents must be a whole number"),
        (100, [100.0, 5], "payments_cents must be a whole number"),
        (100, [50, 51, 50], "payments_cents must all be equal but the last"),
        (100, [33, 33, 33], "payments_cents must sum to"),
    ],
)
def test_what_is_not_a_regular_schedule(
    amount_financed_cents: int, payments_cents: list[int], message: str
) -> None:
    """Both doors to the APR refuse it alike."""
    given_values = {
        "amount_financed_cents": amount_financed_cents,
        "payments_cents": payments_cents,
    }
    with pytest.raises(DomainError, match=rf"^{message}"):
        regular_apr_pct(**given_values)  # type: ignore[arg-type]
    with pytest.raises(DomainError, match=rf"^{message}"):
        is_apr_within_cap(apr_cap_bps=3_600, **given_values)  # type: ignore[arg-type]


@pytest.mark.parametrize("cap_bps", [-1, 1_000_001, 36.0, True])
def test_a_cap_that_is_no_use(cap_bps: int) -> None:
    """Whole basis points from zero up."""
    with pytest.raises(DomainError, match=r"^apr_cap_bps must be"):
        note_rate_within_cap(
            principal_cents=100, note_rate_bps=1, term_months=1, apr_cap_bps=cap_bps
        )
