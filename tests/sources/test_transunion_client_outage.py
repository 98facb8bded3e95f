"""An outage: few attempts while it lasts, and soon back when it is over."""

import asyncio
from collections import Counter

import pytest

from tests.sources.bureau_talk import own, simulator, talk
from wherewithal.service.bureau import BureauUnavailable
from wherewithal.sources.bureau_simulator import PERSONAS_BY_NAME
from wherewithal.sources.circuit_breaker import BreakerSettings, BreakerState

PRIME = PERSONAS_BY_NAME["prime"].identity
NEVER_OPENS = BreakerSettings(calls_min=10**6)
RETRIES_SAVED = 3


@pytest.fixture(scope="module")
def server():
    with simulator() as running:
        yield running


@pytest.fixture
def switch(server):
    """Return what switches the bureau; it is up again after the test."""
    own(server, "DELETE", "requests")
    yield lambda mode: own(server, "POST", "control", json={"mode": mode})
    own(server, "POST", "control", json={"mode": "up"})


class Clock:
    """A monotonic clock that goes on only when told."""

    def __init__(self):
        self.now_s = 1_000.0

    def __call__(self):
        return self.now_s


async def pull(client, number):
    """Return the cause of a failed pull, or None."""
    try:
        await client.pull(PRIME, inquiry_id=f"outage-{number}", deadline_s=5.0)
    except BureauUnavailable as unavailable:
        return unavailable.cause
    return None


@pytest.mark.parametrize(("mode", "cause"), [("down", "broken_off"), ("failing", "error_status")])
def test_without_a_breaker_the_budget_alone_bounds_the_attempts(server, switch, mode, cause):
    switch(mode)
    calls, counts = 200, Counter[str]()

    async def all_fail(client):
        return [await pull(client, number) for number in range(calls)]

    causes = talk(server.url, all_fail, counts=counts, breaker=NEVER_OPENS, pause_s=0.0001)
    assert causes == [cause] * calls
    # Never more than a tenth above the calls, beside the three retries that were saved up before.
    assert calls < counts["attempt"] <= calls * 1.1 + RETRIES_SAVED
    assert own(server, "GET", "requests").json()["prime"]["attempts"] == counts["attempt"]


def test_ten_minutes_of_outage_cost_few_attempts_and_end_within_thirty_seconds(server, switch):
    clock, counts = Clock(), Counter[str]()

    async def live_through(client):
        switch("down")
        for second in range(600):
            clock.now_s += 1
            assert await pull(client, second) is not None
        attempts = counts["attempt"]
        switch("up")
        for second in range(31):
            clock.now_s += 1
            if await pull(client, 600 + second) is None:
                return attempts, second + 1, client.breaker_state
        raise AssertionError("still unavailable")

    attempts, seconds, state = talk(server.url, live_through, monotonic=clock, counts=counts)
    assert attempts < 50  # of 600 calls: some to open it, then a probe every twenty seconds
    assert seconds <= 21
    assert state is BreakerState.CLOSED
    # Five attempts open it, and each failed probe opens it again.
    assert (counts["breaker_opened"], counts["breaker_closed"]) == (attempts - 4, 1)


def test_a_half_open_breaker_lets_one_call_through(server, switch):
    clock, counts = Clock(), Counter[str]()

    async def crowd(client):
        switch("failing")
        while client.breaker_state is not BreakerState.OPEN:
            await pull(client, 0)
        opened = counts["attempt"]
        switch("hanging")
        clock.now_s += 2
        causes = asyncio.gather(*(pull(client, number) for number in range(20)))
        await asyncio.sleep(0.2)
        probes = counts["attempt"] - opened
        causes.cancel()
        await asyncio.gather(causes, return_exceptions=True)
        switch("up")
        return probes, await pull(client, 21)  # the probe was given up, so another may go

    assert talk(server.url, crowd, monotonic=clock, counts=counts) == (1, None)


def test_an_open_breaker_says_when_to_come_back(server, switch):
    clock = Clock()

    async def open_it(client):
        switch("failing")
        while client.breaker_state is not BreakerState.OPEN:
            await pull(client, 0)
        clock.now_s += 0.5
        with pytest.raises(BureauUnavailable) as caught:
            await client.pull(PRIME, inquiry_id="open", deadline_s=5.0)
        return caught.value

    unavailable = talk(server.url, open_it, monotonic=clock)
    assert (unavailable.cause, unavailable.retry_after_s) == ("circuit_open", 1.5)
