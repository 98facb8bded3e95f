"""The trace of a compiled program: which nodes an executor must also compute, and how to read them.

The same nodes serve every executor. What a plan asks for is computed in the pass that computes the
results; nodes that both need are computed once. A program that nobody asks for a trace costs
nothing more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from wherewithal.dmn.compiled import (
    CompiledCall,
    CompiledDecision,
    CompiledHits,
    CompiledStep,
    Guard,
)
from wherewithal.dmn.ir import Graph, Node, Op
from wherewithal.dmn.model import HitPolicy
from wherewithal.dmn.program import Program
from wherewithal.dmn.reference.values import Date, DaysDuration, Range
from wherewithal.dmn.scalar import compile_scalar
from wherewithal.dmn.trace import (
    DecisionTrace,
    InvocationTrace,
    NamedValue,
    Step,
    Trace,
    table_trace,
)
from wherewithal.dmn.trace_plain import in_plain
from wherewithal.dmn.types import Kind, Type
from wherewithal.dmn.values import ContextValue, ListValue, RangeValue, Value

SECONDS_A_DAY = 86_400
#: Reads something of a row: what an executor gave for the plan's nodes, by their names.
Row = Mapping[str, Any]
_Reader = Callable[[Row], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class TracePlan:
    """What a trace needs of an executor."""

    #: To compute along with the results, by names that no result has.
    nodes: Mapping[str, Node]
    _read: Callable[[Row], tuple[Step, ...]]

    def trace(self, row: Row) -> Trace:
        """Return the trace of a row that has the values of `nodes`, in the units of their types."""
        return in_plain(Trace(steps=self._read(row)))


def trace_plan(program: Program, *, decisions: Iterable[str] | None = None) -> TracePlan:
    """Return the plan for all decisions of a program, or for some of them alone.

    Errors: KeyError for a decision that the program does not hold.
    """
    steps = program.steps
    if decisions is not None:
        by_name = {step.name: step for step in steps}
        wanted = {name: by_name[name] for name in decisions}
        steps = tuple(step for step in steps if step.name in wanted)
    columns = Columns(graph=program.graph)
    readers = [_decision(columns, step) for step in steps]
    return TracePlan(
        nodes=columns.nodes, _read=lambda row: tuple(reader(row) for reader in readers)
    )


def compile_traced(program: Program, *, inputs: Sequence[str]) -> Callable[..., Trace]:
    """Return a function of the inputs, by position, that returns the trace of all decisions.

    It is compiled apart from the function that decides, which does not grow by it.
    """
    plan = trace_plan(program)
    function = compile_scalar(plan.nodes, inputs=inputs)

    def trace(*given: Any) -> Trace:
        return plan.trace(dict(zip(plan.nodes, function(*given), strict=True)))

    return trace


@dataclass(slots=True, kw_only=True)
class Columns:
    """The nodes that a trace reads, each once."""

    graph: Graph
    nodes: dict[str, Node] = field(default_factory=dict)

    def name(self, node: Node) -> str:
        """Return the name under which a row has the node's value."""
        while node.op is Op.ASSUME:
            node = node.operands[0]
        name = f"trace {node.number}"
        if name not in self.nodes:
            self.nodes[name] = self._unguarded(node)
        return name

    def _unguarded(self, node: Node) -> Node:
        """Return the node for every row: null where what it assumes not to be null is."""
        null = self.graph.constant(None)
        guards = [self.graph.nodes[number] for number in sorted(node.guards)]
        return self.graph.case([(self.graph.is_null(guard), null) for guard in guards], node)

    def raw(self, node: Node) -> _Reader:
        """Return a reader of the node's value in its units."""
        if node.op is Op.CONSTANT:
            return lambda _: node.payload
        name = self.name(node)
        return lambda row: row[name]

    def value(self, value: Value | None) -> _Reader:
        """Return a reader of a FEEL value."""
        match value:
            case Node():
                raw, type_ = self.raw(value), value.type
                return lambda row: feel_value(raw(row), type_)
            case ContextValue(entries=entries, present=present):
                parts = {key: self.value(entry) for key, entry in entries.items()}
                is_there = self.raw(present or self.graph.constant(value=True))
                return lambda row: (
                    {key: part(row) for key, part in parts.items()} if is_there(row) else None
                )
            case ListValue(items=items):
                readers = [self.value(item) for item in items]
                return lambda row: [reader(row) for reader in readers]
            case RangeValue():
                low, high = self.value(value.low), self.value(value.high)
                closed = value.low_closed, value.high_closed
                return lambda row: Range(low(row), high(row), *closed)
        return lambda _: None

    def holds(self, path: Sequence[Guard]) -> Callable[[Row], bool]:
        """Return what tells whether a step is taken."""
        guards = [(self.raw(guard.node), guard) for guard in path]

        def all_hold(row: Row) -> bool:
            return all((raw(row) == guard.value) is not guard.is_not for raw, guard in guards)

        return all_hold


def feel_value(value: Any, type_: Type) -> Any:
    """Return what an executor gave, in the units of a type, as a FEEL value."""
    if value is None:
        return None
    match type_.kind:
        case Kind.NUMBER:
            return Decimal((int(value < 0), tuple(map(int, str(abs(value)))), -type_.scale))
        case Kind.DAYS:
            return DaysDuration(Decimal(value * SECONDS_A_DAY))
        case Kind.DATE:
            return Date(value.year, value.month, value.day)
    return value


def _decision(columns: Columns, step: CompiledDecision) -> Callable[[Row], DecisionTrace]:
    value = columns.value(step.value)
    steps = _steps(columns, step.steps)
    return lambda row: DecisionTrace(
        name=step.name, model=step.file, value=value(row), steps=steps(row)
    )


def _steps(columns: Columns, steps: Sequence[CompiledStep]) -> Callable[[Row], tuple[Step, ...]]:
    """Return a reader of the steps that are taken."""
    readers: list[tuple[Callable[[Row], bool], Callable[[Row], Step]]] = []
    for step in steps:
        reader = _call(columns, step) if isinstance(step, CompiledCall) else _hits(columns, step)
        readers.append((columns.holds(step.path), reader))
    return lambda row: tuple(read(row) for is_taken, read in readers if is_taken(row))


def _call(columns: Columns, step: CompiledCall) -> Callable[[Row], InvocationTrace]:
    arguments = {name: columns.value(given) for name, given in step.arguments.items()}
    value, steps = columns.value(step.value), _steps(columns, step.steps)
    return lambda row: InvocationTrace(
        what="knowledge model" if step.is_knowledge_model else "function",
        name=step.name,
        arguments=tuple(NamedValue(name=name, value=read(row)) for name, read in arguments.items()),
        value=value(row),
        steps=steps(row),
    )


def _hits(columns: Columns, step: CompiledHits) -> Callable[[Row], Step]:
    compiled = step.compiled
    table = compiled.table
    value = columns.value(step.value)
    inputs = [columns.value(seen) for seen in step.inputs]
    groups = [columns.raw(group) for group in compiled.groups]
    matches = groups
    if table.hit_policy is not HitPolicy.COLLECT:
        found = step.matches()
        # Where no two rules can match together, the rule that was picked is all that matched.
        matches = groups if len(found) == 1 else [columns.raw(node) for node in found]
    outputs = {
        number: [columns.value(node) for node in nodes]
        for number, nodes in compiled.outputs.items()
    }
    rules = {rule.number: rule for rule in table.rules}

    def read(row: Row) -> Step:
        matched = sorted(filter(None, (match(row) for match in matches)))
        picked = sorted(filter(None, (group(row) for group in groups)))
        hits = matched if picked and table.hit_policy is HitPolicy.ANY else picked
        return table_trace(
            table,
            inputs=[seen(row) for seen in inputs],
            matched=matched,
            hits=[(rules[n], [output(row) for output in outputs[n]]) for n in hits],
            value=value(row),
        )

    return read
