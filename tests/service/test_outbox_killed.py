"""No event is lost or skipped, however long transactions are and whoever is killed.

Eight writers write as use cases do, one transaction in twenty slowly; their backends are terminated
at random. Two dispatching processes are killed with SIGKILL and started again. In the end everything
that was committed has been heard, and the counters show that the interesting states were reached.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest

from tests.service.publishing import add_consumer, with_pool
from tests.service.receivers import endpoint, listening, make_due, rows

ROOT = Path(__file__).resolve().parents[2]
WRITERS, DISPATCHERS = 8, 2
WRITE = """
with account as (
    update consumer set event_seq = event_seq + 1 where consumer_id = %s returning event_seq
)
insert into event (consumer_id, event_seq, event_id, type, payload, created_at)
select %s, event_seq, %s, 'hold.placed', '{}', clock_timestamp() from account
"""
#: Events that were dispatched after one that is younger: who reads on from the last loses these.
LATE = """
select count(*) from (
    select dispatched_at, min(dispatched_at) over (
               order by created_at desc rows between unbounded preceding and 1 preceding) as younger
      from event) e where younger < dispatched_at
"""
#: Sequences that are not 1, 2, 3 and so on up to the consumer's own count.
GAPS = """
select count(*) from consumer c left join lateral (
    select count(*) as n, max(event_seq) as last from event e where e.consumer_id = c.consumer_id
) e on true where e.n <> c.event_seq or coalesce(e.last, 0) <> c.event_seq
"""


class Storm:
    """Writers, killers and dispatchers, and what they counted."""

    def __init__(self, dsn: str, seed: int) -> None:
        self.dsn, self.chance = dsn, random.Random(seed)
        self.acknowledged: set[UUID] = set()
        self.counts: Counter[str] = Counter()
        self.until = 0.0

    async def write(self, consumers: list[UUID]) -> None:
        """Write until time is up; a connection that is killed is opened again."""
        while time.monotonic() < self.until:
            with contextlib.suppress(psycopg.OperationalError):
                async with await psycopg.AsyncConnection.connect(
                    self.dsn, application_name="storm", autocommit=True
                ) as connection:
                    while time.monotonic() < self.until:
                        await self.write_one(connection, self.chance.choice(consumers))

    async def write_one(self, connection: psycopg.AsyncConnection, consumer_id: UUID) -> None:
        event_id, is_long = uuid4(), self.chance.random() < 0.05
        is_undone = self.chance.random() < 0.03
        async with connection.transaction(force_rollback=is_undone):
            await connection.execute(WRITE, [consumer_id, consumer_id, event_id])
            if is_long:
                self.counts["long"] += 1
                await asyncio.sleep(self.chance.uniform(0.05, 0.4))
        if is_undone:
            self.counts["undone"] += 1
        else:
            self.acknowledged.add(event_id)
        await asyncio.sleep(self.chance.uniform(0, 0.06))

    async def straggle(self, consumer_id: UUID) -> None:
        """Write an event and commit it when a younger one has been dispatched."""
        event_id = uuid4()
        async with await psycopg.AsyncConnection.connect(self.dsn) as connection:
            await connection.execute(WRITE, [consumer_id, consumer_id, event_id])
            seen = "select 1 from event where dispatched_at is not null limit 1"
            for _ in range(600):
                if await (await connection.execute(seen)).fetchone():
                    break
                await asyncio.sleep(0.05)
        self.acknowledged.add(event_id)

    async def kill_writers(self) -> None:
        async with await psycopg.AsyncConnection.connect(self.dsn, autocommit=True) as connection:
            while time.monotonic() < self.until:
                await asyncio.sleep(self.chance.uniform(0.1, 0.4))
                killed = await connection.execute(
                    "select count(pg_terminate_backend(pid)) from ("
                    "select pid from pg_stat_activity where application_name = 'storm'"
                    " and datname = current_database() order by random() limit 1) a"
                )
                row = await killed.fetchone()
                assert row is not None
                self.counts["writers killed"] += row[0]

    async def kill_dispatchers(self, running: list[subprocess.Popen[bytes]]) -> None:
        while time.monotonic() < self.until:
            await asyncio.sleep(self.chance.uniform(1.2, 2.0))
            n = self.chance.randrange(len(running))
            running[n].kill()
            running[n].wait(10)
            self.counts["dispatchers killed"] += 1
            running[n] = self.dispatcher()

    def dispatcher(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tests.service.outbox_worker", self.dsn]
        return subprocess.Popen(command, cwd=ROOT)  # noqa: S603 - our own few lines


@pytest.mark.parametrize(
    ("seed", "seconds"),
    [(20261121, 4.5), pytest.param(7, 180.0, marks=pytest.mark.nightly)],
)
def test_everything_committed_is_heard_whoever_is_killed(database, seed, seconds):
    storm = Storm(database, seed)

    async def work(pool):
        consumers = [await add_consumer(pool) for _ in range(20)]
        await endpoint(pool, receiver.url)
        running = [storm.dispatcher() for _ in range(DISPATCHERS)]
        try:
            storm.until = time.monotonic() + seconds
            async with asyncio.TaskGroup() as group:
                for _ in range(WRITERS):
                    group.create_task(storm.write(consumers))
                group.create_task(storm.straggle(await add_consumer(pool)))
                group.create_task(storm.kill_writers())
                group.create_task(storm.kill_dispatchers(running))
            end = time.monotonic() + 30 + 3 * seconds
            while await rows(pool, "select 1 from event where dispatched_at is null limit 1") or (
                await rows(pool, "select 1 from delivery where status = 'waiting' limit 1")
            ):
                assert time.monotonic() < end, f"seed {seed}: it does not come to an end"
                await make_due(pool)
                await asyncio.sleep(0.2)
        finally:
            for one in running:
                one.kill()
                one.wait(10)
        committed = {row[0] for row in await rows(pool, "select event_id from event")}
        heard = Counter(UUID(one["id"]) for one in receiver.heard)
        assert storm.acknowledged <= committed, f"seed {seed}"
        assert set(heard) == committed, f"seed {seed}"
        assert await rows(pool, GAPS) == [(0,)], f"seed {seed}"
        assert await rows(pool, "select distinct status from delivery") == [("delivered",)]
        late = (await rows(pool, LATE))[0][0]
        reached = dict(storm.counts) | {
            "late": late,
            "failed": len(receiver.headers) - len(receiver.heard),
            "heard twice": sum(count > 1 for count in heard.values()),
        }
        for name in ("long", "undone", "writers killed", "dispatchers killed", "late", "failed"):
            assert reached.get(name, 0) > 0, (name, reached)

    chance = random.Random(seed)
    with listening() as receiver:
        receiver.status = lambda _path: 503 if chance.random() < 0.05 else 204
        with_pool(database, work)
