"""Decisions of both tempos in a database, and whoever decides them again: short words for tests."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import polars as pl
import psycopg

from tests.service.desk import ROOT, Desk, inquiry_of, open_desk
from tests.service.publishing import PORTFOLIO, publish, with_pool
from wherewithal.service import offline
from wherewithal.service.replay_decisions import Replayer
from wherewithal.service.replay_records import ReplayedDecision, Walk
from wherewithal.sources.bundle import load_bundle
from wherewithal.sources.bundle_archive import load_archived
from wherewithal.sources.bureau_simulator.loan_people import LoanPeople
from wherewithal.store.artefacts import ArtefactsInStore
from wherewithal.store.pool import Pool
from wherewithal.store.recorded import RecordedInStore
from wherewithal.wiring.artefacts import keep_artefacts, keep_run_artefacts
from wherewithal.wiring.code_build import code_build
from wherewithal.wiring.offline import keep_for_replay

EVERYDAY = ROOT / "policies" / "everyday"
PERSONAS = (
    "prime",
    "declined",
    "no-hit",
    "frozen",
    "minor",
    "deceased",
    "fraud-alert",
    "truncated",
)
BUILD = "test"


class Kept:
    """Where a walk stands, in memory; stops the walk after so many pages."""

    def __init__(self, pages_max: int | None = None) -> None:
        self.walk: Walk | None = None
        self.left = pages_max

    def load(self) -> Walk | None:
        return self.walk

    def save(self, walk: Walk) -> None:
        self.walk = walk
        if self.left is not None:
            self.left -= 1
            if not self.left:
                raise KeyboardInterrupt

    def clear(self) -> None:
        self.walk = None


def replayer(pool: Pool, *, build: str = BUILD) -> Replayer:
    return Replayer(
        recorded=RecordedInStore(pool),
        artefacts=ArtefactsInStore(pool),
        load_archived=lambda archive, digest: load_archived(archive, digest=digest),
        code_build=build,
    )


def walk(dsn: str, *, sample: int | None = None, keeps: Kept | None = None, seed: int = 1) -> Walk:
    """Decide everything again."""

    async def work(pool: Pool) -> Walk:
        return await replayer(pool).walk(
            sample=sample, seed=seed, keeps=keeps or Kept(), on_progress=lambda _done, _rows: None
        )

    told: Walk = with_pool(dsn, work)
    return told


def replay_one(dsn: str, decision_id: str, **given: Any) -> Sequence[ReplayedDecision]:
    """Decide again what has a name."""

    async def work(pool: Pool) -> Sequence[ReplayedDecision]:
        return await replayer(pool).replay_one(decision_id, consumer_id=given.get("consumer_id"))

    told: Sequence[ReplayedDecision] = with_pool(dsn, work)
    return told


def ask_people(
    dsn: str,
    bureau_url: str,
    borrowers: pl.DataFrame,
    *,
    rows: Sequence[int],
    folder: Path = EVERYDAY,
) -> None:
    """Prequalify personas and people of the loan file, one after another."""

    async def run() -> None:
        async with open_desk(dsn, bureau_url) as desk:
            await keep_artefacts(ArtefactsInStore(desk.pool), desk.ports.bundle, folder)
            for persona in PERSONAS:
                await desk.ask(inquiry_of(persona))
            await ask_rows(desk, borrowers, rows)

    asyncio.run(run())


async def ask_rows(desk: Desk, borrowers: pl.DataFrame, rows: Sequence[int]) -> None:
    """Prequalify people of the loan file."""
    people = LoanPeople(borrowers)
    for row in rows:
        if people.facts(row) is not None:
            await desk.ask(inquiry_of(identity=people.identity(row), stated=people.stated(row)))


def run_offline(facts: pl.DataFrame, out: Path, *, folder: Path = EVERYDAY) -> Path:
    """Decide a frame of facts into a folder, with all that a run of the command has in it."""
    file, bundle = out.with_suffix(".parquet"), load_bundle(folder)
    facts.write_parquet(file)
    offline.run_offline(
        out=out,
        rows=facts.height,
        manifest={"bundle_digest": bundle.digest, "as_of": "2026-01-01", "name": out.name},
        runner=lambda chunks: (
            offline.decide_chunk(
                one, facts.slice(one.first_row, one.rows), bundle, code_build=code_build()
            )
            for one in chunks
        ),
        on_progress=lambda _done, _rows: None,
    )
    keep_for_replay(out, facts=file, bundle_folder=folder)
    return out


def publish_run(dsn: str, run: Path, *, portfolio: str = PORTFOLIO) -> None:
    """Publish a run as the command does."""

    async def work(pool: Pool) -> None:
        await keep_run_artefacts(ArtefactsInStore(pool), run)
        await publish(pool, run, portfolio=portfolio)

    with_pool(dsn, work)


def one_value(dsn: str, query: str) -> Any:
    """Return the first value of the first row."""
    with psycopg.connect(dsn) as connection:
        row = connection.execute(query).fetchone()
    assert row is not None
    return row[0]


def any_consumer(dsn: str) -> UUID:
    """Return a consumer for whom something was decided now."""
    found = one_value(dsn, "select consumer_id from decision where outcome = 'approved' limit 1")
    assert isinstance(found, UUID)
    return found
