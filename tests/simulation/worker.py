"""A process of clients, as a till's server would be: takes one job a line, until it is killed."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import random
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any
from uuid import uuid4

import msgspec

from tests.simulation.clients import Client
from tests.simulation.cut_pool import open_cut_pool
from tests.simulation.journal import Journal, WatchedLedger
from tests.simulation.mutants import ledger_of
from tests.simulation.world import RULES, Consumer, sim_bundle
from wherewithal.qualify.bundle import PolicyBundle
from wherewithal.qualify.plans import Plans
from wherewithal.service import account_book, place_hold
from wherewithal.service.directory import HeldDirectory
from wherewithal.service.place_hold import HoldPorts
from wherewithal.service.standing_products import ProductAnswers
from wherewithal.store.directory import DirectoryInStore
from wherewithal.vocabulary.program import ProductCode


def shorten_lives() -> None:
    """Let what lasts days last fractions of a second in this process."""
    lives = {ProductCode(one): timedelta(microseconds=us) for one, us in RULES.lives.items()}
    vars(place_hold)["FIRST_CAPTURE_WITHIN"] = MappingProxyType(lives)
    vars(account_book)["REST_WITHIN"] = timedelta(microseconds=RULES.rest)


async def _has_room(_merchant_id: str) -> bool:
    return True


@contextlib.asynccontextmanager
async def open_ports(
    job: dict[str, Any], bundle: PolicyBundle, journal: Journal, chance: random.Random
) -> AsyncIterator[HoldPorts]:
    """Open what clients reach for, over connections that are cut now and then."""
    async with open_cut_pool(job["dsn"], share=job["cuts"], chance=chance, max_size=8) as pool:
        ledger = ledger_of(job["system"], pool)
        yield HoldPorts(
            ledger=WatchedLedger(ledger, journal),
            directory=HeldDirectory(reads=DirectoryInStore(pool.whole), bundle=bundle),
            products=ProductAnswers(bundle, Plans(bundle)),
            new_uuid=uuid4,
            has_room=_has_room,
        )


async def _work(job: dict[str, Any], bundle: PolicyBundle) -> None:
    journal = Journal(Path(job["journal"]), job["name"])
    chance = random.Random(job["seed"])
    people = msgspec.convert(job["people"], list[Consumer])
    placed: list[dict[str, Any]] = []
    captured: list[dict[str, Any]] = []
    try:
        async with open_ports(job, bundle, journal, chance) as ports:
            await ports.directory.at_hand()
            _say("prepared")
            until = json.loads(sys.stdin.readline())
            clients = [
                Client(
                    name=f"{job['name']}-{number}",
                    chance=random.Random(f"{job['seed']}-{number}"),
                    people=people,
                    ports=ports,
                    journal=journal,
                    placed=placed,
                    captured=captured,
                )
                for number in range(job["clients"])
            ]
            await asyncio.gather(*(one.run(until) for one in clients))
    finally:
        journal.close()


def main() -> None:
    """Say that we are ready, then do one job after the other."""
    # The driver tells of every connection that we cut.
    logging.getLogger("psycopg").setLevel(logging.CRITICAL)
    bundle = sim_bundle()
    shorten_lives()
    _say("ready")
    while line := sys.stdin.readline():
        asyncio.run(_work(json.loads(line), bundle))
        _say("done")


def _say(word: str) -> None:
    print(word, flush=True)  # noqa: T201 - the parent reads it


if __name__ == "__main__":
    main()
