"""Commitments over a socket, real Postgres behind: promised, verified offline, bought, refused."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from tests.surfaces.http.shop import MERCHANT, Shop, merchant_key, shop_for_somebody, sql
from wherewithal.service.commitment_document import verify_document

SHARING = {"merchant_id": MERCHANT, "text_version": "v1", "text_sha256": "ab" * 32}


@pytest.fixture
def shop(live_api):
    return shop_for_somebody(live_api)


def ask(shop: Shop, method: str, rest: str, **given: Any) -> Any:
    return shop.api.ask(method, f"/v1/consumers/{shop.consumer_id}/{rest}", **given)


def commit(shop: Shop, **given: Any) -> Any:
    body = {"prequalification_id": shop.prequalification_id, "product": "pay_in_4"} | given
    return ask(shop, "POST", "commitments", json=body)


def block(shop: Shop) -> None:
    sql(
        shop.api,
        "update consumer set blocks_credit = '{fraud}' where consumer_id = %s returning 1",
        shop.consumer_id,
    )


def test_a_promise_is_signed_listed_and_kept_at_the_till(shop):
    first, again = commit(shop), commit(shop)
    made = first.json()
    jwks = shop.api.ask("GET", "/.well-known/jwks.json", key=None).json()
    placed = shop.place(commitment_id=made["commitment_id"], basket_cents=made["amount_cents"])
    (listed,) = ask(shop, "GET", "commitments").json()["commitments"]
    read = ask(shop, "GET", f"commitments/{made['commitment_id']}").json()
    rate = shop.api.ask("GET", f"/v1/honour-rate?merchant_id={MERCHANT}&weeks=1").json()
    assert (first.status_code, again.status_code) == (201, 200)
    assert verify_document(made["document"], made["signature"], jwks=jwks).is_valid
    assert placed.json()["commitment_id"] == made["commitment_id"]
    assert listed == made == again.json()
    assert [one["is_honoured"] for one in read["attempts"]] == [True]
    assert rate["honoured"] >= 1


def test_a_merchant_hears_a_class_and_an_amount_by_consent_alone(shop):
    made = commit(shop).json()["commitment_id"]
    key = merchant_key(shop.api, MERCHANT)
    merchant = Shop(
        api=shop.api,
        consumer_id=shop.consumer_id,
        prequalification_id=shop.prequalification_id,
        key=key,
    )
    consent = ask(shop, "POST", "sharing-consents", json=SHARING).json()
    block(shop)
    refused = merchant.place(commitment_id=made)
    attempt = ask(shop, "GET", f"commitments/{made}").json()["attempts"][0]
    revoked = ask(shop, "POST", f"sharing-consents/{consent['consent_id']}/revoke").json()
    (kept,) = ask(shop, "GET", "sharing-consents").json()["consents"]
    (told,) = refused.json()["errors"]
    assert refused.status_code == 422
    assert (told["code"], told["cause_class"]) == ("commitment_not_honoured", "identity")
    # Who is blocked has nothing that stands, and is not told why.
    assert "still_stands_cents" not in told
    assert attempt["wording"] == "We could not complete this request online."
    assert kept == revoked
    assert revoked["revoked_at"] is not None


@pytest.mark.parametrize(
    ("given", "status", "codes"),
    [
        ({"product": "loan"}, 422, ["unknown_product"]),
        ({"prequalification_id": str(uuid4())}, 422, ["unknown_prequalification"]),
        ({"prequalification_id": 3, "product": None, "x": 1}, 422, None),
    ],
)
def test_a_bad_request_is_told_and_nothing_is_promised(shop, given, status, codes):
    answer = commit(shop, **given)
    found = [one["code"] for one in answer.json()["errors"]]
    assert answer.status_code == status
    assert found == codes or (codes is None and len(found) == 3)
    assert ask(shop, "GET", "commitments").json()["commitments"] == []


def test_another_persons_commitment_is_not_there(shop, live_api):
    made = commit(shop).json()["commitment_id"]
    other = shop_for_somebody(live_api)
    assert ask(other, "GET", f"commitments/{made}").status_code == 404
    placed = other.place(commitment_id=made)
    assert [one["code"] for one in placed.json()["errors"]] == ["unknown_commitment"]
