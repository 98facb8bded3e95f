"""What one compilation finds: diagnostics, warnings, and what a trace will show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from wherewithal.dmn import model
from wherewithal.dmn import types as t
from wherewithal.dmn.compiled import CompiledStep, CompiledTable, Guard
from wherewithal.dmn.diagnostics import Diagnostic, error, warning
from wherewithal.dmn.ops import OutsideProfile


@dataclass(slots=True)
class Recorder:
    """Collects what one compilation finds: all diagnostics, and the tables for the trace."""

    file: str = ""
    decision: str = ""
    #: Where within the decision: `rule 3, output 'Rate'`.
    part: str = ""
    diagnostics: list[Diagnostic] = field(default_factory=list)
    tables: list[CompiledTable] = field(default_factory=list)
    #: What the interpreter would do, of the decision or function that is being lowered.
    steps: list[CompiledStep] = field(default_factory=list)
    #: By `id` of a table, the types of its inputs; None where two calls of a function differ.
    columns: dict[int, tuple[t.Type | None, ...]] = field(default_factory=dict)
    #: What is no fault of the program, such as a comparison that is always true.
    warnings: list[Diagnostic] = field(default_factory=list)

    def report(self, place: str, problem: OutsideProfile) -> None:
        """Record one finding; the compilation goes on to find the next."""
        where = f"{self.file}: decision '{self.decision}'" + (f", {place}" if place else "")
        self.diagnostics.append(error("outside_profile", where, str(problem)))

    def warn(self, code: str, message: str) -> None:
        """Record what an author should see at the place that is being lowered."""
        where = f"{self.file}: decision '{self.decision}'" + (f", {self.part}" if self.part else "")
        self.warnings.append(warning(code, where, message))

    def guard(self, start: int, *guards: Guard, end: int | None = None) -> None:
        """Put conditions before those of the steps from `start` on, up to `end`."""
        for place in range(start, len(self.steps) if end is None else end):
            step = self.steps[place]
            self.steps[place] = replace(step, path=(*guards, *step.path))

    def keep_types(self, table: model.DecisionTable, types: Sequence[t.Type]) -> None:
        """Record the types of a table's inputs; of a table in a function, those of all calls."""
        before = self.columns.get(id(table))
        if before is None:
            self.columns[id(table)] = tuple(types)
        else:
            pairs = zip(before, types, strict=True)
            self.columns[id(table)] = tuple(a and t.union(a, b) for a, b in pairs)
