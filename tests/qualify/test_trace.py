"""The trace of the policy that ships: the same by every executor, on golden cases and borrowers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import polars as pl
import pytest

from tests.conformance.executors import feel
from tests.conformance.tracing import as_text, by_frame, joined
from wherewithal.dmn.columnar import compile_columnar
from wherewithal.dmn.reference.engine import evaluate
from wherewithal.dmn.reference.json_values import from_python
from wherewithal.dmn.scalar import compile_scalar
from wherewithal.dmn.trace import merged
from wherewithal.dmn.trace_columns import rule_columns
from wherewithal.dmn.trace_plan import compile_traced
from wherewithal.qualify.cases import facts_frame
from wherewithal.qualify.decide import Applicant, decide, trace_decision
from wherewithal.sources.cases import load_cases
from wherewithal.vocabulary.facts import Use

CASES = load_cases(Path(__file__).parents[2] / "policies" / "everyday")


@pytest.fixture(scope="module")
def people(borrowers: pl.DataFrame) -> pl.DataFrame:
    """Return some borrowers from all over the file."""
    return borrowers.gather_every(1_300)


def interpreted(rows: list[dict[str, Any]], bundle) -> list[str]:
    """Return the traces by the reference, of the models over each row's attributes."""
    seen = {n: a.node for n, a in bundle.attributes.items() if a.uses <= {Use.CREDIT}}
    attributes = compile_scalar(seen, inputs=tuple(bundle.facts))
    models = joined(bundle.models)
    found = []
    for row in rows:
        values = attributes(*(row[name] for name in bundle.facts))
        given = {
            name: from_python(feel(value, node.type))
            for (name, node), value in zip(seen.items(), values, strict=True)
        }
        traces = [
            evaluate(models, step.name, given, namespace=step.file).trace
            for step in bundle.program.steps
        ]
        found.append(as_text(merged(traces)))
    return found


def test_golden_cases_have_one_trace(bundle):
    rows = [case.facts for case in CASES if case.failure is None]
    function = compile_traced(bundle.program, inputs=tuple(bundle.facts))
    scalar = [as_text(function(*(row[name] for name in bundle.facts))) for row in rows]
    meant = interpreted(rows, bundle)
    assert scalar == meant
    people = [Applicant(applicant_id="a", facts=row) for row in rows]
    assert by_frame(bundle.program, facts_frame(people).select(bundle.facts.keys())) == meant


def test_borrowers_have_one_trace(bundle, people):
    rows = people.rows(named=True)
    function = compile_traced(bundle.program, inputs=tuple(bundle.facts))
    scalar = [as_text(function(*(row[name] for name in bundle.facts))) for row in rows]
    meant = interpreted(rows, bundle)
    assert scalar == meant
    assert by_frame(bundle.program, people.select(bundle.facts.keys())) == meant


def test_a_trace_says_what_the_case_agreed(bundle):
    for case in CASES[:20]:
        applicant = Applicant(applicant_id="a", facts=case.facts, failure=case.failure)
        trace = msgspec.json.decode(as_text(trace_decision(applicant, bundle)))
        matched = {
            step["name"]: tuple(
                rule["number"] for table in step["steps"] for rule in table["rules"]
            )
            for step in trace["steps"]
            if step["steps"]
        }
        assert {name: matched.get(name, ()) for name in case.matched} == case.matched


def test_matched_rules_are_columns_of_the_pass_that_decides(bundle, borrowers):
    edition = bundle.edition(borrowers["as_of"].max())
    rules = rule_columns(bundle.program)
    plan = compile_columnar({**edition.outputs, **rules.nodes}, inputs=edition.inputs)
    some = borrowers.gather_every(200)
    found = rules.gathered(plan.run(some))
    assert found.select(edition.outputs.keys()).equals(edition.columnar.run(some))
    for row, numbers in zip(some.rows(named=True), found.rows(named=True), strict=True):
        decision = decide(Applicant(applicant_id="a", facts=row), bundle)
        assert {n: tuple(numbers[f"{n}.rules"]) for n in decision.matched} == decision.matched
