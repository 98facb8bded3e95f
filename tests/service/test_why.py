"""Changes and raises of people of published runs, under one policy and then another."""

from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import polars as pl
import pytest

from tests.service.publishing import Reader, consumers, with_pool
from tests.service.replaying import EVERYDAY, publish_run, run_offline
from wherewithal.service.errors import TooMany
from wherewithal.service.why_answers import ChangeAnswer, RaisesAnswer
from wherewithal.sources.bundle import load_bundle
from wherewithal.wiring.why import why_doors

ROWS = 24


@dataclass(frozen=True)
class Told:
    """What a person was told after the second run."""

    power_cents: int | None
    status: str
    change: ChangeAnswer | None
    raises: RaisesAnswer | None


@pytest.fixture(scope="module")
def other_policy(tmp_path_factory):
    """Return the folder of a policy with a lower limit for tier B, as if it had moved on."""
    folder = tmp_path_factory.mktemp("other") / "policy"
    shutil.copytree(EVERYDAY, folder)
    limits = folder / "limits.dmn"
    limits.write_text(limits.read_text().replace("<text>1200000</text>", "<text>400000</text>"))
    return folder


@pytest.fixture(scope="module")
def told(databases, borrowers, other_policy, tmp_path_factory):
    """Return what everybody was told, whose second run was decided by another policy."""
    out, people = tmp_path_factory.mktemp("why"), borrowers.slice(2_000, ROWS)
    later = people.with_columns(pl.col("inquiries_6m") + 1)
    bundle = load_bundle(other_policy)

    async def read(pool: Any) -> dict[UUID, Told]:
        reader = Reader(pool, bundle)
        doors = why_doors(pool, products=reader.products)
        return {one: await _told(one, pool, reader, doors) for one in await _ids(pool)}

    with databases.fresh() as dsn:
        publish_run(dsn, run_offline(people, out / "first"))
        publish_run(dsn, run_offline(later, out / "second", folder=other_policy))
        yield with_pool(dsn, read)


async def _ids(pool: Any) -> list[UUID]:
    return list((await consumers(pool)).values())


async def _told(consumer_id: UUID, pool: Any, reader: Reader, doors: Any) -> Told:
    async with pool.connection() as connection:
        cursor = await connection.execute(
            "select decision_id from offline_power where consumer_id = %s order by generation",
            [consumer_id],
        )
        [(first,), _] = await cursor.fetchall()
    power = await reader(consumer_id)
    assert power is not None
    return Told(
        power_cents=power.power_total_cents,
        status=power.status,
        change=await doors.changes(consumer_id, since=first, until=None),
        raises=await doors.raises(consumer_id, credential_id="k"),
    )


def test_a_change_ends_at_the_power_that_is_shown_and_names_policy_and_facts(told):
    parts: Counter[str] = Counter()
    for one in told.values():
        if one.change is None or one.status != "available":
            continue
        assert one.change.status == "explained"
        assert one.change.until is not None
        assert one.change.until.power_total_cents == one.power_cents
        cents = [part.change_cents for part in one.change.parts]
        assert sum(cents) == one.change.change_cents
        parts.update(part.part for part in one.change.parts if part.change_cents)
        assert [part.codes for part in one.change.parts][:1] == [("policy",)]
    assert parts["policy"] > 2
    assert parts["facts"] > 2


def test_raises_start_from_the_power_that_is_shown(told):
    statuses = Counter(one.raises.status for one in told.values() if one.raises)
    for one in told.values():
        assert one.raises is not None
        assert one.raises.power_total_cents == one.power_cents
        assert all(raised.power_total_cents >= one.power_cents for raised in one.raises.raises)
    assert statuses["estimated"] > ROWS / 4


def test_a_no_of_an_offline_run_is_never_told(told):
    hidden = [one for one in told.values() if one.status == "not_yet_assessed"]
    assert hidden
    for one in hidden:
        assert one.raises is not None
        assert (one.raises.status, one.raises.raises) == ("not_yet_assessed", ())
        assert one.change is None or (one.change.status, one.change.parts) == (
            "not_yet_assessed",
            (),
        )


def test_nobody_is_asked_about_in_a_loop(database, bundle):
    async def work(pool: Any) -> int:
        doors = why_doors(pool, products=Reader(pool, bundle).products)
        for asked in range(1_000):
            try:
                # Whoever it is, before anything is looked at.
                assert await doors.raises(UUID(int=1), credential_id="k") is None
            except TooMany:
                return asked
        return 1_000

    assert with_pool(database, work) < 1_000
