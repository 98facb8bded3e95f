"""FEEL trees to IR: names resolved, types and scales inferred, functions inlined.

What the profile does not hold raises OutsideProfile with the reason; the caller adds the place.
`/` stands only directly inside a rounding function, because its exact result has no scale.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from wherewithal.dmn import model
from wherewithal.dmn import types as t
from wherewithal.dmn.builtins import BUILTINS, in_order
from wherewithal.dmn.compiled import CompiledCall, Guard
from wherewithal.dmn.diagnostics import near_miss
from wherewithal.dmn.feel import ast
from wherewithal.dmn.ir import Graph, Node, Op, OutsideProfile, known_not_null
from wherewithal.dmn.recorder import Recorder
from wherewithal.dmn.settled import settled
from wherewithal.dmn.trace import called_name
from wherewithal.dmn.types import Kind
from wherewithal.dmn.values import ContextValue, FunctionValue, ListValue, RangeValue, Value

_PARTS = {"year": Op.YEAR, "month": Op.MONTH, "day": Op.DAY}
#: A call chain longer than this is a recursion, which cannot be inlined.
DEPTH_MAX = 50
#: FEEL's dates are these; Python would read `20200131` and weeks as well.
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_DAYS = re.compile(r"(-?)P(\d+)D", re.ASCII)


@dataclass(slots=True)
class Lowering:
    """Lowers expressions into one graph."""

    graph: Graph
    recorder: Recorder = field(default_factory=Recorder)
    #: Nodes known not to be null in the branch that is being lowered.
    known: frozenset[int] = field(default_factory=frozenset)
    depth: int = 0
    #: The model whose types are meant; None where there are none.
    owner: model.Model | None = None

    def lower(self, tree: ast.Node, scope: Mapping[str, Value]) -> Value:
        """Return the value of an expression; OutsideProfile says what the profile lacks."""
        match tree:
            case ast.NumberLiteral():
                return self._number(tree, scope)
            case ast.StringLiteral():
                return self._string(tree, scope)
            case ast.BooleanLiteral():
                return self._boolean(tree, scope)
            case ast.NullLiteral():
                return self._null(tree, scope)
            case ast.AtLiteral():
                return self._at(tree, scope)
            case ast.Name():
                return self._name(tree, scope)
            case ast.Path():
                return self._path(tree, scope)
            case ast.Negation():
                return self._negation(tree, scope)
            case ast.Binary():
                return self._binary(tree, scope)
            case ast.Between():
                return self._between(tree, scope)
            case ast.In():
                return self._in(tree, scope)
            case ast.Interval():
                return self._interval(tree, scope)
            case ast.ListLiteral():
                return self._list(tree, scope)
            case ast.ContextLiteral():
                return self._context(tree, scope)
            case ast.If():
                return self._if(tree, scope)
            case ast.Invocation():
                return self._invocation(tree, scope)
            case ast.FunctionDefinition():
                return self._function(tree, scope)
        message = f"{_words(type(tree))} is outside the profile"
        raise OutsideProfile(message)

    def node(self, tree: ast.Node, scope: Mapping[str, Value]) -> Node:
        """Return the value of an expression that must be a single value."""
        return self.single(self.lower(tree, scope))

    def single(self, value: Value) -> Node:
        """Return a value that must be a single one; a list of one stands for its item."""
        if isinstance(value, ListValue) and len(value.items) == 1:
            value = value.items[0]
        if not isinstance(value, Node):
            message = f"a single value is expected here, not a {_words(type(value))}"
            raise OutsideProfile(message)
        return value

    def typed(self, tree: ast.Node, scope: Mapping[str, Value], *kinds: Kind) -> Node:
        """Return a single value of one of the kinds, or null."""
        node = self.node(tree, scope)
        if node.type.kind not in (*kinds, Kind.NULL):
            wanted = " or ".join(kind.value for kind in kinds)
            message = f"a {wanted} is expected, not a {node.type.kind.value}"
            raise OutsideProfile(message)
        return node

    # -- literals and names ---------------------------------------------------------------------

    def _number(self, tree: ast.NumberLiteral, _scope: Mapping[str, Value]) -> Node:
        sign, digits, exponent = Decimal(tree.text).as_tuple()
        if not isinstance(exponent, int) or sign:
            message = f"{tree.text} is not a number"
            raise OutsideProfile(message)
        integer = int("".join(map(str, digits)))
        while exponent < 0 and integer % 10 == 0:
            integer, exponent = integer // 10, exponent + 1
        if integer == 0:
            exponent = 0
        if exponent > 0:
            return self.graph.constant(integer * 10 ** min(exponent, 40))
        return self.graph.constant(integer, scale=-exponent)

    def _string(self, tree: ast.StringLiteral, _scope: Mapping[str, Value]) -> Node:
        return self.graph.constant(tree.value)

    def _boolean(self, tree: ast.BooleanLiteral, _scope: Mapping[str, Value]) -> Node:
        return self.graph.constant(tree.value)

    def _null(self, _tree: ast.NullLiteral, _scope: Mapping[str, Value]) -> Node:
        return self.graph.constant(None)

    def _at(self, tree: ast.AtLiteral, _scope: Mapping[str, Value]) -> Node:
        return constant_of_text(self.graph, tree.text)

    def _name(self, tree: ast.Name, scope: Mapping[str, Value]) -> Value:
        if tree.name not in scope:
            message = f"unknown name '{tree.name}'{near_miss(tree.name, scope)}"
            raise OutsideProfile(message)
        return self._assumed(scope[tree.name])

    def _assumed(self, value: Value) -> Value:
        if isinstance(value, Node) and value.number in self.known:
            return self.graph.assume_not_null(value)
        return value

    def _path(self, tree: ast.Path, scope: Mapping[str, Value]) -> Value:
        target = self.lower(tree.target, scope)
        if isinstance(target, ContextValue):
            if tree.name not in target.entries:
                message = f"no entry '{tree.name}'{near_miss(tree.name, target.entries)}"
                raise OutsideProfile(message)
            return self._assumed(target.entries[tree.name])
        if isinstance(target, Node) and target.type.kind is Kind.DATE and tree.name in _PARTS:
            return self.graph.date_part(target, _PARTS[tree.name])
        if isinstance(target, Node) and target.type.kind is Kind.DAYS and tree.name == "days":
            message = "'.days' of a duration is outside the profile; compare it with a duration"
            raise OutsideProfile(message)
        message = f"'.{tree.name}' of this value is outside the profile"
        raise OutsideProfile(message)

    # -- operators -----------------------------------------------------------------------------

    def _negation(self, tree: ast.Negation, scope: Mapping[str, Value]) -> Node:
        operand = self._operand(tree.operand, scope)
        if operand.type.kind not in (Kind.NUMBER, Kind.DAYS, Kind.NULL):
            message = f"a number or days duration is expected, not a {operand.type.kind.value}"
            raise OutsideProfile(message)
        return operand if operand.type.kind is Kind.NULL else self.graph.negate(operand)

    def _binary(self, tree: ast.Binary, scope: Mapping[str, Value]) -> Node:
        if tree.op in ("and", "or"):
            left = self.typed(tree.left, scope, Kind.BOOLEAN)
            before = len(self.recorder.steps)
            right = self.typed(tree.right, scope, Kind.BOOLEAN)
            # What the left side settles, the interpreter does not look further at.
            self.recorder.guard(before, Guard(node=left, value=tree.op == "or", is_not=True))
            fold = self.graph.all_of if tree.op == "and" else self.graph.any_of
            return fold([left, right])
        if tree.op in ("/", "**"):
            message = (
                "'/' has no exact scale: put it directly inside floor, ceiling, a rounding"
                " function or decimal(..., n)"
                if tree.op == "/"
                else "'**' is outside the profile"
            )
            raise OutsideProfile(message)
        if tree.op in ("+", "-", "*"):
            operands = [self._operand(side, scope) for side in (tree.left, tree.right)]
            return self.arithmetic(tree.op, *operands)
        left, right = self.node(tree.left, scope), self.node(tree.right, scope)
        found = self.compare(tree.op, left, right)
        # Within a function what is settled for one call may be open for the next.
        if self.depth == 0 and (said := settled(tree.op, left, right, found)) is not None:
            self.recorder.warn("settled-comparison", said)
        return found

    def _operand(self, tree: ast.Node, scope: Mapping[str, Value]) -> Node:
        """Return a single value; arithmetic, unlike a comparison, takes no list of one for it."""
        value = self.lower(tree, scope)
        if isinstance(value, ListValue):
            raise OutsideProfile("a single value is expected here, not a list")
        if not isinstance(value, Node):
            return self.node(tree, scope)
        return value

    def arithmetic(self, op: str, left: Node, right: Node) -> Node:
        """Return left op right for + - *; null with anything is null."""
        kinds = (left.type.kind, right.type.kind)
        if Kind.NULL in kinds:
            return self.graph.constant(None)
        if kinds == (Kind.NUMBER, Kind.NUMBER) or (kinds == (Kind.DAYS, Kind.DAYS) and op != "*"):
            operation = {
                "+": self.graph.add,
                "-": self.graph.subtract,
                "*": self.graph.multiply,
            }[op]
            return operation(left, right)
        if kinds == (Kind.DATE, Kind.DATE) and op == "-":
            return self.graph.days_between(left, right)
        if kinds == (Kind.DATE, Kind.DAYS) and op in "+-":
            return self.graph.add_days(left, right if op == "+" else self.graph.negate(right))
        message = f"'{op}' between a {kinds[0].value} and a {kinds[1].value} is outside the profile"
        raise OutsideProfile(message)

    def compare(self, op: str, left: Node, right: Node) -> Node:
        """Return left op right for = != < <= > >=."""
        kinds = {left.type.kind, right.type.kind} - {Kind.NULL}
        if len(kinds) > 1:
            message = f"a {left.type.kind.value} is compared with a {right.type.kind.value}"
            raise OutsideProfile(message)
        if op in ("=", "!="):
            same = self.graph.equal(left, right)
            return same if op == "=" else self.graph.negation(same)
        if Kind.NULL in (left.type.kind, right.type.kind):
            return self.graph.constant(None)
        if kinds & {Kind.TEXT, Kind.BOOLEAN}:
            message = f"'{op}' between {kinds.pop().value}s is outside the profile"
            raise OutsideProfile(message)
        if op in (">", ">="):
            left, right = right, left
        return self.graph.less(left, right, or_equal=op in ("<=", ">="))

    def _between(self, tree: ast.Between, scope: Mapping[str, Value]) -> Node:
        value, low, high = (self.node(part, scope) for part in (tree.value, tree.low, tree.high))
        return self.graph.all_of([self.compare(">=", value, low), self.compare("<=", value, high)])

    def _in(self, tree: ast.In, scope: Mapping[str, Value]) -> Node:
        value = self.node(tree.value, scope)
        return self.graph.any_of([self.test(test, value, scope) for test in tree.tests])

    def _interval(self, tree: ast.Interval, scope: Mapping[str, Value]) -> RangeValue:
        ends = [None if end is None else self.node(end, scope) for end in (tree.low, tree.high)]
        return RangeValue(
            low=ends[0],
            high=ends[1],
            low_closed=tree.low_closed,
            high_closed=tree.high_closed,
        )

    def _list(self, tree: ast.ListLiteral, scope: Mapping[str, Value]) -> ListValue:
        return ListValue(items=tuple(self.lower(item, scope) for item in tree.items))

    def _context(self, tree: ast.ContextLiteral, scope: Mapping[str, Value]) -> ContextValue:
        entries: dict[str, Value] = {}
        for entry in tree.entries:
            entries[entry.key] = self.lower(entry.value, {**scope, **entries})
        return ContextValue(entries=entries)

    def _if(self, tree: ast.If, scope: Mapping[str, Value]) -> Value:
        condition = self.typed(tree.condition, scope, Kind.BOOLEAN)
        return self.if_else(
            condition, lambda lowering, yes: lowering.lower(tree.yes if yes else tree.no, scope)
        )

    def if_else(self, condition: Node, branch: Callable[[Lowering, bool], Value]) -> Value:
        """Return the value of a condition's branches, each lowered with what it knows there."""
        when_true, otherwise = self.split(condition)
        before = len(self.recorder.steps)
        yes = branch(when_true, True)  # noqa: FBT003 - which branch, and nothing else
        self.recorder.guard(before, Guard(node=condition, value=True))
        between = len(self.recorder.steps)
        no = branch(otherwise, False)  # noqa: FBT003
        self.recorder.guard(between, Guard(node=condition, value=True, is_not=True))
        return self.choose([(condition, yes)], no)

    def split(self, condition: Node) -> tuple[Lowering, Lowering]:
        """Return the lowerings of both branches, each with what the condition shows there."""
        # `if null` takes the else branch: only a condition that is never null teaches it a thing.
        shown = (
            frozenset[int]() if condition.type.nullable else known_not_null(condition, when=False)
        )
        return self.under(known_not_null(condition, when=True)), self.under(shown)

    def under(self, shown: frozenset[int]) -> Lowering:
        """Return this lowering with more nodes known not to be null."""
        return replace(self, known=self.known | shown)

    def choose(self, branches: Sequence[tuple[Node, Value]], otherwise: Value) -> Value:
        """Return the first value whose condition is true; contexts are chosen entry by entry."""
        values = [value for _, value in branches] + [otherwise]
        if all(isinstance(value, Node) for value in values):
            pairs = [(c, v) for c, v in branches if isinstance(v, Node)]
            return self.graph.case(pairs, otherwise if isinstance(otherwise, Node) else values[-1])  # type: ignore[arg-type]
        contexts = [value for value in values if isinstance(value, ContextValue)]
        if (
            not contexts
            or any(not isinstance(value, ContextValue) and not _is_null(value) for value in values)
            or any(set(one.entries) != set(contexts[0].entries) for one in contexts)
        ):
            raise OutsideProfile("the branches have different shapes")
        null = self.graph.constant(None)
        return ContextValue(
            entries={
                key: self.choose(
                    [(c, _entry(value, key, null)) for c, value in branches],
                    _entry(otherwise, key, null),
                )
                for key in contexts[0].entries
            },
            present=self.graph.case(
                [(c, self._present(value)) for c, value in branches], self._present(otherwise)
            ),
        )

    def _present(self, value: Value) -> Node:
        present = value.present if isinstance(value, ContextValue) else None
        return present or self.graph.constant(value=not _is_null(value))

    # -- functions -----------------------------------------------------------------------------

    def _invocation(self, tree: ast.Invocation, scope: Mapping[str, Value]) -> Value:
        if isinstance(tree.function, ast.Name) and tree.function.name not in scope:
            name = tree.function.name
            builtin = BUILTINS.get(name)
            if builtin is None:
                message = f"the function '{name}' is outside the profile{near_miss(name, BUILTINS)}"
                raise OutsideProfile(message)
            return builtin(self, in_order(name, tree.arguments), scope)
        function = self.lower(tree.function, scope)
        if not isinstance(function, FunctionValue):
            raise OutsideProfile("what is called is not a function")
        given: dict[str, Value] = {}
        for place, argument in enumerate(tree.arguments):
            if argument.name is None and place >= len(function.parameters):
                message = f"'{function.name}' takes {len(function.parameters)} arguments"
                raise OutsideProfile(message)
            key = argument.name or function.parameters[place]
            given[key] = self.lower(argument.value, scope)
        return self.call(function, given, called=called_name(tree.function))

    def call(
        self, function: FunctionValue, given: Mapping[str, Value], *, called: str = "function"
    ) -> Value:
        """Return the function's body with its parameters bound: an invocation is inlined.

        `called` is what the trace calls a function that has no name of its own.
        """
        if set(given) != set(function.parameters):
            wanted, found = ", ".join(function.parameters), ", ".join(given)
            message = f"'{function.name}' takes ({wanted}), not ({found})"
            raise OutsideProfile(message)
        if self.depth >= DEPTH_MAX:
            message = f"'{function.name}' calls itself, which cannot be inlined"
            raise OutsideProfile(message)
        from wherewithal.dmn.lower_boxed import lower_call  # noqa: PLC0415 - the two call each other

        recorder = self.recorder
        outer, recorder.steps = recorder.steps, []
        try:
            value = lower_call(replace(self, depth=self.depth + 1), function, given)
        finally:
            inner, recorder.steps = recorder.steps, outer
        recorder.steps.append(
            CompiledCall(
                is_knowledge_model=function.is_knowledge_model,
                name=function.name if function.is_knowledge_model else called,
                arguments={name: given[name] for name in function.parameters},
                value=value,
                steps=tuple(inner),
            )
        )
        return value

    def _function(self, tree: ast.FunctionDefinition, scope: Mapping[str, Value]) -> FunctionValue:
        if tree.external:
            raise OutsideProfile("an external function is outside the profile")
        parameters = tuple(parameter.name for parameter in tree.parameters)
        refs = [parameter.type_ref for parameter in tree.parameters]
        if any(ref is not None and ref.arguments for ref in refs):
            raise OutsideProfile("a parameter of a list, context or function type")
        return FunctionValue(
            name="function",
            parameters=parameters,
            body=tree.body,
            scope=scope,
            types=tuple(ref.name if ref is not None else None for ref in refs),
        )

    # -- unary tests ---------------------------------------------------------------------------

    def test(self, tree: ast.Node, value: Node, scope: Mapping[str, Value]) -> Node:
        """Return the three-valued truth of one test of `value` (DMN 1.5, 10.3.2.9)."""
        if isinstance(tree, ast.UnaryTests):
            if tree.is_dash:
                return self.graph.constant(value=True)
            found = self.graph.any_of([self.test(part, value, scope) for part in tree.tests])
            return self.graph.negation(found) if tree.negated else found
        if isinstance(tree, ast.UnaryComparison):
            return self.compare(tree.op, value, self.node(tree.operand, scope))
        if _mentions_tested_value(tree):
            return self.typed(tree, {**scope, "?": value}, Kind.BOOLEAN)
        return self._holds(self.lower(tree, {**scope, "?": value}), value)

    def _holds(self, tested: Value, value: Node) -> Node:
        if isinstance(tested, RangeValue):
            return self._within(tested, value)
        if isinstance(tested, ListValue):
            return self.graph.any_of([self._holds(item, value) for item in tested.items])
        if isinstance(tested, Node):
            return self.compare("=", value, tested)
        raise OutsideProfile("a cell tests against a value, a range or a list")

    def _within(self, tested: RangeValue, value: Node) -> Node:
        ends: list[Node] = []
        if tested.low is not None:
            ends.append(self.compare(">=" if tested.low_closed else ">", value, tested.low))
        if tested.high is not None:
            ends.append(self.compare("<=" if tested.high_closed else "<", value, tested.high))
        return self.graph.all_of(ends)


def constant_of_text(graph: Graph, text: str) -> Node:
    """Return the date or day duration that a literal such as `2020-01-31` or `P30D` stands for."""
    if days := _DAYS.fullmatch(text):
        return graph.days(int(days[1] + days[2]))
    try:
        date = datetime.date.fromisoformat(text if _DATE.fullmatch(text) else "")
    except ValueError:
        message = f"'{text}' is neither a date nor a duration of whole days"
        raise OutsideProfile(message) from None
    if not t.YEAR_MIN <= date.year <= t.YEAR_MAX:
        message = f"the year {date.year} is outside {t.YEAR_MIN}..{t.YEAR_MAX}"
        raise OutsideProfile(message)
    return graph.constant(date)


def _mentions_tested_value(tree: ast.Node) -> bool:
    if isinstance(tree, ast.Name):
        return tree.name == "?"
    for name in type(tree).__dataclass_fields__:
        field_value = getattr(tree, name)
        parts = field_value if isinstance(field_value, tuple) else (field_value,)
        if any(isinstance(part, ast.Node) and _mentions_tested_value(part) for part in parts):
            return True
    return False


def _entry(value: Value, key: str, null: Node) -> Value:
    return value.entries.get(key, null) if isinstance(value, ContextValue) else null


def _is_null(value: Value) -> bool:
    return isinstance(value, Node) and value.type.kind is Kind.NULL


def _words(kind: type) -> str:
    name = kind.__name__.removesuffix("Value")
    return "".join(f" {c.lower()}" if c.isupper() else c for c in name).strip()
