"""Merchants and programs in the database: read whole in one snapshot, written under one version.

400,000 merchants go in as CSV by COPY, and come out by column.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec
import polars as pl

from wherewithal.service.directory import StoredDirectory
from wherewithal.service.standing import DirectoryVersion
from wherewithal.store.fetch import fetch_one
from wherewithal.store.pool import Connection, Pool
from wherewithal.store.queries import load_queries
from wherewithal.store.unavailable import as_unavailable
from wherewithal.vocabulary.errors import InvariantBroken
from wherewithal.vocabulary.program import Program

_QUERIES: Final = load_queries("directory.sql")
_SNAPSHOT: Final = "set transaction isolation level repeatable read, read only"
#: Reading or writing all merchants takes seconds; a request's statements do not.
_WHOLE_LIMIT: Final = "set local statement_timeout = '120s'"
_COLUMNS: Final[dict[str, type[pl.DataType]]] = {
    "merchant_id": pl.String,
    "name": pl.String,
    "mcc": pl.String,
    # Days since 1970.
    "joined_on": pl.Int32,
    # Parted by semicolons.
    "program_ids": pl.String,
    "is_paused": pl.Boolean,
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
            blocks = await (await connection.execute(_QUERIES["read_merchants"])).fetchall()
        merchants = await asyncio.to_thread(_merchants, blocks)
        return StoredDirectory(version=version, programs=programs, merchants=merchants)

    async def read_version(self) -> tuple[DirectoryVersion, datetime]:
        """Return the version that is current, and the moment."""
        row = await fetch_one(self._pool, _QUERIES["read_moment"])
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


def _merchants(blocks: Sequence[tuple[str, ...]]) -> pl.DataFrame:
    """Return the merchants, from columns in JSON, as MERCHANT_COLUMNS."""
    columns = {
        name: pl.concat(
            [pl.Series(name, msgspec.json.decode(block[place]), dtype=dtype) for block in blocks]
            or [pl.Series(name, [], dtype=dtype)]
        )
        for place, (name, dtype) in enumerate(_COLUMNS.items())
    }
    ids = pl.col("program_ids")
    return pl.DataFrame(columns).with_columns(
        pl.col("joined_on").cast(pl.Date),
        pl.when(ids == "")
        .then(pl.lit([], dtype=pl.List(pl.String)))
        .otherwise(ids.str.split(";"))
        .alias("program_ids"),
    )
