"""Bundles and catalogues of facts by digest (`KeepsArtefacts`)."""

from __future__ import annotations

from typing import Final

from wherewithal.store.fetch import change, fetch_one
from wherewithal.store.pool import Pool
from wherewithal.store.queries import load_queries

_QUERIES: Final = load_queries("artefacts.sql")


class ArtefactsInStore:
    """Keeps what decided; it is written once and read when a decision is repeated."""

    def __init__(self, pool: Pool) -> None:
        """Keep where connections come from."""
        self._pool = pool

    async def keep_bundle(self, digest: str, archive: bytes) -> None:
        """Keep the archive of a bundle."""
        await change(self._pool, _QUERIES["keep_bundle"], {"digest": digest, "kept": archive})

    async def find_bundle(self, digest: str) -> bytes | None:
        """Return a bundle's archive, not yet checked."""
        return await self._find("find_bundle", digest)

    async def keep_catalogue(self, digest: str, catalogue: bytes) -> None:
        """Keep a catalogue of facts."""
        await change(self._pool, _QUERIES["keep_catalogue"], {"digest": digest, "kept": catalogue})

    async def find_catalogue(self, digest: str) -> bytes | None:
        """Return a catalogue of facts, not yet checked."""
        return await self._find("find_catalogue", digest)

    async def _find(self, block: str, digest: str) -> bytes | None:
        row = await fetch_one(self._pool, _QUERIES[block], {"digest": digest})
        return None if row is None else bytes(row[0])
