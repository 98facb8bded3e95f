"""Cut a loan file into rows of text: every row keeps its place, whatever is wrong with it."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path

import polars as pl

from wherewithal.sources.lendingclub.columns import COLUMNS, ID_COLUMN
from wherewithal.vocabulary.errors import Problem, SourceRefused

#: A larger file is not read: decompressed, it would no longer fit beside its own copy.
BYTES_MAX = 2 * 1024**3
#: How many lines a quoted cell may span.
LINES_MAX = 200
_GZIP_MAGIC = b"\x1f\x8b"
#: A line whose quotes stand where RFC 4180 puts them, and a cell in quotes.
_WELL_FORMED = r'^(?:"(?:[^"]|"")*"|[^",]*)(?:,(?:"(?:[^"]|"")*"|[^",]*))*$'
_QUOTED_CELL = r'"(?:[^"]|"")*"'


def read_records(path: Path) -> pl.DataFrame:
    """Return the columns that may be read, as text, one row a record, in the file's order.

    Shapes:  the columns of `COLUMNS`, `id` if the file has it, and `record_fault`.
    Null:    an empty cell; every cell of a record whose fields do not match the header's.
    Errors:  SourceRefused if the file is empty, damaged, no loan file or lacks columns.
    Blank lines are no records. What the file calls its rows is not checked here.
    """
    text = _read_text(path)
    lines = text.split("\n")
    start = next((i for i, line in enumerate(lines) if line.strip()), None)
    if start is None:
        raise _refused(path, "empty_file", "has no content; a header and at least one row must be")
    header = [name.strip() for name in next(csv.reader([lines[start]]), [])]
    _check_header(path, header)
    records, is_whole = _records(lines[start + 1 :], len(header))
    if not records:
        raise _refused(path, "no_rows", "has a header and no rows; at least one row must be")
    fault = f"the row: expected {len(header)} fields, separated by commas, quotes in pairs"
    return _parse(records, header).with_columns(
        record_fault=pl.when(~is_whole).then(pl.lit(fault))  # null where the record is whole
    )


def _refused(path: Path, code: str, message: str) -> SourceRefused:
    return SourceRefused([Problem(code=code, path=path.name, message=f"the file {message}")])


def _read_text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            is_gzip = file.read(len(_GZIP_MAGIC)) == _GZIP_MAGIC
        with gzip.open(path) if is_gzip else path.open("rb") as source:
            data = source.read(BYTES_MAX + 1)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        message = "is a damaged or truncated gzip file; fetch it again"
        raise _refused(path, "damaged_gzip", message) from error
    except OSError as error:
        reason = error.strerror or "unknown cause"
        raise _refused(path, "unreadable_file", f"cannot be read: {reason.lower()}") from error
    if len(data) > BYTES_MAX:
        raise _refused(path, "file_too_large", "is larger than 2 GiB; split it")
    # A cell that is not UTF-8 gets a replacement mark, and fails alone if it is ever read.
    text = data.decode("utf-8-sig", errors="replace")
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _check_header(path: Path, header: Sequence[str]) -> None:
    required = [column.name for column in COLUMNS]
    missing = [name for name in required if name not in header]
    if len(missing) == len(required):
        message = (
            "does not start with the header of a loan file: none of the columns that it must have "
            f"is there; expected names separated by commas, {required[0]} and {required[1]} among"
        )
        raise _refused(path, "not_a_loan_file", f"{message} them")
    problems = [
        Problem(
            code="missing_column",
            path=f"{path.name}: header",
            message=f"the column {name} is missing{_hint(name, header)}",
        )
        for name in missing
    ]
    problems += [
        Problem(
            code="repeated_column",
            path=f"{path.name}: header",
            message=f"the column {name} stands there {header.count(name)} times; keep one",
        )
        for name in (*required, ID_COLUMN)
        if header.count(name) > 1
    ]
    if problems:
        raise SourceRefused(problems)


def _hint(name: str, header: Sequence[str]) -> str:
    known = {column.name for column in COLUMNS}
    near = get_close_matches(name, [h for h in header if h not in known], n=1, cutoff=0.7)
    return f"; {near[0]} is there: is it meant?" if near else ""


def _records(lines: list[str], field_count: int) -> tuple[list[str], pl.Series]:
    """Return one text a record and whether it has the header's fields; blank lines are dropped."""
    flags = _are_whole(lines, field_count)
    if flags.all():
        return lines, flags
    texts, whole = [], []
    for text, is_whole in _joined(lines, flags.to_list(), field_count):
        if is_whole or text.strip():
            texts.append(text if is_whole else "," * (field_count - 1))
            whole.append(is_whole)
    return texts, pl.Series(whole, dtype=pl.Boolean)


def _are_whole(lines: list[str], field_count: int) -> pl.Series:
    line = pl.col("line")
    frame = pl.DataFrame({"line": lines}, schema={"line": pl.String})
    quoted = line.str.contains('"', literal=True)
    if not frame.select(quoted.any()).item():
        return frame.select(_separators(line) == field_count - 1).to_series()
    bare = line.str.replace_all(_QUOTED_CELL, "")
    plain = ~quoted & (_separators(line) == field_count - 1)
    in_quotes = quoted & line.str.contains(_WELL_FORMED) & (_separators(bare) == field_count - 1)
    return frame.select(plain | in_quotes).to_series()


def _separators(line: pl.Expr) -> pl.Expr:
    return line.str.count_matches(",", literal=True)


def _joined(lines: list[str], flags: list[bool], field_count: int) -> Iterator[tuple[str, bool]]:
    """Yield records; a quoted cell may span lines, but never swallows a line whole in itself."""
    i = 0
    while i < len(lines):
        end = i if flags[i] else _last_line(lines, flags, i)
        text = " ".join(lines[i : end + 1])
        if end > i and not _has_fields(text, field_count):
            end, text = i, lines[i]
        yield text, flags[i] or end > i
        i = end + 1


def _last_line(lines: list[str], flags: list[bool], first: int) -> int:
    quotes = lines[first].count('"')
    for i in range(first + 1, min(first + LINES_MAX, len(lines))):
        if quotes % 2 == 0 or flags[i]:
            break
        quotes += lines[i].count('"')
        if quotes % 2 == 0:
            return i
    return first


def _has_fields(text: str, field_count: int) -> bool:
    try:
        return len(next(csv.reader([text], strict=True))) == field_count
    except csv.Error:
        return False


def _parse(records: list[str], header: Sequence[str]) -> pl.DataFrame:
    wanted = {c.name for c in COLUMNS} | {ID_COLUMN}
    places = [i for i, name in enumerate(header) if name in wanted]
    body = io.BytesIO("\n".join(records).encode())
    frame = pl.read_csv(body, has_header=False, columns=places, infer_schema=False)
    frame.columns = [header[i] for i in places]
    stripped = pl.all().str.strip_chars()
    return frame.with_columns(pl.when(stripped != "").then(stripped).name.keep())
