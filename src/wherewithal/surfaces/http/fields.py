"""Objects of a body, field by field: all mistakes at once, each at its path, never a value.

An object is a table of fields. The same table checks a body and makes its schema.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from wherewithal.surfaces.http.json_guard import UNKNOWN_NAME
from wherewithal.surfaces.http.kinds import Kind, Schema, Wrong
from wherewithal.surfaces.http.problem import Mistake

#: Unknown names beyond these are counted, not listed: each hint costs time.
UNKNOWN_LISTED_MAX = 10
_NAME_MAX = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of an object."""

    kind: Kind
    meaning: str
    is_required: bool = False
    example: object = None


Fields = Mapping[str, Field]


def read_object(data: object, *, path: str, fields: Fields) -> tuple[dict[str, Any], list[Mistake]]:
    """Return the values by name, and all that is wrong.

    Null: an optional field that is null is as if it were not there; neither is in the values.
    """
    if not isinstance(data, dict):
        expected = f"an object with the fields {', '.join(fields)}"
        return {}, [Mistake(path=path, code="wrong_type", expected=expected)]
    values: dict[str, Any] = {}
    mistakes = []
    for name, field in fields.items():
        if name not in data or (data[name] is None and not field.is_required):
            if field.is_required:
                mistakes.append(missing(f"{path}.{name}", field.meaning))
            continue
        value = field.kind.read(data[name])
        if isinstance(value, Wrong):
            mistakes.append(value.at(f"{path}.{name}"))
        else:
            values[name] = value
    return values, mistakes + unknown_fields(data, path=path, known=fields)


def unknown_fields(data: Mapping[str, object], *, path: str, known: Iterable[str]) -> list[Mistake]:
    """Return a mistake for each field that is not known, ten at most and one for the rest.

    Its name is not repeated, since it may be anything; where it is near one of ours, that is said.
    """
    names = list(known)
    unknown = [name for name in data if name not in names]
    mistakes = [
        Mistake(
            path=f"{path}.{UNKNOWN_NAME}",
            code="unknown_field",
            expected=f"the fields {', '.join(names)}",
            hint=near_miss(name, names),
        )
        for name in unknown[:UNKNOWN_LISTED_MAX]
    ]
    if (more := len(unknown) - UNKNOWN_LISTED_MAX) > 0:
        mistakes.append(
            Mistake(path=path, code="unknown_field", expected=f"{more} unknown fields less")
        )
    return mistakes


def missing(path: str, meaning: str) -> Mistake:
    """Return the mistake that a required field is not there."""
    return Mistake(path=path, code="missing_field", expected=meaning)


def near_miss(name: str, known: Iterable[str]) -> str | None:
    """Return a question for who misspelled a name; long ones get none."""
    near = get_close_matches(name, list(known), n=1) if len(name) <= _NAME_MAX else []
    return f"did you mean {near[0]}?" if near else None


def schema_of(fields: Fields, *, meaning: str) -> Schema:
    """Return the schema of an object that has these fields and no other."""
    properties = {}
    for name, field in fields.items():
        schema = dict(field.kind.schema)
        if not field.is_required:
            schema = _or_null(schema)
        schema["description"] = field.meaning
        if field.example is not None:
            schema["examples"] = [field.example]
        properties[name] = schema
    required = [name for name, field in fields.items() if field.is_required]
    whole: Schema = {
        "type": "object",
        "description": meaning,
        "additionalProperties": False,
        "properties": properties,
    }
    return whole | ({"required": required} if required else {})


def _or_null(schema: Schema) -> Schema:
    typed = schema | {"type": [schema["type"], "null"]}
    return typed | ({"enum": [*schema["enum"], None]} if "enum" in schema else {})
