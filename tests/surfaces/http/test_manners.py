"""What every answer has, and what every mistake outside of a body is answered with."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest

from tests.surfaces.http.bodies import GOOD
from tests.surfaces.http.serving import CONSUMER, INQUIRY, plain_doors, served
from tests.surfaces.http.test_credentials import OPERATIONS, answer, every_operation
from wherewithal.service import errors
from wherewithal.service.inquiry_records import Answered
from wherewithal.surfaces.http.codes import CODES, TYPES
from wherewithal.surfaces.http.digest import request_digest
from wherewithal.surfaces.http.operation import Operation
from wherewithal.surfaces.http.presenter import refusal_of
from wherewithal.vocabulary.errors import InvariantBroken, Problem

POWER = f"/v1/consumers/{CONSUMER}/spending-power"
LIST = f"{POWER}/merchants"
ASK = "/v1/prequalifications"


def told(refused: Any) -> tuple[int, str, list[tuple[str, str]]]:
    """Return status, kind and mistakes of a problem, which agrees with itself."""
    body = refused.json()
    kind = TYPES[body["type"].removeprefix("urn:wherewithal:problem:")]
    assert refused.headers["content-type"] == "application/problem+json"
    assert (kind.status, body["status"]) == (refused.status_code, refused.status_code)
    assert body["instance"] == refused.headers["x-request-id"]
    mistakes = [(one["path"], one["code"]) for one in body.get("errors", [])]
    assert {code for _, code in mistakes} <= CODES.keys()
    return refused.status_code, kind.name, mistakes


@every_operation
def test_every_answer_has_the_same_headers(api, operation):
    headers = answer(api, operation, "").headers
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert "server" not in headers
    assert "access-control-allow-origin" not in headers


@every_operation
@pytest.mark.parametrize(
    "method", ["DELETE", "PUT", "PATCH", "HEAD", "OPTIONS", "TRACE", "POST", "GET"]
)
def test_every_other_method_is_refused_with_those_that_are_there(api, operation, method):
    there = {one.method for one in OPERATIONS if one.path == operation.path}
    if method in there:
        return
    path = operation.path
    for name, field in operation.path_fields.items():
        path = path.replace(f"{{{name}}}", str(field.example))
    refused = api.ask(method, path, key=None)
    assert refused.headers["allow"] == ", ".join(sorted(there))
    if method != "HEAD":
        assert told(refused) == (405, "method-not-allowed", [])


@pytest.mark.parametrize(
    "path", ["/", "/v1", "/v2/x", f"/v1/consumers/{CONSUMER}", "/%00", "/v1/%"]
)
def test_where_nothing_is_the_answer_says_so(api, path):
    assert told(api.ask("GET", path, key=None)) == (404, "not-found", [])


@every_operation
def test_a_caller_who_takes_no_json_is_told(api, operation):
    if operation.successes[min(operation.successes)].media_type != "application/json":
        return
    refused = api.ask(
        operation.method,
        operation.path.replace("{consumer_id}", str(CONSUMER))
        .replace("{merchant_id}", "lantern-and-loom")
        .replace("{decision_id}", "5f3d1a0c9b8e7f6a5d4c3b2a19080706")
        .replace("{consent_id}", str(INQUIRY))
        .replace("{prequalification_id}", str(INQUIRY)),
        headers={"accept": "text/html, application/json;q=0.0", "idempotency-key": "k"},
        **({"json": GOOD} if operation.body else {}),
    )
    assert told(refused) == (406, "not-acceptable", [])


@pytest.mark.parametrize("accept", ["*/*", "application/json", "text/html, application/*;q=0.5"])
def test_a_caller_who_takes_json_gets_it(api, accept):
    assert api.ask("GET", POWER, headers={"accept": accept}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"content-type": "text/plain"},
        {"content-type": "application/json; charset=latin-1"},
        {"content-type": "application/json", "content-encoding": "gzip"},
        {"content-type": "application/jsonp"},
    ],
)
def test_a_body_of_another_type_is_refused(api, headers):
    given = {"idempotency-key": "k", **headers}
    refused = api.ask("POST", ASK, headers=given, content=json.dumps(GOOD).encode())
    assert told(refused) == (415, "unsupported-media-type", [])


@pytest.mark.parametrize(
    "media_type",
    ["application/json", "Application/JSON ; charset=UTF-8", 'application/json;charset="utf-8"'],
)
def test_json_may_be_said_in_many_ways(api, media_type):
    headers = {"content-type": media_type, "idempotency-key": "k"}
    assert api.ask("POST", ASK, headers=headers, content=json.dumps(GOOD)).status_code == 200


@pytest.mark.parametrize(
    ("body", "path", "code"),
    [
        (b"[" * 10_000, "$", "too_deep"),
        (b'{"consumer": {"ssn": "1", "ssn": "2"}}', "$.consumer.ssn", "duplicate_key"),
        (b'{"requested_amount_cents": 1e400}', "$.requested_amount_cents", "non_finite_number"),
        (b'{"channel": "app\\u0000"}', "$.channel", "nul_character"),
        (b"", "$", "empty_body"),
    ],
)
def test_a_body_that_is_no_document_is_refused_before_it_is_parsed(api, body, path, code):
    headers = {"content-type": "application/json", "idempotency-key": "k"}
    refused = api.ask("POST", ASK, headers=headers, content=body)
    assert told(refused) == (400, "malformed-body", [(path, code)])


@pytest.mark.parametrize(
    ("keys", "code"),
    [
        ([], "missing_header"),
        ([b""], "malformed_header"),
        ([b"a b"], "malformed_header"),
        ([b"x" * 256], "malformed_header"),
        ([b"\xc3\xa9"], "malformed_header"),
        ([b"a", b"a"], "repeated_header"),
    ],
)
def test_a_key_of_idempotency_is_checked_together_with_the_body(api, keys, code):
    lines = b"".join(b"idempotency-key: %s\r\n" % key for key in keys)
    body = json.dumps(GOOD | {"channel": "App"}).encode()
    head = (
        f"POST {ASK} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {api.key}\r\nconnection: close\r\n"
        f"content-type: application/json\r\ncontent-length: {len(body)}\r\n"
    )
    raw = api.send(head.encode() + lines + b"\r\n" + body)
    mistakes = json.loads(raw.partition(b"\r\n\r\n")[2])["errors"]
    assert [(one["path"], one["code"]) for one in mistakes] == [
        ("$header.Idempotency-Key", code),
        ("$.channel", "unknown_word"),
    ]


def test_255_visible_characters_are_a_key(api):
    key = "".join(map(chr, range(33, 127))) * 3
    answered = api.ask("POST", ASK, headers={"idempotency-key": key[:255]}, json=GOOD)
    assert answered.status_code == 200


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("amount_cents=1.0", [("$query.amount_cents", "not_an_integer")]),
        ("amount_cents=true", [("$query.amount_cents", "not_an_integer")]),
        ("amount_cents=", [("$query.amount_cents", "not_an_integer")]),
        ("amount_cents=007", [("$query.amount_cents", "not_an_integer")]),
        ("amount_cents=%2B5", [("$query.amount_cents", "not_an_integer")]),
        ("amount_cents=%D9%A1%D9%A0", [("$query.amount_cents", "not_an_integer")]),
        ("amount_cents=1e400", [("$query.amount_cents", "not_an_integer")]),
        ("amount_cents=" + "9" * 5_000, [("$query.amount_cents", "not_an_integer")]),
        ("amount_cents=9223372036854775808", [("$query.amount_cents", "out_of_range")]),
        ("amount_cents=-1", [("$query.amount_cents", "out_of_range")]),
        ("amount_cents=0", [("$query.amount_cents", "out_of_range")]),
        ("amount_cents=1&amount_cents=1", [("$query.amount_cents", "repeated_parameter")]),
        ("amount=1", [("$query.(unknown parameter)", "unknown_parameter")]),
        ("%FF=1", [("$query", "malformed_query")]),
        ("amount_cents=%zz", [("$query", "malformed_query")]),
        ("a=1&" * 41, [("$query", "malformed_query")]),
        (
            "amount_cents=x&b=1",
            [
                ("$query.(unknown parameter)", "unknown_parameter"),
                ("$query.amount_cents", "not_an_integer"),
            ],
        ),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_a_query_is_read_as_strictly_as_a_body(api, query, expected):
    refused = api.ask("GET", f"{LIST}/lantern-and-loom?{query}")
    assert told(refused) == (422, "invalid-request", expected)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("name=", [("$query.name", "empty_text")]),
        ("name=%00", [("$query.name", "unwritable_text")]),
        ("name=" + "x" * 101, [("$query.name", "text_too_long")]),
        ("mcc=57122", [("$query.mcc", "text_too_long")]),
        ("mcc=571x&mcc=5712", [("$query.mcc", "text_malformed")]),
        ("product=Pay", [("$query.product", "unknown_word")]),
        ("sort=Power", [("$query.sort", "unknown_word")]),
        ("cursor=%20", [("$query.cursor", "text_malformed")]),
        ("page_size=101", [("$query.page_size", "out_of_range")]),
        ("power_min_cents=-1", [("$query.power_min_cents", "out_of_range")]),
    ],
)
def test_the_list_of_merchants_checks_its_query(api, query, expected):
    assert told(api.ask("GET", f"{LIST}?{query}")) == (422, "invalid-request", expected)


def test_the_list_of_merchants_passes_its_query_on():
    asked = []

    async def merchants_page(consumer_id, query, **_):
        asked.append((consumer_id, query))

    with served(plain_doors(merchants_page=merchants_page)) as api:
        query = "name=%20Loom+%26%20co&mcc=5712&mcc=5411&mcc=5712&product=card&sort=apr&page_size=7"
        assert told(api.ask("GET", f"{LIST}?{query}"))[0] == 404
    [(consumer_id, wanted)] = asked
    assert consumer_id == CONSUMER
    assert (wanted.name, wanted.mccs, wanted.products) == ("Loom & co", ("5712", "5411"), ("card",))
    assert (wanted.sort, wanted.page_size, wanted.power_min_cents) == ("apr", 7, None)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        (f"/v1/consumers/{str(CONSUMER).upper()}/spending-power", "consumer_id"),
        ("/v1/consumers/x/spending-power", "consumer_id"),
        (f"{LIST}/%20", "merchant_id"),
        (f"/v1/consumers/{CONSUMER}/decisions/{'A' * 32}", "decision_id"),
    ],
)
def test_an_id_that_is_none_is_told(api, path, name):
    expected = (422, "invalid-request", [(f"$path.{name}", "not_an_id")])
    assert told(api.ask("GET", path)) == expected


@pytest.mark.parametrize(
    ("sent", "code"),
    [("%20", "empty_text"), ("x" * 101, "text_too_long"), ("%00", "unwritable_text")]
    + [(sent, "malformed_path") for sent in ("%", "a%zz", "%FF")],
)
def test_a_reference_that_is_none_is_told(api, sent, code):
    refused = api.ask("GET", f"/v1/portfolios/members/consumers/{sent}")
    assert told(refused) == (422, "invalid-request", [("$path.reference", code)])


@pytest.mark.parametrize(
    "reference", ["1017", "2026/00017", "a b", "50%", "%2F", "#?&", "Zoë", "~"]
)
def test_every_reference_of_an_inquiry_can_be_looked_up(reference):
    asked = []

    async def find_reference(*place: str) -> None:
        asked.append(place)

    body = GOOD | {"reference": {"portfolio": "members", "reference": reference}}
    with served(plain_doors(find_reference=find_reference)) as api:
        path = f"/v1/portfolios/members/consumers/{quote(reference, safe='')}"
        assert told(api.ask("GET", path)) == (404, "not-found", [])
        headers = {"idempotency-key": "r"}
        assert (
            api.ask("POST", "/v1/prequalifications", headers=headers, json=body).status_code == 200
        )
    assert asked == [("members", reference)]


@pytest.mark.parametrize("chosen", ["r-1", "!~", "x" * 64])
def test_a_request_id_of_the_caller_is_kept_and_logged(api, chosen):
    answered = api.ask("GET", "/healthz", headers={"x-request-id": chosen})
    assert answered.headers["x-request-id"] == chosen
    assert chosen in {line["request_id"] for line in api.lines}


@pytest.mark.parametrize("chosen", ["a b", "x" * 65, "", "é".encode()])
def test_a_request_id_that_is_not_fit_for_a_log_is_replaced(api, chosen):
    made = api.ask("GET", "/healthz", headers={"x-request-id": chosen}).headers["x-request-id"]
    assert len(made) == 32
    assert made.isalnum()


PENDING_BODY = b'{"status":"pending"}'


@pytest.mark.parametrize(
    ("prefer", "waited", "applied"),
    [
        ("wait=2", 2.0, "wait=2"),
        ("respond-async, Wait = 5", 5.0, "wait=5"),
        ("wait=100000", 30.0, "wait=30"),
        ("wait=0", 0.0, None),
        ("wait=-1", 0.0, None),
        ("wait=x", 0.0, None),
        ("return=minimal", 0.0, None),
    ],
)
def test_waiting_is_granted_up_to_a_bound_and_what_is_not_understood_is_ignored(
    prefer, waited, applied
):
    asked = []

    async def find_prequalification(*_, wait_s):
        asked.append(wait_s)
        return PENDING_BODY

    with served(plain_doors(find_prequalification=find_prequalification)) as api:
        path = f"/v1/consumers/{CONSUMER}/prequalifications/{INQUIRY}"
        pending = api.ask("GET", path, headers={"prefer": prefer})
    assert (pending.status_code, pending.content, asked) == (202, PENDING_BODY, [waited])
    assert pending.headers.get("preference-applied") == applied
    assert pending.headers["retry-after"] == "1"


def test_a_pending_answer_says_where_it_will_be():
    async def ask(*_, **__):
        return Answered(
            status=202, body=PENDING_BODY, consumer_id=CONSUMER, prequalification_id=INQUIRY
        )

    with served(plain_doors(ask=ask)) as api:
        pending = api.ask("POST", ASK, headers={"idempotency-key": "k"}, json=GOOD)
        assert (pending.status_code, pending.content) == (202, PENDING_BODY)
        assert pending.headers["retry-after"] == "1"
        assert api.ask("GET", pending.headers["location"]).status_code == 200


def test_readiness_names_what_does_not_answer():
    async def readiness():
        return [("database", False), ("worker", True)]

    with served(plain_doors(readiness=readiness)) as api:
        refused = api.ask("GET", "/readyz", key=None)
        assert told(refused) == (503, "unavailable", [])
        assert refused.json()["detail"] == "Not ready: database."


PROBLEM = Problem(code="out_of_range", path="$.x", message="expected less; did you mean 1?")


@pytest.mark.parametrize(
    ("error", "name", "retry_after"),
    [
        (errors.RequestRefused([PROBLEM]), "invalid-request", None),
        (errors.ConsentRefused([PROBLEM]), "consent-refused", None),
        (errors.KeyReused([PROBLEM]), "key-reused", None),
        (errors.AmbiguousIdentity([PROBLEM]), "ambiguous-identity", None),
        (errors.InProgress("x", retry_after_s=2), "request-in-progress", "2"),
        (errors.DirectoryChanged("x"), "directory-changed", None),
        (errors.Conflicting("x", retry_after_s=0), "conflict", "1"),
        (errors.TooMany("too_many_keys", "x", retry_after_s=60), "too-many-requests", "60"),
        (errors.Unavailable("database"), "unavailable", "1"),
        (InvariantBroken("Jane Doe 999010001"), "internal-error", None),
        (ValueError("Jane Doe 999010001"), "internal-error", None),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else str(value),
)
def test_an_error_of_a_use_case_is_answered_by_its_kind(error, name, retry_after):
    async def spending_power(_consumer_id):
        raise error

    with served(plain_doors(spending_power=spending_power)) as api:
        refused = api.ask("GET", POWER)
        status, kind, _ = told(refused)
        assert (kind, status) == (name, TYPES[name].status)
        assert refused.headers.get("retry-after") == retry_after
        assert b"Jane" not in refused.content + api.logged.getvalue()
        assert ("unexpected" in api.logged.getvalue().decode()) == (status == 500)


def test_a_problem_of_another_room_is_split_into_what_was_expected_and_a_hint():
    [mistake] = refusal_of(errors.RequestRefused([PROBLEM])).mistakes
    assert (mistake.expected, mistake.hint) == ("less", "did you mean 1?")


def test_every_kind_of_error_of_the_service_has_an_answer():
    kinds = [
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type)
        and issubclass(kind, Exception)
        and kind.__module__ == errors.__name__
    ]
    given = {errors.TooMany: ("c", "m"), errors.Unavailable: ("w",), errors.Conflicting: ("m",)}
    for kind in kinds:
        base = next(one for one in kind.__mro__ if one in {*given, errors.RequestRefused})
        more = {"retry_after_s": 1} if kind is errors.TooMany else {}
        assert refusal_of(kind(*given.get(base, ([],)), **more)).problem_type != "internal-error"


def test_a_body_that_means_the_same_is_the_same_request():
    key = b"d" * 32
    turned = dict(reversed(list(GOOD.items())))
    assert request_digest(turned, key=key) == request_digest(GOOD, key=key)
    absent = {name: value for name, value in GOOD.items() if name != "reference"}
    nulls = absent | {"reference": None}
    assert request_digest(nulls, key=key) == request_digest(absent, key=key)
    assert request_digest(GOOD | {"channel": "branch"}, key=key) != request_digest(GOOD, key=key)
    assert request_digest(GOOD, key=b"e" * 32) != request_digest(GOOD, key=key)


def test_the_page_of_the_document_loads_nothing(api):
    page = api.ask("GET", "/docs", key=None)
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "style-src 'sha256-" in page.headers["content-security-policy"]
    for word in ("<script", "src=", "@import", "url("):
        assert word not in page.text
    for operation in OPERATIONS:
        assert f"id='{operation.operation_id}'" in page.text


def test_a_route_says_who_may_use_it():
    operation: Operation = OPERATIONS[0]
    with pytest.raises(ValueError, match="either scopes or is_open"):
        replace(operation, scopes=frozenset())
