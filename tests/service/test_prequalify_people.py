"""Who asks with a slip, who asks with somebody's number, and who asks twice at once."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest

from tests.service.desk import at_desk, inquiry_of, read
from tests.sources.bureau_talk import own, simulator
from wherewithal.service.errors import AmbiguousIdentity
from wherewithal.service.finish_prequalification import finish_prequalification

replace = msgspec.structs.replace


@pytest.fixture(scope="module")
def simulated():
    with simulator() as server:
        yield server


@pytest.fixture
def bureau(simulated):
    own(simulated, "DELETE", "requests")
    return simulated.url


def billed(simulated) -> int:
    return sum(count["inquiries"] for count in own(simulated, "GET", "requests").json().values())


SLIPS = {
    "a digit of the number": lambda me: replace(me, ssn="999018888"),
    "the year of birth": lambda me: replace(
        me, date_of_birth=me.date_of_birth.replace(year=me.date_of_birth.year + 1)
    ),
    "a stranger with the number": lambda me: replace(
        me,
        given_name="Mallory",
        family_name="Stranger",
        date_of_birth=me.date_of_birth.replace(year=1971),
        address=replace(me.address, postal_code="99501", state="AK"),
    ),
}


@pytest.mark.parametrize("slip", SLIPS.values(), ids=SLIPS)
def test_a_slip_that_the_bureau_refuted_does_not_lock_the_person_out(database, bureau, slip):
    async def work(desk):
        me = inquiry_of().identity
        wrong = await desk.tell(inquiry_of(identity=slip(me)))
        assert wrong.outcome in {"identity_mismatch", "no_hit"}
        right = await desk.tell(inquiry_of())
        assert (right.outcome, right.consumer_id != wrong.consumer_id) == ("approved", True)
        # From now on the number has an owner: the same slip is not guessed at, and changes nothing.
        with pytest.raises(AmbiguousIdentity):
            await desk.tell(inquiry_of(identity=slip(me)))
        assert (await desk.tell(inquiry_of())).consumer_id == right.consumer_id
        assert await desk.count("power") == 1

    at_desk(database, bureau, work)


def test_right_and_wrong_at_once_leave_one_power(database, bureau):
    async def work(desk):
        me = inquiry_of().identity
        asked = [inquiry_of(identity=SLIPS["a digit of the number"](me)), inquiry_of()] * 4
        found = await asyncio.gather(*(desk.tell(one) for one in asked), return_exceptions=True)
        assert all(isinstance(one, msgspec.Struct | AmbiguousIdentity) for one in found), found
        assert (await desk.tell(inquiry_of())).outcome == "approved"
        assert await desk.count("power") == 1
        # Who was refused after a second look holds no key, which other processes would wait for.
        assert await desk.count("idempotency", "consumer_id is null") == 0

    at_desk(database, bureau, work)


def test_who_asks_twice_at_once_is_pulled_once(database, bureau, simulated):
    async def work(desk):
        answers = await asyncio.gather(*(desk.tell(inquiry_of()) for _ in range(12)))
        assert {answer.outcome for answer in answers} == {"approved"}
        assert len({answer.consumer_id for answer in answers}) == 1
        assert billed(simulated) == 1
        assert await desk.count("report") == 1

    at_desk(database, bureau, work)


class LateLook:
    """A ledger whose second look at who it is comes when the first request has ended."""

    def __init__(self, ledger: Any) -> None:
        self.ledger, self.looks = ledger, 0
        self.has_added, self.has_looked = asyncio.Event(), asyncio.Event()
        self.has_ended = asyncio.Event()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.ledger, name)

    async def open_inquiry(self, *given: Any, **more: Any) -> Any:
        self.looks += 1
        is_second, found = self.looks == 2, await self.ledger.open_inquiry(*given, **more)
        if is_second:
            assert [one.report for one in found.accounts] == [None]
            self.has_looked.set()
            await self.has_ended.wait()
        return found

    async def add_consumer(self, *given: Any, **more: Any) -> Any:
        added = await self.ledger.add_consumer(*given, **more)
        self.has_added.set()
        return added

    async def begin_pull(self, pull: Any) -> Any:
        await self.has_looked.wait()
        return await self.ledger.begin_pull(pull)


def test_who_looked_before_the_report_came_and_comes_after_it_pulls_none(
    database, bureau, simulated
):
    async def work(desk):
        late = LateLook(desk.ports.ledger)
        both = desk.with_ports(ledger=late)
        first = asyncio.create_task(both.tell(inquiry_of()))
        await late.has_added.wait()
        second = asyncio.create_task(both.tell(inquiry_of()))
        answers = [await first]
        late.has_ended.set()
        answers.append(await second)
        assert {answer.outcome for answer in answers} == {"approved"}
        assert (billed(simulated), await desk.count("report")) == (1, 1)

    at_desk(database, bureau, work)


def test_what_another_process_asks_for_is_waited_for(database, bureau, simulated):
    async def work(desk):
        # Another process has begun a pull for the same person, and no answer has come yet.
        await desk.tell(inquiry_of("frozen"))
        at = desk.clock()
        await desk.rows(
            "update report set status = 'asked', answered_at = null, asked_at = %(at)s", at=at
        )
        before = billed(simulated)
        answered = await desk.ask(inquiry_of("frozen"))
        assert (answered.status, read(answered).pending[0].what) == (202, "bureau_report")
        assert billed(simulated) == before
        desk.clock.forward(seconds=31)
        assert await finish_prequalification(
            consumer_id=answered.consumer_id,
            prequalification_id=answered.prequalification_id,
            ports=desk.ports,
        )
        rows = await desk.rows("select outcome from decision order by seq")
        assert rows[-1] == ("frozen",)

    at_desk(database, bureau, work)


def test_the_last_moment_is_kept(database, bureau, simulated):
    async def work(desk):
        own(simulated, "POST", "control", json={"mode": "down"})
        answered = await desk.ask(inquiry_of())
        final_by = read(answered).final_by
        assert final_by is not None

        async def finished() -> bool:
            return await finish_prequalification(
                consumer_id=answered.consumer_id,
                prequalification_id=answered.prequalification_id,
                ports=desk.ports,
            )

        desk.clock.forward(seconds=700)
        assert not await finished()
        # The next attempt might come after it: this one is the last.
        desk.clock.forward(seconds=100)
        assert desk.clock() < final_by
        assert await finished()
        own(simulated, "POST", "control", json={"mode": "up"})

    at_desk(database, bureau, work)
