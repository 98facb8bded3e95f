"""Qualify a whole population: facts in chunks, each decided once, resumable.

A run is named by its manifest: the bundle, the facts and how they are cut. A chunk writes its file
under another name and moves it into place, so that a chunk is there whole or not at all; a run that
was stopped goes on with the chunks that are missing. Source: DESIGN 6.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, Protocol

import msgspec
import polars as pl

from wherewithal.qualify.bundle import PolicyBundle
from wherewithal.qualify.decide_frame import decide_frame
from wherewithal.vocabulary.errors import InputRefused, Problem
from wherewithal.vocabulary.outcome import Outcome

#: Rows of one file of decisions, which are decided at once: to plan the work of a batch takes
#: 15 ms, and the columns of a larger one leave the cache. Polars writes row groups of this size.
CHUNK_ROWS = 262_144
#: None: by Parquet's own codes a decision takes 72 bytes; lz4 saves 13, for a quarter more time.
COMPRESSION: Final = "uncompressed"
MANIFEST = "run.json"
_UNFINISHED = ".unfinished"


class Chunk(msgspec.Struct, frozen=True, kw_only=True):
    """A range of rows of the facts, and the file that its decisions go to."""

    number: int
    first_row: int
    rows: int
    out: Path

    @property
    def summary_file(self) -> Path:
        """Return the file beside the decisions that counts them."""
        return self.out.with_suffix(".json")

    @property
    def is_done(self) -> bool:
        """Return whether the chunk's files are in place; the summary is moved last."""
        return self.summary_file.is_file() and self.out.is_file()


class Counts(msgspec.Struct, kw_only=True):
    """What a chunk's decisions come to."""

    rows: int = 0
    by_outcome: dict[str, int] = {}
    by_tier: dict[str, int] = {}
    unreadable_causes: dict[str, int] = {}
    as_of_first: str | None = None
    as_of_last: str | None = None
    #: What decided; more than one where a run went on with other code. None: not told.
    code_build: str | None = None


class RunsChunks(Protocol):
    """Runs the work of chunks somewhere, yielding each when it is done, in any order."""

    def __call__(self, chunks: Iterable[Chunk]) -> Iterator[Chunk]:
        """Yield the chunks as they are done."""


def run_offline(
    *,
    out: Path,
    rows: int,
    manifest: Mapping[str, Any],
    runner: RunsChunks,
    on_progress: Callable[[int, int], None],
) -> Counts:
    """Decide every chunk that is not yet decided, and return the counts of all.

    `manifest` names the run: bundle digest, facts digest, anything that would change a decision.
    Errors: InputRefused if the folder holds another run; whatever the runner raises, with the
            finished chunks kept.
    """
    folder = out / "decisions"
    folder.mkdir(parents=True, exist_ok=True)
    _claim(out, {**manifest, "rows": rows, "chunk_rows": CHUNK_ROWS})
    chunks = plan_chunks(rows, folder=folder)
    missing = [chunk for chunk in chunks if not chunk.is_done]
    done = rows - sum(chunk.rows for chunk in missing)
    on_progress(done, rows)
    for chunk in runner(missing):
        done += chunk.rows
        on_progress(done, rows)
    total = Counts()
    for chunk in chunks:
        _add(total, msgspec.json.decode(chunk.summary_file.read_bytes(), type=Counts))
    for leftover in folder.glob(f"*{_UNFINISHED}"):
        leftover.unlink(missing_ok=True)
    return total


def plan_chunks(rows: int, *, folder: Path) -> list[Chunk]:
    """Return the chunks of a file of `rows` rows."""
    return [
        Chunk(
            number=number,
            first_row=first,
            rows=min(CHUNK_ROWS, rows - first),
            out=folder / f"part-{number:05d}.parquet",
        )
        for number, first in enumerate(range(0, rows, CHUNK_ROWS))
    ]


def decide_chunk(
    chunk: Chunk, facts: pl.DataFrame, bundle: PolicyBundle, *, code_build: str | None = None
) -> Chunk:
    """Decide the rows of a chunk and move its files into place; `code_build` names what decides."""
    decisions = decide_frame(facts, bundle)
    unfinished = _unfinished(chunk.out)
    decisions.write_parquet(unfinished, compression=COMPRESSION, statistics=False)
    unfinished.replace(chunk.out)
    counts = msgspec.structs.replace(count(decisions), code_build=code_build)
    unfinished.write_bytes(msgspec.json.encode(counts))
    unfinished.replace(chunk.summary_file)
    return chunk


def count(decisions: pl.DataFrame) -> Counts:
    """Return the counts of a frame of decisions."""
    days = decisions["as_of"]
    is_unreadable = decisions["outcome"] == Outcome.UNREADABLE_ROW.value
    return Counts(
        rows=decisions.height,
        by_outcome=_by(decisions["outcome"]),
        by_tier=_by(decisions["tier"]),
        unreadable_causes=_by(decisions["failure_cause"].filter(is_unreadable)),
        as_of_first=None if days.min() is None else str(days.min()),
        as_of_last=None if days.max() is None else str(days.max()),
    )


def _by(column: pl.Series) -> dict[str, int]:
    counted = column.value_counts()
    return dict(sorted((str(word), rows) for word, rows in counted.iter_rows() if word is not None))


def _add(total: Counts, part: Counts) -> None:
    total.rows += part.rows
    total.by_outcome = dict(Counter(total.by_outcome) + Counter(part.by_outcome))
    total.by_tier = dict(sorted((Counter(total.by_tier) + Counter(part.by_tier)).items()))
    total.unreadable_causes = dict(
        Counter(total.unreadable_causes) + Counter(part.unreadable_causes)
    )
    firsts = [day for day in (total.as_of_first, part.as_of_first) if day]
    lasts = [day for day in (total.as_of_last, part.as_of_last) if day]
    total.as_of_first, total.as_of_last = min(firsts, default=None), max(lasts, default=None)
    total.code_build = builds_of([total, part])


def builds_of(parts: Iterable[Counts]) -> str | None:
    """Return what decided some parts, in one text; None where nobody told."""
    told = [part.code_build.split(", ") for part in parts if part.code_build is not None]
    return ", ".join(sorted({build for builds in told for build in builds})) or None


def _claim(out: Path, manifest: Mapping[str, Any]) -> None:
    """Write the manifest of a new run, or see that the folder's run is this one."""
    path = out / MANIFEST
    text = json.dumps(manifest, indent=2, sort_keys=True, default=str)
    if path.is_file():
        if path.read_text() != text:
            message = (
                "holds the decisions of another run (other facts, bundle or day);"
                " name an empty folder, or delete this one"
            )
            raise InputRefused([Problem(code="another_run", path="--out", message=message)])
        return
    if any((out / "decisions").iterdir()):
        message = "holds files that no run of ours made; name an empty folder"
        raise InputRefused([Problem(code="not_empty", path="--out", message=message)])
    unfinished = _unfinished(path)
    unfinished.write_text(text)
    unfinished.replace(path)


def _unfinished(path: Path) -> Path:
    """Return the name under which a file is written: no two processes ever write to the same."""
    return path.with_suffix(f".{os.getpid()}{_UNFINISHED}")
