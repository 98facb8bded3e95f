"""Files that cannot be used at all: every problem at once, and what would mend it."""

import gzip

import pytest

from tests.sources.lendingclub_rows import HEADER, REAL, csv_text, row, write
from wherewithal.sources.lendingclub import read_lendingclub, records
from wherewithal.sources.lendingclub.columns import COLUMNS
from wherewithal.vocabulary.errors import SourceRefused

NO_HEADER = (
    "loans.csv: the file does not start with the header of a loan file: none of the columns that it "
    "must have is there; expected names separated by commas, issue_d and addr_state among them "
    "[not_a_loan_file]"
)
EMPTY = "loans.csv: the file has no content; a header and at least one row must be [empty_file]"
NO_ROWS = "loans.csv: the file has a header and no rows; at least one row must be [no_rows]"
DAMAGED = "loans.csv: the file is a damaged or truncated gzip file; fetch it again [damaged_gzip]"
GZIP = REAL.read_bytes()


def refusal(path):
    with pytest.raises(SourceRefused) as caught:
        read_lendingclub(path)
    return str(caught.value)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", EMPTY),
        (b"\xef\xbb\xbf\r\n \n", EMPTY),
        (gzip.compress(b"", mtime=0), EMPTY),
        (",".join(HEADER).encode() + b"\n\n", NO_ROWS),
        (GZIP[: len(GZIP) // 2], DAMAGED),
        (GZIP[:5], DAMAGED),
        (GZIP[:-1] + bytes([GZIP[-1] ^ 1]), DAMAGED),
        (GZIP[:5000] + b"\x00" * 2000 + GZIP[7000:], DAMAGED),
        (b"<html><body>Not found</body></html>", NO_HEADER),
        (b'{"loans": []}', NO_HEADER),
        (b"PK\x03\x04" + bytes(range(256)), NO_HEADER),
        (csv_text(row()).replace(",", ";").encode(), NO_HEADER),
        (csv_text(row()).split("\n", 1)[1].encode(), NO_HEADER),
    ],
    ids=[
        "empty",
        "blank",
        "empty gzip",
        "header only",
        "half a gzip",
        "five bytes of gzip",
        "wrong checksum",
        "garbage inside",
        "HTML",
        "JSON",
        "zip",
        "semicolons",
        "no header",
    ],
)
def test_a_file_that_is_no_loan_file(tmp_path, content, message):
    assert refusal(write(tmp_path, content)) == message


def test_every_missing_column_is_listed_with_what_may_be_meant(tmp_path):
    text = csv_text(row()).replace("annual_inc", "anual_income").replace("dti,", "ratio,")
    near = "annual_inc is missing; anual_income is there: is it meant?"
    assert refusal(write(tmp_path, text)).splitlines() == [
        f"loans.csv: header: the column {near} [missing_column]",
        "loans.csv: header: the column dti is missing [missing_column]",
    ]


def test_a_column_that_stands_twice_is_refused(tmp_path):
    text = csv_text(row()).replace("int_rate", "annual_inc")
    assert refusal(write(tmp_path, text)) == (
        "loans.csv: header: the column annual_inc stands there 2 times; keep one [repeated_column]"
    )


def test_every_column_is_required(tmp_path):
    for column in COLUMNS:
        names = [name for name in HEADER if name != column.name]
        text = csv_text({name: row()[name] for name in names}, header=names)
        assert f"the column {column.name} is missing" in refusal(write(tmp_path, text))


def test_a_file_that_is_not_there(tmp_path):
    assert refusal(tmp_path / "none.csv") == (
        "none.csv: the file cannot be read: no such file or directory [unreadable_file]"
    )


def test_a_folder(tmp_path):
    assert refusal(tmp_path).endswith("the file cannot be read: is a directory [unreadable_file]")


def test_a_file_that_is_too_large(tmp_path, monkeypatch):
    monkeypatch.setattr(records, "BYTES_MAX", 1_000)
    packed = gzip.compress(csv_text(row(title="x" * 2_000)).encode())
    assert refusal(write(tmp_path, packed)) == (
        "loans.csv: the file is larger than 2 GiB; split it [file_too_large]"
    )
