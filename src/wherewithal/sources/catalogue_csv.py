"""CSV records of a catalogue, each with the line on which it begins."""

import csv
import io
import re
from collections.abc import Collection, Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

from wherewithal.sources.catalogue_text import Row, hint, note, read_text, shown
from wherewithal.vocabulary.errors import Problem

_WHOLE = re.compile(r"-?[0-9]{1,18}")


class Table(NamedTuple):
    """A CSV file: its header, and the records that are as long as it."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def read_csv(path: Path, problems: list[Problem]) -> Table | None:
    """Return a CSV file's records as texts by column; a record of the wrong length is noted.

    The header must be there and name each column once; which columns there must be, the caller
    says (`check_columns`).
    """
    text = read_text(path, problems)
    if text is None:
        return None
    records: list[Row] = []
    columns: tuple[str, ...] = ()
    for place, cells in _records(path.name, text, problems):
        if not columns:
            columns = tuple(cells)
        elif len(cells) != len(columns):
            message = f"{len(cells)} fields, expected {len(columns)} as in the header"
            note(problems, code="wrong_field_count", path=place, message=message)
        else:
            records.append(Row(place, dict(zip(columns, cells, strict=True))))
    return Table(path.name, columns, tuple(records))


def _records(name: str, text: str, problems: list[Problem]) -> Iterator[tuple[str, list[str]]]:
    """Yield each record with its place; one that does not parse is noted, and the next one read."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        place = f"{name}:{reader.line_num + 1}"
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            message = f"not valid CSV: {error}; a quote left open, or the file is truncated"
            note(problems, code="not_csv", path=place, message=message)
            continue
        if cells:
            yield place, cells


def check_columns(
    table: Table,
    *,
    required: Collection[str],
    known: Collection[str],
    problems: list[Problem],
) -> bool:
    """Return whether a CSV header has the required columns, only known ones, and each once."""
    place = f"{table.name}:1"
    before = len(problems)
    for name in dict.fromkeys(table.columns):
        if name not in known:
            message = f"unknown column {shown(name)}{hint(name, known)}"
            note(problems, code="unknown_field", path=place, message=message)
        if table.columns.count(name) > 1:
            message = f"column {shown(name)} stands twice"
            note(problems, code="duplicate_field", path=place, message=message)
    for name in required:
        if name not in table.columns:
            message = f"column {name} is missing"
            note(problems, code="missing_field", path=place, message=message)
    if not table.rows and len(problems) == before:
        note(problems, code="file_empty", path=place, message="no rows after the header")
    return len(problems) == before


def cell(text: str, kind: str) -> object:
    """Read a CSV cell as TOML would hold it; what does not read stays text, for `Fields` to refuse.

    >>> cell("2500", "integer"), cell("2010-02-30", "day"), cell("a;b", "list"), cell("", "list")
    (2500, '2010-02-30', ['a', 'b'], [])
    """
    if kind == "integer" and _WHOLE.fullmatch(text):
        return int(text)
    if kind == "flag" and text in {"true", "false"}:
        return text == "true"
    if kind == "list":
        return text.split(";") if text else []
    if kind == "day" and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            return text
    return text
