"""Facts from JSON: one object, or a list of them, each with `applicant_id` and facts by name."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from wherewithal.sources.facts_check import FRAME_SCHEMA, checked, expected_of
from wherewithal.sources.facts_names import name_problems
from wherewithal.vocabulary.errors import Problem, SourceRefused
from wherewithal.vocabulary.facts import FACTS_BY_NAME, Fact, FactType

#: A list of people is for trying things out; a population comes as Parquet.
BYTES_MAX = 64 * 2**20
DEPTH_MAX = 8
#: The digits of an int64.
DIGITS_MAX = 18
APPLICANT_ID = "applicant_id"
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class _Pairs(tuple[tuple[str, Any], ...]):
    """A JSON object before its keys are known to be unique."""

    __slots__ = ()


class _NotExact:
    """A number that JSON allows and a fact cannot be: 1.0, 1e400, NaN, thirty digits."""


def read_json_facts(path: Path) -> pl.DataFrame:
    """Return a facts frame, one row an object of the file, in its order; no row is lost.

    Shapes:  the columns of FRAME_SCHEMA.
    Null:    a fact that is null or not there is unknown.
    Errors:  SourceRefused if the file as a whole cannot be used, or names unknown facts; a row
             with a wrong value is no error, it is `unreadable_row` with the facts that are wrong.
    `applicant_id` is the 0-based row number as text where an object has none.
    """
    rows = _rows_of(path)
    unknown: dict[str, str] = {}
    for number, row in enumerate(rows):
        for name, _ in row if isinstance(row, _Pairs) else ():
            unknown.setdefault(name, f"$[{number}]")
    problems = name_problems(unknown, also=(APPLICANT_ID,))
    if problems:
        raise SourceRefused(problems)
    values, faults = [], []
    for number, row in enumerate(rows):
        read, wrong = _read_row(row, number)
        values.append(read)
        faults.append("; ".join(wrong) or None)
    columns = {name: [row.get(name) for row in values] for name in FRAME_SCHEMA}
    frame = pl.DataFrame(columns, schema=FRAME_SCHEMA)
    return checked(frame, extra_faults=[pl.Series(faults, dtype=pl.String)])


def _rows_of(path: Path) -> Sequence[Any]:
    """Return the objects of the file, not yet looked into."""
    try:
        with path.open("rb") as file:
            data = file.read(BYTES_MAX + 1)
    except OSError as error:
        reason = (error.strerror or "unknown cause").lower()
        raise _refused(path, "unreadable_file", f"the file cannot be read: {reason}") from None
    if not data.strip():
        raise _refused(path, "empty_file", "the file is empty; an object or a list was expected")
    if len(data) > BYTES_MAX:
        message = f"the file is larger than {BYTES_MAX:,} bytes; give a population as Parquet"
        raise _refused(path, "file_too_large", message)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _refused(path, "not_json", "the file is not UTF-8 text") from None
    if _is_deep(text):
        raise _refused(path, "too_deep", "the file is nested too deep; facts are plain values")
    try:
        value = json.loads(
            text,
            object_pairs_hook=_Pairs,
            parse_int=_whole,
            parse_float=lambda _: _NotExact(),
            parse_constant=lambda _: _NotExact(),
        )
    except json.JSONDecodeError as error:
        message = f"the file is not JSON from line {error.lineno}, column {error.colno} on"
        raise _refused(path, "not_json", message) from None
    if isinstance(value, _Pairs):
        return [value]
    if not isinstance(value, list):
        raise _refused(path, "not_an_object", "expected an object of facts, or a list of objects")
    if not value:
        raise _refused(path, "no_rows", "the list is empty; at least one object must be there")
    return value


def _refused(path: Path, code: str, message: str) -> SourceRefused:
    return SourceRefused([Problem(code=code, path=path.name, message=message)])


def _is_deep(text: str) -> bool:
    """Return whether brackets nest deeper than facts need; those inside strings count too."""
    depth = 0
    for mark in re.finditer(r"[\[{\]}]", text):
        depth += 1 if mark[0] in "[{" else -1
        if depth > DEPTH_MAX:
            return True
    return False


def _whole(digits: str) -> int | _NotExact:
    return int(digits) if len(digits) <= DIGITS_MAX else _NotExact()


def _read_row(row: Any, number: int) -> tuple[Mapping[str, Any], list[str]]:
    """Return the values that have the right type, and what is wrong with the others."""
    if not isinstance(row, _Pairs):
        return {APPLICANT_ID: str(number)}, ["the row: expected an object of facts by name"]
    values: dict[str, Any] = {APPLICANT_ID: str(number)}
    wrong: list[str] = []
    names = [name for name, _ in row]
    wrong += [f"{name}: expected once" for name in dict.fromkeys(names) if names.count(name) > 1]
    for name, given in row:
        if name == APPLICANT_ID:
            values[name] = given if isinstance(given, str) else ""
        elif given is not None:
            value = _value(FACTS_BY_NAME[name], given)
            values[name] = value
            if value is None:
                wrong.append(f"{name}: {expected_of(FACTS_BY_NAME[name])}")
    return values, wrong


def _value(fact: Fact, given: Any) -> int | bool | date | str | None:
    """Return the value, or None where it is of another type than the fact; ranges are for later."""
    match fact.type:
        case FactType.INTEGER:
            return given if type(given) is int else None
        case FactType.BOOLEAN:
            return given if isinstance(given, bool) else None
        case FactType.ENUMERATION:
            return given if isinstance(given, str) else None
        case FactType.DATE:
            return _day(given)


def _day(given: Any) -> date | None:
    if not isinstance(given, str) or not _DAY.fullmatch(given):
        return None
    try:
        return date.fromisoformat(given)
    except ValueError:
        return None
