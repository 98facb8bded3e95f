"""The checks of one decision table, by its hit policy: each finding with a row that shows it.

What is claimed is proved over every row that the inputs' types and declared values allow. Where a
cell could not be read, a claim is made only if it holds whatever that cell admits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from wherewithal.dmn.checks.cells import Constant
from wherewithal.dmn.checks.column import Column
from wherewithal.dmn.checks.covering import Box, bits, lowest
from wherewithal.dmn.checks.gap_checks import MULTIPLE, TOLD_MAX, check_gaps
from wherewithal.dmn.checks.grid import STEPS_MAX, TooLarge
from wherewithal.dmn.checks.hints import hint
from wherewithal.dmn.checks.hit_policy_checks import check_hit_policy, priority_order
from wherewithal.dmn.checks.output_checks import Wanted, check_outputs
from wherewithal.dmn.checks.subject import Subject, prepare
from wherewithal.dmn.diagnostics import Diagnostic, Severity, warning
from wherewithal.dmn.feel import ast
from wherewithal.dmn.model import Aggregation, DecisionTable, HitPolicy


def check_table(
    place: str,
    table: DecisionTable,
    columns: Sequence[Column],
    *,
    outputs: Sequence[Wanted] = (),
    hints: bool = False,
) -> list[Diagnostic]:
    """Return everything that is found of a table; `place` names its file and decision.

    `outputs` say what each of its outputs is declared; none are looked at without.
    """
    try:
        subject = prepare(place, table, columns)
    except TooLarge:
        return [warning("too-large", place, "the table is too large to be looked at; split it")]
    if subject is None:
        return []
    _check_columns(subject)
    check_hit_policy(subject)
    check_outputs(subject, outputs or [Wanted()] * len(table.outputs))
    for what, check in (
        ("overlaps", _check_overlaps),
        ("unreachable rules", _check_unreachable),
        ("rules that can be left out", _check_redundant),
        ("gaps", check_gaps),
        *((("hints", hint),) if hints else ()),
    ):
        _bounded(subject, what, check)
    return subject.found


def _bounded(subject: Subject, what: str, check: Callable[[Subject], None]) -> None:
    # What one question costs takes nothing from the next.
    subject.grid.steps_left = subject.loose_grid.steps_left = STEPS_MAX
    try:
        check(subject)
    except TooLarge:
        message = f"the table is too large to look for {what} to the end; split it"
        subject.say(Severity.WARNING, "too-large", "", message)


def _check_columns(subject: Subject) -> None:
    for place, clause in enumerate(subject.table.inputs):
        cells = [rule.tests[place].node for rule in subject.rules]
        if all(isinstance(cell, ast.UnaryTests) and cell.is_dash for cell in cells):
            message = "no rule tests this input; take the column out"
            subject.say(Severity.WARNING, "unused-column", f"input '{clause.label}'", message)


#: Of more pairs than these no more are counted: such a table is no table of this hit policy.
_PAIRS_MAX = 20_000


# -- overlaps --------------------------------------------------------------------------------------


def _check_overlaps(subject: Subject) -> None:
    policy = subject.table.hit_policy
    if policy not in (HitPolicy.UNIQUE, HitPolicy.ANY):
        return
    told = {True: 0, False: 0}
    grid = subject.grid
    for first in range(len(subject.rules)):
        if not grid.is_possible(first):
            continue
        later = subject.all_rules >> (first + 1) << (first + 1)
        for second in bits(grid.meeting(grid.rules[first], later)):
            differ = _differ(subject, first, second)
            if policy is HitPolicy.ANY and differ is False:
                continue
            told[differ is not False] += 1
            if sum(told.values()) > _PAIRS_MAX:
                message = (
                    f"more than {_PAIRS_MAX:_} pairs of rules overlap; the rest is not looked at"
                )
                subject.say(Severity.ERROR, "overlap", "", message)
                return
            if told[differ is not False] <= TOLD_MAX:
                _say_overlap(subject, first, second, differ=differ)
    more = sum(max(0, count - TOLD_MAX) for count in told.values())
    if more:
        message = f"{more} more pairs of rules overlap (hit policy {policy.value})"
        subject.say(Severity.ERROR, "overlap", "", message)


def _say_overlap(subject: Subject, first: int, second: int, *, differ: bool | None) -> None:
    policy = subject.table.hit_policy
    row = subject.grid.shared(first, second)
    pair = (first, second)
    agree = {True: "and disagree", False: "and agree", None: "and may disagree"}[differ]
    remedy = "narrow one of them, or choose FIRST if the order is meant"
    if differ is False:
        remedy = "narrow one of them, or choose ANY: two hits of a UNIQUE table give null"
    message = (
        f"overlap (hit policy {policy.value}) {agree}; for example"
        f" {subject.example(row, pair)} -> {subject.answers(pair)}; {remedy}"
    )
    is_sure = policy is HitPolicy.UNIQUE or differ is True
    severity = Severity.ERROR if is_sure else Severity.WARNING
    code = "overlap" if differ is False else "conflict"
    example = subject.evidence(row, pair)
    subject.say(severity, code, subject.numbers(pair), message, example=example)


def _differ(subject: Subject, first: int, second: int) -> bool | None:
    """Return whether two rules' outputs differ; None where only running them tells."""
    pairs = list(zip(subject.outputs[first], subject.outputs[second], strict=True))
    if any(isinstance(a, Constant) and isinstance(b, Constant) and a != b for a, b in pairs):
        return True
    return False if all(a == b for a, b in pairs) else None


# -- rules that never answer -----------------------------------------------------------------------


def _check_unreachable(subject: Subject) -> None:
    policy = subject.table.hit_policy
    order: Sequence[int] | None = None
    if policy is HitPolicy.FIRST:
        order = range(len(subject.rules))
    elif policy is HitPolicy.PRIORITY:
        order = priority_order(subject)
    before = 0
    for number in order or ():
        _say_if_hidden(subject, number, before)
        before |= 1 << number


def _say_if_hidden(subject: Subject, number: int, before: int) -> None:
    box = subject.loose_grid.rules[number]
    if not all(box) or subject.grid.uncovered(box, before) is not None:
        return
    hiding = _fewest(subject, box, before)
    kind = "earlier" if subject.table.hit_policy is HitPolicy.FIRST else "more important"
    row = tuple(map(lowest, box))
    answer = next(n for n in bits(before) if _admits(subject, n, row))
    verb = "matches" if len(hiding) == 1 else "match"
    message = (
        f"never answers: {kind} {subject.numbers(hiding)} {verb} wherever it does; for example"
        f" {subject.example(row, (number, *hiding, answer))} -> {subject.answers((answer,))};"
        f" {'move it up' if kind == 'earlier' else 'narrow the others'}, or take it out"
    )
    example = subject.evidence(row, (answer, number))
    where = subject.numbers((number,))
    subject.say(Severity.WARNING, "unreachable-rule", where, message, example=example)


def _admits(subject: Subject, number: int, row: Sequence[int]) -> bool:
    rule = subject.grid.rules[number]
    return all(atoms >> atom & 1 for atoms, atom in zip(rule, row, strict=True))


#: Of more rules than this the fewest that suffice are not looked for.
_FEWEST_OF = 40


def _fewest(subject: Subject, box: Box, rules: int) -> list[int]:
    """Return a set of the rules that hold all of a box, from which none can be left out."""
    needed = subject.grid.meeting(box, rules)
    if needed.bit_count() <= _FEWEST_OF:
        for number in reversed(list(bits(needed))):
            if subject.grid.uncovered(box, needed & ~(1 << number)) is None:
                needed &= ~(1 << number)
    return list(bits(needed))


def _check_redundant(subject: Subject) -> None:
    """Say which rules change nothing: others hold all that they do, and answer as well."""
    policy, fold = subject.table.hit_policy, subject.table.aggregation
    if policy is HitPolicy.ANY:
        _check_any_rules(subject)
    elif policy in MULTIPLE and fold in (Aggregation.MIN, Aggregation.MAX):
        _check_beaten(subject, fold)
    elif policy in MULTIPLE:
        _check_twins(subject)


def _holding(subject: Subject, rules: Sequence[int]) -> str:
    return f"{subject.numbers(rules)} hold{'s' if len(rules) == 1 else ''}"


def _check_any_rules(subject: Subject) -> None:
    kept = subject.all_rules
    same: dict[tuple[object, ...], int] = {}
    for number, outputs in enumerate(subject.outputs):
        same[outputs] = same.get(outputs, 0) | 1 << number
    for number in reversed(range(len(subject.rules))):
        box = subject.loose_grid.rules[number]
        others = same[subject.outputs[number]] & kept & ~(1 << number)
        if all(box) and others and subject.grid.uncovered(box, others) is None:
            kept &= ~(1 << number)
            hiding = _holding(subject, _fewest(subject, box, others))
            message = f"can be left out: {hiding} all that it does, with the same outputs"
            _say_masked(subject, number, message)


def _check_beaten(subject: Subject, fold: Aggregation) -> None:
    values = [outputs[0] for outputs in subject.outputs]
    numbers = {n: v.value for n, v in enumerate(values) if isinstance(v, Constant)}
    known = {n: value for n, value in numbers.items() if value is not None}
    is_max = fold is Aggregation.MAX
    at: dict[object, int] = {}
    for number, value in known.items():
        at[value] = at.get(value, 0) | 1 << number
    better_than, before = {}, 0
    for value in sorted(set(known.values()), reverse=is_max):
        better_than[value] = before
        before |= at[value]
    for number, value in known.items():
        better = better_than[value]
        box = subject.loose_grid.rules[number]
        if all(box) and better and subject.grid.uncovered(box, better) is None:
            hiding = _holding(subject, _fewest(subject, box, better))
            message = (
                f"never decides: {hiding} wherever it does, with a"
                f" {'larger' if is_max else 'smaller'} output; narrow them, or take it out"
            )
            _say_masked(subject, number, message)


def _say_masked(subject: Subject, number: int, message: str) -> None:
    row = tuple(map(lowest, subject.loose_grid.rules[number]))
    example = subject.evidence(row, (number,))
    where = subject.numbers((number,))
    subject.say(Severity.WARNING, "masked-rule", where, message, example=example)


def _check_twins(subject: Subject) -> None:
    seen: dict[object, int] = {}
    for number, rule in enumerate(subject.grid.rules):
        key = (rule, subject.outputs[number])
        if not all(rule) or any(place in subject.blind for place in range(len(rule))):
            continue
        if key in seen:
            pair = (seen[key], number)
            message = "are the same rule twice, and both count; take one out"
            subject.say(Severity.WARNING, "duplicate-rule", subject.numbers(pair), message)
        seen.setdefault(key, number)
