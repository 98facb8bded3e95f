"""The ledger recomputed by the database, as of one moment (`ChecksLedger`)."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from wherewithal.service.check_ledger import Difference, LedgerCheck
from wherewithal.store.pool import Connection, Pool
from wherewithal.store.queries import load_queries
from wherewithal.store.unavailable import as_unavailable

_QUERIES: Final = load_queries("ledger_check.sql")
_SNAPSHOT: Final = "set transaction isolation level repeatable read, read only"
_PARTS: Final = ("accounts", "holds", "loans", "instalments")


class LedgerCheckInStore:
    """Recomputes the ledger."""

    def __init__(self, pool: Pool) -> None:
        """Keep where connections come from; their statements may take long."""
        self._pool = pool

    async def check(self, *, consumer_id: UUID | None, rows_max: int) -> LedgerCheck:
        """Compare tables with entries; see `ChecksLedger`."""
        with as_unavailable():
            async with self._pool.transaction() as connection:
                await connection.execute(_SNAPSHOT)
                return await check_on(connection, consumer_id=consumer_id, rows_max=rows_max)


async def check_on(
    connection: Connection, *, consumer_id: UUID | None, rows_max: int
) -> LedgerCheck:
    """Return what a recompute finds in the transaction of a connection."""
    given = {"consumer_id": consumer_id, "rows_max": rows_max}
    cursor = connection.cursor(binary=True)
    found: list[Difference] = []
    for part in _PARTS:
        await cursor.execute(_QUERIES[part], given)
        found += [
            Difference(consumer_id=whose, part=name, id=id_, fields=tuple(fields))
            for whose, name, id_, fields in await cursor.fetchall()
        ]
    await cursor.execute(_QUERIES["consumers"], given)
    row = await cursor.fetchone()
    return LedgerCheck(consumers=row[0] if row else 0, differences=tuple(found))
