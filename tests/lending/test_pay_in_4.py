"""Pay in four, to the cent."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wherewithal.lending import pay_in_4_financed_cents, pay_in_4_schedule
from wherewithal.vocabulary.errors import DomainError


@pytest.mark.parametrize(
    ("basket_cents", "amounts"),
    [
        (4, [1, 1, 1, 1]),
        (7, [4, 1, 1, 1]),
        (10_000, [2_500, 2_500, 2_500, 2_500]),
        (10_001, [2_501, 2_500, 2_500, 2_500]),
        (10_002, [2_502, 2_500, 2_500, 2_500]),
        (10_003, [2_503, 2_500, 2_500, 2_500]),
    ],
)
def test_the_first_payment_takes_the_remainder(basket_cents: int, amounts: list[int]) -> None:
    """The three that are lent are equal."""
    plan = pay_in_4_schedule(basket_cents=basket_cents, purchased_on=date(2025, 3, 1))
    assert [one.amount_cents for one in plan.payments] == amounts
    assert plan.principal_cents == plan.total_of_payments_cents == sum(amounts[1:])
    assert plan.finance_charge_cents == 0


def test_days_0_14_28_42_over_a_leap_day() -> None:
    """Two weeks apart, whatever the month."""
    plan = pay_in_4_schedule(basket_cents=20_000, purchased_on=date(2024, 2, 16))
    assert [one.due_on.isoformat() for one in plan.payments] == [
        "2024-02-16",
        "2024-03-01",
        "2024-03-15",
        "2024-03-29",
    ]


@given(st.integers(min_value=4, max_value=10**13))
def test_three_quarters_at_most_and_no_cent_lost(basket: int) -> None:
    """What is financed never exceeds 75%, by less than three cents it falls short."""
    plan = pay_in_4_schedule(basket_cents=basket, purchased_on=date(2025, 1, 1))
    assert sum(one.amount_cents for one in plan.payments) == basket
    assert all(one.principal_cents == one.amount_cents > 0 for one in plan.payments)
    assert plan.principal_cents == pay_in_4_financed_cents(basket)
    assert 3 * basket - 12 < 4 * plan.principal_cents <= 3 * basket


@given(st.integers(min_value=0, max_value=10**11))
def test_four_thirds_of_a_limit_is_a_basket_that_fits_it(limit_cents: int) -> None:
    """Power turns what may be financed into a basket so; the hold must fit."""
    assert pay_in_4_financed_cents(limit_cents * 4 // 3) <= limit_cents


@pytest.mark.parametrize("basket", [3, 0, -4, 10**13 + 1, 100.0, True, None])
def test_a_basket_that_is_no_use(basket: int) -> None:
    """Less than four cents would leave a payment of zero."""
    with pytest.raises(DomainError, match=r"^basket_cents must be a whole number from 4 to"):
        pay_in_4_schedule(basket_cents=basket, purchased_on=date(2025, 1, 1))


def test_nothing_is_financed_of_nothing() -> None:
    """Zero power is a basket of zero; a negative one is a mistake."""
    assert [pay_in_4_financed_cents(basket) for basket in (0, 3, 4)] == [0, 0, 3]
    with pytest.raises(DomainError, match=r"^basket_cents must be"):
        pay_in_4_financed_cents(-1)


@pytest.mark.parametrize(
    "purchased_on", [datetime(2025, 1, 1, tzinfo=UTC), "2025-01-01", date(9999, 11, 20)]
)
def test_a_purchase_day_that_is_no_use(purchased_on: date) -> None:
    """A date without a time, six weeks before the calendar ends."""
    with pytest.raises(DomainError, match=r"^purchased_on must"):
        pay_in_4_schedule(basket_cents=100, purchased_on=purchased_on)


def test_the_last_possible_purchase() -> None:
    """Forty-two days before the end of the calendar."""
    plan = pay_in_4_schedule(basket_cents=100, purchased_on=date(9999, 11, 19))
    assert plan.payments[-1].due_on == date(9999, 12, 31)
