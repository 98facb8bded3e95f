"""Facts by name from JSON and Parquet, and the one check that every source's frame passes."""

from __future__ import annotations

import datetime
import json

import polars as pl
import pytest

from wherewithal.sources.bureau_transunion import read_transunion
from wherewithal.sources.facts_assumptions import assumptions_of
from wherewithal.sources.facts_check import CODED_SCHEMA, FRAME_SCHEMA, checked, refuse_after
from wherewithal.sources.facts_json import read_json_facts
from wherewithal.sources.facts_parquet import facts_parts, read_parquet_facts
from wherewithal.sources.facts_rows import applicant_of
from wherewithal.sources.lendingclub import read_lendingclub
from wherewithal.vocabulary.errors import InvariantBroken, SourceRefused
from wherewithal.vocabulary.outcome import Outcome

DAY = datetime.date(2024, 1, 31)
ROW = {"as_of": "2024-01-31", "state": "MI", "stated_income_cents": 5_200_000}
CENTS = "expected a whole number from 0 to 10,000,000,000"
DATE = "as_of: expected a day of the calendar from 1900-01-01 to 2099-12-31"
NAME = "applicant_id: expected 1 to 64 characters, no spaces around"


def from_json(tmp_path, text):
    path = tmp_path / "people.json"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_json_facts(path)


def from_parquet(tmp_path, columns, **options):
    path = tmp_path / "people.parquet"
    pl.DataFrame(columns, **options).write_parquet(path)
    return read_parquet_facts(path)


def refusal_of(read, *arguments):
    with pytest.raises(SourceRefused) as caught:
        read(*arguments)
    return [str(problem) for problem in caught.value.problems]


def test_one_object_is_one_row(tmp_path):
    frame = from_json(tmp_path, json.dumps(ROW))
    known = {name: value for name, value in frame.row(0, named=True).items() if value is not None}
    assert known == {
        "applicant_id": "0",
        "as_of": DAY,
        "state": "MI",
        "stated_income_cents": 5_200_000,
    }
    assert dict(frame.schema) == CODED_SCHEMA


@pytest.mark.parametrize(
    ("entry", "cause"),
    [
        ('"stated_income_cents": 1e400', f"stated_income_cents: {CENTS}"),
        ('"stated_income_cents": NaN', f"stated_income_cents: {CENTS}"),
        ('"stated_income_cents": -1', f"stated_income_cents: {CENTS}"),
        ('"stated_income_cents": 10000000001', f"stated_income_cents: {CENTS}"),
        ('"stated_income_cents": 5.0', f"stated_income_cents: {CENTS}"),
        ('"stated_income_cents": true', f"stated_income_cents: {CENTS}"),
        ('"stated_income_cents": ' + "9" * 400, f"stated_income_cents: {CENTS}"),
        ('"income_verified": 1', "income_verified: expected true or false"),
        ('"as_of": "2024-02-30"', DATE),
        ('"as_of": "20240131"', DATE),
        ('"as_of": "0199-01-31"', DATE),
        ('"as_of": null', "as_of: expected the day on which the facts were true"),
        ('"state": "ZZ"', "state: expected a USPS code such as MI"),
        ('"state": "' + "x" * 400 + '"', "state: expected a USPS code such as MI"),
        ('"home_ownership": "rent"', "home_ownership: expected OWN, MORTGAGE, RENT, OTHER"),
        ('"oldest_trade_date": "2024-02-01"', "oldest_trade_date: expected a day on or before as_of"),
        ('"state": "MI", "state": "OH"', "state: expected once"),
        ('"applicant_id": ""', NAME),
        ('"applicant_id": " "', NAME),
        ('"applicant_id": 7', NAME),
        ('"applicant_id": "' + "x" * 400 + '"', NAME),
    ],
)  # fmt: skip
def test_a_bad_value_spoils_its_row_alone(tmp_path, entry, cause):
    good = json.dumps(ROW)
    base = '"as_of": "2024-01-31", ' if '"as_of"' not in entry else ""
    frame = from_json(tmp_path, f"[{good}, {{{base}{entry}}}, {good}]")
    assert frame["failure"].to_list() == [None, "unreadable_row", None]
    assert frame["failure_cause"][1] == cause
    assert frame["applicant_id"].to_list() == ["0", "row-1" if cause == NAME else "1", "2"]
    assert frame.drop("applicant_id")[0].equals(frame.drop("applicant_id")[2])


def test_all_that_is_wrong_with_a_row_is_said(tmp_path):
    frame = from_json(tmp_path, '{"as_of": "2024-01-31", "state": "QQ", "inquiries_6m": -1}')
    assert frame["failure_cause"].to_list() == [
        "state: expected a USPS code such as MI; inquiries_6m: expected a whole number from 0 to 999"
    ]


def test_a_failed_row_keeps_its_day_and_nothing_else(tmp_path):
    row = from_json(tmp_path, json.dumps(ROW | {"state": "ZZ"})).row(0, named=True)
    known = {name for name, value in row.items() if value is not None}
    assert known == {"applicant_id", "as_of", "failure", "failure_cause"}


def test_a_later_row_of_the_same_name_is_unreadable(tmp_path):
    people = [ROW | {"applicant_id": name} for name in ("a", "b", "a")]
    frame = from_json(tmp_path, json.dumps(people))
    assert frame["applicant_id"].to_list() == ["a", "b", "a"]
    again = "applicant_id: expected once; an earlier row has it"
    assert frame["failure_cause"].to_list() == [None, None, again]


def test_what_is_no_object_keeps_its_place(tmp_path):
    frame = from_json(tmp_path, f"[3, {json.dumps(ROW)}]")
    expected = "the row: expected an object of facts by name"
    assert frame["failure_cause"].to_list() == [expected, None]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "people.json: the file is empty; an object or a list was expected [empty_file]"),
        ("[]", "people.json: the list is empty; at least one object must be there [no_rows]"),
        ("3", "people.json: expected an object of facts, or a list of objects [not_an_object]"),
        ('{"as_of"', "people.json: the file is not JSON from line 1, column 9 on [not_json]"),
        (b"\xff\xfe", "people.json: the file is not UTF-8 text [not_json]"),
        ("[" * 60, "people.json: the file is nested too deep; facts are plain values [too_deep]"),
    ],
)
def test_a_file_that_is_no_list_of_facts(tmp_path, text, problem):
    assert refusal_of(from_json, tmp_path, text) == [problem]


def test_unknown_facts_are_refused_with_the_nearest_name_and_no_data(tmp_path):
    people = '[{"as_of": "2024-01-31"}, {"stated_incom_cents": 1, "Jane Q. Public": 2}]'
    assert refusal_of(from_json, tmp_path, people) == [
        "$[1].stated_incom_cents: unknown fact; did you mean stated_income_cents? [unknown_fact]",
        "$[1].(a name): unknown fact; the names are those of the catalogue of facts [unknown_fact]",
    ]


def test_outcomes_of_a_loan_are_no_facts(tmp_path):
    assert refusal_of(from_json, tmp_path, '{"loan_status": "Charged Off"}') == [
        "$[0].loan_status: unknown fact; the names are those of the catalogue of facts [unknown_fact]"
    ]


def test_parquet_round_trip_of_all_borrowers(repository, tmp_path):
    frame = read_lendingclub(repository / "examples/loans/lendingclub_2007_2010.csv.gz")
    path = tmp_path / "facts.parquet"
    frame.write_parquet(path)
    assert read_parquet_facts(path).equals(frame)
    assert pl.concat(facts_parts(path, rows_max=5_000)).equals(frame)


def test_the_check_changes_no_source_that_passed_its_own(repository):
    bureau = repository / "examples/bureau"
    report = bureau / "transunion_tu4_creditReportResponse.xml"
    frame = read_transunion(report, stated=bureau / "stated.json")
    assert checked(frame).equals(frame)


def test_parquet_columns_that_are_absent_are_unknown(tmp_path):
    frame = from_parquet(tmp_path, {"as_of": [DAY, DAY], "state": ["MI", None]})
    assert dict(frame.schema) == CODED_SCHEMA
    assert frame["applicant_id"].to_list() == ["0", "1"]
    assert frame["failure"].to_list() == [None, None]
    assert frame["stated_income_cents"].to_list() == [None, None]


def test_parquet_values_out_of_range(tmp_path):
    columns = {
        "as_of": [DAY] * 3,
        "inquiries_6m": pl.Series([2**64 - 1, 1_000, 7], dtype=pl.UInt64),
        "state": pl.Series(["MI", "MI", "ZZ"], dtype=pl.Categorical),
    }
    frame = from_parquet(tmp_path, columns)
    wide = "inquiries_6m: expected a whole number from 0 to 999"
    where = "state: expected a USPS code such as MI"
    assert frame["failure_cause"].to_list() == [wide, wide, where]


def test_parquet_may_hold_what_an_earlier_reader_found(tmp_path):
    columns = {"failure": ["no_hit", "approved"], "failure_cause": ["no file", None]}
    frame = from_parquet(tmp_path, {"as_of": [DAY, DAY], **columns})
    assert frame["failure"].to_list() == ["no_hit", "unreadable_row"]
    assert frame["failure_cause"][0] == "no file"
    assert frame["failure_cause"][1].startswith("failure: expected bureau_block_missing, deceased")


def test_parquet_types_and_names_are_refused_together(tmp_path):
    columns = {
        "as_of": ["2024-01-31"],
        "stated_income_cents": [5_200_000.0],
        "incom_verified": [True],
    }
    assert refusal_of(from_parquet, tmp_path, columns) == [
        "people.parquet.incom_verified: unknown fact; did you mean income_verified? [unknown_fact]",
        "people.parquet.as_of: expected Date, not String; convert the column exactly first [wrong_type]",
        "people.parquet.stated_income_cents: expected a whole-number type, not Float64; convert the column exactly first [wrong_type]",
    ]


def test_parquet_files_that_are_none(tmp_path):
    path = tmp_path / "people.parquet"
    path.write_bytes(b"")
    no_parquet = "people.parquet: the file is empty, or no Parquet file [not_parquet]"
    assert refusal_of(read_parquet_facts, path) == [no_parquet]
    path.write_bytes(b"PAR1 and then nothing PAR1")
    damaged = "people.parquet: the file is damaged or truncated; write it again [damaged_parquet]"
    assert refusal_of(read_parquet_facts, path) == [damaged]
    assert refusal_of(from_parquet, tmp_path, {"as_of": pl.Series([], dtype=pl.Date)}) == [
        "people.parquet: the file has columns and no rows [no_rows]"
    ]
    assert refusal_of(read_parquet_facts, tmp_path / "nix") == [
        "nix: the file cannot be read: no such file or directory [unreadable_file]"
    ]


def test_a_row_of_the_future_is_not_decided(tmp_path):
    frame = from_json(tmp_path, json.dumps([ROW, ROW | {"as_of": "2024-02-01"}]))
    late = refuse_after(frame, DAY)
    assert late[0].equals(frame[0])
    assert late.row(1, named=True) | {"applicant_id": None} == dict.fromkeys(FRAME_SCHEMA) | {
        "as_of": datetime.date(2024, 2, 1),
        "failure": "unreadable_row",
        "failure_cause": "as_of: dated after --as-of; a row from the future is never decided",
    }


def test_an_applicant_of_a_row(tmp_path):
    frame = from_json(tmp_path, json.dumps([ROW, ROW | {"state": "ZZ"}]))
    applicant = applicant_of(frame, 1)
    assert (applicant.applicant_id, applicant.failure) == ("1", Outcome.UNREADABLE_ROW)
    assert (applicant_of(frame, 0).facts["state"], applicant_of(frame, 0).failure) == ("MI", None)
    for row in (-1, 2):
        assert refusal_of(applicant_of, frame, row) == [
            "--row: the file has the rows 0 to 1 [no_such_row]"
        ]


def test_a_frame_of_other_columns_is_our_own_fault():
    with pytest.raises(InvariantBroken):
        checked(pl.DataFrame({"applicant_id": ["0"]}))


def test_what_the_loan_file_cannot_know_is_said(repository):
    frame = read_lendingclub(repository / "examples/loans/lendingclub_2007_2010.csv.gz")
    assert assumptions_of(frame)[:4] == [
        "age is unknown: taken to be old enough to contract",
        "accounts with us are unknown: taken to be none that is late",
        (
            "purchases with us are unknown: no limit on first purchases, open plans or a cap of the"
            " consumer's own is applied"
        ),
        "our own losses are unknown: taken to be none",
    ]
    assert assumptions_of(frame.lazy().select("applicant_id", "failure", "as_of")) != []
    assert assumptions_of(frame.filter(pl.col("failure").is_not_null())) == []


@pytest.mark.parametrize("place", [0, 9_999, 10_000, 12_000])
def test_what_one_row_assumes_is_said_wherever_it_stands(place):
    late = [0] * 12_001
    late[place] = 1
    facts = pl.DataFrame({"trades_past_due": late, "age_years": 40, "failure": None})
    said = assumptions_of(facts)
    assert [sentence for sentence in said if sentence.startswith("how late")] == [
        "how late a trade is now is unknown: taken from the amount past due"
    ]
    assert not any(sentence.startswith("age") for sentence in said)
