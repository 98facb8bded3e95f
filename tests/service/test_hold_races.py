"""Holds under real concurrency, lost answers and killed backends, on a real Postgres."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from dataclasses import replace
from itertools import count
from typing import Any
from uuid import uuid4

import pytest

from tests.service.lost_answers import line_to
from tests.service.publishing import execute
from tests.service.tills import MERCHANT, Till
from wherewithal.service.errors import TooMany, Unavailable
from wherewithal.service.hold_refusals import HoldRefused
from wherewithal.service.hold_states import MOVES
from wherewithal.service.ledger_ports import LookFor
from wherewithal.service.ledger_records import Changes, Entry, EntryKind
from wherewithal.service.merchant_room import MerchantRoom
from wherewithal.store.ledger import LedgerInStore
from wherewithal.store.pool import open_pool
from wherewithal.vocabulary.program import PlanCode, ProductCode

ENDS = {"hold_captured", "hold_voided", "hold_expired"}


async def outcome(working) -> str:
    """Return what came of it: `ok`, or the code of the refusal."""
    try:
        await working
    except HoldRefused as refused:
        return str(refused.code)
    return "ok"


async def rows(till: Till, statement: str, *values: Any) -> list[tuple[Any, ...]]:
    async with till.pool.connection() as connection:
        cursor = await connection.execute(statement, values)
        return await cursor.fetchall()


async def resolved(till: Till, row: dict[str, Any], *, left_ms: float, first: int) -> str:
    """Capture, void and sweep a hold that is about to expire, all at once; return how it ended."""
    who = await till.ask(row)
    hold = await till.hold(who)
    await execute(
        till.pool,
        "update hold set expires_at = clock_timestamp() + %s * interval '1 millisecond'"
        " where hold_id = %s",
        *(left_ms, hold.hold_id),
    )
    working = [outcome(till.capture(hold)), outcome(till.void(hold)), outcome(till.sweep())]
    # One of them has a head start, so that each comes first now and then.
    begun = asyncio.ensure_future(working.pop(first))
    await asyncio.sleep(0.01 if left_ms > 1_000 else 0)
    await asyncio.gather(begun, *working)
    await till.sweep()
    ended = (await till.look(hold)).status
    kinds = await rows(till, "select kind from ledger_entry where hold_id = %s", hold.hold_id)
    assert Counter(kind for (kind,) in kinds if kind in ENDS) in (
        {f"hold_{ended}": 1},
        {} if ended == "held" else {f"hold_{ended}": 1},
    )
    account = await till.account(who[0])
    assert account == {"held": 0, "drawn": 7_500 if ended == "captured" else 0}
    return ended


@pytest.mark.parametrize("rounds", [20, pytest.param(2_000, marks=pytest.mark.nightly)])
def test_of_capture_void_and_expiry_exactly_one_happens(till, row, rounds):
    async def work(till, _who):
        times = random.Random(20261121)
        choices = [times.choice((-1.0, 2.0, 4.0, 60_000.0)) for _ in range(rounds)]
        return [
            await resolved(till, row, left_ms=left_ms, first=number % 3)
            for number, left_ms in enumerate([60_000.0, 60_000.0, *choices])
        ]

    found = Counter(till(work))
    assert found.keys() == {"captured", "voided", "expired"}


@pytest.mark.parametrize(
    ("product", "plan", "lent"),
    [(ProductCode.MONTHLY, PlanCode.M12, 100_000), (ProductCode.PAY_IN_4, PlanCode.PAY_IN_4, 0)],
)
def test_sixteen_captures_at_once_never_exceed_the_hold(till, product, plan, lent):
    basket_cents = 100_000 if lent else 30_000

    async def work(till, who):
        hold = await till.hold(who, product=product, plan=plan, basket_cents=basket_cents)
        part = {"amount_cents": basket_cents // 10, "is_last": False}
        found = Counter(
            await asyncio.gather(*(outcome(till.capture(hold, **part)) for _ in range(16)))
        )
        return found, (await till.look(hold)).captured_cents, await till.account(who[0])

    found, captured_cents, account = till(work)
    assert found["ok"] == 10
    assert found.keys() <= {"ok", "hold_captured"}
    assert captured_cents == basket_cents
    assert account == {"held": 0, "drawn": lent or 22_500}


def test_one_reference_at_once_is_one_hold(till):
    async def work(till, who):
        asked = (till.hold_bytes(who, reference="A-1") for _ in range(16))
        return await asyncio.gather(*asked), await till.account(who[0])

    found, account = till(work)
    assert {body for body, _ in found} == {found[0][0]}
    assert sum(is_new for _, is_new in found) == 1
    assert account == {"held": 7_500, "drawn": 0}


def test_two_persons_with_one_reference_at_once_are_one_hold_and_one_refusal(till, row):
    async def work(till, _who):
        found = []
        for number in range(10):
            people = [await till.ask(row) for _ in range(4)]
            asked = (outcome(till.hold(who, reference=f"A-{number}")) for who in people)
            found.append(Counter(await asyncio.gather(*asked)))
        return found

    assert till(work) == [{"ok": 1, "reference_reused": 3}] * 10


def test_where_the_answer_is_lost_the_same_reference_finds_it(till, database):
    """Placed, captured and voided: each commit's answer is lost once, each effect is there once."""

    async def work(till, who):
        async with line_to(database) as (line, dsn), open_pool(dsn, max_size=2) as pool:
            ledger = LedgerInStore(pool, new_uuid=uuid4)
            far = replace(till, ports=replace(till.ports, ledger=ledger))
            line.to_lose = 1
            with pytest.raises(Unavailable):
                await far.hold(who, reference="A-1")
            body, is_new = await far.hold_bytes(who, reference="A-1")
            hold = await far.hold(who, reference="A-1")
            line.to_lose = 1
            with pytest.raises(Unavailable):
                await far.capture(hold, 4_000, reference="C-1", is_last=False)
            captured = await far.capture(hold, 4_000, reference="C-1", is_last=False)
            line.to_lose = 1
            with pytest.raises(Unavailable):
                await far.void(hold)
            voided = await far.void(hold)
        return line.lost, is_new, body, captured, voided, await till.account(who[0])

    lost, is_new, body, captured, voided, account = till(work)
    assert (lost, is_new, body != b"") == (3, False, True)
    assert (captured.principal_cents, voided.status) == (3_000, "voided")
    assert account == {"held": 0, "drawn": 3_000}


def test_a_backend_that_is_killed_leaves_nothing_half_done(till):
    """Its transaction has locked and written; the connection ends before the commit."""
    kill = (
        "select pg_terminate_backend(pid) from pg_stat_activity"
        " where datname = current_database() and backend_xid is not null and pid <> pg_backend_pid()"
    )

    async def work(till, who):
        entry = Entry(kind=EntryKind.HOLD_PLACED, amount_cents=1, held_delta_cents=1)

        async def write_and_die() -> None:
            async with till.ports.ledger.open_account(who[0], LookFor()) as account:
                await account.write(Changes(entries=[entry]))
                assert await rows(till, kill) == [(True,)]

        with pytest.raises(Unavailable):
            await write_and_die()
        hold = await till.hold(who)
        return hold.status, await till.account(who[0])

    assert till(work) == ("held", {"held": 7_500, "drawn": 0})


def test_a_merchants_holds_are_bounded_and_expired_ones_do_not_count(till, row):
    async def work(till, _who):
        now_s = count(step=6.0)
        room = MerchantRoom(till.ports.ledger, monotonic=lambda: next(now_s), holds_max=3)
        bounded = replace(till, ports=replace(till.ports, has_room=room))
        people = [await till.ask(row) for _ in range(4)]
        first, *_ = [await bounded.hold(who, reference=f"A-{who[0]}") for who in people[:3]]
        with pytest.raises(TooMany) as refused:
            await bounded.hold(people[3])
        again = await bounded.hold(people[0], reference=first.reference)
        # Nobody has written down that they expired.
        await execute(till.pool, "update hold set expires_at = placed_at + interval '1 us'")
        later = await bounded.hold(people[3])
        return refused.value.code, again == first, later.status

    assert till(work) == ("holds_at_merchant", True, "held")


def test_a_merchants_count_is_remembered_far_from_the_bound(till):
    async def work(till, who):
        now_s = [0.0]
        room = MerchantRoom(till.ports.ledger, monotonic=lambda: now_s[0], holds_max=2)
        found = [await room(MERCHANT)]
        await till.hold(who)
        await till.hold(who)
        for now_s[0] in (4.9, 5.0, 5.9):
            found.append(await room(MERCHANT))
        await execute(
            till.pool, "update hold set status = 'voided', held_cents = 0, ended_at = now()"
        )
        for now_s[0] in (5.9, 6.0):
            found.append(await room(MERCHANT))
        return found

    assert till(work) == [True, True, False, False, False, True]


def test_what_has_ended_does_not_move():
    assert {state for state, _ in MOVES} == {"held"}
