"""Service keys, made, listed and revoked in a database."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from wherewithal.store.credentials import CredentialsInStore
from wherewithal.store.pool import open_pool
from wherewithal.surfaces.cli.service import AskedKey, ListedKey
from wherewithal.surfaces.http.tokens import (
    MERCHANT_SCOPES,
    Scope,
    is_proven,
    make_service_key,
    read_service_key,
)
from wherewithal.vocabulary.errors import InputRefused, Problem
from wherewithal.wiring.desk import now

DAYS_MAX = 3_650
NAME_MAX = 100


def check_key(asked: AskedKey) -> None:
    """Refuse a name, scopes, a life or a merchant that cannot be, all at once."""
    known = [scope.value for scope in Scope]
    of_merchants = sorted(MERCHANT_SCOPES)
    problems = []
    for scope in asked.scopes:
        if scope not in known:
            message = f"expected one of {', '.join(known)}"
            problems.append(Problem(code="unknown_scope", path="--scope", message=message))
        elif asked.merchant_id is not None and scope not in of_merchants:
            message = f"a merchant's key may have {', '.join(of_merchants)}, and nothing else"
            problems.append(Problem(code="scope_not_merchants", path="--scope", message=message))
    if not _is_name(asked.name):
        message = f"expected 1 to {NAME_MAX} printable characters that say who will use the key"
        problems.append(Problem(code="not_a_name", path="name", message=message))
    if asked.days is not None and not 1 <= asked.days <= DAYS_MAX:
        message = f"expected 1 to {DAYS_MAX:,} days"
        problems.append(Problem(code="out_of_range", path="--days", message=message))
    if asked.merchant_id is not None and not _is_name(asked.merchant_id):
        message = f"expected a merchant's id, 1 to {NAME_MAX} printable characters"
        problems.append(Problem(code="not_a_merchant_id", path="--merchant", message=message))
    if problems:
        raise InputRefused(problems)


def _is_name(text: str) -> bool:
    return bool(text.strip()) and text.isprintable() and len(text) <= NAME_MAX


async def add_key(dsn: str, asked: AskedKey) -> str:
    """Make a service key, keep its hash, and return its text, which is never seen again."""
    made = make_service_key(os.urandom)
    days = asked.days
    async with open_pool(dsn, max_size=1) as pool:
        await CredentialsInStore(pool).add(
            credential_id=made.credential_id,
            name=asked.name,
            secret_sha256=made.secret_sha256,
            scopes=asked.scopes,
            expires_at=None if days is None else now() + timedelta(days=days),
            merchant_id=asked.merchant_id,
        )
    return made.text


def keep_local_key(dsn: str, file: Path) -> None:
    """See that a file holds a live key with every scope, for whoever tries things out here.

    A key whose database is gone, or that was revoked, is replaced.
    """
    text = file.read_text().strip() if file.is_file() else ""
    if asyncio.run(_is_live(dsn, text)):
        return
    scopes = [scope.value for scope in Scope]
    asked = AskedKey(name="made by wherewithal up", scopes=scopes)
    text = asyncio.run(add_key(dsn, asked))
    file.unlink(missing_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        stream.write(text + "\n")


async def _is_live(dsn: str, text: str) -> bool:
    presented = read_service_key(text)
    if presented is None:
        return False
    async with open_pool(dsn, max_size=1) as pool:
        found = await CredentialsInStore(pool).find(presented.credential_id)
    return is_proven(presented, found.secret_sha256 if found else None)


async def list_keys(dsn: str) -> Sequence[ListedKey]:
    """Return all service keys, the oldest first."""
    async with open_pool(dsn, max_size=1) as pool:
        found = await CredentialsInStore(pool).list_all()
    at = now()
    return [
        ListedKey(
            credential_id=one.credential_id,
            name=one.name,
            scopes=one.scopes,
            created_at=one.created_at,
            is_live=one.revoked_at is None and (one.expires_at is None or one.expires_at > at),
            merchant_id=one.merchant_id,
        )
        for one in found
    ]


async def revoke_key(dsn: str, credential_id: str) -> bool:
    """Revoke a service key; False if there is none."""
    async with open_pool(dsn, max_size=1) as pool:
        return await CredentialsInStore(pool).revoke(credential_id)
