"""From rows of the look-up to accounts, and small conversions around it."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from wherewithal.service.inquiry_records import (
    Account,
    ConsentState,
    KeptReport,
    Recording,
    StandingDecision,
)
from wherewithal.store.powers import exposure_of
from wherewithal.store.sealing import Sealer
from wherewithal.vocabulary.consumer import Identity
from wherewithal.vocabulary.stated import Stated

_json: Final = msgspec.json.Decoder().decode
_identity: Final = msgspec.json.Decoder(Identity).decode


def account_of(row: tuple[Any, ...], sealer: Sealer) -> Account:
    """Return the account of a row of the block `account`, in its order of columns.

    Errors: SealingError where the identity does not open: a wrong key, or a changed row.
    """
    _, consumer_id, found_by, data_key, sealed, blocks, *rest = row
    decision, report, consent = rest[0:10], rest[10:16], rest[16:21]
    pulls, oldest_pull_at, asked, total_cents, is_refuted = rest[21:26]
    identity = None
    if sealed is not None:
        plain = sealer.open(data_key, consumer_id=str(consumer_id), field="identity", sealed=sealed)
        identity = _identity(plain)
    return Account(
        consumer_id=consumer_id,
        found_by=frozenset(found_by),
        data_key=data_key,
        identity=identity,
        blocks_credit=tuple(blocks),
        decision=_decision(decision),
        report=_report(report),
        consent=None if consent[0] is None else _consent(consent),
        pulls_30d=pulls,
        oldest_pull_at=oldest_pull_at,
        inquiries_24h=asked,
        power_total_cents=total_cents,
        is_refuted=bool(is_refuted),
        exposure=exposure_of(rest[26:32]),
    )


def _decision(values: list[Any]) -> StandingDecision | None:
    seq, decision_id, outcome, as_of, decided_at, expires_at, digest, reasons, row, facts = values
    if seq is None:
        return None
    return StandingDecision(
        seq=seq,
        decision_id=decision_id,
        outcome=outcome,
        as_of=as_of,
        decided_at=decided_at,
        expires_at=expires_at,
        bundle_digest=digest,
        reasons=tuple(reasons),
        row=_json(row),
        facts=_json(facts),
    )


def _report(values: list[Any]) -> KeptReport | None:
    report_id, bureau, facts, score, score_model, score_factors = values
    if report_id is None:
        return None
    return KeptReport(
        report_id=report_id,
        bureau=bureau,
        facts=_json(facts),
        score=score,
        score_model=score_model,
        score_factors=tuple(score_factors),
    )


def _consent(values: list[Any]) -> ConsentState:
    consent_id, scope, purpose, expires_at, revoked_at = values
    return ConsentState(
        consent_id=consent_id,
        scope=scope,
        purpose=purpose,
        expires_at=expires_at,
        revoked_at=revoked_at,
    )


def stated_of(text: str) -> Stated:
    """Return what was stated, from the facts that were recorded of it."""
    facts = _json(text)
    return Stated(
        income_cents=facts["stated_income_cents"],
        housing_cents=facts["stated_housing_cents"],
        home_ownership=facts["home_ownership"],
        employment_years=facts["stated_employment_years"],
        income_verified=facts["income_verified"],
        state=facts["state"],
    )


def ids_of(recording: Recording) -> dict[str, Any]:
    """Return what every block of a recording hangs on."""
    return {
        "consumer_id": recording.account.consumer_id,
        "prequalification_id": recording.prequalification_id,
        "consent_id": recording.consent_id,
        "credential_id": recording.credential_id,
        "purpose": recording.purpose,
        "channel": recording.channel,
    }
