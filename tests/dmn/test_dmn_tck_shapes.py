"""The TCK's own XML in every shape that its schema allows."""

from __future__ import annotations

import pytest

from tests.dmn.small_models import (
    calls,
    decision,
    definitions,
    feel,
    given,
    import_of,
    knowledge,
    needs,
    service,
)
from wherewithal.dmn.tck import TckFile, run_tck

HEAD = """<testCases xmlns="http://www.omg.org/spec/DMN/20160719/testcase"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema">
<modelName>m.dmn</modelName><labels><label>a label</label></labels>"""
B = "urn:example:b"
MODEL = definitions(
    import_of("B", B),
    given("v"),
    given("a", "number"),
    decision("d", feel("v"), needs("v")),
    decision("x", feel("a + 1"), needs("a")),
    decision(
        "pair", feel("{k: x}"), '<informationRequirement><requiredDecision href="#x"/>'
    ).replace('href="#x"/>', 'href="#x"/></informationRequirement>'),
    knowledge("f", feel("p + q"), "p: number", "q: number"),
    knowledge("java", feel("1"), "p").replace("Logic>", 'Logic kind="Java">', 1),
    decision("uses java", feel("java(1)"), calls("java")),
    service("one", ("outputDecision", "x"), ("inputData", "a")),
    service("single", ("outputDecision", "pair"), ("inputData", "a")),
    service("two", ("outputDecision", "x"), ("outputDecision", "pair"), ("inputData", "a")),
    service("abroad", ("outputDecision", "far"), ("inputData", f"{B}#a")),
    decision(
        "far", feel("B.y"), '<informationRequirement><requiredDecision href="urn:example:b#y"/>'
    ).replace('#y"/>', '#y"/></informationRequirement>'),
)
OTHER = definitions(given("a", "number"), decision("y", feel("a * 10"), needs("a")), namespace=B)


def outcome_of(inputs: str, result: str, attributes: str = "") -> str:
    """Return what becomes of a case, with what differed."""
    cases = f'{HEAD}<testCase id="1" {attributes}>{inputs}{result}</testCase></testCases>'
    file = TckFile(
        folder="level/one",
        test_file="t",
        cases=cases.encode(),
        models={"m.dmn": MODEL, "b.dmn": OTHER},
    )
    (row,) = run_tck([file])
    return f"{row.outcome} {row.detail}".strip()


def value(text: str, kind: str = "decimal") -> str:
    return f'<value xsi:type="xsd:{kind}">{text}</value>'


@pytest.mark.parametrize(
    "content",
    [
        value("1"),
        value(" 1.50 "),
        value("1", "integer"),
        value("1", "double"),
        value("text", "string"),
        value("", "string"),
        "<value>text</value>",
        value("true", "boolean"),
        value("1", "boolean"),
        value("2020-01-01", "date"),
        value("10:00:00Z", "time"),
        value("10:00:00@Europe/Paris", "time"),
        value("2020-01-01T10:00:00+02:00", "dateTime"),
        value("P1DT2H", "duration"),
        value("P1DT2H", "dayTimeDuration"),
        value("P1Y", "yearMonthDuration"),
        value("2020-01-01T10:00:00Z", "dateTimeStamp"),
        value("5", "anyURI"),
        value("a<!-- a remark -->b", "string"),
        value(" <!-- a remark --> 1.5\n", "decimal"),
        value("-P1Y2M", "duration"),
        '<value xsi:nil="true"/>',
        '<value xsi:nil="1" xsi:type="xsd:string"/>',
        '<list xsi:nil="true"/>',
        "<list/>",
        f"<list><item>{value('1')}</item><item>{value('a', 'string')}</item></list>",
        f"<list><item><list><item>{value('1')}</item></list></item><item><list/></item></list>",
        f'<list><item xsi:nil="true"/><item>{value("1")}</item></list>',
        f'<component name="k">{value("1")}</component><component name="a b">{value("x", "string")}</component>',
        f'<component name="k"><component name="l"><list><item>{value("1")}</item></list></component></component>',
        '<component name="k" xsi:nil="true"/>',
        f'<list><item><component name="k">{value("1")}</component></item></list>',
        '<component name="k"><value xsi:nil="true"/></component>',
    ],
)
def test_a_value_of_each_shape_is_what_it_says(content):
    given_one = f'<inputNode name="v">{content}</inputNode>'
    expected = f'<resultNode name="d" type="decision"><expected>{content}</expected></resultNode>'
    assert outcome_of(given_one, expected) == "SUCCESS"


@pytest.mark.parametrize(
    ("inputs", "result", "attributes"),
    [
        ({"a": 1}, ("x", value("2")), ""),
        ({"a": 1}, ("x", value("2.00000000001")), ""),
        ({"a": 1}, ("x", value("2")), 'type="decision" name="words"'),
        ({"a": 1}, ("x", value("2")), 'type="decisionService" invocableName="one"'),
        ({"a": 1}, ("one", value("2")), 'type="decisionService" invocableName="one"'),
        (
            {"a": 1},
            ("pair", f'<component name="k">{value("2")}</component>'),
            'type="decisionService" invocableName="single"',
        ),
        ({"a": 1}, ("x", value("2")), 'type="decisionService" invocableName="two"'),
        (
            {"a": 1},
            ("pair", f'<component name="k">{value("2")}</component>'),
            'type="decisionService" invocableName="two"',
        ),
        (
            {"a": 1},
            (
                "two",
                (
                    f'<component name="x">{value("2")}</component>'
                    f'<component name="pair"><component name="k">{value("2")}</component></component>'
                ),
            ),
            'type="decisionService" invocableName="two"',
        ),
        ({"p": 1, "q": 2}, ("f", value("3")), 'type="bkm" invocableName="f"'),
        ({"p": 1}, ("f", '<value xsi:nil="true"/>'), 'type="bkm" invocableName="f"'),
        ({"a": 1}, ("far", value("10")), ""),
        ({"a": 1}, ("B.y", value("10")), ""),
        ({}, ("x", '<value xsi:nil="true"/>'), ""),
    ],
)
def test_decisions_services_and_functions_are_asked(inputs, result, attributes):
    nodes = "".join(
        f'<inputNode name="{name}">{value(str(number))}</inputNode>'
        for name, number in inputs.items()
    )
    name, expected = result
    node = f'<resultNode name="{name}"><expected>{expected}</expected></resultNode>'
    assert outcome_of(nodes, node, attributes) == "SUCCESS"


def test_an_input_of_an_imported_model_is_named_by_its_namespace():
    nodes = f'<inputNode name="a" namespace="{B}">{value("4")}</inputNode>'
    nodes += f'<inputNode name="a">{value("1")}</inputNode>'
    results = f'<resultNode name="far"><expected>{value("40")}</expected></resultNode>'
    results += f'<resultNode name="x"><expected>{value("2")}</expected></resultNode>'
    assert outcome_of(nodes, results) == "SUCCESS"


def test_an_input_of_an_imported_model_is_named_behind_its_imports_name():
    nodes = f'<inputNode name="B.a">{value("4")}</inputNode>'
    results = f'<resultNode name="far"><expected>{value("40")}</expected></resultNode>'
    results += '<resultNode name="x"><expected><value xsi:nil="true"/></expected></resultNode>'
    assert outcome_of(nodes, results) == "SUCCESS"
    result = f'<resultNode name="abroad"><expected>{value("40")}</expected></resultNode>'
    for key in ('name="B.a"', 'name="a"', f'name="a" namespace="{B}"'):
        node = f"<inputNode {key}>{value('4')}</inputNode>"
        assert outcome_of(node, result, 'invocableName="abroad"') == "SUCCESS"


@pytest.mark.parametrize(
    ("given_one", "expected", "outcome"),
    [
        (value("10:00:00Z", "time"), value("11:00:00+01:00", "time"), "SUCCESS"),
        (value("10:00:00Z", "time"), value("10:00:00", "time"), "ERROR"),
        (value("1"), value("NaN", "double"), "ERROR"),
        (value("1"), value("INF", "double"), "ERROR"),
        (value("-INF", "double"), '<value xsi:nil="true"/>', "SUCCESS"),
        (value("1"), value("1", "string"), "ERROR"),
        (value("", "string"), '<value xsi:nil="true"/>', "ERROR"),
        ("<list/>", '<list xsi:nil="true"/>', "ERROR"),
    ],
)
def test_what_agrees_with_what(given_one, expected, outcome):
    nodes = f'<inputNode name="v">{given_one}</inputNode>'
    results = f'<resultNode name="d"><expected>{expected}</expected></resultNode>'
    assert outcome_of(nodes, results).split()[0] == outcome


def test_a_result_that_is_an_error_is_null():
    node = '<resultNode errorResult="true" name="x" type="decision"><expected/></resultNode>'
    assert outcome_of(f'<inputNode name="a">{value("x", "string")}</inputNode>', node) == "SUCCESS"
    assert outcome_of(f'<inputNode name="a">{value("1")}</inputNode>', node) == (
        "ERROR x: got 2, expected null ()"
    )


def test_what_java_would_answer_is_skipped():
    node = f'<resultNode name="uses java"><expected>{value("1")}</expected></resultNode>'
    assert outcome_of("", node) == (
        "IGNORED uses java: external functions (Java, PMML) are not supported; the call gives null"
    )
    null = '<resultNode name="uses java"><expected><value xsi:nil="true"/></expected></resultNode>'
    assert outcome_of("", null) == "SUCCESS"
