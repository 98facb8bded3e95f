"""A policy bundle: models, attributes, catalogue, law and reasons, named by its digest.

Drafts are bytes; a `PolicyBundle` is what passed every check, and is never changed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from wherewithal.dmn.diagnostics import Diagnostic, Severity
from wherewithal.dmn.ir import Graph, Node
from wherewithal.dmn.model import Model
from wherewithal.dmn.program import Program, compile_models
from wherewithal.dmn.reader import read_model
from wherewithal.dmn.scalar import compile_scalar
from wherewithal.dmn.types import number, text
from wherewithal.qualify import contract
from wherewithal.qualify.attributes import FILE as ATTRIBUTES_FILE
from wherewithal.qualify.attributes import Attribute, compile_attributes, fact_nodes
from wherewithal.qualify.edition import Edition, compile_edition
from wherewithal.qualify.pricing import Grid
from wherewithal.vocabulary.errors import BundleRefused, Problem
from wherewithal.vocabulary.facts import FACTS_BY_NAME, Use
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
    graph = Graph()
    facts = fact_nodes(graph)
    problems: list[Problem] = []
    attributes: dict[str, Attribute] = {}
    if ATTRIBUTES_FILE in files:
        attributes, problems = compile_attributes(files[ATTRIBUTES_FILE], graph=graph, facts=facts)
    else:
        problems.append(_problem("missing_file", ATTRIBUTES_FILE, "the bundle has no such file"))
    models, diagnostics = _read_models(files)
    allowed = {n: a.node for n, a in attributes.items() if a.uses <= {Use.CREDIT}}
    grid: Grid = {}
    only = [d.name for model in models for d in model.decisions if d.name != contract.PRICE]
    program = compile_models(models, graph=graph, inputs=allowed, only=only)
    diagnostics += [_explained(d, attributes) for d in program.diagnostics]
    problems += _contract_problems(program, models)
    if contract.PRICING_TIER in program.decisions:
        grid, found = _grid(models, tiers=_tiers(program), catalogue=catalogue)
        diagnostics += found
    problems += _reason_problems(program, reasons)
    problems += [
        _of(diagnostic) for diagnostic in diagnostics if diagnostic.severity is Severity.ERROR
    ]
    if problems:
        raise BundleRefused(_unique(problems))
    warnings = [_of(d) for d in diagnostics if d.severity is Severity.WARNING]
    warnings += _unused(attributes, program)
    return PolicyBundle(
        digest=digest_of(files),
        catalogue=catalogue,
        law=law,
        reasons=reasons,
        models=tuple(models),
        graph=graph,
        facts=facts,
        attributes=attributes,
        program=program,
        grid=grid,
        warnings=tuple(warnings),
    )


def _read_models(files: Mapping[str, bytes]) -> tuple[list[Model], list[Diagnostic]]:
    models: list[Model] = []
    diagnostics: list[Diagnostic] = []
    for name in sorted(files):
        if name.endswith(".dmn"):
            model, found = read_model(files[name], file=name)
            diagnostics += found
            if model is not None:
                models.append(model)
    return models, diagnostics


def _tiers(program: Program) -> tuple[str, ...]:
    return tuple(sorted(program.node(contract.PRICING_TIER).type.values or ()))


def _grid(
    models: Sequence[Model], *, tiers: Sequence[str], catalogue: Catalogue
) -> tuple[dict[tuple[str, int], int], list[Diagnostic]]:
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
        return {}, list(found.diagnostics)
    price = compile_scalar({contract.PRICE: value}, inputs=list(inputs))
    rates = {(tier, term): price(tier, term)[0] for tier in tiers for term in terms}
    return {key: rate for key, rate in rates.items() if rate is not None}, []


def _contract_problems(program: Program, models: Sequence[Model]) -> list[Problem]:
    written = {decision.name for model in models for decision in model.decisions}
    problems = [
        _problem(
            "missing_decision", "bundle", f"no model decides '{name}', which every bundle must"
        )
        for name in (*contract.REQUIRED, contract.PRICE)
        if name not in written
    ]
    for name, kind in contract.REQUIRED.items():
        value = program.decisions.get(name)
        if value is None:
            continue
        if not isinstance(value, Node) or value.type.kind is not kind:
            found = value.type.kind.value if isinstance(value, Node) else "context"
            message = f"must yield a {kind.value}, not a {found}"
            problems.append(_problem("wrong_type", f"decision '{name}'", message))
    return problems


def _reason_problems(program: Program, reasons: Reasons) -> list[Problem]:
    problems = [
        _problem("missing_reason", "reasons.toml", f"needs a reason {code}: the core gives it")
        for code in contract.CORE_REASONS
        if code not in reasons.by_code
    ]
    for compiled in program.tables:
        for rule in compiled.table.rules:
            code = dict(rule.annotations).get(contract.REASON, "").strip()
            if code and code not in reasons.by_code:
                place = f"decision '{compiled.decision}', rule {rule.number}"
                message = f"reason '{code}' has no wording in reasons.toml"
                problems.append(_problem("unknown_reason", place, message))
    return problems


def _explained(diagnostic: Diagnostic, attributes: Mapping[str, Attribute]) -> Diagnostic:
    """Say why an input is not there, where law or purpose forbids it."""
    if diagnostic.code != "unknown_input":
        return diagnostic
    name = diagnostic.message.split("'")[1]
    uses: frozenset[Use] = frozenset()
    if name in attributes:
        uses = attributes[name].uses
    elif name in FACTS_BY_NAME:
        uses = frozenset((FACTS_BY_NAME[name].use,))
    forbidden = sorted(use.value for use in uses - {Use.CREDIT})
    if not forbidden:
        return diagnostic
    message = (
        f"'{name}' may be used for {' and '.join(forbidden)} only; a policy table cannot read it"
        " (12 CFR 1002.6(b)); take it out of the table"
    )
    return Diagnostic(
        code="forbidden_use",
        severity=Severity.ERROR,
        place=diagnostic.place,
        message=message,
    )


def _unused(attributes: Mapping[str, Attribute], program: Program) -> list[Problem]:
    return [
        _problem("unused_attribute", f"{ATTRIBUTES_FILE} '{name}'", "no model reads this attribute")
        for name in attributes
        if name not in program.inputs_read
    ]


def _of(diagnostic: Diagnostic) -> Problem:
    return _problem(diagnostic.code, diagnostic.place, diagnostic.message)


def _problem(code: str, path: str, message: str) -> Problem:
    return Problem(code=code, path=path, message=message)


def _unique(problems: Sequence[Problem]) -> list[Problem]:
    return list(dict.fromkeys(problems))
