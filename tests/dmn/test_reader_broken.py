"""One broken model a mistake: what its author reads. All mistakes of a file are told at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from wherewithal.dmn.diagnostics import Severity
from wherewithal.dmn.reader import read_model

BROKEN = Path(__file__).parent / "broken"
#: By file: each diagnostic behind the file's name, errors with `!`.
EXPECTED = {
    "aggregation-without-collect": [
        "  line 7, decision 'Tier': aggregation SUM needs hit policy COLLECT; it is ignored [aggregation-ignored]",
    ],
    "cycle": [
        "! decision 'Tier': the decision needs itself: 'Tier' -> 'Limit' -> 'Capacity' -> 'Tier'; remove one of these requirements [cycle]",
    ],
    "dangling-href": [
        "! line 6, decision 'Tier': requiredInput points to 'incom', which does not exist; did you mean 'income'? [dangling-href]",
    ],
    "decision-without-name": [
        "! line 4, a decision: a decision has no name; give it a 'name' attribute [missing-name]",
    ],
    "document-type": [
        "! the file declares a document type; remove the <!DOCTYPE ...> declaration [doctype-refused]",
    ],
    "duplicate-decision": [
        "! decision 'Tier': a decision has the name of another decision; rename one of them [duplicate-name]",
    ],
    "empty-cells": [
        "  line 10, decision 'Tier', rule 1, input 'Income': the cell is empty and is read as '-', any value; write '-' [empty-cell]",
        "  line 11, decision 'Tier', rule 2, output 'Tier': the output cell is empty; write null if nothing is meant [empty-output]",
    ],
    "missing-import": [
        "! line 2, import 'shared': imports 'urn:example:elsewhere', a model that was not given [missing-import]",
        "! line 7, decision 'Tier': href 'urn:example:elsewhere#rate' points into a model that is not imported or was not given [missing-import]",
    ],
    "no-logic": [
        "  line 4, decision 'Tier': the decision has no logic; it gives null [no-logic]",
    ],
    "no-output": [
        "! line 7, decision 'Tier': the table has no output; add an output column [missing-output]",
    ],
    "not-definitions": [
        "! line 2: the outermost element is 'decision'; a DMN model is in 'definitions' [not-dmn]",
    ],
    "not-feel": [
        "! line 7, decision 'Tier': the expression language 'urn:example:groovy' is not FEEL; only FEEL is evaluated [not-feel]",
    ],
    "not-required": [
        "! line 6, decision 'Tier': 'Monthly income' is in the model, but is not required here; draw the requirement [not-required]",
    ],
    "several-faults": [
        "! line 10, decision 'Tier', rule 1, input 'Income': expected an expression, found the end, at character 3 of: >= [feel-syntax]",
        "! line 11, decision 'Tier', rule 2: the rule has 2 input cells, the table has 1 input columns [wrong-cell-count]",
        "! line 11, decision 'Tier', rule 2, output 'Tier': nothing here is named 'Declind'; if a text is meant, write \"Declind\" in quotation marks [unknown-name]",
        "! line 7, decision 'Tier': unknown hit policy 'UNIQUEE'; did you mean 'UNIQUE'?; known: UNIQUE, ANY, PRIORITY, FIRST, COLLECT, RULE ORDER, OUTPUT ORDER [unknown-hit-policy]",
    ],
    "syntax-error": [
        "! line 10, decision 'Tier', rule 1, input 'Income': expected ',' or the end of the cell, found 'or', at character 9 of: >= 4000 or [feel-syntax]",
        "! line 11, decision 'Tier', rule 2, input 'Income': expected an expression, found the end, at character 5 of: [1.. [feel-syntax]",
    ],
    "unclosed-element": [
        "! the file is not well-formed XML: line 9: Premature end of data in tag definitions line 2 [malformed-xml]",
    ],
    "unknown-aggregation": [
        "! line 7, decision 'Tier': unknown aggregation 'SUMM'; did you mean 'SUM'?; known: SUM, COUNT, MIN, MAX [unknown-aggregation]",
    ],
    "unknown-hit-policy": [
        "! line 7, decision 'Tier': unknown hit policy 'UNIQ'; did you mean 'UNIQUE'?; known: UNIQUE, ANY, PRIORITY, FIRST, COLLECT, RULE ORDER, OUTPUT ORDER [unknown-hit-policy]",
    ],
    "unknown-name": [
        "! line 10, decision 'Tier', rule 1, input 'Income': nothing here is named 'Monthly incom'; did you mean 'Monthly income'? [unknown-name]",
        "! line 11, decision 'Tier', rule 2, output 'Tier': nothing here is named 'Declined'; if a text is meant, write \"Declined\" in quotation marks [unknown-name]",
    ],
    "unknown-namespace": [
        "! line 2: the namespace 'https://www.omg.org/spec/DMN/20230325/MODEL/' is no version of DMN from 1.0 to 1.6; did you mean 'https://www.omg.org/spec/DMN/20230324/MODEL/'? [unknown-namespace]",
    ],
    "unknown-type": [
        "! decision 'Tier': unknown type 'strin'; did you mean 'string'? [unknown-type]",
    ],
    "unnamed-outputs": [
        "! line 10, decision 'Tier', output '2': an output of a table with several outputs has no name; name it [missing-name]",
    ],
    "wrong-cell-count": [
        "! line 10, decision 'Tier', rule 1: the rule has 2 input cells, the table has 1 input columns [wrong-cell-count]",
        "! line 11, decision 'Tier', rule 2: the rule has 0 output cells, the table has 1 output columns [wrong-cell-count]",
    ],
}

#: Without one of these there is no model to speak of.
UNREADABLE = {"document-type", "not-definitions", "unclosed-element", "unknown-namespace"}


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_what_the_author_of_a_broken_model_reads(name):
    file = f"{name}.dmn"
    model, diagnostics = read_model((BROKEN / file).read_bytes(), file=file)
    marks = {Severity.ERROR: "!", Severity.WARNING: " "}
    lines = [
        f"{marks[found.severity]} {str(found).removeprefix(file + ': ')}" for found in diagnostics
    ]
    assert lines == EXPECTED[name]
    assert (model is None) == (name in UNREADABLE)


def test_each_broken_model_is_expected():
    assert {path.stem for path in BROKEN.glob("*.dmn")} == set(EXPECTED)
