"""Where what decided is kept by digest, for as long as its decisions may be asked about."""

from __future__ import annotations

from typing import Protocol


class KeepsArtefacts(Protocol):
    """Keeps bundles and catalogues of facts; what is there already stays as it is."""

    async def keep_bundle(self, digest: str, archive: bytes) -> None:
        """Keep the archive of a bundle."""
        ...

    async def find_bundle(self, digest: str) -> bytes | None:
        """Return a bundle's archive, not yet checked; None where it is not kept."""
        ...

    async def keep_catalogue(self, digest: str, catalogue: bytes) -> None:
        """Keep a catalogue of facts."""
        ...

    async def find_catalogue(self, digest: str) -> bytes | None:
        """Return a catalogue of facts, not yet checked; None where it is not kept."""
        ...
