"""Commitments in Postgres (`KeepsCommitments`): read under a lock or not; attempts, consents."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from wherewithal.service.applicant_facts import CALENDAR_TIME_ZONE
from wherewithal.service.commitment_records import (
    Commitment,
    CommitmentFile,
    CountedAttempts,
    KeptAttempt,
    NewerDecision,
    NewSharingConsent,
    Promisable,
    SharingConsent,
)
from wherewithal.service.promised_terms import PromisedAt
from wherewithal.store.fetch import fetch_all
from wherewithal.store.pool import Connection, Pool
from wherewithal.store.queries import load_queries
from wherewithal.vocabulary.program import ProductCode

_QUERIES: Final = load_queries("commitments.sql")
_NEWER: Final = msgspec.json.Decoder(NewerDecision)
_ATTEMPT: Final = msgspec.json.Decoder(KeptAttempt)
_FACTS: Final = msgspec.json.Decoder(dict[str, Any])


async def read_promisable(
    connection: Connection, *, consumer_id: UUID, prequalification_id: UUID, product: ProductCode
) -> Promisable | None:
    """Return what a commitment would rest on; None: no such prequalification."""
    given = {
        "consumer_id": consumer_id,
        "prequalification_id": prequalification_id,
        "product": product.value,
    }
    cursor = connection.cursor(binary=True)
    await cursor.execute(_QUERIES["promisable"], given, prepare=True)
    row = await cursor.fetchone()
    if row is None:
        return None
    seq, facts, live, last_outcome = row
    return Promisable(
        decision_seq=seq,
        facts=None if facts is None else _FACTS.decode(facts),
        live=None if live is None else _commitment(live),
        last_outcome=last_outcome,
    )


async def read_commitment_file(
    connection: Connection, *, consumer_id: UUID, commitment_id: UUID, merchant_id: str
) -> CommitmentFile | None:
    """Return a commitment with what has come up since; None: the consumer has none such."""
    given = {
        "consumer_id": consumer_id,
        "commitment_id": commitment_id,
        "merchant_id": merchant_id,
    }
    cursor = connection.cursor(binary=True)
    await cursor.execute(_QUERIES["commitment_file"], given, prepare=True)
    row = await cursor.fetchone()
    if row is None:
        return None
    stored, blocks, newer, last_outcome, shares_amounts = row
    return CommitmentFile(
        commitment=_commitment(stored),
        blocks_credit=tuple(blocks),
        newer=None if newer is None else _NEWER.decode(newer),
        last_outcome=last_outcome,
        shares_amounts=shares_amounts,
    )


class CommitmentsInStore:
    """Reads commitments and attempts, keeps sharing consents."""

    def __init__(self, pool: Pool) -> None:
        """Keep where connections come from."""
        self._pool = pool

    async def read_promised_at(
        self, consumer_id: UUID, commitment_id: UUID, *, merchant_id: str
    ) -> PromisedAt | None:
        """Return under which bundle it was made, and the merchant; None: no such commitment."""
        rows = await self._fetch(
            "promised_at",
            consumer_id=consumer_id,
            commitment_id=commitment_id,
            merchant_id=merchant_id,
        )
        if not rows:
            return None
        digest, mcc, joined_on, program_ids, is_paused = rows[0]
        return PromisedAt(
            bundle_digest=digest,
            mcc=mcc,
            joined_on=joined_on,
            program_ids=tuple(program_ids),
            is_paused=is_paused,
        )

    async def list_commitments(
        self, consumer_id: UUID, *, rows_max: int
    ) -> tuple[tuple[Commitment, ...], datetime] | None:
        """Return a consumer's commitments, newest first, and the moment; None: no such consumer."""
        rows = await self._fetch("list_commitments", consumer_id=consumer_id, rows_max=rows_max)
        if not rows:
            return None
        return tuple(_commitment(row[0]) for row in rows if row[0] is not None), rows[0][1]

    async def read_commitment(
        self, consumer_id: UUID, commitment_id: UUID
    ) -> tuple[Commitment, datetime] | None:
        """Return a commitment, and the moment; None: the consumer has none such."""
        rows = await self._fetch(
            "read_commitment", consumer_id=consumer_id, commitment_id=commitment_id
        )
        return (_commitment(rows[0][0]), rows[0][1]) if rows else None

    async def list_attempts(
        self, consumer_id: UUID, commitment_id: UUID, *, rows_max: int
    ) -> tuple[KeptAttempt, ...]:
        """Return the attempts to use a commitment, newest first."""
        rows = await self._fetch(
            "list_attempts",
            consumer_id=consumer_id,
            commitment_id=commitment_id,
            rows_max=rows_max,
        )
        return tuple(_ATTEMPT.decode(row[0]) for row in rows)

    async def count_attempts(
        self, *, weeks: int, product: str | None, merchant_id: str | None
    ) -> tuple[CountedAttempts, ...]:
        """Return attempts within time and amount of the last weeks, by week, product, merchant."""
        rows = await self._fetch(
            "honour_rate",
            weeks=weeks,
            product=product,
            merchant_id=merchant_id,
            time_zone=CALENDAR_TIME_ZONE,
        )
        names = CountedAttempts.__struct_fields__
        return tuple(CountedAttempts(**dict(zip(names, row, strict=True))) for row in rows)

    async def give_sharing_consent(
        self, consumer_id: UUID, consent_id: UUID, consent: NewSharingConsent
    ) -> SharingConsent | None:
        """Record that amounts may be shared; None: no such consumer."""
        rows = await self._fetch(
            "give_sharing_consent",
            consumer_id=consumer_id,
            consent_id=consent_id,
            **msgspec.structs.asdict(consent),
        )
        return _consent(rows[0]) if rows else None

    async def list_sharing_consents(self, consumer_id: UUID) -> tuple[SharingConsent, ...] | None:
        """Return a consumer's sharing consents, newest first; None: no such consumer."""
        rows = await self._fetch("list_sharing_consents", consumer_id=consumer_id)
        if not rows:
            return None
        return tuple(_consent(row) for row in rows if row[0] is not None)

    async def revoke_sharing_consent(
        self, consumer_id: UUID, consent_id: UUID
    ) -> SharingConsent | None:
        """Revoke a sharing consent, once; None: the consumer gave none such."""
        rows = await self._fetch(
            "revoke_sharing_consent", consumer_id=consumer_id, consent_id=consent_id
        )
        return _consent(rows[0]) if rows else None

    async def _fetch(self, block: str, **given: Any) -> list[tuple[Any, ...]]:
        return await fetch_all(self._pool, _QUERIES[block], given)


def _commitment(text: str) -> Commitment:
    stored = msgspec.json.decode(text)
    # Bytes come in Postgres' hexadecimal form.
    stored["document"] = bytes.fromhex(stored["document"].removeprefix("\\x"))
    return msgspec.convert(stored, Commitment)


def _consent(row: tuple[Any, ...]) -> SharingConsent:
    consent_id, merchant_id, text_version, given_at, revoked_at = row
    return SharingConsent(
        consent_id=consent_id,
        merchant_id=merchant_id,
        text_version=text_version,
        given_at=given_at,
        revoked_at=revoked_at,
    )
