"""Columns of a table: zen's cells as FEEL's tests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from wherewithal.dmn.jdm.feel_writer import FeelWriter, is_literal, kind_of
from wherewithal.dmn.jdm.zen_ast import (
    Binary,
    Call,
    Choice,
    Current,
    Node,
    Number,
    Path,
    Prefix,
    Range,
    Sequence,
    Word,
)
from wherewithal.dmn.jdm.zen_parser import ORDER, parse_expression

ANY = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """An input clause: its expression, the type if known, and a test for each rule."""

    label: str
    expression: str
    type_ref: str | None
    tests: tuple[str, ...]


def test_of(alternatives: list[Node], writer: FeelWriter, *, own: Node | None) -> str:
    """Return a cell's test: the short form where it means the same, else one with `?`.

    `own` is what the column tests; a cell that names it means `$`.
    """
    alternatives = [_replaced(node, own) for node in alternatives]
    short = [_short(node, writer) for node in alternatives]
    kinds = {kind for node in alternatives for kind in _kinds(node)}
    if len(alternatives) == 1 and (negated := _negated(alternatives[0], writer)):
        return negated
    # An order before another kind: zen stops at the order, and never comes to the other.
    if all(short) and (len(kinds) <= 1 or "order" not in kinds):
        return ", ".join(one for one in short if one)
    whole = alternatives[0]
    for node in alternatives[1:]:
        whole = Binary("or", whole, node)
    condition = writer.condition(whole, is_test=True)
    if any(isinstance(part, Current) for part in _parts(whole)):
        return condition.text
    # FEEL compares the column with what a cell comes to, unless the cell names `?`: so it does.
    return f"? = ? and ({condition.text})"


def _replaced(node: Node, own: Node | None) -> Node:
    """Return a tree with `$` where it names the field of its column."""
    if isinstance(own, Path) and node == own:
        return Current()
    match node:
        case Binary(operator=operator, left=left, right=right):
            return Binary(operator, _replaced(left, own), _replaced(right, own))
        case Prefix(operator=operator, operand=operand):
            return Prefix(operator, _replaced(operand, own))
        case Call(name=name, arguments=arguments):
            return Call(name, tuple(_replaced(one, own) for one in arguments))
        case Sequence(items=items):
            return Sequence(tuple(_replaced(one, own) for one in items))
        case Choice(condition=condition, yes=yes, no=no):
            return Choice(_replaced(condition, own), _replaced(yes, own), _replaced(no, own))
        case Range(low=low, high=high, has_low=has_low, has_high=has_high):
            return Range(_replaced(low, own), _replaced(high, own), has_low, has_high)
    return node


def _parts(node: Node) -> Iterator[Node]:
    """Yield a tree and everything in it."""
    yield node
    inside: tuple[Node, ...] = ()
    match node:
        case Binary():
            inside = (node.left, node.right)
        case Prefix():
            inside = (node.operand,)
        case Call():
            inside = node.arguments
        case Sequence():
            inside = node.items
        case Choice():
            inside = (node.condition, node.yes, node.no)
        case Range():
            inside = (node.low, node.high)
    for one in inside:
        yield from _parts(one)


def _short(node: Node, writer: FeelWriter) -> str | None:
    match node:
        case Binary(operator="==", left=Current(), right=value) if is_literal(value):
            writer.write(node)
            return writer.write(value).text
        case Binary(operator=operator, left=Current(), right=value) if (
            operator in ORDER and kind_of(value) == "number"
        ):
            writer.write(node)
            return f"{operator} {writer.write(value).text}"
        case Binary(operator="in", left=Current(), right=Range() as ends) if (
            kind_of(ends.low) == kind_of(ends.high) == "number"
        ):
            return writer.write(node).text.removeprefix("? in ")
        case Binary(operator="in", left=Current(), right=Sequence(items=items)) if items:
            if all(is_literal(item) for item in items):
                writer.write(node)
                return ", ".join(writer.write(item).text for item in items)
    return None


def _negated(node: Node, writer: FeelWriter) -> str | None:
    match node:
        case Binary(operator="!=", left=Current(), right=value) if is_literal(value):
            writer.write(node)
            return f"not({writer.write(value).text})"
        case Binary(operator="not in", left=Current(), right=Sequence(items=items)) if items:
            if all(is_literal(item) for item in items):
                writer.write(node)
                return f"not({', '.join(writer.write(item).text for item in items)})"
    return None


def _kinds(node: Node) -> set[str]:
    """Return what a test asks of its column: an order, or the kinds of the values that it names."""
    match node:
        case Binary(operator="==" | "!=", right=value):
            return {kind_of(value) or "null"} - {"number"}
        case Binary(operator="in" | "not in", right=Sequence(items=items)):
            return {kind_of(item) or "null" for item in items} - {"number"}
    return {"order"}


def split_conditions(cells: list[str]) -> list[dict[Path, list[Node]]] | None:
    """Return conditions without a column's field as one column for each field that they test.

    One entry for each cell, from a field to its test of `$`. None where a cell is no conjunction of
    tests of one field each.
    """
    found: list[dict[Path, list[Node]]] = []
    for cell in cells:
        tests: dict[Path, list[Node]] = {}
        for part in _conjuncts(parse_expression(cell)) if cell else []:
            test = _test_of_field(part)
            if test is None or test[0] in tests:
                return None
            tests[test[0]] = [test[1]]
        found.append(tests)
    return found


def _conjuncts(node: Node) -> list[Node]:
    if isinstance(node, Binary) and node.operator == "and":
        return [*_conjuncts(node.left), *_conjuncts(node.right)]
    return [node]


def _test_of_field(node: Node) -> tuple[Path, Node] | None:
    match node:
        case Path(is_own=False):
            return node, Binary("==", Current(), Word("true"))
        case Binary(operator=operator, left=Path(is_own=False) as path, right=right):
            is_value = operator in (*ORDER, "==", "!=") and _is_plain(right)
            is_set = operator in ("in", "not in") and isinstance(right, Range | Sequence)
            if is_value or is_set:
                return path, Binary(operator, Current(), right)
    return None


def _is_plain(node: Node) -> bool:
    if isinstance(node, Prefix):
        return isinstance(node.operand, Number)
    return is_literal(node)
