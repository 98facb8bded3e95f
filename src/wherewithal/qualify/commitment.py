"""Commitments: what must stay true for one to be honoured, and whether it did.

A precondition is compared with what has been looked at again since; what was not, holds. Nothing
here knows of policy: a later, stricter bundle changes no verdict.
Source: DESIGN 1.3; POLICY 6; a firm offer's causes: 15 U.S.C. 1681a(l).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final, TypeAlias

import msgspec

from wherewithal.dmn.scalar import compile_scalar
from wherewithal.qualify.bundle import PolicyBundle
from wherewithal.qualify.decide import Applicant, decide
from wherewithal.qualify.exposure import Exposure
from wherewithal.qualify.preconditions import (
    INCOME,
    OBLIGATIONS,
    CauseClass,
    Check,
    Precondition,
)
from wherewithal.vocabulary.facts import FACTS
from wherewithal.vocabulary.money import floor_divide

Value: TypeAlias = int | str | None
#: A closed-end loan is charged off when it is so many days late (Uniform Retail Credit
#: Classification and Account Management Policy, 65 FR 36903): one that was is as late as that.
CHARGED_OFF_DAYS: Final = 120
CLEAR, NOT_CLEAR, OPEN = "clear", "not_clear", "open"


class State(StrEnum):
    """What became of a precondition."""

    HOLDS = "holds"
    FAILS = "fails"
    #: Nobody looked again: it holds.
    NOT_RECHECKED = "not_rechecked"


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """What the facts of one decision say; null is unknown."""

    days_late: int | None
    #: Times 30 or more days late in two years.
    late_count: int | None
    #: Under the bundle that measures, whichever decided.
    points: int | None
    obligations_cents: int | None
    monthly_income_cents: int | None
    bankruptcies: int | None
    state: str | None
    has_alert: bool


class Promised(msgspec.Struct, frozen=True, kw_only=True):
    """A precondition as a commitment carries it, with its value then."""

    code: str
    check: Check
    source: str
    wording: str
    cause_class: CauseClass = msgspec.field(name="class")
    #: In the unit of the check; None where any change fails.
    threshold: int | None
    value_at_issue: Value
    #: Of a delinquency: times 30 or more days late in two years.
    count_at_issue: int | None = None
    reason: str | None = None


class Since(msgspec.Struct, frozen=True, kw_only=True):
    """What has been looked at again since a commitment was made."""

    #: By a newer decision, under the commitment's own bundle; None: there was none, or that bundle
    #: is not at hand.
    measured: Measured | None
    #: Whether the newer decision rests on a report that was not there before.
    is_report_new: bool
    #: Days that the worst account with us is late: live.
    own_days_late: int
    #: Blocks, the gate's last word, alerts on a newer report.
    is_identity_clear: bool
    #: `open`, or the reason why nobody may buy with the product there.
    terms: str


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """A precondition looked at."""

    code: str
    state: State
    value_then: Value
    value_now: Value


class Measures:
    """Measures facts under one bundle; compiled once."""

    def __init__(self, bundle: PolicyBundle) -> None:
        """Compile the attributes that are read."""
        self.bundle = bundle
        nodes = {
            name: bundle.attributes[name].node
            for name in (OBLIGATIONS, INCOME)
            if name in bundle.attributes
        }
        self._names = tuple(nodes)
        self._attributes = compile_scalar(nodes, inputs=[fact.name for fact in FACTS])

    def of(self, facts: Mapping[str, Any]) -> Measured:
        """Return what facts say; every fact by name, dates as dates."""
        decided = decide(Applicant(applicant_id="", facts=dict(facts)), self.bundle)
        given = [facts[fact.name] for fact in FACTS]
        found = dict(zip(self._names, self._attributes(*given), strict=True))
        is_late = facts["trades_past_due"] != 0
        worst_days = facts["worst_past_due_days"]
        return Measured(
            days_late=worst_days if worst_days is not None or is_late else 0,
            late_count=facts["delinquencies_24m"],
            points=decided.values["score_points"],
            obligations_cents=found.get(OBLIGATIONS),
            monthly_income_cents=found.get(INCOME),
            bankruptcies=_bankruptcies(facts),
            state=facts["state"],
            has_alert=bool(facts["has_fraud_alert"] or facts["has_active_duty_alert"]),
        )


def _bankruptcies(facts: Mapping[str, Any]) -> int | None:
    """Return how many are on file; a dated one counts where the vintage kept no number."""
    count: int | None = facts["bankruptcies"]
    is_dated = facts["months_since_bankruptcy"] is not None
    return max(count or 0, 1) if is_dated else count


def own_days_late(exposure: Exposure, *, on: date) -> int:
    """Return days that the worst account with us is late on a day; one charged off is, for ever."""
    days = 0 if exposure.late_since is None else (on - exposure.late_since) // timedelta(days=1)
    return max(days, CHARGED_OFF_DAYS if exposure.has_charge_off else 0)


def promised(
    preconditions: Sequence[Precondition], measured: Measured, *, own_days_late: int
) -> tuple[Promised, ...]:
    """Return the preconditions with their values at issue; thresholds are plain numbers by then."""
    return tuple(_promised(one, measured, own_days_late) for one in preconditions)


def _promised(one: Precondition, measured: Measured, own_late: int) -> Promised:
    values: dict[Check, Value] = {
        Check.DELINQUENCY: max(measured.days_late or 0, own_late),
        Check.POINTS: measured.points,
        Check.OBLIGATIONS: measured.obligations_cents,
        Check.BANKRUPTCY: measured.bankruptcies or 0,
        Check.STATE: measured.state,
        Check.IDENTITY: CLEAR,
        Check.TERMS: OPEN,
    }
    threshold = one.threshold
    if one.threshold_income_bps is not None and threshold is not None:
        income_cents = measured.monthly_income_cents or 0
        threshold = max(threshold, floor_divide(income_cents * one.threshold_income_bps, 10_000))
    return Promised(
        code=one.code,
        check=one.check,
        source=one.source,
        wording=one.wording,
        cause_class=one.cause_class,
        threshold=threshold,
        value_at_issue=values[one.check],
        count_at_issue=measured.late_count if one.check is Check.DELINQUENCY else None,
        reason=one.reason,
    )


def judge(preconditions: Sequence[Promised], since: Since) -> tuple[Verdict, ...]:
    """Return a verdict on each precondition, in their order.

    >>> points = Promised(
    ...     code="C_POINTS", check=Check.POINTS, source="", wording="",
    ...     cause_class=CauseClass.CHANGED_FACTS, threshold=25, value_at_issue=620,
    ... )
    >>> nothing = Since(
    ...     measured=None, is_report_new=False, own_days_late=0, is_identity_clear=True, terms=OPEN
    ... )
    >>> judge([points], nothing)[0].state
    <State.NOT_RECHECKED: 'not_rechecked'>
    """
    return tuple(_CHECKS[one.check](one, since) for one in preconditions)


def _delinquency(one: Promised, since: Since) -> Verdict:
    """Own accounts are always looked at; those with others when a new report is read."""
    measured = since.measured if since.is_report_new else None
    days = since.own_days_late
    is_known = False
    if measured is not None:
        is_known = measured.days_late is not None or measured.late_count is not None
        days = max(days, measured.days_late or 0)
        if None not in (measured.late_count, one.count_at_issue):
            has_more = (measured.late_count or 0) > (one.count_at_issue or 0)
            # It may have been paid since; that it was so late is on file.
            days = max(days, _threshold(one)) if has_more else days
    then = _number(one.value_at_issue)
    if days >= _threshold(one) and days > then:
        return _verdict(one, State.FAILS, days)
    return _verdict(one, State.HOLDS, days) if is_known else _not_rechecked(one)


def _points(one: Promised, since: Since) -> Verdict:
    now = since.measured.points if since.measured else None
    return _compared(one, now, change=_number(one.value_at_issue) - _number(now))


def _obligations(one: Promised, since: Since) -> Verdict:
    now = since.measured.obligations_cents if since.measured else None
    return _compared(one, now, change=_number(now) - _number(one.value_at_issue))


def _compared(one: Promised, now: int | None, *, change: int) -> Verdict:
    if now is None or one.value_at_issue is None:
        return _not_rechecked(one)
    return _verdict(one, State.FAILS if change > _threshold(one) else State.HOLDS, now)


def _bankruptcy(one: Promised, since: Since) -> Verdict:
    measured = since.measured if since.is_report_new else None
    if measured is None or measured.bankruptcies is None:
        return _not_rechecked(one)
    has_more = measured.bankruptcies > _number(one.value_at_issue)
    return _verdict(one, State.FAILS if has_more else State.HOLDS, measured.bankruptcies)


def _state(one: Promised, since: Since) -> Verdict:
    now = since.measured.state if since.measured else None
    if now is None or one.value_at_issue is None:
        return _not_rechecked(one)
    return _verdict(one, State.HOLDS if now == one.value_at_issue else State.FAILS, now)


def _identity(one: Promised, since: Since) -> Verdict:
    if since.is_identity_clear:
        return _verdict(one, State.HOLDS, CLEAR)
    return _verdict(one, State.FAILS, NOT_CLEAR)


def _terms(one: Promised, since: Since) -> Verdict:
    return _verdict(one, State.HOLDS if since.terms == OPEN else State.FAILS, since.terms)


_CHECKS: Final = {
    Check.DELINQUENCY: _delinquency,
    Check.POINTS: _points,
    Check.OBLIGATIONS: _obligations,
    Check.BANKRUPTCY: _bankruptcy,
    Check.STATE: _state,
    Check.IDENTITY: _identity,
    Check.TERMS: _terms,
}


def _verdict(one: Promised, state: State, now: Value) -> Verdict:
    return Verdict(code=one.code, state=state, value_then=one.value_at_issue, value_now=now)


def _not_rechecked(one: Promised) -> Verdict:
    return _verdict(one, State.NOT_RECHECKED, None)


def _threshold(one: Promised) -> int:
    return one.threshold or 0


def _number(value: Value) -> int:
    return value if isinstance(value, int) else 0
