"""What an evaluation looked at and what it found: one record, whichever executor made it.

A trace is a tree of steps in the order in which they were finished: decisions, tables, and
invocations of knowledge models, functions and decision services with the steps inside them. Its
JSON form is described by `docs/trace.schema.json`; what changes there changes `SCHEMA`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import msgspec

from wherewithal.dmn.feel import ast
from wherewithal.dmn.model import DecisionTable, Rule

SCHEMA = "wherewithal.trace/1"


class _Quiet(msgspec.Struct, frozen=True, kw_only=True):
    """A record whose `repr` tells no value: what a table saw may be a person's."""

    def __repr__(self) -> str:
        """Return the kind of record alone."""
        return f"<{type(self).__name__}>"


class NamedValue(_Quiet, frozen=True, kw_only=True):
    """A value by its name: an input's label, a parameter, an output."""

    name: str
    value: Any


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """What the author wrote beside a rule, by the name of the annotation's column."""

    name: str
    text: str


class RuleTrace(_Quiet, frozen=True, kw_only=True):
    """A rule that gave the result: its number as analysts count, from 1, and what it yields."""

    number: int
    outputs: tuple[NamedValue, ...]
    annotations: tuple[Note, ...]


class TableTrace(_Quiet, frozen=True, kw_only=True, tag_field="kind", tag="table"):
    """One evaluation of a decision table."""

    #: `decision 'Tier'`, `knowledge model 'Rate', entry 'base'`.
    place: str
    hit_policy: str
    #: How COLLECT folds its outputs: SUM, COUNT, MIN or MAX.
    aggregation: str | None
    #: The value seen, by the label of the column.
    inputs: tuple[NamedValue, ...]
    #: Numbers of all rules that matched, ascending.
    matched: tuple[int, ...]
    #: The rules that gave the result, in its order: under FIRST and PRIORITY the one that was
    #: picked, none where the hit policy was violated.
    rules: tuple[RuleTrace, ...]
    value: Any


class InvocationTrace(_Quiet, frozen=True, kw_only=True, tag_field="kind", tag="invocation"):
    """One call of a knowledge model, a function or a decision service."""

    what: Literal["knowledge model", "function", "decision service"]
    name: str
    #: As they were given, by parameter.
    arguments: tuple[NamedValue, ...]
    #: Null also where an argument was not of its type; then there are no steps.
    value: Any
    steps: tuple[Step, ...]


class DecisionTrace(_Quiet, frozen=True, kw_only=True, tag_field="kind", tag="decision"):
    """One evaluated decision."""

    name: str
    #: The file of its model.
    model: str
    value: Any
    #: What its own expression did; decisions that it requires stand before it.
    steps: tuple[Step, ...]


Step = TableTrace | InvocationTrace | DecisionTrace


class Trace(_Quiet, frozen=True, kw_only=True, tag_field="schema", tag=SCHEMA):
    """The steps of an evaluation; values are plain data: numbers exact, dates as text."""

    #: False if steps were left out because there were too many, or calls nested too deep.
    complete: bool = True
    #: Decisions in order of need; a decision service that was asked for is an invocation.
    steps: tuple[Step, ...]


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a trace."""
    return msgspec.json.schema(Trace)


def merged(traces: Sequence[Trace]) -> Trace:
    """Return one trace of several evaluations of one set of inputs; a decision stands once."""
    steps: list[Step] = []
    seen: set[tuple[str, str]] = set()
    for step in (step for trace in traces for step in trace.steps):
        if isinstance(step, DecisionTrace):
            if (step.model, step.name) in seen:
                continue
            seen.add((step.model, step.name))
        steps.append(step)
    return Trace(steps=tuple(steps), complete=all(trace.complete for trace in traces))


def place_of(table: DecisionTable) -> str:
    """Return where a table stands: of its decision or function, the entries that lead to it."""
    for clause in table.inputs[:1]:
        return clause.expression.place.removesuffix(f", input '{clause.label}'")
    for rule in table.rules[:1]:
        for cell, output in zip(rule.outputs[:1], table.outputs, strict=False):
            return cell.place.removesuffix(f", rule {rule.number}, output '{output.label}'")
    return ""


def table_trace(
    table: DecisionTable,
    *,
    inputs: Sequence[Any],
    matched: Sequence[int],
    hits: Sequence[tuple[Rule, Sequence[Any]]],
    value: Any,
) -> TableTrace:
    """Return the record of one evaluation; `hits` are the rules with their outputs."""
    return TableTrace(
        place=place_of(table),
        hit_policy=table.hit_policy.value,
        aggregation=table.aggregation.value if table.aggregation else None,
        inputs=tuple(
            NamedValue(name=clause.label, value=seen)
            for clause, seen in zip(table.inputs, inputs, strict=True)
        ),
        matched=tuple(matched),
        rules=tuple(
            RuleTrace(
                number=rule.number,
                outputs=tuple(
                    NamedValue(name=clause.name or clause.label, value=output)
                    for clause, output in zip(table.outputs, outputs, strict=False)
                ),
                annotations=tuple(
                    Note(name=name, text=text) for name, text in rule.annotations if text.strip()
                ),
            )
            for rule, outputs in hits
        ),
        value=value,
    )


def called_name(tree: ast.Node | None) -> str:
    """Return the name by which a function is called; `function` where it is called by none."""
    return tree.name if isinstance(tree, (ast.Name, ast.Path)) else "function"
