"""From what a stage found to the answer in words, and to everything that is recorded of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from wherewithal.qualify.canonical import canonical_sha256, decided_row
from wherewithal.qualify.decide import Decision
from wherewithal.qualify.facts_catalogue import CATALOGUE_DIGEST
from wherewithal.qualify.merchants import PERSON_COLUMNS
from wherewithal.service.answers import ClaimType, Prequalification, ProductAnswer
from wherewithal.service.applicant_facts import (
    CALENDAR_TIME_ZONE,
    calendar_day,
    facts_as_text,
    stated_facts,
)
from wherewithal.service.events import EventType
from wherewithal.service.inquiry import Inquiry
from wherewithal.service.inquiry_records import (
    Account,
    ConsentRecord,
    DecisionRecord,
    IdentityUpdate,
    KeptReport,
    PowerRecord,
    Recording,
    ReportRecord,
    StandingDecision,
)
from wherewithal.service.ledger_records import Event
from wherewithal.service.notices import Communicated, ReportUsed, notice_cases
from wherewithal.service.own_reasons import reason_answer
from wherewithal.service.person_left import left_of
from wherewithal.service.ports import PrequalifyPorts
from wherewithal.service.prequalify_words import pending_of, wording_of
from wherewithal.service.products_answer import decided_products, undecided_products
from wherewithal.service.standing import PersonStanding
from wherewithal.service.standing_decisions import decision_expiry
from wherewithal.vocabulary.outcome import DECIDED, Outcome

OK, ACCEPTED = 200, 202
_encode = msgspec.json.Encoder().encode


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """An inquiry with the consumer that it is about."""

    inquiry: Inquiry
    account: Account
    prequalification_id: UUID
    credential_id: str
    consent_id: UUID
    new_consent: ConsentRecord | None
    asked_at: datetime
    #: Now: the same moment as `asked_at`, unless a job goes on with what had to wait.
    at: datetime
    #: None where a job goes on.
    update: IdentityUpdate | None = None

    @property
    def on(self) -> date:
        """Return today, in the calendar zone."""
        return calendar_day(self.at)


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """What the stages came to; the first that can decide does."""

    outcome: str | None = None
    #: Codes; the decision's own where one was made.
    reasons: tuple[str, ...] = ()
    #: Made now.
    decision: Decision | None = None
    facts: dict[str, Any] | None = None
    #: A decision that still stands.
    standing: StandingDecision | None = None
    #: The report that the decision rests on, kept or new.
    kept: KeptReport | None = None
    report: ReportRecord | None = None
    #: What has to be waited for, or what the person has to do: a key of the words above.
    waits_for: str | None = None
    #: Product -> why none may be offered, where no decision says it: law, an account with us.
    law_reasons: Mapping[str, str] = {}


class _Told(msgspec.Struct, frozen=True, kw_only=True):
    """What the person is told of the products."""

    total_cents: int | None
    lowered_by: tuple[str, ...]
    products: tuple[ProductAnswer, ...]


def recording_of(case: Case, finding: Finding, ports: PrequalifyPorts) -> Recording:
    """Return everything that the finding changes, with the answer that is sent."""
    is_pending = finding.outcome is None
    products = _products(case, finding, ports)
    final_by = case.asked_at + timedelta(seconds=ports.settings.final_within_s)
    expires_at = _expires_at(case, finding, ports)
    told = _at_the_till(case, finding, products, ports)
    answer = _answer(case, finding, told, final_by=final_by, expires_at=expires_at, ports=ports)
    decision = _decision_record(case, finding, expires_at=expires_at or case.at, ports=ports)
    is_decided = decision is not None and decision.outcome in _DECIDED
    return Recording(
        account=case.account,
        prequalification_id=case.prequalification_id,
        consent_id=case.consent_id,
        new_consent=case.new_consent,
        credential_id=case.credential_id,
        purpose=case.inquiry.purpose.value,
        channel=case.inquiry.channel.value,
        requested_amount_cents=case.inquiry.requested_amount_cents,
        stated=stated_facts(case.inquiry),
        asked_at=case.asked_at,
        decided_at=None if is_pending else case.at,
        final_by=final_by if is_pending else None,
        decision=decision,
        standing_seq=finding.standing.seq if finding.standing else None,
        power=_power(decision, products) if decision and is_decided else None,
        report=finding.report,
        notices=() if is_pending else notice_cases(_told(case, finding, ports)),
        events=_events(case, decision, has_power=is_decided),
        block="deceased" if finding.outcome == Outcome.DECEASED.value else None,
        update=case.update,
        response_status=ACCEPTED if is_pending else OK,
        response=_encode(answer),
    )


_DECIDED = frozenset(outcome.value for outcome in DECIDED)


def _row(finding: Finding) -> Mapping[str, Any] | None:
    """Return the decision row of an approval or decline, made now or standing."""
    if finding.outcome not in _DECIDED:
        return None
    if finding.standing is not None:
        return finding.standing.row
    return None if finding.decision is None else finding.decision.values


def _products(case: Case, finding: Finding, ports: PrequalifyPorts) -> tuple[ProductAnswer, ...]:
    row = _row(finding)
    if row is None:
        common = finding.reasons[0] if finding.reasons else None
        return undecided_products(finding.law_reasons or common, bundle=ports.bundle)
    standing = finding.standing
    return decided_products(
        row,
        as_of=standing.as_of if standing else case.on,
        decided_at=standing.decided_at if standing else case.at,
        bundle=ports.bundle,
        plans=ports.plans,
    )


def _at_the_till(
    case: Case, finding: Finding, products: tuple[ProductAnswer, ...], ports: PrequalifyPorts
) -> _Told:
    """Return the products as a hold would find them: the decision, less the person's account."""
    row = _row(finding)
    if row is None:
        return _Told(total_cents=None, lowered_by=(), products=products)
    standing = PersonStanding(**{name: row[name] for name in (*PERSON_COLUMNS, "state")})
    left = left_of(standing, case.account.exposure, catalogue=ports.bundle.catalogue, on=case.on)
    if left.is_whole:
        return _Told(total_cents=row["power_total_cents"], lowered_by=(), products=products)
    answers = decided_products(
        ports.products.row(standing, left, on=case.on),
        as_of=case.on,
        decided_at=case.at,
        bundle=ports.bundle,
        plans=ports.plans,
    )
    return _Told(
        total_cents=max(one.power_cents or 0 for one in answers),
        lowered_by=left.lowered_by if finding.outcome == Outcome.APPROVED.value else (),
        products=tuple(
            # It stands for as long as the decision does.
            msgspec.structs.replace(one, expires_at=whole.expires_at if one.best_plan else None)
            for one, whole in zip(answers, products, strict=True)
        ),
    )


def _answer(
    case: Case,
    finding: Finding,
    told: _Told,
    *,
    final_by: datetime,
    expires_at: datetime | None,
    ports: PrequalifyPorts,
) -> Prequalification:
    row, made = _row(finding), finding.decision or finding.standing
    is_pending = finding.outcome is None
    return Prequalification(
        prequalification_id=str(case.prequalification_id),
        consumer_id=str(case.account.consumer_id),
        status="pending" if is_pending else "decided",
        is_final=not is_pending,
        final_by=final_by if is_pending else None,
        asked_at=case.asked_at,
        decided_at=None if is_pending else case.at,
        is_repeat=finding.standing is not None,
        outcome=finding.outcome,
        claim=None if row is None else ClaimType.PREQUALIFIED,
        expires_at=expires_at,
        decision_id=made.decision_id if made else None,
        as_of=made.as_of if made else None,
        bundle_digest=made.bundle_digest if made else None,
        calendar_time_zone=CALENDAR_TIME_ZONE,
        reasons=tuple(reason_answer(code, ports.bundle) for code in finding.reasons),
        power_total_cents=told.total_cents,
        lowered_by=tuple(reason_answer(code, ports.bundle) for code in told.lowered_by),
        products=told.products,
        pending=pending_of(finding.outcome, finding.reasons, finding.waits_for),
        wording=wording_of(finding.outcome, tuple(finding.reasons)),
    )


def _expires_at(case: Case, finding: Finding, ports: PrequalifyPorts) -> datetime | None:
    if finding.standing is not None:
        return finding.standing.expires_at
    row = _row(finding)
    if row is None or finding.decision is None:
        return None
    return decision_expiry(finding.decision.outcome, row, decided_at=case.at, bundle=ports.bundle)


def _decision_record(
    case: Case, finding: Finding, *, expires_at: datetime, ports: PrequalifyPorts
) -> DecisionRecord | None:
    made = finding.decision
    if made is None or finding.facts is None:
        return None
    return DecisionRecord(
        decision_id=made.decision_id,
        report_id=_report_id(finding),
        as_of=case.on,
        expires_at=expires_at,
        bundle_digest=made.bundle_digest,
        code_build=ports.settings.code_build,
        outcome=made.outcome.value,
        failure_cause=made.failure_cause,
        reasons=made.reasons,
        facts=facts_as_text(finding.facts),
        row=made.values,
        matched=made.matched,
        failure=None if made.failure is None else made.failure.value,
        facts_digest=CATALOGUE_DIGEST,
        row_sha256=canonical_sha256(decided_row(made)),
    )


def _report_id(finding: Finding) -> UUID | None:
    if finding.report is not None:
        return finding.report.report_id
    return finding.kept.report_id if finding.kept else None


def _power(decision: DecisionRecord, products: tuple[ProductAnswer, ...]) -> PowerRecord:
    standing = {name: decision.row[name] for name in (*PERSON_COLUMNS, "state")}
    return PowerRecord(
        claim=ClaimType.PREQUALIFIED.value,
        total_cents=decision.row["power_total_cents"],
        standing={**standing, "outcome": decision.outcome},
        products=_encode(products),
    )


def _events(case: Case, decision: DecisionRecord | None, *, has_power: bool) -> tuple[Event, ...]:
    """Return what others may want to hear: a decision made now, and a power that falls by it."""
    if decision is None:
        return ()
    ids = {
        "consumer_id": case.account.consumer_id,
        "prequalification_id": case.prequalification_id,
        "decision_id": decision.decision_id,
    }
    decided = Event(
        type=EventType.PREQUALIFICATION_DECIDED,
        merchant_id=None,
        payload={**ids, "outcome": decision.outcome},
    )
    before_cents = case.account.power_total_cents
    total_cents = decision.row.get("power_total_cents") if has_power else None
    if before_cents is None or total_cents is None or total_cents >= before_cents:
        return (decided,)
    amounts = {"power_total_cents": total_cents, "power_before_cents": before_cents}
    fallen = Event(type=EventType.LIMIT_DECREASED, merchant_id=None, payload=ids | amounts)
    return (decided, fallen)


def _told(case: Case, finding: Finding, ports: PrequalifyPorts) -> Communicated:
    row = _row(finding) or {}
    codes = [product.code.value for product in ports.bundle.catalogue.products]
    closed = [(code, row.get(f"reason_{code}")) for code in codes]
    return Communicated(
        outcome=finding.outcome or "",
        reasons=finding.reasons,
        closed=tuple((product, reason) for product, reason in closed if reason is not None),
        power_total_cents=row.get("power_total_cents"),
        requested_amount_cents=case.inquiry.requested_amount_cents,
        power_before_cents=case.account.power_total_cents,
        report=_used(finding, ports),
        is_repeat=finding.standing is not None,
        on=case.on,
    )


def _used(finding: Finding, ports: PrequalifyPorts) -> ReportUsed | None:
    """Return the report that was used; a new one stands before a kept one."""
    new, kept = finding.report, finding.kept
    if new is not None:
        return ReportUsed(
            bureau=ports.reports.bureau,
            score=new.score,
            score_model=new.score_model,
            score_factors=new.score_factors,
        )
    if kept is None:
        return None
    return ReportUsed(
        bureau=kept.bureau,
        score=kept.score,
        score_model=kept.score_model,
        score_factors=kept.score_factors,
    )
