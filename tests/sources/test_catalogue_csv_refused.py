"""Merchants and programs that are refused: each mistake once, with its line and its field."""

import pytest

from wherewithal.sources.catalogue import load_directory, load_mcc_codes
from wherewithal.vocabulary.errors import CatalogueRefused

PROGRAMS = [
    ("programs.csv:3 basket_min_cents", "wrong_type"),
    ("programs.csv:4 basket_min_cents", "out_of_range"),
    ("programs.csv:5 basket_max_cents", "wrong_type"),
    ("programs.csv:6 basket_max_cents", "wrong_type"),
    ("programs.csv:7 program_id", "control_character"),
    ("programs.csv:9 basket_min_cents", "range_reversed"),
    ("programs.csv:10 date_from", "wrong_type"),
    ("programs.csv:11 date_to", "range_reversed"),
    ("programs.csv:12 product", "unknown_code"),
    ("programs.csv:12 plans", "unknown_code"),
    ("programs.csv:12 states", "unknown_code"),
    ("programs.csv:12 states", "unknown_code"),
    ("programs.csv:12 mcc_exclusions", "unknown_code"),
    ("programs.csv:12 is_paused", "wrong_type"),
    ("programs.csv:13 plans", "not_ascending"),
    ("programs.csv:14 note_rate_bps", "out_of_range"),
    ("programs.csv:15 plans", "plan_not_of_product"),
    ("programs.csv:15 note_rate_bps", "rate_not_of_product"),
    ("programs.csv:15 down_payment_bps", "down_payment_not_of_product"),
    ("programs.csv:16 plans", "plan_not_of_product"),
    ("programs.csv:17", "wrong_field_count"),
    ("programs.csv:18 program_id", "duplicate_id"),
]
MERCHANTS = [
    ("merchants.csv:3 name", "empty_text"),
    ("merchants.csv:4 name", "empty_text"),
    ("merchants.csv:5 mcc", "unknown_code"),
    ("merchants.csv:6 program_ids", "unknown_code"),
    ("merchants.csv:7 program_ids", "duplicate_code"),
    ("merchants.csv:8 joined_on", "wrong_type"),
    ("merchants.csv:9 is_paused", "wrong_type"),
    ("merchants.csv:10 merchant_id", "not_an_identifier"),
    ("merchants.csv:11 merchant_id", "duplicate_id"),
    ("merchants.csv:12", "not_csv"),
]
HEADER = b"merchant_id,name,mcc,joined_on,program_ids,is_paused\n"
SOUND = b"m,M,5712,2005-01-01,zero-6,false\n"


@pytest.fixture(scope="module")
def mcc_codes(repository):
    return load_mcc_codes(repository / "examples/mcc/mcc_codes.csv")


@pytest.fixture
def refused(repository, tmp_path, mcc_codes):
    """Load merchants of these bytes beside the programs that ship, and return the problems."""

    def load(data):
        (tmp_path / "merchants.csv").write_bytes(data)
        with pytest.raises(CatalogueRefused) as caught:
            load_directory(
                tmp_path / "merchants.csv",
                repository / "examples/programs.csv",
                mcc_codes=mcc_codes,
            )
        return [str(problem) for problem in caught.value.problems]

    return load


def test_every_bad_row_of_both_files_is_reported_at_once(repository, mcc_codes):
    folder = repository / "tests/sources/broken_catalogue"
    with pytest.raises(CatalogueRefused) as caught:
        load_directory(folder / "merchants.csv", folder / "programs.csv", mcc_codes=mcc_codes)
    found = [(problem.path, problem.code) for problem in caught.value.problems]
    assert found == PROGRAMS + MERCHANTS


def test_near_misses_are_hinted(repository, mcc_codes):
    folder = repository / "tests/sources/broken_catalogue"
    with pytest.raises(CatalogueRefused) as caught:
        load_directory(folder / "merchants.csv", folder / "programs.csv", mcc_codes=mcc_codes)
    hints = [problem.message.rpartition("; did you mean ") for problem in caught.value.problems]
    assert [hint for _, found, hint in hints if found] == ["monthly?", "3m?", "CA?", "sound?"]


def test_sound_rows_load(tmp_path, repository, mcc_codes):
    (tmp_path / "merchants.csv").write_bytes(b"\xef\xbb\xbf" + HEADER + b"\r\n" + SOUND)
    directory = load_directory(
        tmp_path / "merchants.csv", repository / "examples/programs.csv", mcc_codes=mcc_codes
    )
    assert [merchant.name for merchant in directory.merchants] == ["M"]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "merchants.csv: the file is empty [file_empty]"),
        (b" \n\n", "merchants.csv: the file is empty [file_empty]"),
        (HEADER, "merchants.csv:1: no rows after the header [file_empty]"),
        (
            HEADER + SOUND + b"n,N\xe9,5712,2005-01-01,zero-6,false\n",
            "merchants.csv:3: not UTF-8; save the file again as UTF-8 [wrong_encoding]",
        ),
        (
            (HEADER + SOUND).decode().encode("utf-16"),
            "merchants.csv: not UTF-8 but UTF-16; save it again as UTF-8 [wrong_encoding]",
        ),
        (
            HEADER + SOUND + SOUND[:-14].replace(b"m,", b"n,"),
            "merchants.csv:3: 4 fields, expected 6 as in the header [wrong_field_count]",
        ),
        (
            HEADER + SOUND[:-3],
            "merchants.csv:2 is_paused: expected true or false; got 'fal' [wrong_type]",
        ),
        (
            HEADER + b"m,M\x00M,5712,2005-01-01,zero-6,false\n",
            (
                "merchants.csv:2 name: holds a control character such as NUL; leave it out"
                " [control_character]"
            ),
        ),
        (
            HEADER + b"m," + b"M" * 201 + b",5712,2005-01-01,zero-6,false\n",
            (
                "merchants.csv:2 name: expected a text of 1 to 200 characters; it has 201"
                " [text_too_long]"
            ),
        ),
        (
            HEADER + b"m,M ,5712,2005-01-01,zero-6,false\n",
            "merchants.csv:2 name: begins or ends with a space; leave it out [surrounding_space]",
        ),
        (
            HEADER.replace(b"mcc", b"mmc") + SOUND,
            "merchants.csv:1: unknown column 'mmc'; did you mean mcc? [unknown_field]",
        ),
        (
            HEADER.replace(b"mcc", b"name") + SOUND,
            "merchants.csv:1: column 'name' stands twice [duplicate_field]",
        ),
        (
            HEADER + b'm,"M"M,5712,2005-01-01,zero-6,false\n' + SOUND,
            (
                "merchants.csv:2: not valid CSV: ',' expected after '\"'; a quote left open, or the"
                " file is truncated [not_csv]"
            ),
        ),
    ],
)
def test_unusable_file_names_its_line(refused, data, expected):
    assert refused(data)[0] == expected


def test_row_after_one_that_does_not_parse_is_still_checked(refused):
    data = HEADER + b'm,"M"M,5712,2005-01-01,zero-6,false\n' + SOUND.replace(b"5712", b"0")
    assert [problem.partition(": ")[0] for problem in refused(data)] == [
        "merchants.csv:2",
        "merchants.csv:3 mcc",
    ]


def test_folder_or_absent_file_is_refused(tmp_path):
    with pytest.raises(CatalogueRefused, match="cannot be read: Is a directory"):
        load_mcc_codes(tmp_path)
    with pytest.raises(CatalogueRefused, match="cannot be read: No such file"):
        load_mcc_codes(tmp_path / "absent.csv")


def test_dangling_ids_are_not_reported_where_the_programs_cannot_be_read(tmp_path, mcc_codes):
    (tmp_path / "merchants.csv").write_bytes(HEADER + SOUND)
    (tmp_path / "programs.csv").write_bytes(b"")
    with pytest.raises(CatalogueRefused) as caught:
        load_directory(tmp_path / "merchants.csv", tmp_path / "programs.csv", mcc_codes=mcc_codes)
    assert [problem.path for problem in caught.value.problems] == ["programs.csv"]
