"""Rows of a bundle's own TOML files: each read into its record, each with its own problem.

All rows are looked at, so that everything that is wrong with a file is told at once.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from typing import Any, TypeVar

import msgspec

from wherewithal.dmn.diagnostics import near_miss
from wherewithal.vocabulary.errors import Problem

_Row = TypeVar("_Row", bound=msgspec.Struct)


def read_document(
    toml: bytes, *, file: str, tables: Collection[str]
) -> tuple[dict[str, Any], list[Problem]]:
    """Return a file's tables; a file that is no TOML has none, and says so."""
    try:
        document = tomllib.loads(toml.decode())
    except (ValueError, RecursionError) as error:
        return {}, [_problem("not_toml", file, f"cannot be read as TOML: {error}")]
    problems = [
        _problem("unknown_key", f"{file} {key}", f"there is no such table{near_miss(key, tables)}")
        for key in document
        if key not in tables
    ]
    return document, problems


def read_rows(
    document: Mapping[str, Any], name: str, row_type: type[_Row], *, file: str
) -> tuple[list[tuple[str, _Row]], list[Problem]]:
    """Return the sound rows of `[[name]]` with their places, and what is wrong with the others."""
    found = document.get(name, [])
    rows: list[tuple[str, _Row]] = []
    problems = []
    known = [one.encode_name for one in msgspec.structs.fields(row_type)]
    for number, row in enumerate(found if isinstance(found, list) else [found], 1):
        place = f"{file} {name} {number}"
        if not isinstance(row, dict):
            problems.append(_problem("wrong_type", place, f"expected a table [[{name}]]"))
            continue
        wrong = [
            _problem("unknown_field", f"{place} {key}", f"unknown field{near_miss(key, known)}")
            for key in row
            if key not in known
        ]
        try:
            rows.append((place, msgspec.convert(row, row_type)))
        except msgspec.ValidationError as error:
            wrong.append(_problem("bad_value", place, str(error)))
        problems += wrong
    return rows, problems


def read_table(
    document: Mapping[str, Any], name: str, row_type: type[_Row], *, file: str
) -> tuple[_Row | None, list[Problem]]:
    """Return the one table `[name]`; None, with a problem, where it is missing or unsound."""
    if name not in document:
        return None, [_problem("missing_field", f"{file} {name}", f"expected a table [{name}]")]
    rows, problems = read_rows({name: document[name]}, name, row_type, file=file)
    return (rows[0][1] if rows else None), problems


def _problem(code: str, path: str, message: str) -> Problem:
    return Problem(code=code, path=path, message=message)
