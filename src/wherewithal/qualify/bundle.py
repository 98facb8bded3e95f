"""A policy bundle: models, attributes, catalogue, law and reasons, named by its digest.

Drafts are bytes; a `PolicyBundle` is what passed every check, and is never changed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from wherewithal.dmn.checks.model_checks import Proved
from wherewithal.dmn.diagnostics import Diagnostic, Example, Severity
from wherewithal.dmn.ir import Graph, Node
from wherewithal.dmn.model import Model
from wherewithal.dmn.program import Program, compile_models
from wherewithal.dmn.reader import read_model
from wherewithal.dmn.scalar import compile_scalar
from wherewithal.dmn.types import number, text
from wherewithal.qualify import contract
from wherewithal.qualify.attributes import FILE as ATTRIBUTES_FILE
from wherewithal.qualify.attributes import Attribute, compile_attributes, fact_nodes
from wherewithal.qualify.bundle_checks import (
    contract_problems,
    reason_problems,
    table_findings,
    table_problems,
    told_once,
    unused_decisions,
)
from wherewithal.qualify.change_words import FILE as CHANGES_FILE
from wherewithal.qualify.change_words import PLAIN_GROUPS, ChangeGroup, read_changes
from wherewithal.qualify.declared import FILE as CHECKS_FILE
from wherewithal.qualify.declared import Monotone, read_declared
from wherewithal.qualify.edition import Edition, compile_edition
from wherewithal.qualify.preconditions import FILE as COMMITMENTS_FILE
from wherewithal.qualify.preconditions import NO_COMMITMENTS, CommitmentTerms, read_commitments
from wherewithal.qualify.pricing import Grid
from wherewithal.qualify.raise_moves import FILE as RAISES_FILE
from wherewithal.qualify.raise_moves import NO_RAISES, RaiseTerms, read_raises
from wherewithal.vocabulary.errors import BundleRefused, Problem
from wherewithal.vocabulary.facts import Use
from wherewithal.vocabulary.law import Law
from wherewithal.vocabulary.product import Catalogue
from wherewithal.vocabulary.reason import Reasons


@dataclass(repr=False, slots=True, kw_only=True)
class PolicyBundle:
    """Everything that a decision depends on besides the person and the day."""

    #: SHA-256 over the names and contents of the bundle's files.
    digest: str
    catalogue: Catalogue
    law: Law
    reasons: Reasons
    models: tuple[Model, ...]
    graph: Graph
    facts: Mapping[str, Node]
    attributes: Mapping[str, Attribute]
    program: Program
    grid: Grid
    warnings: tuple[Problem, ...]
    #: What is so and no fault: where no rule of a list matches, what could not be analysed.
    notes: tuple[Problem, ...] = ()
    #: What the bundle declares of itself; `declared.keep_promises` proves or refutes it.
    promises: tuple[Monotone, ...] = ()
    #: What must stay true for a commitment; without preconditions the bundle cannot commit.
    commitments: CommitmentTerms = NO_COMMITMENTS
    #: What may move between two decisions, in words, in the order of attribution.
    changes: tuple[ChangeGroup, ...] = PLAIN_GROUPS
    #: What could raise a power; without moves nothing is told.
    raises: RaiseTerms = NO_RAISES
    _editions: dict[date, Edition] = field(default_factory=dict)
    _begins: tuple[date, ...] = ()

    def __repr__(self) -> str:
        """Return the bundle by its name; all of it would fill a book."""
        return f"<PolicyBundle {self.digest[:12]}>"

    def edition(self, on: date) -> Edition:
        """Return the bundle as it stands on a day: law rows and programs are dated."""
        begin = self.edition_begin(on)
        if begin not in self._editions:
            self._editions[begin] = compile_edition(self, on=begin)
        return self._editions[begin]

    def edition_begin(self, on: date) -> date:
        """Return the first day of the edition that holds on a day."""
        if not self._begins:
            self._begins = edition_begins(self.catalogue, self.law)
        return max((begin for begin in self._begins if begin <= on), default=date.min)

    @property
    def edition_begins(self) -> tuple[date, ...]:
        """Return the first days of all editions, ascending; before the first nothing is offered."""
        self.edition_begin(date.min)
        return self._begins


def edition_begins(catalogue: Catalogue, law: Law) -> tuple[date, ...]:
    """Return the days on which a law row or a house program begins or ends."""
    programs = [product.house_program for product in catalogue.products]
    dated = [(row.date_from, row.date_to) for row in law.rows]
    dated += [(program.date_from, program.date_to) for program in programs]
    return tuple(sorted({day for pair in dated for day in pair if day is not None}))


def digest_of(files: Mapping[str, bytes]) -> str:
    """Return the digest of a bundle: SHA-256 over each file's name and content, by name."""
    whole = hashlib.sha256()
    for name in sorted(files):
        whole.update(name.encode() + b"\0" + hashlib.sha256(files[name]).digest())
    return whole.hexdigest()


def compile_bundle(
    files: Mapping[str, bytes], *, catalogue: Catalogue, law: Law, reasons: Reasons
) -> PolicyBundle:
    """Return the bundle made of these files, or refuse it with everything that is wrong.

    `files` are all files of the folder by relative name; models are those ending in `.dmn`.
    Errors: BundleRefused with all problems at once.
    """
    draft = _compile(files, catalogue=catalogue, reasons=reasons)
    if draft.problems:
        raise BundleRefused(draft.problems)
    return PolicyBundle(
        digest=digest_of(files),
        catalogue=catalogue,
        law=law,
        reasons=reasons,
        models=tuple(draft.models),
        graph=draft.program.graph,
        facts=draft.facts,
        attributes=draft.attributes,
        program=draft.program,
        grid=draft.grid,
        warnings=tuple(draft.warnings),
        notes=tuple(draft.notes),
        promises=draft.promises,
        commitments=draft.commitments,
        changes=draft.changes,
        raises=draft.raises,
    )


def problems_of_files(
    files: Mapping[str, bytes], *, catalogue: Catalogue | None, reasons: Reasons | None
) -> tuple[Problem, ...]:
    """Return what is wrong with models and attributes, where other files are refused already.

    `catalogue` and `reasons` are None where their own file could not be used.
    """
    return tuple(_compile(files, catalogue=catalogue, reasons=reasons).problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    """What was made of a bundle's files, sound or not."""

    facts: Mapping[str, Node]
    attributes: Mapping[str, Attribute]
    models: Sequence[Model]
    program: Program
    grid: Grid
    problems: Sequence[Problem]
    warnings: Sequence[Problem]
    notes: Sequence[Problem]
    promises: tuple[Monotone, ...]
    commitments: CommitmentTerms
    changes: tuple[ChangeGroup, ...]
    raises: RaiseTerms


def _compile(
    files: Mapping[str, bytes], *, catalogue: Catalogue | None, reasons: Reasons | None
) -> _Draft:
    graph = Graph()
    facts = fact_nodes(graph)
    compiled = compile_attributes(files.get(ATTRIBUTES_FILE), graph=graph, facts=facts)
    attributes, problems = compiled.attributes, list(compiled.problems)
    models, diagnostics, are_models_whole = _read_models(files)
    allowed = {n: a.node for n, a in attributes.items() if a.uses <= {Use.CREDIT}}
    only = [d.name for model in models for d in model.decisions if d.name != contract.PRICE]
    program = compile_models(models, graph=graph, inputs=allowed, only=only)
    diagnostics += program.diagnostics
    grid: Grid = {}
    columns: Proved = {}
    price_warnings: Sequence[Diagnostic] = ()
    if catalogue is not None and contract.PRICING_TIER in program.decisions:
        grid, priced = _grid(models, tiers=_tiers(program), catalogue=catalogue)
        diagnostics += priced.diagnostics
        columns, price_warnings = priced.columns, priced.warnings
    findings = table_findings(models, program=program, columns=columns, known=diagnostics)
    if are_models_whole:
        problems += contract_problems(program, models, findings)
        findings += unused_decisions(models)
    diagnostics += [*findings, *program.warnings, *price_warnings]
    problems += [*table_problems(models), *reason_problems(models, reasons)]
    promises, broken_promises = read_declared(
        files.get(CHECKS_FILE),
        # What is missing or broken among these is told where it should stand.
        decisions={d.name for model in models for d in model.decisions} | {*contract.REQUIRED},
        attributes={*attributes, *compiled.broken},
    )
    problems += broken_promises if are_models_whole and compiled.is_whole else []
    commitments, unfit = read_commitments(
        files.get(COMMITMENTS_FILE),
        attributes={*attributes, *compiled.broken},
        reasons=None if reasons is None else reasons.by_code,
    )
    # What attributes lack is told where they stand.
    problems += unfit if compiled.is_whole else []
    changes, unworded = read_changes(files.get(CHANGES_FILE))
    raises, unsound = read_raises(files.get(RAISES_FILE))
    problems += [*unworded, *unsound]
    diagnostics = told_once(
        diagnostics,
        attributes=attributes,
        broken={*compiled.broken, *contract.REQUIRED},
        is_whole=are_models_whole and compiled.is_whole,
    )
    problems += [problem_of(one) for one in diagnostics if one.severity is Severity.ERROR]
    warnings = [problem_of(one) for one in diagnostics if one.severity is Severity.WARNING]
    return _Draft(
        facts=facts,
        attributes=attributes,
        models=models,
        program=program,
        grid=grid,
        problems=list(dict.fromkeys(problems)),
        warnings=[*compiled.warnings, *warnings, *_unused(attributes, program)],
        notes=[problem_of(one) for one in diagnostics if one.severity is Severity.NOTE],
        promises=promises,
        commitments=commitments,
        changes=changes,
        raises=raises,
    )


def _read_models(files: Mapping[str, bytes]) -> tuple[list[Model], list[Diagnostic], bool]:
    """Return the models, what is wrong with them, and whether every file is one."""
    names = sorted(name for name in files if name.endswith(".dmn"))
    read = [read_model(files[name], file=name) for name in names]
    models = [model for model, _ in read if model is not None]
    diagnostics = [diagnostic for _, found in read for diagnostic in found]
    return models, diagnostics, 0 < len(models) == len(names)


def _tiers(program: Program) -> tuple[str, ...]:
    return tuple(sorted(program.node(contract.PRICING_TIER).type.values or ()))


def _grid(
    models: Sequence[Model], *, tiers: Sequence[str], catalogue: Catalogue
) -> tuple[Grid, Program]:
    """Evaluate Price for every tier and term: it may read nothing else, so it is a grid."""
    plans = {plan for product in catalogue.products for plan in product.plans}
    terms = sorted({plan.law_term_months for plan in plans})
    graph = Graph()
    inputs = {
        contract.PRICING_TIER: graph.input(contract.PRICING_TIER, text(frozenset(tiers))),
        contract.TERM_MONTHS: graph.input(contract.TERM_MONTHS, number(terms[0], terms[-1])),
    }
    found = compile_models(
        models, graph=graph, inputs={}, substitutions=dict(inputs), only=[contract.PRICE]
    )
    value = found.decisions.get(contract.PRICE)
    if found.diagnostics or not isinstance(value, Node):
        return {}, found
    price = compile_scalar({contract.PRICE: value}, inputs=list(inputs))
    rates = {(tier, term): price(tier, term)[0] for tier in tiers for term in terms}
    return {key: rate for key, rate in rates.items() if rate is not None}, found


def _unused(attributes: Mapping[str, Attribute], program: Program) -> list[Problem]:
    return [
        Problem(
            code="unused_attribute",
            path=f"{ATTRIBUTES_FILE} '{name}'",
            message="no model reads this attribute",
        )
        for name in attributes
        if name not in program.inputs_read
    ]


class ModelProblem(Problem, frozen=True, kw_only=True):
    """A problem of a model, with the row that shows it."""

    example: Example | None = None


def problem_of(diagnostic: Diagnostic) -> ModelProblem:
    """Return a diagnostic of `dmn`, which has codes of its own, in its own spelling."""
    return ModelProblem(
        code=diagnostic.code.replace("-", "_"),
        path=diagnostic.place,
        message=diagnostic.message,
        example=diagnostic.example,
    )
