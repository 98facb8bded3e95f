"""Why a power changed and what would raise it, over a socket, real Postgres behind."""

from __future__ import annotations

from typing import Any

import pytest

from tests.surfaces.http.shop import Shop, shop_for_somebody, sql
from wherewithal.vocabulary.facts import FACTS_BY_NAME


@pytest.fixture
def shop(live_api):
    return shop_for_somebody(live_api)


def changes(shop: Shop, since: str, **given: Any):
    path = f"/v1/consumers/{shop.consumer_id}/decisions/{since}/changes"
    return shop.api.ask("GET", path, params=given)


def raises(shop: Shop):
    return shop.api.ask("GET", f"/v1/consumers/{shop.consumer_id}/spending-power/raises")


def decision_of(shop: Shop) -> str:
    return str(shop.power()["decision_id"])


def with_a_later_decision(shop: Shop) -> str:
    """Record the same decision again as if four more lenders had asked since; return its name."""
    row = sql(
        shop.api,
        """insert into decision
           select (jsonb_populate_record(d, jsonb_build_object(
               'seq', d.seq + 1, 'decision_id', repeat('c', 32), 'decided_at', clock_timestamp(),
               'facts', d.facts || jsonb_build_object('inquiries_6m',
                   (d.facts ->> 'inquiries_6m')::int + 4)))).*
             from decision d where consumer_id = %s returning decision_id""",
        shop.consumer_id,
    )
    return str(row[0][0])


def test_a_hold_explains_all_of_a_change_and_its_return_is_none(shop):
    since, before = decision_of(shop), shop.power()["power_total_cents"]
    hold = shop.held()
    told = changes(shop, since).json()
    now = shop.power()["power_total_cents"]
    assert (told["status"], told["until"]["power_total_cents"]) == ("explained", now)
    assert told["since"]["power_total_cents"] == before
    assert told["change_cents"] == now - before < 0
    assert [part["codes"] for part in told["parts"]] == [["used"]]
    assert told["parts"][0]["wording"].startswith("What you owe us, or have reserved at a checkout")
    shop.void(hold)
    assert changes(shop, since).json()["status"] == "unchanged"


def test_the_account_then_is_the_account_of_that_moment(shop):
    since = decision_of(shop)
    shop.capture(shop.held())
    shop.held(basket_cents=4_000)
    told = changes(shop, with_a_later_decision(shop)).json()
    power = shop.power()["power_total_cents"]
    # Since that moment only what was asked of the file differs: what is owed then is owed now.
    assert {part["part"] for part in told["parts"]} == {"facts"}
    assert told["until"]["power_total_cents"] == power
    between = changes(shop, since, until="c" * 32).json()
    assert sum(part["change_cents"] for part in between["parts"]) == between["change_cents"]
    assert {part["part"] for part in between["parts"]} == {"facts", "account"}


def test_more_inquiries_are_told_in_words_and_never_by_a_name_or_value(shop):
    since = decision_of(shop)
    told = changes(shop, since, until=with_a_later_decision(shop)).json()
    [part] = told["parts"]
    assert part["codes"] == ["inquiries"]
    assert part["change_cents"] == told["change_cents"] < 0
    assert part["wording"].startswith("More lenders have looked at your credit file")
    assert [one["code"] for one in told["reasons_gained"]] == ["R22b"]
    words = " ".join([told["wording"], *(one["wording"] for one in told["parts"])])
    assert not [name for name in FACTS_BY_NAME if "_" in name and name in words]


def test_an_own_cap_is_told_as_ones_own(shop):
    since = decision_of(shop)
    path = f"/v1/consumers/{shop.consumer_id}/own-cap"
    shop.api.ask("POST", path, json={"amount_cents": 5_000})
    [part] = changes(shop, since).json()["parts"]
    assert (part["part"], part["codes"]) == ("account", ["own_cap"])


def test_a_raise_is_dated_decided_again_and_changes_nothing(shop):
    before = sql(
        shop.api,
        "select (select count(*) from prequalification where consumer_id = c.consumer_id),"
        " (select count(*) from decision where consumer_id = c.consumer_id), c.ledger_seq"
        " from consumer c where consumer_id = %s",
        shop.consumer_id,
    )
    told = raises(shop).json()
    power = shop.power()
    assert told["status"] in {"estimated", "none"}
    assert told["power_total_cents"] == power["power_total_cents"]
    for one in told["raises"]:
        assert one["wording"].startswith("If ")
        assert one["wording"].endswith("no promise.")
        assert told["estimated_on"][:4] in one["wording"]
        assert all(more["power_cents"] > more["power_now_cents"] for more in one["products"])
    after = sql(
        shop.api,
        "select (select count(*) from prequalification where consumer_id = c.consumer_id),"
        " (select count(*) from decision where consumer_id = c.consumer_id), c.ledger_seq"
        " from consumer c where consumer_id = %s",
        shop.consumer_id,
    )
    assert before == after


def test_a_decline_is_told_what_would_turn_it(shop):
    sql(
        shop.api,
        """update decision set facts = facts || '{"inquiries_6m": 7}', outcome = 'declined'
            where consumer_id = %s returning 1""",
        shop.consumer_id,
    )
    sql(
        shop.api,
        """update power set outcome = 'declined', total_cents = 0, standing = standing
           || '{"pricing_tier": "X", "limit_total_cents": 0, "limit_instalment_cents": 0,
                "limit_short_term_cents": 0, "limit_card_cents": 0,
                "limit_one_time_card_cents": 0}' where consumer_id = %s returning 1""",
        shop.consumer_id,
    )
    told = raises(shop).json()
    steps = {one["steps"][0]["code"]: one for one in told["raises"]}
    assert (told["status"], told["power_total_cents"]) == ("estimated", 0)
    assert steps["fewer_inquiries"]["outcome"] == "approved"
    assert steps["wait"]["steps"] == [{"code": "wait", "unit": "months", "amount": 6}]
    assert "If 6 months passed" in steps["wait"]["wording"]


def test_who_is_blocked_or_unknown_is_told_nothing(shop):
    since = decision_of(shop)
    assert changes(shop, "0" * 32).status_code == 404
    assert changes(shop, since, until="0" * 32).status_code == 404
    assert changes(shop, since, until="x").json()["errors"][0]["path"] == "$query.until"
    sql(
        shop.api,
        "update consumer set blocks_credit = '{fraud}' where consumer_id = %s returning 1",
        shop.consumer_id,
    )
    for told in (changes(shop, since).json(), changes(shop, since, until=since).json()):
        assert (told["status"], told["parts"], told["since"]) == ("blocked", [], None)
    assert (raises(shop).json()["status"], raises(shop).json()["raises"]) == ("blocked", [])


def test_a_token_of_ones_own_reads_both_and_nobody_elses(shop):
    person = f"/v1/consumers/{shop.consumer_id}"
    token = shop.api.ask("POST", f"{person}/tokens", json={}).json()["access_token"]
    other = shop_for_somebody(shop.api)
    path = f"{person}/spending-power/raises"
    assert shop.api.ask("GET", path, key=token).status_code == 200
    theirs = f"/v1/consumers/{other.consumer_id}/spending-power/raises"
    assert shop.api.ask("GET", theirs, key=token).status_code == 404


def test_logs_name_no_fact_and_no_amount(shop):
    begun = len(shop.api.lines)
    amounts = [raises(shop).json()["power_total_cents"]]
    changes(shop, decision_of(shop))
    for line in shop.api.lines[begun:]:
        text = str(line)
        assert not [name for name in FACTS_BY_NAME if "_" in name and name in text]
        assert str(amounts[0]) not in text
