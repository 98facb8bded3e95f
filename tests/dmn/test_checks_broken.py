"""One broken table a mistake: what its author reads. Several are shown in docs/policy-checks.md."""

from __future__ import annotations

from pathlib import Path

import pytest

from wherewithal.dmn.checks.model_checks import check_models
from wherewithal.dmn.diagnostics import Severity
from wherewithal.dmn.reader import read_model

TABLES = Path(__file__).parent / "broken" / "tables"
MARKS = {Severity.ERROR: "!", Severity.WARNING: " ", Severity.NOTE: "-"}
#: By file: each finding behind the file's name; errors with `!`, notes with `-`.
EXPECTED = {
    "any-that-disagrees": [
        "! decision 'Limit', rules 1 and 2: overlap (hit policy ANY) and disagree; for example Income = 100 -> 1 by rule 1, 2 by rule 2; narrow one of them, or choose FIRST if the order is meant [conflict]",
    ],
    "any-that-may-disagree": [
        "  decision 'Limit', rules 1 and 2: overlap (hit policy ANY) and may disagree; for example Income = 100 -> Income by rule 1, 100 by rule 2; narrow one of them, or choose FIRST if the order is meant [conflict]",
    ],
    "beyond-the-range": [
        "  decision 'Limit', rule 1, input 'Income': '>2000000' never holds: the input is [0..1_000_000]; take the rule out, or mend the cell [never-holds]",
    ],
    "column-of-dashes": [
        "  decision 'Limit', input 'Tier': no rule tests this input; take the column out [unused-column]",
    ],
    "counted-twice": [
        "  decision 'Points', rules 1 and 2: are the same rule twice, and both count; take one out [duplicate-rule]",
    ],
    "division-by-zero": [
        "! decision 'Limit', rule 1, output 'Limit': divides by a constant zero, which is always null; mend the divisor [division-by-zero]",
    ],
    "empty-range": [
        "! decision 'Limit', rule 1, input 'Income': '[500..100]' holds nothing: no value lies between its ends; mend its ends [empty-test]",
    ],
    "first-hides-a-rule": [
        "  decision 'Limit', rule 2: never answers: earlier rule 1 matches wherever it does; for example Income = 200 -> 1 by rule 1; move it up, or take it out [unreachable-rule]",
    ],
    "forgotten-bin": [
        "  decision 'Points', rules 1 and 2: no points are given where Age in (30..31]; for example Age = 30.5 -> nothing is added; add a bin [bin-gap]",
    ],
    "gap-of-dates": [
        "  decision 'Limit': no rule matches where Since = 2026-01-01; for example Since = 2026-01-01 -> null; add a rule, or a default output (null, if that is meant) [gap]",
    ],
    "gap-of-durations": [
        "  decision 'Limit': no rule matches where Waited in (P1D..P2D); for example Waited = P1DT12H -> null; add a rule, or a default output (null, if that is meant) [gap]",
    ],
    "gap-of-fractions": [
        "  decision 'Limit': no rule matches where Age in (17..18); for example Age = 17.5 -> null; add a rule, or a default output (null, if that is meant) [gap]",
    ],
    "gap-of-names": [
        '  decision \'Limit\': no rule matches where Tier = "B" and Own = false; for example Tier = "B", Own = false -> null; add a rule, or a default output (null, if that is meant) [gap]',
    ],
    "gap-of-null": [
        "  decision 'Limit': no rule matches where Own = null; for example Own = null -> null; add a rule, or a default output (null, if that is meant) [gap]",
    ],
    "gap-of-numbers": [
        "  decision 'Limit': no rule matches where Income = 500; for example Income = 500 -> null; add a rule, or a default output (null, if that is meant) [gap]",
    ],
    "gap-of-open-text": [
        '  decision \'Limit\': no rule matches where Name is any but "No", "Yes"; for example Name = "other" -> null; add a rule, or a default output (null, if that is meant), or list the values that Name may have [gap]',
    ],
    "gap-that-is-meant": [],
    "masked-by-its-like": [
        "  decision 'Limit', rule 2: can be left out: rule 1 holds all that it does, with the same outputs [masked-rule]",
    ],
    "never-the-largest": [
        "  decision 'Rank', rule 2: never decides: rule 1 holds wherever it does, with a larger output; narrow them, or take it out [masked-rule]",
    ],
    "no-rule-of-a-list": [
        "- decision 'Reasons': no rule matches where Income in [20..1_000_000]; for example Income = 20 -> null; add a rule, or a default output (null, if that is meant) [gap]",
    ],
    "not-analysed": [
        "- decision 'Limit', rule 1, input 'Name': not analysed: holds the function 'starts with'; the checks of this table go round it [not-analysed]",
    ],
    "overlap-that-agrees": [
        "! decision 'Limit', rules 1 and 2: overlap (hit policy UNIQUE) and agree; for example Tier = \"B\" -> 1 by rule 1, 1 by rule 2; narrow one of them, or choose ANY: two hits of a UNIQUE table give null [overlap]",
    ],
    "overlap-that-disagrees": [
        "! decision 'Limit', rules 2 and 3: overlap (hit policy UNIQUE) and disagree; for example Tier = \"B\", Income = 500_000 -> 600_000 by rule 2, 450_000 by rule 3; narrow one of them, or choose FIRST if the order is meant [conflict]",
    ],
    "priority-hides-a-rule": [
        "  decision 'Way', rule 1: never answers: more important rule 2 matches wherever it does; for example Income = 100 -> \"decline\" by rule 2; narrow the others, or take it out [unreachable-rule]",
    ],
    "priority-of-a-stranger": [
        "! decision 'Way', rule 2, output 'Way': \"z\" is none of the output values, which are the order [unranked-output]",
    ],
    "priority-without-values": [
        "! decision 'Way': hit policy PRIORITY needs output values, in the order of their importance [no-output-values]",
    ],
    "sum-of-texts": [
        "! decision 'Points', rule 2: SUM folds numbers, not \"two\" [not-a-number]",
    ],
    "two-rules-hide-a-third": [
        "  decision 'Limit', rule 3: never answers: earlier rules 1 and 2 match wherever it does; for example Income = 400 -> 1 by rule 1; move it up, or take it out [unreachable-rule]",
    ],
    "unknown-value": [
        '! decision \'Limit\', rule 2, input \'Tier\': "D" is no value of this input; it may be "A", "B", "C" [unknown-value]',
    ],
    "wrong-output": [
        "! decision 'Limit', rule 2, output 'Limit': \"none\" is a string and becomes null: a number is declared [wrong-output]",
    ],
    "wrong-kind-of-cell": [
        "! decision 'Limit', rule 1, input 'Income': a number is compared with a string [type-mismatch]",
    ],
}


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_what_the_author_of_a_broken_table_reads(name):
    file = f"{name}.dmn"
    model, diagnostics = read_model((TABLES / file).read_bytes(), file=file)
    assert diagnostics == []
    assert model is not None
    lines = [
        f"{MARKS[found.severity]} {str(found).removeprefix(file + ': ')}"
        for found in check_models([model])
    ]
    assert lines == EXPECTED[name]


def test_each_broken_table_is_expected():
    assert {path.stem for path in TABLES.glob("*.dmn")} == set(EXPECTED)
