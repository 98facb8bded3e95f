"""Turns at an account: whoever waits for one waits without a connection.

One account that many ask for at once would otherwise take every connection of this process, each
waiting for the same row, and nobody else would be served.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from uuid import UUID

from wherewithal.store.errors import StoreBusy

#: Of this process, so many wait for one account, and each at most so long.
WAITING_MAX = 200
WAIT_S_MAX = 2.0


class Turns:
    """One task of this process at a time works on an account, in the order in which they came."""

    def __init__(self) -> None:
        """Begin with nobody."""
        self._locks: dict[UUID, tuple[asyncio.Lock, int]] = {}

    @contextlib.asynccontextmanager
    async def turn(self, consumer_id: UUID) -> AsyncIterator[None]:
        """Wait for one's turn. Errors: StoreBusy if too many wait, or it takes too long."""
        lock, users = self._locks.get(consumer_id, (None, 0))
        if users > WAITING_MAX:
            raise StoreBusy("too many ask for this account at once; try again in a moment")
        lock = lock or asyncio.Lock()
        self._locks[consumer_id] = (lock, users + 1)
        try:
            try:
                async with asyncio.timeout(WAIT_S_MAX if users else None):
                    await lock.acquire()
            except TimeoutError:
                raise StoreBusy("this account is in use; try again in a moment") from None
            try:
                yield
            finally:
                lock.release()
        finally:
            _, users = self._locks[consumer_id]
            if users > 1:
                self._locks[consumer_id] = (lock, users - 1)
            else:
                del self._locks[consumer_id]
