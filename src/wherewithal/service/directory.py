"""The directory in memory: one version, made anew when a newer one is seen.

Every read of a person says which version the database has. A change of programs is waited for: it
takes milliseconds, and no answer is ever given by terms that are gone. A change of merchants alone,
or the beginning of another day, takes seconds to read, and until then the version that is held
answers, whole and by its own name; where programs changed as well, that too is waited for.
"""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Coroutine, Sequence
from typing import Any, Final, Protocol

import msgspec
import polars as pl

from wherewithal.qualify.bundle import PolicyBundle
from wherewithal.qualify.merchant_index import MerchantIndex, merchant_index
from wherewithal.service.applicant_facts import calendar_day
from wherewithal.service.errors import Unavailable
from wherewithal.service.standing import DirectoryVersion
from wherewithal.vocabulary.program import Program

#: How often what was just read may be older than what a request has seen, before it gives up.
_TRIES_MAX: Final = 3


class StoredDirectory(msgspec.Struct, frozen=True, kw_only=True):
    """Merchants and programs as the database has them, of one version."""

    version: DirectoryVersion
    programs: tuple[Program, ...]
    #: `qualify.merchant_index.MERCHANT_COLUMNS`, in no order.
    merchants: pl.DataFrame


class ReadsDirectory(Protocol):
    """Reads the directory. Errors of all: Unavailable if the database does not answer."""

    async def read_version(self) -> tuple[DirectoryVersion, datetime.datetime]:
        """Return the version that is current, and the moment, by the database's clock."""
        ...

    async def read_directory(self) -> StoredDirectory:
        """Return merchants and programs of one version."""
        ...

    async def read_programs(self) -> tuple[DirectoryVersion, tuple[Program, ...]]:
        """Return the programs, and the version that they are of."""
        ...


class WritesDirectory(Protocol):
    """Writes what passed the checks of a catalogue; each raises the version in one transaction."""

    async def replace_directory(
        self, merchants: pl.DataFrame, programs: Sequence[Program]
    ) -> DirectoryVersion:
        """Write all merchants and programs anew."""
        ...

    async def put_programs(self, programs: Sequence[Program]) -> DirectoryVersion:
        """Add programs, and change those that are there."""
        ...


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """What is held: an index, and what it is of."""

    version: DirectoryVersion
    on: datetime.date
    index: MerchantIndex

    @property
    def name(self) -> str:
        """Return the version as answers and cursors show it: pages of one name are one list."""
        return f"{self.version}.{self.on:%Y%m%d}"


class HeldDirectory:
    """Holds one version for all requests of a process; each is read once, off the event loop."""

    def __init__(self, *, reads: ReadsDirectory, bundle: PolicyBundle) -> None:
        """Keep where it is read from; the first request waits for the first version."""
        self._reads, self._bundle = reads, bundle
        self._held: Held | None = None
        self._whole: asyncio.Task[None] | None = None
        self._programs: asyncio.Task[None] | None = None

    async def latest(self) -> tuple[DirectoryVersion, datetime.datetime]:
        """Return the version that is current and the moment, for who asks about no person."""
        return await self._reads.read_version()

    async def at_hand(self) -> Held:
        """Return what is held, of whichever version and day, for who looks at these later.

        Errors: Unavailable if nothing is held yet and the database does not answer.
        """
        if self._held is None:
            version, at = await self.latest()
            return await self.at(version, on=calendar_day(at))
        return self._held

    async def at(
        self, version: DirectoryVersion, *, on: datetime.date, is_exact: bool = False
    ) -> Held:
        """Return the directory for a request that has seen `version`, on a day.

        Its programs are never older than `version`'s; its merchants may be, for seconds, and so may
        be its day unless `is_exact`: then another day's is waited for, as money is lent by the law
        and the dates of the day.
        Errors: Unavailable if the database does not answer, or changes faster than it is read.
        """
        for _ in range(_TRIES_MAX):
            held = self._held
            if held is None:
                await self._load_whole(on)
                continue
            is_whole_old = held.version.merchants < version.merchants or held.on != on
            is_other_day = is_exact and held.on != on
            if held.version.programs >= version.programs and not is_other_day:
                if is_whole_old:
                    self._begin_whole(on)
                return held
            await (self._load_whole(on) if is_whole_old else self._load_programs(on))
        what = "directory"
        raise Unavailable(what)

    async def _load_whole(self, on: datetime.date) -> None:
        # Shielded: a client that goes away must not undo what others wait for.
        await asyncio.shield(self._begin_whole(on))

    def _begin_whole(self, on: datetime.date) -> asyncio.Task[None]:
        if self._whole is None or self._whole.done():
            self._whole = _started(self._read_whole(on))
        return self._whole

    async def _load_programs(self, on: datetime.date) -> None:
        if self._programs is None or self._programs.done():
            self._programs = _started(self._read_programs(on))
        await asyncio.shield(self._programs)

    async def _read_whole(self, on: datetime.date) -> None:
        stored = await self._reads.read_directory()
        index = await asyncio.to_thread(
            merchant_index, stored.merchants, stored.programs, bundle=self._bundle, on=on
        )
        self._keep(Held(version=stored.version, on=on, index=index))

    async def _read_programs(self, on: datetime.date) -> None:
        version, programs = await self._reads.read_programs()
        held = self._held
        if held is None or version.merchants != held.version.merchants:
            # Programs of other merchants: only together do they make sense.
            await self._load_whole(on)
            return
        index = await asyncio.to_thread(held.index.with_programs, programs)
        self._keep(Held(version=version, on=held.on, index=index))

    def _keep(self, held: Held) -> None:
        """Swap in what was read, unless something newer is held by now."""
        now = self._held
        if now is None or (now.version.merchants, now.on, now.version.programs) <= (
            held.version.merchants,
            held.on,
            held.version.programs,
        ):
            self._held = held


def _started(work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    task = asyncio.create_task(work)
    # Nobody may be waiting for it: what went wrong is told to the next who asks.
    task.add_done_callback(lambda done: done.cancelled() or done.exception())
    return task
