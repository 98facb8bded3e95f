"""What is wrong with a table's outputs: values of another kind, not listed, or half a default."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from wherewithal.dmn.checks.cells import CellReader, Constant
from wherewithal.dmn.checks.subject import Output, Subject
from wherewithal.dmn.declared import declared_type
from wherewithal.dmn.diagnostics import Severity, near_miss
from wherewithal.dmn.feel import ast
from wherewithal.dmn.ir import Graph, Op, OutsideProfile
from wherewithal.dmn.lowering import Lowering
from wherewithal.dmn.model import Feel, HitPolicy, Model, TableOutput
from wherewithal.dmn.types import KINDS, Kind

_ORDERED_BY_OUTPUT = (HitPolicy.PRIORITY, HitPolicy.OUTPUT_ORDER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What an output is declared: its kind, if it is known, and the values that it may have."""

    kind: Kind | None = None
    type_ref: str = ""
    allowed: tuple[Feel, ...] = ()


def wanted_of(one: Model, clause: TableOutput) -> Wanted:
    """Return what the model declares of an output."""
    declared = declared_type(one, clause.type_ref)
    kind = KINDS.get(declared.base or "")
    # The allowed values of a list or a context are not those of a cell.
    allowed = () if declared.item or declared.parts else declared.allowed
    return Wanted(kind=kind, type_ref=clause.type_ref or "", allowed=allowed)


def check_outputs(subject: Subject, wanted: Sequence[Wanted]) -> None:
    """Say which outputs cannot be what is declared; there is a wanted one for each."""
    outputs = subject.table.outputs
    without = [_name(one) for one in outputs if one.default is None]
    if 0 < len(without) < len(outputs):
        where = f"output '{without[0]}'"
        message = "has no default output, and others have: it is null where they are not; add one"
        subject.say(Severity.WARNING, "half-default", where, message)
    for place, (clause, declared) in enumerate(zip(outputs, wanted, strict=True)):
        listed, kind = _listed(clause), declared.kind
        refused = _refused(subject, place, declared.allowed)
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
            elif found in refused:
                message = (
                    f"{text} is not allowed by '{declared.type_ref}' and becomes null; give a value"
                    " that the type allows"
                )
                subject.say(Severity.ERROR, "wrong-output", where, message)
            elif listed and found not in listed and not _is_order(subject):
                hint = near_miss(str(found.value), [str(one.value) for one in listed])
                message = f"{text} is none of the output values{hint}"
                subject.say(Severity.WARNING, "unlisted-output", where, message)


def _refused(subject: Subject, place: int, allowed: Sequence[Feel]) -> set[Output]:
    """Return the constants of a column that its type's allowed values refuse."""
    lowering = Lowering(graph=Graph())
    known: dict[Output, bool] = {}
    for rule, outputs in zip(subject.rules, subject.outputs, strict=True):
        tree = rule.outputs[place].node
        if not allowed or tree is None or outputs[place] in known:
            continue
        try:
            node = lowering.node(tree, {})
            tests = [lowering.test(one.node, node, {}) for one in allowed if one.node is not None]
        except OutsideProfile:
            continue
        known[outputs[place]] = any(
            test.op is Op.CONSTANT and test.payload is not True for test in tests
        )
    return {output for output, is_refused in known.items() if is_refused}


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
