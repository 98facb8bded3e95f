"""The body of `POST /v1/prequalifications`: decoded JSON to an inquiry, or all its mistakes."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from wherewithal.service.inquiry import (
    Channel,
    ConsentScope,
    GivenConsent,
    Inquiry,
    NewConsent,
    Purpose,
    Reference,
)
from wherewithal.surfaces.http.fields import Field, Fields, missing, read_object, unknown_fields
from wherewithal.surfaces.http.kinds import Boolean, Digest, Id, Integer, Moment, Text, Word
from wherewithal.surfaces.http.path_fields import PORTFOLIO, REFERENCE
from wherewithal.surfaces.http.problem import Mistake, Refused, mistake_of
from wherewithal.vocabulary.consumer import Identity, read_identity
from wherewithal.vocabulary.facts import CENTS_MAX, FACTS_BY_NAME, HOME_OWNERSHIP
from wherewithal.vocabulary.stated import Stated

_CENTS = Integer(minimum=0, maximum=CENTS_MAX, unit="whole cents")
#: Zero is a basket of nobody.
AMOUNT = Integer(minimum=1, maximum=CENTS_MAX, unit="whole cents")

STATED: Fields = {
    "income_cents": Field(
        kind=_CENTS, meaning="gross income a year, all lawful sources", example=6_000_000
    ),
    "housing_cents": Field(kind=_CENTS, meaning="rent or mortgage a month", example=120_000),
    "home_ownership": Field(
        kind=Word(words=HOME_OWNERSHIP, code="unknown_home_ownership"),
        meaning="how the person lives",
        example="RENT",
    ),
    "employment_years": Field(
        kind=Integer(minimum=0, maximum=FACTS_BY_NAME["stated_employment_years"].maximum),
        meaning="whole years with the employer",
        example=4,
    ),
    "income_verified": Field(
        kind=Boolean(), meaning="whether you verified the income; null counts as no", example=False
    ),
}

NEW_CONSENT: Fields = {
    "scope": Field(
        kind=Word.of(ConsentScope), meaning="how often it may be used", is_required=True
    ),
    "text_version": Field(
        kind=Text(
            characters_max=100,
            form=r"[A-Za-z0-9][A-Za-z0-9._:\-]*",
            described="letters, digits, dots, hyphens; at most 100",
        ),
        meaning="version of the text that the person agreed to",
        is_required=True,
        example="2026-11-01",
    ),
    "text_sha256": Field(
        kind=Digest(), meaning="SHA-256 of that text, in hexadecimal", is_required=True
    ),
    "expires_at": Field(
        kind=Moment(), meaning="its end; by itself 30 days for `once`, a year for `standing`"
    ),
}
GIVEN_CONSENT: Fields = {
    "consent_id": Field(
        kind=Id(), meaning="id of a standing consent that was given before", is_required=True
    ),
}

NUMBER_OF_YOURS: Fields = {"portfolio": PORTFOLIO, "reference": REFERENCE}

#: The fields that are plain values.
PLAIN: Fields = {
    "purpose": Field(
        kind=Word.of(Purpose),
        meaning="why a report is obtained",
        is_required=True,
        example="prequalification",
    ),
    "channel": Field(
        kind=Word.of(Channel), meaning="the surface that asks", is_required=True, example="app"
    ),
    "requested_amount_cents": Field(
        kind=AMOUNT, meaning="what the person would like to spend", example=150_000
    ),
}
_OBJECTS = ("consumer", "stated", "consent", "reference")
_NAMES = (*_OBJECTS, *PLAIN)


def read_inquiry(data: object, *, today: date, now: datetime, allow_test_ssns: bool) -> Inquiry:
    """Return the inquiry that a body asks for.

    `today` is the day of the calendar where the lender decides, `now` the moment.
    Errors: Refused `invalid-request` with every mistake of every field.
    """
    if not isinstance(data, dict):
        expected = f"an object with the fields {', '.join(_NAMES)}"
        mistake = Mistake(path="$", code="wrong_type", expected=expected)
        raise Refused("invalid-request", mistakes=[mistake])
    known = {name: data[name] for name in PLAIN if name in data}
    plain, mistakes = read_object(known, path="$", fields=PLAIN)
    identity = _read_consumer(data, today=today, allow_test_ssns=allow_test_ssns)
    stated, wrong = _read_optional(data, "stated", STATED)
    mistakes += wrong
    consent, wrong = _read_consent(data, now=now)
    mistakes += wrong
    reference, wrong = _read_optional(data, "reference", NUMBER_OF_YOURS)
    mistakes += wrong
    mistakes += unknown_fields(data, path="$", known=_NAMES)
    if not isinstance(identity, Identity):
        mistakes = identity + mistakes
    if mistakes or consent is None or not isinstance(identity, Identity):
        raise Refused("invalid-request", mistakes=mistakes)
    return Inquiry(
        identity=identity,
        stated=msgspec.convert(stated | {"state": identity.address.state}, Stated),
        consent=consent,
        reference=msgspec.convert(reference, Reference) if reference else None,
        **plain,
    )


def _read_optional(
    data: dict[str, object], name: str, fields: Fields
) -> tuple[dict[str, object], list[Mistake]]:
    """Return the values of an object that may be left out, or be null."""
    if data.get(name) is None:
        return {}, []
    return read_object(data[name], path=f"$.{name}", fields=fields)


def _read_consumer(
    data: dict[str, object], *, today: date, allow_test_ssns: bool
) -> Identity | list[Mistake]:
    if "consumer" not in data:
        return [missing("$.consumer", "who the person is")]
    read = read_identity(
        data["consumer"], path="$.consumer", on=today, allow_test_ssns=allow_test_ssns
    )
    return read if isinstance(read, Identity) else [mistake_of(problem) for problem in read]


def _read_consent(
    data: dict[str, object], *, now: datetime
) -> tuple[NewConsent | GivenConsent | None, list[Mistake]]:
    consent = data.get("consent")
    if "consent" not in data:
        return None, [missing("$.consent", "the person's agreement to this inquiry")]
    if isinstance(consent, dict) and "consent_id" in consent:
        values, mistakes = read_object(consent, path="$.consent", fields=GIVEN_CONSENT)
        return (None if mistakes else GivenConsent(consent_id=str(values["consent_id"]))), mistakes
    values, mistakes = read_object(consent, path="$.consent", fields=NEW_CONSENT)
    if (end := values.get("expires_at")) is not None and end <= now:
        mistakes.append(
            Mistake(path="$.consent.expires_at", code="moment_past", expected="a later moment")
        )
    return (None if mistakes else NewConsent(**values)), mistakes
