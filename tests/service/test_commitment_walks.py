"""Commitments under seeded walks: baskets at once, while decisions fall, blocks come and time ends.

Every row of hold_attempt and the honour rate are held against a model that shares no code.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from datetime import UTC, datetime

import msgspec
import pytest

from tests.service.commitment_model import Came, Promise, Row
from tests.service.committing import at_counter
from tests.sources.bureau_talk import simulator
from wherewithal.service import place_hold
from wherewithal.service.errors import Unavailable
from wherewithal.service.hold_refusals import HoldRefused
from wherewithal.service.honour_commitment import honour
from wherewithal.service.read_spending_power import standing_of
from wherewithal.vocabulary.program import PlanCode, ProductCode

REACHED = ("honoured", "honoured after a lower decision", "refused for its cause", "expired")
#: What stands falls below any basket; sometimes nothing is approved either.
LOW = 'standing = standing || \'{"limit_total_cents": 100, "limit_short_term_cents": 100}\''
LOWER = (LOW, f"{LOW}, outcome = 'declined'")


@pytest.fixture(scope="module")
def simulated():
    with simulator(clock=lambda: datetime.now(UTC)) as server:
        yield server


class Walk:
    """One person's commitment on its way to its end."""

    def __init__(self, counter, made, chance):
        self.counter, self.made, self.chance = counter, made, chance
        self.promise = Promise(product=made.product.value, amount_cents=made.amount_cents)
        self.numbers = 0

    def basket(self):
        """Return a basket: of the promise, so that three fit, or above it, or of another product."""
        draw, amount = self.chance.random(), self.made.amount_cents
        if draw < 0.15:
            return {"basket_cents": amount + self.chance.randrange(1, 9_999)}
        if draw < 0.3:
            return {"basket_cents": 20_000, "product": ProductCode.MONTHLY, "plan": PlanCode.M6}
        return {"basket_cents": self.chance.randrange(5_000, amount // 4)}

    async def buy(self, given):
        """Ask until it is answered; what is held is given back."""
        self.numbers += 1
        asked = {"reference": f"walk-{self.numbers}", **given}
        while True:
            try:
                return await self.counter.buy(self.made, **asked)
            except HoldRefused:
                return None
            except Unavailable:
                await asyncio.sleep(0.1)

    async def round(self, *meanwhile):
        """Let three buy at once, one of them surely within, while something else comes about."""
        sure = {"basket_cents": self.chance.randrange(5_000, self.made.amount_cents // 4)}
        buying = [self.buy(one) for one in (self.basket(), sure, self.basket())]
        holds = (await asyncio.gather(*buying, *meanwhile))[:3]
        for hold in holds:
            if hold is not None:
                await self.counter.till.void(hold)

    async def change(self, table, change):
        """Change a row, and return the moment under its lock."""
        async with self.counter.desk.pool.transaction() as connection:
            cursor = await connection.execute(
                f"update {table} set {change} where consumer_id = %s"  # noqa: S608 - ours
                " returning clock_timestamp()",
                [self.counter.who[0]],
            )
            return (await cursor.fetchone())[0]

    async def lower(self):
        self.promise.lowered_at = await self.change("power", self.chance.choice(LOWER))

    async def report(self):
        await self.counter.decide_again()
        self.promise.reported_at = await self.now()

    async def block(self):
        self.promise.blocked_at = await self.change("consumer", "blocks_credit = '{fraud}'")

    async def bankrupt(self):
        await self.counter.decide_again(bankruptcies=1)
        self.promise.bankrupt_at = await self.now()
        self.promise.reported_at = min(self.promise.reported_at, self.promise.bankrupt_at)

    async def expire(self):
        ended = "clock_timestamp() - interval '1 microsecond'"
        change = f"issued_at = issued_at - interval '1 day', expires_at = {ended}"
        self.promise.expires_at = await self.change("commitment", change)

    async def now(self):
        return (await self.counter.desk.rows("select clock_timestamp()"))[0][0]

    async def run(self, *, is_bankrupt):
        await self.round()
        if self.chance.random() < 0.5:
            await self.report()
        await self.round(self.lower())
        await self.round()
        if is_bankrupt:
            await self.bankrupt()
        else:
            await self.round(self.block())
        await self.round()
        # Asked again under its reference, it is one attempt of the rate.
        for _ in range(2):
            await self.buy({"basket_cents": 5_000, "reference": "again"})
        await self.expire()
        await self.round()

    async def rows(self):
        found = await self.counter.desk.rows(
            "select at, reference, product, amount_cents, is_within, is_honoured, is_same_facts,"
            " cause from hold_attempt order by at"
        )
        return [Row(one[0], one[1], one[2], one[3], Came(*one[4:])) for one in found]


def walked(database, simulated, directory, seed):
    """Walk, and return the promise, the rows, and what the honour rate counts."""

    async def work(counter):
        walk = Walk(counter, await counter.commit(), random.Random(seed))
        await walk.run(is_bankrupt=seed % 2 == 0)
        counted = await counter.store.count_attempts(weeks=1, product=None, merchant_id=None)
        rate: Counter[Came] = Counter()
        for one in counted:
            came = Came(
                is_within=True,
                is_honoured=one.is_honoured,
                is_same_facts=one.is_same_facts,
                cause=one.cause,
            )
            rate[came] += one.attempts
        return walk, await walk.rows(), rate

    return at_counter(database, simulated.url, directory, work)


@pytest.mark.parametrize(
    "seed",
    [1, 2, 3, 4, *(pytest.param(seed, marks=pytest.mark.nightly) for seed in range(5, 105))],
)
def test_every_attempt_and_the_honour_rate_are_as_the_model_says(
    database, simulated, directory, seed
):
    walk, rows, rate = walked(database, simulated, directory, seed)
    assert walk.promise.findings(rows) == []
    # Each request has a row, even where several came at once.
    assert len(rows) == walk.numbers
    assert rate == walk.promise.rate(rows)
    reached = walk.promise.reached(rows)
    assert [name for name in REACHED if not reached[name]] == []


def test_a_promise_judged_by_the_decision_that_stands_is_caught(
    database, simulated, directory, monkeypatch
):
    """The deliberate bug: a later, lower decision has a say."""

    def by_present_decision(request, view, file, **given):
        standing = standing_of(view.person.decision)
        kept = msgspec.structs.replace(file.commitment, standing=standing)
        return honour(request, view, msgspec.structs.replace(file, commitment=kept), **given)

    monkeypatch.setattr(place_hold, "honour", by_present_decision)
    walk, rows, _ = walked(database, simulated, directory, 3)
    findings = walk.promise.findings(rows)
    assert findings
    assert all(row.at >= walk.promise.lowered_at for row, _ in findings)
    assert any(expected.is_honoured for _, expected in findings)
