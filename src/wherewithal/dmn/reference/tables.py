"""Evaluates decision tables. Source: DMN 1.5, 8.2.10 and 10.3.2.10."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from wherewithal.dmn.feel import ast
from wherewithal.dmn.model import Aggregation, DecisionTable, Feel, HitPolicy, Rule, TableOutput
from wherewithal.dmn.reference.builtin_registry import builtin_function
from wherewithal.dmn.reference.coercion import coerce
from wherewithal.dmn.reference.compare import equal
from wherewithal.dmn.reference.evaluator import Evaluator
from wherewithal.dmn.reference.feel_types import ANY
from wherewithal.dmn.reference.runtime import Scope
from wherewithal.dmn.reference.values import FeelNull

_FOLDS = {
    Aggregation.SUM: "sum",
    Aggregation.COUNT: "count",
    Aggregation.MIN: "min",
    Aggregation.MAX: "max",
}
_MULTIPLE = (HitPolicy.COLLECT, HitPolicy.RULE_ORDER, HitPolicy.OUTPUT_ORDER)


@dataclass(frozen=True, slots=True, kw_only=True)
class TableResult:
    """What a table came to, and how."""

    value: Any
    inputs: Sequence[Any]
    #: Numbers of all rules that matched.
    matched: Sequence[int]
    #: The rules that gave the value, with their outputs, in its order.
    hits: Sequence[tuple[Rule, Sequence[Any]]] = ()


def evaluate_table(evaluator: Evaluator, table: DecisionTable, scope: Scope) -> TableResult:
    """Return the table's value, what its inputs were, and the rules that matched and gave it."""
    values = [evaluator.feel(clause.expression, scope) for clause in table.inputs]
    matched = [rule for rule in table.rules if _matches(evaluator, table, rule, values, scope)]
    numbers = [rule.number for rule in matched]
    try:
        if not matched:
            default = _default(evaluator, table, scope)
            return TableResult(value=default, inputs=values, matched=())
        rules, outcomes, value = _hit(evaluator, table, matched, scope)
    except FeelNull as reason:
        evaluator.runtime.note(str(reason))
        return TableResult(value=None, inputs=values, matched=numbers)
    outputs = [list(one.values()) if len(table.outputs) > 1 else [one] for one in outcomes]
    hits = list(zip(rules, outputs, strict=True))
    return TableResult(value=value, inputs=values, matched=numbers, hits=hits)


def _matches(
    evaluator: Evaluator, table: DecisionTable, rule: Rule, values: Sequence[Any], scope: Scope
) -> bool:
    for tests, clause, value in zip(rule.tests, table.inputs, values, strict=False):
        node = tests.node
        if isinstance(node, ast.UnaryTests) and node.is_dash:
            # `-` takes any of the values that the column allows.
            allowed = clause.allowed_values
            if allowed is None or value is None:
                continue
            if evaluator.satisfies(allowed, value, scope) is not True:
                return False
        elif evaluator.satisfies(tests, value, scope) is not True:
            return False
    return len(rule.tests) == len(table.inputs)


def _default(evaluator: Evaluator, table: DecisionTable, scope: Scope) -> Any:
    if all(output.default is None for output in table.outputs):
        return None
    values = [evaluator.feel(output.default, scope) for output in table.outputs]
    return _shaped(evaluator, table.outputs, values)


def _shaped(evaluator: Evaluator, outputs: Sequence[TableOutput], values: Sequence[Any]) -> Any:
    """Return the outputs of one rule: a value, or a context where there are several."""
    typed = [
        _typed_output(evaluator, output, value)
        for value, output in zip(values, outputs, strict=False)
    ]
    if len(outputs) == 1:
        return typed[0] if typed else None
    return {output.name or "": value for output, value in zip(outputs, typed, strict=False)}


def _typed_output(evaluator: Evaluator, output: TableOutput, value: Any) -> Any:
    wanted = evaluator.types.by_name(output.type_ref) or ANY
    found = coerce(value, wanted, evaluator.constraint_passes)
    if found is None and value is not None:
        evaluator.runtime.note(f"output '{output.label}' is not of type '{output.type_ref}'")
    return found


def _outputs_of(evaluator: Evaluator, table: DecisionTable, rule: Rule, scope: Scope) -> Any:
    values = [evaluator.feel(cell, scope) for cell in rule.outputs]
    return _shaped(evaluator, table.outputs, values)


def _hit(
    evaluator: Evaluator, table: DecisionTable, matched: Sequence[Rule], scope: Scope
) -> tuple[Sequence[Rule], list[Any], Any]:
    """Return the rules that hit, their outputs, and what the hit policy makes of them."""
    policy = table.hit_policy
    if policy is HitPolicy.UNIQUE and len(matched) > 1:
        numbers = ", ".join(str(rule.number) for rule in matched)
        raise FeelNull(f"hit policy UNIQUE, but rules {numbers} match")
    if policy in (HitPolicy.PRIORITY, HitPolicy.OUTPUT_ORDER):
        matched = _by_output_order(evaluator, table, matched, scope)
    if policy in (HitPolicy.FIRST, HitPolicy.PRIORITY):
        matched = matched[:1]
    outcomes = [_outputs_of(evaluator, table, rule, scope) for rule in matched]
    if policy in _MULTIPLE:
        return matched, outcomes, _aggregated(evaluator, table.aggregation, outcomes)
    if any(not _alike(outcomes[0], other) for other in outcomes[1:]):
        numbers = ", ".join(str(rule.number) for rule in matched)
        raise FeelNull(f"hit policy ANY, but rules {numbers} give different outputs")
    return matched, outcomes, outcomes[0]


def _alike(left: Any, right: Any) -> bool:
    return equal(left, right) is True


def _aggregated(evaluator: Evaluator, aggregation: Aggregation | None, outcomes: list[Any]) -> Any:
    if aggregation is None:
        return outcomes
    fold = builtin_function(_FOLDS[aggregation], evaluator.runtime)
    return fold.call({"list": outcomes})


def _by_output_order(
    evaluator: Evaluator, table: DecisionTable, matched: Sequence[Rule], scope: Scope
) -> Sequence[Rule]:
    """Return the rules by the places of their outputs among the allowed values."""
    orders = [_allowed(evaluator, _values_of(evaluator, output), scope) for output in table.outputs]
    if all(order is None for order in orders):
        raise FeelNull(f"hit policy {table.hit_policy.value} needs the outputs' allowed values")

    ranked: list[tuple[tuple[int, ...], Rule]] = []
    for rule in matched:
        values = [evaluator.feel(cell, scope) for cell in rule.outputs]
        ranks = tuple(_rank(value, order) for value, order in zip(values, orders, strict=False))
        ranked.append((ranks, rule))
    ranked.sort(key=lambda entry: entry[0])
    return [rule for _, rule in ranked]


def _values_of(evaluator: Evaluator, output: TableOutput) -> Feel | None:
    """Return the output's values; where it lists none, those that its type allows."""
    if output.allowed_values is not None or output.type_ref is None:
        return output.allowed_values
    wanted = evaluator.types.by_name(output.type_ref)
    return None if wanted is None else next(iter(wanted.constraints), None)


def _allowed(evaluator: Evaluator, tests: Feel | None, scope: Scope) -> list[Any] | None:
    if tests is None or not isinstance(tests.node, ast.UnaryTests):
        return None
    return [evaluator.evaluate(test, scope) for test in tests.node.tests]


def _rank(value: Any, order: Sequence[Any] | None) -> int:
    if order is None:
        return 0
    return next(
        (position for position, known in enumerate(order) if equal(value, known) is True),
        len(order),
    )
