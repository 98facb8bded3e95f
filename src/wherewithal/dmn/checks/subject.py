"""A table made ready for its checks: columns joined to axes, cells read, rules as boxes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from wherewithal.dmn.checks.axis import (
    Axis,
    Domain,
    domain_of_kind,
    domain_of_type,
    shown,
)
from wherewithal.dmn.checks.cells import CellReader, Constant
from wherewithal.dmn.checks.column import Column
from wherewithal.dmn.checks.covering import Box, Row
from wherewithal.dmn.checks.grid import Grid
from wherewithal.dmn.checks.rule_reader import RuleReader
from wherewithal.dmn.diagnostics import Diagnostic, Example, Severity
from wherewithal.dmn.model import DecisionTable, Feel, Rule
from wherewithal.dmn.types import Kind

#: An output cell as far as it can be compared: a constant, or a text.
Output = Constant | str


@dataclass(slots=True, kw_only=True)
class Subject:
    """A table, its place, and what is found of it."""

    place: str
    table: DecisionTable
    rules: tuple[Rule, ...]
    axes: list[Axis]
    #: For each column, its axis; columns that test the same are one axis.
    axis_of: list[int]
    #: Rules by what they surely admit.
    grid: Grid
    #: Rules by what they may admit, where cells could not be read; else the same.
    loose_grid: Grid
    #: Axes of which nothing is known; they are left out of examples.
    blind: frozenset[int]
    outputs: list[tuple[Output, ...]]
    found: list[Diagnostic] = field(default_factory=list)

    def say(
        self,
        severity: Severity,
        code: str,
        where: str,
        message: str,
        *,
        example: Example | None = None,
    ) -> None:
        """Record a finding at a part of the table, with the row that shows it."""
        place = f"{self.place}, {where}" if where else self.place
        one = Diagnostic(
            code=code, severity=severity, place=place, message=message, example=example
        )
        self.found.append(one)

    @property
    def all_rules(self) -> int:
        """Return the set of all rules."""
        return (1 << len(self.rules)) - 1

    def example(self, row: Row, rules: Sequence[int] = ()) -> str:
        """Return a row in the table's own inputs: those that the rules test, or any rule."""
        tested = self._tested(rules or range(len(self.rules)))
        places = [p for p in range(len(self.axes)) if p in tested and p not in self.blind]
        parts = [f"{self.axes[p].label} = {self.axes[p].shown(1 << row[p])}" for p in places]
        return ", ".join(parts) or "any input"

    def evidence(self, row: Row, rules: Sequence[int] = ()) -> Example:
        """Return a row for programs, and the rules that match it."""
        pairs = [
            (axis.label, axis.feel(1 << row[place]))
            for place, axis in enumerate(self.axes)
            if place not in self.blind
        ]
        return Example(row=tuple(pairs), rules=tuple(self.rules[n].number for n in rules))

    def _tested(self, rules: Sequence[int]) -> set[int]:
        domain = self.loose_grid.domain
        return {
            place
            for place in range(len(self.axes))
            if any(self.loose_grid.rules[n][place] != domain[place] for n in rules)
        }

    def region(self, box: Box) -> str:
        """Return a box in the table's own inputs, without the inputs that may be anything."""
        domain = self.loose_grid.domain
        return " and ".join(
            f"{axis.label} {_claim(axis.described(atoms))}"
            for place, (axis, atoms) in enumerate(zip(self.axes, box, strict=True))
            if atoms != domain[place] and place not in self.blind
        )

    def output_text(self, number: int) -> str:
        """Return a rule's outputs as an analyst reads them."""
        texts = [_output_text(output) for output in self.outputs[number]]
        if len(texts) == 1:
            return texts[0]
        names = [clause.name or clause.label for clause in self.table.outputs]
        return ", ".join(f"{n} {text}" for n, text in zip(names, texts, strict=True))

    def shown_output(self, output: Output) -> str:
        """Return one output as an analyst reads it."""
        return _output_text(output)

    def answers(self, rules: Sequence[int]) -> str:
        """Return `600_000 by rule 3, 450_000 by rule 5`."""
        return ", ".join(f"{self.output_text(n)} by rule {self.rules[n].number}" for n in rules)

    def numbers(self, rules: Sequence[int]) -> str:
        """Return `rule 3`, `rules 3 and 5`, `rules 1, 2 and 4`."""
        found = [str(self.rules[n].number) for n in rules]
        if len(found) == 1:
            return f"rule {found[0]}"
        if len(found) > _NAMED_MAX:
            return f"rules {', '.join(found[:_NAMED_MAX])} and {len(found) - _NAMED_MAX} more"
        return f"rules {', '.join(found[:-1])} and {found[-1]}"


_NAMED_MAX = 8


def _claim(described: str) -> str:
    """Return `< 5`, `= "A"`, `in [1..5)`, `in ("A", "B")` or `is any but "A"`."""
    if described.startswith("any but "):
        return f"is {described}"
    if ", " in described:
        return f"in ({described})"
    if described[0] in "<>":
        return described
    return f"{'in' if '..' in described else '='} {described}"


def prepare(place: str, table: DecisionTable, columns: Sequence[Column]) -> Subject | None:
    """Return the table made ready, with what its cells show; None if it has no shape to check."""
    width = (len(table.inputs), len(table.outputs))
    rules = tuple(r for r in table.rules if (len(r.tests), len(r.outputs)) == width)
    if not rules or not table.outputs:
        return None
    reader = CellReader()
    axis_of = _axes_of(table)
    joined = [[c for c, a in enumerate(axis_of) if a == axis] for axis in range(max(axis_of) + 1)]
    axes: list[Axis] = []
    blind: set[int] = set()
    for places in joined:
        axis = _axis(table, rules, [columns[p] for p in places], places, reader)
        if axis is None:
            blind.add(len(axes))
            axis = Axis(table.inputs[places[0]].label, Domain(kind=Kind.TEXT, null=True), ())
        axes.append(axis)
    reading = RuleReader(reader=reader, axes=axes, axis_of=axis_of, blind=frozenset(blind))
    domain = reading.domain(table, columns)
    sure, maybe = reading.boxes(table, rules, domain)
    grid = Grid(axes, sure, domain=domain)
    subject = Subject(
        place=place,
        table=table,
        rules=rules,
        axes=axes,
        axis_of=axis_of,
        grid=grid,
        loose_grid=grid if sure == maybe else Grid(axes, maybe, domain=domain),
        blind=reading.blind,
        outputs=[tuple(_output(reader, cell) for cell in rule.outputs) for rule in rules],
    )
    for severity, code, where, message in reading.said:
        subject.say(severity, code, where, message)
    for (where, holds), numbers in reading.unread.items():
        message = f"not analysed: holds {holds}; the checks of this table go round it"
        subject.say(Severity.NOTE, "not-analysed", _rules_and(numbers, where), message)
    return subject


def _rules_and(numbers: Sequence[int], where: str) -> str:
    if not numbers:
        return where
    shown_numbers = ", ".join(map(str, numbers[:_NAMED_MAX]))
    more = f" and {len(numbers) - _NAMED_MAX} more" if len(numbers) > _NAMED_MAX else ""
    return f"rule{'s' if len(numbers) > 1 else ''} {shown_numbers}{more}, {where}"


def _axes_of(table: DecisionTable) -> list[int]:
    """Return for each column its axis: columns of one text test one value."""
    seen: dict[str, int] = {}
    return [
        seen.setdefault(" ".join(clause.expression.text.split()) or f"\0{place}", len(seen))
        for place, clause in enumerate(table.inputs)
    ]


def _axis(
    table: DecisionTable,
    rules: Sequence[Rule],
    columns: Sequence[Column],
    places: Sequence[int],
    reader: CellReader,
) -> Axis | None:
    """Return the axis of some columns; None where the kind of their values is not known."""
    cells = [rule.tests[place] for rule in rules for place in places]
    cells += [feel for column in columns for feel in column.allowed]
    cells += [feel for p in places if (feel := table.inputs[p].allowed_values) is not None]
    constants = {
        constant
        for cell in cells
        if cell.node is not None
        for constant in reader.constants(cell.node)
    }
    kinds = {constant.kind for constant in constants} - {Kind.NULL}
    names_null = any(constant.kind is Kind.NULL for constant in constants)
    domain: Domain
    if (type_ := columns[0].type) is not None:
        domain = domain_of_type(type_)
    else:
        kind = columns[0].kind or (next(iter(kinds)) if len(kinds) == 1 else None)
        if kind is None:
            return None
        # Of a model that is not compiled, null is looked at where its author speaks of it.
        domain = domain_of_kind(kind, null=names_null)
    values = [c.value for c in constants if c.kind is domain.kind]
    return Axis(table.inputs[places[0]].label, domain, values)


def _output(reader: CellReader, cell: Feel) -> Output:
    found = reader.constant(cell.node) if cell.node is not None else None
    return found if found is not None else " ".join(cell.text.split())


def _output_text(output: Output) -> str:
    if isinstance(output, str):
        return output
    return shown(output.value, output.kind)
