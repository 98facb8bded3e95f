"""`wherewithal offline run`: every row of a file, and nothing lost."""

from __future__ import annotations

import gzip
import json

import polars as pl
import pytest


@pytest.fixture
def some_loans(loans, tmp_path):
    """Return a loan file of twelve rows, the sixth with an income that is none."""
    lines = gzip.decompress(loans.read_bytes()).decode().splitlines()[:13]
    header, fields = lines[0].split(","), lines[6].split(",")
    fields[header.index("annual_inc")] = "NaN"
    lines[6] = ",".join(fields)
    path = tmp_path / "loans.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def test_every_borrower(command, loans, tmp_path):
    answer = command("offline", "run", "--source", "lendingclub", loans, "--out", tmp_path / "out")
    summary = answer.json
    assert (answer.code, answer.err, summary["rows"]) == (0, "", 20_814)
    assert sum(counted["rows"] for counted in summary["by_outcome"].values()) == 20_814
    assert summary["by_outcome"]["bureau_block_missing"] == {"rows": 29, "share": 0.0014}
    assert (summary["as_of_first"], summary["as_of_last"]) == ("2007-06-01", "2010-12-01")
    decisions = pl.read_parquet(tmp_path / "out" / "decisions" / "*.parquet")
    assert decisions["applicant_id"].to_list() == [str(row) for row in range(20_814)]
    one = command("decide", "--source", "lendingclub", loans, "--row", 9).json
    assert decisions["decision_id"][9] == one["decision_id"]


def test_a_bad_row_in_the_middle_keeps_its_place(command, some_loans, tmp_path):
    out = tmp_path / "out"
    summary = command("offline", "run", "--source", "lendingclub", some_loans, "--out", out).json
    cause = "annual_inc: expected dollars such as 24000 or 24000.00"
    assert (summary["rows"], summary["unreadable_rows"]) == (12, 1)
    assert summary["unreadable_causes"] == {cause: 1}
    decisions = pl.read_parquet(out / "decisions" / "*.parquet")
    bad = decisions.row(5, named=True)
    assert (bad["applicant_id"], bad["outcome"], bad["failure_cause"]) == ("5", "unreadable_row", cause)  # fmt: skip
    assert bad["power_total_cents"] is None
    assert decisions["outcome"].cast(pl.String).to_list().count("unreadable_row") == 1


def test_rows_of_the_future_are_counted_apart(command, some_loans, tmp_path):
    arguments = ("--source", "lendingclub", some_loans, "--out", tmp_path / "out")
    summary = command("offline", "run", *arguments, "--as-of", "2000-01-01").json
    assert summary["by_outcome"] == {"unreadable_row": {"rows": 12, "share": 1.0}}
    assert "as_of: dated after --as-of; a row from the future is never decided" in summary["unreadable_causes"]  # fmt: skip


def test_a_second_run_does_not_mix_with_the_first(command, some_loans, tmp_path):
    arguments = ("--source", "lendingclub", some_loans, "--out", tmp_path / "out")
    first, again = (command("offline", "run", *arguments).json for _ in range(2))
    assert {**first, "seconds": 0, "rows_per_second": 0} == {
        **again,
        "seconds": 0,
        "rows_per_second": 0,
    }
    other = command("offline", "run", *arguments, "--as-of", "2007-01-01")
    assert (other.code, other.errors[0].split(":")[0]) == (2, "--out")


def test_duplicate_ids_in_json(command, tmp_path):
    row = {"applicant_id": "a", "as_of": "2024-01-31", "state": "MI"}
    (tmp_path / "people.json").write_text(json.dumps([row, row]))
    arguments = ("--source", "json", tmp_path / "people.json", "--out", tmp_path / "out")
    summary = command("offline", "run", *arguments).json
    assert {name: counted["rows"] for name, counted in summary["by_outcome"].items()} == {
        "incomplete": 1,
        "unreadable_row": 1,
    }


def test_a_report_and_what_is_stated(command, bureau, tmp_path):
    report = bureau / "transunion_tu4_creditReportResponse.xml"
    arguments = ("--source", "transunion", report, "--stated", bureau / "stated.json")
    summary = command("offline", "run", *arguments, "--out", tmp_path / "out").json
    assert summary["by_tier"] == {"E": {"rows": 1, "share": 1.0}}


@pytest.mark.parametrize("workers", ["0", "-1", "1025"])
def test_workers_out_of_range(command, some_loans, tmp_path, workers):
    arguments = ("--source", "lendingclub", some_loans, "--out", tmp_path / "out")
    answer = command("offline", "run", *arguments, "--workers", workers)
    assert answer.errors == ["--workers: expected a whole number from 1 to 1,024 [out_of_range]"]


def test_a_file_where_the_folder_should_be(command, some_loans):
    answer = command("offline", "run", "--source", "lendingclub", some_loans, "--out", some_loans)
    assert (answer.code, answer.out) == (2, "")
    assert answer.errors[0].endswith("[unusable_file]")
