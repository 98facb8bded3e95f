"""The DMN TCK by the reference interpreter, where its folder is at hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from wherewithal.dmn.tck import TckRow, agrees, csv_line, run_tck, summary_line
from wherewithal.sources.tck_folder import read_tck_folder

CASE = """<testCases xmlns="http://www.omg.org/spec/DMN/20160719/testcase"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema">
<modelName>m.dmn</modelName>
<testCase id="right"><inputNode name="x"><value xsi:type="xsd:decimal">2</value></inputNode>
<resultNode name="d"><expected><value xsi:type="xsd:decimal">3</value></expected></resultNode></testCase>
<testCase id="wrong"><inputNode name="x"><value xsi:type="xsd:string">2</value></inputNode>
<resultNode name="d"><expected><value xsi:type="xsd:decimal">3</value></expected></resultNode></testCase>
</testCases>"""
MODEL = """<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" namespace="urn:m" name="m">
<inputData id="x" name="x"><variable name="x" typeRef="number"/></inputData>
<decision id="d" name="d"><variable name="d"/>
<informationRequirement><requiredInput href="#x"/></informationRequirement>
<literalExpression><text>x + 1</text></literalExpression></decision></definitions>"""


def test_a_row_a_case_in_the_tcks_own_format(tmp_path):
    folder = tmp_path / "level" / "one"
    folder.mkdir(parents=True)
    (folder / "m.dmn").write_text(MODEL)
    (folder / "m-test-01.xml").write_text(CASE)
    rows = list(run_tck(read_tck_folder(tmp_path)))
    assert [csv_line(row) for row in rows] == [
        '"level/one","m-test-01","right","SUCCESS",""',
        '"level/one","m-test-01","wrong","ERROR","d: got null, expected 3 (the given value is not of type \'number\')"',
    ]
    assert summary_line(rows) == "1 passed, 1 failed, 0 skipped"


@pytest.mark.parametrize(
    ("found", "expected", "verdict"),
    [
        (Decimal("0.333333333333"), Decimal("0.33333333"), True),
        (Decimal("1.1"), Decimal("1.2"), False),
        ([Decimal(1)], [Decimal("1.0")], True),
        ({"a": None}, {"a": None}, True),
        ({"a": None}, {}, False),
        ("1", Decimal(1), False),
    ],
)
def test_agreement(found, expected, verdict):
    assert agrees(found, expected) is verdict


def test_every_shared_case_succeeds(tck_home):
    failed = [row for row in run_tck(read_tck_folder(tck_home)) if row.outcome != "SUCCESS"]
    assert failed == list[TckRow]()
