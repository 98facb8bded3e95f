"""Runs to publish, what stands in a database, and who reads it: short words for tests."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Coroutine
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import msgspec
import polars as pl

from wherewithal.qualify.bundle import PolicyBundle
from wherewithal.qualify.person import PERSON_COLUMNS
from wherewithal.qualify.plans import Plans
from wherewithal.service.answers import ProductAnswer, SpendingPower
from wherewithal.service.offline import decide_chunk, run_offline
from wherewithal.service.publish_generation import (
    PublishAnswer,
    PublishRequest,
    publish_generation,
)
from wherewithal.service.read_spending_power import read_spending_power
from wherewithal.service.standing_products import ProductAnswers
from wherewithal.store.generations import GenerationsInStore
from wherewithal.store.pool import Pool, open_pool
from wherewithal.store.powers import PeopleInStore
from wherewithal.wiring.offline import read_kept_facts

#: Long after every test.
FAR = date(2099, 1, 1)
PORTFOLIO = "cards"


def make_run(out: Path, facts: pl.DataFrame, bundle: PolicyBundle, *, name: str = "a") -> Path:
    """Decide every row of a facts frame into a run's folder."""
    run_offline(
        out=out,
        rows=facts.height,
        manifest={"bundle_digest": bundle.digest, "as_of": "2011-01-01", "name": name},
        runner=lambda chunks: (
            decide_chunk(one, facts.slice(one.first_row, one.rows), bundle) for one in chunks
        ),
        on_progress=lambda _done, _rows: None,
    )
    return out


def with_pool(dsn: str, work: Callable[[Pool], Coroutine[Any, Any, Any]]) -> Any:
    """Run `work` with a pool of the database, to its end."""

    async def run() -> Any:
        async with open_pool(dsn, max_size=6) as pool:
            return await work(pool)

    return asyncio.run(run())


async def publish(pool: Pool, run: Path, **given: Any) -> PublishAnswer:
    """Publish a run that expires in the far future, unless it is said otherwise."""
    asked: dict[str, Any] = {"run": run, "portfolio": PORTFOLIO, "expires_on": FAR}
    request = PublishRequest(**asked | given)
    return await publish_generation(
        request,
        generations=GenerationsInStore(pool),
        read_facts=read_kept_facts,
        random_bytes=os.urandom,
        on_progress=lambda _done, _rows: None,
    )


async def consumers(pool: Pool) -> dict[str, UUID]:
    """Return the consumers of the portfolio by their reference."""
    async with pool.connection() as connection:
        cursor = await connection.execute("select reference, consumer_id from consumer_reference")
        return dict(await cursor.fetchall())


class Reader:
    """Reads spending power as a surface does."""

    def __init__(self, pool: Pool, bundle: PolicyBundle) -> None:
        self.products = ProductAnswers(bundle, Plans(bundle))
        self.people = PeopleInStore(pool)

    async def __call__(self, consumer_id: UUID) -> SpendingPower | None:
        answer = await read_spending_power(consumer_id, people=self.people, products=self.products)
        return None if answer is None else msgspec.json.decode(answer, type=SpendingPower)


async def execute(pool: Pool, statement: str, *values: Any) -> None:
    """Run one statement."""
    async with pool.connection() as connection:
        await connection.execute(statement, values)


async def add_consumer(pool: Pool, *, is_known: bool = True) -> UUID:
    """Add a consumer about whom nobody asked; one who long bought with us, or a newcomer."""
    consumer_id = uuid4()
    await execute(pool, "insert into consumer (consumer_id) values (%s)", consumer_id)
    if is_known:
        await be_known(pool)
    return consumer_id


async def be_known(pool: Pool) -> None:
    """Let all consumers have paid well for years: all of their limits is theirs."""
    await execute(pool, "update consumer set first_booked_on = '2000-01-01', on_time_payments = 99")


async def decide_now(
    pool: Pool, consumer_id: UUID, row: dict[str, Any], **given: Any
) -> tuple[ProductAnswer, ...]:
    """Write what a decision made now leaves to be read, and return what was answered.

    `row` is a decision row; `given` overrides columns of `power`, or `answers`.
    """
    answers: tuple[ProductAnswer, ...] = given.pop("answers", ())
    now = datetime.now(UTC)
    standing = {name: row[name] for name in (*PERSON_COLUMNS, "state")}
    values = {
        "consumer_id": consumer_id,
        "as_of": now,
        "seq": 1,
        "decision_id": row["decision_id"],
        "bundle_digest": row["bundle_digest"],
        "claim": "prequalified",
        "outcome": row["outcome"],
        "reasons": row["reasons"],
        "total_cents": row["power_total_cents"],
        "expires_at": now + timedelta(days=30),
        "standing": msgspec.json.encode(standing).decode(),
        "products": msgspec.json.encode(answers),
    } | given
    names, marks = ", ".join(values), ", ".join(["%s"] * len(values))
    await execute(pool, f"insert into power ({names}) values ({marks})", *values.values())  # noqa: S608
    return answers


async def owe(pool: Pool, consumer_id: UUID, cents: int) -> None:
    """Let a consumer owe principal of a pay-in-four purchase, with no payment still to come."""
    await execute(
        pool,
        "insert into loan (consumer_id, loan_id, reference, product, plan, originator,"
        " note_rate_bps, principal_cents, outstanding_cents, status, booked_on, booked_at) values"
        " (%s, gen_random_uuid(), gen_random_uuid()::text, 'pay_in_4', 'pay_in_4', 'o', 0, %s, %s, 'open',"
        " current_date, now())",
        *(consumer_id, cents, cents),
    )
    owed = "update consumer set drawn_cents = drawn_cents + %s where consumer_id = %s"
    await execute(pool, owed, cents, consumer_id)
