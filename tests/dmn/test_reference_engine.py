"""Whole models by the reference interpreter: tables, services, imports, types and their trace."""

from __future__ import annotations

from decimal import Decimal
from xml.sax.saxutils import escape

import pytest

from wherewithal.dmn.reader import read_models
from wherewithal.dmn.reference.engine import evaluate
from wherewithal.dmn.reference.json_values import inputs_from_json, to_json

URI = "https://www.omg.org/spec/DMN/20230324/MODEL/"


def definitions(body: str, namespace: str = "urn:example:m") -> bytes:
    return (
        f'<definitions xmlns="{URI}" namespace="{namespace}" name="M">{body}</definitions>'.encode()
    )


def boxed(text: str) -> str:
    return f"<literalExpression><text>{escape(text)}</text></literalExpression>"


def requirement(kind: str, href: str) -> str:
    group = "knowledge" if kind == "requiredKnowledge" else "information"
    return f'<{group}Requirement><{kind} href="{href}"/></{group}Requirement>'


def decision(name: str, logic: str, *requires: str, type_ref: str = "Any") -> str:
    variable = f'<variable name="{name}" typeRef="{type_ref}"/>'
    return f'<decision id="{name}" name="{name}">{variable}{"".join(requires)}{logic}</decision>'


def table(policy: str, *rules: tuple[str, str], allowed: str = "", default: str = "") -> str:
    rows = "".join(
        f"<rule><inputEntry><text>{escape(test)}</text></inputEntry>"
        f"<outputEntry><text>{escape(output)}</text></outputEntry></rule>"
        for test, output in rules
    )
    values = f"<outputValues><text>{allowed}</text></outputValues>" if allowed else ""
    other = f"<defaultOutputEntry><text>{default}</text></defaultOutputEntry>" if default else ""
    clause = '<input label="Score"><inputExpression><text>score</text></inputExpression></input>'
    return f"<decisionTable {policy}>{clause}<output>{values}{other}</output>{rows}</decisionTable>"


SCORE = '<inputData id="score" name="score"><variable name="score" typeRef="number"/></inputData>'
READS_SCORE = requirement("requiredInput", "#score")
OVERLAPPING = ((">= 700", '"A"'), (">= 600", '"B"'), (">= 500", '"A"'))


def run(body: str, name: str, inputs: dict[str, object], **others: bytes):
    models, diagnostics = read_models({**others, "m.dmn": definitions(body)})
    assert [str(found) for found in diagnostics] == []
    return evaluate(models, name, inputs_from_json(models, inputs))


@pytest.mark.parametrize(
    ("policy", "score", "expected"),
    [
        ('hitPolicy="UNIQUE"', 550, "A"),
        ('hitPolicy="UNIQUE"', 650, None),
        ('hitPolicy="FIRST"', 650, "B"),
        ('hitPolicy="ANY"', 650, None),
        ('hitPolicy="PRIORITY"', 650, "A"),
        ('hitPolicy="RULE ORDER"', 720, ["A", "B", "A"]),
        ('hitPolicy="OUTPUT ORDER"', 720, ["A", "A", "B"]),
        ('hitPolicy="COLLECT"', 650, ["B", "A"]),
        ('hitPolicy="COLLECT" aggregation="COUNT"', 720, 3),
        ('hitPolicy="COLLECT" aggregation="MIN"', 720, "A"),
        ('hitPolicy="FIRST"', 400, "none"),
        ('hitPolicy="FIRST"', None, "none"),
    ],
)
def test_hit_policies(policy, score, expected):
    logic = table(policy, *OVERLAPPING, allowed='"A","B","none"', default='"none"')
    found = run(SCORE + decision("tier", logic, READS_SCORE), "tier", {"score": score})
    assert to_json(found.value) == expected


def test_collect_sum_is_exact():
    logic = table('hitPolicy="COLLECT" aggregation="SUM"', ("-", "0.1"), ("> 0", "0.2"))
    found = run(SCORE + decision("points", logic, READS_SCORE), "points", {"score": 1})
    assert found.value == Decimal("0.3")


def test_the_trace_names_rules_and_what_they_saw():
    logic = table('hitPolicy="FIRST"', *OVERLAPPING)
    body = SCORE + decision("tier", logic, READS_SCORE)
    body += decision(
        "limit", boxed('if tier = "A" then 600 else 300'), requirement("requiredDecision", "#tier")
    )
    found = run(body, "limit", {"score": 650})
    tier, limit = found.trace.steps
    assert [(step.name, step.value) for step in (tier, limit)] == [("tier", "B"), ("limit", 300)]
    (matched,) = tier.steps
    assert (matched.place, matched.matched) == ("decision 'tier'", (2, 3))
    assert [rule.number for rule in matched.rules] == [2]
    assert [(seen.name, seen.value) for seen in matched.inputs] == [("Score", 650)]


def test_a_unique_table_that_matches_twice_says_which_rules():
    logic = table('hitPolicy="UNIQUE"', *OVERLAPPING)
    found = run(SCORE + decision("tier", logic, READS_SCORE), "tier", {"score": 650})
    assert [str(note) for note in found.diagnostics] == [
        "decision 'tier': hit policy UNIQUE, but rules 2, 3 match [null-result]"
    ]


FACTORIAL = (
    '<businessKnowledgeModel id="f" name="factorial"><variable name="factorial"/>'
    '<encapsulatedLogic><formalParameter name="n" typeRef="number"/>'
    + boxed("if n < 2 then 1 else n * factorial(n - 1)")
    + "</encapsulatedLogic></businessKnowledgeModel>"
)


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("factorial(20)", 2432902008176640000),
        ("factorial(n: 3)", 6),
        ("factorial([3])", 6),
        ('factorial("3")', None),
    ],
)
def test_a_knowledge_model_is_a_function_and_may_call_itself(call, expected):
    body = FACTORIAL + decision("d", boxed(call), requirement("requiredKnowledge", "#f"))
    assert run(body, "d", {}).value == expected


def test_a_decision_service_is_a_function_of_its_inputs():
    service = (
        '<decisionService id="s" name="double"><variable name="double"/>'
        '<outputDecision href="#twice"/><inputData href="#score"/></decisionService>'
    )
    body = SCORE + decision("twice", boxed("score * 2"), READS_SCORE) + service
    body += decision(
        "d", boxed("double(21) + double(score: 1)"), requirement("requiredKnowledge", "#s")
    )
    assert run(body, "d", {"score": 5}).value == Decimal(44)
    assert run(body, "double", {"score": 5}).value == Decimal(10)


def test_an_imported_decision_is_read_under_the_imports_name():
    base = definitions(
        SCORE + decision("twice", boxed("score * 2"), READS_SCORE), "urn:example:base"
    )
    body = '<import name="base" namespace="urn:example:base"/>' + decision(
        "d", boxed("base.twice + 1"), requirement("requiredDecision", "urn:example:base#twice")
    )
    assert run(body, "d", {"score": 4}, base=base).value == Decimal(9)


TIER = (
    '<itemDefinition name="tTier"><typeRef>string</typeRef>'
    '<allowedValues><text>"A","B"</text></allowedValues></itemDefinition>'
    '<inputData id="t" name="t"><variable name="t" typeRef="tTier"/></inputData>'
)


@pytest.mark.parametrize(("given", "expected"), [("A", "A"), (["B"], "B"), ("C", None), (1, None)])
def test_inputs_must_be_of_their_declared_type(given, expected):
    body = TIER + decision("d", boxed("t"), requirement("requiredInput", "#t"))
    found = run(body, "d", {"t": given})
    assert found.value == expected
    notes = [] if expected else ["input 't': the given value is not of type 'tTier' [null-result]"]
    assert [str(note) for note in found.diagnostics] == notes


def test_a_missing_input_is_null_and_named():
    found = run(SCORE + decision("d", boxed("score = null"), READS_SCORE), "d", {})
    assert found.value is True
    assert [str(note) for note in found.diagnostics] == [
        "input 'score': no value was given [null-result]"
    ]


def test_an_unknown_decision_has_a_near_miss():
    found = run(decision("Tier", boxed("1")), "Tiers", {})
    assert [note.message for note in found.diagnostics] == [
        "no decision is named 'Tiers'; did you mean 'Tier'?"
    ]


def test_external_functions_are_reported_as_unsupported():
    text = 'function(a) external {java: {class: "java.lang.Math", method signature: "cos(double)"}}'
    found = run(decision("d", boxed(f"({text})(1)")), "d", {})
    assert found.value is None
    assert "external functions (Java, PMML) are not supported" in found.diagnostics[0].message


@pytest.mark.parametrize(
    ("data", "type_ref", "expected"),
    [
        ("2026-07-31", "date", "2026-07-31"),
        ("2026-07-31T10:00:00Z", "date and time", "2026-07-31T10:00:00Z"),
        ("P1Y6M", "years and months duration", "P1Y6M"),
        (0.1, "number", 0.1),
        (12345678901234567890, "number", "12345678901234567890"),
        ([1, {"a": None}], "Any", [1, {"a": None}]),
    ],
)
def test_json_goes_in_and_comes_out(data, type_ref, expected):
    body = f'<inputData id="x" name="x"><variable name="x" typeRef="{type_ref}"/></inputData>'
    body += decision("d", boxed("x"), requirement("requiredInput", "#x"), type_ref=type_ref)
    assert to_json(run(body, "d", {"x": data}).value) == expected
