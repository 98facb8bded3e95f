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
    ("text", "body", "why"),
    [
        ("for i in 1..1000000000 return i", "n", STEPS),
        ("for i in 1..100000 return partial", "n", STEPS),
        ("for a in 1..999, b in 1..999 return a", "n", STEPS),
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
