"""One decision, by the scalar executor."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

import msgspec

from wherewithal.dmn.trace import Trace
from wherewithal.dmn.trace_plan import compile_traced
from wherewithal.qualify.bundle import PolicyBundle
from wherewithal.qualify.identity import decision_id
from wherewithal.vocabulary.facts import FACTS
from wherewithal.vocabulary.outcome import Outcome


class Applicant(msgspec.Struct, frozen=True, kw_only=True):
    """What a source read of one person: every fact by name, or why it could not."""

    applicant_id: str
    #: Every name of FACTS; None is unknown.
    facts: dict[str, Any]
    failure: Outcome | None = None
    #: Free of personal data.
    failure_cause: str | None = None

    @property
    def as_of(self) -> datetime.date | None:
        """Return the day on which the facts were true; None where even that could not be read."""
        day: datetime.date | None = self.facts["as_of"]
        return day


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """What was decided, with all that a decision row carries and the rules that matched."""

    decision_id: str
    applicant_id: str
    as_of: datetime.date | None
    bundle_digest: str
    outcome: Outcome
    failure_cause: str | None
    #: Reason codes in order, at most four.
    reasons: tuple[str, ...]
    #: The columns of a decision row, by name; null is unknown.
    values: dict[str, Any]
    #: Decision -> numbers of the rules that matched, ascending.
    matched: dict[str, tuple[int, ...]]
    #: The typed failure that it was decided on.
    failure: Outcome | None = None


def decide(
    applicant: Applicant, bundle: PolicyBundle, *, on: datetime.date | None = None
) -> Decision:
    """Decide for one person.

    `on` is the day whose law and programs count; by itself it is the day of the facts.
    Null:   unknown facts are null and stay so; a typed failure has no powers, not zero ones.
    Source: DESIGN 4, pipeline. The same graph as `decide_frame`, rendered as Python.
    """
    edition = bundle.edition(on or applicant.as_of or datetime.date.min)
    failure = applicant.failure.value if applicant.failure else None
    given = [*(applicant.facts[fact.name] for fact in FACTS), failure]
    results = edition.scalar(*given)
    values = dict(zip(edition.outputs, results, strict=False))
    traces = dict(zip(edition.traces, results[len(edition.outputs) :], strict=True))
    outcome = Outcome(values.pop("outcome"))
    key, has_reasons = values.pop("reason_key"), values.pop("has_reasons")
    reasons = edition.signature.explain(key) if has_reasons else ()
    return Decision(
        decision_id=decision_id(applicant.facts, failure=failure, bundle_digest=bundle.digest),
        applicant_id=applicant.applicant_id,
        as_of=applicant.as_of,
        bundle_digest=bundle.digest,
        outcome=outcome,
        failure_cause=applicant.failure_cause,
        reasons=reasons,
        values=values,
        matched=_matched(traces) if failure is None else {},
        failure=applicant.failure,
    )


def trace_decision(applicant: Applicant, bundle: PolicyBundle) -> Trace:
    """Return how the policy came to its decisions: what its tables saw, and which rules matched.

    It shows the values of attributes, and nothing that policy tables cannot see. A typed failure,
    which no table decides, has no steps.
    """
    if applicant.failure is not None:
        return Trace(steps=())
    function = compile_traced(bundle.program, inputs=tuple(bundle.facts))
    return function(*(applicant.facts[name] for name in bundle.facts))


def _matched(traces: Mapping[str, int]) -> dict[str, tuple[int, ...]]:
    found: dict[str, list[int]] = {}
    for name, number in traces.items():
        rules = found.setdefault(name.rsplit("#", 1)[0], [])
        if number:
            rules.append(number)
    return {decision: tuple(sorted(rules)) for decision, rules in found.items()}
