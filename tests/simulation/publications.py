"""Offline generations: decided for everybody, loaded beside the current one, then pointed to."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import polars as pl

from tests.simulation.journal import Journal, micros
from tests.simulation.world import PORTFOLIO, Consumer, standing_json
from wherewithal.service.answers import ClaimType
from wherewithal.service.errors import Conflicting, Unavailable
from wherewithal.service.publish_generation import NewGeneration
from wherewithal.store.errors import StoreBusy, StoreUnavailable
from wherewithal.store.generations import GenerationsInStore
from wherewithal.store.pool import Pool

#: Publications that are tried again after a kill give up only when the run is over.
TRIES = 40


async def publish(
    pool: Pool,
    journal: Journal,
    *,
    people: list[Consumer],
    as_of: datetime,
    limits: list[dict[str, int]],
) -> None:
    """Publish a generation for all; tried again until it is known to be current."""
    name = uuid4().hex
    attempt = journal.invoke(
        kind="publish",
        generation=name,
        as_of=micros(as_of),
        limits={str(one.consumer_id): given for one, given in zip(people, limits, strict=True)},
    )
    powers = _powers(name, people, as_of, limits)

    def begins() -> None:
        journal.write("begins", attempt)

    for _ in range(TRIES):
        try:
            await _published(pool, name, powers, begins)
        except (StoreUnavailable, StoreBusy, Unavailable, Conflicting):
            await asyncio.sleep(0.05)
        else:
            journal.write("end", attempt, result="ok")
            return
    journal.write("end", attempt, result="unknown")


async def _published(
    pool: Pool, name: str, powers: pl.DataFrame, begins: Callable[[], None]
) -> None:
    async with GenerationsInStore(pool).publishing(PORTFOLIO) as publication:
        found = await publication.find(name)
        if found is None or found.loaded_at is None:
            new = NewGeneration(
                run_digest=name,
                portfolio=PORTFOLIO,
                bundle_digest="simulated",
                claim=ClaimType.PREQUALIFIED,
                rows=powers.height,
            )
            generation = await publication.begin(new)
            await publication.load(generation, powers)
            await publication.finish(generation, rows=powers.height)
        else:
            generation = found.generation
        current = await publication.current()
        if current is None or current.generation != generation:
            begins()
            await publication.point_to(generation, is_rollback=False)


def _powers(
    name: str, people: list[Consumer], as_of: datetime, limits: list[dict[str, int]]
) -> pl.DataFrame:
    rows: list[dict[str, Any]] = [
        {
            "reference": f"person-{number}",
            "consumer_id": one.consumer_id.hex,
            "as_of": as_of,
            "decision_id": f"{name}-{number}",
            "outcome": "approved",
            "reasons": [],
            "total_cents": given["total"],
            "expires_at": as_of + timedelta(days=30),
            "standing": standing_json(given, "A"),
        }
        for number, (one, given) in enumerate(zip(people, limits, strict=True))
    ]
    schema = {"reasons": pl.List(pl.String), "as_of": pl.Datetime("us", "UTC")}
    return pl.DataFrame(rows, schema_overrides=schema | {"expires_at": pl.Datetime("us", "UTC")})
