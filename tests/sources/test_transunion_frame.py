"""The facts frame of one row, as every source yields it."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from wherewithal.sources.bureau_transunion import read_transunion
from wherewithal.vocabulary.errors import SourceRefused
from wherewithal.vocabulary.facts import FACTS

EXAMPLES = Path(__file__).parents[2] / "examples" / "bureau"
PUBLISHED = EXAMPLES / "transunion_tu4_creditReportResponse.xml"


def test_frame_has_every_fact_in_the_catalogues_order():
    frame = read_transunion(PUBLISHED, stated=EXAMPLES / "stated.json")
    names = [fact.name for fact in FACTS]
    assert frame.columns == ["applicant_id", *names, "failure", "failure_cause"]
    assert frame.height == 1
    [row] = frame.to_dicts()
    assert (row["applicant_id"], row["as_of"]) == ("0", date(2022, 1, 27))
    assert (row["bureau_score"], row["stated_income_cents"]) == (667, 52_000_00)
    assert (row["failure"], row["failure_cause"]) == (None, None)


def test_frame_has_the_contracts_types():
    schema = read_transunion(PUBLISHED, stated=None).schema
    assert schema["total_trades"] == pl.Int64
    assert schema["has_dispute"] == pl.Boolean
    assert schema["as_of"] == schema["oldest_trade_date"] == pl.Date
    assert schema["state"] == schema["failure"] == pl.String


def test_failure_keeps_its_row_its_day_and_its_cause(tmp_path):
    path = tmp_path / "frozen.xml"
    text = PUBLISHED.read_text("utf-8")
    path.write_text(text.replace("+667", "+9999"), "utf-8")
    [row] = read_transunion(path, stated=EXAMPLES / "stated.json").to_dicts()
    assert {name: value for name, value in row.items() if value is not None} == {
        "applicant_id": "0",
        "as_of": date(2022, 1, 27),
        "failure": "implausible",
        "failure_cause": "score 9999 is outside 300..850",
    }


def test_model_report_is_no_credit_report():
    frame = read_transunion(EXAMPLES / "transunion_tu4_modelReportResponse.xml", stated=None)
    assert frame.row(0, named=True)["failure"] == "malformed"
    assert frame.row(0, named=True)["as_of"] == date(2022, 1, 27)


def test_own_codes_reach_the_report():
    frame = read_transunion(PUBLISHED, stated=None, own_member_codes=frozenset({"09302020"}))
    row = frame.row(0, named=True)
    assert (row["total_trades"], row["trades_past_due"]) == (31, 0)


def test_files_that_cannot_be_read_are_refused_together(tmp_path):
    with pytest.raises(SourceRefused) as caught:
        read_transunion(tmp_path, stated=tmp_path / "none.json")
    codes = [(problem.code, problem.path) for problem in caught.value.problems]
    assert codes == [("unreadable_file", tmp_path.name), ("unreadable_file", "none.json")]


def test_empty_file_is_a_failed_row(tmp_path):
    path = tmp_path / "empty.xml"
    path.touch()
    [row] = read_transunion(path, stated=None).to_dicts()
    assert (row["failure"], row["failure_cause"]) == ("malformed", "the answer is empty")
