"""Merchants and programs in the database: read whole in one snapshot, written under one version.

400,000 merchants go in and out as CSV by COPY, made and read as columns.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec
import polars as pl

from wherewithal.service.directory import StoredDirectory
from wherewithal.service.standing import DirectoryVersion
from wherewithal.store.pool import Connection, Pool
from wherewithal.store.queries import load_queries
from wherewithal.store.unavailable import as_unavailable
from wherewithal.vocabulary.errors import InvariantBroken
from wherewithal.vocabulary.program import Program

_QUERIES: Final = load_queries("directory.sql")
_SNAPSHOT: Final = "set transaction isolation level repeatable read, read only"
#: Reading or writing all merchants takes seconds; a request's statements do not.
_WHOLE_LIMIT: Final = "set local statement_timeout = '120s'"
_COLUMNS: Final = {
    "merchant_id": pl.String,
    "name": pl.String,
    "mcc": pl.String,
    "joined_on": pl.Date,
    "program_ids": pl.String,
    "is_paused": pl.String,
}
_PROGRAM: Final = msgspec.json.Decoder(Program)
_COPY_BYTES: Final = 1 << 20
_NO_VERSION: Final = "the row of the directory's version is gone"


class DirectoryInStore:
    """Reads and writes the directory (`ReadsDirectory`, `WritesDirectory`)."""

    def __init__(self, pool: Pool) -> None:
        """Keep where connections come from."""
        self._pool = pool

    async def read_directory(self) -> StoredDirectory:
        """Return merchants and programs of one version."""
        async with self._transaction(_SNAPSHOT) as connection:
            version = await _version(connection, "read_version")
            programs = await _programs(connection)
            copied = io.BytesIO()
            statement = _QUERIES["copy_merchants_out"].encode()
            async with connection.cursor().copy(statement) as copy:
                async for block in copy:
                    copied.write(block)
        return StoredDirectory(
            version=version, programs=programs, merchants=_merchants(copied.getvalue())
        )

    async def read_version(self) -> tuple[DirectoryVersion, datetime]:
        """Return the version that is current, and the moment."""
        with as_unavailable():
            async with self._pool.connection() as connection:
                cursor = await connection.execute(_QUERIES["read_moment"], prepare=True)
                row = await cursor.fetchone()
        if row is None:
            raise InvariantBroken(_NO_VERSION)
        return DirectoryVersion(merchants=row[0], programs=row[1]), row[2]

    async def read_programs(self) -> tuple[DirectoryVersion, tuple[Program, ...]]:
        """Return the programs, and the version that they are of."""
        async with self._transaction(_SNAPSHOT) as connection:
            return await _version(connection, "read_version"), await _programs(connection)

    async def replace_directory(
        self, merchants: pl.DataFrame, programs: Sequence[Program]
    ) -> DirectoryVersion:
        """Write all merchants and programs anew, at once."""
        text = merchants.with_columns(pl.col("program_ids").list.join(";")).select(*_COLUMNS)
        csv = text.write_csv(include_header=False, quote_style="non_numeric").encode()
        async with self._transaction(_WHOLE_LIMIT) as connection:
            await _version(connection, "hold_version")
            await connection.execute(_QUERIES["delete_merchants"])
            await connection.execute(_QUERIES["delete_programs"])
            await connection.execute(_QUERIES["put_programs"], _given(programs))
            await connection.execute(_QUERIES["create_incoming"])
            statement = _QUERIES["copy_merchants_in"].encode()
            async with connection.cursor().copy(statement) as copy:
                for first in range(0, len(csv), _COPY_BYTES):
                    await copy.write(csv[first : first + _COPY_BYTES])
            await connection.execute(_QUERIES["add_merchants"])
            return await _version(connection, "raise_both")

    async def put_programs(self, programs: Sequence[Program]) -> DirectoryVersion:
        """Add programs, and change those that are there; readers see it in their next answer."""
        async with self._transaction(_WHOLE_LIMIT) as connection:
            await _version(connection, "hold_version")
            await connection.execute(_QUERIES["put_programs"], _given(programs))
            return await _version(connection, "raise_programs")

    @contextlib.asynccontextmanager
    async def _transaction(self, setting: str) -> AsyncIterator[Connection]:
        with as_unavailable():
            async with self._pool.transaction() as connection:
                await connection.execute(setting.encode())
                if setting == _SNAPSHOT:
                    await connection.execute(_WHOLE_LIMIT)
                yield connection


async def _version(connection: Connection, block: str) -> DirectoryVersion:
    row = await (await connection.execute(_QUERIES[block])).fetchone()
    if row is None:
        raise InvariantBroken(_NO_VERSION)
    return DirectoryVersion(merchants=row[0], programs=row[1])


async def _programs(connection: Connection) -> tuple[Program, ...]:
    cursor = await connection.execute(_QUERIES["read_programs"])
    return tuple(_PROGRAM.decode(terms) for (terms,) in await cursor.fetchall())


def _given(programs: Sequence[Program]) -> dict[str, Any]:
    return {"programs": msgspec.json.encode(programs).decode()}


def _merchants(csv: bytes) -> pl.DataFrame:
    """Return the merchants as columns: `program_ids` a List(String), `is_paused` a Boolean."""
    if not csv:
        frame = pl.DataFrame(schema=_COLUMNS)
    else:
        frame = pl.read_csv(
            csv,
            has_header=False,
            schema=_COLUMNS,
            empty_string_is_null=False,
        )
    ids = pl.col("program_ids")
    return frame.with_columns(
        pl.when(ids == "")
        .then(pl.lit([], dtype=pl.List(pl.String)))
        .otherwise(ids.str.split(";"))
        .alias("program_ids"),
        pl.col("is_paused") == "t",
    )
