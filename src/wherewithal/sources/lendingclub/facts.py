"""Rows of the loan file to a facts frame, with the traps of the file taken out (POLICY.md §0)."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from wherewithal.sources.facts_check import APPLICANT_ID_LENGTH_MAX, DTYPES
from wherewithal.sources.lendingclub.columns import COLUMNS, ID_COLUMN, Column
from wherewithal.sources.lendingclub.conversions import fault_of, value_of
from wherewithal.sources.lendingclub.records import read_records
from wherewithal.vocabulary.facts import FACTS
from wherewithal.vocabulary.outcome import Outcome

_CORE = tuple(column for column in COLUMNS if column.is_core_bureau)


def read_lendingclub(path: Path) -> pl.DataFrame:
    """Return a facts frame, one row a record of the file, in its order; no row is lost.

    Shapes:  `applicant_id`, every name of FACTS, `failure`, `failure_cause`.
    Units:   cents and basis points, converted from the decimal text.
    Null:    a fact that the file does not know. A row that failed has no facts but its `as_of`.
    Errors:  SourceRefused if the file as a whole cannot be used; a bad row is no error, it has
             `failure` and a cause that names each column and what was expected, never the value.
    `applicant_id` is the file's `id`, or the 0-based row number as text if the file has none;
    a row whose `id` cannot be read is named `row-` and its number.
    """
    records = read_records(path).with_row_index("row")
    # A fact is named apart from its column here: some share one name.
    values = [value_of(column).alias(_read(column)) for column in COLUMNS]
    frame = records.with_columns(*values).select(
        *_identity(records),
        *(pl.col(_read(column)).alias(column.fact) for column in COLUMNS),
        _missing_bureau_columns().alias("bureau_fault"),
        _cell_faults().alias("cell_fault"),
        "record_fault",
    )
    frame = frame.with_columns(_row_fault().alias("row_fault"))
    return _with_failures(frame.with_columns(*_without_traps()))


def _read(column: Column) -> str:
    return f"{column.fact} read"


def _identity(records: pl.DataFrame) -> tuple[pl.Expr, pl.Expr]:
    row = pl.col("row").cast(pl.String)
    if ID_COLUMN not in records.columns or records[ID_COLUMN].is_null().all():
        return row.alias("applicant_id"), pl.lit(None, pl.String).alias("id_fault")
    identity = pl.col(ID_COLUMN)
    is_read = identity.is_not_null() & (identity.str.len_chars() <= APPLICANT_ID_LENGTH_MAX)
    fault = (
        pl.when(~is_read)
        .then(pl.lit(f"{ID_COLUMN}: expected 1 to {APPLICANT_ID_LENGTH_MAX} characters"))
        .when(~identity.is_first_distinct())
        .then(pl.lit(f"{ID_COLUMN}: expected once in the file; an earlier row has it"))
    )
    name = pl.when(is_read).then(identity).otherwise("row-" + row)
    return name.alias("applicant_id"), fault.alias("id_fault")


def _cell_faults() -> pl.Expr:
    faults = [fault_of(column, pl.col(_read(column))) for column in COLUMNS]
    return _nothing_to_null(pl.concat_str(faults, separator="; ", ignore_nulls=True))


def _missing_bureau_columns() -> pl.Expr:
    missing = [pl.when(pl.col(c.name).is_null()).then(pl.lit(c.name)) for c in _CORE]
    return _nothing_to_null(pl.concat_str(missing, separator=", ", ignore_nulls=True))


def _row_fault() -> pl.Expr:
    """Return all that is wrong with a row; of a record that is not whole, only that."""
    future = (
        pl.when(pl.col("oldest_trade_date") > pl.col("as_of"))
        .then(pl.lit("earliest_cr_line: expected a day on or before issue_d"))
        .otherwise(pl.lit(None, pl.String))
    )
    faults = [pl.col("id_fault"), pl.col("cell_fault"), future]
    together = _nothing_to_null(pl.concat_str(faults, separator="; ", ignore_nulls=True))
    return pl.col("record_fault").fill_null(together)


def _nothing_to_null(text: pl.Expr) -> pl.Expr:
    return pl.when(text != "").then(text)


def _without_traps() -> list[pl.Expr]:
    """Return the facts whose cells do not mean what they say.

    In 2007-08 a 0 in the months since the last delinquency or public record stands for *never*. It
    is told from a real 0 by its own row: whoever was delinquent this month was so within two years,
    and whoever has a record this month has a record. That holds in every vintage, so no date is
    asked. A bankruptcy is dated only where every public record is one.
    """
    delinquency, record = pl.col("months_since_delinquency"), pl.col("months_since_public_record")
    records, bankruptcies = pl.col("public_records"), pl.col("bankruptcies")
    never_late = (delinquency == 0) & (pl.col("delinquencies_24m") == 0)
    no_record = (record == 0) & (records == 0)
    is_dated = (bankruptcies > 0) & (bankruptcies == records)
    return [
        pl.when(~never_late.fill_null(value=False)).then(delinquency).name.keep(),
        pl.when(~no_record.fill_null(value=False)).then(record).name.keep(),
        pl.when(is_dated).then(record).alias("months_since_bankruptcy"),
    ]


def _with_failures(frame: pl.DataFrame) -> pl.DataFrame:
    """Put the frame in the order of the contract; a failed row keeps its place and its date."""
    unreadable, missing = pl.col("row_fault"), pl.col("bureau_fault")
    failure = (
        pl.when(unreadable.is_not_null())
        .then(pl.lit(Outcome.UNREADABLE_ROW.value))
        .when(missing.is_not_null())
        .then(pl.lit(Outcome.BUREAU_BLOCK_MISSING.value))
    )
    cause = unreadable.fill_null("bureau columns without a value: " + missing)
    is_sound = unreadable.is_null() & missing.is_null()
    facts = []
    for fact in FACTS:
        dtype = DTYPES[fact.type]
        if fact.name not in frame.columns:
            facts.append(pl.lit(None, dtype).alias(fact.name))
        elif fact.name == "as_of":
            facts.append(pl.col(fact.name).cast(dtype))
        else:
            facts.append(pl.when(is_sound).then(pl.col(fact.name)).cast(dtype).alias(fact.name))
    return frame.select(
        "applicant_id", *facts, failure.alias("failure"), cause.alias("failure_cause")
    )
