"""What a compilation keeps for the trace: the steps that the interpreter would take, as nodes.

A function is inlined and both branches of an `if` are computed, so each step keeps the conditions
under which it is taken at all. Nothing here costs an executor that is not asked for a trace.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wherewithal.dmn import model
from wherewithal.dmn.ir import Node
from wherewithal.dmn.values import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """A condition of a step: the node has this value, or with `is_not` any other, null included."""

    node: Node
    value: Any
    is_not: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledTable:
    """Where a table's matches are: each group is the number of the rule that matched, or 0."""

    decision: str
    table: model.DecisionTable
    #: Under a hit policy that picks, one group: the rule that was picked.
    groups: tuple[Node, ...]
    #: For each group, the numbers of its rules.
    rules: tuple[tuple[int, ...], ...]
    #: By number of the rule, a node for each output.
    outputs: Mapping[int, Sequence[Node]]


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledHits:
    """A step: the evaluation of a table."""

    compiled: CompiledTable
    #: What the columns test.
    inputs: tuple[Value, ...]
    value: Value
    #: Makes nodes of all rules that matched, each the number of one of them or 0.
    matches: Callable[[], Sequence[Node]]
    #: From the outermost condition to the innermost; all hold where the step is taken.
    path: tuple[Guard, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledCall:
    """A step: a call of a function, which was inlined."""

    is_knowledge_model: bool
    name: str
    #: As they were given, by parameter.
    arguments: Mapping[str, Value]
    value: Value
    steps: tuple[CompiledStep, ...]
    path: tuple[Guard, ...] = ()


CompiledStep = CompiledHits | CompiledCall


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledDecision:
    """A decision with its steps."""

    name: str
    #: The file of its model.
    file: str
    value: Value
    steps: tuple[CompiledStep, ...]
