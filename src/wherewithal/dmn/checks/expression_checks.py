"""What is wrong with an expression whatever its inputs are: a divisor that is always zero."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from wherewithal.dmn import model
from wherewithal.dmn.checks.cells import CellReader
from wherewithal.dmn.diagnostics import Diagnostic, error
from wherewithal.dmn.feel import ast
from wherewithal.dmn.feel.parser import children_of
from wherewithal.dmn.types import Kind

_DEPTH_MAX = 60


def check_expressions(one: model.Model) -> list[Diagnostic]:
    """Return the divisions by a constant zero, wherever they stand in a model."""
    reader = CellReader()
    found: list[Diagnostic] = []
    for feel in _feels(one, 0):
        if feel.node is not None and any(_is_zero(reader, tree) for tree in _divisors(feel.node)):
            place = f"{one.file}: {feel.place}" if feel.place else one.file
            message = "divides by a constant zero, which is always null; mend the divisor"
            found.append(error("division-by-zero", place, message))
    return found


def _feels(part: object, depth: int) -> Iterator[model.Feel]:
    if isinstance(part, model.Feel):
        yield part
    elif isinstance(part, tuple):
        for item in part:
            yield from _feels(item, depth)
    elif is_dataclass(part) and depth < _DEPTH_MAX:
        for field in fields(part):
            yield from _feels(getattr(part, field.name), depth + 1)


def _divisors(tree: ast.Node) -> Iterator[ast.Node]:
    match tree:
        case ast.Binary(op="/", right=right):
            yield right
        case ast.Invocation(function=ast.Name(name="modulo"), arguments=(_, divisor)):
            yield divisor.value
    for child in children_of(tree):
        yield from _divisors(child)


def _is_zero(reader: CellReader, tree: ast.Node) -> bool:
    found = reader.constant(tree)
    return found is not None and found.kind is Kind.NUMBER and found.value == 0
