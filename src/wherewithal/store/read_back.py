"""Reading back what was answered, and consents (`ReadsInquiries`, `KeepsConsents`)."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from wherewithal.service.answers import ConsentAnswer, DecisionAnswer, ReasonAnswer
from wherewithal.store.fetch import fetch_all
from wherewithal.store.pool import Pool
from wherewithal.store.queries import load_queries

_QUERIES: Final = load_queries("read_back.sql")
_values: Final = msgspec.json.Decoder(dict[str, str | int | bool | None]).decode
_matched: Final = msgspec.json.Decoder(dict[str, tuple[int, ...]]).decode


class InquiriesReadBack:
    """Reads what belongs to one consumer."""

    def __init__(self, pool: Pool) -> None:
        """Keep where connections come from."""
        self._pool = pool

    async def find_prequalification(
        self, *, consumer_id: UUID, prequalification_id: UUID
    ) -> tuple[str, bytes] | None:
        """Return status and the answer as it is now."""
        rows = await self._fetch(
            "find_prequalification",
            {"consumer_id": consumer_id, "prequalification_id": prequalification_id},
        )
        return (rows[0][0], rows[0][1]) if rows else None

    async def find_decision(self, *, consumer_id: UUID, decision_id: str) -> DecisionAnswer | None:
        """Return the last recorded decision of this id; its reasons have codes and no words."""
        rows = await self._fetch(
            "find_decision", {"consumer_id": consumer_id, "decision_id": decision_id}
        )
        return _decision(consumer_id, rows[0]) if rows else None

    async def find_reference(self, portfolio: str, reference: str) -> UUID | None:
        """Return the consumer whom a lender's own number names; None where nobody has it."""
        rows = await self._fetch("find_reference", {"portfolio": portfolio, "reference": reference})
        return rows[0][0] if rows else None

    async def list_consents(self, consumer_id: UUID) -> tuple[ConsentAnswer, ...] | None:
        """Return a consumer's consents, the last given first; None: no such consumer."""
        rows = await self._fetch("list_consents", {"consumer_id": consumer_id})
        if not rows:
            return None
        return tuple(_consent(consumer_id, row) for row in rows if row[0] is not None)

    async def revoke_consent(
        self, *, consumer_id: UUID, consent_id: UUID, at: datetime
    ) -> ConsentAnswer | None:
        """Revoke a consent, once; None: no such consent."""
        rows = await self._fetch(
            "revoke_consent", {"consumer_id": consumer_id, "consent_id": consent_id, "at": at}
        )
        return _consent(consumer_id, rows[0]) if rows else None

    async def _fetch(self, block: str, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
        return await fetch_all(self._pool, _QUERIES[block], parameters)


def _decision(consumer_id: UUID, row: tuple[Any, ...]) -> DecisionAnswer:
    seq, id_, tempo, as_of, decided_at, expires_at, digest, build, outcome, cause, *rest = row
    reasons, values, facts, matched = rest
    return DecisionAnswer(
        consumer_id=str(consumer_id),
        seq=seq,
        decision_id=id_,
        tempo=tempo,
        as_of=as_of,
        decided_at=decided_at,
        expires_at=expires_at,
        bundle_digest=digest,
        code_build=build,
        outcome=outcome,
        failure_cause=cause,
        reasons=tuple(_by_code(code) for code in reasons),
        row=_values(values),
        facts=_values(facts),
        matched=_matched(matched),
    )


def _by_code(code: str) -> ReasonAnswer:
    return ReasonAnswer(code=code, kind="", wording="", regb_number=None, regb_text=None, cure=None)


def _consent(consumer_id: UUID, row: tuple[Any, ...]) -> ConsentAnswer:
    consent_id, scope, purpose, text_version, channel, given_at, expires_at, revoked_at = row
    return ConsentAnswer(
        consumer_id=str(consumer_id),
        consent_id=str(consent_id),
        scope=scope,
        purpose=purpose,
        text_version=text_version,
        channel=channel,
        given_at=given_at,
        expires_at=expires_at,
        revoked_at=revoked_at,
    )
