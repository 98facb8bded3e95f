"""What is wrong with a table's outputs: values of another kind, not listed, or half a default."""

from __future__ import annotations

from collections.abc import Sequence

from wherewithal.dmn.checks.cells import CellReader, Constant
from wherewithal.dmn.checks.subject import Subject
from wherewithal.dmn.diagnostics import Severity, near_miss
from wherewithal.dmn.feel import ast
from wherewithal.dmn.model import HitPolicy, TableOutput
from wherewithal.dmn.types import Kind

_ORDERED_BY_OUTPUT = (HitPolicy.PRIORITY, HitPolicy.OUTPUT_ORDER)


def check_outputs(subject: Subject, kinds: Sequence[Kind | None]) -> None:
    """Say which outputs cannot be what is declared; `kinds` are the declared ones, or None."""
    outputs = subject.table.outputs
    without = [_name(one) for one in outputs if one.default is None]
    if 0 < len(without) < len(outputs):
        where = f"output '{without[0]}'"
        message = "has no default output, and others have: it is null where they are not; add one"
        subject.say(Severity.WARNING, "half-default", where, message)
    for place, (clause, kind) in enumerate(zip(outputs, kinds, strict=True)):
        listed = _listed(clause)
        for number, rule in enumerate(subject.outputs):
            found = rule[place]
            if not isinstance(found, Constant) or found.kind is Kind.NULL:
                continue
            where = f"rule {subject.rules[number].number}, output '{_name(clause)}'"
            text = subject.shown_output(found)
            if kind is not None and found.kind is not kind:
                message = (
                    f"{text} is a {found.kind.value} and becomes null: a {kind.value} is declared"
                )
                subject.say(Severity.ERROR, "wrong-output", where, message)
            elif listed and found not in listed and not _is_order(subject):
                hint = near_miss(str(found.value), [str(one.value) for one in listed])
                message = f"{text} is none of the output values{hint}"
                subject.say(Severity.WARNING, "unlisted-output", where, message)


def _is_order(subject: Subject) -> bool:
    """Return whether the output values are told of as an order already."""
    return subject.table.hit_policy in _ORDERED_BY_OUTPUT


def _name(clause: TableOutput) -> str:
    return clause.name or clause.label


def _listed(clause: TableOutput) -> list[Constant]:
    """Return the output values, if all of them are constants."""
    tests = clause.allowed_values.node if clause.allowed_values else None
    if not isinstance(tests, ast.UnaryTests) or tests.negated:
        return []
    reader = CellReader()
    found = [reader.constant(test) for test in tests.tests]
    constants = [one for one in found if one is not None]
    return constants if len(constants) == len(found) else []
