"""Turns at an account: in order, one at a time, bounded, and nothing is kept of them."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest

from wherewithal.store import turns
from wherewithal.store.errors import StoreBusy
from wherewithal.store.turns import Turns

ONE, OTHER = UUID(int=1), UUID(int=2)


def test_one_at_a_time_in_order_and_others_do_not_wait():
    async def run():
        all_turns, seen = Turns(), []

        async def work(consumer, name):
            async with all_turns.turn(consumer):
                seen.append(f"{name} begins")
                await asyncio.sleep(0.01)
                seen.append(f"{name} ends")

        await asyncio.gather(work(ONE, "a"), work(ONE, "b"), work(OTHER, "c"))
        return seen, all_turns._locks

    seen, kept = asyncio.run(run())
    assert [one for one in seen if one[0] != "c"] == ["a begins", "a ends", "b begins", "b ends"]
    assert seen.index("c begins") < seen.index("a ends")
    assert kept == {}


@pytest.mark.parametrize("bound", ["WAITING_MAX", "WAIT_S_MAX"])
def test_waiting_is_bounded(monkeypatch, bound):
    monkeypatch.setattr(turns, bound, 0)

    async def run():
        all_turns = Turns()
        async with all_turns.turn(ONE):
            with pytest.raises(StoreBusy, match=r"this account"):
                async with all_turns.turn(ONE):
                    pytest.fail("it was not its turn")
        async with all_turns.turn(ONE):
            return all_turns._locks[ONE][1]

    assert asyncio.run(run()) == 1


def test_whoever_gives_up_leaves_nothing():
    async def run():
        all_turns = Turns()
        async with all_turns.turn(ONE):

            async def wait():
                async with all_turns.turn(ONE):
                    pytest.fail("it was given up")

            waiting = asyncio.create_task(wait())
            await asyncio.sleep(0)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
        return all_turns._locks

    assert asyncio.run(run()) == {}
