"""Publishing a run: once, whole, checked, undone by one command, and beside what is decided now."""

from __future__ import annotations

import asyncio
import os
from datetime import UTC, datetime

import polars as pl
import pytest

from tests.service.publishing import (
    PORTFOLIO,
    Reader,
    consumers,
    decide_now,
    execute,
    make_run,
    publish,
    with_pool,
)
from wherewithal.qualify.decide_frame import decide_frame
from wherewithal.service.errors import Conflicting
from wherewithal.service.offline import MANIFEST
from wherewithal.service.publish_generation import PublishAnswer, prune_generations, roll_back
from wherewithal.service.published_run import new_uuids, open_run
from wherewithal.store.generations import GenerationsInStore
from wherewithal.vocabulary.errors import InputRefused

PARTITIONS = "select count(*) from pg_inherits where inhparent = 'offline_power'::regclass"


@pytest.fixture(scope="module")
def people(borrowers: pl.DataFrame) -> pl.DataFrame:
    return borrowers.head(400)


@pytest.fixture(scope="module")
def run(people, bundle, tmp_path_factory):
    return make_run(tmp_path_factory.mktemp("run"), people, bundle)


@pytest.fixture(scope="module")
def next_run(people, bundle, tmp_path_factory):
    """Return a later run of the same people: each fact a month newer."""
    later = people.with_columns(pl.col("as_of").dt.offset_by("1mo"))
    return make_run(tmp_path_factory.mktemp("next"), later, bundle, name="b")


@pytest.fixture
def copied(run, tmp_path):
    """Return a copy of the run that a test may spoil."""
    (tmp_path / "decisions").mkdir()
    for path in (run / MANIFEST, *(run / "decisions").iterdir()):
        (tmp_path / path.relative_to(run)).write_bytes(path.read_bytes())
    return tmp_path


def codes(error) -> list[str]:
    return [problem.code for problem in error.value.problems]


async def scalar(pool, statement):
    async with pool.connection() as connection:
        return (await (await connection.execute(statement)).fetchone())[0]


def test_the_same_run_is_published_once(database, run):
    async def work(pool):
        first, again = await publish(pool, run), await publish(pool, run)
        return first, again, await scalar(pool, "select count(*) from generation")

    first, again, generations = with_pool(database, work)
    assert (first.rows, first.is_new, first.replaced) == (400, True, None)
    assert (again.generation, again.is_new, generations) == (first.generation, False, 1)


def test_references_that_are_known_keep_their_consumer(database, run, next_run):
    async def work(pool):
        await publish(pool, run)
        before = await consumers(pool)
        answer = await publish(pool, next_run)
        return before, await consumers(pool), answer, await scalar(pool, PARTITIONS)

    before, after, answer, partitions = with_pool(database, work)
    assert (len(before), before == after, answer.replaced, partitions) == (400, True, 1, 2)


def test_no_consumer_is_left_whom_nothing_names(database, run):
    strays = """select count(*) from consumer c
                 where not exists (select from consumer_reference r
                                    where r.consumer_id = c.consumer_id)"""

    async def work(pool):
        await publish(pool, run)
        return await scalar(pool, strays)

    assert with_pool(database, work) == 0


def test_two_portfolios_are_two_populations(database, run):
    async def work(pool):
        await publish(pool, run)
        await publish(pool, run, portfolio="wallets")
        return [
            await scalar(pool, "select count(*) from consumer"),
            await scalar(pool, "select count(*) from current_generation"),
        ]

    assert with_pool(database, work) == [800, 2]


def test_what_was_not_decided_is_published_without_a_power(database, people, bundle, tmp_path):
    failed = people.head(3).with_columns(failure=pl.lit("no_hit"))
    run = make_run(tmp_path, failed, bundle)

    async def work(pool):
        await publish(pool, run)
        async with pool.connection() as connection:
            cursor = await connection.execute(
                "select outcome, total_cents, standing ->> 'limit_total_cents' from offline_power"
            )
            return await cursor.fetchall()

    assert with_pool(database, work) == [("no_hit", None, None)] * 3


def test_a_folder_that_is_no_run_is_refused(tmp_path):
    with pytest.raises(InputRefused) as error:
        open_run(tmp_path)
    assert codes(error) == ["not_a_run"]
    (tmp_path / MANIFEST).write_text('{"bundle_digest": 1}')
    with pytest.raises(InputRefused) as error:
        open_run(tmp_path)
    assert codes(error) == ["not_a_run"]


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda part: part.unlink(), "run_incomplete"),
        (lambda part: part.with_suffix(".json").unlink(), "run_incomplete"),
        (lambda part: part.write_bytes(part.read_bytes()[:-9]), "not_parquet"),
        (lambda part: pl.read_parquet(part).head(399).write_parquet(part), "wrong_row_count"),
        (lambda part: pl.read_parquet(part).drop("state").write_parquet(part), "other_version"),
    ],
)
def test_a_run_that_is_not_whole_is_not_published(database, copied, spoil, code):
    spoil(copied / "decisions" / "part-00000.parquet")
    with pytest.raises(InputRefused) as error:
        with_pool(database, lambda pool: publish(pool, copied))
    assert codes(error) == [code]


def test_an_applicant_who_stands_twice_is_found_before_anyone_reads(database, copied):
    part = copied / "decisions" / "part-00000.parquet"
    twice = pl.read_parquet(part)
    pl.concat([twice.head(399), twice.head(1)]).write_parquet(part)

    async def work(pool):
        with pytest.raises(InputRefused) as error:
            await publish(pool, copied)
        return codes(error), await scalar(pool, "select count(*) from current_generation")

    assert with_pool(database, work) == (["duplicate_applicant"], 0)


def test_many_fewer_approvals_are_held_back_unless_they_are_meant(
    database, run, people, bundle, tmp_path
):
    facts = people.with_columns(
        pl.col("as_of").dt.offset_by("1mo"),
        failure=pl.when(pl.int_range(pl.len()) % 4 == 0).then(pl.lit("frozen")),
    )
    fewer = make_run(tmp_path, facts, bundle, name="c")

    async def work(pool):
        first = await publish(pool, run)
        with pytest.raises(InputRefused) as error:
            await publish(pool, fewer)
        held_back = await scalar(pool, "select generation from current_generation")
        meant = await publish(pool, fewer, allows_fewer=True)
        return first, codes(error), held_back, meant

    first, found, held_back, meant = with_pool(database, work)
    assert (found, held_back) == (["fewer_approved"], first.generation)
    assert (meant.is_new, meant.replaced) == (True, first.generation)


def test_older_facts_are_held_back_unless_they_are_meant(database, run, next_run):
    async def work(pool):
        await publish(pool, next_run)
        with pytest.raises(InputRefused) as error:
            await publish(pool, run)
        return codes(error), (await publish(pool, run, allows_older=True)).is_new

    assert with_pool(database, work) == (["older_than_current"], True)


def test_a_rollback_is_one_command_and_leaves_what_was_decided_now(
    database, run, next_run, people, bundle
):
    row = next(
        one for one in decide_frame(people, bundle).to_dicts() if one["outcome"] == "approved"
    )

    async def work(pool):
        generations, read = GenerationsInStore(pool), Reader(pool, bundle)
        first, _ = await publish(pool, run), await publish(pool, next_run)
        known = await consumers(pool)
        asked = known.pop(row["applicant_id"])
        other = next(iter(known.values()))
        await decide_now(pool, asked, row, decision_id="made-now")
        before = await read(other)
        back = await roll_back(PORTFOLIO, generations=generations)
        with pytest.raises(InputRefused) as error:
            await roll_back(PORTFOLIO, generations=generations)
        return first, back, codes(error), before, await read(other), await read(asked)

    first, back, found, before, after, asked = with_pool(database, work)
    assert (back.generation, back.replaced, found) == (first.generation, 2, ["nothing_before"])
    assert before.as_of > after.as_of
    assert (asked.tempo, asked.decision_id) == ("now", "made-now")


def test_prune_deletes_what_is_neither_current_nor_among_the_last(database, run, next_run):
    async def work(pool):
        generations = GenerationsInStore(pool)
        await publish(pool, run)
        await publish(pool, next_run)
        kept = await prune_generations(PORTFOLIO, keep=1, generations=generations)
        gone = await prune_generations(PORTFOLIO, keep=0, generations=generations)
        again = await publish(pool, run, allows_older=True)
        return kept, gone, again.is_new, await scalar(pool, PARTITIONS)

    assert with_pool(database, work) == ([], [1], True, 2)


def test_one_publisher_a_portfolio(database, run):
    async def work(pool):
        async with GenerationsInStore(pool).publishing(PORTFOLIO):
            with pytest.raises(Conflicting):
                await publish(pool, run)
            return (await publish(pool, run, portfolio="wallets")).is_new

    assert with_pool(database, work)


def test_two_who_publish_the_same_at_once_make_one_generation(database, run):
    async def work(pool):
        found = await asyncio.gather(
            *(publish(pool, run) for _ in range(4)), return_exceptions=True
        )
        assert all(isinstance(one, PublishAnswer | Conflicting) for one in found)
        done = [one for one in found if isinstance(one, PublishAnswer)]
        return [one.generation for one in done if one.is_new], await scalar(
            pool, "select count(*) from generation"
        )

    assert with_pool(database, work) == ([1], 1)


def test_amounts_stand_for_thirty_days_of_their_facts_unless_a_day_is_named(database, run):
    async def work(pool):
        await publish(pool, run, expires_on=None)
        return await scalar(
            pool, "select count(*) from offline_power where expires_at = as_of + interval '30 days'"
        )

    assert with_pool(database, work) == 400


def test_a_block_between_the_run_and_its_publication_holds(database, run, bundle):
    async def work(pool):
        await publish(pool, run, portfolio=PORTFOLIO)
        known, read = await consumers(pool), Reader(pool, bundle)
        await execute(pool, "update consumer set blocks_credit = '{fraud}'")
        await execute(pool, "delete from current_generation")
        await publish(pool, run)
        told = [await read(one) for one in list(known.values())[:50]]
        return {one.status if one else None for one in told}

    assert with_pool(database, work) == {"blocked"}


def test_identifiers_are_random_and_of_version_4():
    found = new_uuids(3, random_bytes=lambda count: bytes(range(count)))
    assert found.to_list() == [
        "000102030405460788090a0b0c0d0e0f",
        "101112131415461798191a1b1c1d1e1f",
        "2021222324254627a8292a2b2c2d2e2f",
    ]
    assert new_uuids(1_000, random_bytes=os.urandom).n_unique() == 1_000


def test_a_moment_of_publishing_is_the_database_s(database, run):
    async def work(pool):
        before = await scalar(pool, "select now()")
        await publish(pool, run)
        return before, await scalar(pool, "select published_at from current_generation")

    before, published = with_pool(database, work)
    assert before <= published <= datetime.now(UTC)
