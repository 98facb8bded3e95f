"""One statement on a connection of the pool, in the words of use cases.

For whatever needs no transaction of several statements: a connection is taken, asked, given back.
Statements are prepared and their results binary; names of blocks of `queries/` stay at the caller.
Errors: Unavailable where the database does not answer; nothing is lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from wherewithal.store.pool import Pool
from wherewithal.store.unavailable import as_unavailable

Parameters: TypeAlias = Mapping[str, Any] | None
Row: TypeAlias = tuple[Any, ...]


async def fetch_all(pool: Pool, query: str, parameters: Parameters = None) -> list[Row]:
    """Return all rows that a statement yields."""
    with as_unavailable():
        async with pool.connection() as connection:
            cursor = connection.cursor(binary=True)
            await cursor.execute(query, parameters, prepare=True)
            return await cursor.fetchall()


async def fetch_one(pool: Pool, query: str, parameters: Parameters = None) -> Row | None:
    """Return the first row, or None where there is none."""
    with as_unavailable():
        async with pool.connection() as connection:
            cursor = connection.cursor(binary=True)
            await cursor.execute(query, parameters, prepare=True)
            return await cursor.fetchone()


async def change(pool: Pool, query: str, parameters: Parameters = None) -> int:
    """Run a statement that yields nothing; return how many rows it changed."""
    with as_unavailable():
        async with pool.connection() as connection:
            cursor = await connection.execute(query, parameters)
            return cursor.rowcount
