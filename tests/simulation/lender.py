"""What the lender does meanwhile: decides, publishes, caps, blocks, sweeps, reads and listens."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import psycopg

from tests.simulation import outbox
from tests.simulation.decisions import decide
from tests.simulation.journal import Journal, WatchedLedger, micros
from tests.simulation.mutants import ledger_of
from tests.simulation.publications import publish
from tests.simulation.world import Consumer, limits_of
from wherewithal.service.errors import Unavailable
from wherewithal.service.void_hold import sweep_expired
from wherewithal.store.errors import StoreBusy, StoreUnavailable
from wherewithal.store.pool import Pool
from wherewithal.store.powers import PeopleInStore

_AWAY: Final = (StoreUnavailable, StoreBusy, Unavailable)
_CAP: Final = (
    "update consumer set own_cap_cents = %(cents)s where consumer_id = %(consumer)s"
    " returning clock_timestamp()"
)
_BLOCK: Final = (
    "update consumer set blocks_credit = blocks_credit || '{fraud}'::text[]"
    " where consumer_id = %(consumer)s returning clock_timestamp()"
)


@dataclass(kw_only=True)
class Lender:
    """The lender's own processes, here tasks of one."""

    system: str
    chance: random.Random
    people: list[Consumer]
    pool: Pool
    journal: Journal
    until: float
    counts: Counter[str]
    published: datetime | None = None

    async def first_decisions(self) -> None:
        """Decide for everybody once, so that there is something to spend."""
        for one in self.people:
            await self.decide(one)

    async def run(self) -> None:
        """Do everything at once until the time is up."""
        work: list[Callable[[], Coroutine[Any, Any, None]]] = [
            *[self.decide_someone] * 3,
            *[self.read_someone] * 2,
            self.cap_someone,
            self.publish_all,
            self.sweep,
            self.listen,
            self.kill_backend,
        ]
        await asyncio.gather(*(self._repeat(one) for one in work), self.block_someone())

    async def _repeat(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        while time.time() < self.until:
            try:
                await work()
            except _AWAY:
                await asyncio.sleep(0.02)

    async def decide_someone(self) -> None:
        """Decide anew; now and then two decide at once, and the older one is written last."""
        await asyncio.sleep(self.chance.uniform(0.05, 0.2))
        one, as_of = self.chance.choice(self.people), datetime.now(UTC)
        await self.decide(one)
        if self.chance.random() < 0.3:
            await self.decide(one, as_of=as_of)

    async def decide(self, one: Consumer, *, as_of: datetime | None = None) -> None:
        """Decide as of now, or as of a moment that has passed."""
        asked = {
            "consumer": str(one.consumer_id),
            "outcome": "declined" if self.until and self.chance.random() < 0.03 else "approved",
            "tier": self.chance.choice("AAC"),
            "limits": limits_of(self.chance),
        }
        as_of = as_of or datetime.now(UTC)
        await decide(self.pool, self.journal, system=self.system, asked=asked, as_of=as_of)

    async def publish_all(self) -> None:
        """Publish an offline generation for everybody."""
        await asyncio.sleep(self.chance.uniform(0.2, 0.5))
        limits = [limits_of(self.chance) for _ in self.people]
        # Never older facts than of the generation before: publishing refuses that.
        late = datetime.now(UTC) - timedelta(milliseconds=self.chance.choice([0, 0, 200]))
        as_of = self.published = max(late, self.published or late)
        await publish(self.pool, self.journal, people=self.people, as_of=as_of, limits=limits)
        self.counts["publications"] += 1

    async def cap_someone(self) -> None:
        """Let somebody set a cap of their own, or take it away."""
        await asyncio.sleep(self.chance.uniform(0.1, 0.3))
        one = self.chance.choice(self.people)
        cents = self.chance.choice([30_000, 80_000, 10**9])
        await self._set("cap", _CAP, one, cents=cents)

    async def block_someone(self) -> None:
        """Block one person for good when most of the time is over."""
        await asyncio.sleep(max(0.0, (self.until - time.time()) * 0.6))
        await self._set("block", _BLOCK, self.chance.choice(self.people))

    async def _set(self, kind: str, statement: str, one: Consumer, **given: Any) -> None:
        """Change an account until it is known to be changed."""
        who, tries = str(one.consumer_id), 0
        attempt = self.journal.invoke(kind=kind, consumer=who, **given)
        while tries < 100:
            tries += 1
            try:
                async with self.pool.transaction() as connection:
                    cursor = await connection.execute(statement, {"consumer": who, **given})
                    row = await cursor.fetchone()
            except _AWAY:
                await asyncio.sleep(0.05)
            else:
                assert row is not None
                self.journal.write("look", attempt, consumer=who, at=micros(row[0]))
                self.journal.write("end", attempt, result="ok", tries=tries)
                return

    async def sweep(self) -> None:
        """Write down what has expired, though others may have."""
        await asyncio.sleep(self.chance.uniform(0.1, 0.4))
        attempt = self.journal.invoke(kind="sweep")
        ledger: Any = WatchedLedger(ledger_of(self.system, self.pool), self.journal)
        try:
            await sweep_expired(ledger=ledger, consumers_max=10)
        except psycopg.Error as error:
            self.journal.write("end", attempt, result="crash", code=type(error).__name__)

    async def read_someone(self) -> None:
        """Read what stands for somebody."""
        await asyncio.sleep(self.chance.uniform(0, 0.02))
        who = self.chance.choice(self.people).consumer_id
        task = asyncio.current_task()
        reader = task.get_name() if task else ""
        attempt = self.journal.invoke(kind="read", consumer=str(who), reader=reader)
        row = await PeopleInStore(self.pool).read_person(UUID(str(who)))
        if row is None or row.decision is None:
            return
        self.journal.write(
            "end",
            attempt,
            result="ok",
            at=micros(row.read_at),
            held=row.held_cents,
            drawn=row.drawn_cents,
            as_of=micros(row.decision.as_of),
            seq=row.decision.seq,
            tempo=row.decision.tempo,
        )

    async def listen(self) -> None:
        """Receive events."""
        await asyncio.sleep(0.005)
        await outbox.receive(self.pool, system=self.system)

    async def kill_backend(self) -> None:
        """End a connection of some client in the middle of what it does."""
        await asyncio.sleep(self.chance.uniform(0.05, 0.4))
        async with self.pool.connection() as connection:
            cursor = await connection.execute(
                "select pid from pg_stat_activity where application_name = 'simulated'"
                " and datname = current_database() and state <> 'idle' and backend_type ="
                " 'client backend'"
            )
            pids = [row[0] for row in await cursor.fetchall()]
            if pids:
                victim = self.chance.choice(pids)
                await connection.execute("select pg_terminate_backend(%s)", [victim])
                self.counts["backends killed"] += 1
