"""A bad row keeps its place, tells its cause without its value, and spoils no other row."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.sources.lendingclub_rows import HEADER, csv_text, row, write
from wherewithal.sources.lendingclub import read_lendingclub

DOLLARS = "annual_inc: expected dollars such as 24000 or 24000.00"
DAY = "expected a day that exists, such as 2010-12-01 or Dec-2010"
STATE = "addr_state: expected a USPS state code such as MI"
HOME = "home_ownership: expected OWN, MORTGAGE, RENT, OTHER, NONE or ANY"
FIELDS = "the row: expected 52 fields, separated by commas, quotes in pairs"
GOOD = csv_text(row())
LINE = GOOD.splitlines()[1]
LONG = "x" * 400


def middle_of(tmp_path, text):
    """Put a line between two good ones; the good ones must be as without it."""
    frame = read_lendingclub(write(tmp_path, GOOD + text + "\n" + LINE + "\n"))
    alone = read_lendingclub(write(tmp_path, GOOD)).drop("applicant_id")
    assert frame.height == 3
    assert frame["applicant_id"].to_list() == ["0", "1", "2"]
    for i in (0, 2):
        assert frame[i].drop("applicant_id").equals(alone)
    return frame.row(1, named=True)


@pytest.mark.parametrize(
    ("column", "text", "cause"),
    [
        ("annual_inc", "NaN", DOLLARS),
        ("annual_inc", "1e400", DOLLARS),
        ("annual_inc", "inf", DOLLARS),
        ("annual_inc", "-24000.0", DOLLARS),
        ("annual_inc", "100000000.01", DOLLARS),
        ("annual_inc", "9" * 60, DOLLARS),
        ("annual_inc", "24,000", DOLLARS),
        ("annual_inc", LONG, DOLLARS),
        ("issue_d", "2010-02-30", f"issue_d: {DAY}"),
        ("issue_d", "", f"issue_d: {DAY}"),
        ("issue_d", "Dec-11", f"issue_d: {DAY}"),
        ("earliest_cr_line", "30-Feb-1999", f"earliest_cr_line: {DAY}"),
        ("earliest_cr_line", "0199-09-01", f"earliest_cr_line: {DAY}"),
        (
            "earliest_cr_line",
            "2008-01-01",
            "earliest_cr_line: expected a day on or before issue_d",
        ),
        ("addr_state", "ZZ", STATE),
        ("addr_state", "", STATE),
        ("addr_state", LONG, STATE),
        ("home_ownership", "", HOME),
        ("home_ownership", LONG, HOME),
        (
            "verification_status",
            "",
            "verification_status: expected Verified, Source Verified or Not Verified",
        ),
        (
            "emp_length",
            LONG,
            "emp_length: expected years such as 10+ years, 3 years, < 1 year or n/a",
        ),
        ("inq_last_6mths", "1.5", "inq_last_6mths: expected a whole number such as 3"),
        ("inq_last_6mths", "-1", "inq_last_6mths: expected a whole number such as 3"),
        ("inq_last_6mths", "\x00", "inq_last_6mths: expected a whole number such as 3"),
        (
            "revol_util",
            "53.7",
            "revol_util: expected a ratio up to 10, such as 0.537, or a percentage such as 53.7%",
        ),
        ("dti", "-1", "dti: expected percent such as 14.04"),
        ("dti", "1e400", "dti: expected percent such as 14.04"),
    ],
)
def test_a_cell_that_cannot_be_read(tmp_path, column, text, cause):
    line = csv_text(row(**{column: text})).split("\n", 1)[1].removesuffix("\n")
    facts = middle_of(tmp_path, line)
    assert (facts["failure"], facts["failure_cause"]) == ("unreadable_row", cause)


def test_all_that_is_wrong_with_a_row_is_told_at_once(tmp_path):
    line = csv_text(row(annual_inc="-5", addr_state="", inq_last_6mths="")).splitlines()[1]
    facts = middle_of(tmp_path, line)
    assert facts["failure_cause"] == f"{STATE}; {DOLLARS}"
    assert {k for k, v in facts.items() if v is not None} == {
        "applicant_id",
        "as_of",
        "failure",
        "failure_cause",
    }


@pytest.mark.parametrize(
    "line",
    [
        "1,2,3",
        LINE + ",1",
        LINE.rsplit(",", 1)[0],
        "x" * 400,
        "," * 52,
        LINE.replace("moving", '"moving'),
        LINE.replace("moving", 'mo"ving'),
        LINE.replace("moving", '"mo"ving'),
    ],
    ids=["few", "one more", "one less", "no comma", "commas", "open quote", "inner", "early end"],
)
def test_a_row_that_has_not_the_headers_fields(tmp_path, line):
    facts = middle_of(tmp_path, line)
    assert (facts["failure"], facts["failure_cause"]) == ("unreadable_row", FIELDS)


def test_a_cell_that_is_not_utf8_fails_alone(tmp_path):
    bad = csv_text(row(addr_state="#")).encode().replace(b"#", b"\xff")
    frame = read_lendingclub(write(tmp_path, bad + LINE.encode()))
    assert frame["failure_cause"].to_list() == [STATE, None]


def test_an_empty_row_lacks_all_that_must_be_there(tmp_path):
    facts = middle_of(tmp_path, "," * (len(HEADER) - 1))
    assert facts["failure_cause"].startswith(f"issue_d: {DAY}; {STATE}; ")


def test_the_first_of_equal_ids_is_read_and_later_ones_are_not(tmp_path):
    frame = read_lendingclub(
        write(tmp_path, csv_text(row(id="7"), row(id="8"), row(id="7"), row(id=""), row(id=LONG)))
    )
    again = "id: expected once in the file; an earlier row has it"
    length = "id: expected 1 to 64 characters"
    assert frame["applicant_id"].to_list() == ["7", "8", "7", "row-3", "row-4"]
    assert frame["failure_cause"].to_list() == [None, None, again, length, length]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.sampled_from('",;x1 \x00\ufeff'), min_size=1).filter(str.strip))
def test_no_line_however_odd_spoils_its_neighbours(tmp_path, text):
    assert middle_of(tmp_path, text)["failure"] == "unreadable_row"


@pytest.mark.parametrize("pair", ['a",b\nc"', '"a" x,"b\nc"'])
def test_lines_that_only_seem_to_be_one_quoted_row_keep_their_places(tmp_path, pair):
    frame = read_lendingclub(write(tmp_path, GOOD + pair + "\n" + LINE + "\n"))
    assert frame["failure_cause"].to_list() == [None, FIELDS, FIELDS, None]
