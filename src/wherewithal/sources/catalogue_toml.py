"""TOML tables of a catalogue, each with the line of its header."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from wherewithal.sources.catalogue_text import Row, note, read_text
from wherewithal.vocabulary.errors import Problem

_HEADER = re.compile(r"^\s*(\[\[?)\s*([A-Za-z0-9_\-.\" ]+?)\s*\]\]?\s*(?:#.*)?$")
_TOML_PLACE = re.compile(r"\(at line (\d+), column \d+\)")


class Toml(NamedTuple):
    """A TOML file: its values, and the line of each table's header by path such as `row[3]`."""

    name: str
    values: Mapping[str, object]
    lines: Mapping[str, int]

    def place(self, table: str) -> str:
        """Return where a table stands, `law.toml:17`; the file alone if it has no header."""
        return f"{self.name}:{self.lines[table]}" if table in self.lines else self.name

    def table(self, key: str, problems: list[Problem]) -> Row | None:
        """Return the table `[key]`; None with the reason noted."""
        value = self.values.get(key)
        if isinstance(value, dict):
            return Row(self.place(key), value)
        note(problems, code="table_missing", path=self.name, message=f"needs a table [{key}]")
        return None

    def tables(self, key: str, problems: list[Problem]) -> list[Row]:
        """Return the tables `[[key]]`, at least one; an empty list with the reason noted."""
        value = self.values.get(key)
        if not isinstance(value, list) or not value:
            message = f"needs at least one table [[{key}]]"
            note(problems, code="table_missing", path=self.name, message=message)
            return []
        rows = []
        for index, item in enumerate(value):
            place = self.place(f"{key}[{index}]")
            if isinstance(item, dict):
                rows.append(Row(place, item))
            else:
                message = f"item {index + 1} of {key!r} must be a table [[{key}]]"
                note(problems, code="wrong_type", path=place, message=message)
        return rows


def read_toml(path: Path, problems: list[Problem]) -> Toml | None:
    """Return a TOML file, or None with the reason noted; the parser stops at its first."""
    text = read_text(path, problems)
    if text is None:
        return None
    try:
        values = tomllib.loads(text)
    except RecursionError:
        message = "tables or lists are nested too deeply"
        note(problems, code="not_toml", path=path.name, message=message)
        return None
    except ValueError as error:  # TOMLDecodeError, or a number of thousands of digits
        cause = str(error)
        found = _TOML_PLACE.search(cause)
        line = int(found[1]) if found else text.count("\n") + 1 if "at end" in cause else None
        place = path.name if line is None else f"{path.name}:{line}"
        message = f"not valid TOML: {_TOML_PLACE.sub('', cause).strip()}"
        if "date" in cause:
            message += "; is it a day that exists, such as 2007-01-31?"
        if "at end" in cause:
            message += "; the file may be truncated"
        note(problems, code="not_toml", path=place, message=message)
        return None
    return Toml(path.name, values, _header_lines(text))


def _header_lines(text: str) -> dict[str, int]:
    """Return the line of each table header by its path, `product[2].house_program`."""
    lines: dict[str, int] = {}
    counts: dict[str, int] = {}
    for number, line in _outside_strings(text):
        header = _HEADER.match(line)
        if header is None:
            continue
        name = header[2].replace(" ", "").replace('"', "")
        parent, _, leaf = name.rpartition(".")
        prefix = f"{_last(parent, counts)}." if parent else ""
        if header[1] == "[[":
            key = prefix + leaf
            counts[key] = counts.get(key, -1) + 1
            lines[f"{key}[{counts[key]}]"] = number
        else:
            lines[prefix + leaf] = number
    return lines


def _last(name: str, counts: Mapping[str, int]) -> str:
    """Return the path of the table that `name` means now: the last of an array of tables."""
    path = ""
    for part in name.split("."):
        path = f"{path}.{part}" if path else part
        path = f"{path}[{counts[path]}]" if path in counts else path
    return path


def _outside_strings(text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines that do not begin inside a multi-line string, with their number."""
    fence: str | None = None
    for number, line in enumerate(text.split("\n"), start=1):
        if fence is None:
            yield number, line
        for found in re.findall(r'"""|\'\'\'', line):
            if fence is None:
                fence = found
            elif found == fence:
                fence = None
