"""Readers while generations come and go: old or new and never mixed, and never back in time."""

from __future__ import annotations

import asyncio
import random
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import msgspec
import polars as pl
import psycopg
import pytest

from wherewithal.service.answers import ClaimType
from wherewithal.service.publish_generation import NewGeneration
from wherewithal.service.standing import PersonRow
from wherewithal.store.generations import GenerationsInStore
from wherewithal.store.pool import Pool, open_pool
from wherewithal.store.powers import PeopleInStore
from wherewithal.store.queries import load_queries
from wherewithal.vocabulary.errors import InvariantBroken

SEED = 20_261_121
PEOPLE = 100
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
FAR = datetime(2099, 1, 1, tzinfo=UTC)
PORTFOLIO = "cards"
#: The very words by which a decision made now is written (store/queries/recording.sql), of its own.
NOW = f"""
with account as (select %(seq)s::bigint as seq),
{load_queries("recording.sql")["power"]}
select 1
"""


def powers(generation: int, as_of: list[datetime]) -> pl.DataFrame:
    """Return what a run of everyone leaves: `decision_id` says which generation it is of."""
    return pl.DataFrame(
        {
            "reference": [str(number) for number in range(PEOPLE)],
            "consumer_id": [UUID(int=number + 1).hex for number in range(PEOPLE)],
            "as_of": as_of,
            "decision_id": [f"{generation:032x}"] * PEOPLE,
            "outcome": ["approved"] * PEOPLE,
            "reasons": [["R08", "R09"]] * PEOPLE,
            "total_cents": [1_000] * PEOPLE,
            "expires_at": [FAR] * PEOPLE,
            "standing": ["{}"] * PEOPLE,
        },
        schema_overrides={
            "as_of": pl.Datetime("us", "UTC"),
            "expires_at": pl.Datetime("us", "UTC"),
        },
    )


async def load(publication, as_of: list[datetime], *, digest: str) -> int:
    """Load a generation, ready to be pointed to."""
    new = NewGeneration(
        run_digest=digest,
        portfolio=PORTFOLIO,
        bundle_digest="b",
        claim=ClaimType.ESTIMATE,
        rows=PEOPLE,
    )
    generation: int = await publication.begin(new)
    await publication.load(generation, powers(generation, as_of))
    await publication.finish(generation, rows=PEOPLE)
    return generation


def moment(row: PersonRow) -> tuple[datetime, int]:
    """Return (as_of, seq) of what stands; a row of a run has no number of its own: 0."""
    decision = row.decision
    assert decision is not None
    return decision.as_of, int(decision.decision_id, 16) if decision.tempo == "now" else 0


def test_a_reader_sees_one_generation_whole_while_they_change(database):
    everyone = """select array_agg(distinct o.decision_id), count(*)
                    from current_generation c join offline_power o using (generation)"""

    async def read(pool: Pool, done: asyncio.Event) -> set[str]:
        seen = set()
        while not done.is_set():
            async with pool.connection() as connection:
                row = await (await connection.execute(everyone)).fetchone()
            assert row is not None
            (ids, count) = row
            assert (len(ids), count) == (1, PEOPLE)
            seen.add(ids[0])
        return seen

    async def work() -> set[str]:
        async with (
            open_pool(database, max_size=6) as pool,
            GenerationsInStore(pool).publishing(PORTFOLIO) as publication,
        ):
            first = await load(publication, [EPOCH] * PEOPLE, digest="0")
            await publication.point_to(first, is_rollback=False)
            done = asyncio.Event()
            readers = [asyncio.create_task(read(pool, done)) for _ in range(3)]
            for number in range(1, 21):
                new = await load(publication, [EPOCH] * PEOPLE, digest=str(number))
                await publication.point_to(new, is_rollback=False)
                old = (await publication.superseded())[-1]
                await publication.drop(old.generation)
            done.set()
            return set().union(*await asyncio.gather(*readers))

    # Twenty-one came, and readers met many of them.
    assert len(asyncio.run(work())) > 5


async def decide_now(pool: Pool, number: int, *, seq: int, at: datetime) -> None:
    """Record a decision made now, by the statement that prequalifying uses."""
    given = {
        "consumer_id": UUID(int=number + 1),
        "seq": seq,
        "decided_at": at,
        "decision_id": f"{seq:032x}",
        "bundle_digest": "b",
        "claim": "prequalified",
        "outcome": "approved",
        "reasons": [],
        "total_cents": 1,
        "expires_at": FAR,
        "standing": "{}",
        "products": b"[]",
    }
    async with pool.connection() as connection:
        await connection.execute(NOW, given)


def test_no_reader_goes_back_in_time_over_ten_thousand_interleavings(database):
    """Decisions made now and runs arrive in any order; who reads only ever sees them rise."""
    chance = random.Random(SEED)

    def later(days: int) -> datetime:
        return EPOCH + timedelta(seconds=chance.randrange(days * 86_400))

    async def decide_many(pool: Pool, seqs: list[int]) -> None:
        for _ in range(100):
            number = chance.randrange(PEOPLE)
            seqs[number] += 1
            await decide_now(pool, number, seq=seqs[number], at=later(60))

    async def read(pool: Pool, done: asyncio.Event, counts: dict[str, int]) -> None:
        people = PeopleInStore(pool)
        last: dict[int, tuple[datetime, int]] = {}
        reader = random.Random(SEED)
        while not done.is_set():
            number = reader.randrange(PEOPLE)
            row = await people.read_person(UUID(int=number + 1))
            assert row is not None
            assert row.decision is not None
            now = moment(row)
            assert now >= last.get(number, now), (SEED, number)
            counts[row.decision.tempo] += 1
            last[number] = now

    async def work() -> dict[str, int]:
        counts = {"now": 0, "offline": 0, "published": 0, "held back": 0}
        async with (
            open_pool(database, max_size=8) as pool,
            GenerationsInStore(pool).publishing(PORTFOLIO) as publication,
        ):
            done, seqs, as_of = asyncio.Event(), [0] * PEOPLE, [EPOCH] * PEOPLE
            first = await load(publication, as_of, digest="0")
            await publication.point_to(first, is_rollback=False)
            readers = [asyncio.create_task(read(pool, done, counts)) for _ in range(2)]
            for number in range(1, 26):
                await asyncio.gather(*(decide_many(pool, seqs) for _ in range(4)))
                # Most runs are newer for everyone; some are not, and are held back.
                low = chance.choice([0, 0, 0, -1])
                as_of_new = [max(old, later(2 * number)) for old in as_of]
                as_of_new = [one + timedelta(days=low) for one in as_of_new]
                new = await load(publication, as_of_new, digest=str(number))
                if (await publication.compare(new)).older:
                    counts["held back"] += 1
                    continue
                await publication.point_to(new, is_rollback=False)
                counts["published"] += 1
                as_of = as_of_new
            done.set()
            await asyncio.gather(*readers)
        return counts

    counts = asyncio.run(work())
    # Each kind of event happened, or nothing was shown.
    assert min(counts.values()) > 0, counts


def test_the_newest_of_several_portfolios_stands(database):
    async def work():
        async with open_pool(database, max_size=3) as pool:
            for days, portfolio in ((0, "cards"), (2, "wallets"), (1, "loans")):
                async with GenerationsInStore(pool).publishing(portfolio) as publication:
                    new = NewGeneration(
                        run_digest=portfolio,
                        portfolio=portfolio,
                        bundle_digest=portfolio,
                        claim=ClaimType.ESTIMATE,
                        rows=PEOPLE,
                    )
                    number = await publication.begin(new)
                    async with pool.connection() as connection:
                        # The same persons are known to every portfolio.
                        await connection.execute(
                            "insert into consumer_reference select %s, reference, consumer_id"
                            " from consumer_reference where portfolio = 'cards'"
                            " on conflict do nothing",
                            [portfolio],
                        )
                    as_of = [EPOCH + timedelta(days=days)] * PEOPLE
                    await publication.load(number, powers(number, as_of))
                    await publication.finish(number, rows=PEOPLE)
                    await publication.point_to(number, is_rollback=False)
            return await PeopleInStore(pool).read_person(UUID(int=7))

    decision = asyncio.run(work()).decision
    assert (decision.bundle_digest, decision.as_of.date()) == ("wallets", date(2026, 1, 3))


def test_names_and_texts_come_through_as_they_are(database):
    """Quotes, commas, line ends and what looks like nothing: a reference is the lender's own."""
    odd = ['a"b', "c,d", "e\nf", "NULL", "\\.", " ", "{x}", "é", "'"]

    async def work():
        async with open_pool(database, max_size=2) as pool:
            async with GenerationsInStore(pool).publishing(PORTFOLIO) as publication:
                new = NewGeneration(
                    run_digest="odd",
                    portfolio=PORTFOLIO,
                    bundle_digest="b",
                    claim=ClaimType.ESTIMATE,
                    rows=len(odd),
                )
                number = await publication.begin(new)
                frame = powers(number, [EPOCH] * PEOPLE).head(len(odd))
                standing = msgspec.json.encode({"state": 'N"M'}).decode()
                frame = frame.with_columns(
                    pl.Series("reference", odd), pl.lit(standing).alias("standing")
                )
                await publication.load(number, frame)
                await publication.finish(number, rows=len(odd))
            async with pool.connection() as connection:
                rows = await connection.execute(
                    "select r.reference, o.standing ->> 'state', o.reasons, o.as_of"
                    " from offline_power o join consumer_reference r using (consumer_id)"
                )
                return await rows.fetchall()

    assert sorted(asyncio.run(work())) == sorted(
        (name, 'N"M', ["R08", "R09"], EPOCH) for name in odd
    )


def test_a_reference_that_somebody_adds_meanwhile_keeps_their_consumer(database):
    """A stray consumer that was drawn for it goes again."""
    theirs = UUID(int=10**6)
    with psycopg.connect(database) as other:
        other.execute("insert into consumer (consumer_id) values (%s)", [theirs])
        other.execute("insert into consumer_reference values ('cards', '5', %s)", [theirs])
        # Not yet committed: the publisher does not see it, and waits at the reference.

        async def work():
            async with open_pool(database, max_size=2) as pool:
                async with GenerationsInStore(pool).publishing(PORTFOLIO) as publication:
                    loading = asyncio.create_task(load(publication, [EPOCH] * PEOPLE, digest="0"))
                    await asyncio.sleep(0.5)
                    other.commit()
                    await loading
                async with pool.connection() as connection:
                    cursor = await connection.execute(
                        "select count(*), count(*) filter (where o.consumer_id = %s)"
                        " from consumer c left join offline_power o using (consumer_id)",
                        [theirs],
                    )
                    return await cursor.fetchone()

        assert asyncio.run(work()) == (PEOPLE, 1)


def test_a_block_of_a_file_of_queries_has_one_name(monkeypatch, tmp_path):
    (tmp_path / "twice.sql").write_text("-- one --\nselect 1\n-- one --\nselect 2\n")
    monkeypatch.setattr("wherewithal.store.queries.resources.files", lambda _: tmp_path)
    with pytest.raises(InvariantBroken, match="stands twice"):
        load_queries("twice.sql")
