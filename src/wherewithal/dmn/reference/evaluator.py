"""Evaluates FEEL trees. What leaves its domain is null, with a note; limits are exceptions.

One class and one file, though long: every handler calls back into `evaluate`, and a reader who asks
what a form of FEEL means should find it in one place.

Source: DMN 1.5, 10.3.2.15, tables 48-69.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from wherewithal.dmn.feel import ast
from wherewithal.dmn.model import Feel
from wherewithal.dmn.reference import arithmetic
from wherewithal.dmn.reference.builtin_registry import IMPLEMENTATIONS, builtin_function
from wherewithal.dmn.reference.coercion import coerce
from wherewithal.dmn.reference.compare import compare
from wherewithal.dmn.reference.decimals import number_of
from wherewithal.dmn.reference.feel_types import ANY, FeelType, TypeTable, belongs
from wherewithal.dmn.reference.invocation import bind_named, bind_positional
from wherewithal.dmn.reference.iteration import items_of, numbers_between, turn_cost
from wherewithal.dmn.reference.properties import property_of
from wherewithal.dmn.reference.runtime import Runtime, Scope, charge
from wherewithal.dmn.reference.temporal_text import read_at_literal
from wherewithal.dmn.reference.tests_of_values import (
    and_all,
    holds_comparison,
    matches_value,
    mentions,
    or_all,
    satisfies_interval,
)
from wherewithal.dmn.reference.values import (
    FeelNull,
    Function,
    Range,
    kind_of,
)
from wherewithal.dmn.trace import called_name

#: What a call of a function in Java or PMML is told with.
EXTERNAL_CODE = "unsupported-function"
EXTERNAL_MESSAGE = "external functions (Java, PMML) are not supported; the call gives null"
_COMPARISONS = frozenset(("=", "!=", "<", "<=", ">", ">="))
#: Nodes whose value can only be true, false or null, so that `list[node]` filters.
_CONDITIONS = (ast.Between, ast.In, ast.Quantified, ast.InstanceOf, ast.BooleanLiteral)


class Evaluator:
    """Evaluates the FEEL of one model."""

    def __init__(self, runtime: Runtime, types: TypeTable) -> None:
        """Keep what all evaluations of this model share."""
        self.runtime = runtime
        self.types = types
        self._mentioned: dict[tuple[int, str], tuple[ast.Node, bool]] = {}
        self._handlers: Mapping[type, Callable[[Any, Scope], Any]] = {
            ast.NumberLiteral: lambda node, _: number_of(node.text),
            ast.StringLiteral: lambda node, _: node.value,
            ast.BooleanLiteral: lambda node, _: node.value,
            ast.NullLiteral: lambda _node, _scope: None,
            ast.AtLiteral: lambda node, _: read_at_literal(node.text),
            ast.Name: self._name,
            ast.Path: self._path,
            ast.Filter: self._filter,
            ast.Negation: self._negation,
            ast.Binary: self._binary,
            ast.Between: self._between,
            ast.In: self._in,
            ast.InstanceOf: self._instance_of,
            ast.Interval: self._interval,
            ast.UnaryComparison: self._unary_comparison,
            ast.UnaryTests: self._unary_tests,
            ast.If: self._if,
            ast.For: self._for,
            ast.Quantified: self._quantified,
            ast.ListLiteral: self._list,
            ast.ContextLiteral: self._context,
            ast.FunctionDefinition: self._function,
            ast.Invocation: self._invocation,
        }

    def feel(self, feel: Feel | None, scope: Scope) -> Any:
        """Return the value of a text; null if it has no tree."""
        if feel is None:
            return None
        outer, self.runtime.place = self.runtime.place, feel.place or self.runtime.place
        if feel.node is None:
            if feel.text.strip():
                self.runtime.note("the text did not parse")
            value = None
        else:
            value = self.evaluate(feel.node, scope)
        self.runtime.place = outer
        return value

    def evaluate(self, node: ast.Node, scope: Scope) -> Any:
        """Return the value of a tree; null, with a note, where it leaves its domain."""
        self.runtime.spend()
        try:
            return self._handlers[type(node)](node, scope)
        except FeelNull as reason:
            self.runtime.note(str(reason))
            return None

    def satisfies(self, tests: Feel, value: Any, scope: Scope) -> bool | None:
        """Return whether a value passes the tests of a cell or of allowed values."""
        found = self.feel(tests, Scope({"?": value}, scope))
        return found if isinstance(found, bool) else None

    def _name(self, node: ast.Name, scope: Scope) -> Any:
        found, value = scope.find(node.name)
        if found:
            return value
        if node.name in IMPLEMENTATIONS:
            return builtin_function(node.name, self.runtime)
        raise FeelNull(f"nothing is named '{node.name}'")

    def _path(self, node: ast.Path, scope: Scope) -> Any:
        target = self.evaluate(node.target, scope)
        return self._member(target, node.name)

    def _member(self, target: Any, name: str, depth: int = 0) -> Any:
        if isinstance(target, list):
            charge(len(target), depth)
            return [self._member(item, name, depth + 1) for item in target]
        if target is None:
            return None
        try:
            return property_of(target, name)
        except FeelNull as reason:
            self.runtime.note(str(reason))
            return None

    def _filter(self, node: ast.Filter, scope: Scope) -> Any:
        target = self.evaluate(node.target, scope)
        if target is None:
            return None
        items = target if isinstance(target, list) else [target]
        condition = node.condition
        if not (
            isinstance(condition, _CONDITIONS)
            or (isinstance(condition, ast.Binary) and condition.op not in arithmetic.OPERATORS)
        ):
            # `list[n]` counts; `list[condition]` filters. What it is shows without an item.
            self.runtime.hush(1)
            position = self.evaluate(condition, scope)
            self.runtime.hush(-1)
            if isinstance(position, Decimal):
                return _item_at(items, position)
        return self.filtered(items, lambda inner: self.evaluate(condition, inner), scope)

    def filtered(self, items: Sequence[Any], match: Callable[[Scope], Any], scope: Scope) -> Any:
        """Return the items for which the match is true."""
        kept: list[Any] = []
        kinds: set[str] = set()
        for item in items:
            bindings: dict[str, Any] = {"item": item}
            if isinstance(item, dict):
                bindings = {**bindings, **item}
            found = match(Scope(bindings, scope))
            kinds.add(kind_of(found))
            if found is True:
                kept.append(item)
        if kinds - {"boolean", "Null"}:
            raise FeelNull("a filter must be a condition or a position")
        return kept

    def _negation(self, node: ast.Negation, scope: Scope) -> Any:
        return arithmetic.negate(self.evaluate(node.operand, scope))

    def _binary(self, node: ast.Binary, scope: Scope) -> Any:
        left = self.evaluate(node.left, scope)
        if node.op == "and":
            return False if left is False else and_all(left, self.evaluate(node.right, scope))
        if node.op == "or":
            return True if left is True else or_all(left, self.evaluate(node.right, scope))
        right = self.evaluate(node.right, scope)
        if node.op in _COMPARISONS:
            return _compared(node.op, left, right)
        if left is None or right is None:
            return None
        return arithmetic.OPERATORS[node.op](left, right)

    def _between(self, node: ast.Between, scope: Scope) -> Any:
        value = self.evaluate(node.value, scope)
        low = self.evaluate(node.low, scope)
        high = self.evaluate(node.high, scope)
        return and_all(holds_comparison(">=", value, low), holds_comparison("<=", value, high))

    def _in(self, node: ast.In, scope: Scope) -> Any:
        value = self.evaluate(node.value, scope)
        inner = Scope({"?": value}, scope)
        return or_all(*[self.passes(test, value, inner) for test in node.tests])

    def passes(self, test: ast.Node, value: Any, scope: Scope) -> bool | None:
        """Return whether a value passes one test; `?` is bound in the scope."""
        try:
            if isinstance(test, ast.UnaryComparison):
                operand = self.evaluate(test.operand, scope)
                return holds_comparison(test.op, value, operand)
            if isinstance(test, ast.Interval):
                low = None if test.low is None else self.evaluate(test.low, scope)
                high = None if test.high is None else self.evaluate(test.high, scope)
                return satisfies_interval(test, value, low, high)
            found = self.evaluate(test, scope)
            if (found is None or isinstance(found, bool)) and self._mentions(test, "?"):
                # A condition on the tested value, not a value to compare with it.
                return found
            return matches_value(value, found)
        except FeelNull as reason:
            self.runtime.note(str(reason))
            return None

    def _unary_comparison(self, node: ast.UnaryComparison, scope: Scope) -> Any:
        """Return a comparison that stands alone as the range that it denotes."""
        operand = self.evaluate(node.operand, scope)
        if operand is None:
            return None
        if node.op == "!=":
            raise FeelNull("!= denotes no range")
        return Range(
            operand if node.op in (">", ">=", "=") else None,
            operand if node.op in ("<", "<=", "=") else None,
            node.op in (">=", "="),
            node.op in ("<=", "="),
        )

    def _unary_tests(self, node: ast.UnaryTests, scope: Scope) -> Any:
        if node.is_dash:
            return True
        _, value = scope.find("?")
        result = or_all(*[self.passes(test, value, scope) for test in node.tests])
        if node.negated:
            return None if result is None else not result
        return result

    def _instance_of(self, node: ast.InstanceOf, scope: Scope) -> Any:
        value = self.evaluate(node.value, scope)
        wanted = self.types.by_expression(node.type_ref)
        if wanted is None:
            raise FeelNull(f"'{node.type_ref.name}' is no type, or lacks its parameters")
        if value is None:
            return wanted.kind == "Null"
        return belongs(value, wanted)

    def _interval(self, node: ast.Interval, scope: Scope) -> Any:
        low = None if node.low is None else self.evaluate(node.low, scope)
        high = None if node.high is None else self.evaluate(node.high, scope)
        if (node.low is not None and low is None) or (node.high is not None and high is None):
            raise FeelNull("an end of the range is null")
        if low is not None and high is not None:
            order = compare(low, high)
            if order is None or order > 0:
                raise FeelNull("the ends of a range must be of one type and in order")
        return Range(low, high, node.low_closed, node.high_closed)

    def _if(self, node: ast.If, scope: Scope) -> Any:
        holds = self.evaluate(node.condition, scope)
        return self.evaluate(node.yes if holds is True else node.no, scope)

    def _each(
        self,
        iterators: Sequence[ast.Iterator],
        scope: Scope,
        bound: dict[str, Any],
        visit: Callable[[dict[str, Any]], bool],
    ) -> bool:
        """Visit the bindings of every combination, the last variable turning fastest.

        Stops, and returns true, as soon as a visit does. A callback and no generator: generators
        recurse on the C stack, which no bound of Python's guards.
        """
        if not iterators:
            return visit(bound)
        iterator = iterators[0]
        inner = Scope(bound, scope)
        source = self.evaluate(iterator.source, inner)
        if iterator.end is None:
            values = items_of(source)
        else:
            values = numbers_between(source, self.evaluate(iterator.end, inner))
        for value in values:
            self.runtime.spend(turn_cost(value))
            if self._each(iterators[1:], scope, {**bound, iterator.name: value}, visit):
                return True
        return False

    def _for(self, node: ast.For, scope: Scope) -> Any:
        results: list[Any] = []
        uses_partial = self._mentions(node.body, "partial")

        def visit(bound: dict[str, Any]) -> bool:
            partial = self.partial(results) if uses_partial else []
            results.append(self.evaluate(node.body, Scope({"partial": partial, **bound}, scope)))
            return False

        self._each(node.iterators, scope, {}, visit)
        return results

    def partial(self, results: list[Any]) -> list[Any]:
        """Return the results so far as a list of their own."""
        self.runtime.spend(len(results) // 16)
        return list(results)

    def _quantified(self, node: ast.Quantified, scope: Scope) -> Any:
        found: set[Any] = set()

        def visit(bound: dict[str, Any]) -> bool:
            value = self.evaluate(node.condition, Scope(bound, scope))
            found.add(value if isinstance(value, bool) else None)
            return value is not node.every and isinstance(value, bool)

        if self._each(node.iterators, scope, {}, visit):
            return not node.every
        return None if None in found else node.every

    def _list(self, node: ast.ListLiteral, scope: Scope) -> Any:
        return [self.evaluate(item, scope) for item in node.items]

    def _context(self, node: ast.ContextLiteral, scope: Scope) -> Any:
        entries: dict[str, Any] = {}
        inner = Scope(entries, scope)
        for entry in node.entries:
            entries[entry.key] = self.evaluate(entry.value, inner)
        return entries

    def _mentions(self, node: ast.Node, name: str) -> bool:
        key = (id(node), name)
        if key not in self._mentioned:
            # The node is kept beside the answer, so that its id stays its own.
            self._mentioned[key] = (node, mentions(node, name))
        return self._mentioned[key][1]

    def _function(self, node: ast.FunctionDefinition, scope: Scope) -> Any:
        parameters = [(item.name, self._declared(item.type_ref)) for item in node.parameters]
        if node.external:
            return self.external_function("", [name for name, _ in parameters])
        return self.closure("", parameters, lambda inner: self.evaluate(node.body, inner), scope)

    def _declared(self, ref: ast.TypeRef | None) -> FeelType:
        found = ANY if ref is None else self.types.by_expression(ref)
        if found is None and ref is not None:
            found = self.types.by_name(ref.name)
        return found or ANY

    def closure(
        self,
        name: str,
        parameters: Sequence[tuple[str, FeelType]],
        body: Callable[[Scope], Any],
        scope: Scope,
        *,
        result: FeelType | None = None,
    ) -> Function:
        """Return a function of typed parameters over the scope in which it is defined."""

        def call(arguments: Mapping[str, Any]) -> Any:
            bound: dict[str, Any] = {}
            for parameter, wanted in parameters:
                given = arguments.get(parameter)
                bound[parameter] = coerce(given, wanted, self.constraint_passes)
                if given is not None and bound[parameter] is None:
                    raise FeelNull(f"argument '{parameter}' is not of type {wanted.kind}")
            return body(Scope(bound, scope))

        declared = FeelType(
            kind="function", parameters=tuple(wanted for _, wanted in parameters), result=result
        )
        names = tuple(parameter for parameter, _ in parameters)
        return Function(
            name=name, signatures=(names,), call=call, types=(declared,), kind="function"
        )

    def external_function(self, name: str, parameters: Sequence[str]) -> Function:
        """Return a function that cannot be called: Java and PMML are not run."""

        def call(_arguments: Mapping[str, Any]) -> Any:
            self.runtime.note(EXTERNAL_MESSAGE, code=EXTERNAL_CODE)

        return Function(name=name, signatures=(tuple(parameters),), call=call, kind="function")

    def constraint_passes(self, tests: Feel, value: Any) -> bool:
        """Return whether a value passes the constraint of a type."""
        return self.satisfies(tests, value, Scope({})) is True

    def _invocation(self, node: ast.Invocation, scope: Scope) -> Any:
        function = self.evaluate(node.function, scope)
        if not isinstance(function, Function):
            raise FeelNull("what is called is not a function")
        values = [self.evaluate(argument.value, scope) for argument in node.arguments]
        if node.arguments and node.arguments[0].name is not None:
            names = [argument.name or "" for argument in node.arguments]
            arguments = bind_named(function, dict(zip(names, values, strict=True)))
        else:
            arguments = bind_positional(function, values)
        try:
            return self.runtime.call(function, arguments, called=called_name(node.function))
        except FeelNull as reason:
            raise FeelNull(f"{function.name or 'function'}(): {reason}") from None


def _compared(op: str, left: Any, right: Any) -> bool | None:
    """Return whether a comparison holds; FeelNull where the two can never be compared."""
    found = holds_comparison(op, left, right)
    if found is None and left is not None and right is not None:
        kinds = f"a {kind_of(left)} and a {kind_of(right)}"
        raise FeelNull(f"'{op}' does not compare {kinds}; the comparison is null")
    return found


def _item_at(items: Sequence[Any], position: Decimal) -> Any:
    if position != position.to_integral_value() or position.is_zero():
        raise FeelNull("a position is a whole number other than 0")
    if abs(position) > len(items):
        return None
    index = int(position)
    return items[index - 1 if index > 0 else index]
