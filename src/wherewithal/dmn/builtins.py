"""The FEEL functions of the profile, each as the nodes that it means."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from wherewithal.dmn.diagnostics import near_miss
from wherewithal.dmn.feel import ast
from wherewithal.dmn.feel.signatures import SIGNATURES
from wherewithal.dmn.ir import Node, Op, OutsideProfile, Rounding
from wherewithal.dmn.types import Kind
from wherewithal.dmn.values import ListValue, Value

if TYPE_CHECKING:
    from wherewithal.dmn.lowering import Lowering

Arguments = Sequence[ast.Argument]
Scope = Mapping[str, Value]
Builtin = Callable[["Lowering", Arguments, Scope], Value]

#: Results have at most this many decimals; FEEL's own bound is 6,111.
SCALE_MAX = 12


def in_order(name: str, arguments: Arguments) -> Arguments:
    """Return the arguments as the function's signature orders them; named ones are put in place."""
    if all(argument.name is None for argument in arguments):
        return arguments
    given = {argument.name or "": argument for argument in arguments}
    for signature in SIGNATURES[name]:
        names = [parameter.rstrip("?*") for parameter in signature]
        if set(names[: len(given)]) == set(given):
            return [given[parameter] for parameter in names[: len(given)]]
    known = [parameter.rstrip("?*") for parameter in SIGNATURES[name][0]]
    unknown = next((key for key in given if key not in known), "")
    message = f"'{name}' takes ({', '.join(known)}), not ({', '.join(given)})"
    raise OutsideProfile(message + near_miss(unknown, known))


def _rounding(rounding: Rounding, *, needs_scale: bool) -> Builtin:
    def lower(lowering: Lowering, arguments: Arguments, scope: Scope) -> Value:
        if not 1 + needs_scale <= len(arguments) <= 2:
            raise OutsideProfile("a rounding function takes a number and a number of decimals")
        scale = _literal_scale(lowering, arguments[1].value, scope) if len(arguments) == 2 else 0
        tree = arguments[0].value
        graph = lowering.graph
        if isinstance(tree, ast.Binary) and tree.op == "/":
            top = lowering.typed(tree.left, scope, Kind.NUMBER)
            bottom = lowering.typed(tree.right, scope, Kind.NUMBER)
        else:
            top, bottom = lowering.typed(tree, scope, Kind.NUMBER), graph.constant(1)
        if Kind.NULL in (top.type.kind, bottom.type.kind):
            return graph.constant(None)
        if rounding is not Rounding.FLOOR and bottom.type.low < 0:
            if bottom.type.high >= 0:
                raise OutsideProfile("the divisor of this rounding may change its sign")
            top, bottom = graph.negate(top), graph.negate(bottom)
        return graph.divide(top, bottom, rounding, scale=scale)

    return lower


def _literal_scale(lowering: Lowering, tree: ast.Node, scope: Scope) -> int:
    node = lowering.typed(tree, scope, Kind.NUMBER)
    is_whole = node.op is Op.CONSTANT and isinstance(node.payload, int) and not node.type.scale
    if not is_whole or not 0 <= node.payload <= SCALE_MAX:
        message = f"the number of decimals must be a literal from 0 to {SCALE_MAX}"
        raise OutsideProfile(message)
    return int(node.payload)


def _items(lowering: Lowering, arguments: Arguments, scope: Scope) -> list[Node]:
    """Return the items of `f(a, b, c)` or `f([a, b, c])`."""
    values = [lowering.lower(argument.value, scope) for argument in arguments]
    if len(values) == 1 and isinstance(values[0], ListValue):
        values = list(values[0].items)
    nodes = [value for value in values if isinstance(value, Node)]
    if len(nodes) != len(values) or not nodes:
        raise OutsideProfile("this function takes single values here")
    kinds = {node.type.kind for node in nodes} - {Kind.NULL}
    if len(kinds) > 1:
        raise OutsideProfile("the arguments are of different types")
    return nodes


def _extreme(op: Op) -> Builtin:
    def lower(lowering: Lowering, arguments: Arguments, scope: Scope) -> Value:
        nodes = _items(lowering, arguments, scope)
        if any(node.type.kind is Kind.NULL for node in nodes):
            return lowering.graph.constant(None)
        if nodes[0].type.kind in (Kind.TEXT, Kind.BOOLEAN):
            raise OutsideProfile("min and max order numbers, dates and durations only")
        graph = lowering.graph
        return graph.least(nodes) if op is Op.MIN else graph.greatest(nodes)

    return lower


def _sum(lowering: Lowering, arguments: Arguments, scope: Scope) -> Value:
    nodes = _items(lowering, arguments, scope)
    if any(node.type.kind not in (Kind.NUMBER, Kind.NULL) for node in nodes):
        raise OutsideProfile("sum adds numbers only")
    result = nodes[0]
    for node in nodes[1:]:
        result = lowering.arithmetic("+", result, node)
    return result


def _abs(lowering: Lowering, arguments: Arguments, scope: Scope) -> Value:
    node = _one(lowering, arguments, scope, Kind.NUMBER, Kind.DAYS)
    return node if node.type.kind is Kind.NULL else lowering.graph.absolute(node)


def _not(lowering: Lowering, arguments: Arguments, scope: Scope) -> Value:
    return lowering.graph.negation(_one(lowering, arguments, scope, Kind.BOOLEAN))


def _one(lowering: Lowering, arguments: Arguments, scope: Scope, *kinds: Kind) -> Node:
    if len(arguments) != 1:
        raise OutsideProfile("this function takes one argument")
    return lowering.typed(arguments[0].value, scope, *kinds)


def _modulo(lowering: Lowering, arguments: Arguments, scope: Scope) -> Value:
    if len(arguments) != 2:
        raise OutsideProfile("modulo takes a dividend and a divisor")
    top, bottom = (lowering.typed(a.value, scope, Kind.NUMBER) for a in arguments)
    graph = lowering.graph
    if Kind.NULL in (top.type.kind, bottom.type.kind):
        return graph.constant(None)
    times = graph.divide(top, bottom, Rounding.FLOOR)
    if times.type.kind is Kind.NULL:
        return times
    return graph.subtract(top, graph.multiply(bottom, times))


def _list_contains(lowering: Lowering, arguments: Arguments, scope: Scope) -> Value:
    if len(arguments) != 2:
        raise OutsideProfile("list contains takes a list and an element")
    items = lowering.lower(arguments[0].value, scope)
    element = lowering.node(arguments[1].value, scope)
    if not isinstance(items, ListValue):
        raise OutsideProfile("list contains takes a list that is written out")
    tests = [lowering.compare("=", element, i) for i in items.items if isinstance(i, Node)]
    return lowering.graph.any_of(tests)


def _of_text(kind: Kind) -> Builtin:
    def lower(lowering: Lowering, arguments: Arguments, scope: Scope) -> Value:
        from wherewithal.dmn.lowering import constant_of_text  # noqa: PLC0415 - they call each other

        node = _one(lowering, arguments, scope, Kind.TEXT, kind)
        if node.type.kind in (kind, Kind.NULL):
            return node
        if node.op is not Op.CONSTANT or not isinstance(node.payload, str):
            raise OutsideProfile("dates and durations are read from literal texts only")
        found = constant_of_text(lowering.graph, node.payload)
        if found.type.kind is not kind:
            raise OutsideProfile(f"'{node.payload}' is a {found.type.kind.value}")
        return found

    return lower


BUILTINS: dict[str, Builtin] = {
    "floor": _rounding(Rounding.FLOOR, needs_scale=False),
    "ceiling": _rounding(Rounding.CEILING, needs_scale=False),
    "decimal": _rounding(Rounding.HALF_EVEN, needs_scale=True),
    "round up": _rounding(Rounding.UP, needs_scale=True),
    "round down": _rounding(Rounding.DOWN, needs_scale=True),
    "round half up": _rounding(Rounding.HALF_UP, needs_scale=True),
    "round half down": _rounding(Rounding.HALF_DOWN, needs_scale=True),
    "min": _extreme(Op.MIN),
    "max": _extreme(Op.MAX),
    "sum": _sum,
    "abs": _abs,
    "not": _not,
    "modulo": _modulo,
    "list contains": _list_contains,
    "date": _of_text(Kind.DATE),
    "duration": _of_text(Kind.DAYS),
}
