"""Loans over a socket, real Postgres behind: paid, refunded, written off, and by whom."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from tests.surfaces.http.shop import MERCHANT, Shop, merchant_key, shop_for_somebody
from tests.surfaces.http.test_live_holds import OTHER, told


@pytest.fixture
def shop(live_api):
    return shop_for_somebody(live_api)


@pytest.fixture
def loan(shop):
    """Return a loan of $75 for a basket of $100."""
    return shop.capture(shop.held()).json()["loan_id"]


def do(shop: Shop, loan_id: str, what: str, *, key: str = "", **body: object):
    path = f"/v1/loans/{loan_id}/{what}"
    return shop.api.ask("POST", path, key=key, json=body or None)


def loans_of(shop: Shop, key: str = ""):
    return shop.api.ask("GET", f"/v1/consumers/{shop.consumer_id}/loans", key=key)


def test_a_payment_is_recorded_once_and_read_by_the_person(shop, loan):
    asked: dict[str, Any] = {"reference": "p-1", "amount_cents": 2_500}
    first, again = [do(shop, loan, "payments", **asked) for _ in range(2)]
    path = f"/v1/consumers/{shop.consumer_id}/tokens"
    token = shop.api.ask("POST", path, json={}).json()["access_token"]
    [mine] = loans_of(shop, token).json()["loans"]
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert (mine["outstanding_cents"], mine["payoff_cents"], mine["days_late"]) == (5_000, 5_000, 0)
    assert [one["paid_cents"] for one in mine["instalments"]] == [2_500, 0, 0]
    assert shop.power()["used"] == {"drawn_cents": 5_000, "held_cents": 0}
    assert loans_of(shop, merchant_key(shop.api, MERCHANT)).status_code == 403


def test_a_merchant_refunds_its_own_loans_and_does_nothing_else(shop, loan):
    mine, other = (merchant_key(shop.api, one) for one in (MERCHANT, OTHER))
    asked: dict[str, Any] = {"reference": "r-1", "amount_cents": 4_000}
    refund = do(shop, loan, "refunds", key=mine, **asked)
    stranger = do(shop, loan, "refunds", key=other, **asked)
    absent = do(shop, str(uuid4()), "refunds", key=other, **asked)
    assert refund.status_code == 201
    assert set(refund.json()) == {"loan_id", "reference", "amount_cents", "recorded_at"}
    assert told(stranger) == told(absent) == (404, "not-found", [("$.loan_id", "unknown_loan")])
    assert do(shop, loan, "payments", key=mine, **asked).status_code == 403
    assert do(shop, loan, "charge-off", key=mine).status_code == 403
    lender = do(shop, loan, "refunds", **asked).json()
    assert (lender["principal_cents"], lender["to_consumer_cents"]) == (4_000, 0)


def test_what_cannot_be_recorded_says_why(shop, loan):
    above = do(shop, loan, "payments", reference="p-1", amount_cents=7_501)
    day = do(shop, loan, "payments", reference="p-1", amount_cents=1, paid_on="2026-02-30")
    refund = do(shop, loan, "refunds", reference="r-1", amount_cents=10_001)
    nothing = do(shop, loan, "refunds", amount_cents=0)
    assert told(above) == (422, "loan-refused", [("$.amount_cents", "above_owed")])
    assert told(day) == (422, "invalid-request", [("$.paid_on", "not_a_date")])
    assert told(refund) == (422, "loan-refused", [("$.amount_cents", "above_basket")])
    assert told(nothing)[2] == [
        ("$.reference", "missing_field"),
        ("$.amount_cents", "out_of_range"),
    ]
    assert shop.account()[:2] == (0, 7_500)


def test_a_loan_that_is_written_off_ends_new_spending(shop, loan):
    first, again = [do(shop, loan, "charge-off") for _ in range(2)]
    power = shop.power()
    assert first.json() == again.json()
    assert first.json()["principal_cents"] == 7_500
    assert power["power_total_cents"] == 0
    assert {one["reason"]["code"] for one in power["products"]} == {"R16"}
    assert shop.place().json()["errors"][0]["code"] == "not_available"
