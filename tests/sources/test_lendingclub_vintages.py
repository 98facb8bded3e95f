"""The same facts in the forms that other vintages and exports of the file write them."""

import gzip
from datetime import date

import pytest

from tests.sources.lendingclub_rows import csv_text, row, write
from wherewithal.sources.lendingclub import read_lendingclub


def read(tmp_path, content):
    return read_lendingclub(write(tmp_path, content))


@pytest.mark.parametrize(
    ("column", "text", "fact", "value"),
    [
        ("issue_d", "Dec-2011", "as_of", date(2011, 12, 1)),
        ("earliest_cr_line", "Aug-1968", "oldest_trade_date", date(1968, 8, 1)),
        ("revol_util", "53.7%", "revolving_utilisation_bps", 5_370),
        ("revol_util", "0.537", "revolving_utilisation_bps", 5_370),
        ("revol_util", "8.923", "revolving_utilisation_bps", 89_230),
        ("revol_util", "892.3%", "revolving_utilisation_bps", 89_230),
        ("revol_util", "", "revolving_utilisation_bps", None),
        ("dti", "27.65", "debt_to_income_bps", 2_765),
        ("dti", "27.65%", "debt_to_income_bps", 2_765),
        ("dti", "", "debt_to_income_bps", None),
        ("annual_inc", "48000.12", "stated_income_cents", 4_800_012),
        ("annual_inc", "48000", "stated_income_cents", 4_800_000),
        ("annual_inc", "0.1", "stated_income_cents", 10),
        ("annual_inc", "59999.98999999999", "stated_income_cents", 5_999_999),
        ("mths_since_last_delinq", "35.0", "months_since_delinquency", 35),
        ("emp_length", "< 1 year", "stated_employment_years", 0),
        ("emp_length", "1 year", "stated_employment_years", 1),
        ("emp_length", "10+ years", "stated_employment_years", 10),
        ("emp_length", "n/a", "stated_employment_years", None),
        ("emp_length", "", "stated_employment_years", None),
        ("home_ownership", "NONE", "home_ownership", "OTHER"),
        ("home_ownership", "ANY", "home_ownership", "OTHER"),
        ("addr_state", " mi ", "state", "MI"),
        ("int_rate", "13.56%", "failure", None),
        ("term", " 36 months", "failure", None),
    ],
)
def test_a_cell_in_another_form(tmp_path, column, text, fact, value):
    facts = read(tmp_path, csv_text(row(**{column: text}))).row(0, named=True)
    assert (facts[fact], facts["failure"]) == (value, None)


def test_an_id_of_the_file_is_the_applicants(tmp_path):
    frame = read(tmp_path, csv_text(row(id="1077501", member_id="1"), row(id="1077430")))
    assert frame["applicant_id"].to_list() == ["1077501", "1077430"]


def test_an_id_column_without_a_value_is_as_none(tmp_path):
    assert read(tmp_path, csv_text(row(id=""), row(id="")))["applicant_id"].to_list() == ["0", "1"]


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: "\ufeff" + text,
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("\n", "\r"),
        lambda text: text + "\n\n",
        lambda text: "\n" + text.replace("\n", "\n\n"),
        lambda text: text.removesuffix("\n"),
        lambda text: text.replace("moving", '"moving, ""at last"""'),
        lambda text: text.replace("moving", '"moving,\n\nat last"'),
        lambda text: text.replace("annual_inc", '"annual_inc"'),
    ],
    ids=[
        "byte order mark",
        "CRLF",
        "CR",
        "blank lines at the end",
        "blank lines between",
        "no line end",
        "quoted comma",
        "quoted line breaks",
        "quoted header",
    ],
)
def test_what_is_no_damage_changes_nothing(tmp_path, damage):
    text = csv_text(row(), row(annual_inc="1"), row(annual_inc="2"))
    assert read(tmp_path, damage(text)).equals(read(tmp_path, text))


def test_gzip_is_told_by_its_content_and_not_by_its_name(tmp_path):
    text = csv_text(row()).encode()
    plain = write(tmp_path, text, "loans.csv.gz")
    packed = write(tmp_path, gzip.compress(text), "loans.csv")
    assert read_lendingclub(plain).equals(read_lendingclub(packed))
