"""From a body to an inquiry: each mistake at its place, all of them at once."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from tests.surfaces.http.bodies import ABSENT, GOOD, body_with
from wherewithal.service.inquiry import (
    Channel,
    ConsentScope,
    GivenConsent,
    Inquiry,
    NewConsent,
    Purpose,
    Reference,
)
from wherewithal.surfaces.http.inquiry_json import read_inquiry
from wherewithal.surfaces.http.problem import Mistake, Refused
from wherewithal.vocabulary.consumer import Address, Identity
from wherewithal.vocabulary.stated import Stated

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 14, 30, tzinfo=UTC)
ID = "0d0f3c55-0a0e-4f0e-8a39-52f3f8f2a7b4"


def read(body: object) -> Inquiry:
    return read_inquiry(body, today=TODAY, now=NOW, allow_test_ssns=True)


def mistakes(body: object) -> tuple[Mistake, ...]:
    with pytest.raises(Refused) as refused:
        read(body)
    assert refused.value.problem_type == "invalid-request"
    return refused.value.mistakes


def codes(body: object) -> list[tuple[str, str]]:
    return [(mistake.path, mistake.code) for mistake in mistakes(body)]


def test_a_right_body_is_an_inquiry():
    body = GOOD | {"reference": {"portfolio": "main", "reference": "C-1"}}
    assert read(body) == Inquiry(
        identity=Identity(
            given_name="Paula",
            family_name="Prime",
            date_of_birth=date(1981, 2, 2),
            ssn="999010001",
            address=Address(
                street="1 Persona Street", city="Columbus", state="OH", postal_code="43215"
            ),
        ),
        stated=Stated(
            income_cents=6_000_000, housing_cents=120_000, home_ownership="RENT",
            employment_years=6, income_verified=False, state="OH",
        ),
        consent=NewConsent(
            scope=ConsentScope.ONCE, text_version="2026-11-01", text_sha256=b"\xa1" * 32
        ),
        purpose=Purpose.PREQUALIFICATION,
        channel=Channel.APP,
        requested_amount_cents=150_000,
        reference=Reference(portfolio="main", reference="C-1"),
    )  # fmt: skip


def test_what_may_be_left_out_may_be_null():
    body = GOOD | {"stated": None, "reference": None, "requested_amount_cents": None}
    left_out = {
        name: GOOD[name] for name in GOOD if name not in {"stated", "requested_amount_cents"}
    }
    assert read(body) == read(left_out)
    assert read(body).stated == Stated(state="OH")


def test_a_consent_of_before_is_named_by_its_id():
    assert read(body_with("consent", {"consent_id": ID})).consent == GivenConsent(consent_id=ID)


MONEY: list[tuple[Any, str]] = [
    (1.0, "not_an_integer"),
    (100.5, "not_an_integer"),
    (True, "not_an_integer"),
    ("100", "not_an_integer"),
    ("١٠٠", "not_an_integer"),  # noqa: RUF001 - non-ASCII digits
    ([], "not_an_integer"),
    ({}, "not_an_integer"),
    (-1, "out_of_range"),
    (10**10 + 1, "out_of_range"),
    (2**63, "out_of_range"),
    (-(2**63) - 1, "out_of_range"),
    (10**39, "out_of_range"),
]


@pytest.mark.parametrize(("value", "code"), MONEY)
def test_money_is_whole_cents(value, code):
    assert codes(body_with("stated.income_cents", value)) == [("$.stated.income_cents", code)]
    assert codes(body_with("requested_amount_cents", value)) == [("$.requested_amount_cents", code)]


def test_zero_is_an_income_and_no_basket():
    assert read(body_with("stated.income_cents", 0)).stated.income_cents == 0
    assert mistakes(body_with("requested_amount_cents", 0)) == (
        Mistake(
            path="$.requested_amount_cents",
            code="out_of_range",
            expected="whole cents from 1 to 10,000,000,000",
        ),
    )


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("consumer.date_of_birth", "2026-02-30", "not_a_date"),
        ("consumer.date_of_birth", "٢٠٠٠-01-01", "not_a_date"),
        ("consumer.date_of_birth", 19840721, "wrong_type"),
        ("consumer.address.state", "CA\n", "unknown_state"),
        ("consumer.address.state", "ZZ", "unknown_state"),
        ("consumer.given_name", "", "empty_text"),
        ("consumer.given_name", "x" * 400, "text_too_long"),
        ("consumer.given_name", "a\0b", "unwritable_text"),
        ("consumer.given_name", "\ud800", "unwritable_text"),
        ("consumer.ssn", "999-01-0001", "not_an_ssn"),
        ("consumer.ssn", "٩99010001", "not_an_ssn"),
        ("consumer.ssn", "000010001", "ssn_never_issued"),
        ("consumer", ABSENT, "missing_field"),
        ("consumer", [], "wrong_type"),
        ("consent", ABSENT, "missing_field"),
        ("consent", None, "wrong_type"),
        ("consent", {"consent_id": "x"}, "not_an_id"),
        ("consent", {"consent_id": ID.upper()}, "not_an_id"),
        ("consent.scope", "twice", "unknown_word"),
        ("consent.text_version", "a b", "text_malformed"),
        ("consent.text_sha256", "A1" * 32, "not_a_digest"),
        ("consent.text_sha256", "a1" * 31, "not_a_digest"),
        ("consent.expires_at", "2026-11-20", "not_a_moment"),
        ("consent.expires_at", "2026-02-30T00:00:00Z", "not_a_moment"),
        ("consent.expires_at", "0001-01-01T00:00:00+14:00", "not_a_moment"),
        ("consent.expires_at", "2026-11-20T14:30:00Z", "moment_past"),
        ("purpose", "marketing", "unknown_word"),
        ("channel", ["app"], "unknown_word"),
        ("stated", [], "wrong_type"),
        ("stated", 0, "wrong_type"),
        ("stated.home_ownership", "rent", "unknown_home_ownership"),
        ("stated.employment_years", 81, "out_of_range"),
        ("stated.income_verified", "yes", "not_a_boolean"),
        ("reference", {"portfolio": "main"}, "missing_field"),
        ("reference", {"portfolio": "", "reference": "x"}, "text_malformed"),
    ],
)
def test_one_mistake_is_told_at_its_place(path, value, code):
    places = {"reference.reference", "reference.portfolio", f"{path}.consent_id", path}
    [(found, told)] = codes(body_with(path, value))
    assert told == code
    assert found.removeprefix("$.") in places


def test_all_mistakes_are_told_at_once_with_hints():
    body = {
        "consumer": body_with("consumer.ssn", "1")["consumer"],
        "stated": {"incme_cents": 1, "housing_cents": -1},
        "consent": {"scope": "onse"},
        "purpos": "prequalification",
        "channel": "App",
    }
    assert [(one.path, one.code, one.hint) for one in mistakes(body)] == [
        ("$.consumer.ssn", "not_an_ssn", None),
        ("$.purpose", "missing_field", None),
        ("$.channel", "unknown_word", "did you mean app?"),
        ("$.stated.housing_cents", "out_of_range", None),
        ("$.stated.(unknown field)", "unknown_field", "did you mean income_cents?"),
        ("$.consent.scope", "unknown_word", "did you mean once?"),
        ("$.consent.text_version", "missing_field", None),
        ("$.consent.text_sha256", "missing_field", None),
        ("$.(unknown field)", "unknown_field", "did you mean purpose?"),
    ]


def test_the_day_of_the_calendar_is_the_one_that_is_given():
    born_today = body_with("consumer.date_of_birth", "2026-11-20")
    assert read(born_today).identity.date_of_birth == TODAY
    tomorrow = body_with("consumer.date_of_birth", "2026-11-21")
    assert codes(tomorrow) == [("$.consumer.date_of_birth", "date_in_future")]


@pytest.mark.parametrize("body", [None, [], "x", 1, True])
def test_a_body_is_an_object(body):
    assert codes(body) == [("$", "wrong_type")]


def test_a_strange_name_is_not_repeated_and_many_are_counted():
    body = GOOD | {f"paula_prime_{number}": 1 for number in range(30)}
    assert codes(body) == [("$.(unknown field)", "unknown_field")] * 10 + [("$", "unknown_field")]
