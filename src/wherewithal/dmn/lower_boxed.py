"""Boxed expressions to IR: contexts, invocations, conditionals, lists. Tables stand apart."""

from __future__ import annotations

from collections.abc import Mapping

from wherewithal.dmn import model
from wherewithal.dmn.compiled import Guard
from wherewithal.dmn.feel import ast
from wherewithal.dmn.ir import Node, OutsideProfile
from wherewithal.dmn.lower_declared import as_declared, conditioned, where
from wherewithal.dmn.lower_table import lower_table
from wherewithal.dmn.lowering import Lowering
from wherewithal.dmn.trace import called_name
from wherewithal.dmn.types import Kind
from wherewithal.dmn.values import ContextValue, FunctionValue, ListValue, Value


def lower_boxed(
    lowering: Lowering, expression: model.Expression | None, scope: Mapping[str, Value]
) -> Value:
    """Return the value of a boxed expression; OutsideProfile says what the profile lacks."""
    value = _lowered(lowering, expression, scope)
    # The type of a function is that of its result, which is looked at where it is called.
    if expression is None or isinstance(value, FunctionValue):
        return value
    return as_declared(lowering, expression.type_ref, value)


def lower_call(lowering: Lowering, function: FunctionValue, given: Mapping[str, Value]) -> Value:
    """Return a function's body with its parameters bound, each as it is declared."""
    typed = dict(given)
    conditions: list[Node] = []
    for name, type_ref in zip(function.parameters, function.types, strict=False):
        typed[name], holds = conditioned(lowering, type_ref, given[name])
        conditions.append(holds)
    scope = {**function.scope, **typed}
    before = len(lowering.recorder.steps)
    if isinstance(function.body, ast.Node):
        value = lowering.lower(function.body, scope)
    else:
        value = lower_boxed(lowering, function.body, scope)
    # An argument that is not of its type makes the whole call null.
    lowering.recorder.guard(before, *(Guard(node=holds, value=True) for holds in conditions))
    value = where(lowering, lowering.graph.all_of(conditions), value)
    return as_declared(lowering, function.result, value)


def _lowered(
    lowering: Lowering, expression: model.Expression | None, scope: Mapping[str, Value]
) -> Value:
    match expression:
        case None:
            raise OutsideProfile("there is no expression")
        case model.Literal(feel=feel):
            if feel.node is None:
                raise OutsideProfile("the expression is empty or did not parse")
            return lowering.lower(feel.node, scope)
        case model.DecisionTable():
            return lower_table(lowering, expression, scope)
        case model.BoxedContext():
            return _context(lowering, expression, scope)
        case model.BoxedInvocation():
            return _invocation(lowering, expression, scope)
        case model.Conditional():
            condition = lower_boxed(lowering, expression.condition, scope)
            allowed = (Kind.BOOLEAN, Kind.NULL)
            if not isinstance(condition, Node) or condition.type.kind not in allowed:
                raise OutsideProfile("the condition is not a boolean")
            return lowering.if_else(
                condition,
                lambda branch, yes: lower_boxed(
                    branch, expression.yes if yes else expression.no, scope
                ),
            )
        case model.BoxedFunction(parameters=parameters, body=body, kind=kind):
            if kind != "FEEL":
                message = f"a {kind} function is outside the profile"
                raise OutsideProfile(message)
            return FunctionValue(
                name="function",
                parameters=tuple(name for name, _ in parameters),
                body=body,
                scope=scope,
                types=tuple(type_ref for _, type_ref in parameters),
            )
        case model.BoxedList(items=items):
            return ListValue(items=tuple(lower_boxed(lowering, item, scope) for item in items))
        case model.Relation(columns=columns, rows=rows):
            return ListValue(items=tuple(_row(lowering, columns, row, scope) for row in rows))
    message = (
        f"a boxed {type(expression).__name__.removeprefix('Boxed').lower()} is outside the profile"
    )
    raise OutsideProfile(message)


def _context(lowering: Lowering, boxed: model.BoxedContext, scope: Mapping[str, Value]) -> Value:
    entries: dict[str, Value] = {}
    for entry in boxed.entries:
        value = lower_boxed(lowering, entry.expression, {**scope, **entries})
        value = as_declared(lowering, entry.type_ref, value)
        if entry.name is None:
            return value
        entries[entry.name] = value
    return ContextValue(entries=entries)


def _invocation(
    lowering: Lowering, boxed: model.BoxedInvocation, scope: Mapping[str, Value]
) -> Value:
    function = lower_boxed(lowering, boxed.function, scope)
    if not isinstance(function, FunctionValue):
        raise OutsideProfile("what is invoked is not a function")
    given = {name: lower_boxed(lowering, value, scope) for name, value in boxed.bindings}
    callee = boxed.function
    called = called_name(callee.feel.node if isinstance(callee, model.Literal) else None)
    return lowering.call(function, given, called=called)


def _row(
    lowering: Lowering,
    columns: tuple[str, ...],
    row: tuple[model.Expression | None, ...],
    scope: Mapping[str, Value],
) -> Value:
    cells = [lower_boxed(lowering, cell, scope) for cell in row]
    return ContextValue(entries=dict(zip(columns, cells, strict=True)))
