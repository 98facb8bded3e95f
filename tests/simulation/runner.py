"""One seed: a fresh database, processes of clients, the lender, kills; then the check of it all."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import msgspec
import psycopg

from tests.postgres import running_server
from tests.simulation import decisions, outbox, promises
from tests.simulation.checker import Finding, check_consumers
from tests.simulation.final import read_final
from tests.simulation.history import attempts_of, settings_of
from tests.simulation.journal import Journal, read_journals
from tests.simulation.lender import Lender
from tests.simulation.processes import Process, Processes
from tests.simulation.world import RULES, Consumer, add_people, load_merchants
from wherewithal.store.embedded import EmbeddedPostgres
from wherewithal.store.migrate import migrate
from wherewithal.store.pool import open_pool

PEOPLE = 5
CLIENTS = 7
_TEMPLATE = "template_of_simulation"


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How long a seed runs, in seconds, and what goes wrong meanwhile."""

    system: str = "real"
    seconds: float = 2.0
    #: Share of transactions whose connection is cut around the commit.
    cuts: float = 0.04
    kills_process: bool = True
    kills_postmaster: bool = False


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a seed came to."""

    seed: int
    findings: list[Finding]
    counts: Counter[str]


@dataclass(kw_only=True)
class Simulation:
    """A server and processes that many seeds share."""

    server: EmbeddedPostgres
    processes: Processes
    folder: Path
    runs: int = 0

    @classmethod
    @contextlib.contextmanager
    def open(cls) -> Iterator[Self]:
        """Start a server of our own, for it will be killed, and the processes."""
        processes = Processes(2)
        try:
            with running_server() as server, tempfile.TemporaryDirectory() as folder:
                _execute(server, f"create database {_TEMPLATE}")
                dsn = server.dsn_of(_TEMPLATE)
                asyncio.run(migrate(dsn))
                asyncio.run(_prepare(dsn))
                yield cls(server=server, processes=processes, folder=Path(folder))
        finally:
            processes.end()

    def run(self, seed: int, plan: Plan) -> Outcome:
        """Run one seed and check it."""
        self.runs += 1
        name = f"simulated_{self.runs}"
        (self.folder / name).mkdir()
        self.server.ensure_running()
        _execute(self.server, f"create database {name} template {_TEMPLATE}")
        run = _Run(self, seed, plan, self.folder / name, self.server.dsn_of(name))
        try:
            return asyncio.run(run.run())
        finally:
            _execute(self.server, f"drop database {name} with (force)")


def _execute(server: EmbeddedPostgres, statement: str) -> None:
    with psycopg.connect(server.dsn, autocommit=True) as admin:
        admin.execute(statement.encode())


async def _prepare(dsn: str) -> None:
    async with open_pool(dsn, max_size=2) as pool:
        await load_merchants(pool)
        async with pool.connection() as connection:
            for statement in (*decisions.TABLES, *outbox.TABLES):
                await connection.execute(statement)


class _Run:
    """One seed's run."""

    def __init__(self, sim: Simulation, seed: int, plan: Plan, folder: Path, dsn: str) -> None:
        self._sim, self._seed, self._plan, self._dsn = sim, seed, plan, dsn
        self._folder = folder
        self._chance = random.Random(seed)
        self._counts: Counter[str] = Counter()
        self._people: list[Consumer] = []
        self._until = 0.0

    async def run(self) -> Outcome:
        """Run it, and return what was found."""
        journal = Journal(self._folder / "lender", "lender")
        async with self._lender(journal) as lender:
            await lender.first_decisions()
            working = [self._sim.processes.take() for _ in range(2)]
            for number, one in enumerate(working):
                self._prepare(one, number)
            self._until = lender.until = time.time() + self._plan.seconds
            for one in working:
                one.work(until=self._until)
            try:
                await asyncio.gather(lender.run(), self._kill(working))
            finally:
                for one in working:
                    await asyncio.to_thread(one.finish)
                    self._sim.processes.give_back(one)
            while await outbox.receive(lender.pool, system=self._plan.system):
                pass
        journal.close()
        return self._checked()

    @contextlib.asynccontextmanager
    async def _lender(self, journal: Journal) -> AsyncIterator[Lender]:
        # The lender's own errors of a whole run are few; its connections wait out a restart.
        async with open_pool(self._dsn, max_size=10, application_name="lender") as pool:
            self._people = await add_people(pool, self._chance, PEOPLE)
            yield Lender(
                system=self._plan.system,
                chance=random.Random(f"lender-{self._seed}"),
                people=self._people,
                pool=pool,
                journal=journal,
                until=0.0,
                counts=self._counts,
            )

    def _prepare(self, one: Process, number: int) -> None:
        name = f"till{number}"
        one.prepare(
            {
                "name": name,
                "dsn": self._dsn,
                "seed": f"{self._seed}-{number}",
                "system": self._plan.system,
                "cuts": self._plan.cuts,
                "clients": CLIENTS,
                "journal": str(self._folder / name),
                "people": msgspec.to_builtins(self._people),
            }
        )

    async def _kill(self, working: list[Process]) -> None:
        """Kill a process of clients, the server, or nobody, each at a moment of its own."""
        first, second = sorted(self._chance.uniform(0.2, 0.7) for _ in range(2))
        began = time.time()
        total = self._until - began
        if self._plan.kills_postmaster:
            await asyncio.sleep(total * first)
            os.kill(self._sim.server.pid or 0, signal.SIGKILL)
            await asyncio.to_thread(self._sim.server.ensure_running)
            self._counts["servers killed"] += 1
        if self._plan.kills_process:
            await asyncio.sleep(max(0.0, began + total * second - time.time()))
            working.pop().kill()
            self._sim.processes.replace()
            self._counts["processes killed"] += 1

    def _checked(self) -> Outcome:
        lines = read_journals(sorted(self._folder.iterdir()))
        attempts = attempts_of(lines)
        as_of = {
            one.asked["decision"]: int(one.asked["as_of"])
            for one in attempts.values()
            if one.asked["kind"] == "decide"
        }
        final = read_final(self._dsn, as_of)
        settings = settings_of(attempts, final)
        counts = self._counts
        findings, snapshots = check_consumers(
            attempts,
            final,
            settings,
            known={str(one.consumer_id): one.is_known for one in self._people},
            rules=RULES,
            counts=counts,
        )
        findings += promises.stale(attempts, final, settings, counts)
        findings += promises.events(final)
        if not findings:
            findings += promises.reads(attempts, snapshots)
        kinds: Counter[Any] = Counter(one.asked["kind"] for one in attempts.values())
        counts.update({f"asked: {kind}": number for kind, number in kinds.items()})
        return Outcome(seed=self._seed, findings=findings, counts=counts)
