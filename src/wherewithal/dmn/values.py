"""What an expression can stand for while a model is compiled: a node, or a shape made of nodes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from wherewithal.dmn import model
from wherewithal.dmn.feel import ast
from wherewithal.dmn.ir import Node


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextValue:
    """A context whose entries are known by name when the model is compiled."""

    entries: Mapping[str, Value]
    #: Whether there is a context at all, never null; where not, its entries are null. None: always.
    present: Node | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListValue:
    """A list whose length is known when the model is compiled."""

    items: tuple[Value, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RangeValue:
    """A range; an open end is None."""

    low: Node | None
    high: Node | None
    low_closed: bool
    high_closed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionValue:
    """A function to inline: its parameters, its body and the names that the body sees."""

    name: str
    parameters: tuple[str, ...]
    body: ast.Node | model.Expression | None
    scope: Mapping[str, Value]
    #: Declared types of the parameters, in order, where any is; and of the result.
    types: tuple[str | None, ...] = ()
    result: str | None = None
    is_knowledge_model: bool = False


Value = Node | ContextValue | ListValue | RangeValue | FunctionValue
