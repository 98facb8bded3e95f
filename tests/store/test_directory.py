"""The directory in a real database: what is written is what is read, whole and of one version."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Any

import msgspec
import polars as pl
import pytest

from wherewithal.qualify.merchant_index import MERCHANT_COLUMNS
from wherewithal.service.standing import DirectoryVersion
from wherewithal.store.directory import DirectoryInStore
from wherewithal.store.pool import open_pool
from wherewithal.vocabulary.program import PlanCode, ProductCode, Program

SCHEMA: dict[str, Any] = {
    "merchant_id": pl.String,
    "name": pl.String,
    "mcc": pl.String,
    "joined_on": pl.Date,
    "program_ids": pl.List(pl.String),
    "is_paused": pl.Boolean,
}


def program(number: int, *, rate_bps: int | None = None) -> Program:
    return Program(
        program_id=f"p{number}",
        name='Twelve "easy" months',
        product=ProductCode.MONTHLY,
        originator="cedar-bank",
        basket_min_cents=15_000,
        basket_max_cents=100_000,
        plans=(PlanCode.M6, PlanCode.M12),
        note_rate_bps=rate_bps,
        down_payment_bps=0,
        states=("OH", "MI"),
        date_from=date(2007, 1, 1),
        date_to=None,
        mcc_exclusions=("6051",),
    )


def merchants(count: int, *, name: str = "Lantern") -> pl.DataFrame:
    rows = [
        (f"m{n:06d}", f"{name} {n}", "5712", date(2020, 1, 1 + n % 28), ["p0"], n % 7 == 0)
        for n in range(count)
    ]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


@pytest.fixture
def store(database):
    """Return a function that runs `work` with the directory of a fresh database."""

    def run(work):
        async def inside():
            async with open_pool(database, max_size=6) as pool:
                return await work(DirectoryInStore(pool))

        return asyncio.run(inside())

    return run


def test_an_empty_directory_is_one_too(store):
    stored = store(lambda directory: directory.read_directory())
    assert (stored.version, stored.programs) == (DirectoryVersion(0, 0), ())
    assert stored.merchants.schema == SCHEMA
    assert tuple(stored.merchants.columns) == MERCHANT_COLUMNS


def test_what_is_written_is_what_is_read(store):
    odd = ["a,b", 'say "hi"', "line\nend", "NULL", " ", "Ægir & Søn", "\\N", "t;u", "'--"]
    frame = merchants(len(odd)).with_columns(
        pl.Series("name", odd),
        pl.Series("program_ids", [[], ["p0"], ["p1", "p0"], *([["p1"]] * (len(odd) - 3))]),
    )
    programs = (program(0), program(1, rate_bps=999))

    async def work(directory):
        version = await directory.replace_directory(frame, programs)
        return version, await directory.read_directory()

    version, stored = store(work)
    assert version == stored.version == DirectoryVersion(1, 1)
    assert stored.programs == programs
    assert stored.merchants.sort("merchant_id").equals(frame)


def test_forty_thousand_merchants_come_back_whole(store):
    frame = merchants(40_000)

    async def work(directory):
        await directory.replace_directory(frame, [program(0)])
        return await directory.read_directory()

    assert store(work).merchants.sort("merchant_id").equals(frame)


def test_programs_are_added_and_changed_under_a_version_of_their_own(store):
    async def work(directory):
        await directory.replace_directory(merchants(3), [program(0)])
        version = await directory.put_programs([program(0, rate_bps=0), program(1)])
        return version, await directory.read_programs(), await directory.read_version()

    version, (read, programs), (now, _) = store(work)
    assert version == read == now == DirectoryVersion(1, 2)
    assert programs == (program(0, rate_bps=0), program(1))


def test_a_reader_has_one_version_whole_while_others_write(store):
    async def work(directory):
        async def write(number: int) -> None:
            one = msgspec.structs.replace(program(0), name=f"of {number}")
            await directory.replace_directory(merchants(2_000, name=f"of {number}"), [one])

        async def read() -> None:
            stored = await directory.read_directory()
            if stored.version.merchants:
                (name,) = {name.rsplit(" ", 1)[0] for name in stored.merchants["name"]}
                assert (stored.programs[0].name, stored.merchants.height) == (name, 2_000)

        await write(0)
        await asyncio.gather(
            *(write(number) for number in range(1, 7)), *(read() for _ in range(12))
        )
        return (await directory.read_version())[0]

    assert store(work) == DirectoryVersion(7, 7)
