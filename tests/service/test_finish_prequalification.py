"""A late bureau: 202, a job in the same transaction, and one final answer."""

from __future__ import annotations

import asyncio
from functools import partial
from uuid import UUID, uuid4

import msgspec
import procrastinate
import pytest

from tests.service.desk import at_desk, inquiry_of, read
from tests.sources.bureau_talk import own, simulator
from wherewithal.service.consents import list_consents, revoke_consent
from wherewithal.service.finish_prequalification import finish_prequalification
from wherewithal.service.ports import GateAnswer, GateVerdict
from wherewithal.service.read_back import find_decision, find_prequalification
from wherewithal.store.read_back import InquiriesReadBack
from wherewithal.surfaces.jobs import JobPorts, build_jobs, defer_finish
from wherewithal.wiring.holds import hold_sweeper
from wherewithal.wiring.loans import late_marker


@pytest.fixture(scope="module")
def simulated():
    with simulator() as server:
        yield server


@pytest.fixture
def bureau(simulated):
    own(simulated, "DELETE", "requests")
    own(simulated, "POST", "control", json={"mode": "up"})
    yield simulated.url
    own(simulated, "POST", "control", json={"mode": "up"})


async def waiting(desk, persona="slow", **given):
    answered = await desk.ask(inquiry_of(persona, **given), key="k")
    assert answered.status == 202
    return {
        "consumer_id": answered.consumer_id,
        "prequalification_id": answered.prequalification_id,
    }


def finishing(desk, ids):
    return finish_prequalification(**ids, ports=desk.ports)


def test_a_late_answer_becomes_final_once_and_the_key_keeps_its_202(database, bureau, simulated):
    async def work(desk):
        ids = await waiting(desk)
        first = await desk.ask(inquiry_of("slow"), key="k")
        assert await asyncio.gather(*(finishing(desk, ids) for _ in range(4))) == [True] * 4
        reads = InquiriesReadBack(desk.pool)
        final = await find_prequalification(
            *ids.values(), wait_s=0, inquiries=reads, sleep=asyncio.sleep
        )
        answer = msgspec.json.decode(final or b"")
        assert (answer["status"], answer["outcome"]) == ("decided", "approved")
        assert (await desk.ask(inquiry_of("slow"), key="k")).body == first.body
        counts = [await desk.count(name) for name in ("decision", "report", "prequalification")]
        assert counts == [1, 1, 1]
        inquiries = own(simulated, "GET", "requests").json()["slow"]["inquiries"]
        assert inquiries == 1

    at_desk(database, bureau, work)


def test_waiting_for_the_answer_sees_it_come(database, bureau):
    async def work(desk):
        ids = await waiting(desk)
        reads = InquiriesReadBack(desk.pool)
        look = partial(find_prequalification, inquiries=reads, sleep=asyncio.sleep)
        looking = asyncio.create_task(look(*ids.values(), wait_s=10))
        assert b'"pending"' in (await look(*ids.values(), wait_s=0.3) or b"")
        await finishing(desk, ids)
        assert b'"decided"' in (await looking or b"")
        assert await look(uuid4(), ids["prequalification_id"], wait_s=1) is None

    at_desk(database, bureau, work)


def test_a_bureau_that_never_answers_ends_as_unavailable(database, bureau, simulated):
    async def work(desk):
        own(simulated, "POST", "control", json={"mode": "down"})
        ids = await waiting(desk, "prime")
        assert not await finishing(desk, ids)
        desk.clock.forward(seconds=901)
        assert await finishing(desk, ids)
        rows = await desk.rows("select status, response, decision_seq from prequalification")
        answer = msgspec.json.decode(rows[0][1])
        assert (rows[0][0], rows[0][2], answer["outcome"]) == ("decided", None, "unavailable")
        assert [one["code"] for one in answer["reasons"]] == ["G_UNAVAILABLE"]
        assert await desk.count("notice_case") == 0
        own(simulated, "POST", "control", json={"mode": "up"})
        await asyncio.sleep(0.1)
        assert (await desk.tell(inquiry_of("prime"))).outcome in {"approved", None}

    at_desk(database, bureau, work)


def test_what_is_revoked_while_it_waits_is_not_asked_for(database, bureau, simulated):
    async def work(desk):
        ids = await waiting(desk)
        reads = InquiriesReadBack(desk.pool)
        consents = await list_consents(ids["consumer_id"], consents=reads)
        assert [one.revoked_at for one in consents or ()] == [None]
        revoke = partial(
            revoke_consent,
            ids["consumer_id"],
            ids["prequalification_id"],
            consents=reads,
            clock=desk.clock,
        )
        first = await revoke()
        desk.clock.forward(seconds=1)
        assert await revoke() == first
        before = own(simulated, "GET", "requests").json()
        assert await finishing(desk, ids)
        assert own(simulated, "GET", "requests").json() == before
        assert await desk.count("decision") == 0

    at_desk(database, bureau, work)


def test_a_gate_that_does_not_answer_is_waited_for(database, bureau):
    class Away:
        async def check(self, _question):
            return GateAnswer(verdict=GateVerdict.UNAVAILABLE)

    async def work(desk):
        away = desk.with_ports(gate=Away())
        ids = await waiting(away, "prime")
        assert not await finishing(away, ids)
        assert await finishing(desk, ids)
        rows = await desk.rows("select outcome, report_id from decision")
        assert rows == [("approved", ids["prequalification_id"])]

    at_desk(database, bureau, work)


@pytest.mark.parametrize(
    ("verdict", "told"),
    [
        (GateVerdict.REFUSE, ("refused_identity", ["G_REVIEW"])),
        (GateVerdict.STEP_UP, ("step_up", ["G_PROOF"])),
    ],
)
def test_a_gate_that_does_not_let_pass_costs_no_pull(database, bureau, simulated, verdict, told):
    class Shut:
        async def check(self, _question):
            return GateAnswer(verdict=verdict, codes=("a_rule",))

    async def work(desk):
        answered = await desk.with_ports(gate=Shut()).ask(inquiry_of())
        answer = read(answered)
        assert (answer.outcome, [one.code for one in answer.reasons]) == told
        assert b"a_rule" not in answered.body
        assert own(simulated, "GET", "requests").json() == {}
        assert (await desk.count("decision"), await desk.count("report")) == (0, 0)

    at_desk(database, bureau, work)


def test_the_worker_finishes_what_was_deferred(database, bureau):
    connector = procrastinate.PsycopgConnector(conninfo=database, min_size=1, max_size=2)

    async def work(desk):
        async def finish(consumer_id, prequalification_id):
            return await finish_prequalification(
                consumer_id=consumer_id,
                prequalification_id=prequalification_id,
                ports=desk.ports,
            )

        ports = JobPorts(
            finish=finish,
            purge_keys=purge(desk),
            sweep_holds=hold_sweeper(desk.pool),
            mark_late=late_marker(desk.pool),
            uniform=lambda: 0.0,
        )
        app = build_jobs(connector, ports)
        desk.ledger._defer_finish = lambda connection, consumer_id, id_: defer_finish(
            app, connection, consumer_id=consumer_id, prequalification_id=id_
        )
        async with app.open_async():
            await waiting(desk)
            await desk.rows("update procrastinate_jobs set scheduled_at = now()")
            await app.run_worker_async(
                wait=False, install_signal_handlers=False, listen_notify=False
            )
        assert await desk.rows(
            "select task_name, status::text from procrastinate_jobs where task_name like 'finish%%'"
        ) == [("finish_prequalification", "succeeded")]
        assert await desk.count("decision") == 1

    at_desk(database, bureau, work)


def purge(desk):
    return lambda rows_max: desk.ledger.purge_keys(rows_max=rows_max)


def test_a_recorded_decision_is_read_back_in_full(database, bureau):
    async def work(desk):
        answer = await desk.tell(inquiry_of("declined"))
        consumer_id = UUID(answer.consumer_id)
        reads = InquiriesReadBack(desk.pool)
        find = partial(find_decision, inquiries=reads, bundle=desk.ports.bundle)
        found = await find(consumer_id, answer.decision_id)
        assert found is not None
        assert (found.outcome, found.seq, found.tempo) == ("declined", 1, "now")
        assert found.reasons == answer.reasons
        assert found.row["power_total_cents"] == 0
        assert found.facts["stated_income_cents"] == 6_000_000
        assert found.matched["Knock-outs"]
        assert await find(uuid4(), answer.decision_id) is None

    at_desk(database, bureau, work)
