"""Imported loans in Postgres (`ImportsLoans`): a batch is one transaction, whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final, TypeVar
from uuid import UUID

import msgspec

from wherewithal.service.import_loans import KnownLoan, LoanRow
from wherewithal.store.fetch import fetch_all
from wherewithal.store.pool import Pool
from wherewithal.store.queries import load_queries
from wherewithal.store.unavailable import as_unavailable

_QUERIES: Final = load_queries("loan_import.sql")
_AT_ONCE: Final = 10_000
_Value = TypeVar("_Value")
_encode = msgspec.json.Encoder().encode


class LoanImportInStore:
    """Writes imported loans."""

    def __init__(self, pool: Pool) -> None:
        """Keep where connections come from."""
        self._pool = pool

    async def find_consumers(
        self, names: Iterable[tuple[str, str]], ids: Iterable[UUID]
    ) -> Mapping[tuple[str, str] | UUID, UUID]:
        """Return the consumers that there are."""
        found: dict[tuple[str, str] | UUID, UUID] = {}
        for some in _batches(names, _AT_ONCE):
            given = {
                "portfolios": [portfolio for portfolio, _ in some],
                "references": [reference for _, reference in some],
            }
            found |= {
                (portfolio, reference): consumer_id
                for portfolio, reference, consumer_id in await self._all("by_name", given)
            }
        for few in _batches(ids, _AT_ONCE):
            for (consumer_id,) in await self._all("by_id", {"ids": list(few)}):
                found[consumer_id] = consumer_id
        return found

    async def known_loans(self, ids: Iterable[UUID]) -> Mapping[tuple[UUID, str], KnownLoan]:
        """Return what these consumers have of imported loans."""
        found: dict[tuple[UUID, str], KnownLoan] = {}
        for some in _batches(ids, _AT_ONCE):
            for consumer_id, reference, *values in await self._all("known", {"ids": list(some)}):
                named = dict(zip(KnownLoan.__struct_fields__, values, strict=True))
                found[consumer_id, reference] = KnownLoan(**named)
        return found

    async def write(self, rows: Sequence[LoanRow]) -> int:
        """Write loans, each once; return how many are new."""
        ids = sorted({row.consumer_id for row in rows})
        with as_unavailable():
            async with self._pool.transaction() as connection:
                await connection.execute(_QUERIES["lock_all"], {"ids": ids})
                # A statement of its own, so that it sees what those did who had the locks before.
                cursor = await connection.execute(
                    _QUERIES["write"], {"rows": _encode(rows).decode()}
                )
                row = await cursor.fetchone()
        return 0 if row is None else int(row[0])

    async def _all(self, query: str, given: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        return await fetch_all(self._pool, _QUERIES[query], given)


def _batches(values: Iterable[_Value], count: int) -> Iterator[tuple[_Value, ...]]:
    left = iter(values)
    while some := tuple(islice(left, count)):
        yield some
