"""The account as it was: what the ledger's entries add up to is what was read at that moment."""

from __future__ import annotations

import contextlib
import random
from typing import Any
from uuid import UUID

import pytest

from tests.service.servicing import MONTHLY, Servicer
from tests.service.tills import at_till
from wherewithal.qualify.exposure import NO_EXPOSURE
from wherewithal.service.hold_answers import HoldAnswer
from wherewithal.service.hold_refusals import HoldRefused
from wherewithal.service.loan_refusals import LoanRefused
from wherewithal.service.own_cap import set_own_cap
from wherewithal.service.standing import PersonRow
from wherewithal.store.account_then import AccountsThenInStore
from wherewithal.store.powers import PeopleInStore
from wherewithal.vocabulary.program import PlanCode, ProductCode

STEPS = 40
HAPPENINGS = ("hold", "hold", "part", "capture", "capture", "void", "pay", "refund", "cap")
CARD = {"product": ProductCode.CARD, "plan": PlanCode.M6}


@pytest.fixture
def servicer(database, bundle, directory, row):
    """Return a function that runs `work(servicer)` for a person who was told their power."""

    def run(work):
        async def inside(till):
            return await work(Servicer(till=till, who=await till.ask(row)))

        return at_till(database, bundle, directory, inside)

    return run


async def live(s: Servicer, draw: random.Random) -> list[PersonRow]:
    """Buy, pay, give back and set caps at random; return each account as it was read."""
    people = PeopleInStore(s.till.pool)
    seen: list[PersonRow] = []
    holds: list[HoldAnswer] = []
    loans: list[str] = []
    for _ in range(STEPS):
        with contextlib.suppress(HoldRefused, LoanRefused):
            match draw.choice(HAPPENINGS):
                case "hold":
                    plan: dict[str, Any] = draw.choice([{}, MONTHLY, CARD])
                    cents = draw.randrange(5_000, 60_000)
                    holds.append(await s.till.hold(s.who, basket_cents=cents, **plan))
                case "part" if holds:
                    hold = draw.choice(holds)
                    captured = await s.till.capture(hold, draw.randrange(1, 5_000), is_last=False)
                    loans.append(captured.loan_id)
                case "capture" if holds:
                    loans.append((await s.till.capture(holds.pop())).loan_id)
                case "void" if holds:
                    await s.till.void(holds.pop(0))
                case "pay" if loans:
                    await s.pay(draw.choice(loans), draw.randrange(1, 20_000))
                case "refund" if loans:
                    await s.refund(draw.choice(loans), draw.randrange(1, 20_000))
                case "cap":
                    cap = draw.choice([None, 400_000, 10_000_000])
                    await set_own_cap(s.who[0], cap, ledger=s.ledger)
        read = await people.read_person(s.who[0])
        assert read is not None
        seen.append(read)
    return seen


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_account_that_was_read_is_found_again_at_its_moment(servicer, seed):
    async def work(s):
        draw, accounts = random.Random(seed), AccountsThenInStore(s.till.pool)
        seen = await live(s, draw)
        then = [await accounts.account_then(s.who[0], one.read_at) for one in seen]
        return seen, then

    seen, then = servicer(work)
    assert then == [one.exposure for one in seen]
    kinds = {(one.is_hold, one.plan) for read in seen for one in read.exposure.positions}
    assert {is_hold for is_hold, _ in kinds} == {True, False}
    assert len({one.exposure for one in seen}) > STEPS / 3


def test_of_somebody_unknown_or_new_there_is_nothing(servicer):
    async def work(s):
        accounts = AccountsThenInStore(s.till.pool)
        read = await PeopleInStore(s.till.pool).read_person(s.who[0])
        assert read is not None
        new = await accounts.account_then(s.who[0], read.read_at)
        return new, await accounts.account_then(UUID(int=0), read.read_at)

    assert servicer(work) == (NO_EXPOSURE, NO_EXPOSURE)
