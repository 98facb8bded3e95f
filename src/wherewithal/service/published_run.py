"""An offline run as it is published: whole or not at all, and what of a decision row is kept."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
import polars as pl

from wherewithal.qualify.person import PERSON_COLUMNS
from wherewithal.service.offline import CHUNK_ROWS, MANIFEST, Chunk, plan_chunks
from wherewithal.vocabulary.errors import InputRefused, Problem

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
    files: tuple[Path, ...]


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
        files=tuple(chunk.out for chunk in chunks),
    )


def powers_of(
    run: FinishedRun, *, expires_on: date | None, random_bytes: Callable[[int], bytes]
) -> Iterator[pl.DataFrame]:
    """Yield what is kept of each chunk's decisions.

    Shapes: a row a decision: `reference`, `consumer_id` (32 hexadecimal digits, for whom we do not
            know yet), `as_of` and `expires_at` (UTC), `decision_id`, `outcome`, `reasons`,
            `total_cents`, `standing` (JSON).
    Null:   what was not decided has no total and nothing in its standing: unknown, never zero.
    """
    for path in run.files:
        decisions = pl.read_parquet(path, columns=list(_COLUMNS))
        yield kept_columns(
            decisions, run=run.manifest, expires_on=expires_on, random_bytes=random_bytes
        )


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
