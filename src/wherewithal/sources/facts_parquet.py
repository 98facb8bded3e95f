"""Facts from Parquet: columns by the names of facts; what is not there, nobody knows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import polars as pl

from wherewithal.sources.facts_check import CODED_SCHEMA, FRAME_SCHEMA, checked, expected_of
from wherewithal.sources.facts_names import name_problems
from wherewithal.vocabulary.errors import Problem, SourceRefused
from wherewithal.vocabulary.facts import FACTS, Fact, FactType

#: Columns that may stand beside the facts.
IDENTITY = ("applicant_id", "failure", "failure_cause")
_MAGIC = b"PAR1"
_DTYPES_SHOWN = {
    FactType.INTEGER: "a whole-number type",
    FactType.BOOLEAN: "Boolean",
    FactType.DATE: "Date",
    FactType.ENUMERATION: "String",
}


def read_parquet_facts(path: Path) -> pl.DataFrame:
    """Return a facts frame of the whole file, in its order; no row is lost.

    Shapes:  the columns of FRAME_SCHEMA.
    Null:    facts that the file does not have, or has as null, are unknown.
    Errors:  SourceRefused if the file is damaged, empty, or has unknown columns or wrong types; a
             row with a value out of range is no error, it is `unreadable_row` with its cause.
    `applicant_id` is the 0-based row number as text if the file has none. `failure` may hold what
    an earlier reader found, such as `no_hit`.
    """
    scan_parquet_facts(path)
    return facts_of_part(pl.read_parquet(path), first_row=0)


def scan_parquet_facts(path: Path) -> int:
    """Return the number of rows of a file whose columns are all as they must be.

    Errors: SourceRefused with every column that is unknown or of a wrong type.
    """
    try:
        with path.open("rb") as file:
            is_parquet = file.read(len(_MAGIC)) == _MAGIC
    except OSError as error:
        reason = (error.strerror or "unknown cause").lower()
        raise _refused(path, "unreadable_file", f"the file cannot be read: {reason}") from None
    if not is_parquet:
        raise _refused(path, "not_parquet", "the file is empty, or no Parquet file")
    try:
        schema = pl.read_parquet_schema(path)
        rows = int(pl.scan_parquet(path).select(pl.len()).collect().item())
    except (pl.exceptions.PolarsError, OSError):
        message = "the file is damaged or truncated; write it again"
        raise _refused(path, "damaged_parquet", message) from None
    problems = name_problems(dict.fromkeys(schema, path.name), also=IDENTITY)
    problems += _dtype_problems(schema, path)
    if not problems and not rows:
        problems.append(
            Problem(code="no_rows", path=path.name, message="the file has columns and no rows")
        )
    if problems:
        raise SourceRefused(problems)
    return rows


def facts_parts(path: Path, *, rows_max: int) -> Iterator[pl.DataFrame]:
    """Yield the facts frame in parts of at most `rows_max` rows, in order.

    `applicant_id` is checked to be unique within a part only.
    Errors: SourceRefused, before the first part, as `scan_parquet_facts`.
    """
    rows = scan_parquet_facts(path)
    for first in range(0, rows, rows_max):
        part = pl.scan_parquet(path).slice(first, rows_max).collect()
        yield facts_of_part(part, first_row=first)


def facts_of_part(part: pl.DataFrame, *, first_row: int) -> pl.DataFrame:
    """Return the facts frame of rows as they were read; `first_row` is the first's number."""
    number = (pl.int_range(pl.len()) + first_row).cast(pl.String)
    has_names = "applicant_id" in part.columns
    named = pl.col("applicant_id").cast(pl.String) if has_names else number.alias("applicant_id")
    columns = [named]
    faults: list[pl.Series] = []
    for name, dtype in list(FRAME_SCHEMA.items())[1:]:
        if name not in part.columns:
            columns.append(pl.lit(None, dtype).alias(name))
            continue
        # What is coded already stays so: codes are what the check makes of texts.
        wanted = CODED_SCHEMA[name] if part.schema[name] == CODED_SCHEMA[name] else dtype
        columns.append(pl.col(name).cast(wanted, strict=False))
    frame = part.select(columns)
    for fact in FACTS:
        # A number beyond 64 bits does not become an unknown one.
        if fact.type is FactType.INTEGER and part.schema.get(fact.name) in (pl.UInt64, pl.Int128):
            lost = part[fact.name].is_not_null() & frame[fact.name].is_null()
            text = pl.when(lost).then(pl.lit(f"{fact.name}: {expected_of(fact)}"))
            faults.append(pl.select(text).to_series())
    return checked(frame, first_row=first_row, extra_faults=faults)


def _refused(path: Path, code: str, message: str) -> SourceRefused:
    return SourceRefused([Problem(code=code, path=path.name, message=message)])


def _dtype_problems(schema: Mapping[str, pl.DataType], path: Path) -> list[Problem]:
    found = [
        (fact.name, _DTYPES_SHOWN[fact.type], schema[fact.name])
        for fact in FACTS
        if fact.name in schema and not _is_of(fact, schema[fact.name])
    ]
    for name in IDENTITY:
        dtype = schema.get(name)
        is_number = name == "applicant_id" and dtype is not None and dtype.is_integer()
        if dtype is not None and not (_is_text(dtype) or is_number):
            found.append((name, "String", dtype))
    return [
        Problem(
            code="wrong_type",
            path=f"{path.name}.{name}",
            message=f"expected {expected}, not {dtype}; convert the column exactly first",
        )
        for name, expected, dtype in found
    ]


def _is_of(fact: Fact, dtype: pl.DataType) -> bool:
    match fact.type:
        case FactType.INTEGER:
            return dtype.is_integer() or dtype == pl.Null
        case FactType.BOOLEAN:
            return dtype in (pl.Boolean, pl.Null)
        case FactType.DATE:
            return dtype in (pl.Date, pl.Null)
        case FactType.ENUMERATION:
            return _is_text(dtype)


def _is_text(dtype: pl.DataType) -> bool:
    return dtype in (pl.String, pl.Categorical, pl.Null) or isinstance(dtype, pl.Enum)
