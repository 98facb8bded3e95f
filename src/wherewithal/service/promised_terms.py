"""The terms that a commitment is honoured on: policy as promised, law and merchants as they are.

A bundle that is no longer served is read again from what is kept by digest, off the event loop and
with no lock held. Of the directory only the one merchant is indexed under it. Where the bundle is
not at hand any more the served one stands in, and what only the old one could say holds.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Protocol, TypeVar
from uuid import UUID

import msgspec
import polars as pl

from wherewithal.qualify.bundle import PolicyBundle
from wherewithal.qualify.merchant_index import MERCHANT_COLUMNS, MerchantIndex, merchant_index
from wherewithal.service.directory import Held
from wherewithal.service.promises import Promises

#: Older bundles in memory, and merchants under them: commitments live for a week.
_BUNDLES_MAX: Final = 4
_INDICES_MAX: Final = 512
Key = TypeVar("Key")
Value = TypeVar("Value")


class PromisedAt(msgspec.Struct, frozen=True, kw_only=True):
    """Under which bundle a commitment was made, and the merchant that it is used at."""

    bundle_digest: str
    #: None where there is no such merchant.
    mcc: str | None
    joined_on: date | None
    program_ids: tuple[str, ...]
    is_paused: bool


class ReadsPromisedAt(Protocol):
    """Reads what has to be at hand before the account is locked."""

    async def read_promised_at(
        self, consumer_id: UUID, commitment_id: UUID, *, merchant_id: str
    ) -> PromisedAt | None:
        """Return it; None where the consumer has no such commitment."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What an attempt is judged and priced by."""

    promises: Promises
    index: MerchantIndex


class PromisedTerms:
    """Finds the terms of commitments; one a process."""

    def __init__(
        self,
        *,
        served: Promises,
        reads: ReadsPromisedAt,
        find_bundle: Callable[[str], Awaitable[PolicyBundle | None]],
    ) -> None:
        """Keep the served bundle's, and where others are found."""
        self._served, self._reads, self._find_bundle = served, reads, find_bundle
        self._promises: dict[str, Promises] = {}
        self._indices: dict[tuple[str, str, str], MerchantIndex] = {}

    async def at(
        self, consumer_id: UUID, commitment_id: UUID, *, merchant_id: str, held: Held
    ) -> Terms:
        """Return the terms of a commitment at a merchant, by the directory that is held."""
        found = await self._reads.read_promised_at(
            consumer_id, commitment_id, merchant_id=merchant_id
        )
        served = self._served
        if found is None or found.bundle_digest == served.bundle.digest:
            return Terms(promises=served, index=held.index)
        promises = await self._older(found.bundle_digest)
        if promises is None or found.mcc is None or found.joined_on is None:
            return Terms(promises=promises or served, index=held.index)
        key = (found.bundle_digest, merchant_id, held.name)
        if key not in self._indices:
            _make_room(self._indices, _INDICES_MAX)
            self._indices[key] = await asyncio.to_thread(
                _index,
                under_law_of(promises.bundle, self._served.bundle),
                merchant_id,
                found,
                held,
            )
        return Terms(promises=promises, index=self._indices[key])

    async def _older(self, digest: str) -> Promises | None:
        if digest not in self._promises:
            bundle = await self._find_bundle(digest)
            if bundle is None:
                return None
            _make_room(self._promises, _BUNDLES_MAX)
            self._promises[digest] = Promises(bundle)
        return self._promises[digest]


def under_law_of(bundle: PolicyBundle, served: PolicyBundle) -> PolicyBundle:
    """Return a bundle with another's law: a change of law is a cause that every promise names."""
    return replace(bundle, law=served.law, _editions={}, _begins=())


def _index(bundle: PolicyBundle, merchant_id: str, found: PromisedAt, held: Held) -> MerchantIndex:
    known = [one for one in found.program_ids if one in held.index.programs]
    row = {
        "merchant_id": merchant_id,
        "name": merchant_id,
        "mcc": found.mcc,
        "joined_on": found.joined_on,
        "program_ids": known,
        "is_paused": found.is_paused,
    }
    frame = pl.DataFrame(
        {name: [row[name]] for name in MERCHANT_COLUMNS},
        schema_overrides={"program_ids": pl.List(pl.String), "joined_on": pl.Date},
    )
    programs = [held.index.programs[one] for one in known]
    return merchant_index(frame, programs, bundle=bundle, on=held.on)


def _make_room(kept: dict[Key, Value], most: int) -> None:
    """Let go of what was made first."""
    while len(kept) >= most:
        del kept[next(iter(kept))]
