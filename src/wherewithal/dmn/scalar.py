"""The scalar executor: the IR rendered as one Python function, compiled once.

Two forms of an expression exist: as a *value* (three-valued, None is null) and as a *condition*,
where null and false are the same and the cheaper form will do.
"""

from __future__ import annotations

import datetime
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from wherewithal.dmn.ir import Node, Op, Rounding, quotient
from wherewithal.dmn.scalar_names import CHAIN_MAX, branches, named_nodes, parts_of
from wherewithal.dmn.types import Kind

_ARITHMETIC = {Op.ADD: "+", Op.SUBTRACT: "-", Op.MULTIPLY: "*"}
_ORDER = {Op.LESS: "<", Op.LESS_EQUAL: "<="}
#: The places of so few numbers stand in a tuple; of more they are found by bisection.
DENSE_MAX = 4_096
_PARTS = {Op.YEAR: "year", Op.MONTH: "month", Op.DAY: "day"}


def compile_scalar(
    outputs: Mapping[str, Node], *, inputs: Sequence[str]
) -> Callable[..., tuple[Any, ...]]:
    """Return a function of the inputs, by position, that returns the outputs as a tuple, in order.

    Values: int (in units of the type's scale), str, bool, date, days as int; None is null.
    Errors: none at run time for inputs within their declared types.
    """
    renderer = _Renderer(outputs)
    body = renderer.statements()
    names = [renderer.parameter(name) for name in inputs]
    results = "".join(f"{renderer.value(node)}, " for node in outputs.values())
    source = "\n".join(
        [
            f"def decide({', '.join(names)}):",
            *(f"    {line}" for line in body),
            f"    return ({results})",
        ]
    )
    scope: dict[str, Any] = dict(renderer.constants)
    exec(compile(source, "<policy>", "exec"), scope)  # noqa: S102 - our own rendering of a typed IR
    function: Callable[..., tuple[Any, ...]] = scope["decide"]
    return function


class _Renderer:
    """Renders the nodes that the outputs need; `scalar_names` says which are assigned to names."""

    def __init__(self, outputs: Mapping[str, Node]) -> None:
        self.constants: dict[str, Any] = {
            "_days": datetime.timedelta,
            "_at": _at,
            "_MISS": _MISS,
            "_bisect": bisect_right,
            "_first_bit": _first_bit,
        }
        for rounding in Rounding:
            self.constants[f"_divide_{rounding.value}"] = _divider(rounding)
        self._parameters: dict[str, str] = {}
        self._named: dict[int, str] = {}
        self._temporaries = 0
        self._order, uses = reachable(outputs.values())
        self._to_name = named_nodes(self._order, uses)
        self._by_number = {node.number: node for node in self._order}

    def parameter(self, name: str) -> str:
        """Return the Python name of an input."""
        return self._parameters.setdefault(name, f"p{len(self._parameters)}")

    def statements(self) -> list[str]:
        """Return the assignments, operands first."""
        lines: list[str] = []
        for node in self._order:
            if node.number in self._to_name:
                name = f"v{node.number}"
                lines += self._assign(name, node)
                self._named[node.number] = name
        return lines

    def _assign(self, name: str, node: Node) -> list[str]:
        # What is guarded has no value where a guard is null, and is not read there.
        guards = [self.value(self._by_number[number]) for number in sorted(node.guards)]
        unless = f"None if {' or '.join(f'{g} is None' for g in guards)} else " if guards else ""
        if branches(node) <= CHAIN_MAX:
            return [f"{name} = {unless}{self._inner(node)}"]
        pairs = list(zip(node.operands[:-1:2], node.operands[1::2], strict=True))
        lines: list[str] = []
        for start in range(0, len(pairs), CHAIN_MAX):
            chain = "".join(
                f"{self._inner(value)} if {self.condition(test)} else "
                for test, value in pairs[start : start + CHAIN_MAX]
            )
            statement = f"{name} = {unless if start == 0 else ''}{chain}_MISS"
            lines.append(statement if start == 0 else f"if {name} is _MISS: {statement}")
        return [*lines, f"if {name} is _MISS: {name} = {self.value(node.operands[-1])}"]

    def value(self, node: Node) -> str:
        """Return the node as a three-valued expression."""
        if node.number in self._named:
            return self._named[node.number]
        return self._render(node)

    def _inner(self, node: Node) -> str:
        text = self.value(node)
        return text if text.isidentifier() or text.isdigit() else f"({text})"

    def condition(self, node: Node) -> str:
        """Return an expression that is truthy exactly where the node is true."""
        if node.number in self._named:
            return self._named[node.number]
        if node.op in (Op.AND, Op.OR):
            word = "and" if node.op is Op.AND else "or"
            parts = [self.condition(part) for part in parts_of(node, self._to_name)]
            return f"({f' {word} '.join(parts)})"
        if node.op in _ORDER:
            checks, (left, right) = self._checked(node.operands, negative=True)
            return "(" + " and ".join([*checks, f"{left} {_ORDER[node.op]} {right}"]) + ")"
        if node.op is Op.NOT and not node.type.nullable:
            return f"(not {self.condition(node.operands[0])})"
        return f"({self._render(node)})"

    def _checked(self, operands: Sequence[Node], *, negative: bool) -> tuple[list[str], list[str]]:
        """Return the null checks of the operands and the names to use after them."""
        checks, names = [], []
        test = "is not None" if negative else "is None"
        for operand in operands:
            text = self._inner(operand)
            if operand.type.nullable:
                if not text.isidentifier():
                    self._temporaries += 1
                    name = f"w{self._temporaries}"
                    checks.append(f"({name} := {text}) {test}")
                    text = name
                else:
                    checks.append(f"{text} {test}")
            names.append(text)
        return checks, names

    def _render(self, node: Node) -> str:
        match node.op:
            case Op.INPUT:
                return self.parameter(node.payload)
            case Op.CONSTANT:
                return self._constant(node.payload)
            case Op.ASSUME | Op.UNITS:
                return self.value(node.operands[0])
            case Op.CASE:
                return self._case(node)
            case Op.AND | Op.OR:
                return self._logic(node)
            case Op.EQUAL:
                left, right = map(self._inner, node.operands)
                return f"{left} == {right}"
            case Op.IS_NULL:
                return f"{self._inner(node.operands[0])} is None"
            case Op.POSITION:
                table = self._keep({text: place for place, text in enumerate(node.payload)})
                return f"{table}.get({self.value(node.operands[0])})"
            case Op.KEYED:
                pairs, otherwise = node.payload
                return f"{self._keep(dict(pairs))}.get({self.value(node.operands[0])}, {otherwise})"
            case Op.STEPPED:
                return self._stepped(node)
            case _:
                return self._strict(node)

    def _stepped(self, node: Node) -> str:
        bounds, places, null = node.payload
        type_ = node.operands[0].type
        checks, (name,) = self._checked(node.operands, negative=False)
        if type_.kind is not Kind.DATE and type_.high - type_.low < DENSE_MAX:
            span = range(type_.low, type_.high + 1)
            table = self._keep(tuple(places[bisect_right(bounds, value)] for value in span))
            text = f"{table}[{name} - {self._constant(type_.low)}]"
        else:
            if type_.kind is Kind.DATE:
                bounds = tuple(map(datetime.date.fromordinal, bounds))
            text = f"{self._keep(places)}[_bisect({self._keep(bounds)}, {name})]"
        return f"({null} if {checks[0]} else {text})" if checks else text

    def _strict(self, node: Node) -> str:
        """Render an op that is null where an operand is null."""
        checks, names = self._checked(node.operands, negative=False)
        if node.op is Op.DIVIDE and _may_be_zero(node.operands[1]):
            checks.append(f"{names[1]} == 0")
        text = self._strict_kernel(node, names)
        return f"(None if {' or '.join(checks)} else {text})" if checks else text

    def _strict_kernel(self, node: Node, names: list[str]) -> str:
        match node.op:
            case Op.ADD | Op.SUBTRACT | Op.MULTIPLY:
                return f"{names[0]} {_ARITHMETIC[node.op]} {names[1]}"
            case Op.LESS | Op.LESS_EQUAL:
                return f"{names[0]} {_ORDER[node.op]} {names[1]}"
            case Op.BITS:
                return f"{names[0]} & {names[1]}"
            case Op.FIRST_BIT:
                return f"_first_bit({names[0]})"
            case Op.MIN | Op.MAX:
                return self._extreme(node.op, names)
            case Op.NOT:
                return f"not {names[0]}"
            case Op.DIVIDE if node.payload is Rounding.FLOOR:
                return f"{names[0]} // {names[1]}"
            case Op.DIVIDE:
                return f"_divide_{node.payload.value}({names[0]}, {names[1]})"
            case Op.LOOKUP:
                table = self._keep(node.payload)
                index = node.operands[0].type
                inside = index.low >= 0 and index.high < len(node.payload)
                return f"{table}[{names[0]}]" if inside else f"_at({table}, {names[0]})"
            case Op.YEAR | Op.MONTH | Op.DAY:
                return f"{names[0]}.{_PARTS[node.op]}"
            case Op.DAYS_BETWEEN:
                return f"({names[0]} - {names[1]}).days"
            case Op.ADD_DAYS:
                return f"{names[0]} + _days({names[1]})"
        message = f"no scalar kernel for {node.op}"
        raise KeyError(message)

    def _extreme(self, op: Op, texts: list[str]) -> str:
        tested, names = [], []
        for text in texts:
            if text.isidentifier() or text.isdigit():
                tested.append(text)
                names.append(text)
                continue
            self._temporaries += 1
            names.append(f"w{self._temporaries}")
            tested.append(f"({names[-1]} := {text})")
        order = "<=" if op is Op.MIN else ">="
        return f"{names[0]} if {tested[0]} {order} {tested[1]} else {names[1]}"

    def _case(self, node: Node) -> str:
        pairs = zip(node.operands[:-1:2], node.operands[1::2], strict=True)
        chain = "".join(f"{self._inner(v)} if {self.condition(c)} else " for c, v in pairs)
        return chain + self._inner(node.operands[-1])

    def _logic(self, node: Node) -> str:
        word = "and" if node.op is Op.AND else "or"
        parts = [self._inner(part) for part in parts_of(node, self._to_name)]
        if not node.type.nullable:
            return f" {word} ".join(parts)
        absorbing = node.op is Op.OR
        self._temporaries += 1
        name = f"w{self._temporaries}"
        # All parts are evaluated: null and the absorbing value do not short-circuit alike.
        return (
            f"({absorbing} if {absorbing} in ({name} := ({', '.join(parts)})) else "
            f"None if None in {name} else {not absorbing})"
        )

    def _constant(self, value: Any) -> str:
        if isinstance(value, datetime.date):
            return self._keep(value)
        return f"({value})" if isinstance(value, int) and value < 0 else repr(value)

    def _keep(self, value: Any) -> str:
        name = f"K{len(self.constants)}"
        self.constants[name] = value
        return name


class _Miss:
    """No branch of a chain has been taken yet."""


_MISS = _Miss()


def _may_be_zero(node: Node) -> bool:
    return node.type.low <= 0 <= node.type.high


def _divider(rounding: Rounding) -> Callable[[int, int], int]:
    def divide(numerator: int, denominator: int) -> int:
        return quotient(numerator, denominator, rounding)

    return divide


def _first_bit(bits: int) -> int:
    return (bits & -bits).bit_length()


def _at(values: Sequence[Any], index: int) -> Any:
    return values[index] if 0 <= index < len(values) else None


#: These render as their operand, so that each use of them is a use of it.
PASSED_THROUGH = (Op.ASSUME, Op.UNITS)


def reachable(roots: Iterable[Node]) -> tuple[list[Node], dict[int, int]]:
    """Return the nodes that the roots need, operands first, and how often each is rendered."""
    uses: dict[int, int] = {}
    found: dict[int, Node] = {}
    stack = list(roots)
    for root in stack:
        uses[root.number] = uses.get(root.number, 0) + 1
    while stack:
        node = stack.pop()
        if node.number not in found:
            found[node.number] = node
            stack.extend(node.operands)
    order = [found[number] for number in sorted(found)]
    for node in reversed(order):
        weight = uses[node.number] if node.op in PASSED_THROUGH else 1
        for operand in node.operands:
            uses[operand.number] = uses.get(operand.number, 0) + weight
    return order, uses
