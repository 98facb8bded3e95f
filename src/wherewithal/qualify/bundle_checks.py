"""What a bundle must be besides well written: complete, within bounds, each mistake told once."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from wherewithal.dmn.checks.model_checks import Proved, check_models
from wherewithal.dmn.diagnostics import Diagnostic, Severity, near_miss, warning
from wherewithal.dmn.model import DecisionTable, Model
from wherewithal.dmn.ops import Node
from wherewithal.dmn.program import Program
from wherewithal.qualify import contract
from wherewithal.qualify.attributes import Attribute
from wherewithal.vocabulary.errors import Problem
from wherewithal.vocabulary.facts import FACTS_BY_NAME, Use
from wherewithal.vocabulary.reason import Reasons

_WHOLE = re.compile(r"-?[0-9]+")
#: What lowering says of a table whose rules the reader has counted already.
MISCOUNTED = "does not have one cell for each column"


#: What null means where it is no mistake: a price that is not offered, no rule that knocks out.
NULL_IS_MEANT = (contract.PRICE, contract.KNOCK_OUTS)
_GAP = "gap"
_OVERLAPS = ("overlap", "conflict")
_REMEDY = "; add a rule"


def table_findings(
    models: Sequence[Model], *, program: Program, columns: Proved, known: Sequence[Diagnostic]
) -> list[Diagnostic]:
    """Return what is found of the compiled tables, each beside what is `known` already.

    `columns` are the types of more tables. A gap refuses the bundle where null may not be decided,
    and is no finding where null is meant, or where it only follows from a decision before it. Of a
    table whose inputs or hit policy are wrong nothing is found; that comes first.
    """
    told = {(one.place, one.severity) for one in known}
    broken = {
        _decision(one)
        for one in known
        if one.severity is Severity.ERROR and ", rule " not in one.place
    }
    requires = _requires(models)
    nullable = _nullable(program)
    found = []
    for one in check_models(models, proved={**columns, **program.columns}):
        name = _decision(one)[1]
        if (one.place, one.severity) in told or _decision(one) in broken:
            continue
        if one.code != _GAP:
            found.append(one)
        elif name in NULL_IS_MEANT or not nullable.isdisjoint(requires.get(name, ())):
            continue
        elif name in contract.ALWAYS:
            message = f"{one.message.partition(_REMEDY)[0]}{_REMEDY}: this decision may not be null"
            found.append(replace(one, severity=Severity.ERROR, message=message))
        else:
            found.append(one)
    return found


def _requires(models: Sequence[Model]) -> dict[str, tuple[str, ...]]:
    return {decision.name: decision.requires for m in models for decision in m.decisions}


def _nullable(program: Program) -> set[str]:
    """Return the decisions that may be null and must not."""
    return {
        name
        for name in contract.ALWAYS
        if isinstance(value := program.decisions.get(name), Node) and value.type.nullable
    }


def unused_decisions(models: Sequence[Model]) -> list[Diagnostic]:
    """Return a warning for each decision that neither the core nor another decision reads."""
    wanted = {*contract.REQUIRED, contract.PRICE}
    wanted |= {
        name for model in models for decision in model.decisions for name in decision.requires
    }
    return [
        warning(
            "unused-decision",
            f"{model.file}: decision '{decision.name}'",
            "neither the core nor another decision reads it; take it out, or mend its name",
        )
        for model in models
        for decision in model.decisions
        if decision.name not in wanted
    ]


def contract_problems(
    program: Program, models: Sequence[Model], findings: Sequence[Diagnostic]
) -> list[Problem]:
    """Return where the decisions are not those that the core reads: names, kinds, bounds, words.

    What `findings` tell of a table, a row that no rule or several rules hold, is not told again.
    """
    told = {_decision(one)[1] for one in findings if one.code in (_GAP, *_OVERLAPS)}
    files = _files_of(models)
    requires, nullable = _requires(models), _nullable(program)
    problems = [
        _problem(
            "missing_decision",
            "bundle",
            f"no model decides '{name}', which every bundle must{near_miss(name, files)}",
        )
        for name in (*contract.REQUIRED, contract.PRICE)
        if name not in files
    ]
    for name, kind in contract.REQUIRED.items():
        value = program.decisions.get(name)
        if value is None:
            continue
        place = f"{files[name]}: decision '{name}'"
        if not isinstance(value, Node) or value.type.kind is not kind:
            found = value.type.kind.value if isinstance(value, Node) else "context"
            message = f"must yield a {kind.value}, not a {found}"
            problems.append(_problem("wrong_type", place, message))
            continue
        problems += _bounds_problems(name, place, value)
        # What may be null for another's sake is mended there.
        if name in nullable and name not in told and nullable.isdisjoint(requires[name]):
            message = "may be null: some values have no rule, or several; give each exactly one"
            problems.append(_problem("may_be_null", place, message))
    return problems


def _bounds_problems(name: str, place: str, value: Node) -> list[Problem]:
    problems = []
    low, high = value.type.low, value.type.high
    if value.type.scale:
        message = "must yield whole numbers (cents, points, ranks); round it, such as by floor(...)"
        problems.append(_problem("not_whole", place, message))
    elif name in contract.RANKS and not 0 <= low <= high <= contract.RANK_DECLINE:
        message = f"ranks are 0 to {contract.RANK_DECLINE}, the last declines; found {low}..{high}"
        problems.append(_problem("out_of_range", place, message))
    if name in contract.WORDS:
        known = contract.WORDS[name]
        problems += [
            _problem(
                "unknown_outcome",
                place,
                f"'{word}' is no outcome of a policy{near_miss(word, known)};"
                f" known: {', '.join(known)}",
            )
            for word in sorted((value.type.values or frozenset()) - set(known))
        ]
    return problems


def table_problems(models: Sequence[Model]) -> list[Problem]:
    """Return the results that reasons cannot be read from: ranks and points stand as they are."""
    return [
        _problem(
            "not_a_literal",
            f"{file}: decision '{name}', rule {rule.number}",
            "the result must be a whole number as it stands; reasons are read from the table",
        )
        for file, name, table in _tables_of(models)
        if name in (contract.KNOCK_OUTS, contract.POINTS)
        for rule in table.rules
        if not all(_WHOLE.fullmatch(output.text.strip()) for output in rule.outputs)
    ]


def reason_problems(models: Sequence[Model], reasons: Reasons | None) -> list[Problem]:
    """Return the codes that no wording stands for; None are reasons that are refused already."""
    if reasons is None:
        return []
    known = reasons.by_code
    problems = [
        _problem("missing_reason", "reasons.toml", f"needs a reason {code}: the core gives it")
        for code in contract.CORE_REASONS
        if code not in known
    ]
    for file, name, table in _tables_of(models):
        for rule in table.rules:
            code = dict(rule.annotations).get(contract.REASON, "").strip()
            if code and code not in known:
                place = f"{file}: decision '{name}', rule {rule.number}"
                message = f"reason '{code}' has no wording in reasons.toml{near_miss(code, known)}"
                problems.append(_problem("unknown_reason", place, message))
    return problems


def _tables_of(models: Sequence[Model]) -> Iterator[tuple[str, str, DecisionTable]]:
    for model in models:
        for decision in model.decisions:
            if isinstance(decision.expression, DecisionTable):
                yield model.file, decision.name, decision.expression


def told_once(
    diagnostics: Sequence[Diagnostic],
    *,
    attributes: Mapping[str, Attribute],
    broken: Collection[str],
    is_whole: bool,
) -> list[Diagnostic]:
    """Return the diagnostics without those that only follow from others; what law forbids says so.

    `broken` are names whose own mistake is told elsewhere. Where not all files could be read
    (`is_whole` is false), a name that nothing gives is no finding.
    """
    known = {(one.code, _decision(one), _name(one)) for one in diagnostics}
    miscounted = {_decision(one) for one in diagnostics if one.code == "wrong-cell-count"}
    circular = {_decision(one)[0] for one in diagnostics if _is_readers_cycle(one)}

    def follows(one: Diagnostic) -> bool:
        """Return whether the reader of models, or of attributes, has told the cause."""
        if one.code == "unknown_input":
            return not is_whole or _name(one) in broken
        if one.code == "unknown_decision":
            # Of what the core asks for; the contract tells which.
            return True
        if one.code == "cycle":
            return not _is_readers_cycle(one) and _decision(one)[0] in circular
        if one.message.startswith("unknown name '"):
            return ("unknown-name", _decision(one), _name(one)) in known
        return one.message.endswith(MISCOUNTED) and _decision(one) in miscounted

    told = []
    for one in diagnostics:
        is_nameless = one.code in ("unknown_input", "unknown-name")
        forbidden = _forbidden_use(one, attributes) if is_nameless else None
        if forbidden is not None:
            told.append(forbidden)
        elif not follows(one):
            told.append(one)
    return told


def _is_readers_cycle(diagnostic: Diagnostic) -> bool:
    return diagnostic.code == "cycle" and diagnostic.message.startswith("the decision needs")


def _forbidden_use(
    diagnostic: Diagnostic, attributes: Mapping[str, Attribute]
) -> Diagnostic | None:
    """Return why a name is not there, where law or purpose forbids it: no slip of the pen."""
    name = _name(diagnostic)
    uses: frozenset[Use] = frozenset()
    if name in attributes:
        uses = attributes[name].uses
    elif name in FACTS_BY_NAME:
        uses = frozenset((FACTS_BY_NAME[name].use,))
    forbidden = sorted(use.value for use in uses - {Use.CREDIT})
    if not forbidden:
        return None
    message = (
        f"'{name}' may be used for {' and '.join(forbidden)} only; a policy table cannot read it"
        " (12 CFR 1002.6(b)); take it out of the table"
    )
    return replace(diagnostic, code="forbidden_use", message=message)


def _files_of(models: Sequence[Model]) -> dict[str, str]:
    return {decision.name: model.file for model in models for decision in model.decisions}


def _name(diagnostic: Diagnostic) -> str:
    """Return the first name that a message puts in quotation marks."""
    parts = diagnostic.message.split("'")
    return parts[1] if len(parts) > 1 else ""


def _decision(diagnostic: Diagnostic) -> tuple[str, str]:
    """Return the file and the decision of a place."""
    _, _, rest = diagnostic.place.partition("decision '")
    return diagnostic.place.partition(":")[0], rest.partition("'")[0]


def _problem(code: str, path: str, message: str) -> Problem:
    return Problem(code=code, path=path, message=message)
