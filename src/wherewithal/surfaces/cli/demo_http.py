"""The demo's client of the API and of the simulated bureau: plain HTTP, as anybody would."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection
from time import perf_counter
from typing import Any

from wherewithal.surfaces.cli.demo_ports import DemoService
from wherewithal.vocabulary.errors import WherewithalError

#: Longer than any answer takes, a waited-for one included.
_TIMEOUT_S = 60.0
#: What the people of the demo are taken to have agreed to. A sample, and no legal advice.
CONSENT_TEXT = "You may look at my credit file to tell me what I can spend. This is a soft inquiry."
CONSENT_VERSION = "demo-1"


class AnsweredOtherwise(WherewithalError):
    """The service answered with a status that the demo cannot go on with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One answer: its status, its JSON, how long it took."""

    status: int
    data: Any
    milliseconds: float
    location: str | None


def get(service: DemoService, path: str, *, wait_s: int = 0) -> Reply:
    """Return what the API answers to a GET; with `wait_s` it may wait for what is pending."""
    headers = {"Prefer": f"wait={wait_s}"} if wait_s else {}
    return _expected(_call(service, "GET", path, headers=headers), {200, 202})


def ask(service: DemoService, body: Mapping[str, Any], *, key: str) -> Reply:
    """Ask for a prequalification under an idempotency key."""
    headers = {"Idempotency-Key": key, "Content-Type": "application/json"}
    text = json.dumps(body).encode()
    reply = _call(service, "POST", "/v1/prequalifications", headers=headers, body=text)
    return _expected(reply, {200, 202})


def post(service: DemoService, path: str, body: Mapping[str, Any]) -> Reply:
    """Ask for something that needs no key: its own reference makes it safe to ask again."""
    headers = {"Content-Type": "application/json"}
    reply = _call(service, "POST", path, headers=headers, body=json.dumps(body).encode())
    return _expected(reply, {200, 201})


def person_of(service: DemoService, key: str) -> dict[str, Any]:
    """Return who a person of the simulated bureau is, and what they state."""
    found: dict[str, Any] = json.loads(bureau_bytes(service, f"/people/{key}"))
    return found


def bureau_bytes(service: DemoService, path: str) -> bytes:
    """Return what the simulated bureau serves there. Errors: AnsweredOtherwise."""
    connection = HTTPConnection(service.host, service.bureau_port, timeout=_TIMEOUT_S)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        data = answer.read()
    finally:
        connection.close()
    if answer.status != 200:
        raise AnsweredOtherwise(f"the simulated bureau answered {answer.status} to {path}")
    return data


def request_of(person: Mapping[str, Any]) -> dict[str, Any]:
    """Return the body that asks for a person, with a consent given now."""
    stated = {name: value for name, value in person["stated"].items() if value is not None}
    stated.pop("state", None)
    return {
        "consumer": person["identity"],
        "stated": stated,
        "consent": {
            "scope": "once",
            "text_version": CONSENT_VERSION,
            "text_sha256": hashlib.sha256(CONSENT_TEXT.encode()).hexdigest(),
        },
        "purpose": "prequalification",
        "channel": "app",
    }


def _call(
    service: DemoService,
    method: str,
    path: str,
    *,
    headers: Mapping[str, str],
    body: bytes | None = None,
) -> Reply:
    connection = HTTPConnection(service.host, service.port, timeout=_TIMEOUT_S)
    begun = perf_counter()
    try:
        signed = {"Authorization": f"Bearer {service.key}", **headers}
        connection.request(method, path, body=body, headers=signed)
        answer = connection.getresponse()
        text = answer.read()
    finally:
        connection.close()
    return Reply(
        status=answer.status,
        data=json.loads(text),
        milliseconds=1_000 * (perf_counter() - begun),
        location=answer.headers.get("Location"),
    )


def _expected(reply: Reply, statuses: set[int]) -> Reply:
    if reply.status not in statuses:
        codes = [one["code"] for one in reply.data.get("errors", ())]
        problem = ", ".join(codes) or reply.data.get("title")
        raise AnsweredOtherwise(f"the API answered {reply.status}: {problem}")
    return reply
