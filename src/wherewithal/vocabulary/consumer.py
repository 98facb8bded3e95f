"""Consumer: reading what a person says about themselves, and the door to what belongs to it.

The records are in `identity.py`, the comparing in `likeness.py`; all of it is imported from here.
The data that is read is decoded JSON of unknown honesty: every problem is reported at once, at its
path, and no message repeats a value.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date, timedelta
from difflib import get_close_matches
from typing import Any

import msgspec

from wherewithal.vocabulary.errors import Problem
from wherewithal.vocabulary.facts import STATES
from wherewithal.vocabulary.identity import Address, Identity, age_years
from wherewithal.vocabulary.likeness import (
    Likeness,
    Resolution,
    compare,
    match_keys,
    match_name,
    match_postal,
    resolve,
)

__all__ = [
    "AGE_YEARS_MAX",
    "NAME_CHARACTERS_MAX",
    "STREET_CHARACTERS_MAX",
    "Address",
    "Identity",
    "Likeness",
    "Resolution",
    "age_years",
    "compare",
    "identity_problems",
    "match_keys",
    "match_name",
    "match_postal",
    "read_identity",
    "resolve",
]

#: Code points, after the spaces around it are gone; at least one. Of names and cities.
NAME_CHARACTERS_MAX = 100
STREET_CHARACTERS_MAX = 200
#: The oldest age that anybody was proven to reach is 122.
AGE_YEARS_MAX = 120
#: Unknown fields beyond these are counted, not listed: each hint costs time.
_UNKNOWN_LISTED_MAX = 10
_FIELD_CHARACTERS_MAX = 40
#: What others call our fields.
_OTHER_WORDS = {
    "firstname": "given_name",
    "forename": "given_name",
    "lastname": "family_name",
    "surname": "family_name",
    "dob": "date_of_birth",
    "birthdate": "date_of_birth",
    "socialsecuritynumber": "ssn",
    "line1": "street",
    "zip": "postal_code",
    "zipcode": "postal_code",
}
_SSN = re.compile(r"([0-9]{3})([0-9]{2})([0-9]{4})")
#: Printed on specimen cards; the Social Security Administration voided them.
_SSN_VOID = frozenset({"078051120", "219099999"})
_POSTAL_CODE = re.compile(r"[0-9]{5}(-[0-9]{4})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
#: Control characters (NUL among them), lone surrogates, line and paragraph separators.
_UNWRITABLE = frozenset({"Cc", "Cs", "Zl", "Zp"})


class _Finding(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong with one value."""

    code: str
    message: str


class _Checks(msgspec.Struct, frozen=True, kw_only=True):
    """What the checks of an identity depend on beside the data."""

    on: date
    allow_test_ssns: bool


def read_identity(
    data: object, *, path: str, on: date, allow_test_ssns: bool
) -> Identity | list[Problem]:
    """Return the identity that decoded JSON describes, or everything that is wrong with it.

    `path` is where the data stands, such as `$.consumer`; `on` is today where the lender decides.
    Names, street and city lose the spaces around them and are otherwise kept as written.
    A person too young to contract is no problem here: that is decided by the law of their state.
    `allow_test_ssns` lets through numbers of the areas 666 and 900-999, which are never issued:
    sample people have those.
    """
    problems = identity_problems(data, path=path, on=on, allow_test_ssns=allow_test_ssns)
    return problems or msgspec.convert(_trimmed(data), Identity)


def identity_problems(data: object, *, path: str, on: date, allow_test_ssns: bool) -> list[Problem]:
    """Return all that is wrong with decoded JSON that should be an identity; see `read_identity`.

    Codes: wrong_type, missing_field, unknown_field, empty_text, text_too_long, unwritable_text,
    no_letter, not_an_ssn, ssn_never_issued, not_a_date, date_in_future, age_out_of_range,
    unknown_state, not_a_postal_code.
    """
    checks = _Checks(on=on, allow_test_ssns=allow_test_ssns)
    problems = _object_problems(data, path=path, fields=_IDENTITY_FIELDS, checks=checks)
    if isinstance(data, dict) and "address" in data:
        problems += _object_problems(
            data["address"], path=f"{path}.address", fields=_ADDRESS_FIELDS, checks=checks
        )
    return problems


def _trimmed(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _trimmed(entry) for key, entry in value.items()}
    return value.strip() if isinstance(value, str) else value


def _object_problems(
    data: object, *, path: str, fields: dict[str, _Check], checks: _Checks
) -> list[Problem]:
    if not isinstance(data, dict):
        message = f"expected an object with the fields {', '.join(fields)}"
        return [Problem(code="wrong_type", path=path, message=message)]
    problems = []
    for name, check in fields.items():
        if name not in data:
            problems.append(
                Problem(code="missing_field", path=f"{path}.{name}", message="is required")
            )
        elif (found := check(data[name], checks)) is not None:
            problems.append(Problem(code=found.code, path=f"{path}.{name}", message=found.message))
    return problems + _unknown_problems(data, path=path, known=list(fields))


def _unknown_problems(data: dict[Any, Any], *, path: str, known: list[str]) -> list[Problem]:
    unknown = [name for name in data if name not in known]
    problems = []
    for name in unknown[:_UNKNOWN_LISTED_MAX]:
        near = _near(name, known) if isinstance(name, str) else None
        hint = f"did you mean {near}?" if near else f"the fields are {', '.join(known)}"
        # Its name may be anything, also something of the person: it is not repeated.
        place = f"{path}.(unknown field)"
        problems.append(Problem(code="unknown_field", path=place, message=f"unknown field; {hint}"))
    if (more := len(unknown) - _UNKNOWN_LISTED_MAX) > 0:
        message = f"{more} more unknown fields"
        problems.append(Problem(code="unknown_field", path=path, message=message))
    return problems


def _near(name: str, known: list[str]) -> str | None:
    """Return the field that is meant: by another word for it, or by a slip of the keys."""
    if len(name) > _FIELD_CHARACTERS_MAX:
        return None
    plain = name.casefold().replace("_", "")
    fields = {field.replace("_", ""): field for field in known}
    fields |= {word: field for word, field in _OTHER_WORDS.items() if field in known}
    near = get_close_matches(plain, fields, n=1, cutoff=0.75)
    return fields[near[0]] if near else None


def _text_finding(value: object, *, characters_max: int) -> _Finding | None:
    if not isinstance(value, str):
        return _Finding(code="wrong_type", message="expected text")
    length = len(value.strip())
    if length > characters_max:
        message = f"at most {characters_max} characters; this has {length:,}"
        return _Finding(code="text_too_long", message=message)
    if any(unicodedata.category(character) in _UNWRITABLE for character in value):
        message = "holds a control character, a line break or half a character; write it plainly"
        return _Finding(code="unwritable_text", message=message)
    return None if length else _Finding(code="empty_text", message="must not be empty")


def _check_name(value: object, _checks: _Checks) -> _Finding | None:
    found = _text_finding(value, characters_max=NAME_CHARACTERS_MAX)
    if found is None and not any(map(str.isalpha, str(value))):
        return _Finding(code="no_letter", message="expected at least one letter")
    return found


def _check_street(value: object, _checks: _Checks) -> _Finding | None:
    found = _text_finding(value, characters_max=STREET_CHARACTERS_MAX)
    if found is None and not any(map(str.isalnum, str(value))):
        return _Finding(code="no_letter", message="expected at least one letter or digit")
    return found


def _check_ssn(value: object, checks: _Checks) -> _Finding | None:
    parts = _SSN.fullmatch(value) if isinstance(value, str) else None
    if parts is None:
        code = "not_an_ssn" if isinstance(value, str) else "wrong_type"
        return _Finding(code=code, message="expected text of nine digits 0-9, without hyphens")
    area, group, serial = parts.groups()
    is_test = area == "666" or area[0] == "9"
    is_void = area == "000" or group == "00" or serial == "0000" or parts[0] in _SSN_VOID
    if is_void or (is_test and not checks.allow_test_ssns):
        # 20 CFR 422.103; the areas, groups and serials that are never assigned.
        message = "expected a number that can be issued; check it against the card"
        return _Finding(code="ssn_never_issued", message=message)
    return None


def _check_birth(value: object, checks: _Checks) -> _Finding | None:
    if not isinstance(value, str):
        return _Finding(code="wrong_type", message="expected text such as 1984-07-21")
    try:
        day = date.fromisoformat(value) if _DAY.fullmatch(value) else None
    except ValueError:
        day = None
    if day is None:
        message = "expected a day of the calendar such as 1984-07-21"
        return _Finding(code="not_a_date", message=message)
    if day > checks.on:
        return _Finding(code="date_in_future", message="expected a day that is past")
    if day < checks.on and age_years(day, checks.on - timedelta(days=1)) >= AGE_YEARS_MAX:
        message = f"expected a day at most {AGE_YEARS_MAX} years ago"
        return _Finding(code="age_out_of_range", message=message)
    return None


def _check_state(value: object, _checks: _Checks) -> _Finding | None:
    expected = "expected a USPS code such as MI"
    if not isinstance(value, str):
        return _Finding(code="wrong_type", message=expected)
    if value in STATES:
        return None
    near = get_close_matches(value.upper(), STATES, n=1) if len(value) < 10 else []
    hint = f"; did you mean {near[0]}?" if near else ""
    return _Finding(code="unknown_state", message=f"{expected}{hint}")


def _check_postal_code(value: object, _checks: _Checks) -> _Finding | None:
    expected = "expected five digits 0-9, or 48226-1234"
    if not isinstance(value, str):
        return _Finding(code="wrong_type", message=expected)
    if _POSTAL_CODE.fullmatch(value) is None:
        return _Finding(code="not_a_postal_code", message=expected)
    return None


def _no_check(_value: object, _checks: _Checks) -> None:
    """Accept: an address is checked field by field."""


_Check = Callable[[object, _Checks], _Finding | None]
_IDENTITY_FIELDS: dict[str, _Check] = {
    "given_name": _check_name,
    "family_name": _check_name,
    "date_of_birth": _check_birth,
    "ssn": _check_ssn,
    "address": _no_check,
}
_ADDRESS_FIELDS: dict[str, _Check] = {
    "street": _check_street,
    "city": _check_name,
    "state": _check_state,
    "postal_code": _check_postal_code,
}
