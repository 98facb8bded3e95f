"""Schemas of request bodies, made from the tables that check them."""

from __future__ import annotations

from wherewithal.surfaces.http.fields import schema_of
from wherewithal.surfaces.http.inquiry_json import (
    GIVEN_CONSENT,
    NEW_CONSENT,
    NUMBER_OF_YOURS,
    PLAIN,
    STATED,
)
from wherewithal.surfaces.http.kinds import LETTER, LETTER_OR_DIGIT, Schema, line_with
from wherewithal.vocabulary.consumer import NAME_CHARACTERS_MAX, STREET_CHARACTERS_MAX
from wherewithal.vocabulary.facts import STATES


def _text(meaning: str, *, characters_max: int, example: str, seen: str = LETTER) -> Schema:
    return {
        "type": "string",
        "minLength": 1,
        "maxLength": characters_max,
        "pattern": line_with(seen),
        "description": meaning,
        "examples": [example],
    }


def _pattern(pattern: str, meaning: str, *, example: str) -> Schema:
    return {"type": "string", "pattern": pattern, "description": meaning, "examples": [example]}


def _closed(properties: dict[str, Schema], meaning: str) -> Schema:
    return {
        "type": "object",
        "description": meaning,
        "additionalProperties": False,
        "required": list(properties),
        "properties": properties,
    }


#: Checked by `vocabulary/consumer.py`.
_ADDRESS = _closed(
    {
        "street": _text(
            "street and number",
            seen=LETTER_OR_DIGIT,
            characters_max=STREET_CHARACTERS_MAX,
            example="1 Persona Street",
        ),
        "city": _text("city", characters_max=NAME_CHARACTERS_MAX, example="Columbus"),
        "state": {
            "type": "string",
            "enum": list(STATES),
            "description": "USPS code of the state of residence",
            "examples": ["OH"],
        },
        "postal_code": _pattern(
            "^[0-9]{5}(-[0-9]{4})?$", "ZIP or ZIP+4; no decision reads it", example="43215"
        ),
    },
    "where the person lives, in the United States",
)
_CONSUMER = _closed(
    {
        "given_name": _text(
            "given names, as they write them", characters_max=NAME_CHARACTERS_MAX, example="Paula"
        ),
        "family_name": _text(
            "family name, as they write it", characters_max=NAME_CHARACTERS_MAX, example="Prime"
        ),
        "date_of_birth": {
            "type": "string",
            "format": "date",
            "description": "a day that is past, at most 120 years ago",
            "examples": ["1981-02-02"],
        },
        "ssn": _pattern(
            "^(?!000)[0-9]{3}(?!00)[0-9]{2}(?!0000)[0-9]{4}$",
            "nine digits without hyphens; stored encrypted",
            example="999010001",
        ),
        "address": _ADDRESS,
    },
    "who the person is; stored encrypted, never logged",
)
_CONSENT: Schema = {
    "description": "the person's agreement to this inquiry: given with it, or before",
    "oneOf": [
        schema_of(NEW_CONSENT, meaning="given with this inquiry"),
        schema_of(GIVEN_CONSENT, meaning="a standing consent that was given before"),
    ],
}


def _optional(schema: Schema) -> Schema:
    return schema | {"type": ["object", "null"]}


_PLAIN = schema_of(PLAIN, meaning="")
PREQUALIFICATION: Schema = {
    "type": "object",
    "description": "an inquiry for one person",
    "additionalProperties": False,
    "required": ["consumer", "consent", *_PLAIN["required"]],
    "properties": {
        "consumer": _CONSUMER,
        "stated": _optional(
            schema_of(STATED, meaning="what the person says of their means; no bureau knows it")
        ),
        "consent": _CONSENT,
        **_PLAIN["properties"],
        "reference": _optional(
            schema_of(NUMBER_OF_YOURS, meaning="your own number for the person")
        ),
    },
}
