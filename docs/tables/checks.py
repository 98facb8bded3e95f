"""The checks of tables by example: each broken table of the tests, and what its author reads."""

from __future__ import annotations

import io
from pathlib import Path

from lxml import etree
from rich.console import Console

from wherewithal.dmn.checks.model_checks import check_models, tables_of
from wherewithal.dmn.model import DecisionTable, Model
from wherewithal.dmn.reader import read_model
from wherewithal.surfaces.cli.findings import print_findings
from wherewithal.vocabulary.errors import Problem

TABLES = Path(__file__).resolve().parents[2] / "tests/dmn/broken/tables"
#: What a reader looks for, and the examples that show it.
GROUPS = {
    "Rows that several rules hold": (
        "overlap-that-disagrees",
        "overlap-that-agrees",
        "any-that-disagrees",
        "any-that-may-disagree",
    ),
    "Rows that no rule holds": (
        "gap-of-numbers",
        "gap-of-fractions",
        "gap-of-dates",
        "gap-of-durations",
        "gap-of-names",
        "gap-of-open-text",
        "gap-of-null",
        "gap-that-is-meant",
        "no-rule-of-a-list",
        "forgotten-bin",
    ),
    "Rules that never answer": (
        "first-hides-a-rule",
        "two-rules-hide-a-third",
        "priority-hides-a-rule",
        "never-the-largest",
        "masked-by-its-like",
        "counted-twice",
    ),
    "Cells that hold nothing": (
        "empty-range",
        "beyond-the-range",
        "unknown-value",
        "wrong-kind-of-cell",
        "column-of-dashes",
        "division-by-zero",
    ),
    "Hit policies and outputs that cannot work": (
        "priority-without-values",
        "priority-of-a-stranger",
        "sum-of-texts",
        "wrong-output",
    ),
    "What is not analysed": ("not-analysed",),
}


class ExampleMissing(Exception):
    """A broken table of the tests stands in no group, or a group names one that is not there."""


def checks() -> str:
    """Return every broken table with what its author reads, in groups."""
    named = {name for names in GROUPS.values() for name in names}
    there = {path.stem for path in TABLES.glob("*.dmn")}
    if named != there:
        raise ExampleMissing(", ".join(sorted(named ^ there)))
    parts = []
    for title, names in GROUPS.items():
        parts += [f"### {title}", *map(_example, names)]
    return "\n\n".join(parts)


def _example(name: str) -> str:
    data = (TABLES / f"{name}.dmn").read_bytes()
    model, _ = read_model(data, file=f"{name}.dmn")
    if model is None:
        raise ExampleMissing(name)
    comment = (next(etree.fromstring(data).itersiblings(preceding=True)).text or "").strip()
    ((_, table),) = tables_of(model)
    return f"**{comment}**\n\n```text\n{_table(table)}\n\n{_read(model)}\n```"


def _table(table: DecisionTable) -> str:
    policy = " ".join(one.value for one in (table.hit_policy, table.aggregation) if one)
    head = [policy, *(clause.label for clause in table.inputs)]
    head += [clause.name or clause.label for clause in table.outputs]
    rows = [
        [str(rule.number), *(cell.text for cell in (*rule.tests, *rule.outputs))]
        for rule in table.rules
    ]
    widths = [max(len(row[place]) for row in (head, *rows)) for place in range(len(head))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in (head, *rows)
    ]
    for clause in table.outputs:
        if clause.default is not None:
            lines.append(f"default output {clause.default.text}")
        if clause.allowed_values is not None:
            lines.append(f"output values {clause.allowed_values.text}")
    return "\n".join(lines)


def _read(model: Model) -> str:
    findings = [
        (one.severity.value, Problem(code=one.code, path=one.place, message=one.message))
        for one in check_models([model])
    ]
    out = io.StringIO()
    print_findings(Console(file=out, highlight=False, soft_wrap=True, width=200), findings)
    # The file and the decision are the same in every example.
    lines = [line.removeprefix("    ") for line in out.getvalue().splitlines()[2:]]
    return "\n".join(lines) or "nothing: this is as it should be"
