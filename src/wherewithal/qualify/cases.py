"""Golden cases: people made up for review, and what the policy must decide on them.

A case is part of its bundle: whoever changes a table sees at once which of the agreed answers
change. Every case is decided by both executors, one person at a time and all of them in a frame.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
import polars as pl

from wherewithal.dmn.diagnostics import near_miss
from wherewithal.qualify.bundle import PolicyBundle
from wherewithal.qualify.decide import Applicant, Decision, decide
from wherewithal.qualify.decide_frame import decide_frame
from wherewithal.vocabulary.errors import Problem
from wherewithal.vocabulary.facts import FACTS, FactType
from wherewithal.vocabulary.outcome import Outcome

_DTYPES: dict[FactType, type[pl.DataType]] = {
    FactType.INTEGER: pl.Int64,
    FactType.BOOLEAN: pl.Boolean,
    FactType.DATE: pl.Date,
    FactType.ENUMERATION: pl.String,
}


class GoldenCase(msgspec.Struct, frozen=True, kw_only=True):
    """One person and the decision that was agreed on."""

    #: `cases/tiers.toml:17`, for messages.
    place: str
    #: A sentence.
    name: str
    #: Every name of FACTS; None is unknown.
    facts: dict[str, Any]
    failure: Outcome | None
    outcome: Outcome
    #: In order; empty means that none is given.
    reasons: tuple[str, ...]
    #: Columns of the decision row by name; those that are not here may be anything.
    row: dict[str, Any]
    #: Nothing was decided: every amount, the points and the tier are null, not zero.
    is_all_unknown: bool = False
    #: Decision -> numbers of the rules of its table that match, ascending.
    matched: dict[str, tuple[int, ...]] = {}


def check_cases(bundle: PolicyBundle, cases: Sequence[GoldenCase]) -> list[Problem]:
    """Return everything in which the bundle's decisions differ from its cases.

    Codes: `case_failed`; `executors_disagree`; `unknown_reason`, `unknown_column` and
           `unknown_decision` where a case asks for what the bundle does not have.
    """
    if not cases:
        return []
    problems: list[Problem] = []
    applicants = [
        Applicant(applicant_id=str(number), facts=case.facts, failure=case.failure)
        for number, case in enumerate(cases)
    ]
    rows = decide_frame(facts_frame(applicants), bundle).to_dicts()
    for case, applicant, row in zip(cases, applicants, rows, strict=True):
        decision = decide(applicant, bundle)
        problems += _unknown_names(case, decision, bundle)
        problems += _differences(case, decision)
        problems += _disagreements(case, decision, row)
    return problems


def facts_frame(applicants: Sequence[Applicant]) -> pl.DataFrame:
    """Return the facts frame of some applicants, in their order."""
    facts = [
        pl.Series(fact.name, [one.facts[fact.name] for one in applicants], _DTYPES[fact.type])
        for fact in FACTS
    ]
    failures = [one.failure.value if one.failure else None for one in applicants]
    return pl.DataFrame(
        [
            pl.Series("applicant_id", [one.applicant_id for one in applicants], pl.String),
            *facts,
            pl.Series("failure", failures, pl.String),
            pl.Series("failure_cause", [one.failure_cause for one in applicants], pl.String),
        ]
    )


def _unknown_names(case: GoldenCase, decision: Decision, bundle: PolicyBundle) -> Iterator[Problem]:
    asked = (
        ("reason", case.reasons, bundle.reasons.by_code),
        ("column", case.row, decision.values),
        # A person who was not decided has no trace, so the tables are asked for, not the trace.
        ("decision", case.matched, {table.decision for table in bundle.program.tables}),
    )
    for what, names, known in asked:
        for name in names:
            if name not in known:
                message = f"no {what} of this bundle is named '{name}'{near_miss(name, known)}"
                yield _problem(f"unknown_{what}", case, message)


def _differences(case: GoldenCase, decision: Decision) -> Iterator[Problem]:
    expected: dict[str, Any] = {"outcome": case.outcome.value, "reasons": case.reasons}
    found: dict[str, Any] = {"outcome": decision.outcome.value, "reasons": decision.reasons}
    expected |= case.row
    if case.is_all_unknown:
        expected |= dict.fromkeys(decision.values)
    found |= decision.values
    expected |= {f"matched rules of {name}": rules for name, rules in case.matched.items()}
    found |= {f"matched rules of {name}": rules for name, rules in decision.matched.items()}
    for name, value in expected.items():
        if name in found and found[name] != value:
            message = f"{name}: expected {_shown(value)}, decided {_shown(found[name])}"
            yield _problem("case_failed", case, message)
        elif name.startswith("matched") and name not in found and value:
            yield _problem("case_failed", case, f"{name}: expected {_shown(value)}, decided none")


def _disagreements(
    case: GoldenCase, decision: Decision, row: Mapping[str, Any]
) -> Iterator[Problem]:
    one = {
        **decision.values,
        "decision_id": decision.decision_id,
        "outcome": decision.outcome.value,
        "reasons": list(decision.reasons),
    }
    for name, value in one.items():
        if row[name] != value:
            message = f"{name}: {_shown(value)} for one person, {_shown(row[name])} in a frame"
            yield _problem("executors_disagree", case, message)


def _shown(value: Any) -> str:
    if value is None:
        return "unknown"
    if isinstance(value, (tuple, list)):
        return ", ".join(map(str, value)) or "none"
    return f"{value:,}" if isinstance(value, int) else str(value)


def _problem(code: str, case: GoldenCase, message: str) -> Problem:
    return Problem(code=code, path=case.place, message=f"'{case.name}': {message}")
