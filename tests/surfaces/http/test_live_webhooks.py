"""Endpoints over the live API: managed by who listens, and nobody else's are seen."""

from __future__ import annotations

import asyncio

import pytest

from tests.surfaces.http.bodies import GOOD
from wherewithal.surfaces.cli.service import AskedKey
from wherewithal.wiring.service_keys import add_key

URL = "https://shop.example/events"


def ask(api, verb, path="", *, key="", **body):
    answer = api.ask(verb, f"/v1/webhook-endpoints{path}", key=key, json=body or None)
    return answer.status_code, answer.json()


def test_an_endpoint_is_made_changed_and_asked_for_more(live_api):
    status, made = ask(live_api, "POST", url=URL, types=["hold.placed"])
    one = made["endpoint"]
    assert (status, made["secret"][:6], one["status"], one["types"]) == (
        *(200, "whsec_", "enabled"),
        ["hold.placed"],
    )
    path = f"/{one['endpoint_id']}"
    assert ask(live_api, "POST", f"{path}/disable")[1]["disabled_why"] == "asked"
    assert ask(live_api, "POST", f"{path}/enable")[1]["status"] == "enabled"
    changed = ask(live_api, "POST", f"{path}/rotate-secret")[1]
    assert changed["secret"] != made["secret"]
    assert changed["endpoint"]["secret_before_until"] is not None
    assert ask(live_api, "POST", f"{path}/replay", dead=True)[1] == {
        "queued": 0,
        "next_since": None,
    }
    assert not [one for one in ask(live_api, "GET")[1]["endpoints"] if "secret" in one]


@pytest.mark.parametrize(
    ("body", "codes"),
    [
        ({"url": "https://10.0.0.1/"}, ["url_not_taken"]),
        ({"url": "http://shop.example/"}, ["url_not_taken"]),
        ({"url": 7, "types": ["hold.lost"]}, ["wrong_type", "unknown_word"]),
        ({}, ["missing_field"]),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_made(live_api, body, codes):
    answer = live_api.ask("POST", "/v1/webhook-endpoints", json=body)
    assert answer.status_code == 422
    assert [one["code"] for one in answer.json()["errors"]] == codes


def test_a_merchant_sees_its_own_and_no_more(live_api):
    asked = AskedKey(name="loom", scopes=["webhooks"], merchant_id="lantern-and-loom")
    key = asyncio.run(add_key(live_api.dsn, asked))
    theirs = ask(live_api, "POST", url=URL)[1]["endpoint"]["endpoint_id"]
    own = ask(live_api, "POST", key=key, url=URL)[1]["endpoint"]
    assert own["merchant_id"] == "lantern-and-loom"
    listed = ask(live_api, "GET", key=key)[1]["endpoints"]
    assert [one["endpoint_id"] for one in listed] == [own["endpoint_id"]]
    for verb in ("disable", "enable", "rotate-secret"):
        assert ask(live_api, "POST", f"/{theirs}/{verb}", key=key)[0] == 404
    assert ask(live_api, "POST", f"/{theirs}/replay", key=key, dead=True)[0] == 404
    other = ask(live_api, "POST", key=key, url=URL, merchant_id="oak")
    assert (other[0], other[1]["errors"][0]["code"]) == (422, "another_merchant")


def test_a_decision_is_polled_by_the_lender_alone(live_api):
    headers = {"idempotency-key": "polled"}
    person = live_api.ask("POST", "/v1/prequalifications", headers=headers, json=GOOD).json()
    path = f"/v1/consumers/{person['consumer_id']}/events?after=0&page_size=200"
    events = live_api.ask("GET", path).json()["events"]
    decided = next(one for one in events if one["type"] == "prequalification.decided")
    assert decided["data"]["consumer_id"] == person["consumer_id"]
    assert [one["sequence"] for one in events] == list(range(1, len(events) + 1))
    asked = AskedKey(name="oak", scopes=["webhooks"], merchant_id="oak")
    key = asyncio.run(add_key(live_api.dsn, asked))
    assert live_api.ask("GET", path, key=key).json()["events"] == []
