"""Rows that no rule of a table matches, and bins that a scorecard forgot."""

from __future__ import annotations

from wherewithal.dmn.checks.covering import Box, bits
from wherewithal.dmn.checks.subject import Subject
from wherewithal.dmn.diagnostics import Severity
from wherewithal.dmn.model import Aggregation, HitPolicy
from wherewithal.dmn.types import Kind

#: As many findings of one sort are told of a table; the rest are counted.
TOLD_MAX = 10
MULTIPLE = (HitPolicy.COLLECT, HitPolicy.RULE_ORDER, HitPolicy.OUTPUT_ORDER)


def check_gaps(subject: Subject) -> None:
    """Say where no rule matches and no default stands: a fault, save where rules make a list."""
    if any(output.default is not None for output in subject.table.outputs):
        return
    policy, fold = subject.table.hit_policy, subject.table.aggregation
    if policy is HitPolicy.COLLECT and fold is Aggregation.SUM:
        _check_bins(subject)
    severity = Severity.NOTE if policy in MULTIPLE else Severity.WARNING
    rules, told = subject.all_rules, 0
    grid = subject.loose_grid
    row = grid.uncovered(grid.domain, rules)
    others = grid if row is None else grid.copied()
    while row is not None and told < (1 if policy in MULTIPLE else TOLD_MAX):
        told += 1
        gap = grid.widened(row, rules)
        others.add(gap)
        region = subject.region(gap)
        message = (
            f"no rule matches{f' where {region}' if region else ''}; for example"
            f" {subject.example(row)} -> null; add a rule, or a default output (null, if that is"
            f" meant){_or_list(subject, gap)}"
        )
        subject.say(severity, "gap", "", message, example=subject.evidence(row))
        row = others.uncovered(grid.domain, (1 << len(others.rules)) - 1)
    if policy not in MULTIPLE and row is not None:
        subject.say(severity, "gap", "", "no rule matches in more places than these")


def _or_list(subject: Subject, gap: Box) -> str:
    """Return what else helps where texts that nobody listed fall into a gap."""
    open_texts = [
        axis.label
        for place, axis in enumerate(subject.axes)
        if axis.kind is Kind.TEXT
        and axis.domain.values is None
        and place not in subject.blind
        and gap[place] != subject.loose_grid.domain[place]
        and gap[place] & axis.null_bit >> 1
    ]
    return f", or list the values that {open_texts[0]} may have" if open_texts else ""


def _check_bins(subject: Subject) -> None:
    """Say where a characteristic of a scorecard gives no points: a bin that was forgotten."""
    grid = subject.loose_grid
    parts: dict[frozenset[int], int] = {}
    for number, rule in enumerate(grid.rules):
        tested = frozenset(p for p, atoms in enumerate(rule) if atoms != grid.domain[p])
        parts[tested] = parts.get(tested, 0) | 1 << number
    for tested, rules in parts.items():
        numbers = list(bits(rules))
        if len(numbers) == 1 or not tested:
            continue
        # Null is told apart: to give nothing for what is not known may well be meant.
        known = tuple(
            atoms & ~axis.null_bit or atoms
            for axis, atoms in zip(grid.axes, grid.domain, strict=True)
        )
        inner = grid.uncovered(known, rules)
        row = inner if inner is not None else grid.uncovered(grid.domain, rules)
        if row is not None:
            region = subject.region(grid.widened(row, rules))
            message = (
                f"no points are given where {region}; for example"
                f" {subject.example(row, numbers)} -> nothing is added; add a bin"
            )
            severity = Severity.NOTE if inner is None else Severity.WARNING
            example = subject.evidence(row)
            subject.say(severity, "bin-gap", subject.numbers(numbers), message, example=example)
