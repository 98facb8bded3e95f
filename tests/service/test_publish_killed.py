"""A publisher that is killed at any point: the old generation stays, and the next command goes on."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time

import polars as pl
import pytest

from tests.service.publishing import make_run, publish, with_pool

#: Publishes the run of a folder and says how far it is.
PROGRAM = """
import asyncio, os, sys
from datetime import timedelta
from pathlib import Path
from tests.service.publishing import PORTFOLIO, FAR
from wherewithal.service.publish_generation import PublishRequest, publish_generation
from wherewithal.store.generations import GenerationsInStore
from wherewithal.store.pool import open_pool

async def main():
    async with open_pool(sys.argv[1], max_size=2) as pool:
        until = FAR + timedelta(days=int(sys.argv[3]))
        request = PublishRequest(run=Path(sys.argv[2]), portfolio=PORTFOLIO, expires_on=until)
        say = lambda done, rows: print(done, flush=True)
        await publish_generation(
            request,
            generations=GenerationsInStore(pool),
            read_facts=lambda chunk, *, as_of: None,
            random_bytes=os.urandom,
            on_progress=say,
        )

asyncio.run(main())
"""
SEED = 20_261_121
KILLS = 5
STATE = """
select (select count(*) from generation where loaded_at is null),
       (select count(*) from generation),
       (select count(*) from pg_class where relname ~ '^offline_power_[0-9]+$' and relkind = 'r'),
       (select count(*) from offline_power o join current_generation using (generation))
"""


@pytest.fixture(scope="module")
def runs(borrowers, bundle, tmp_path_factory):
    """Return two runs of 20,814 people, the second a month later."""
    later = borrowers.with_columns(pl.col("as_of").dt.offset_by("1mo"))
    folder = tmp_path_factory.mktemp("runs")
    return (
        make_run(folder / "a", borrowers.head(2_000), bundle, name="a"),
        make_run(folder / "b", later, bundle, name="b"),
    )


def test_a_publisher_that_is_killed_leaves_the_old_generation(database, runs, repository):
    first, second = runs
    chance = random.Random(SEED)
    with_pool(database, lambda pool: publish(pool, first))

    async def state(pool):
        async with pool.connection() as connection:
            return await (await connection.execute(STATE)).fetchone()

    reached = []
    for number in range(1, KILLS + 1):
        process = subprocess.Popen(  # noqa: S603 - ours
            [sys.executable, "-c", PROGRAM, database, str(second), str(number)],
            cwd=repository,
            env={**os.environ, "PYTHONPATH": str(repository)},
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(chance.choice([1, 1, 2])):
            assert process.stdout is not None
            process.stdout.readline()
        time.sleep(chance.uniform(0, 0.4))
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=30)
        unfinished, generations, tables, read = with_pool(database, state)
        reached.append(unfinished)
        # Old or new, whole; at most the killed one's table is left, and the next begins by dropping it.
        assert read in {2_000, 20_814}, SEED
        assert (unfinished <= 1, tables) == (True, generations), SEED
    with_pool(database, lambda pool: publish(pool, second))
    unfinished, generations, tables, read = with_pool(database, state)
    assert (unfinished, tables, read) == (0, generations, 20_814)
    # Or nothing was tried: some were killed while they loaded.
    assert any(reached), SEED
