"""Holds over a socket, real Postgres behind: the whole way, every bad input, whose they are."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from tests.surfaces.http.live import live
from tests.surfaces.http.shop import MERCHANT, merchant_key, shop_for_somebody, sql
from wherewithal.service.hold_refusals import REFUSALS

#: Another merchant of the sample.
OTHER = "oakmere-furnishings"


@pytest.fixture
def shop(live_api):
    return shop_for_somebody(live_api)


def told(answer) -> tuple[int, str, list[tuple[str, str]]]:
    body = answer.json()
    errors = [(one["path"], one["code"]) for one in body.get("errors", ())]
    return answer.status_code, body["type"].removeprefix("urn:wherewithal:problem:"), errors


def refused(code: str) -> tuple[int, str, list[tuple[str, str]]]:
    """Return what is told where a hold is refused for one cause."""
    kind = (404, "not-found") if code == "unknown_hold" else (422, "hold-refused")
    return (*kind, [(REFUSALS[code][0], code)])


def test_power_falls_at_once_and_comes_back(shop):
    before = shop.power()["power_total_cents"]
    placed = shop.place(reference="walk")
    again = shop.place(reference="walk", currency="USD", commitment_id=None)
    hold = placed.json()
    during = shop.power()
    captured = shop.capture(hold["hold_id"], amount_cents=4_000, is_last=False).json()
    after_capture = shop.power()
    voided = shop.void(hold["hold_id"])
    after = shop.power()
    assert (placed.status_code, again.status_code) == (201, 200)
    assert again.content == placed.content
    assert hold["plan"]["amount_financed_cents"] == 7_500
    assert during["used"] == {"drawn_cents": 0, "held_cents": 7_500}
    assert during["power_total_cents"] == before - 7_500
    assert captured["principal_cents"] == 3_000
    assert after_capture["used"] == {"drawn_cents": 3_000, "held_cents": 4_500}
    assert (voided.json()["status"], voided.json()["captured_cents"]) == ("voided", 4_000)
    assert after["power_total_cents"] == before - 3_000
    assert shop.read(hold["hold_id"]).json() == voided.json()


def test_a_person_reads_their_own_holds_newest_first(shop):
    first, second = shop.held(), shop.held(basket_cents=5_000)
    shop.void(first)
    path = f"/v1/consumers/{shop.consumer_id}/"
    token = shop.api.ask("POST", f"{path}tokens", json={}).json()["access_token"]
    mine = shop.api.ask("GET", f"{path}holds", key=token).json()
    assert [(one["hold_id"], one["status"]) for one in mine["holds"]] == [
        (second, "held"),
        (first, "voided"),
    ]
    assert mine["holds"][0]["plan"]["basket_cents"] == 5_000
    assert shop.api.ask("GET", f"/v1/holds/{first}", key=token).status_code == 403
    assert shop.api.ask("GET", f"/v1/consumers/{uuid4()}/holds").status_code == 404


@pytest.mark.parametrize(
    ("given", "path", "code"),
    [
        ({"basket_cents": 0}, "$.basket_cents", "out_of_range"),
        ({"basket_cents": -10_000}, "$.basket_cents", "out_of_range"),
        ({"basket_cents": 100.0}, "$.basket_cents", "not_an_integer"),
        ({"currency": "EUR"}, "$.currency", "unknown_currency"),
        ({"plan": "pay_in_5"}, "$.plan", "unknown_plan"),
        ({"product": "pay_in_5"}, "$.product", "unknown_product"),
        ({"reference": ""}, "$.reference", "empty_text"),
        ({"reference": "x" * 101}, "$.reference", "text_too_long"),
        ({"rail": "card"}, "$.(unknown field)", "unknown_field"),
    ],
)
def test_what_is_no_request_has_its_code_and_changes_nothing(shop, given, path, code):
    assert told(shop.place(**given)) == (422, "invalid-request", [(path, code)])
    assert shop.account() == (0, 0, 0)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"basket_cents": 199_000}, "over_power"),
        ({"basket_cents": 900}, "below_least"),
        ({"plan": "60m"}, "plan_not_offered"),
        ({"merchant_id": "nowhere"}, "unknown_merchant"),
        ({"consumer_id": str(uuid4())}, "unknown_consumer"),
        ({"prequalification_id": str(uuid4())}, "unknown_prequalification"),
    ],
)
def test_what_cannot_be_held_has_its_code_and_changes_nothing(shop, given, code):
    assert told(shop.place(**given)) == refused(code)
    assert shop.account() == (0, 0, 0)


def test_another_persons_prequalification_is_none(shop):
    """The one that is sent is there, and is the other's of whom this person is a copy."""
    mine = (
        "update prequalification set prequalification_id = gen_random_uuid() where consumer_id = %s"
    )
    sql(shop.api, f"{mine} returning 1", shop.consumer_id)
    assert told(shop.place()) == refused("unknown_prequalification")
    assert shop.account() == (0, 0, 0)


@pytest.mark.parametrize(("microseconds", "code"), [(1, "prequalification_expired"), (-60e6, None)])
def test_a_prequalification_ends_to_the_microsecond(shop, microseconds, code):
    sql(
        shop.api,
        "update power set expires_at = clock_timestamp() - %s * interval '1 microsecond'"
        " where consumer_id = %s returning 1",
        *(microseconds, shop.consumer_id),
    )
    placed = shop.place()
    assert (placed.status_code == 201) if code is None else (told(placed) == refused(code))
    assert shop.account()[0] == (7_500 if code is None else 0)


def test_what_has_ended_has_ended_and_says_how(shop):
    captured, voided, expired, held = [shop.held() for _ in range(4)]
    shop.capture(captured, reference="once")
    shop.void(voided)
    shop.expire(expired)
    before = shop.account()
    found = [
        told(shop.capture(captured)),
        told(shop.void(captured)),
        told(shop.capture(captured, reference="once", amount_cents=9_999)),
        told(shop.capture(voided)),
        told(shop.capture(expired)),
        told(shop.void(expired)),
        told(shop.capture(held, amount_cents=10_001)),
        told(shop.capture(held, amount_cents=99)),
    ]
    assert found == [
        refused("hold_captured"),
        refused("hold_captured"),
        refused("reference_reused"),
        refused("hold_voided"),
        refused("hold_expired"),
        refused("hold_expired"),
        refused("above_hold"),
        refused("too_small"),
    ]
    # What had expired was given back by the first who came by; nothing else moved.
    assert before == (15_000, 7_500, 7)
    assert shop.account() == (7_500, 7_500, 8)
    assert shop.capture(captured, reference="once").json()["amount_cents"] == 10_000
    assert told(shop.capture(held, amount_cents=0))[2] == [("$.amount_cents", "out_of_range")]


def test_all_mistakes_of_path_and_body_are_told_at_once(shop):
    assert told(shop.capture("no-id", amount_cents=0, is_last=1)) == (
        422,
        "invalid-request",
        [
            ("$path.hold_id", "not_an_id"),
            ("$.amount_cents", "out_of_range"),
            ("$.is_last", "not_a_boolean"),
        ],
    )


def test_a_reference_stands_for_one_request_for_ever(shop):
    first = shop.place(reference="once")
    assert told(shop.place(reference="once", basket_cents=10_001)) == refused("reference_reused")
    twin = shop_for_somebody(shop.api)
    assert told(twin.place(reference=first.json()["reference"])) == refused("reference_reused")
    shop.void(first.json()["hold_id"])
    again = shop.place(reference="once")
    assert (again.status_code, again.content) == (200, first.content)


def test_a_merchants_key_sees_its_own_and_nothing_of_others(shop):
    mine = replace(shop, key=merchant_key(shop.api, MERCHANT))
    other = replace(shop, key=merchant_key(shop.api, OTHER))
    hold_id = mine.held()
    absent = str(uuid4())
    for what in (other.read, other.void, other.capture):
        refusal, nothing = what(hold_id), what(absent)
        assert told(refusal) == told(nothing) == refused("unknown_hold")
        assert refusal.json() | {"instance": ""} == nothing.json() | {"instance": ""}
    for given in ({}, {"reference": "walk"}, {"consumer_id": absent}):
        refusal, nothing = other.place(**given), other.place(merchant_id="nowhere", **given)
        assert told(refusal) == told(nothing) == refused("unknown_merchant")
    assert mine.read(hold_id).json()["status"] == "held"
    assert mine.capture(hold_id).status_code == 200


def test_a_merchants_key_reads_no_person(shop):
    key = merchant_key(shop.api, MERCHANT, "holds", "read", "explain")
    person = f"/v1/consumers/{shop.consumer_id}"
    for path in ("/holds", "/spending-power", "/spending-power/merchants", "/consents"):
        assert shop.api.ask("GET", f"{person}{path}", key=key).status_code == 403


def test_a_card_clears_above_and_after_and_grants_nothing(shop):
    card = {"product": "one_time_card", "plan": "3m", "basket_cents": 20_000}
    before = shop.power()["power_total_cents"]
    above, late = shop.held(**card), shop.held(**card)
    shop.expire(late)
    captures = [
        shop.capture(above, amount_cents=21_000).json(),
        shop.capture(late, amount_cents=20_000).json(),
    ]
    assert [(one["principal_cents"], one["is_over_limit"]) for one in captures] == [
        (21_000, True),
        (20_000, True),
    ]
    assert told(shop.capture(late)) == refused("hold_expired")
    assert shop.account()[:2] == (0, 41_000)
    assert shop.power()["power_total_cents"] <= before - 41_000


@pytest.mark.parametrize(
    ("card", "days"),
    [
        ({"product": "pay_in_4", "plan": "pay_in_4"}, 1),
        ({"product": "one_time_card", "plan": "3m", "basket_cents": 20_000}, 1),
        ({"product": "card", "plan": "3m", "basket_cents": 20_000}, 7),
    ],
)
def test_the_rest_of_a_hold_is_held_for_a_week(shop, card, days):
    placed = shop.place(**card).json()
    shop.capture(placed["hold_id"], amount_cents=1_000, is_last=False)
    rest = shop.read(placed["hold_id"]).json()
    placed_at = datetime.fromisoformat(placed["placed_at"])
    assert datetime.fromisoformat(placed["expires_at"]) == placed_at + timedelta(days=days)
    assert datetime.fromisoformat(rest["expires_at"]) == placed_at + timedelta(days=7)
    assert (rest["status"], rest["open_cents"]) == ("held", placed["basket_cents"] - 1_000)


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_process_whose_clock_is_wrong_holds_by_the_databases(shop, tmp_path, hours):
    with live(shop.api.dsn, tmp_path, clock_off=timedelta(hours=hours)) as lying:
        there = replace(shop, api=lying)
        placed = there.place().json()
        off = datetime.fromisoformat(placed["placed_at"]) - datetime.now(UTC)
        expired = there.held()
        there.expire(expired)
        found = told(there.capture(expired)), there.capture(placed["hold_id"]).status_code
    assert abs(off) < timedelta(minutes=1)
    assert found == (refused("hold_expired"), 200)


def test_outcomes_are_counted_and_nobody_is_named(shop):
    hold_id = shop.held()
    shop.void(hold_id)
    shop.place(basket_cents=900)
    measured = shop.api.ask("GET", "/metrics").text
    for what, outcome in (("place", "placed"), ("void", "voided"), ("place", "below_least")):
        assert f'wherewithal_holds_total{{outcome="{outcome}",what="{what}"}}' in measured
    assert shop.consumer_id not in measured
    assert shop.consumer_id.encode() not in shop.api.logged.getvalue()
