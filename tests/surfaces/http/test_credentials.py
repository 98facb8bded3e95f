"""Who may do what: the matrix of roles and routes, made from the app's own routes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.surfaces.http.serving import (
    ALL_SCOPES,
    CONSUMER,
    NOW,
    SETTINGS,
    TOKEN_KEYS,
    Served,
    key_with,
    plain_doors,
    served,
)
from wherewithal.surfaces.http.metrics import Metrics
from wherewithal.surfaces.http.operation import Operation
from wherewithal.surfaces.http.routes import operations_of
from wherewithal.surfaces.http.tokens import CONSUMER_SCOPES, Scope, issue_consumer_token

OPERATIONS = operations_of(
    plain_doors(), settings=SETTINGS, metrics=Metrics(), is_draining=lambda: False
)
OTHER = UUID("11111111-1111-4111-8111-111111111111")
#: One key for each scope, and the one with none.
KEYS = {scope: key_with(scope, byte=2 + number) for number, scope in enumerate(Scope)}
NO_SCOPE, NO_SCOPE_STORED = key_with(byte=99)


@pytest.fixture(scope="module")
def api():
    stored = [one for _, one in KEYS.values()]
    with served(plain_doors(*stored, NO_SCOPE_STORED)) as running:
        yield running


def token_of(consumer_id: UUID, *scopes: Scope, lifetime_s: int = 600, ago_s: int = 0) -> str:
    return issue_consumer_token(
        consumer_id=str(consumer_id),
        scopes=frozenset(scopes),
        lifetime=timedelta(seconds=lifetime_s),
        keys=TOKEN_KEYS,
        now=NOW - timedelta(seconds=ago_s),
        token_id="t-1",  # noqa: S106 - an id
    )


def path_of(operation: Operation, *, consumer: UUID = CONSUMER) -> str:
    """Return the path of a thing that is there; every parameter from its own example."""
    path = operation.path
    for name, field in operation.path_fields.items():
        path = path.replace(
            f"{{{name}}}", str(consumer if name == "consumer_id" else field.example)
        )
    return path


def status(api: Served, operation: Operation, key: str | None, **given) -> int:
    return int(answer(api, operation, key, **given).status_code)


def answer(api: Served, operation: Operation, key: str | None, *, consumer: UUID = CONSUMER):
    path = path_of(operation, consumer=consumer)
    headers = {"idempotency-key": "k"}
    return api.ask(operation.method, path, key=key, headers=headers, **body_of(operation))


def body_of(operation: Operation) -> dict[str, Any]:
    """Return the first example of a body, for routes that take one."""
    return {"json": next(iter(operation.body.examples.values()))} if operation.body else {}


every_operation = pytest.mark.parametrize(
    "operation", OPERATIONS, ids=[operation.operation_id for operation in OPERATIONS]
)


@every_operation
def test_each_scope_opens_its_routes_and_no_other(api, operation):
    success = min(operation.successes)
    allowed = {
        scope for scope, (key, _) in KEYS.items() if status(api, operation, key.text) == success
    }
    assert allowed == (set(Scope) if operation.is_open else set(operation.scopes))
    for scope in set(Scope) - allowed:
        assert status(api, operation, KEYS[scope][0].text) == 403


@every_operation
def test_without_a_credential_only_open_routes_answer(api, operation):
    expected = 200 if operation.is_open else 401
    forged = ALL_SCOPES.text[:-1] + ("A" if ALL_SCOPES.text[-1] != "A" else "B")
    for key in (None, forged, "wk_x", "nonsense", NO_SCOPE.text):
        answered = answer(api, operation, key)
        assert answered.status_code == (
            403 if key == NO_SCOPE.text and expected == 401 else expected
        )
        if answered.status_code == 401:
            assert answered.headers["www-authenticate"].startswith('Bearer realm="wherewithal"')


@every_operation
def test_a_consumer_token_reads_its_own_person_and_nothing_else(api, operation):
    token = token_of(CONSUMER, *CONSUMER_SCOPES)
    success = min(operation.successes)
    if operation.is_open:
        expected = (success, success)
    elif not operation.scopes & CONSUMER_SCOPES:
        expected = (403, 403)
    else:
        expected = (success, 404)
    own, others = status(api, operation, token), status(api, operation, token, consumer=OTHER)
    if "consumer_id" not in operation.path_fields:
        expected = (expected[0], expected[0])
    assert (own, others) == expected


def test_open_routes_are_these_and_no_other():
    assert {operation.path for operation in OPERATIONS if operation.is_open} == {
        "/healthz",
        "/readyz",
        "/openapi.json",
        "/docs",
        "/.well-known/jwks.json",
    }


def test_not_yours_and_absent_are_the_same_bytes(api):
    operations = [one for one in OPERATIONS if "consumer_id" in one.path_fields]
    headers = {"x-request-id": "r-1", "authorization": f"Bearer {ALL_SCOPES.text}"}
    mine = {**headers, "authorization": f"Bearer {token_of(CONSUMER, *CONSUMER_SCOPES)}"}
    bodies = set()
    for operation in operations:
        path = path_of(operation, consumer=OTHER)
        body = body_of(operation)
        bodies.add(api.ask(operation.method, path, key=None, headers=headers, **body).content)
        if operation.scopes & CONSUMER_SCOPES:
            foreign = api.ask(operation.method, path, key=None, headers=mine, **body)
            bodies.add(foreign.content)
    assert len(bodies) == 1


@pytest.mark.parametrize(
    "token",
    [
        pytest.param(token_of(CONSUMER, Scope.READ, lifetime_s=60, ago_s=60), id="expired"),
        pytest.param(token_of(CONSUMER, Scope.READ, ago_s=-60), id="of tomorrow"),
        pytest.param(token_of(CONSUMER, Scope.READ)[:-2] + "xx", id="forged"),
        pytest.param("é" * 10, id="not ASCII"),
    ],
)
def test_a_token_that_is_not_valid_is_one_answer(api, token):
    headers = {"authorization": b"Bearer " + token.encode("latin-1"), "x-request-id": "r-1"}
    path = f"/v1/consumers/{CONSUMER}/spending-power"
    refused = api.ask("GET", path, key=None, headers=headers)
    assert refused.status_code == 401
    assert refused.json() == {
        "type": "urn:wherewithal:problem:unauthorized",
        "title": "A valid credential is needed",
        "status": 401,
        "detail": (
            "Send `Authorization: Bearer` with a service key or a consumer token that is valid now."
        ),
        "instance": "r-1",
    }


@pytest.mark.parametrize("scheme", ["Basic", "Bearer wk_", "Bearer Bearer"])
def test_another_scheme_or_two_credentials_are_refused(api, scheme):
    path = f"/v1/consumers/{CONSUMER}/spending-power"
    one = ("authorization", f"{scheme} {ALL_SCOPES.text}")
    assert api.ask("GET", path, key=None, headers=dict([one])).status_code == 401
    twice = f"GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n" + 2 * (
        f"authorization: Bearer {ALL_SCOPES.text}\r\n"
    )
    assert api.send(f"{twice}\r\n".encode()).startswith(b"HTTP/1.1 401 ")


def test_an_issued_token_reads_that_person_until_it_ends(api):
    path = f"/v1/consumers/{CONSUMER}/tokens"
    issued = api.ask("POST", path, json={"scopes": ["read", "consents"], "life_s": 60}).json()
    assert issued | {"access_token": ""} == {
        "access_token": "",
        "token_type": "Bearer",
        "expires_in": 60,
        "scope": "consents read",
    }
    own = f"/v1/consumers/{CONSUMER}/spending-power"
    assert api.ask("GET", own, key=issued["access_token"]).status_code == 200


@pytest.mark.parametrize(
    ("body", "path", "code"),
    [
        ({"scopes": []}, "$.scopes", "wrong_type"),
        ({"scopes": ["tokens"]}, "$.scopes", "unknown_word"),
        ({"scopes": ["read", "read"]}, "$.scopes", "unknown_word"),
        ({"scopes": [{}]}, "$.scopes", "unknown_word"),
        ({"life_s": 901}, "$.life_s", "out_of_range"),
        ({"life": 5}, "$.(unknown field)", "unknown_field"),
        ([], "$", "wrong_type"),
    ],
)
def test_a_request_for_a_token_is_checked(api, body, path, code):
    refused = api.ask("POST", f"/v1/consumers/{CONSUMER}/tokens", json=body)
    [mistake] = refused.json()["errors"]
    assert (refused.status_code, mistake["path"], mistake["code"]) == (422, path, code)


def test_a_revocation_is_seen_when_the_found_credential_is_no_longer_believed():
    revoked, stored = key_with(Scope.READ, byte=7)
    asked = []

    async def find_credential(credential_id):
        asked.append(credential_id)
        return stored if len(asked) == 1 else None

    path = f"/v1/consumers/{CONSUMER}/spending-power"
    doors = plain_doors(find_credential=find_credential)
    with served(doors, credential_cache_s=0.4) as api:
        first = [api.ask("GET", path, key=revoked.text).status_code for _ in range(2)]
        while (last := api.ask("GET", path, key=revoked.text).status_code) == 200:
            pass
    assert (first, last, asked) == ([200, 200], 401, [stored.credential_id] * 2)
