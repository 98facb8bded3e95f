"""Connections that are cut at the worst moment: the answer to a commit is lost, or its request."""

from __future__ import annotations

import contextlib
import random
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager

import psycopg

from wherewithal.store.errors import StoreUnavailable
from wherewithal.store.pool import Connection, Pool, open_pool


class CutPool(Pool):
    """A pool whose transactions now and then lose their connection around the commit."""

    def __init__(self, pool: Pool, *, share: float, chance: random.Random) -> None:
        """Take over a pool that is open; `share` of the transactions are cut."""
        vars(self).update(vars(pool))
        #: The same connections, never cut.
        self.whole = pool
        self._share, self._chance = share, chance

    @contextlib.asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """Lend a connection; cut after the commit, or just before it, or not at all."""
        async with self._cut(super().transaction()) as connection:
            yield connection

    @contextlib.asynccontextmanager
    async def pipelined_transaction(self) -> AsyncIterator[Connection]:
        """Lend a connection whose statements go out together; cut as `transaction`."""
        async with self._cut(super().pipelined_transaction()) as connection:
            yield connection

    @contextlib.asynccontextmanager
    async def _cut(
        self, lent: AbstractAsyncContextManager[Connection]
    ) -> AsyncIterator[Connection]:
        draw = self._chance.random() / self._share if self._share else 1.0
        async with lent as connection:
            yield connection
            if draw < 0.5:
                await connection.close()
                raise psycopg.OperationalError("cut before the commit")
        if draw < 1.0:
            raise StoreUnavailable("cut after the commit")


@contextlib.asynccontextmanager
async def open_cut_pool(
    dsn: str, *, share: float, chance: random.Random, max_size: int
) -> AsyncIterator[CutPool]:
    """Open a pool of which a share of transactions is cut."""
    async with open_pool(dsn, max_size=max_size, application_name="simulated") as pool:
        yield CutPool(pool, share=share, chance=chance)
