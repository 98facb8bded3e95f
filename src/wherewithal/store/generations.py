"""Generations of offline decisions: loaded into a table of their own, attached, pointed to.

Rows go by COPY, made of columns without a loop over rows. A generation's table is filled while it
stands alone and attached when it is whole, so that no reader waits and none sees half of it.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import Any, Final

import polars as pl
import psycopg
from psycopg import sql

from wherewithal.service.answers import ClaimType
from wherewithal.service.errors import Conflicting
from wherewithal.service.publish_generation import Comparison, Generation, NewGeneration
from wherewithal.store.pool import Connection, Pool
from wherewithal.store.queries import load_queries
from wherewithal.store.unavailable import as_unavailable
from wherewithal.vocabulary.errors import InputRefused, InvariantBroken, Problem

_QUERIES: Final = load_queries("generations.sql")
#: Bytes of one write to the server.
_COPY_BYTES: Final = 1 << 20
#: Publishing is a batch: what bounds a request's statements does not bound its own.
_BATCH_LIMITS: Final = "set local statement_timeout = 0"
_BATCH_IDLE: Final = "set local idle_in_transaction_session_timeout = '60s'"


class GenerationsInStore:
    """Opens portfolios for publishing (`PublishesGenerations`)."""

    def __init__(self, pool: Pool) -> None:
        """Keep where connections come from; a publication holds one until its end."""
        self._pool = pool

    @contextlib.asynccontextmanager
    async def publishing(self, portfolio: str) -> AsyncIterator[PublicationInStore]:
        """Hold a portfolio. Errors: Conflicting if somebody else holds it."""
        with as_unavailable():
            async with self._pool.connection() as connection:
                publication = PublicationInStore(connection, portfolio)
                if not await publication.take():
                    message = "this portfolio is being published by somebody else; wait for them"
                    raise Conflicting(message)
                try:
                    yield publication
                finally:
                    await publication.let_go()


class PublicationInStore:
    """One portfolio's generations on one session (`Publication`)."""

    def __init__(self, connection: Connection, portfolio: str) -> None:
        """Keep the session; made by `GenerationsInStore.publishing`."""
        self._connection, self._portfolio = connection, portfolio

    async def take(self) -> bool:
        """Return whether the portfolio is ours now."""
        row = await self._row("hold_portfolio")
        return row is not None and bool(row[0])

    async def let_go(self) -> None:
        """Let others publish; a session that is gone has let go already."""
        if not self._connection.closed:
            await self._connection.rollback()
            await self._row("let_portfolio_go")

    async def find(self, run_digest: str) -> Generation | None:
        """Return the generation of a run, loaded or not."""
        row = await self._row("find_generation", run_digest=run_digest)
        return None if row is None else _generation(row)

    async def begin(self, new: NewGeneration) -> int:
        """Return the number of a new, empty generation; what a killed publisher left is dropped."""
        async with self._batch():
            cursor = await self._run("unfinished_generations")
            for (unfinished,) in await cursor.fetchall():
                await self._run("drop_partition", of=unfinished)
                await self._run("forget_generation", generation=unfinished)
            row = await self._row(
                "add_generation",
                run_digest=new.run_digest,
                bundle_digest=new.bundle_digest,
                claim=new.claim.value,
                rows=new.rows,
                facts_digest=new.facts_digest,
                row_columns=list(new.row_columns),
                code_build=new.code_build,
            )
            generation = _number(row)
            await self._run("create_partition", of=generation)
        return generation

    async def load(self, generation: int, powers: pl.DataFrame) -> None:
        """Add rows in one transaction; references that are new become consumers."""
        text = _csv(powers)
        async with self._batch():
            await self._run("create_arrivals")
            async with self._connection.cursor().copy(_QUERIES["copy_arrivals"].encode()) as copy:
                for first in range(0, len(text), _COPY_BYTES):
                    await copy.write(text[first : first + _COPY_BYTES])
            added = await self._run("add_consumers")
            named = await self._run("add_references")
            if added.rowcount != named.rowcount:
                await self._run("drop_strays")
            filled = await self._run("fill_partition", of=generation)
            if filled.rowcount != powers.height:
                message = "a row of a run found no consumer, or two"
                raise InvariantBroken(message)

    async def finish(self, generation: int, *, rows: int) -> None:
        """Make the generation readable, once it has `rows` rows, one a consumer."""
        try:
            async with self._batch():
                found = _number(await self._row("count_partition", of=generation))
                if found != rows:
                    message = f"{found:,} rows were loaded, and the run has {rows:,}"
                    raise _refused("wrong_row_count", message)
                await self._run("key_partition", of=generation)
                await self._run("attach_partition", of=generation)
                await self._run("note_loaded", generation=generation)
        except psycopg.errors.UniqueViolation:
            message = "an applicant stands twice in it, in different chunks; give each one row"
            raise _refused("duplicate_applicant", message) from None
        async with self._batch():
            await self._run("analyze_partition", of=generation)

    async def compare(self, generation: int) -> Comparison:
        """Return the generation beside the current one."""
        current = await self.current()
        number = None if current is None else current.generation
        async with self._batch():
            row = await self._row("compare_generation", generation=generation, current=number)
        approved, current_approved, older, expired = row or (0, 0, 0, 0)
        return Comparison(
            approved=approved,
            current_approved=None if current is None else current_approved,
            older=older,
            expired=expired,
        )

    async def current(self) -> Generation | None:
        """Return the generation that is current."""
        row = await self._row("find_current")
        return None if row is None else _generation(row)

    async def previous(self) -> Generation | None:
        """Return the one published last before the current one."""
        current = await self.current()
        if current is None or current.published_at is None:
            return None
        return next(
            (
                one
                for one in await self.superseded()
                if one.published_at is not None and one.published_at < current.published_at
            ),
            None,
        )

    async def superseded(self) -> list[Generation]:
        """Return those that are loaded and not current, the last published first."""
        cursor = await self._run("find_superseded")
        return [_generation(row) for row in await cursor.fetchall()]

    async def point_to(self, generation: int, *, is_rollback: bool) -> None:
        """Move the pointer in one short transaction."""
        async with self._connection.transaction():
            await self._run("move_pointer", generation=generation)
            if not is_rollback:
                await self._run("note_published", generation=generation)

    async def drop(self, generation: int) -> None:
        """Delete a generation and its rows; killed in between, the next prune goes on."""
        partition = _partition(generation)
        row = await self._row("is_attached", partition=partition)
        if row is not None and row[0]:
            await self._connection.execute(_statement("detach_partition", generation))
        async with self._batch():
            await self._run("drop_partition", of=generation)
            await self._run("forget_generation", generation=generation)

    @contextlib.asynccontextmanager
    async def _batch(self) -> AsyncIterator[None]:
        async with self._connection.transaction():
            await self._connection.execute(_BATCH_LIMITS)
            await self._connection.execute(_BATCH_IDLE)
            yield

    async def _run(
        self, name: str, *, of: int | None = None, **given: Any
    ) -> psycopg.AsyncCursor[tuple[Any, ...]]:
        """Run a block, of a generation's own table where `of` names one."""
        if of is not None and "%(" not in _QUERIES[name]:
            return await self._connection.execute(_statement(name, of))
        given["portfolio"] = self._portfolio
        return await self._connection.execute(_statement(name, of), given)

    async def _row(self, name: str, *, of: int | None = None, **given: Any) -> Any:
        return await (await self._run(name, of=of, **given)).fetchone()


def _partition(generation: int) -> str:
    return f"offline_power_{generation:d}"


def _statement(name: str, generation: int | None) -> sql.Composed:
    block = sql.SQL(_QUERIES[name])
    if generation is None:
        return sql.Composed([block])
    return block.format(
        partition=sql.Identifier(_partition(generation)), number=sql.Literal(generation)
    )


def _generation(row: tuple[Any, ...]) -> Generation:
    number, run_digest, portfolio, bundle_digest, claim, rows, loaded_at, published_at = row
    return Generation(
        generation=number,
        run_digest=run_digest,
        portfolio=portfolio,
        bundle_digest=bundle_digest,
        claim=ClaimType(claim),
        rows=rows,
        loaded_at=loaded_at,
        published_at=published_at,
    )


def _number(row: Any) -> int:
    if row is None:
        message = "a statement that always answers did not"
        raise InvariantBroken(message)
    return int(row[0])


def _refused(code: str, message: str) -> InputRefused:
    return InputRefused([Problem(code=code, path="--run", message=message)])


def _csv(powers: pl.DataFrame) -> bytes:
    """Return rows as CSV for COPY; null is nothing between commas, and texts are quoted.

    Reasons are codes of letters, digits and underscores, which need no quotes inside an array.
    """
    moment = "%Y-%m-%dT%H:%M:%S%.6fZ"
    lines = [
        pl.col(name) if name in powers.columns else pl.lit(None, dtype=pl.String).alias(name)
        for name in ("facts", "row")
    ]
    text = powers.select(
        "reference",
        "consumer_id",
        pl.col("as_of").dt.strftime(moment),
        "decision_id",
        "outcome",
        pl.concat_str(pl.lit("{"), pl.col("reasons").list.join(","), pl.lit("}")),
        "total_cents",
        pl.col("expires_at").dt.strftime(moment),
        "standing",
        *lines,
    ).write_csv(include_header=False, quote_style="non_numeric")
    return text.encode()
