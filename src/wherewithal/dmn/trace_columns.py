"""Traces of a frame: columns of the pass that computes the results, and each row's trace of them.

For a population the matched rules alone are mostly enough: `rule_columns` asks for no more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_
from typing import Any

import polars as pl

from wherewithal.dmn.columnar import ColumnarPlan, compile_columnar
from wherewithal.dmn.compiled import CompiledCall, CompiledHits, CompiledStep, Guard
from wherewithal.dmn.ir import Node, Op
from wherewithal.dmn.program import Program
from wherewithal.dmn.trace import Trace
from wherewithal.dmn.trace_plan import Columns, TracePlan, trace_plan
from wherewithal.dmn.types import Kind

RULES = pl.List(pl.UInt16)


@dataclass(frozen=True, slots=True, kw_only=True)
class TracedColumns:
    """A compiled program that gives its results and all that a trace of any row needs."""

    columnar: ColumnarPlan
    plan: TracePlan
    #: Columns of the trace that are inputs as they were given: texts that nobody listed.
    _given: Mapping[str, str]

    def run(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return the results' columns, then the trace's, in the frame's row order."""
        found = self.columnar.run(frame)
        return found.with_columns(frame[given].alias(name) for name, given in self._given.items())

    def trace(self, row: Mapping[str, Any]) -> Trace:
        """Return the trace of one row of what `run` gave, as `frame.row(n, named=True)` has it."""
        return self.plan.trace(row)


def compile_traced_columnar(
    program: Program,
    outputs: Mapping[str, Node],
    *,
    inputs: Sequence[str],
    decisions: Iterable[str] | None = None,
) -> TracedColumns:
    """Return the plan of the outputs and of the trace of all, or some, of the decisions.

    Errors: OutsideProfile if the trace shows a computed text that is none of listed values;
            KeyError for a decision that the program does not hold.
    """
    plan = trace_plan(program, decisions=decisions)
    given = {name: node.payload for name, node in plan.nodes.items() if _is_free_text(node)}
    nodes = {name: node for name, node in plan.nodes.items() if name not in given}
    return TracedColumns(
        columnar=compile_columnar({**outputs, **nodes}, inputs=inputs), plan=plan, _given=given
    )


def _is_free_text(node: Node) -> bool:
    type_ = node.type
    return node.op is Op.INPUT and type_.kind is Kind.TEXT and type_.values is None


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleList:
    """How the columns of a table's groups become one column of lists."""

    #: Each the number of the group's rule that matched, or 0.
    groups: tuple[pl.Expr, ...]
    #: Whether the table was evaluated.
    taken: pl.Expr

    def of(self, frame: pl.DataFrame) -> pl.Series:
        """Return the lists: ascending, empty where no rule matched, null where not evaluated."""
        # By numpy: polars takes ten times as long to join columns to lists and to sort those.
        numbers = frame.select(self.groups).to_numpy().copy()
        numbers.sort(axis=1)
        arrays = pl.Series("all", numbers, dtype=pl.Array(pl.UInt16, len(self.groups)))
        counts = pl.Series("count", (numbers != 0).sum(axis=1), dtype=pl.UInt32)
        taken = frame.select(taken=pl.repeat(value=True, n=pl.len()) & self.taken)
        # The zeros of groups without a match stand first.
        hits = pl.col("all").arr.to_list().list.tail(pl.col("count"))
        lists = taken.with_columns(arrays, counts).select(pl.when("taken").then(hits))
        return lists.to_series().cast(RULES)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleColumns:
    """The matched rules of tables, as nodes to compute and as lists made of them."""

    #: To compute along with the results, by names that no result has.
    nodes: Mapping[str, Node]
    #: By decision, and a number from its second table on: what becomes of the nodes' columns.
    lists: Mapping[str, RuleList]

    def gathered(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return a frame with its columns of nodes made lists: `Tier.rules`.

        Values: numbers of the rules that gave the result, ascending; empty where none did, null
                where the table was not evaluated at all.
        """
        lists = [rules.of(frame).alias(name) for name, rules in self.lists.items()]
        return frame.with_columns(lists).drop(self.nodes)


def rule_columns(program: Program, *, decisions: Iterable[str] | None = None) -> RuleColumns:
    """Return the matched rules of all tables, or of those of some decisions.

    Give `nodes` to the executor with the outputs: one pass computes both.
    """
    wanted = None if decisions is None else set(decisions)
    columns = Columns(graph=program.graph)
    lists: dict[str, RuleList] = {}
    for decision in program.steps:
        if wanted is not None and decision.name not in wanted:
            continue
        for number, (path, hits) in enumerate(_tables(decision.steps, ()), 1):
            name = f"{decision.name}.rules" + (f" {number}" if number > 1 else "")
            lists[name] = _list(columns, path, hits)
    return RuleColumns(nodes=columns.nodes, lists=lists)


def _tables(
    steps: Sequence[CompiledStep], path: tuple[Guard, ...]
) -> Iterator[tuple[tuple[Guard, ...], CompiledHits]]:
    """Yield the tables among steps and within their calls, with all conditions of each."""
    for step in steps:
        whole = (*path, *step.path)
        if isinstance(step, CompiledCall):
            yield from _tables(step.steps, whole)
        else:
            yield whole, step


def _list(columns: Columns, path: Sequence[Guard], hits: CompiledHits) -> RuleList:
    groups = [_column(columns, group).cast(pl.UInt16) for group in hits.compiled.groups]
    named = [group.fill_null(0).alias(str(place)) for place, group in enumerate(groups)]
    holds = [_column(columns, guard.node).eq_missing(pl.lit(guard.value)) for guard in path]
    taken = [~one if guard.is_not else one for one, guard in zip(holds, path, strict=True)]
    return RuleList(groups=tuple(named), taken=reduce(and_, taken, pl.lit(value=True)))


def _column(columns: Columns, node: Node) -> pl.Expr:
    if node.op is Op.CONSTANT:
        # A literal alone would select one row, whatever the frame's height.
        return pl.repeat(node.payload, pl.len())
    return pl.col(columns.name(node))
