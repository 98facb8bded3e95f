"""Reading spending power, against a bare ASGI app and one SELECT."""

from __future__ import annotations

import asyncio
import itertools

import psycopg

from bench.api import CONNECTIONS, ROUNDS, best, first_round
from bench.load import Answers, request, send_all
from bench.service import person, running_floor, running_service


def measure(*, people: int, requests: int) -> dict[str, object]:
    """Return reads a second of the API and of the floor, and their ratio."""
    ours: list[Answers] = []
    floors: list[Answers] = []
    with running_service() as service:
        first_round(service, [person(service, f"row-{row}") for row in range(people)])
        with psycopg.connect(service.dsn) as connection:
            ids = [str(row[0]) for row in connection.execute("select consumer_id from power")]
        turn = list(itertools.islice(itertools.cycle(ids), requests))
        mine = [
            request("GET", f"/v1/consumers/{one}/spending-power", headers=service.headers)
            for one in turn
        ]
        bare = [request("GET", f"/{one}") for one in turn]
        with running_floor("read", service.dsn) as floor_port:
            for _ in range(ROUNDS):
                floors.append(asyncio.run(send_all(bare, port=floor_port, connections=CONNECTIONS)))
                ours.append(asyncio.run(send_all(mine, port=service.port, connections=CONNECTIONS)))
                for answers in (floors[-1], ours[-1]):
                    if answers.statuses[200] != requests:
                        raise RuntimeError(f"answered {answers.statuses}: {answers.strange!r}")
    api, floor = best(ours), best(floors)
    return {
        "benchmark": "read",
        "people": len(ids),
        "requests": requests,
        "connections": CONNECTIONS,
        "read_per_second": api.per_second,
        "read_p50_ms": api.percentile(0.5),
        "read_p99_ms": api.percentile(0.99),
        "floor_per_second": floor.per_second,
        "floor_p50_ms": floor.percentile(0.5),
        "floor_p99_ms": floor.percentile(0.99),
        "ratio_to_floor": api.per_second / floor.per_second,
        "aim_ratio_to_floor": 0.6,
    }
