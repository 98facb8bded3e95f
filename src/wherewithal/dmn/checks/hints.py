"""What may be said of a table that is right: rules that could be one, an order that matters.

Hints are notes, and are given only where they are asked for.
"""

from __future__ import annotations

from collections.abc import Iterator

from wherewithal.dmn.checks.covering import bits
from wherewithal.dmn.checks.subject import Subject
from wherewithal.dmn.diagnostics import Severity
from wherewithal.dmn.model import HitPolicy

_SINGLE = (HitPolicy.UNIQUE, HitPolicy.ANY)
_ORDERS = (HitPolicy.FIRST, HitPolicy.PRIORITY, HitPolicy.ANY)
#: As many hints of one sort are given of a table.
_TOLD_MAX = 10


def hint(subject: Subject) -> None:
    """Say what could be simpler, or rests on the order of the rules.

    Errors: TooLarge.
    """
    _constant_outputs(subject)
    _mergeable(subject)
    if subject.table.hit_policy in _ORDERS and len(subject.rules) > 1:
        _order(subject)


def _constant_outputs(subject: Subject) -> None:
    for place, clause in enumerate(subject.table.outputs):
        values = {rule[place] for rule in subject.outputs}
        if len(subject.rules) > 1 and len(values) == 1:
            text = subject.shown_output(values.pop())
            message = f"every rule gives {text}; the output decides nothing"
            where = f"output '{clause.name or clause.label}'"
            subject.say(Severity.NOTE, "constant-output", where, message)


def _mergeable(subject: Subject) -> None:
    """Say which two rules differ in one cell alone, and so could be one."""
    if subject.table.hit_policy not in _SINGLE or subject.grid is not subject.loose_grid:
        return
    told, used = 0, 0
    for place, axis in enumerate(subject.axes):
        seen: dict[object, int] = {}
        for number, rule in enumerate(subject.grid.rules):
            if not all(rule) or used >> number & 1:
                continue
            key = (rule[:place], rule[place + 1 :], subject.outputs[number])
            other = seen.setdefault(key, number)
            if other == number or used >> other & 1:
                continue
            used |= 1 << number | 1 << other
            told += 1
            if told <= _TOLD_MAX:
                joined = axis.described(rule[place] | subject.grid.rules[other][place])
                message = f"could be one rule, where {axis.label} is {joined}"
                where = subject.numbers((other, number))
                subject.say(Severity.NOTE, "mergeable", where, message)
    if told > _TOLD_MAX:
        message = f"{told - _TOLD_MAX} more pairs of rules could be one"
        subject.say(Severity.NOTE, "mergeable", "", message)


def _order(subject: Subject) -> None:
    """Say which rules answer only in part, or that the hit policy has nothing to settle."""
    pairs = _overlapping(subject)
    first = next(pairs, None)
    policy = subject.table.hit_policy
    if first is None:
        message = (
            f"no two rules overlap, so hit policy {policy.value} settles nothing; UNIQUE decides"
            " the same, and says so if two ever do"
        )
        subject.say(Severity.NOTE, "policy-unneeded", "", message)
        return
    if policy is HitPolicy.ANY:
        return
    for told, (early, late) in enumerate((first, *pairs)):
        if told == _TOLD_MAX:
            subject.say(Severity.NOTE, "partly-masked", "", "more rules answer only in part")
            return
        row = subject.grid.shared(early, late)
        settled = "order" if policy is HitPolicy.FIRST else "order of the output values"
        message = (
            f"both match some rows and disagree, and the {settled} settles it; for example"
            f" {subject.example(row, (early, late))} -> {subject.answers((early, late))}"
        )
        example = subject.evidence(row, (early, late))
        where = subject.numbers((early, late))
        subject.say(Severity.NOTE, "partly-masked", where, message, example=example)


def _overlapping(subject: Subject) -> Iterator[tuple[int, int]]:
    """Yield the pairs of rules that share a row and differ, but not what a last catch-all takes."""
    grid, agreeing = subject.grid, None
    count = len(subject.rules)
    has_last = grid.rules[-1] == grid.domain and subject.table.hit_policy is HitPolicy.FIRST
    for early in range(count - has_last):
        later = subject.all_rules >> (early + 1) << (early + 1)
        if has_last:
            later &= ~(1 << (count - 1))
        for late in bits(grid.meeting(grid.rules[early], later)) if all(grid.rules[early]) else ():
            if subject.outputs[early] != subject.outputs[late]:
                yield early, late
            agreeing = agreeing or (early, late)
    # That they agree settles nothing, and UNIQUE would give null.
    if agreeing is not None and subject.table.hit_policy is HitPolicy.ANY:
        yield agreeing
