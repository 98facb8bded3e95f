"""Puts together the one statement that writes an inquiry's answer and all that it changes.

Only the blocks that have something to write are in it: few shapes, each prepared once.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

import msgspec

from wherewithal.service.inquiry_records import Recording
from wherewithal.store.queries import load_queries
from wherewithal.store.statements import statement_of

_BLOCKS: Final = load_queries("recording.sql")
_encode = msgspec.json.Encoder().encode


def recording_statement(
    recording: Recording,
    *,
    is_claimed: bool,
    sealed_report: bytes | None,
    sealed_identity: bytes | None,
    new_uuid: Callable[[], UUID],
) -> tuple[str, dict[str, Any]]:
    """Return the statement and its parameters, but for those of the key and of identity.

    `is_claimed`: the answer finishes a claim on a key; else it finishes a waiting inquiry. The
    statement yields a row if it wrote, none if its fence was closed.
    """
    blocks = ["fence_by_claim" if is_claimed else "fence_by_pending", "account"]
    values = _inquiry_values(recording)
    if recording.new_consent is not None:
        blocks.append("consent")
        values |= _consent_values(recording)
    blocks.append("prequalification" if is_claimed else "finished")
    if recording.report is not None:
        blocks.append("report")
        values |= _report_values(recording, sealed_report)
    if recording.decision is not None:
        blocks.append("decision")
        values |= _decision_values(recording)
    if recording.power is not None:
        blocks.append("power")
        values |= _power_values(recording)
    if recording.notices:
        blocks.append("notices")
        values["notices"] = _notices(recording, new_uuid)
    if recording.events:
        blocks.append("events")
        values["events"] = _events(recording, new_uuid)
    update = recording.update
    if sealed_identity is not None:
        blocks += ["identity", "identity_keys"]
        values["sealed_identity"] = sealed_identity
    if update is not None and update.reference is not None:
        blocks.append("reference")
        values["portfolio"] = update.reference.portfolio
        values["reference"] = update.reference.reference
    return _statement(tuple(blocks)), values


@lru_cache(maxsize=256)
def _statement(blocks: tuple[str, ...]) -> str:
    return statement_of([_BLOCKS[name] for name in blocks], _BLOCKS["result"])


def _text(value: object) -> str:
    return _encode(value).decode()


def _inquiry_values(recording: Recording) -> dict[str, Any]:
    return {
        "decisions": 0 if recording.decision is None else 1,
        "event_count": len(recording.events),
        "block": recording.block,
        "requested_amount_cents": recording.requested_amount_cents,
        "stated": _text(recording.stated),
        "asked_at": recording.asked_at,
        "status": "pending" if recording.decided_at is None else "decided",
        "final_by": recording.final_by,
        "decided_at": recording.decided_at,
        "standing_seq": recording.standing_seq,
        "response_status": recording.response_status,
        "response": recording.response,
    }


def _consent_values(recording: Recording) -> dict[str, Any]:
    consent = recording.new_consent
    if consent is None:
        return {}
    return {
        "scope": consent.scope,
        "text_version": consent.text_version,
        "text_sha256": consent.text_sha256,
        "given_at": consent.given_at,
        "consent_expires_at": consent.expires_at,
    }


def _report_values(recording: Recording, sealed: bytes | None) -> dict[str, Any]:
    report = recording.report
    if report is None:
        return {}
    return {
        "report_inquiry_id": report.report_id,
        "answered_at": report.answered_at,
        "reported_on": report.reported_on,
        "report_facts": None if report.facts is None else _text(report.facts),
        "failure": report.failure,
        "report_failure_cause": report.failure_cause,
        "flags": list(report.flags),
        "score": report.score,
        "score_model": report.score_model,
        "score_factors": list(report.score_factors),
        "sealed_report": sealed,
    }


def _decision_values(recording: Recording) -> dict[str, Any]:
    decision = recording.decision
    if decision is None:
        return {}
    return {
        "decision_id": decision.decision_id,
        "report_id": decision.report_id,
        "as_of": decision.as_of,
        "expires_at": decision.expires_at,
        "bundle_digest": decision.bundle_digest,
        "code_build": decision.code_build,
        "outcome": decision.outcome,
        "failure_cause": decision.failure_cause,
        "reasons": list(decision.reasons),
        "facts": _text(decision.facts),
        "row": _text(decision.row),
        "matched": _text(decision.matched),
        "decision_failure": decision.failure,
        "facts_digest": decision.facts_digest,
        "row_sha256": decision.row_sha256,
    }


def _power_values(recording: Recording) -> dict[str, Any]:
    power = recording.power
    if power is None:
        return {}
    return {
        "claim": power.claim,
        "total_cents": power.total_cents,
        "standing": _text(power.standing),
        "products": power.products,
    }


def _notices(recording: Recording, new_uuid: Callable[[], UUID]) -> str:
    return _text(
        [
            {"notice_id": new_uuid(), **msgspec.structs.asdict(notice)}
            for notice in recording.notices
        ]
    )


def _events(recording: Recording, new_uuid: Callable[[], UUID]) -> str:
    return _text(
        [{"event_id": new_uuid(), **msgspec.structs.asdict(one)} for one in recording.events]
    )
