"""The gate before a bundle decides on anyone: executors agree on its thresholds, promises hold.

Rows are the bundle's own threshold corpora: one over attributes, where every rule of the tables can
be hit and the reference evaluates the models themselves, and one over facts for each edition, from
attributes to power. Golden cases and promises are kept in the same gate.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import product
from typing import Any

import msgspec

from wherewithal.dmn.agreement import Agreement, Reference, agreement, any_feel, missing_kernels
from wherewithal.dmn.corpus import Corpus, threshold_corpus
from wherewithal.dmn.diagnostics import Diagnostic
from wherewithal.dmn.feel.parser import parse_expression
from wherewithal.dmn.ir import Graph, Node, OutsideProfile
from wherewithal.dmn.program import Program, compile_models, flattened
from wherewithal.dmn.reference.engine import evaluate
from wherewithal.dmn.reference.expression import evaluate_expression
from wherewithal.dmn.types import number
from wherewithal.dmn.values import ContextValue, Value
from wherewithal.qualify import contract
from wherewithal.qualify.attributes import FILE as ATTRIBUTES_FILE
from wherewithal.qualify.bundle import PolicyBundle
from wherewithal.qualify.cases import GoldenCase, check_cases
from wherewithal.qualify.declared import keep_promises
from wherewithal.qualify.edition import FAILURE, Edition
from wherewithal.vocabulary.errors import BundleRefused, Problem
from wherewithal.vocabulary.facts import Use

#: Rows of each corpus, and those that the reference evaluates too, at some milliseconds each.
ROWS_MAX = 6_000
REFERENCE_ROWS = 80
#: At the start of a process: every rule of the tables, some hundred rows around thresholds.
ROWS_AT_START = 1_000
REFERENCE_ROWS_AT_START = 12
#: What the checks of tables say of a rule that nobody can reach.
_UNREACHABLE = ("unreachable_rule", "masked_rule", "never_holds")


class Gate(msgspec.Struct, frozen=True, kw_only=True):
    """What the gate found; a bundle with errors decides on nobody."""

    errors: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    #: Sentences that say what was proved of the bundle's promises, and how.
    promises: tuple[str, ...] = ()
    #: Golden cases that were decided.
    cases: int = 0
    #: Rows on which scalar and columnar were compared, and those by the reference among them.
    rows: int = 0
    reference_rows: int = 0
    #: Rules of all tables, and those that some row hits.
    rules: int = 0
    rules_hit: int = 0


def pass_at_start(bundle: PolicyBundle, *, days: Sequence[date]) -> None:
    """Refuse to serve a bundle whose gate fails: the same gate on fewer rows, in about a second.

    `days` are those of the editions to look at; golden cases are left to `policy check`.
    Errors: BundleRefused with everything that the gate found.
    """
    gate = pass_gate(
        bundle,
        days=days,
        rows_max=ROWS_AT_START,
        reference_rows=REFERENCE_ROWS_AT_START,
    )
    if gate.errors:
        raise BundleRefused(gate.errors)


def pass_gate(
    bundle: PolicyBundle,
    cases: Sequence[GoldenCase] = (),
    *,
    days: Sequence[date] | None = None,
    rows_max: int = ROWS_MAX,
    reference_rows: int = REFERENCE_ROWS,
) -> Gate:
    """Return whether a bundle may decide: its executors agree, its promises and cases hold.

    `days` are those of the editions to look at, None for all; `rows_max` bounds each corpus. Codes
    of errors: `no_kernel`, `executors_disagree`, those of golden cases and of promises; of
    warnings: `rule_never_hit`, those of promises.
    """
    days = bundle.edition_begins if days is None else days
    try:
        return _passed(bundle, cases, days, rows_max=rows_max, sample=reference_rows)
    except (KeyError, OutsideProfile):
        kernels = _kernel_problems(bundle, days)
        if not kernels:
            raise
        return Gate(errors=tuple(kernels))


def _passed(
    bundle: PolicyBundle,
    cases: Sequence[GoldenCase],
    days: Sequence[date],
    *,
    rows_max: int,
    sample: int,
) -> Gate:
    policy, corpus = _policy(bundle, rows_max=rows_max, sample=sample)
    found = [policy, _prices(bundle)]
    found += [
        _edition(bundle, bundle.edition(day), cases, rows_max=rows_max, sample=sample)
        for day in days
    ]
    promises = keep_promises(bundle)
    problems = [_problem(one, bundle) for part in found for one in part.problems]
    return Gate(
        errors=(*dict.fromkeys(problems), *check_cases(bundle, cases), *promises.errors),
        warnings=(*_never_hit(bundle, corpus), *promises.warnings),
        promises=promises.proved,
        cases=len(cases),
        rows=sum(part.rows for part in found),
        reference_rows=sum(part.by_reference for part in found),
        rules=len(corpus.rules),
        rules_hit=len(corpus.rules) - len(corpus.missed),
    )


def _kernel_problems(bundle: PolicyBundle, days: Sequence[date]) -> list[Problem]:
    """Return the ops that an executor cannot render, in what the bundle decides by."""
    nodes: list[Node] = [group for table in bundle.program.tables for group in table.groups]
    nodes += _values(bundle.program).values()
    found = missing_kernels(nodes)
    if found:
        # An edition cannot be made of them.
        return [_problem(one, bundle) for one in found]
    for day in days:
        edition = bundle.edition(day)
        found += missing_kernels([*edition.outputs.values(), *edition.traces.values()])
    return [_problem(one, bundle) for one in dict.fromkeys(found)]


def _values(program: Program) -> dict[str, Node]:
    """Return the nodes of all decisions, contexts by dotted name."""
    parts = (flattened(name, value) for name, value in program.decisions.items())
    return {name: node for part in parts for name, node in part.items()}


def _policy(bundle: PolicyBundle, *, rows_max: int, sample: int) -> tuple[Agreement, Corpus]:
    """Compare the models over attributes as free inputs, which the reference can evaluate too."""
    graph = Graph()
    inputs = {
        name: graph.input(name, attribute.node.type)
        for name, attribute in bundle.attributes.items()
        if attribute.uses <= {Use.CREDIT}
    }
    program = compile_models(
        bundle.models, graph=graph, inputs=inputs, only=list(bundle.program.decisions)
    )
    values = _values(program)
    corpus = threshold_corpus(graph, values, program.tables, rows_max=rows_max)
    compared = agreement(
        {**values, **_matches(program)},
        corpus.rows,
        inputs=corpus.inputs,
        reference=_by_models(bundle, program.decisions, inputs),
        sample=sample,
    )
    return compared, corpus


def _matches(program: Program) -> dict[str, Node]:
    return {
        f"matched rule of {table.decision} ({place})": group
        for table in program.tables
        for place, group in enumerate(table.groups, 1)
    }


def _by_models(
    bundle: PolicyBundle, decisions: Mapping[str, Value], inputs: Mapping[str, Node]
) -> Reference:
    """Return the reference of some decisions, in the order in which they need each other."""
    unread = {name: any_feel(node.type) for name, node in inputs.items()}
    owners = {decision.name: model for model in bundle.models for decision in model.decisions}

    def reference(given: Mapping[str, Any]) -> Mapping[str, Any]:
        known = {**unread, **given}
        found: dict[str, Any] = {}
        for name, value in decisions.items():
            meant = evaluate([owners[name]], name, known).value
            known[name] = meant
            found |= _flat(name, value, meant)
        return found

    return reference


def _flat(name: str, shape: Value, meant: Any) -> dict[str, Any]:
    """Return a value of the reference under the dotted names that a shape has."""
    if not isinstance(shape, ContextValue):
        return {name: meant} if isinstance(shape, Node) else {}
    entries = meant if isinstance(meant, Mapping) else {}
    parts = (_flat(f"{name}.{key}", one, entries.get(key)) for key, one in shape.entries.items())
    return {key: value for part in parts for key, value in part.items()}


def _prices(bundle: PolicyBundle) -> Agreement:
    """Compare the decision of prices on its whole grid of tiers and terms, by every executor."""
    graph = Graph()
    tier = bundle.program.node(contract.PRICING_TIER).type.not_null()
    plans = {plan for one in bundle.catalogue.products for plan in one.plans}
    terms = sorted({plan.law_term_months for plan in plans})
    nodes: dict[str, Value] = {
        contract.PRICING_TIER: graph.input(contract.PRICING_TIER, tier),
        contract.TERM_MONTHS: graph.input(contract.TERM_MONTHS, number(terms[0], terms[-1])),
    }
    program = compile_models(
        bundle.models, graph=graph, inputs={}, substitutions=nodes, only=[contract.PRICE]
    )
    shape = {contract.PRICE: program.decisions[contract.PRICE]}
    rows = list(product(sorted(tier.values or ()), terms))
    return agreement(
        flattened(contract.PRICE, shape[contract.PRICE]),
        rows,
        inputs={name: node.type for name, node in nodes.items() if isinstance(node, Node)},
        reference=_by_models(bundle, shape, {}),
        sample=len(rows),
    )


def _edition(
    bundle: PolicyBundle,
    edition: Edition,
    cases: Sequence[GoldenCase],
    *,
    rows_max: int,
    sample: int,
) -> Agreement:
    """Compare an edition from facts to power, and its attributes with the reference of FEEL."""
    attributes = {name: attribute.node for name, attribute in bundle.attributes.items()}
    outputs = {
        **{f"attribute '{name}'": node for name, node in attributes.items()},
        **edition.outputs,
        **edition.traces,
    }
    people = [
        {**case.facts, FAILURE: case.failure.value if case.failure else None} for case in cases
    ]
    # Every rule is hit over attributes already.
    corpus = threshold_corpus(bundle.graph, outputs, bases=people, rows_max=rows_max)
    return agreement(
        outputs, corpus.rows, inputs=corpus.inputs, reference=_by_feel(bundle), sample=sample
    )


def _by_feel(bundle: PolicyBundle) -> Reference:
    """Return the reference of the attributes, which are FEEL over facts, one after another."""
    names = [*bundle.facts]
    trees = []
    for name, attribute in bundle.attributes.items():
        trees.append((name, parse_expression(attribute.feel, names=names)))
        names.append(name)

    def reference(given: Mapping[str, Any]) -> Mapping[str, Any]:
        known = {**dict.fromkeys(bundle.facts), **given}
        for name, tree in trees:
            known[name] = evaluate_expression(tree, known)
        return {f"attribute '{name}'": known[name] for name, _ in trees}

    return reference


def _never_hit(bundle: PolicyBundle, corpus: Corpus) -> Iterator[Problem]:
    """Yield the rules that no row hits and that no check has told of; none if not all were sought.

    A rule may be sound by itself and left nobody by the decisions that its table reads.
    """
    told = [one.path for one in bundle.warnings if one.code in _UNREACHABLE]
    files = {decision.name: model.file for model in bundle.models for decision in model.decisions}
    for decision, rule in corpus.missed if corpus.is_sought else ():
        place = f"{files[decision]}: decision '{decision}', rule {rule}"
        if not any(path == place or path.startswith(f"{place},") for path in told):
            message = (
                f"no one of {len(corpus.rows):,} rows around the thresholds hits it; do other rules"
                " and the decisions before it leave it anyone?"
            )
            yield Problem(code="rule_never_hit", path=place, message=message)


def _problem(diagnostic: Diagnostic, bundle: PolicyBundle) -> Problem:
    """Return a diagnostic as a problem, at the decision that it is about if it is about one."""
    files = {decision.name: model.file for model in bundle.models for decision in model.decisions}
    place = diagnostic.place
    name = place.removeprefix("output '")
    name = name[:-1] if name != place else name
    decision = name.removeprefix("matched rule of ").partition(" (")[0].partition(".")[0]
    decision = decision.partition("#")[0]
    if decision in files:
        part = f", {name}" if name != decision else ""
        place = f"{files[decision]}: decision '{decision}'{part}"
    elif name.startswith("attribute '"):
        place = f"{ATTRIBUTES_FILE}: {name}"
    code = diagnostic.code.replace("-", "_")
    return Problem(code=code, path=place, message=diagnostic.message)
