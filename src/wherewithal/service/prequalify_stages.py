"""The stages of a prequalification, from the free ones to the pull; the first that decides, does.

Source: DESIGN 5. No stage holds a connection of the database while somebody outside is asked.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from wherewithal.qualify.bundle import PolicyBundle
from wherewithal.qualify.decide import Applicant, Decision, decide
from wherewithal.qualify.edition import Edition
from wherewithal.qualify.exposure import OWN_ACCOUNT, closed_reason
from wherewithal.service.applicant_facts import applicant_facts, facts_as_text, stated_facts
from wherewithal.service.bureau import BureauLate, BureauUnavailable
from wherewithal.service.inquiry_records import KeptReport, PullRecord, ReportRecord
from wherewithal.service.own_reasons import PROOF, REVIEW
from wherewithal.service.ports import GateQuestion, GateVerdict, PrequalifyPorts
from wherewithal.service.prequalify_answer import Case, Finding
from wherewithal.service.standing_decisions import does_stand
from wherewithal.vocabulary.consumer import age_years
from wherewithal.vocabulary.facts import FACTS
from wherewithal.vocabulary.outcome import Outcome
from wherewithal.vocabulary.stated import Stated


async def find(case: Case, ports: PrequalifyPorts, *, deadline_s: float) -> Finding:
    """Return what the stages come to.

    Errors: ConsentRefused and TooMany of a pull that may not be made; Unavailable.
    """
    if free := free_stage(case, ports.bundle):
        return free
    if gated := await identity_stage(case, ports):
        return gated
    if kept := case.account.report:
        return decided_on(case, ports, kept=kept)
    return await pull_stage(case, ports, deadline_s=deadline_s)


def free_stage(case: Case, bundle: PolicyBundle) -> Finding | None:
    """Return what costs nothing to know: blocks, age, law, own account, a decision that stands."""
    account = case.account
    if account.blocks_credit:
        return Finding(outcome=Outcome.REFUSED_IDENTITY.value, reasons=(REVIEW,))
    stated = stated_facts(case.inquiry)
    age = bundle.law.contract_age(stated["state"])
    if age is None or age_years(case.inquiry.identity.date_of_birth, case.on) < age:
        facts = applicant_facts(None, case.inquiry, on=case.on)
        made = decide(Applicant(applicant_id=str(account.consumer_id), facts=facts), bundle)
        return Finding(outcome=made.outcome.value, reasons=made.reasons, decision=made, facts=facts)
    if closed := _closed_by_law(bundle.edition(case.on), stated["state"]):
        codes = tuple(dict.fromkeys(closed.values()))
        return Finding(outcome=Outcome.DECLINED.value, reasons=codes, law_reasons=closed)
    last = account.decision
    is_closed = _is_own_account_closed(case, bundle)
    is_as_before = last is not None and (OWN_ACCOUNT in last.reasons) == is_closed
    if (
        last is not None
        and is_as_before
        and does_stand(last, stated=stated, at=case.at, bundle=bundle)
    ):
        return Finding(
            outcome=last.outcome, reasons=last.reasons, standing=last, kept=account.report
        )
    return _own_account(case, bundle) if is_closed else None


def _is_own_account_closed(case: Case, bundle: PolicyBundle) -> bool:
    exposure, catalogue = case.account.exposure, bundle.catalogue
    closed = closed_reason(exposure, catalogue=catalogue, pricing_tier=None, on=case.on)
    return closed == OWN_ACCOUNT


def _own_account(case: Case, bundle: PolicyBundle) -> Finding:
    """Return the decline of somebody whose account with us is late or was written off.

    Nobody is asked for a report to say so. With a fresh one at hand the core decides on it; without
    one nothing else is known, and no decision is recorded that could outlive the cause.
    """
    kept = case.account.report
    if kept is not None:
        made, facts = _decided(case, bundle, kept.facts)
        if OWN_ACCOUNT in made.reasons:
            return Finding(
                outcome=made.outcome.value,
                reasons=made.reasons,
                decision=made,
                facts=facts,
                kept=kept,
            )
    products = {one.code.value: OWN_ACCOUNT for one in bundle.catalogue.products}
    return Finding(outcome=Outcome.DECLINED.value, reasons=(OWN_ACCOUNT,), law_reasons=products)


def _decided(
    case: Case, bundle: PolicyBundle, file_facts: Mapping[str, Any]
) -> tuple[Decision, dict[str, Any]]:
    facts = applicant_facts(file_facts, case.inquiry, on=case.on, exposure=case.account.exposure)
    applicant = Applicant(applicant_id=str(case.account.consumer_id), facts=facts)
    return decide(applicant, bundle), facts


def _closed_by_law(edition: Edition, state: str) -> dict[str, str]:
    """Return the law reason of every product, if no tier is offered any of them in a state."""
    found: dict[str, str] = {}
    for code, table in edition.price_tables.items():
        refusals = [
            table.refusals[table.cell(pricing_tier=tier, state=state)] for tier in table.tiers
        ]
        if any(refusal is None for refusal in refusals):
            return {}
        law = [refusal for refusal in refusals if refusal in ("L_STATE", "L_UNKNOWN")]
        found[code.value] = law[0] if law else refusals[0] or "L_UNKNOWN"
    return found if any(code.startswith("L_") for code in found.values()) else {}


async def identity_stage(case: Case, ports: PrequalifyPorts) -> Finding | None:
    """Ask the gate; None where it is clear."""
    question = GateQuestion(
        identity=case.inquiry.identity,
        channel=case.inquiry.channel,
        purpose=case.inquiry.purpose,
        inquiries_24h=case.account.inquiries_24h,
        pulls_30d=case.account.pulls_30d,
    )
    match (await ports.gate.check(question)).verdict:
        case GateVerdict.REFUSE:
            return Finding(outcome=Outcome.REFUSED_IDENTITY.value, reasons=(REVIEW,))
        case GateVerdict.STEP_UP:
            return Finding(outcome=Outcome.STEP_UP.value, reasons=(PROOF,))
        case GateVerdict.UNAVAILABLE:
            return Finding(waits_for="identity_check")
    return None


async def pull_stage(case: Case, ports: PrequalifyPorts, *, deadline_s: float) -> Finding:
    """Record the intent, ask the bureau, and decide on what it answers.

    A bureau that is late or away decides nothing: the finding says that we wait for it.
    """
    inquiry, id_ = case.inquiry, case.prequalification_id
    is_ours = await ports.ledger.begin_pull(
        PullRecord(
            consumer_id=case.account.consumer_id,
            inquiry_id=id_,
            consent_id=case.consent_id,
            new_consent=case.new_consent,
            purpose=inquiry.purpose.value,
            bureau=ports.reports.bureau,
            asked_at=case.at,
            pulls_max=ports.settings.pulls_max_30d,
        )
    )
    if not is_ours:
        return Finding(waits_for="bureau_report")
    try:
        raw = await ports.reports.pull(inquiry.identity, inquiry_id=str(id_), deadline_s=deadline_s)
    except (BureauLate, BureauUnavailable):
        return Finding(waits_for="bureau_report")
    # What is stated is left out: these facts are kept, and a later inquiry may state other things.
    # Reading takes 3 to 15 ms of processor time, which nobody else's request shall wait for.
    read = await asyncio.to_thread(
        ports.reader.read,
        raw,
        identity=inquiry.identity,
        stated=Stated(),
        on=case.on,
        own_accounts=await ports.ledger.own_accounts(case.account.consumer_id),
    )
    has_failed = read.failure is not None
    report = ReportRecord(
        report_id=id_,
        answered_at=case.at,
        reported_on=read.reported_on,
        facts=None if has_failed else facts_as_text(read.facts),
        failure=read.failure.value if read.failure else None,
        failure_cause=read.failure_cause,
        flags=tuple(sorted(read.flags)),
        score=read.score,
        score_model=read.score_model,
        score_factors=read.score_factors,
        raw=raw,
    )
    return decided_on(case, ports, report=report)


def decided_on(
    case: Case,
    ports: PrequalifyPorts,
    *,
    kept: KeptReport | None = None,
    report: ReportRecord | None = None,
) -> Finding:
    """Decide on a report, kept or new."""
    source = report or kept
    failure = Outcome(report.failure) if report is not None and report.failure else None
    if failure is None:
        facts = applicant_facts(
            source.facts if source else None,
            case.inquiry,
            on=case.on,
            exposure=case.account.exposure,
        )
    else:
        # Nothing of a failed file is used; the day is what is left.
        facts = {**{fact.name: None for fact in FACTS}, "as_of": case.on}
    made = decide(
        Applicant(
            applicant_id=str(case.account.consumer_id),
            facts=facts,
            failure=failure,
            failure_cause=report.failure_cause if report else None,
        ),
        ports.bundle,
    )
    return Finding(
        outcome=made.outcome.value,
        reasons=made.reasons,
        decision=made,
        facts=facts,
        kept=kept,
        report=report,
    )
