"""Service keys as they are stored."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

import msgspec

from wherewithal.store.fetch import change, fetch_all, fetch_one
from wherewithal.store.pool import Pool
from wherewithal.store.queries import load_queries

_QUERIES: Final = load_queries("credentials.sql")


class LiveCredential(msgspec.Struct, frozen=True, kw_only=True):
    """A credential that is neither expired nor revoked."""

    credential_id: str
    secret_sha256: bytes
    scopes: tuple[str, ...]
    #: The one merchant that it speaks for; None: for all of them.
    merchant_id: str | None = None


class ListedCredential(msgspec.Struct, frozen=True, kw_only=True):
    """A credential as an operator sees it."""

    credential_id: str
    name: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    #: The one merchant that it speaks for; None: for all of them.
    merchant_id: str | None = None


class CredentialsInStore:
    """Keeps service keys; only the hash of a secret ever comes here."""

    def __init__(self, pool: Pool) -> None:
        """Keep where connections come from."""
        self._pool = pool

    async def find(self, credential_id: str) -> LiveCredential | None:
        """Return a credential that lives; None if it is unknown, expired or revoked."""
        row = await fetch_one(
            self._pool, _QUERIES["find_credential"], {"credential_id": credential_id}
        )
        if row is None:
            return None
        return LiveCredential(
            credential_id=row[0],
            secret_sha256=row[1],
            scopes=tuple(row[2]),
            merchant_id=row[3],
        )

    async def add(
        self,
        *,
        credential_id: str,
        name: str,
        secret_sha256: bytes,
        scopes: Iterable[str],
        expires_at: datetime | None,
        merchant_id: str | None = None,
    ) -> None:
        """Keep a new credential."""
        given = {
            "credential_id": credential_id,
            "name": name,
            "secret_sha256": secret_sha256,
            "scopes": sorted(scopes),
            "expires_at": expires_at,
            "merchant_id": merchant_id,
        }
        await change(self._pool, _QUERIES["add_credential"], given)

    async def revoke(self, credential_id: str) -> bool:
        """Revoke a credential for good; False if there is none. Twice is once."""
        given = {"credential_id": credential_id}
        return await fetch_one(self._pool, _QUERIES["revoke_credential"], given) is not None

    async def list_all(self) -> tuple[ListedCredential, ...]:
        """Return all credentials, revoked ones too, the oldest first."""
        return tuple(
            ListedCredential(
                credential_id=row[0],
                name=row[1],
                scopes=tuple(row[2]),
                created_at=row[3],
                expires_at=row[4],
                revoked_at=row[5],
                merchant_id=row[6],
            )
            for row in await fetch_all(self._pool, _QUERIES["list_credentials"])
        )
