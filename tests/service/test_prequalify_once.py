"""One key, one effect: in a process, between processes, after a crash, and for one new person."""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from datetime import timedelta
from uuid import uuid4

import msgspec
import pytest

from tests.service.desk import CREDENTIAL, at_desk, inquiry_of, open_desk
from tests.sources.bureau_talk import own, simulator
from wherewithal.service.errors import InProgress, KeyReused, TooMany, Unavailable
from wherewithal.service.inquiry_records import RequestKey
from wherewithal.store.errors import StoreUnavailable

replace = msgspec.structs.replace


@pytest.fixture(scope="module")
def simulated():
    with simulator() as server:
        yield server


@pytest.fixture
def bureau(simulated):
    own(simulated, "DELETE", "requests")
    return simulated.url


def billed(simulated):
    counts = own(simulated, "GET", "requests").json()
    return {name: count["inquiries"] for name, count in counts.items()}


def test_64_requests_at_once_have_one_effect_and_equal_bytes(database, bureau, simulated):
    async def work(desk):
        answers = await asyncio.gather(*(desk.ask(inquiry_of(), key="k") for _ in range(64)))
        assert len({(one.status, one.body) for one in answers}) == 1
        tables = ("consumer", "prequalification", "decision", "report", "idempotency", "power")
        assert {table: await desk.count(table) for table in tables} == dict.fromkeys(tables, 1)
        assert billed(simulated) == {"prime": 1}

    at_desk(database, bureau, work)


def test_two_processes_at_once_have_one_effect(database, bureau, simulated):
    async def work(desk):
        async with open_desk(database, bureau, clock=desk.clock) as other:
            desks = [desk, other] * 8
            answers = await asyncio.gather(*(one.ask(inquiry_of(), key="k") for one in desks))
        assert len({one.body for one in answers}) == 1
        assert (await desk.count("prequalification"), billed(simulated)) == (1, {"prime": 1})

    at_desk(database, bureau, work)


def test_another_body_under_the_key_is_refused(database, bureau):
    async def work(desk):
        await desk.ask(inquiry_of(), key="k")
        with pytest.raises(KeyReused) as refused:
            await desk.ask(inquiry_of("declined"), key="k")
        assert [(one.code, one.path) for one in refused.value.problems] == [
            ("key_reused", "$header.Idempotency-Key")
        ]
        results = await asyncio.gather(
            desk.ask(inquiry_of(), key="m"),
            desk.ask(inquiry_of("declined"), key="m"),
            return_exceptions=True,
        )
        assert [type(one).__name__ for one in results] == ["Answered", "KeyReused"]
        assert await desk.count("consumer") == 1

    at_desk(database, bureau, work)


def test_a_key_is_kept_for_a_day_and_then_anew(database, bureau):
    async def work(desk):
        first = await desk.ask(inquiry_of(), key="k")
        await desk.rows("update idempotency set created_at = now() - interval '23:59'")
        assert await desk.ledger.purge_keys(rows_max=10) == 0
        assert (await desk.ask(inquiry_of(), key="k")).body == first.body
        await desk.rows("update idempotency set created_at = now() - interval '24:01'")
        again = await desk.ask(inquiry_of("declined"), key="k")
        assert again.prequalification_id != first.prequalification_id
        await desk.rows("update idempotency set created_at = now() - interval '24:01'")
        assert await desk.ledger.purge_keys(rows_max=10) == 1

    at_desk(database, bureau, work)


def test_a_claim_of_another_process_is_respected_for_its_lease(database, bureau):
    async def work(desk):
        await _open(desk, "k")
        async with open_desk(database, bureau, lease=timedelta(seconds=1)) as opened:
            other = opened.with_ports(sleep=lambda _s: asyncio.sleep(0))
            with pytest.raises(InProgress) as refused:
                await other.ask(inquiry_of(), key="k")
            assert refused.value.retry_after_s == 1
            await desk.rows("update idempotency set claimed_until = now()")
            assert (await other.ask(inquiry_of(), key="k")).status == 200

    at_desk(database, bureau, work)


def test_whoever_lost_the_claim_writes_nothing(database, bureau, simulated):
    """Stopped between its pull and its write for longer than its lease, another went on."""

    async def work(desk):
        reached, go_on = asyncio.Event(), asyncio.Event()

        class Slow:
            bureau = "transunion"

            async def pull(self, identity, *, inquiry_id, deadline_s):
                raw = await desk.ports.reports.pull(
                    identity, inquiry_id=inquiry_id, deadline_s=deadline_s
                )
                reached.set()
                await go_on.wait()
                return raw

        zombie = asyncio.create_task(desk.with_ports(reports=Slow()).ask(inquiry_of(), key="k"))
        await reached.wait()
        await desk.rows("update idempotency set claimed_until = now()")
        async with open_desk(database, bureau, clock=desk.clock) as other:
            answer = await other.ask(inquiry_of(), key="k")
        go_on.set()
        assert (await zombie).body == answer.body
        assert (await desk.count("prequalification"), await desk.count("decision")) == (1, 1)
        assert billed(simulated) == {"prime": 1}

    at_desk(database, bureau, work)


@pytest.mark.parametrize("spellings", [8, 24])
def test_one_new_person_many_times_at_once_is_one_consumer(database, bureau, spellings):
    async def work(desk):
        identity = inquiry_of().identity
        names = ["Paula", "PAULA", "Paula Ann", "paula"]
        people = [replace(identity, given_name=names[n % 4]) for n in range(spellings)]
        answers = await asyncio.gather(
            *(desk.ask(inquiry_of(identity=one)) for one in people), return_exceptions=True
        )
        kinds = Counter(type(one).__name__ for one in answers)
        assert set(kinds) <= {"Answered", "TooMany"}, kinds
        consumers = {one.consumer_id for one in answers if not isinstance(one, BaseException)}
        assert (len(consumers), await desk.count("consumer")) == (1, 1)
        seqs = await desk.rows("select array_agg(seq order by seq), max(seq) from decision")
        assert seqs[0][0] == list(range(1, seqs[0][1] + 1))
        assert await desk.rows("select p.seq = max(d.seq) from power p, decision d group by p.seq")
        assert await desk.count("report") <= 4

    at_desk(database, bureau, work)


def test_a_refusal_leaves_the_key_free(database, bureau):
    async def work(desk):
        with pytest.raises(TooMany):
            await desk.with_ports(
                settings=msgspec.structs.replace(desk.ports.settings, pulls_max_30d=0)
            ).ask(inquiry_of(), key="k")
        assert await desk.count("idempotency") == 0
        assert (await desk.ask(inquiry_of("declined"), key="k")).status == 200

    at_desk(database, bureau, work)


def test_who_asks_and_goes_away_finds_the_answer_later(database, bureau, simulated):
    async def work(desk):
        asking = asyncio.create_task(desk.ask(inquiry_of(), key="k"))
        await asyncio.sleep(0.02)
        asking.cancel()
        await desk.ports.flights.drain()
        assert await desk.count("prequalification") == 1
        assert (await desk.ask(inquiry_of(), key="k")).status == 200
        assert billed(simulated) == {"prime": 1}

    at_desk(database, bureau, work)


def test_a_database_that_goes_is_unavailable_and_the_retry_goes_on(database, bureau, simulated):
    async def work(desk):
        ledger = desk.ledger

        class Breaks:
            def __getattr__(self, name):
                return getattr(ledger, name)

            async def record(self, *_, **__):
                raise Unavailable("database") from StoreUnavailable()

        with pytest.raises(Unavailable):
            await desk.with_ports(ledger=Breaks()).ask(inquiry_of(), key="k")
        assert await desk.count("prequalification") == 0
        inquiry_id = (await desk.rows("select inquiry_id from idempotency"))[0][0]
        answered = await desk.ask(inquiry_of(), key="k")
        assert answered.prequalification_id == inquiry_id
        assert (billed(simulated), await desk.count("report")) == ({"prime": 1}, 1)

    at_desk(database, bureau, work)


async def _open(desk, key):
    """Claim a key as a process that then does nothing."""
    inquiry = inquiry_of()
    digest = hashlib.sha256(msgspec.json.encode(inquiry)).digest()
    request = RequestKey(credential_id=CREDENTIAL, idempotency_key=key, request_digest=digest)
    return await desk.ledger.open_inquiry(
        inquiry, key=request, at=desk.clock(), new_id=uuid4(), token=uuid4()
    )
