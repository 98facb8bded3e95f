"""What a person owes and has promised, and what it leaves."""

from __future__ import annotations

import datetime
from typing import Any

import msgspec
import pytest

from wherewithal.qualify.exposure import (
    MERCHANT_BASE,
    NO_EXPOSURE,
    Due,
    Exposure,
    Position,
    closed_reason,
    peak_payments_cents,
    person_left,
    used_by_node,
)
from wherewithal.vocabulary.product import LimitNode
from wherewithal.vocabulary.program import PlanCode, ProductCode

ON = datetime.date(2026, 6, 1)
KNOWN: dict[str, Any] = {"first_booked_on": datetime.date(2025, 6, 1), "on_time_payments": 12}
STANDING: dict[str, Any] = {
    "pricing_tier": "C",
    "limit_total_cents": 600_000,
    "limit_instalment_cents": 600_000,
    "limit_short_term_cents": 100_000,
    "limit_card_cents": 150_000,
    "limit_one_time_card_cents": None,
    "capacity_cents": 32_000,
    "small_ticket_capacity_cents": 40_000,
    "state": "MI",
}


def day(number: int) -> datetime.date:
    return ON + datetime.timedelta(days=number)


def position(product: ProductCode, plan: PlanCode, cents: int, *payments: Due) -> Position:
    return Position(
        product=product,
        plan=plan,
        merchant_id="m-1",
        principal_cents=cents,
        is_hold=False,
        payments=payments,
    )


SHOES = position(
    ProductCode.PAY_IN_4,
    PlanCode.PAY_IN_4,
    30_000,
    Due(day(14), 10_000),
    Due(day(28), 10_000),
    Due(day(42), 10_000),
)
SOFA = position(
    ProductCode.CARD,
    PlanCode.M3,
    90_000,
    Due(day(30), 31_000),
    Due(day(61), 31_000),
    Due(day(91), 30_000),
)


@pytest.fixture(scope="module")
def catalogue(bundle):
    return bundle.catalogue


def left(exposure: Exposure, catalogue, **changes: object) -> dict[str, object]:
    return person_left(STANDING | changes, exposure, catalogue=catalogue, on=ON)


def test_a_purchase_falls_under_the_total_its_family_and_its_products_own_limit(catalogue):
    used = used_by_node(Exposure(positions=(SHOES, SOFA)), catalogue)
    assert used == {
        LimitNode.TOTAL: 120_000,
        LimitNode.SHORT_TERM: 30_000,
        LimitNode.INSTALMENT: 90_000,
        LimitNode.CARD: 90_000,
        LimitNode.ONE_TIME_CARD: 0,
    }


def test_what_is_used_lowers_its_own_limits_and_capacity(catalogue):
    exposure = Exposure(positions=(SHOES, SOFA), **KNOWN)
    assert left(exposure, catalogue) == STANDING | {
        "limit_total_cents": 480_000,
        "limit_instalment_cents": 510_000,
        "limit_short_term_cents": 70_000,
        "limit_card_cents": 60_000,
        # From the 14th day on: two quarters, or three, and one payment for the sofa.
        "capacity_cents": 0,
        "small_ticket_capacity_cents": 0,
        MERCHANT_BASE: 600_000,
    }


def test_a_newcomer_may_use_a_share_of_each_limit(catalogue):
    assert left(NO_EXPOSURE, catalogue) == STANDING | {
        "limit_total_cents": 360_000,
        "limit_instalment_cents": 360_000,
        "limit_short_term_cents": 60_000,
        "limit_card_cents": 90_000,
        MERCHANT_BASE: 360_000,
    }


def test_the_consumers_own_cap_bounds_the_total_alone(catalogue):
    found = left(Exposure(positions=(SHOES,), own_cap_cents=50_000, **KNOWN), catalogue)
    assert (found["limit_total_cents"], found["limit_instalment_cents"]) == (20_000, 600_000)
    assert found[MERCHANT_BASE] == 600_000


def test_a_limit_below_what_is_owed_leaves_nothing(catalogue):
    found = left(Exposure(positions=(SOFA,), **KNOWN), catalogue, limit_card_cents=50_000)
    assert found["limit_card_cents"] == 0


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"positions": (SHOES,) * 2}, None),
        ({"positions": (SHOES,) * 3}, "P_OPEN_PLANS"),
        ({"late_since": day(-5)}, None),
        ({"late_since": day(-6)}, "R16"),
        ({"has_charge_off": True}, "R16"),
    ],
)
def test_why_nothing_more_may_be_bought(catalogue, changes, reason):
    exposure = msgspec.structs.replace(Exposure(**KNOWN), **changes)
    assert closed_reason(exposure, catalogue=catalogue, pricing_tier="C", on=ON) == reason
    assert (left(exposure, catalogue)["limit_total_cents"] == 0) is (reason is not None)


@pytest.mark.parametrize(
    ("positions", "cents"),
    [
        ((), 0),
        ((SHOES,), 30_000),
        ((SOFA,), 31_000),
        ((SHOES, SOFA), 61_000),
        # Two weeks apart from each other, at most two quarters and the sofa's payment meet.
        ((SOFA, msgspec.structs.replace(SHOES, payments=SHOES.payments[:2])), 51_000),
    ],
)
def test_the_peak_of_payments_in_thirty_days(positions, cents):
    assert peak_payments_cents(positions, on=ON) == cents


def test_what_is_late_falls_due_now():
    late = position(ProductCode.PAY_IN_4, PlanCode.PAY_IN_4, 10_000, Due(day(-90), 10_000))
    soon = position(ProductCode.PAY_IN_4, PlanCode.PAY_IN_4, 10_000, Due(day(14), 10_000))
    assert peak_payments_cents([late, soon], on=ON) == 20_000


def test_what_is_unknown_stays_unknown(catalogue):
    nothing = dict.fromkeys(STANDING)
    assert person_left(nothing, NO_EXPOSURE, catalogue=catalogue, on=ON) == nothing | {
        MERCHANT_BASE: None
    }
