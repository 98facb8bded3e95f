"""The whole way over a socket: ask, wait, read, revoke; and no trace of who it was about."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import quote

from tests.surfaces.http.bodies import GOOD, body_with
from tests.surfaces.http.serving import Served

ASK = "/v1/prequalifications"


def ask(api: Served, key: str, body: object = GOOD):
    return api.ask("POST", ASK, headers={"idempotency-key": key}, json=body)


def test_a_person_asks_and_reads_everything_that_follows(live_api):
    asked = ask(live_api, "walk-1")
    answer = asked.json()
    assert (asked.status_code, answer["status"], answer["outcome"]) == (200, "decided", "approved")
    person = f"/v1/consumers/{answer['consumer_id']}"
    again = live_api.ask("GET", f"{person}/prequalifications/{answer['prequalification_id']}")
    assert again.content == asked.content
    power = live_api.ask("GET", f"{person}/spending-power").json()
    assert power["power_total_cents"] == answer["power_total_cents"]
    decision = live_api.ask("GET", f"{person}/decisions/{answer['decision_id']}").json()
    assert (decision["outcome"], decision["facts"]["stated_income_cents"]) == (
        "approved",
        6_000_000,
    )
    page = live_api.ask("GET", f"{person}/spending-power/merchants?sort=name&page_size=2").json()
    assert len(page["rows"]) == 2
    merchant_id = page["rows"][0]["merchant_id"]
    one = live_api.ask("GET", f"{person}/spending-power/merchants/{merchant_id}?amount_cents=45000")
    assert one.json()["amount_cents"] == 45_000
    offers = live_api.ask("GET", f"/v1/merchants/{merchant_id}/offers?state=OH")
    assert offers.json()["is_offer_to_a_person"] is False
    # Other tests may have asked for this person before: each inquiry has a consent of its own.
    given = live_api.ask("GET", f"{person}/consents").json()["consents"]
    assert answer["prequalification_id"] in {consent["consent_id"] for consent in given}
    revoked = live_api.ask("POST", f"{person}/consents/{answer['prequalification_id']}/revoke")
    assert revoked.json()["revoked_at"] is not None


def test_the_same_key_gets_the_same_bytes_and_another_body_is_refused(live_api):
    first = ask(live_api, "same-1")
    again = ask(live_api, "same-1", dict(reversed(list(GOOD.items()))))
    assert (again.status_code, again.content) == (first.status_code, first.content)
    other = ask(live_api, "same-1", GOOD | {"channel": "branch"})
    assert other.json()["type"] == "urn:wherewithal:problem:key-reused"
    assert other.status_code == 422


def test_a_token_of_ones_own_reads_ones_own(live_api):
    person = f"/v1/consumers/{ask(live_api, 'walk-2').json()['consumer_id']}"
    token = live_api.ask("POST", f"{person}/tokens", json={}).json()["access_token"]
    assert live_api.ask("GET", f"{person}/spending-power", key=token).status_code == 200
    assert live_api.ask("GET", f"{person}/decisions/{'0' * 32}", key=token).status_code == 403


CANARIES = {
    "given_name": "Zebulonq",
    "family_name": "Quixotovix",
    "date_of_birth": "1973-04-19",
    "ssn": "999017731",
}
STREET, CITY, POSTAL_CODE = "8181 Kanarienvogel Way", "Wolkenkuckucksheim", "73301"


def canary_body() -> dict[str, Any]:
    address = {"street": STREET, "city": CITY, "state": "OH", "postal_code": POSTAL_CODE}
    return body_with("consumer", {**CANARIES, "address": address})


def spellings() -> set[bytes]:
    """Return each canary as it may turn up: plain, percent-encoded, base64, hexadecimal, reversed."""
    words = {*CANARIES.values(), STREET, CITY, "999-01-7731", "04/19/1973", "Kanarienvogel"}
    words |= {word.lower() for word in words} | {word.upper() for word in words}
    plain = {word.encode() for word in words}
    return plain.union(
        *(
            {quote(word).encode(), base64.b64encode(word)[:-3], word.hex().encode()}
            for word in plain
        )
    )


def requests_with_canaries(api: Served) -> list[bytes]:
    """Send the canaries wherever they may be sent; return all answers' bodies that are problems."""
    good = canary_body()
    bodies = [
        good,
        body_with("consumer", good["consumer"] | {CANARIES["family_name"]: 1}),
        body_with("consumer", {**good["consumer"], "ssn": f"x{CANARIES['ssn']}"}),
        body_with("consumer", {**good["consumer"], "date_of_birth": "1973-04-19T00:00"}),
        body_with("consumer", {**good["consumer"], "given_name": f"{CANARIES['given_name']}\x07"}),
        body_with("channel", CANARIES["family_name"]),
        body_with("stated.income_cents", CANARIES["ssn"]),
        body_with("consent", {"consent_id": CANARIES["ssn"]}),
        good | {CANARIES["ssn"]: CANARIES["ssn"], STREET: STREET},
        [CANARIES],
        CANARIES["ssn"],
    ]
    answers = [ask(api, f"canary-{number}", body) for number, body in enumerate(bodies)]
    raw = json.dumps(good).encode()
    name = CANARIES["family_name"]
    headers = {"content-type": "application/json", "idempotency-key": "canary"}
    twice = raw.replace(b'"ssn"', b'"Quixotovix":1,"Quixotovix"')
    answers += [
        api.ask("POST", ASK, headers=headers, content=body) for body in (raw[:-1], raw + raw, twice)
    ]
    person = "/v1/consumers/7b1b1a3e-5a52-4a0b-9a6a-3d6f0d3f6c11"
    paths = (
        f"/{name}",
        f"/v1/consumers/{CANARIES['ssn']}/spending-power",
        f"{person}/spending-power/merchants?name={quote(name)}",
        f"{person}/spending-power/merchants?{quote(STREET)}={CANARIES['ssn']}&sort={name}",
        f"{person}/decisions/{CANARIES['ssn']}",
    )
    answers += [api.ask("GET", path) for path in paths]
    answers.append(api.ask("GET", f"{person}/consents", headers={"prefer": name, "accept": name}))
    answers.append(api.ask("GET", "/healthz", key=f"wk_{name}", headers={"user-agent": name}))
    answers.append(api.ask("GET", "/readyz", headers={"idempotency-key": name}))
    raw_answer = api.send(f"GET /{name} HTTP/1.1\r\n{name}\r\n\r\n".encode())
    return [answer.content for answer in answers if answer.status_code >= 400] + [raw_answer]


def test_no_canary_shows_in_logs_problems_or_metrics(live_api):
    problems = requests_with_canaries(live_api)
    assert len(problems) > 15
    measured = live_api.ask("GET", "/metrics").content
    shown = b"\n".join([live_api.logged.getvalue(), measured, *problems])
    assert b"/v1/prequalifications" in shown
    assert [spelling for spelling in spellings() if spelling in shown] == []


def test_the_canary_test_would_see_one():
    shown = json.dumps({"message": f"{STREET} is unknown"}).encode()
    assert {STREET.encode(), b"Kanarienvogel"} <= {one for one in spellings() if one in shown}


def test_a_lenders_own_number_leads_to_the_consumer(live_api):
    body = GOOD | {"reference": {"portfolio": "members", "reference": "1017"}}
    asked = ask(live_api, "by-number", body)
    assert asked.status_code == 200
    found = live_api.ask("GET", "/v1/portfolios/members/consumers/1017")
    assert found.json() == {"consumer_id": asked.json()["consumer_id"]}
    assert live_api.ask("GET", "/v1/portfolios/members/consumers/1018").status_code == 404
