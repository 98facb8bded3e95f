"""Reads the cells of a table as sets of atoms, and says what they show by themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from wherewithal.dmn.checks.axis import Axis
from wherewithal.dmn.checks.cell_checks import cell_problem
from wherewithal.dmn.checks.cells import CellReader, Unreadable
from wherewithal.dmn.checks.column import Column
from wherewithal.dmn.checks.covering import Box
from wherewithal.dmn.diagnostics import Severity
from wherewithal.dmn.feel import ast
from wherewithal.dmn.model import DecisionTable, Feel, Rule


@dataclass(slots=True, kw_only=True)
class RuleReader:
    """The cells of one table, read one column and one rule at a time."""

    reader: CellReader
    axes: list[Axis]
    axis_of: list[int]
    blind: frozenset[int]
    said: list[tuple[Severity, str, str, str]] = field(default_factory=list)
    #: By input and by what could not be read there, the rules that hold it.
    unread: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    #: For each column, what a dash admits.
    dashes: list[int] = field(default_factory=list)

    def domain(self, table: DecisionTable, columns: Sequence[Column]) -> Box:
        """Return the rows that may come, by declared values and by the columns' own."""
        whole = [axis.whole for axis in self.axes]
        for place, (clause, column) in enumerate(zip(table.inputs, columns, strict=True)):
            axis = self.axes[self.axis_of[place]]
            where = f"input '{clause.label}', allowed values"
            for feel in column.allowed:
                admitted = self._admitted(feel, axis, where)
                whole[self.axis_of[place]] &= admitted | axis.null_bit
            own = clause.allowed_values
            admitted = axis.everything if own is None else self._admitted(own, axis, where)
            self.dashes.append(admitted | axis.null_bit)
            left_out = whole[self.axis_of[place]] & ~self.dashes[place]
            if left_out and column.type is not None:
                message = (
                    f"the input may be {axis.described(left_out)}, which its allowed values leave"
                    f" out; for example {clause.label} = {axis.shown(left_out)} matches no dash;"
                    " add it to the allowed values"
                )
                self.said.append((Severity.WARNING, "left-out", f"input '{clause.label}'", message))
            whole[self.axis_of[place]] &= self.dashes[place]
        return tuple(whole)

    def _admitted(self, feel: Feel, axis: Axis, where: str) -> int:
        if feel.node is None:
            return axis.everything
        try:
            return self.reader.truth(feel.node, axis)[0]
        except Unreadable as problem:
            self._unread(where, problem)
            return axis.everything

    def _unread(self, where: str, problem: Unreadable, rule: Rule | None = None) -> None:
        self.unread.setdefault((where, str(problem)), []).extend([rule.number] if rule else [])

    def boxes(
        self, table: DecisionTable, rules: Sequence[Rule], domain: Box
    ) -> tuple[list[Box], list[Box]]:
        """Return what each rule surely admits, and what it may admit."""
        sure, maybe = [], []
        for rule in rules:
            low, high = list(domain), list(domain)
            for place in range(len(table.inputs)):
                admitted = self._cell(table, rule, place, domain)
                low[self.axis_of[place]] &= admitted or 0
                high[self.axis_of[place]] &= -1 if admitted is None else admitted
            sure.append(tuple(low))
            maybe.append(tuple(high))
        return sure, maybe

    def _cell(self, table: DecisionTable, rule: Rule, place: int, domain: Box) -> int | None:
        """Return what one cell admits; None where that cannot be read."""
        cell, column = rule.tests[place], f"input '{table.inputs[place].label}'"
        axis_place = self.axis_of[place]
        axis = self.axes[axis_place]
        if cell.node is None:
            return None
        if isinstance(cell.node, ast.UnaryTests) and cell.node.is_dash:
            return self.dashes[place]
        try:
            if axis_place in self.blind:
                raise Unreadable("values of several kinds, or of none that is known")
            true, _ = self.reader.truth(cell.node, axis)
        except Unreadable as problem:
            self._unread(column, problem, rule)
            return None
        found = cell_problem(self.reader, cell, axis, domain=domain[axis_place], true=true)
        if found is not None:
            severity, code, message = found
            self.said.append((severity, code, f"rule {rule.number}, {column}", message))
        return true
