"""Why a power changed: between two decisions of a person, or between one and what stands now.

Each end is put together from what was recorded: facts and bundle of the decision, the account as
the ledger has it until then. Nothing is decided anew for anybody, and nothing is written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol
from uuid import UUID

import msgspec

from wherewithal.qualify.bundle import PolicyBundle
from wherewithal.qualify.exposure import Exposure
from wherewithal.qualify.replay import CatalogueMoved, Missing, facts_today
from wherewithal.qualify.why_changed import Powers, Seen, WhyChanged, why_changed
from wherewithal.service.applicant_facts import calendar_day
from wherewithal.service.read_spending_power import WORDINGS, status_of
from wherewithal.service.replay_decisions import Replayer
from wherewithal.service.replay_records import OFFLINE, FindsRecorded, KeptDecision
from wherewithal.service.standing import PersonRow, ReadsPeople
from wherewithal.service.standing_products import ProductAnswers
from wherewithal.service.why_answers import (
    CHANGE_WORDINGS,
    ChangeAnswer,
    ChangePart,
    ChangePoint,
    ProductChange,
    part_wording,
)
from wherewithal.vocabulary.outcome import Outcome

_APPROVED: Final = Outcome.APPROVED.value


class ReadsAccountsThen(Protocol):
    """Reads an account as it was. Every method: Unavailable if the database does not answer."""

    async def decided_at(self, kept: KeptDecision) -> datetime | None:
        """Return when a recorded decision was made; None if it is gone."""
        ...

    async def account_then(self, consumer_id: UUID, at: datetime) -> Exposure:
        """Return what was owed, held and capped at a moment."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainPorts:
    """Everything that explaining reaches for; wiring makes one a process."""

    people: ReadsPeople
    recorded: FindsRecorded
    accounts: ReadsAccountsThen
    replayer: Replayer
    products: ProductAnswers
    powers: Powers


@dataclass(frozen=True, slots=True, kw_only=True)
class _End:
    """One of two moments; without `seen` it cannot be compared."""

    decision_id: str
    at: datetime
    seen: Seen | None


async def explain_change(
    consumer_id: UUID, *, since: str, until: str | None, ports: ExplainPorts
) -> ChangeAnswer | None:
    """Return why the power is another than by the decision `since`.

    `until` names the later decision; None: what stands now, by today's terms and the account now.
    Null:   None if this consumer has no such decision, or none that may be told: an offline run
            says yes to people who never asked, and never no.
    """
    row = await ports.people.read_person(consumer_id)
    first = await _told_decision(consumer_id, since, ports)
    if row is None or first is None:
        return None
    status = status_of(row, ports.products)
    if status == "blocked" or (until is None and status in {"not_yet_assessed", "expired"}):
        return _without(consumer_id, status, wording=WORDINGS[status])
    before = await _end_of(first, ports)
    if before is None:
        return None
    if until is not None:
        last = await _told_decision(consumer_id, until, ports)
        after = None if last is None else await _end_of(last, ports)
        return None if after is None else _answer(consumer_id, before, after, ports)
    now = await _end_now(consumer_id, row, ports)
    return _answer(consumer_id, before, now, ports)


async def recorded_facts(
    kept: KeptDecision | None, replayer: Replayer
) -> tuple[dict[str, Any], str | None] | None:
    """Return every fact that a decision was made on, and its failure; None: not kept."""
    recorded = None if kept is None else await replayer.recorded(kept)
    if recorded is None or isinstance(recorded, Missing):
        return None
    try:
        return facts_today(recorded), recorded.failure
    except CatalogueMoved:
        return None


async def _told_decision(
    consumer_id: UUID, decision_id: str, ports: ExplainPorts
) -> KeptDecision | None:
    found = await ports.recorded.find(decision_id, consumer_id=consumer_id, rows_max=1)
    kept = found[0] if found else None
    if kept is None or (kept.tempo == OFFLINE and kept.outcome != _APPROVED):
        return None
    return kept


async def _end_of(kept: KeptDecision, ports: ExplainPorts) -> _End | None:
    """Return a decision as it was told on its day."""
    at = await ports.accounts.decided_at(kept)
    if at is None:
        return None
    facts = await recorded_facts(kept, ports.replayer)
    bundle = await ports.replayer.bundle(kept.bundle_digest)
    if facts is None or isinstance(bundle, Missing):
        return _End(decision_id=kept.decision_id, at=at, seen=None)
    exposure = await ports.accounts.account_then(kept.consumer_id, at)
    seen = _seen(facts, policy=bundle, terms=bundle, exposure=exposure, at=at)
    return _End(decision_id=kept.decision_id, at=at, seen=seen)


async def _end_now(consumer_id: UUID, row: PersonRow, ports: ExplainPorts) -> _End:
    """Return what stands, as it is shown now: by today's terms and the account as it is."""
    decision = row.decision
    if decision is None:
        return _End(decision_id="", at=row.read_at, seen=None)
    end = _End(decision_id=decision.decision_id, at=row.read_at, seen=None)
    found = await ports.recorded.find(decision.decision_id, consumer_id=consumer_id, rows_max=1)
    facts = await recorded_facts(found[0] if found else None, ports.replayer)
    policy = await ports.replayer.bundle(decision.bundle_digest)
    if facts is None or isinstance(policy, Missing):
        return end
    terms = ports.products.bundle
    seen = _seen(facts, policy=policy, terms=terms, exposure=row.exposure, at=row.read_at)
    return _End(decision_id=end.decision_id, at=end.at, seen=seen)


def _seen(
    facts: tuple[Mapping[str, Any], str | None],
    *,
    policy: PolicyBundle,
    terms: PolicyBundle,
    exposure: Exposure,
    at: datetime,
) -> Seen:
    given, failure = facts
    day = calendar_day(at)
    return Seen(
        facts=given,
        failure=failure,
        policy=policy,
        decided_on=given["as_of"] or day,
        terms=terms,
        terms_on=day,
        exposure=exposure,
        account_on=day,
    )


def _answer(consumer_id: UUID, before: _End, after: _End, ports: ExplainPorts) -> ChangeAnswer:
    if before.seen is None or after.seen is None:
        return _without(consumer_id, "not_kept", wording=CHANGE_WORDINGS["not_kept"])
    groups = ports.products.bundle.changes
    why = why_changed(before.seen, after.seen, groups=groups, powers=ports.powers)
    status = "not_decided" if why.change_cents is None else "explained"
    if status == "explained" and not why.moved:
        status = "unchanged"
    reason = ports.products.reason
    return ChangeAnswer(
        consumer_id=str(consumer_id),
        status=status,
        since=_point(before, why.outcome_before, why.before_cents),
        until=_point(after, why.outcome_after, why.after_cents),
        change_cents=why.change_cents,
        parts=_parts(why),
        reasons_gained=tuple(map(reason, _only(why.reasons_after, why.reasons_before))),
        reasons_lost=tuple(map(reason, _only(why.reasons_before, why.reasons_after))),
        wording=CHANGE_WORDINGS[status],
    )


def _parts(why: WhyChanged) -> tuple[ChangePart, ...]:
    return tuple(
        ChangePart(
            part=one.part.value,
            codes=one.codes,
            change_cents=one.change_cents,
            products=tuple(
                ProductChange(product=code, change_cents=cents)
                for code, cents in one.products.items()
            ),
            wording=part_wording(one),
        )
        for one in why.moved
    )


def _only(these: tuple[str, ...], those: tuple[str, ...]) -> list[str]:
    return [code for code in these if code not in those]


def _point(end: _End, outcome: Outcome, cents: int | None) -> ChangePoint:
    return ChangePoint(
        decision_id=end.decision_id, at=end.at, outcome=outcome.value, power_total_cents=cents
    )


def _without(consumer_id: UUID, status: str, *, wording: str) -> ChangeAnswer:
    return msgspec.structs.replace(
        _NOTHING, consumer_id=str(consumer_id), status=status, wording=wording
    )


_NOTHING: Final = ChangeAnswer(
    consumer_id="",
    status="",
    since=None,
    until=None,
    change_cents=None,
    parts=(),
    reasons_gained=(),
    reasons_lost=(),
    wording="",
)
