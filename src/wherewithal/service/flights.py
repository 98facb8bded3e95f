"""Flights: in a process one request a key is worked on; the others wait and share its end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from uuid import UUID

from wherewithal.service.errors import KeyReused
from wherewithal.service.inquiry_records import Answered, RequestKey
from wherewithal.vocabulary.errors import Problem


def key_reused() -> KeyReused:
    """Return the refusal of a key that stands for another request."""
    message = "this key was used for another request in the last 24 hours; choose a new one"
    path = "$header.Idempotency-Key"
    return KeyReused([Problem(code="key_reused", path=path, message=message)])


class Flights:
    """Work in progress by key.

    The work goes on when whoever asked goes away: what was begun at a bureau is finished, and the
    retry finds its answer.
    """

    def __init__(self) -> None:
        """Begin with nothing in the air."""
        self._tasks: dict[tuple[str, str], tuple[bytes, asyncio.Task[Answered]]] = {}
        #: By consumer: the lock, and how many hold it or wait for it.
        self._people: dict[UUID, tuple[asyncio.Lock, int]] = {}

    async def once(self, key: RequestKey, work: Callable[[], Awaitable[Answered]]) -> Answered:
        """Do the work, or wait for the same work that is in progress.

        Errors: KeyReused if other work is in progress under the key; whatever the work raises.
        """
        name = (key.credential_id, key.idempotency_key)
        found = self._tasks.get(name)
        if found is None:
            task = asyncio.ensure_future(_run(work))
            self._tasks[name] = (key.request_digest, task)
            task.add_done_callback(lambda done: self._landed(name, done))
        elif found[0] != key.request_digest:
            raise key_reused()
        else:
            task = found[1]
        return await asyncio.shield(task)

    @asynccontextmanager
    async def alone(self, consumer_id: UUID) -> AsyncIterator[bool]:
        """Work on one person at a time in this process; yields whether it had to be waited for."""
        lock, users = self._people.get(consumer_id) or (asyncio.Lock(), 0)
        self._people[consumer_id] = (lock, users + 1)
        has_waited = lock.locked()
        try:
            async with lock:
                yield has_waited
        finally:
            lock, users = self._people.pop(consumer_id)
            if users > 1:
                self._people[consumer_id] = (lock, users - 1)

    async def drain(self) -> None:
        """Wait until nothing is in the air."""
        while self._tasks:
            await asyncio.wait([task for _, task in self._tasks.values()])
            # Callbacks of done tasks run in the loop's next turn.
            await asyncio.sleep(0)

    def _landed(self, name: tuple[str, str], task: asyncio.Task[Answered]) -> None:
        del self._tasks[name]
        if not task.cancelled():
            # Whoever waited has raised it; where everybody went away, nobody must.
            task.exception()


async def _run(work: Callable[[], Awaitable[Answered]]) -> Answered:
    return await work()
