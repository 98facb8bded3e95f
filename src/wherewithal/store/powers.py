"""What stands for a person, in one statement."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from wherewithal.service.answers import ClaimType
from wherewithal.service.standing import CurrentDecision, DirectoryVersion, PersonRow
from wherewithal.store.pool import Pool
from wherewithal.store.queries import load_queries
from wherewithal.store.unavailable import as_unavailable

_QUERIES: Final = load_queries("powers.sql")
_CLAIMS: Final = {claim.value: claim for claim in ClaimType}


class PeopleInStore:
    """Reads people (`ReadsPeople`)."""

    def __init__(self, pool: Pool) -> None:
        """Keep where connections come from."""
        self._pool = pool

    async def read_person(self, consumer_id: UUID) -> PersonRow | None:
        """Return what stands now; None if there is no such consumer."""
        with as_unavailable():
            async with self._pool.connection() as connection:
                cursor = connection.cursor(binary=True)
                await cursor.execute(
                    _QUERIES["read_person"], {"consumer_id": consumer_id}, prepare=True
                )
                row = await cursor.fetchone()
        return None if row is None else _person(row)


def _person(row: tuple[Any, ...]) -> PersonRow:
    read_at, is_blocked, drawn_cents, held_cents, merchants, programs, *decision = row
    return PersonRow(
        read_at=read_at,
        is_blocked=is_blocked,
        drawn_cents=drawn_cents,
        held_cents=held_cents,
        directory=DirectoryVersion(merchants, programs),
        decision=None if decision[0] is None else _decision(decision),
    )


def _decision(row: list[Any]) -> CurrentDecision:
    (
        tempo,
        as_of,
        decision_id,
        bundle_digest,
        claim,
        outcome,
        reasons,
        total_cents,
        expires_at,
        standing,
        products,
    ) = row
    return CurrentDecision(
        tempo=tempo,
        as_of=as_of,
        decision_id=decision_id,
        bundle_digest=bundle_digest,
        claim=_CLAIMS[claim],
        outcome=outcome,
        reasons=tuple(reasons),
        total_cents=total_cents,
        expires_at=expires_at,
        standing=standing,
        products=products,
    )
