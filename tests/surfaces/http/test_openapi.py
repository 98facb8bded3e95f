"""The document: it is valid, whole, and says what the routes do."""

from __future__ import annotations

import re
from typing import Any

import jsonschema_rs
import msgspec
import pytest

from tests.surfaces.http.bodies import body_with
from tests.surfaces.http.serving import served
from tests.surfaces.http.test_credentials import OPERATIONS
from wherewithal.sources.bundle import load_bundle
from wherewithal.sources.bureau_simulator.personas import PERSONAS_BY_NAME
from wherewithal.surfaces.http.codes import CODES, TYPES
from wherewithal.surfaces.http.examples import ASKS
from wherewithal.surfaces.http.metrics import Metrics
from wherewithal.surfaces.http.openapi import document_of, problems_of

DOCUMENT = msgspec.json.decode(msgspec.json.encode(document_of(OPERATIONS)))
EACH = [
    pytest.param(operation, id=f"{method} {path}")
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
]
each_operation = pytest.mark.parametrize("operation", EACH)


def accepts(schema: dict[str, Any], value: object) -> bool:
    """Return whether a value is right by a schema of the document."""
    whole: dict[str, Any] = {**schema, "components": DOCUMENT["components"]}
    return jsonschema_rs.validator_for(whole).is_valid(value)


def reasons_in(value: object) -> list[dict[str, Any]]:
    """Return every reason that an example shows."""
    if isinstance(value, list):
        return [one for each in value for one in reasons_in(each)]
    if not isinstance(value, dict):
        return []
    is_reason = {"wording", "cure", "regb_number"} <= set(value) and "type" not in value
    own = [value] if is_reason and isinstance(value.get("code"), str) else []
    return own + [one for each in value.values() for one in reasons_in(each)]


def test_reasons_of_examples_are_those_of_the_policy_that_ships(repository):
    policy = load_bundle(repository / "policies" / "everyday").reasons.by_code
    shown = {msgspec.json.encode(one): one for one in reasons_in(DOCUMENT)}
    assert shown
    for one in shown.values():
        given = policy[one["code"]]
        assert (given.kind.value, given.wording, given.regb_number, given.cure) == (
            one["kind"],
            one["wording"],
            one["regb_number"],
            one["cure"],
        )


def test_it_is_openapi_3_1_and_counts_every_route(api):
    served = api.ask("GET", "/openapi.json", key=None).json()
    assert served == DOCUMENT
    assert served["openapi"] == "3.1.0"
    assert len(EACH) == len(OPERATIONS)
    assert len(DOCUMENT["paths"]) == len(api.api.litestar.routes)
    ids = [one["operationId"] for methods in DOCUMENT["paths"].values() for one in methods.values()]
    assert len(set(ids)) == len(ids)


@each_operation
def test_every_operation_has_examples_that_are_right_and_problems_of_both_kinds(operation):
    statuses = [int(status) for status in operation["responses"]]
    assert min(statuses) in {200, 201}
    assert {400, 500, 503} <= set(statuses)
    contents = [answer["content"] for answer in operation["responses"].values()]
    contents += [operation["requestBody"]["content"]] if "requestBody" in operation else []
    for content in contents:
        for one in content.values():
            assert one["examples"]
            for example in one["examples"].values():
                assert accepts(one["schema"], example["value"])
    for parameter in operation["parameters"]:
        if "example" in parameter:
            assert accepts(parameter["schema"], parameter["example"])


@each_operation
def test_every_problem_of_a_route_is_one_of_the_table(operation):
    for status, answer in operation["responses"].items():
        if int(status) < 400:
            continue
        for name in answer["content"]["application/problem+json"]["examples"]:
            assert TYPES[name].status == int(status)


def test_every_kind_of_problem_is_said_somewhere():
    said = {name for operation in OPERATIONS for name in problems_of(operation)}
    assert TYPES.keys() - said == {"method-not-allowed"}  # which has no route of its own


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("requested_amount_cents", 0),
        ("requested_amount_cents", 10**10 + 1),
        ("requested_amount_cents", "100"),
        ("stated.income_cents", -1),
        ("stated.income", 1),
        ("consumer.ssn", "99901000"),
        ("consumer.given_name", "x" * 101),
        ("consumer.given_name", "a\nb"),
        ("consumer.given_name", "  "),
        ("consumer.address.state", "ZZ"),
        ("consumer.nickname", "x"),
        ("consent", {"consent_id": "x"}),
        ("consent.scope", "twice"),
        ("purpose", None),
    ],
)
def test_the_document_refuses_what_the_guard_refuses(path, value):
    ask = DOCUMENT["paths"]["/v1/prequalifications"]["post"]
    schema = ask["requestBody"]["content"]["application/json"]["schema"]
    assert not accepts(schema, body_with(path, value))


def test_every_object_of_a_request_is_closed():
    def objects(schema: Any) -> list[dict[str, Any]]:
        if isinstance(schema, list):
            return [one for entry in schema for one in objects(entry)]
        if not isinstance(schema, dict):
            return []
        own = [schema] if "properties" in schema else []
        return own + [one for entry in schema.values() for one in objects(entry)]

    bodies = [operation.body.schema for operation in OPERATIONS if operation.body]
    found = objects(bodies)
    assert len(found) >= 10
    assert all(one["additionalProperties"] is False for one in found)


def test_the_example_is_the_persona_that_the_simulated_bureau_knows():
    body: Any = next(iter(ASKS.values()))
    persona = PERSONAS_BY_NAME["prime"]
    assert body["consumer"] == msgspec.to_builtins(persona.identity)
    assert body["stated"] | {"state": "OH"} == msgspec.to_builtins(persona.stated)


def test_metrics_of_two_apps_do_not_meet():
    counted, other = Metrics(), Metrics()
    with served(metrics=counted) as api:
        assert api.ask("GET", "/healthz", key=None).status_code == 200
    with served(metrics=other) as api:
        shown = api.ask("GET", "/metrics").text
    one = 'wherewithal_http_requests_total{method="GET",route="/healthz",status="200"} 1.0'
    assert one in counted.text().decode()
    assert "/healthz" not in shown


CODE = re.compile(
    r'(?:code=|code = |refused_consent\(|CursorRefused\(|TooMany\(\s*|_whole\()"([a-z_0-9]+)"'
    r'|"((?:consent|unknown)_[a-z]+)": \('
)


#: The use cases that routes reach, and what they refuse by.
REACHED = (
    "qualify/browse.py",
    "service/advertise.py",
    "service/browse_merchants.py",
    "service/flights.py",
    "service/inquiry_consent.py",
    "service/prequalify.py",
    "store/inquiries.py",
    "store/pulls.py",
)


def codes_in(repository, *folders: str) -> set[str]:
    """Return every code that a source of these places gives to a problem of a request."""
    found = set()
    for folder in folders:
        place = repository / "src" / "wherewithal" / folder
        for path in [place] if place.is_file() else place.rglob("*.py"):
            for one, other in CODE.findall(path.read_text(encoding="utf-8")):
                found.add(one or other)
    return found


def test_every_code_of_a_mistake_is_in_the_table(repository):
    used = codes_in(repository, "surfaces/http", "vocabulary/consumer.py", *REACHED)
    assert {"consent_used", "cursor_malformed", "ssn_never_issued", "too_deep"} <= used
    assert used - CODES.keys() == {"directory_changed"}  # a kind of problem of its own
