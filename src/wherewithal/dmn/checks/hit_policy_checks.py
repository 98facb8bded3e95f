"""Whether a table's hit policy can work with its outputs."""

from __future__ import annotations

from wherewithal.dmn.checks.cells import CellReader, Constant
from wherewithal.dmn.checks.subject import Subject
from wherewithal.dmn.diagnostics import Severity
from wherewithal.dmn.feel import ast
from wherewithal.dmn.model import Aggregation, HitPolicy
from wherewithal.dmn.types import Kind

_FOLDS_NUMBERS = (Aggregation.SUM, Aggregation.MIN, Aggregation.MAX)


def check_hit_policy(subject: Subject) -> None:
    """Say where the hit policy asks for what the table does not have."""
    policy, fold = subject.table.hit_policy, subject.table.aggregation
    if policy in (HitPolicy.PRIORITY, HitPolicy.OUTPUT_ORDER):
        _check_order(subject)
    if policy is HitPolicy.COLLECT and fold is not None:
        _check_fold(subject, fold)


def _check_order(subject: Subject) -> None:
    name = subject.table.hit_policy.value
    orders = _orders(subject)
    if not any(orders):
        message = f"hit policy {name} needs output values, in the order of their importance"
        subject.say(Severity.ERROR, "no-output-values", "", message)
        return
    for number, outputs in enumerate(subject.outputs):
        for clause, order, output in zip(subject.table.outputs, orders, outputs, strict=True):
            if order and isinstance(output, Constant) and output not in order:
                rule, name = subject.rules[number].number, clause.name or clause.label
                where = f"rule {rule}, output '{name}'"
                text = subject.output_text(number)
                message = f"{text} is none of the output values, which are the order"
                subject.say(Severity.ERROR, "unranked-output", where, message)


def _orders(subject: Subject) -> list[list[Constant | None]]:
    """Return each output's values in order; an output that names none has no say."""
    reader = CellReader()
    found: list[list[Constant | None]] = []
    for clause in subject.table.outputs:
        tests = clause.allowed_values.node if clause.allowed_values else None
        listed = tests.tests if isinstance(tests, ast.UnaryTests) else ()
        found.append([reader.constant(test) for test in listed])
    return found


def priority_order(subject: Subject) -> list[int] | None:
    """Return the rules by their outputs' priority; None where that is not known before a run."""
    orders = _orders(subject)
    ranks: list[tuple[int, ...]] = []
    for outputs in subject.outputs:
        pairs = list(zip(orders, outputs, strict=True))
        if not any(orders) or any(order and output not in order for order, output in pairs):
            return None
        ranks.append(tuple(order.index(output) if order else 0 for order, output in pairs))  # type: ignore[arg-type]
    return sorted(range(len(ranks)), key=ranks.__getitem__)


def _check_fold(subject: Subject, fold: Aggregation) -> None:
    if len(subject.table.outputs) > 1:
        message = f"{fold.value} folds one output, and the table has {len(subject.table.outputs)}"
        subject.say(Severity.ERROR, "several-outputs", "", message)
        return
    if fold not in _FOLDS_NUMBERS:
        return
    severity = Severity.ERROR if fold is Aggregation.SUM else Severity.WARNING
    for number, (output,) in enumerate(subject.outputs):
        if isinstance(output, Constant) and output.kind is not Kind.NUMBER:
            where = f"rule {subject.rules[number].number}"
            message = f"{fold.value} folds numbers, not {subject.output_text(number)}"
            subject.say(severity, "not-a-number", where, message)
