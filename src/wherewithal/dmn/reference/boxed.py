"""Evaluates boxed expressions of every kind. Source: DMN 1.5, 10.2."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wherewithal.dmn import model
from wherewithal.dmn.reference.coercion import coerce
from wherewithal.dmn.reference.evaluator import Evaluator
from wherewithal.dmn.reference.feel_types import ANY, FeelType
from wherewithal.dmn.reference.invocation import bind_named
from wherewithal.dmn.reference.iteration import items_of, turn_cost
from wherewithal.dmn.reference.runtime import Scope
from wherewithal.dmn.reference.tables import evaluate_table
from wherewithal.dmn.reference.values import FeelNull, Function, Range, kind_of
from wherewithal.dmn.trace import called_name, table_trace


class BoxedEvaluator:
    """Evaluates the boxed expressions of one model, and keeps what its tables matched."""

    def __init__(self, evaluator: Evaluator) -> None:
        """Evaluate texts with `evaluator`; its runtime's recorder keeps the steps."""
        self.evaluator = evaluator

    def evaluate(self, expression: model.Expression | None, scope: Scope) -> Any:
        """Return the value of an expression, as its declared type."""
        if expression is None:
            return None
        self.evaluator.runtime.spend()
        try:
            value = self._evaluate(expression, scope)
        except FeelNull as reason:
            self.evaluator.runtime.note(str(reason))
            return None
        if isinstance(expression, model.BoxedFunction):
            return value
        return self.typed(value, expression.type_ref, "the value")

    def typed(self, value: Any, type_ref: str | None, what: str) -> Any:
        """Return a value as the type of a reference; null, with a note, if it cannot be."""
        if type_ref is None or value is None:
            return value
        wanted = self.evaluator.types.by_name(type_ref)
        if wanted is None:
            return value
        typed = coerce(value, wanted, self.evaluator.constraint_passes)
        if typed is None:
            self.evaluator.runtime.note(f"{what} is not of type '{type_ref}'")
        return typed

    def _evaluate(self, expression: model.Expression, scope: Scope) -> Any:
        match expression:
            case model.Literal(feel=feel):
                return self.evaluator.feel(feel, scope)
            case model.DecisionTable():
                return self._table(expression, scope)
            case model.BoxedContext(entries=entries):
                return self._context(entries, scope)
            case model.BoxedInvocation():
                return self._invocation(expression, scope)
            case model.BoxedFunction():
                return self.function("", expression, scope)
            case model.BoxedList(items=items):
                return [self.evaluate(item, scope) for item in items]
            case model.Relation(columns=columns, rows=rows):
                return [
                    {
                        column: self.evaluate(cell, scope)
                        for column, cell in zip(columns, row, strict=False)
                    }
                    for row in rows
                ]
            case model.Conditional():
                holds = self.evaluate(expression.condition, scope)
                if holds is not None and not isinstance(holds, bool):
                    raise FeelNull("a condition must be true or false")
                return self.evaluate(expression.yes if holds is True else expression.no, scope)
            case model.BoxedFilter():
                return self._filter(expression, scope)
            case model.BoxedIteration():
                return self._iteration(expression, scope)

    def _table(self, table: model.DecisionTable, scope: Scope) -> Any:
        found = evaluate_table(self.evaluator, table, scope)
        self.evaluator.runtime.recorder.add(
            table_trace(
                table,
                inputs=found.inputs,
                matched=found.matched,
                hits=found.hits,
                value=found.value,
            )
        )
        return found.value

    def _context(self, entries: Sequence[model.BoxedEntry], scope: Scope) -> Any:
        found: dict[str, Any] = {}
        inner = Scope(found, scope)
        for entry in entries:
            value = self.evaluate(entry.expression, inner)
            if entry.name is None:
                return self.typed(value, entry.type_ref, "the result")
            if not isinstance(value, Function):
                value = self.typed(value, entry.type_ref, f"entry '{entry.name}'")
            found[entry.name] = value
        return found

    def _invocation(self, expression: model.BoxedInvocation, scope: Scope) -> Any:
        function = self.evaluate(expression.function, scope)
        if not isinstance(function, Function):
            raise FeelNull("what is called is not a function")
        arguments = {name: self.evaluate(value, scope) for name, value in expression.bindings}
        callee = expression.function
        called = called_name(callee.feel.node if isinstance(callee, model.Literal) else None)
        bound = bind_named(function, arguments)
        return self.evaluator.runtime.call(function, bound, called=called)

    def function(self, name: str, function: model.BoxedFunction, scope: Scope) -> Function:
        """Return the function value of a boxed function."""
        if function.kind != "FEEL":
            names = [parameter for parameter, _ in function.parameters]
            return self.evaluator.external_function(name, names)
        types = self.evaluator.types
        parameters: list[tuple[str, FeelType]] = [
            (parameter, types.by_name(type_ref) or ANY)
            for parameter, type_ref in function.parameters
        ]

        def body(inner: Scope) -> Any:
            value = self.evaluate(function.body, inner)
            return self.typed(value, result_ref, "the function's result")

        result = None if function.type_ref is None else types.by_name(function.type_ref)
        result_ref = function.type_ref
        if result is not None and result.kind == "function":
            # The reference is to the function's own type and not to its result's.
            result, result_ref = result.result, None
        return self.evaluator.closure(name, parameters, body, scope, result=result)

    def _filter(self, expression: model.BoxedFilter, scope: Scope) -> Any:
        source = self.evaluate(expression.source, scope)
        if source is None:
            return None
        if not isinstance(source, list):
            raise _no_collection("filtered", source)
        return self.evaluator.filtered(
            source, lambda inner: self.evaluate(expression.match, inner), scope
        )

    def _iteration(self, expression: model.BoxedIteration, scope: Scope) -> Any:
        source = self.evaluate(expression.source, scope)
        if source is not None and not isinstance(source, (list, Range)):
            raise _no_collection("walked over", source)
        results: list[Any] = []
        for item in items_of(source):
            self.evaluator.runtime.spend(turn_cost(item))
            bound = {expression.variable: item}
            if expression.kind == "for":
                bound["partial"] = self.evaluator.partial(results)
            found = self.evaluate(expression.body, Scope(bound, scope))
            results.append(found)
        if expression.kind == "for":
            return results
        if any(found is not None and not isinstance(found, bool) for found in results):
            raise FeelNull("what is satisfied must be true or false")
        deciding = expression.kind == "some"
        if any(found is deciding for found in results):
            return deciding
        return None if None in results else not deciding


def _no_collection(what: str, source: Any) -> FeelNull:
    """Return what is wrong with a source that no box makes a list of one: DMN 1.5, 10.2.1.9-10."""
    return FeelNull(f"what is {what} must be a list and not a {kind_of(source)}")
