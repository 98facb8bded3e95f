"""A hostile model ends soon, with a diagnostic; it never hangs and never exhausts the process."""

from __future__ import annotations

from xml.sax.saxutils import escape

import pytest

from wherewithal.dmn.reader import read_model
from wherewithal.dmn.reference.engine import evaluate
from wherewithal.dmn.reference.runtime import Limits

LIMITS = Limits(steps_max=100_000, regex_steps_max=50_000)
STEPS = "the evaluation takes more than 100000 steps"
MODEL = """<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" namespace="urn:m" name="M">
<businessKnowledgeModel id="f" name="f"><variable name="f"/><encapsulatedLogic>
<formalParameter name="n"/><literalExpression><text>{body}</text></literalExpression>
</encapsulatedLogic></businessKnowledgeModel>
<decision id="d" name="d"><variable name="d"/>
<knowledgeRequirement><requiredKnowledge href="#f"/></knowledgeRequirement>
<literalExpression><text>{text}</text></literalExpression></decision></definitions>"""
PAIRS = "(for i in 1..60 return [partial[-1], partial[-1]])[-1]"


def run(text: str, body: str = "n"):
    data = MODEL.format(text=escape(text), body=escape(body)).encode()
    model, diagnostics = read_model(data, file="m.dmn")
    assert model is not None
    assert diagnostics == []
    return evaluate([model], "d", {}, limits=LIMITS)


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("for i in 1..1000 return i", 5),
        ('for i in @"2000-01-01"..@"2002-09-26" return i', 11),
        ("some i in 1..1000 satisfies i < 0", 7),
        ("for i in 1..1000 return f(i)", 17),
    ],
)
def test_a_turn_counts_for_the_time_that_it_takes(text, steps):
    model, _ = read_model(MODEL.format(text=escape(text), body="n").encode(), file="m.dmn")
    assert model is not None
    for room, is_done in ((20, True), (-20, False)):
        limits = Limits(steps_max=steps * 1000 + room)
        found = evaluate([model], "d", {}, limits=limits)
        assert (found.value is not None) is is_done


@pytest.mark.parametrize(
    ("text", "body", "why"),
    [
        ("for i in 1..1000000000 return i", "n", STEPS),
        ("for i in 1..100000 return partial", "n", STEPS),
        ("for a in 1..999, b in 1..999 return a", "n", STEPS),
        ("for i in -10**33..10**33 return i", "n", STEPS),
        ("some i in 1..10**30 satisfies i < 0", "n", STEPS),
        ("for i in [1..10**30] return i", "n", STEPS),
        ('for i in @"0001-01-01"..@"999999-01-01" return i', "n", STEPS),
        ("sort(for i in 1..50000 return -i, function(x, y) x < y)", "n", STEPS),
        (
            "(for i in 1..60 return concatenate([1], partial, partial))[-1]",
            "n",
            "a value may have 2000000 parts",
        ),
        (PAIRS, "n", "a value may have 2000000 parts"),
        ("f([1])", "f(concatenate(n, n))", STEPS),
        ("f({})", "f({a: n, b: n})", "functions call each other more than 1000 deep"),
        ("f(1)", "f(n)", "functions call each other more than 1000 deep"),
        ("f(1)", "f(n) + f(n)", "functions call each other more than 1000 deep"),
        (
            '(for i in 1..40 return if i = 1 then "ab" else partial[-1] + partial[-1])[-1]',
            "n",
            "a string may have 1000000 characters",
        ),
        # Sixty levels of shared pairs have 2^60 paths.
        (f"{PAIRS} = {PAIRS}", "n", STEPS),
        (f"string({PAIRS})", "n", STEPS),
        (f"flatten({PAIRS})", "n", STEPS),
        (
            "(for i in 1..600 return [partial[-1]])[-1]",
            "n",
            "a value nests deeper than 500 levels",
        ),
        (
            'matches("aaaaaaaaaaaaaaaaaaaaaaaaaaaaab", "(a|aa)+(a+)+\\2c")',
            "n",
            "matching a pattern takes more than 50000 steps",
        ),
    ],
)
def test_bounds_end_an_evaluation_with_a_diagnostic(text, body, why):
    found = run(text, body)
    assert found.value is None
    assert [(note.code, note.message) for note in found.diagnostics][-1] == ("limit-exceeded", why)


def test_recursion_below_the_bound_is_fine_in_every_construct():
    for call in ("f(n - 1) + 1", "count(for i in [n] return f(i - 1))", "[0][f(n - 1) >= item][1]"):
        found = run("f(900)", f"if n = 0 then 0 else {call}")
        assert [note.code for note in found.diagnostics] == []


def test_a_nested_quantifier_takes_linear_time():
    assert run('matches("' + "a" * 5_000 + 'b", "(a*)*c")').diagnostics[-1].code == "limit-exceeded"
    assert run('matches("' + "a" * 500 + 'b", "^(a*)*c$")').value is False


@pytest.mark.parametrize(
    "text",
    ["10**999999999", "10**-999999999", "9.9**99999999", "(10**6000)**10**6000", "exp(10**9)"],
)
def test_powers_beyond_all_numbers_are_null_at_once(text):
    found = run(text)
    assert found.value is None
    assert [note.code for note in found.diagnostics] == ["null-result"]


@pytest.mark.parametrize(
    "text",
    [
        "(" * 5_000 + "1" + ")" * 5_000,
        "-" * 5_000 + "1",
        "1" + " + 1" * 5_000,
        "a" + ".a" * 5_000,
        "[1]" * 2_000,
        "not(" * 200 + "true" + ")" * 200,
        "if true then " * 300 + "1",
        "for i in [1] return " * 150 + "1",
        "x" * 100_001,
    ],
)
def test_a_text_that_nests_or_runs_too_far_is_refused(text):
    data = MODEL.format(text=text, body="n").encode()
    _, diagnostics = read_model(data, file="m.dmn")
    assert [found.code for found in diagnostics][:1] == ["feel-syntax"]


@pytest.mark.parametrize(
    ("boxes", "code"),
    [(39, None), (100, "too-deep"), (400, "malformed-xml"), (50_000, "malformed-xml")],
)
def test_boxes_in_boxes_are_bounded(boxes, code):
    inside = '<context><contextEntry><variable name="a"/>' * boxes
    inside += "<literalExpression><text>1</text></literalExpression>"
    inside += "</contextEntry></context>" * boxes
    logic = "<literalExpression><text>{text}</text></literalExpression></decision>"
    data = MODEL.format(text="{text}", body="n").replace(logic, f"{inside}</decision>")
    _, diagnostics = read_model(data.encode(), file="m.dmn")
    assert [found.code for found in diagnostics] == ([] if code is None else [code])


def test_a_service_that_needs_itself_ends():
    data = """<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" namespace="urn:m" name="M">
<decision id="d" name="d"><knowledgeRequirement><requiredKnowledge href="#s"/></knowledgeRequirement>
<literalExpression><text>s()</text></literalExpression></decision>
<decisionService id="s" name="s"><outputDecision href="#d"/></decisionService></definitions>"""
    model, _ = read_model(data.encode(), file="m.dmn")
    assert model is not None
    assert evaluate([model], "d", {}).diagnostics[-1].code == "limit-exceeded"
