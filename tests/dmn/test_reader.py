"""What the reader makes of whole models, and of bytes from strangers."""

from __future__ import annotations

import pytest

from wherewithal.dmn import model as m
from wherewithal.dmn.diagnostics import Severity
from wherewithal.dmn.feel import ast
from wherewithal.dmn.reader import read_model, read_models

VERSIONS = {
    "1.1": "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
    "1.2": "http://www.omg.org/spec/DMN/20180521/MODEL/",
    "1.3": "https://www.omg.org/spec/DMN/20191111/MODEL/",
    "1.4": "https://www.omg.org/spec/DMN/20211108/MODEL/",
    "1.5": "https://www.omg.org/spec/DMN/20230324/MODEL/",
}


def definitions(
    body: str, *, uri: str = VERSIONS["1.5"], namespace: str = "urn:example:m"
) -> bytes:
    return (
        f'<definitions xmlns="{uri}" namespace="{namespace}" name="M">{body}</definitions>'.encode()
    )


def decision(logic: str, *, name: str = "d", requires: str = "") -> str:
    return (
        f'<decision id="{name}" name="{name}"><variable name="{name}"/>{requires}{logic}</decision>'
    )


def read(data: bytes) -> m.Model:
    model, diagnostics = read_model(data, file="m.dmn")
    assert model is not None
    assert [str(found) for found in diagnostics] == []
    return model


@pytest.mark.parametrize("version", VERSIONS)
def test_every_version_is_read_by_its_namespace(version):
    text = decision("<literalExpression><text>1</text></literalExpression>")
    model = read(definitions(text, uri=VERSIONS[version]))
    assert [found.name for found in model.decisions] == ["d"]


def test_prefixes_and_extensions_do_not_matter():
    data = (
        f'<x:definitions xmlns:x="{VERSIONS["1.3"]}" xmlns:t="urn:tool" namespace="urn:m" name="M">'
        '<x:decision name="d"><x:extensionElements><t:decisionTable/></x:extensionElements>'
        "<t:literalExpression/><x:literalExpression><x:text>2</x:text></x:literalExpression>"
        "</x:decision></x:definitions>"
    )
    expression = read(data.encode()).decisions[0].expression
    assert isinstance(expression, m.Literal)
    assert expression.feel.text == "2"


def test_names_are_normalised_and_requirements_resolved():
    body = '<inputData id="i" name="  Monthly \n income "><variable/></inputData>' + decision(
        "<literalExpression><text>Monthly   income * 2</text></literalExpression>",
        requires='<informationRequirement><requiredInput href="#i"/></informationRequirement>',
    )
    found = read(definitions(body)).decisions[0]
    assert found.requires == ("Monthly income",)
    assert isinstance(found.expression, m.Literal)
    tree = found.expression.feel.node
    assert isinstance(tree, ast.Binary)
    assert tree.left == ast.Name(start=0, name="Monthly income")


def test_a_table_with_annotations_defaults_and_policies():
    table = """<decisionTable hitPolicy="RULE ORDER">
      <input label="A"><inputExpression typeRef="feel:number"><text>1</text></inputExpression>
        <inputValues><text>[0..9]</text></inputValues></input>
      <output typeRef="string"><outputValues><text>"x","y"</text></outputValues>
        <defaultOutputEntry><text>"y"</text></defaultOutputEntry></output>
      <annotation name="Reason"/>
      <rule><description>why</description><inputEntry><text>-</text></inputEntry>
        <outputEntry><text>"x"</text></outputEntry>
        <annotationEntry><text>R1</text></annotationEntry></rule></decisionTable>"""
    found = read(definitions(decision(table))).decisions[0].expression
    assert isinstance(found, m.DecisionTable)
    assert found.hit_policy is m.HitPolicy.RULE_ORDER
    assert found.inputs[0].type_ref == "number"
    assert found.rules[0].annotations == (("Reason", "R1"), ("description", "why"))
    assert found.outputs[0].default is not None
    assert found.outputs[0].default.text == '"y"'


def boxed(text: str) -> str:
    return f"<literalExpression><text>{text}</text></literalExpression>"


@pytest.mark.parametrize(
    ("logic", "kind"),
    [
        (
            f'<context><contextEntry><variable name="a"/>{boxed("1")}</contextEntry><contextEntry>{boxed("a")}</contextEntry></context>',
            m.BoxedContext,
        ),
        (
            f'<invocation>{boxed("abs")}<binding><parameter name="n"/>{boxed("-1")}</binding></invocation>',
            m.BoxedInvocation,
        ),
        (
            f'<functionDefinition><formalParameter name="a b"/>{boxed("a b + 1")}</functionDefinition>',
            m.BoxedFunction,
        ),
        (f"<list>{boxed('1')}{boxed('2')}</list>", m.BoxedList),
        (f'<relation><column name="a"/><row>{boxed("1")}</row></relation>', m.Relation),
        (
            f"<conditional><if>{boxed('true')}</if><then>{boxed('1')}</then><else>{boxed('2')}</else></conditional>",
            m.Conditional,
        ),
        (
            f"<filter><in>{boxed('[1]')}</in><match>{boxed('item = 1')}</match></filter>",
            m.BoxedFilter,
        ),
        (
            f'<for iteratorVariable="x"><in>{boxed("[1]")}</in><return>{boxed("x")}</return></for>',
            m.BoxedIteration,
        ),
        (
            f'<every iteratorVariable="x"><in>{boxed("[1]")}</in><satisfies>{boxed("x = 1")}</satisfies></every>',
            m.BoxedIteration,
        ),
    ],
)
def test_every_boxed_expression_is_read(logic, kind):
    assert isinstance(read(definitions(decision(logic))).decisions[0].expression, kind)


def test_imports_are_read_first_and_qualify_names():
    base = definitions(decision(boxed("1"), name="rate"), namespace="urn:example:base")
    body = '<import name="base" namespace="urn:example:base" importType="DMN"/>' + decision(
        boxed("base.rate + 1"),
        requires='<informationRequirement><requiredDecision href="urn:example:base#rate"/></informationRequirement>',
    )
    models, diagnostics = read_models({"a.dmn": definitions(body), "base.dmn": base})
    assert diagnostics == []
    assert [model.file for model in models] == ["base.dmn", "a.dmn"]
    assert models[1].decisions[0].requires == ("base.rate",)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "malformed-xml"),
        (b"<html></html>", "not-dmn"),
        (b"\xff\xfe\x00", "malformed-xml"),
        (b'<?xml version="1.0" encoding="klingon"?><definitions/>', "malformed-xml"),
        (
            '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]><a>&b;</a>'.encode("utf-16"),
            "doctype-refused",
        ),
        (b"<a>" * 5_000, "malformed-xml"),
        (b"<a>" + b" " * (33 * 1024 * 1024) + b"</a>", "file-too-large"),
    ],
)
def test_bytes_from_strangers_are_refused_with_a_reason(data, code):
    model, diagnostics = read_model(data, file="x.dmn")
    assert model is None
    assert [found.code for found in diagnostics] == [code]


def test_boxes_nest_to_a_bound():
    logic = boxed("1")
    for _ in range(45):
        logic = f"<list>{logic}</list>"
    _, diagnostics = read_model(definitions(decision(logic)), file="m.dmn")
    assert [found.code for found in diagnostics] == ["too-deep"]


def test_public_models_are_read_without_errors(shared):
    # These name inputs in their tables that the models do not have; their authors are told.
    known = {
        "Recommended Loan Products.dmn",
        "loan-grade-with-boolean.dmn",
        "loan-grade-with-enumeration-missing.dmn",
        "loan-grade-with-enumeration.dmn",
    }
    refused = set()
    for path in sorted((shared / "data" / "policies").glob("*/*.dmn")):
        model, diagnostics = read_model(path.read_bytes(), file=path.name)
        assert model is not None
        if any(found.severity is Severity.ERROR for found in diagnostics):
            refused.add(path.name)
    assert refused == known
