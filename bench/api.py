"""A persisted prequalification with a report at hand, against a bare ASGI app that writes the same.

Every person is asked for once, so that their report is there, and then again with another income:
the core decides anew and everything is written, and no bureau is asked.
"""

from __future__ import annotations

import asyncio
import json
import urllib.request
from typing import Any

import psycopg

from bench.load import Answers, request, send_all
from bench.service import Service, person, running_floor, running_service

ROUNDS = 3
CONNECTIONS = 16


def measure(*, people: int, requests: int) -> dict[str, object]:
    """Return requests a second of the API and of the floor, and their ratio."""
    with running_service() as service, psycopg.connect(service.dsn, autocommit=True) as database:
        asked = [person(service, f"row-{row}") for row in range(people)]
        approved = first_round(service, asked)
        ours: list[Answers] = []
        floors: list[Answers] = []
        _again(service, approved, requests=len(approved), income_step=1)
        before = _decisions(database)
        with running_floor("write", service.dsn) as floor_port:
            # In turn, so that a slow minute of the machine falls on both.
            for turn in range(ROUNDS):
                floors.append(_floor(floor_port, approved, requests=requests))
                ours.append(
                    _again(service, approved, requests=requests, income_step=1_000 * (turn + 2))
                )
        made = _decisions(database) - before
    if made != ROUNDS * requests:
        message = f"{ROUNDS * requests} requests made {made} decisions: ask fewer times a person"
        raise RuntimeError(message)
    api, floor = best(ours), best(floors)
    return {
        "benchmark": "api",
        "people": len(approved),
        "requests": requests,
        "connections": CONNECTIONS,
        "api_per_second": api.per_second,
        "api_p50_ms": api.percentile(0.5),
        "api_p99_ms": api.percentile(0.99),
        "floor_per_second": floor.per_second,
        "floor_p50_ms": floor.percentile(0.5),
        "floor_p99_ms": floor.percentile(0.99),
        "ratio_to_floor": api.per_second / floor.per_second,
        "aim_ratio_to_floor": 0.6,
    }


def _decisions(database: psycopg.Connection[Any]) -> int:
    """Return how many approvals our service recorded; the floor's rows have keys of other names."""
    row = database.execute(
        "select count(*) from prequalification q join decision d"
        " on d.consumer_id = q.consumer_id and d.inquiry_id = q.prequalification_id"
        " join idempotency i on i.consumer_id = q.consumer_id"
        " and i.inquiry_id = q.prequalification_id"
        " where i.idempotency_key like 'again-%' and d.outcome = 'approved'"
    ).fetchone()
    return int(row[0]) if row else 0


def first_round(service: Service, asked: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Ask for everyone once, pulls included, and return those who were approved."""
    approved = []
    for place, one in enumerate(asked):
        message = urllib.request.Request(
            f"http://127.0.0.1:{service.port}/v1/prequalifications",
            data=json.dumps(one).encode(),
            headers=service.headers
            | {"Idempotency-Key": f"first-{place}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(message, timeout=30) as answer:  # noqa: S310 - loopback
            if json.load(answer)["outcome"] == "approved":
                approved.append(one)
    return approved


def _again(
    service: Service, asked: list[dict[str, Any]], *, requests: int, income_step: int
) -> Answers:
    """Ask again, each time with an income that nobody stated before."""
    bodies = []
    for number in range(requests):
        one = asked[number % len(asked)]
        income = one["stated"]["income_cents"] + income_step + number // len(asked)
        bodies.append(one | {"stated": one["stated"] | {"income_cents": income}})
    answers = _send(service, bodies, prefix=f"again-{income_step}")
    if answers.statuses[200] != requests:
        raise RuntimeError(f"the API answered {answers.statuses}: {answers.strange!r}")
    return answers


def _send(service: Service, bodies: list[dict[str, Any]], *, prefix: str) -> Answers:
    messages = [
        request(
            "POST",
            "/v1/prequalifications",
            headers=service.headers | {"Idempotency-Key": f"{prefix}-{number}"},
            body=json.dumps(body).encode(),
        )
        for number, body in enumerate(bodies)
    ]
    return asyncio.run(send_all(messages, port=service.port, connections=CONNECTIONS))


def _floor(port: int, asked: list[dict[str, Any]], *, requests: int) -> Answers:
    messages = [
        request("POST", "/", body=json.dumps(asked[number % len(asked)]).encode())
        for number in range(requests)
    ]
    return asyncio.run(send_all(messages, port=port, connections=CONNECTIONS))


def best(rounds: list[Answers]) -> Answers:
    """Return the fastest round."""
    return max(rounds, key=lambda one: one.per_second)
