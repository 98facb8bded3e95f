"""The client over real sockets: whatever the bureau does, a call ends by its deadline and says why."""

import asyncio
import socket
import time
from collections import Counter

import pytest

from tests.sources.bureau_talk import SLACK_S, SUBSCRIBER, endpoint, own, simulator, talk
from wherewithal.service.bureau import BureauLate, BureauUnavailable
from wherewithal.sources.bureau_simulator import PERSONAS_BY_NAME
from wherewithal.sources.bureau_transunion.client import EVENTS
from wherewithal.sources.bureau_transunion.document import BYTES_MAX
from wherewithal.sources.bureau_transunion.endpoint import Endpoint
from wherewithal.sources.bureau_transunion.request import write_request
from wherewithal.sources.circuit_breaker import BreakerSettings, BreakerState
from wherewithal.vocabulary.errors import DomainError

PRIME = PERSONAS_BY_NAME["prime"].identity
NEVER_OPENS = BreakerSettings(calls_min=10**6)


@pytest.fixture(scope="module")
def server():
    with simulator() as running:
        yield running


@pytest.fixture
def unused_port():
    """Return a port of this machine on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


def pulling(name, *, inquiry_id="one", deadline_s=5.0):
    async def pull(client):
        identity = PERSONAS_BY_NAME[name].identity
        return await client.pull(identity, inquiry_id=inquiry_id, deadline_s=deadline_s)

    return pull


@pytest.mark.parametrize("name", ["slow", "dripping", "hanging", "silent"])
def test_a_bureau_that_dawdles_is_late_at_the_deadline(server, name):
    counts: Counter[str] = Counter()
    began = time.monotonic()
    with pytest.raises(BureauLate, match=r"did not answer within 0\.3 s"):
        talk(server.url, pulling(name, deadline_s=0.3), counts=counts)
    assert 0.3 <= time.monotonic() - began < 0.3 + SLACK_S
    assert counts == {"attempt": 1, "late": 1}


@pytest.mark.parametrize(
    ("name", "cause", "attempts"),
    [
        ("resetting", "broken_off", 3),
        ("refusing", "error_status", 3),
        ("redirecting", "redirected", 1),
    ],
)
def test_a_bureau_that_fails_is_unavailable_after_at_most_three_attempts(server, name, cause, attempts):  # fmt: skip
    own(server, "DELETE", "requests")
    counts: Counter[str] = Counter()
    with pytest.raises(BureauUnavailable) as caught:
        talk(server.url, pulling(name, inquiry_id=f"fails-{name}"), counts=counts)
    assert (caught.value.cause, counts["attempt"]) == (cause, attempts)
    assert own(server, "GET", "requests").json() == {name: {"attempts": attempts, "inquiries": 1}}
    assert counts.keys() <= set(EVENTS)


def test_a_retry_carries_the_same_inquiry_so_it_is_billed_once(server):
    own(server, "DELETE", "requests")
    counts: Counter[str] = Counter()
    raw = talk(server.url, pulling("flaky", inquiry_id="again"), counts=counts)
    assert b"FELIX" in raw
    assert counts == {"attempt": 2, "retry": 1, "answered": 1}
    assert own(server, "GET", "requests").json() == {"flaky": {"attempts": 2, "inquiries": 1}}


def test_a_huge_answer_is_read_to_the_cap_and_no_further(server):
    assert len(talk(server.url, pulling("huge"))) == BYTES_MAX + 1
    assert len(talk(server.url, pulling("huge"), bytes_max=1_000)) == 1_001


def test_what_was_given_up_leaves_the_pool_whole(server):
    async def many(client):
        slow = (pulling("hanging", inquiry_id=str(n), deadline_s=0.2)(client) for n in range(20))
        ends = await asyncio.gather(*slow, return_exceptions=True)
        assert [type(end) for end in ends] == [BureauLate] * 20
        return await pulling("prime")(client)

    assert b"PAULA" in talk(server.url, many, connections_max=3, breaker=NEVER_OPENS)


def test_waiting_for_a_connection_counts_towards_the_deadline(server):
    async def crowd(client):
        began = time.monotonic()
        calls = (pulling("silent", inquiry_id=str(n), deadline_s=0.3)(client) for n in range(8))
        await asyncio.gather(*calls, return_exceptions=True)
        return time.monotonic() - began

    assert talk(server.url, crowd, connections_max=1) < 0.3 + SLACK_S


def test_a_caller_who_goes_away_says_nothing_of_the_bureau(server):
    counts: Counter[str] = Counter()

    async def leave(client):
        for _ in range(10):
            task = asyncio.create_task(pulling("hanging", deadline_s=30)(client))
            await asyncio.sleep(0.02)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        return client.breaker_state

    assert talk(server.url, leave, counts=counts) is BreakerState.CLOSED
    assert counts == {"attempt": 10, "given_up": 10}


def test_connections_are_kept_and_used_again(server):
    async def twice(client):
        for number in range(5):
            await pulling("prime", inquiry_id=str(number))(client)
        return len(client._http._transport._pool.connections)

    assert talk(server.url, twice) == 1


def test_a_simulation_is_refused_where_it_is_not_expected(server):
    with pytest.raises(BureauUnavailable) as caught:
        talk(server.url, pulling("prime"), is_simulation_allowed=False)
    assert caught.value.cause == "simulated"


def test_nobody_there_is_unreachable(unused_port):
    counts: Counter[str] = Counter()
    with pytest.raises(BureauUnavailable) as caught:
        talk(f"http://127.0.0.1:{unused_port}/", pulling("prime"), counts=counts)
    assert (caught.value.cause, counts["attempt"]) == ("unreachable", 3)


def test_proxies_of_the_environment_are_not_used(server, monkeypatch, unused_port):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{unused_port}")
    monkeypatch.delenv("NO_PROXY", raising=False)
    assert b"PAULA" in talk(server.url, pulling("prime"))


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("http://bureau.example/", "https://"),
        ("ftp://127.0.0.1/", "https://"),
        ("bureau.example", "https://"),
        ("https://user:word@bureau.example/", "user or password"),
    ],
)
def test_an_address_that_would_send_in_the_clear_is_refused(url, message):
    with pytest.raises(DomainError, match=message):
        endpoint(url)


def test_attempts_are_one_to_three():
    with pytest.raises(DomainError, match="attempts_max"):
        Endpoint(url="https://bureau.example/", subscriber=SUBSCRIBER, attempts_max=4)


@pytest.mark.parametrize("inquiry_id", ["", "a b", "a\n", "x" * 65, "é"])
def test_an_inquiry_id_that_cannot_be_sent_is_refused(inquiry_id):
    with pytest.raises(DomainError, match="inquiry_id"):
        write_request(PRIME, subscriber=SUBSCRIBER, inquiry_id=inquiry_id)
