"""Schemathesis, all its phases and checks, against the API as in production."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.surfaces.http.bodies import GOOD, person_named
from tests.surfaces.http.serving import Served
from tests.surfaces.http.shop import Shop

#: What takes ids in its body that no document can know, or amounts that are owed; asked by
#: `test_live_holds.py` and `test_live_loans.py`.
MADE_ELSEWHERE = {"/v1/holds", "/v1/loans/{loan_id}/payments", "/v1/loans/{loan_id}/refunds"}
CONFIGURATION = Path(__file__).with_name("schemathesis.toml").read_text(encoding="utf-8")


def known_person(api: Served) -> str:
    """Return the configuration that names things which are there, so that reading finds them."""
    headers = {"idempotency-key": "schemathesis"}
    number = {"portfolio": "members", "reference": "7 known"}
    # Somebody of whom no other test of this API knows: what is asked here leaves caps and loans.
    body = GOOD | {"consumer": person_named("disputed"), "reference": number}
    answer = api.ask("POST", "/v1/prequalifications", headers=headers, json=body).json()
    ids = {name: answer[name] for name in ("consumer_id", "prequalification_id")}
    shop = Shop(api=api, **ids)
    captured, voided = shop.held(), shop.held()
    loan = shop.capture(shop.held()).json()["loan_id"]
    listens = {"url": "https://shop.example/events"}
    made = api.ask("POST", "/v1/webhook-endpoints", json=listens).json()
    endpoint = made["endpoint"]
    own = f"/v1/consumers/{ids['consumer_id']}"
    promised = {"prequalification_id": ids["prequalification_id"], "product": "pay_in_4"}
    commitment = api.ask("POST", f"{own}/commitments", json=promised).json()["commitment_id"]
    shares = {"text_version": "v1", "text_sha256": "ab" * 32}
    sharing = api.ask("POST", f"{own}/sharing-consents", json=shares).json()["consent_id"]
    names = ("consumer_id", "prequalification_id", "decision_id")
    lines = [f'"path.{name}" = "{answer[name]}"' for name in names]
    lines += [f'"path.{name}" = "{value}"' for name, value in number.items()]
    return "\n".join(
        [
            "[parameters]",
            *lines,
            f'"path.consent_id" = "{answer["prequalification_id"]}"',
            '"path.merchant_id" = "lantern-and-loom"',
            f'"path.commitment_id" = "{commitment}"',
            f'"path.hold_id" = "{captured}"',
            f'"path.loan_id" = "{loan}"',
            f'"path.endpoint_id" = "{endpoint["endpoint_id"]}"',
            '[[operations]]\ninclude-operation-id = "revokeSharing"',
            f'parameters = {{ "path.consent_id" = "{sharing}" }}',
            # A later decision that is drawn at random is never there.
            '[[operations]]\ninclude-operation-id = "explainChange"',
            f'parameters = {{ "query.until" = "{answer["decision_id"]}" }}',
            '[[operations]]\ninclude-operation-id = "voidHold"',
            f'parameters = {{ "path.hold_id" = "{voided}" }}\n',
        ]
    )


@pytest.mark.parametrize(
    ("knows_a_person", "seconds"),
    [pytest.param(False, 45, id="anything"), pytest.param(True, 25, id="a known person")],
)
def test_schemathesis_finds_nothing(live_api, tmp_path, knows_a_person, seconds):
    """Examples, coverage, fuzzing, then sequences by the document's links, until time is up."""
    given = known_person(live_api) if knows_a_person else ""
    (tmp_path / "schemathesis.toml").write_text(given + CONFIGURATION, encoding="utf-8")
    first = len(live_api.lines)
    command = [
        *(sys.executable, "-m", "schemathesis.cli", "--config-file", "schemathesis.toml", "run"),
        *(f"{live_api.url}/openapi.json", "--max-time", str(seconds), "--seed", "20261120"),
        *("--header", f"Authorization: Bearer {live_api.key}", "--no-color"),
    ]
    ran = subprocess.run(  # noqa: S603 - a tool of our own set-up
        command, cwd=tmp_path, capture_output=True, text=True, timeout=seconds + 60, check=False
    )
    assert ran.returncode == 0, ran.stdout[-20_000:] + ran.stderr
    # The route of the document itself is where it was read from.
    count = len(live_api.api.operations) - 1
    assert f"{count} selected / {count} total" in ran.stdout
    asked = [line for line in live_api.lines[first:] if line["event"] == "request"]
    found = {line["route"] for line in asked if line["status"] < 300} | MADE_ELSEWHERE
    routes = {operation.path for operation in live_api.api.operations}
    assert max(line["status"] for line in asked) < 500
    assert {line["route"] for line in asked} >= routes
    assert not knows_a_person or found >= routes
