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
    "bad-allowed-values": [
        "! line 13, decision 'Tier', output 'Tier', allowed values: expected an expression, found the end, at character 5 of: \"A\", [feel-syntax]",
        "! line 5, type 'Colour', allowed values: expected ',' or the end of the cell, found '\"green\"', at character 7 of: \"red\" \"green\" [feel-syntax]",
    ],
    "conditional-without-else": [
        "! line 5, decision 'Tier', 'else': its 'else' is missing; add an expression [missing-expression]",
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
    "duplicate-binding": [
        "! line 13, decision 'Tier': two bindings are of parameter 'amount'; remove one [duplicate-name]",
    ],
    "duplicate-component": [
        "! line 5, type 'Person', component 'age': another component is named 'age'; rename one of them [duplicate-name]",
    ],
    "duplicate-decision": [
        "! decision 'Tier': a decision has the name of another decision; rename one of them [duplicate-name]",
    ],
    "duplicate-entry": [
        "! line 7, decision 'Tier', entry 'a': another entry is named 'a'; rename one [duplicate-name]",
    ],
    "duplicate-input": [
        "! input 'Monthly income': an input has the name of another input; rename one of them [duplicate-name]",
    ],
    "duplicate-key": [
        "! line 5, decision 'Tier': the context has two entries named 'a', at character 8 of: {a: 1, a: 2} [feel-syntax]",
    ],
    "duplicate-output": [
        "! line 9, decision 'Tier', output 'Tier': two outputs are named 'Tier'; rename one [duplicate-name]",
    ],
    "duplicate-parameter": [
        "! line 5, knowledge model 'Rate of': two parameters are named 'amount'; rename one [duplicate-name]",
    ],
    "duplicate-relation-column": [
        "! line 5, decision 'Tier': two columns are named 'a'; rename one [duplicate-name]",
    ],
    "duplicate-type": [
        "! line 4, type 'Colour': another type has the same name; rename one of them [duplicate-name]",
    ],
    "empty-cells": [
        "  line 10, decision 'Tier', rule 1, input 'Income': the cell is empty and is read as '-', any value; write '-' [empty-cell]",
        "  line 11, decision 'Tier', rule 2, output 'Tier': the output cell is empty; write null if nothing is meant [empty-output]",
    ],
    "empty-expression": [
        "  line 5, decision 'Tier': the expression is empty; it gives null [empty-expression]",
    ],
    "entry-without-name": [
        "! line 5, decision 'Tier', entry 1: an entry has no name; give it a 'name' attribute [missing-name]",
    ],
    "entry-without-value": [
        "! line 5, decision 'Tier', entry 'a': the entry's value is missing; add an expression [missing-expression]",
    ],
    "function-without-logic": [
        "  line 3, knowledge model 'Rate of': the knowledge model has no logic; calling it gives null [no-logic]",
    ],
    "input-without-expression": [
        "! line 6, decision 'Tier', input 'Income': the input has no expression; write what is tested [missing-expression]",
    ],
    "iterator-without-variable": [
        "! line 5, decision 'Tier': the 'for' has no variable; give it an 'iteratorVariable' attribute [missing-name]",
    ],
    "java-function": [
        "  line 5, knowledge model 'Rate of': a function in Java is not run; calling it gives null [unsupported-function]",
    ],
    "missing-else": [
        "! line 7, decision 'Tier': expected 'else', found the end, at character 31 of: if Monthly income > 5 then \"A\" [feel-syntax]",
    ],
    "missing-href": [
        "! line 6, decision 'Tier': requiredInput has no href; expected '#' and an element's id [missing-href]",
        "! line 7, decision 'Tier': a requirement names nothing; expected requiredInput or requiredDecision [missing-href]",
    ],
    "missing-import": [
        "! line 2, import 'shared': imports 'urn:example:elsewhere', a model that was not given [missing-import]",
        "! line 7, decision 'Tier': href 'urn:example:elsewhere#rate' points into a model that is not imported or was not given [missing-import]",
    ],
    "missing-namespace": [
        "! line 2: the model has no namespace; give 'definitions' a 'namespace' attribute [missing-namespace]",
    ],
    "missing-then": [
        "! line 7, decision 'Tier': expected 'then', found '\"A\"', at character 23 of: if Monthly income > 5 \"A\" else \"B\" [feel-syntax]",
    ],
    "mixed-arguments": [
        "! line 5, decision 'Tier': name all arguments or none, at character 11 of: substring(\"abc\", start position: 2) [feel-syntax]",
    ],
    "name-in-filter": [
        "  line 5, decision 'Tier': 'amuont' may be unknown in this filter; did you mean 'amount'? [unknown-name-in-filter]",
    ],
    "no-logic": [
        "  line 4, decision 'Tier': the decision has no logic; it gives null [no-logic]",
    ],
    "no-output": [
        "! line 7, decision 'Tier': the table has no output; add an output column [missing-output]",
    ],
    "no-rules": [
        "  line 7, decision 'Tier': the table has no rules; it always gives null or its default [no-rules]",
    ],
    "not-definitions": [
        "! line 2: the outermost element is 'decision'; a DMN model is in 'definitions' [not-dmn]",
    ],
    "not-feel": [
        "! line 7, decision 'Tier': the expression language 'urn:example:groovy' is not FEEL; only FEEL is evaluated [not-feel]",
    ],
    "not-feel-in-cells": [
        "  line 3, input 'Monthly income': the type 'long' is not one of FEEL's; it is read as number [foreign-type]",
        "! line 8, decision 'Tier', input 'Income': the expression language 'juel' is not FEEL; only FEEL is evaluated [not-feel]",
        "  line 8, decision 'Tier', input 'Income': the type 'long' is not one of FEEL's; it is read as number [foreign-type]",
        "! line 11, decision 'Tier', rule 1, input 'Income': the expression language 'javascript' is not FEEL; only FEEL is evaluated [not-feel]",
    ],
    "not-required": [
        "! line 6, decision 'Tier': 'Monthly income' is in the model, but is not required here; draw the requirement [not-required]",
    ],
    "question-mark": [
        "! line 5, decision 'Tier': '?' is the tested value; it has a meaning only in the cells of a table [unknown-name]",
    ],
    "relation-cell-count": [
        "! line 7, decision 'Tier', row 1: the row has 1 cells, the relation has 2 columns [wrong-cell-count]",
        "! line 8, decision 'Tier', row 2: the row has 3 cells, the relation has 2 columns [wrong-cell-count]",
    ],
    "reserved-name": [
        "  line 3, an input: no expression can read 'in', a word of FEEL; give it another name [reserved-name]",
    ],
    "service-of-a-stranger": [
        "! line 8, decision service 'Service': outputDecision points to 'tire', which does not exist; did you mean 'tier'? [dangling-href]",
        "! line 9, decision service 'Service': inputData points to 'incom', which does not exist [dangling-href]",
        "! line 11, decision service 'Empty': the service has no output decision; calling it gives nothing [missing-output]",
    ],
    "several-faults": [
        "! line 10, decision 'Tier', rule 1, input 'Income': expected an expression, found the end, at character 3 of: >= [feel-syntax]",
        "! line 11, decision 'Tier', rule 2: the rule has 2 input cells, the table has 1 input columns [wrong-cell-count]",
        "! line 11, decision 'Tier', rule 2, output 'Tier': nothing here is named 'Declind'; if a text is meant, write \"Declind\" in quotation marks [unknown-name]",
        "! line 7, decision 'Tier': unknown hit policy 'UNIQUEE'; did you mean 'UNIQUE'?; known: UNIQUE, ANY, PRIORITY, FIRST, COLLECT, RULE ORDER, OUTPUT ORDER [unknown-hit-policy]",
    ],
    "single-equals-two": [
        "! line 7, decision 'Tier': expected an expression, found '=' (equality is written with one '='), at character 17 of: Monthly income == 5 [feel-syntax]",
    ],
    "single-quotes": [
        "! line 5, decision 'Tier': expected an expression, found ''' (a text stands between straight quotation marks, \"so\"), at character 1 of: 'A' [feel-syntax]",
    ],
    "syntax-error": [
        "! line 10, decision 'Tier', rule 1, input 'Income': expected ',' or the end of the cell, found 'or', at character 9 of: >= 4000 or [feel-syntax]",
        "! line 11, decision 'Tier', rule 2, input 'Income': expected an expression, found the end, at character 5 of: [1.. [feel-syntax]",
    ],
    "type-cycle": [
        "! type 'A': the type is defined by itself: 'A' -> 'B' -> 'A'; give one of them another type [cycle]",
    ],
    "unclosed-bracket": [
        "! line 5, decision 'Tier': expected ']', found ')', at character 10 of: sum([1, 2) [feel-syntax]",
    ],
    "unclosed-comment": [
        "! line 5, decision 'Tier': a comment lacks its closing */, at character 3 of: 1 /* one [feel-syntax]",
    ],
    "unclosed-element": [
        "! the file is not well-formed XML: line 9: Premature end of data in tag definitions line 2 [malformed-xml]",
    ],
    "unclosed-string": [
        "! line 5, decision 'Tier': a string lacks its closing quotation mark, at character 1 of: \"A [feel-syntax]",
    ],
    "unknown-aggregation": [
        "! line 7, decision 'Tier': unknown aggregation 'SUMM'; did you mean 'SUM'?; known: SUM, COUNT, MIN, MAX [unknown-aggregation]",
    ],
    "unknown-built-in": [
        "! line 5, decision 'Tier': nothing here is named 'uppercase'; did you mean 'upper case'? [unknown-name]",
        "! line 5, decision 'Tier': nothing here is named 'stringlength'; did you mean 'string length'? [unknown-name]",
    ],
    "unknown-function-kind": [
        "! line 5, knowledge model 'Rate of': unknown kind of function 'Jave'; did you mean 'Java'? [unknown-function-kind]",
    ],
    "unknown-function": [
        "! line 11, decision 'Tier', function: nothing here is named 'Rates of'; did you mean 'Rate of'? [unknown-name]",
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
    "unknown-type-of-column": [
        "! line 8, decision 'Tier', input 'Income': unknown type 'nummer'; did you mean 'number'? [unknown-type]",
        "! line 9, decision 'Tier', output 'Tier': unknown type 'text'; did you mean 'context'? [unknown-type]",
    ],
    "unknown-type-of-part": [
        "! line 9, knowledge model 'Rate of', parameter 'who': unknown type 'Persone'; did you mean 'Person'? [unknown-type]",
        "! line 4, type 'Person', component 'age': unknown type 'numbr'; did you mean 'number'? [unknown-type]",
        "! line 5, type 'Person', component 'friend': unknown type 'Persn'; did you mean 'Person'? [unknown-type]",
    ],
    "unknown-type": [
        "! line 4, decision 'Tier': unknown type 'strin'; did you mean 'string'? [unknown-type]",
    ],
    "unnamed-import": [
        "! line 2, import '': imports 'urn:example:elsewhere', a model that was not given [missing-import]",
    ],
    "unnamed-outputs": [
        "! line 10, decision 'Tier', output '2': an output of a table with several outputs has no name; name it [missing-name]",
    ],
    "wrong-argument-count": [
        "  line 10, decision 'Tier': Rate of() does not take 1 arguments, but (); the call gives null [wrong-arguments]",
        "  line 10, decision 'Tier': string length() does not take 2 arguments, but (string); the call gives null [wrong-arguments]",
    ],
    "wrong-argument-name": [
        "  line 10, decision 'Tier': Rate of() has no parameter 'amuont'; did you mean 'amount'?; the call gives null [wrong-arguments]",
    ],
    "wrong-binding": [
        "  line 10, decision 'Tier': Rate of() has no parameter 'terms'; did you mean 'term'?; the call gives null [wrong-arguments]",
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
