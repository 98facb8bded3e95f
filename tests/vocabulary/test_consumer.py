"""Reading an identity: every problem at once, at its path, and no value in any message."""

from datetime import date, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wherewithal.vocabulary.consumer import (
    AGE_YEARS_MAX,
    NAME_CHARACTERS_MAX,
    Address,
    Identity,
    age_years,
    identity_problems,
    read_identity,
)
from wherewithal.vocabulary.errors import DomainError

ON = date(2026, 11, 21)
ADDRESS = {"street": "1 Main St, Apt 4", "city": "Detroit", "state": "MI", "postal_code": "48226"}
RIGHT = {"given_name": "Ann Marie", "family_name": "O'Brien", "date_of_birth": "1984-07-21", "ssn": "123456789", "address": ADDRESS}  # fmt: skip


def read(data, *, on=ON, allow_test_ssns=False):
    return read_identity(data, path="$.consumer", on=on, allow_test_ssns=allow_test_ssns)


def problems(data, **options):
    """Return (code, path) of each problem, the common part of the path left out."""
    found = read(data, **options)
    assert isinstance(found, list)
    return [(one.code, one.path.removeprefix("$.consumer")) for one in found]


def changed(**fields):
    address = {**ADDRESS, **{key: fields.pop(key) for key in [*fields] if key in ADDRESS}}
    return {**RIGHT, "address": address, **fields}


def test_a_right_one_is_read_whole():
    assert read(changed(given_name="  Ann Marie ", postal_code="48226-1234")) == Identity(
        given_name="Ann Marie",
        family_name="O'Brien",
        date_of_birth=date(1984, 7, 21),
        ssn="123456789",
        address=Address(
            street="1 Main St, Apt 4", city="Detroit", state="MI", postal_code="48226-1234"
        ),
    )


def test_all_problems_come_at_once():
    data = changed(
        given_name="",
        family_name=7,
        date_of_birth="2026-02-30",
        ssn="12345678",
        street=None,
        city="x" * 101,
        state="CA\n",
        postal_code="4822",
        nickname="Annie",
    )
    assert problems(data) == [
        ("empty_text", ".given_name"),
        ("wrong_type", ".family_name"),
        ("not_a_date", ".date_of_birth"),
        ("not_an_ssn", ".ssn"),
        ("unknown_field", ".(unknown field)"),
        ("wrong_type", ".address.street"),
        ("text_too_long", ".address.city"),
        ("unknown_state", ".address.state"),
        ("not_a_postal_code", ".address.postal_code"),
    ]


def test_what_is_missing_is_said_for_each_field():
    assert problems({}) == [("missing_field", f".{name}") for name in RIGHT]
    assert problems({**RIGHT, "address": {}}) == [
        ("missing_field", f".address.{name}") for name in ADDRESS
    ]


@pytest.mark.parametrize("data", [None, [], "Ann", 1, 1.5, True, [RIGHT]])
def test_what_is_no_object_is_one_problem(data):
    assert problems(data) == [("wrong_type", "")]
    assert problems({**RIGHT, "address": data}) == [("wrong_type", ".address")]


@pytest.mark.parametrize("field", [*RIGHT, *ADDRESS])
@pytest.mark.parametrize("value", [None, True, 0, 1e400, [], {}, ["MI"]])
def test_no_wrong_type_gets_through(field, value):
    if (field, value) != ("address", {}):
        assert [code for code, _ in problems(changed(**{field: value}))] == ["wrong_type"]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("", "empty_text"),
        ("   ", "empty_text"),
        ("\u00a0\u3000", "empty_text"),
        ("x" * 101, "text_too_long"),
        ("x" * 400, "text_too_long"),
        ("Ann\x00", "unwritable_text"),
        ("Ann\n", "unwritable_text"),
        ("\tAnn", "unwritable_text"),
        ("An\x7fn", "unwritable_text"),
        ("An\x85n", "unwritable_text"),
        ("Ann\u2028", "unwritable_text"),
        ("Ann\ud800", "unwritable_text"),
        ("12345", "no_letter"),
        ("--", "no_letter"),
        ("🙂", "no_letter"),
        ("\u200d", "no_letter"),
    ],
)
def test_a_name_that_cannot_be_one(name, code):
    assert problems(changed(given_name=name)) == [(code, ".given_name")]
    assert problems(changed(family_name=name)) == [(code, ".family_name")]


@pytest.mark.parametrize(
    ("street", "code"), [("", "empty_text"), ("?!", "no_letter"), ("x" * 201, "text_too_long")]
)
def test_a_street_that_cannot_be_one(street, code):
    assert problems(changed(street=street)) == [(code, ".address.street")]
    assert isinstance(read(changed(street="77")), Identity)


@pytest.mark.parametrize(
    "name",
    [
        "A",
        "x" * NAME_CHARACTERS_MAX,
        "O'Brien-Núñez",
        "Nu\u0301n\u0303ez",  # decomposed
        "李",
        "محمد",
        "स्मिता",
        "Ann 🙂",
        "\u0410\u200d\u043d\u043d\u0430",  # Cyrillic Anna, a joiner within
        "D'Arcy, Jr.",
        "=cmd|' /C calc'!A0",  # a formula where a spreadsheet reads it: kept, and quoted on export
        "<script>alert(1)</script>",
    ],
)
def test_a_name_is_kept_as_it_is_written(name):
    found = read(changed(given_name=name))
    assert isinstance(found, Identity)
    assert found.given_name == name


@pytest.mark.parametrize(
    ("ssn", "code"),
    [
        ("12345678", "not_an_ssn"),
        ("1234567890", "not_an_ssn"),
        ("123-45-6789", "not_an_ssn"),
        ("123456789\n", "not_an_ssn"),
        (" 123456789", "not_an_ssn"),
        ("\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668\u0669", "not_an_ssn"),
        ("\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18\uff19", "not_an_ssn"),
        ("12345678a", "not_an_ssn"),
        ("", "not_an_ssn"),
        ("000456789", "ssn_never_issued"),
        ("123006789", "ssn_never_issued"),
        ("123450000", "ssn_never_issued"),
        ("078051120", "ssn_never_issued"),
        ("666456789", "ssn_never_issued"),
        ("900456789", "ssn_never_issued"),
        ("999999999", "ssn_never_issued"),
    ],
)
def test_a_number_that_is_not_one(ssn, code):
    assert problems(changed(ssn=ssn)) == [(code, ".ssn")]


def test_test_numbers_pass_by_the_flag_and_void_ones_never():
    for ssn in ("666456789", "900456789", "999999999"):
        assert isinstance(read(changed(ssn=ssn), allow_test_ssns=True), Identity)
    for ssn in ("000456789", "900006789", "666450000"):
        assert problems(changed(ssn=ssn), allow_test_ssns=True) == [("ssn_never_issued", ".ssn")]


@pytest.mark.parametrize(
    ("day", "code"),
    [
        ("2026-02-30", "not_a_date"),
        ("2025-02-29", "not_a_date"),
        ("1984-7-21", "not_a_date"),
        ("19840721", "not_a_date"),
        ("1984-W29-6", "not_a_date"),
        ("1984-07-21T00:00:00Z", "not_a_date"),
        ("1984-07-21\n", "not_a_date"),
        ("1984-07-2\u0661", "not_a_date"),
        ("0000-01-01", "not_a_date"),
        ("07/21/1984", "not_a_date"),
        ("", "not_a_date"),
        ("2026-11-22", "date_in_future"),
        ("9999-12-31", "date_in_future"),
        ("1906-11-20", "age_out_of_range"),
        ("1905-11-21", "age_out_of_range"),
        ("0001-01-01", "age_out_of_range"),
    ],
)
def test_a_date_of_birth_that_cannot_be_one(day, code):
    assert problems(changed(date_of_birth=day)) == [(code, ".date_of_birth")]


@pytest.mark.parametrize("day", ["2026-11-21", "1906-11-21", "1984-02-29", "2009-11-22"])
def test_the_youngest_and_the_oldest_are_read(day):
    assert isinstance(read(changed(date_of_birth=day)), Identity)


@pytest.mark.parametrize(
    ("state", "message"),
    [
        ("ca", "expected a USPS code such as MI; did you mean CA?"),
        ("CA\n", "expected a USPS code such as MI; did you mean CA?"),
        (" CA", "expected a USPS code such as MI; did you mean CA?"),
        ("ZZ", "expected a USPS code such as MI"),
        ("x" * 1_000_000, "expected a USPS code such as MI"),
    ],
)
def test_an_unknown_state_has_a_hint_where_one_is_near(state, message):
    (problem,) = read(changed(state=state))
    assert (problem.code, problem.message) == ("unknown_state", message)


@pytest.mark.parametrize(
    "postal_code",
    ["4822", "482260", "48226-", "48226-123", "48226 1234", "٤٨٢٢٦", "48226\n", "K1A"],
)
def test_a_postal_code_that_is_not_one(postal_code):
    assert problems(changed(postal_code=postal_code)) == [
        ("not_a_postal_code", ".address.postal_code")
    ]


def test_the_name_of_an_unknown_field_is_not_repeated():
    found = read({**RIGHT, "nickname": "Ann", "Ann O'Brien": 1, 7: 1, "given_name" * 9: 1})
    fields = "given_name, family_name, date_of_birth, ssn, address"
    assert [(one.path, one.message) for one in found] == [
        ("$.consumer.(unknown field)", f"unknown field; the fields are {fields}")
    ] * 4


@pytest.mark.parametrize(
    ("name", "meant"),
    [("first_name", "given_name"), ("firstName", "given_name"), ("familyname", "family_name"), ("dob", "date_of_birth"), ("SSN", "ssn"), ("adress", "address")],
)  # fmt: skip
def test_an_unknown_field_has_a_hint_where_one_is_near(name, meant):
    (problem,) = read({**RIGHT, name: 1})
    assert problem.message == f"unknown field; did you mean {meant}?"


def test_many_unknown_fields_are_counted_not_listed():
    found = read({**RIGHT, **{f"field_{chr(97 + n % 26)}{'x' * (n // 26)}": n for n in range(50)}})
    assert len(found) == 11
    assert found[-1].message == "40 more unknown fields"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
DATA = st.fixed_dictionaries(
    {name: JSON | st.just(value) for name, value in RIGHT.items()},
    optional={"more": JSON},
)


@given(JSON | DATA)
def test_nothing_is_more_than_refused(data):
    found = read(data)
    assert isinstance(found, Identity) or (found and all(one.code for one in found))
    assert (found if isinstance(found, list) else []) == identity_problems(
        data, path="$.consumer", on=ON, allow_test_ssns=False
    )


@given(DATA)
def test_what_is_read_is_read_the_same_again(data):
    found = read(data)
    if isinstance(found, Identity):
        assert read(msgspec.to_builtins(found)) == found


def test_no_message_repeats_what_was_written():
    canary = "Xyzzyqwert"
    data = changed(**dict.fromkeys((*RIGHT, *ADDRESS), canary * 40), **{canary: canary})
    found = [*read(data), *read({**RIGHT, "address": {canary: canary, "state": canary}})]
    assert len(found) > 8
    assert canary.lower() not in str(found).lower()


def test_no_repr_shows_a_value():
    identity = read(RIGHT)
    assert repr(identity) == str(identity) == f"{identity}" == "Identity(…)"
    assert repr([identity.address]) == "[Address(…)]"
    assert list(identity.__rich_repr__()) == []


@pytest.mark.parametrize(
    ("born", "on", "years"),
    [
        (date(2008, 11, 21), ON, 18),
        (date(2008, 11, 22), ON, 17),  # 17 years and 364 days
        (date(2008, 2, 29), date(2026, 2, 28), 17),
        (date(2008, 2, 29), date(2026, 3, 1), 18),
        (date(2008, 2, 29), date(2028, 2, 28), 19),
        (date(2008, 2, 29), date(2028, 2, 29), 20),
        (ON, ON, 0),
        (date(1, 1, 1), date(9999, 12, 31), 9998),
    ],
)
def test_age(born, on, years):
    assert age_years(born, on) == years


def test_nobody_has_an_age_before_birth():
    with pytest.raises(DomainError):
        age_years(ON, ON - timedelta(days=1))


@given(st.dates(), st.dates(max_value=date(9999, 12, 30)))
def test_age_grows_by_one_on_one_day_a_year(born, on):
    if on >= born:
        assert age_years(born, on + timedelta(days=1)) - age_years(born, on) in {0, 1}


def test_the_oldest_may_be_as_old_as_the_page_says():
    assert AGE_YEARS_MAX == 120
