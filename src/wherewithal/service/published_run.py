"""An offline run as it is published: whole or not at all, and what of a decision row is kept."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Final, Protocol

import msgspec
import numpy as np
import polars as pl

from wherewithal.qualify.identity import LAYOUT, decision_ids
from wherewithal.qualify.person import PERSON_COLUMNS
from wherewithal.service.kept_lines import SEAL, lines_of, sealed_lines
from wherewithal.service.offline import (
    CHUNK_ROWS,
    MANIFEST,
    Chunk,
    Counts,
    builds_of,
    plan_chunks,
)
from wherewithal.vocabulary.errors import InputRefused, Problem

#: The facts of a run, as its source read them; a run of an older version has none.
FACTS_FILE: Final = "facts.parquet"
#: The archive of the bundle that decided.
BUNDLE_FILE: Final = "bundle.zip"
#: For how long a power of a run stands, counted from the day of its facts.
STANDS_DAYS: Final = 30
_UUID_BYTES: Final = 16
_STANDING: Final = (*PERSON_COLUMNS, "state")
_COLUMNS: Final = (
    "applicant_id",
    "decision_id",
    "outcome",
    "reasons",
    "power_total_cents",
    "as_of",
    *_STANDING,
)


#: The values of a kept line of facts: by the catalogue, then the cause of a failure in words.
FACT_COLUMNS: Final = (*(fact.name for fact in LAYOUT), "failure_cause")
#: What of a decision row is kept in a column of its own, or stands in the facts.
_APART: Final = frozenset(
    {
        "applicant_id",
        "as_of",
        "bundle_digest",
        "decision_id",
        "failure_cause",
        "outcome",
        "reasons",
    }
)


class ReadsRunFacts(Protocol):
    """Reads the facts that a run decided on."""

    def __call__(self, chunk: Chunk, *, as_of: date) -> pl.DataFrame | None:
        """Return the facts frame of a chunk, as it was decided; None where it was not kept."""
        ...


class RunManifest(msgspec.Struct, frozen=True, kw_only=True):
    """What `run.json` says of a run; anything else in it belongs to its name only."""

    bundle_digest: str
    as_of: date
    rows: int
    chunk_rows: int


class FinishedRun(msgspec.Struct, frozen=True, kw_only=True):
    """A run all of whose chunks are in place."""

    manifest: RunManifest
    #: SHA-256 of the manifest; equal runs have equal decisions.
    digest: str
    chunks: tuple[Chunk, ...]
    #: The values of a kept line of the decision row, beside what every row has in columns.
    row_columns: tuple[str, ...]
    #: None where the run does not tell.
    code_build: str | None


def open_run(folder: Path) -> FinishedRun:
    """Return the run of a folder, once every chunk has as many rows as it must.

    Errors: InputRefused with every chunk that is missing or short; nothing is read of it then.
    """
    path = folder / MANIFEST
    if not path.is_file():
        message = f"holds no {MANIFEST}: name the --out folder of `wherewithal offline run`"
        raise InputRefused([Problem(code="not_a_run", path="--run", message=message)])
    text = path.read_bytes()
    try:
        manifest = msgspec.json.decode(text, type=RunManifest)
    except msgspec.MsgspecError as error:
        message = f"{MANIFEST} is not one that a run of ours wrote; run again into an empty folder"
        raise InputRefused([Problem(code="not_a_run", path="--run", message=message)]) from error
    chunks = plan_chunks(manifest.rows, folder=folder / "decisions")
    problems = [problem for chunk in chunks for problem in _problems(chunk)]
    if manifest.chunk_rows != CHUNK_ROWS:
        message = f"was cut into chunks of {manifest.chunk_rows:,} rows by another version of us"
        problems = [Problem(code="other_version", path="--run", message=message)]
    if problems:
        raise InputRefused(problems)
    return FinishedRun(
        manifest=manifest,
        digest=hashlib.sha256(text).hexdigest(),
        chunks=tuple(chunks),
        row_columns=_row_columns(chunks),
        code_build=builds_of(
            msgspec.json.decode(chunk.summary_file.read_bytes(), type=Counts) for chunk in chunks
        ),
    )


def _row_columns(chunks: list[Chunk]) -> tuple[str, ...]:
    schema = pl.read_parquet_schema(chunks[0].out) if chunks else {}
    return (*(name for name in schema if name not in _APART), SEAL)


def powers_of(
    run: FinishedRun,
    *,
    expires_on: date | None,
    random_bytes: Callable[[int], bytes],
    read_facts: ReadsRunFacts,
) -> Iterator[pl.DataFrame]:
    """Yield what is kept of each chunk's decisions.

    Shapes: a row a decision: `reference`, `consumer_id` (32 hexadecimal digits, for whom we do not
            know yet), `as_of` and `expires_at` (UTC), `decision_id`, `outcome`, `reasons`,
            `total_cents`, `standing` (JSON), `facts` and `row` (lines, for whoever decides again).
    Null:   what was not decided has no total and nothing in its standing: unknown, never zero. A
            run that did not keep its facts has no lines.
    Errors: InputRefused if the facts are not those that were decided on.
    """
    for chunk in run.chunks:
        decisions = pl.read_parquet(chunk.out)
        kept = kept_columns(
            decisions, run=run.manifest, expires_on=expires_on, random_bytes=random_bytes
        )
        facts = read_facts(chunk, as_of=run.manifest.as_of)
        if facts is None:
            nothing = pl.lit(None, dtype=pl.String)
            yield kept.with_columns(nothing.alias("facts"), nothing.alias("row"))
            continue
        refuse_other_facts(facts, decisions, run=run.manifest, chunk=chunk)
        kept = kept.with_columns(lines_of(facts, FACT_COLUMNS).alias("facts"))
        beside = kept.with_columns(pl.col("as_of").dt.date().alias("day"))
        rows = lines_of(decisions, run.row_columns[:-1])
        yield kept.with_columns(sealed_lines(rows, beside).alias("row"))


def refuse_other_facts(
    facts: pl.DataFrame, decisions: pl.DataFrame, *, run: RunManifest, chunk: Chunk
) -> None:
    """Refuse facts that do not have the names of their decisions.

    Errors: InputRefused, with the first row that differs, counted from 0 in the whole run.
    """
    names = decision_ids(facts, bundle_digest=run.bundle_digest)
    differs = names != decisions["decision_id"] if facts.height == decisions.height else None
    if differs is not None and not differs.any():
        return
    first = chunk.first_row if differs is None else chunk.first_row + int(differs.arg_true()[0])
    message = (
        f"row {first:,} is not what was decided on: the file was changed since, or another version"
        " of us wrote it; run again into an empty folder"
    )
    raise InputRefused([Problem(code="other_facts", path=f"--run {FACTS_FILE}", message=message)])


def kept_columns(
    decisions: pl.DataFrame,
    *,
    run: RunManifest,
    expires_on: date | None,
    random_bytes: Callable[[int], bytes],
) -> pl.DataFrame:
    """Return what is kept of a frame of decisions, as `powers_of` says."""
    as_of = pl.col("as_of").fill_null(run.as_of).cast(pl.Datetime("us", "UTC"))
    expires_at = as_of.dt.offset_by(f"{STANDS_DAYS}d")
    if expires_on is not None:
        expires_at = pl.lit(expires_on).cast(pl.Datetime("us", "UTC"))
    return decisions.select(
        pl.col("applicant_id").alias("reference"),
        new_uuids(decisions.height, random_bytes=random_bytes),
        as_of.alias("as_of"),
        "decision_id",
        pl.col("outcome").cast(pl.String),
        "reasons",
        pl.col("power_total_cents").alias("total_cents"),
        expires_at.alias("expires_at"),
        pl.struct(_STANDING).struct.json_encode().alias("standing"),
    )


def new_uuids(count: int, *, random_bytes: Callable[[int], bytes]) -> pl.Series:
    """Return random UUIDs, version 4 (RFC 9562), each as 32 hexadecimal digits."""
    raw = np.frombuffer(random_bytes(count * _UUID_BYTES), np.uint8).reshape(count, _UUID_BYTES)
    raw = raw.copy()
    raw[:, 6] = raw[:, 6] & 0x0F | 0x40
    raw[:, 8] = raw[:, 8] & 0x3F | 0x80
    digits = np.frombuffer(raw.tobytes().hex().encode(), f"S{2 * _UUID_BYTES}")
    return pl.Series("consumer_id", digits.tolist(), dtype=pl.Binary).cast(pl.String)


def _problems(chunk: Chunk) -> Iterator[Problem]:
    """Yield what keeps a chunk from being published."""
    path = f"--run decisions/{chunk.out.name}"
    if not chunk.is_done:
        message = "is not there: the run is not finished; give its command again, it goes on"
        yield Problem(code="run_incomplete", path=path, message=message)
        return
    try:
        schema = pl.read_parquet_schema(chunk.out)
        rows = pl.scan_parquet(chunk.out).select(pl.len()).collect().item()
    except (pl.exceptions.PolarsError, OSError):
        yield Problem(code="not_parquet", path=path, message="cannot be read; run again")
        return
    missing = [name for name in _COLUMNS if name not in schema]
    if missing:
        message = f"lacks {', '.join(missing)}: an older version of us wrote it; run again"
        yield Problem(code="other_version", path=path, message=message)
    if rows != chunk.rows:
        message = f"holds {rows:,} rows, and the run has {chunk.rows:,} there; run again"
        yield Problem(code="wrong_row_count", path=path, message=message)
