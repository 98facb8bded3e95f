"""Whether the two executors give the same decisions: every row, field by field."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import msgspec
import polars as pl

from wherewithal.qualify.bundle import PolicyBundle
from wherewithal.qualify.decide import Applicant, Decision, decide


class Agreement(msgspec.Struct, frozen=True, kw_only=True):
    """How many rows are equal in every field, and where the others differ."""

    rows: int
    agreeing: int
    fields: int
    #: Field -> rows in which it differs.
    differing: dict[str, int]

    @property
    def is_total(self) -> bool:
        """Return whether every field of every row is equal."""
        return self.agreeing == self.rows and not self.differing


def compare(
    facts: pl.DataFrame,
    decisions: pl.DataFrame,
    bundle: PolicyBundle,
    *,
    applicant_of: Callable[[pl.DataFrame, int], Applicant],
) -> Agreement:
    """Decide each row of the facts by the scalar executor and compare it with the frame's row.

    Shapes: facts (n,) and decisions (n, columns of a decision row), in the same order.
    A field that only one of the two has counts as different.
    """
    differing: Counter[str] = Counter()
    agreeing = 0
    if facts.height != decisions.height:
        differing["rows"] += abs(facts.height - decisions.height)
    for number, row in enumerate(decisions.iter_rows(named=True)):
        mine = _row(decide(applicant_of(facts, number), bundle))
        wrong = [
            name
            for name in mine.keys() | row.keys()
            if name not in mine or name not in row or mine[name] != row[name]
        ]
        agreeing += not wrong
        differing.update(wrong)
    return Agreement(
        rows=facts.height,
        agreeing=agreeing,
        fields=len(decisions.columns),
        differing=dict(sorted(differing.items())),
    )


def _row(decision: Decision) -> dict[str, object]:
    """Return the decision as a frame of decisions has it; the trace is the scalar's own."""
    return {
        **decision.values,
        "decision_id": decision.decision_id,
        "applicant_id": decision.applicant_id,
        "as_of": decision.as_of,
        "bundle_digest": decision.bundle_digest,
        "outcome": decision.outcome.value,
        "failure_cause": decision.failure_cause,
        "reasons": list(decision.reasons),
    }
