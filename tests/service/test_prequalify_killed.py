"""The database is killed in the middle of requests; the retry with the same key resolves each.

Kills fall at moments drawn from a seed, spread over the whole of a request; the counters show that
they fell before, between and after its statements.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import time
from collections import Counter

import pytest

from tests.postgres import running_server
from tests.service.desk import inquiry_of, open_desk
from tests.sources.bureau_talk import own, simulator
from wherewithal.service.errors import Conflicting, Unavailable
from wherewithal.store.errors import StoreUnavailable
from wherewithal.store.migrate import migrate
from wherewithal.vocabulary.consumer import Address, Identity

ROUNDS = 20
#: Requests before the first kill, to see how long one takes.
UNHARMED = 4
SEED = 20260302
#: Kills are drawn from so many times what a request takes here and now.
SPAN = 1.4


@pytest.fixture(scope="module")
def simulated():
    with simulator() as server:
        yield server


def person(number: int) -> Identity:
    """Return somebody whom the bureau does not know by number: a no-hit costs the same writes."""
    known = inquiry_of().identity
    return Identity(
        given_name=f"Kim{chr(97 + number % 26)}",
        family_name=f"Killed{chr(97 + number // 26)}",
        date_of_birth=known.date_of_birth,
        ssn=f"99977{number:04d}",
        address=Address(street="1 Way", city="Columbus", state="OH", postal_code="43215"),
    )


async def killed_in_the_middle(server, desk, number: int, delay_s: float) -> str:
    """Ask, kill the server meanwhile, bring it back, ask again; return where the kill fell."""
    inquiry = inquiry_of(identity=person(number))
    asking = asyncio.create_task(desk.ask(inquiry, key=f"round-{number}"))
    await asyncio.sleep(delay_s)
    os.kill(server.pid, signal.SIGKILL)
    first = (await asyncio.gather(asking, return_exceptions=True))[0]
    assert not isinstance(first, BaseException) or isinstance(first, Unavailable), repr(first)
    await asyncio.to_thread(server.ensure_running)
    fell = await where_it_fell(desk, number)
    answered = await until_answered(desk, inquiry, number)
    if not isinstance(first, BaseException):
        assert first.body == answered.body
    return fell


async def took_s(desk) -> float:
    """Return how long a request takes, the first one left out: it prepares statements."""
    took = []
    for number in range(ROUNDS, ROUNDS + UNHARMED):
        began = time.perf_counter()
        await desk.ask(inquiry_of(identity=person(number)), key=f"round-{number}")
        took.append(time.perf_counter() - began)
    return min(took[1:])


async def where_it_fell(desk, number: int) -> str:
    for _ in range(100):
        try:
            rows = await desk.rows(
                "select consumer_id is not null, inquiry_id in (select inquiry_id from report)"
                " from idempotency where idempotency_key = %(key)s",
                key=f"round-{number}",
            )
        except StoreUnavailable:  # it is just back
            await asyncio.sleep(0.1)
        else:
            if not rows:
                return "before"
            is_answered, is_asked = rows[0]
            return "after" if is_answered else "at the bureau" if is_asked else "between"
    raise AssertionError("the server did not come back")


async def until_answered(desk, inquiry, number: int):
    for _ in range(100):
        try:
            return await desk.ask(inquiry, key=f"round-{number}")
        except (Unavailable, Conflicting):
            await asyncio.sleep(0.1)
    raise AssertionError("no answer")


def test_a_killed_database_leaves_one_effect_of_each_request(simulated):
    drawn = random.Random(SEED)
    fell: Counter[str] = Counter()

    async def work(server):
        async with open_desk(server.dsn, simulated.url, pool_size=4) as desk:
            span_s = SPAN * await took_s(desk)
            for number in range(ROUNDS):
                # Every fourth at once, before its first statement is sent.
                delay_s = drawn.uniform(0, span_s) if number % 4 else 0.0
                async with asyncio.timeout(30):
                    fell[await killed_in_the_middle(server, desk, number, delay_s)] += 1
            tables = ("consumer", "consumer_identity", "prequalification", "decision", "report")
            counts = {table: await desk.count(table) for table in tables}
            everybody = ROUNDS + UNHARMED
            assert counts == dict.fromkeys(tables, everybody)
            assert await desk.count("idempotency", "consumer_id is not null") == everybody
            assert await desk.count("identity_key") == 2 * everybody

    with running_server() as server:
        asyncio.run(migrate(server.dsn))
        asyncio.run(work(server))
    billed = own(simulated, "GET", "requests").json()["unknown"]["inquiries"]
    assert billed == ROUNDS + UNHARMED
    print(f"\nseed {SEED}: the kill fell {dict(fell)}")  # noqa: T201 - what the rounds reached
    assert fell["before"] > 0, fell
    assert fell["between"] + fell["at the bureau"] > 0, fell
    assert fell["after"] > 0, fell
