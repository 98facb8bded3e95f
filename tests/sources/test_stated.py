"""What the applicant states: all problems at once, and no value in any message."""

import json
from pathlib import Path

import pytest

from wherewithal.sources.stated import BYTES_MAX, KEYS, load_stated
from wherewithal.vocabulary.errors import SourceRefused
from wherewithal.vocabulary.stated import Stated

EXAMPLE = Path(__file__).parents[2] / "examples" / "bureau" / "stated.json"


@pytest.fixture
def problems(tmp_path):
    """Return the problems of a text as (code, path) pairs."""

    def of(text):
        path = tmp_path / "stated.json"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        with pytest.raises(SourceRefused) as caught:
            load_stated(path)
        return [(problem.code, problem.path) for problem in caught.value.problems]

    return of


@pytest.fixture
def load(tmp_path):
    """Return what a text states."""

    def of(text):
        path = tmp_path / "stated.json"
        path.write_text(text, "utf-8")
        return load_stated(path)

    return of


def test_example_is_read_whole():
    assert load_stated(EXAMPLE) == Stated(
        income_cents=5_200_000,
        home_ownership="MORTGAGE",
        employment_years=10,
        income_verified=False,
        state="MI",
    )


def test_missing_and_null_are_both_unknown(load):
    assert load("{}") == Stated()
    assert load(json.dumps(dict.fromkeys(KEYS))) == Stated()


def test_zero_is_a_statement(load):
    assert load('{"income_cents": 0, "housing_cents": 0}') == Stated(
        income_cents=0, housing_cents=0
    )


@pytest.mark.parametrize(
    "value",
    ["1.0", "1e3", "1e400", "NaN", "Infinity", "-Infinity", "true", '"5200000"', "[1]", "{}"],
)
def test_cents_are_whole_numbers(problems, value):
    assert problems(f'{{"income_cents": {value}}}') == [("not_an_integer", "$.income_cents")]


@pytest.mark.parametrize("value", [-1, 10**10 + 1, 10**18])
def test_cents_keep_the_range_of_their_fact(problems, value):
    assert problems(f'{{"income_cents": {value}}}') == [("out_of_range", "$.income_cents")]


def test_a_number_with_thousands_of_digits_is_not_converted(problems):
    assert problems(f'{{"income_cents": {"9" * 9_000}}}') == [("not_an_integer", "$.income_cents")]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('{"state": "ZZ"}', ("unknown_state", "$.state")),
        ('{"state": "mi"}', ("unknown_state", "$.state")),
        ('{"state": 7}', ("unknown_state", "$.state")),
        ('{"home_ownership": "RENTS"}', ("unknown_home_ownership", "$.home_ownership")),
        ('{"income_verified": 1}', ("not_a_boolean", "$.income_verified")),
        ('{"employment_years": 81}', ("out_of_range", "$.employment_years")),
        ('{"state": "MI", "state": "CA"}', ("duplicate_key", "$.state")),
        ('{"incme_cents": 1}', ("unknown_key", "$.(unknown key)")),
        ('{"ROBERT UPHOLD": 1}', ("unknown_key", "$.(unknown key)")),
    ],
)
def test_one_mistake_each(problems, text, problem):
    assert problems(text) == [problem]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "not_json"),
        ("{", "not_json"),
        ("income: 1", "not_json"),
        (b"\xff\xfe{}", "not_json"),
        ("[]", "not_an_object"),
        ("null", "not_an_object"),
        ('"text"', "not_an_object"),
        ("[" * 50_000, "too_deep"),
        ('{"a":' * 9_000, "too_deep"),
        (" " * (BYTES_MAX + 1), "too_large"),
    ],
)
def test_documents_that_are_no_statement(problems, text, code):
    assert problems(text) == [(code, "$")]


def test_all_problems_come_at_once_and_quote_no_value(tmp_path):
    path = tmp_path / "stated.json"
    path.write_text('{"income_cents": -666484418, "incme_cents": 1, "state": "UPHOLD"}', "utf-8")
    with pytest.raises(SourceRefused) as caught:
        load_stated(path)
    assert str(caught.value).splitlines() == [
        "$.(unknown key): unknown key; did you mean income_cents? [unknown_key]",
        "$.income_cents: expected a whole number from 0 to 10,000,000,000, or null [out_of_range]",
        "$.state: expected a USPS code such as MI [unknown_state]",
    ]


def test_near_miss_of_a_word(tmp_path):
    path = tmp_path / "stated.json"
    path.write_text('{"home_ownership": "rents"}', "utf-8")
    with pytest.raises(SourceRefused, match=r"did you mean RENT\?"):
        load_stated(path)


def test_a_byte_order_mark_is_no_problem(tmp_path):
    path = tmp_path / "stated.json"
    path.write_bytes(b'\xef\xbb\xbf{"state": "MI"}')
    assert load_stated(path) == Stated(state="MI")


def test_no_value_is_shown():
    assert repr(load_stated(EXAMPLE)) == "Stated(…)"
