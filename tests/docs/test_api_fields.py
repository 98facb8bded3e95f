"""docs/api-fields.md and the OpenAPI document name the same things."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from docs.tables.api import operations
from wherewithal.surfaces.http.openapi import document_of

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = document_of(operations())
PARTS = re.split(r"^### ", (ROOT / "docs/api-fields.md").read_text("utf-8"), flags=re.MULTILINE)
SECTIONS = {part.split("\n", 1)[0]: part for part in PARTS[1:]}
ASKED = {one["operationId"]: one for way in DOCUMENT["paths"].values() for one in way.values()}
#: A problem is told of in docs/api.md.
RECORDS = {
    name: schema
    for name, schema in DOCUMENT["components"]["schemas"].items()
    if "properties" in schema and name not in {"ProblemDetails", "Mistake"}
}


def first_cells(section: str, place: int = 1) -> list[str]:
    """Return the names in a column of a section's tables."""
    rows = [line.split(" | ") for line in section.splitlines() if line.startswith("| ")]
    return [row[place - 1].strip("| `") for row in rows]


def names_in(schema: dict[str, Any], path: str = "") -> Iterator[str]:
    for name, inner in schema.get("properties", {}).items():
        yield path + name
        yield from names_in(inner, f"{path}{name}.")
    for choice in schema.get("oneOf", ()):
        yield from names_in(choice, path)


def test_every_route_and_record_has_its_section_and_no_other_is_there():
    assert SECTIONS.keys() == ASKED.keys() | RECORDS.keys()


@pytest.mark.parametrize("name", ASKED)
def test_every_parameter_and_field_of_a_request_is_there(name):
    section, asked = SECTIONS[name], ASKED[name]
    parameters = [(one["in"], one["name"]) for one in asked["parameters"]]
    body = asked.get("requestBody", {}).get("content", {}).get("application/json", {})
    fields = list(names_in(body.get("schema", {})))
    shown = list(zip(first_cells(section), first_cells(section, 2), strict=True))
    assert [pair for pair in shown if pair in parameters] == parameters
    rows = first_cells(section.partition("| field of the body |")[2])
    assert [row for row in rows if row != "---"] == fields


@pytest.mark.parametrize("name", RECORDS)
def test_every_field_of_an_answer_is_there(name):
    rows = [row for row in first_cells(SECTIONS[name]) if row not in {"field", "---"}]
    assert sorted(rows) == sorted(RECORDS[name]["properties"])
