"""Service keys in a real database: found while they live, and never their secret."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from wherewithal.store.credentials import CredentialsInStore, LiveCredential
from wherewithal.store.pool import open_pool

HASH = bytes(range(32))


def kept(dsn, expires_at=None, *, revoke=False):
    async def run():
        async with open_pool(dsn, max_size=1) as pool:
            credentials = CredentialsInStore(pool)
            await credentials.add(
                credential_id="ab12",
                name="checkout",
                secret_sha256=HASH,
                scopes=["read", "prequalify"],
                expires_at=expires_at,
                merchant_id="lantern-and-loom",
            )
            if revoke:
                assert await credentials.revoke("ab12")
                assert await credentials.revoke("ab12")
            assert not await credentials.revoke("none")
            return await credentials.find("ab12"), await credentials.list_all()

    return asyncio.run(run())


def test_a_credential_is_found_while_it_lives(database):
    found, listed = kept(database, datetime.now(UTC) + timedelta(minutes=1))
    assert found == LiveCredential(
        credential_id="ab12",
        secret_sha256=HASH,
        scopes=("prequalify", "read"),
        merchant_id="lantern-and-loom",
    )
    assert [(one.name, one.revoked_at, one.merchant_id) for one in listed] == [
        ("checkout", None, "lantern-and-loom")
    ]


def test_an_expired_one_is_not_there(database):
    assert kept(database, datetime.now(UTC) - timedelta(seconds=1))[0] is None


def test_a_revoked_one_is_not_there_and_stays_listed(database):
    found, listed = kept(database, revoke=True)
    assert found is None
    assert listed[0].revoked_at is not None
