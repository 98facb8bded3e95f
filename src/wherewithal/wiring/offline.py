"""Constructs an offline run: where facts are, how a chunk is read and decided, how many at once."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import lru_cache, partial
from pathlib import Path

import polars as pl

from wherewithal.qualify.bundle import PolicyBundle
from wherewithal.runners.local import run_local
from wherewithal.service.offline import CHUNK_ROWS, Chunk, decide_chunk, run_offline
from wherewithal.service.published_run import BUNDLE_FILE, FACTS_FILE
from wherewithal.sources.bundle import load_bundle
from wherewithal.sources.bundle_archive import archive_folder
from wherewithal.sources.facts_assumptions import assumptions_of
from wherewithal.sources.facts_check import refuse_after
from wherewithal.sources.facts_parquet import facts_of_part, scan_parquet_facts
from wherewithal.surfaces.cli.ports import FactsFile, OfflineAnswer
from wherewithal.wiring.code_build import code_build
from wherewithal.wiring.served_bundle import served_bundle


def offline_run(
    file: FactsFile,
    *,
    read_facts: Callable[[FactsFile], pl.DataFrame],
    bundle_folder: Path,
    out: Path,
    workers: int,
    on_progress: Callable[[int, int], None],
) -> OfflineAnswer:
    """Decide for every row of a file and return the counts and what was assumed.

    A Parquet file of facts is read where it lies; any other is first read whole into a snapshot of
    facts, which is deleted at the end.
    Errors: as the source's, the bundle's and `run_offline`.
    """
    bundle = served_bundle(bundle_folder)
    with tempfile.TemporaryDirectory(prefix="wherewithal-") as temporary:
        facts = file.path
        if file.source == "parquet":
            rows = scan_parquet_facts(facts)
        else:
            frame = read_facts(file)
            rows, facts = frame.height, Path(temporary) / "facts.parquet"
            frame.write_parquet(facts, row_group_size=CHUNK_ROWS)
        work = partial(decide_rows, facts=facts, as_of=file.as_of, folder=bundle_folder)

        def runner(chunks: Iterable[Chunk]) -> Iterator[Chunk]:
            # The folder is this run's by now.
            keep_for_replay(out, facts=facts, bundle_folder=bundle_folder)
            return run_local(chunks, work=work, workers=workers)

        manifest = {
            "bundle_digest": bundle.digest,
            "source": file.source,
            "facts_digest": _digest(file.path),
            "stated_digest": _digest(file.stated) if file.stated else None,
            "as_of": _last_day(facts, file.as_of),
        }
        counts = run_offline(
            out=out, rows=rows, manifest=manifest, runner=runner, on_progress=on_progress
        )
        assumptions = assumptions_of(pl.scan_parquet(facts))
    return OfflineAnswer(counts=counts, bundle_digest=bundle.digest, assumptions=assumptions)


def decide_rows(chunk: Chunk, *, facts: Path, as_of: date, folder: Path) -> Chunk:
    """Read a chunk's facts, check them, decide; what a worker process runs."""
    frame = read_chunk(chunk, facts=facts, as_of=as_of)
    return decide_chunk(chunk, frame, _bundle(folder), code_build=code_build())


def read_chunk(chunk: Chunk, *, facts: Path, as_of: date) -> pl.DataFrame:
    """Return the facts frame of a chunk as it is decided: checked, the future refused."""
    part = pl.scan_parquet(facts).slice(chunk.first_row, chunk.rows).collect()
    return refuse_after(facts_of_part(part, first_row=chunk.first_row), as_of)


def read_kept_facts(chunk: Chunk, *, as_of: date) -> pl.DataFrame | None:
    """Return the facts that a chunk of a run's folder was decided on (`ReadsRunFacts`)."""
    facts = chunk.out.parent.parent / FACTS_FILE
    return read_chunk(chunk, facts=facts, as_of=as_of) if facts.is_file() else None


def keep_for_replay(out: Path, *, facts: Path, bundle_folder: Path) -> None:
    """Keep the facts and the bundle in the run's folder, unless they are there.

    Facts that lie on the same disk are linked and take no room. What is changed there later is
    noticed: the name of each decision is a digest of its facts.
    """
    _, archive = archive_folder(bundle_folder)
    _put(out / BUNDLE_FILE, lambda path: path.write_bytes(archive))
    _put(out / FACTS_FILE, lambda path: _link_or_copy(facts.resolve(), path))


def _put(path: Path, write: Callable[[Path], object]) -> None:
    if path.is_file():
        return
    unfinished = path.with_suffix(f".{os.getpid()}.unfinished")
    unfinished.unlink(missing_ok=True)
    write(unfinished)
    unfinished.replace(path)


def _link_or_copy(source: Path, target: Path) -> None:
    try:
        target.hardlink_to(source)
    except OSError:
        # Another disk, or one that knows no links.
        shutil.copyfile(source, target)


def _last_day(facts: Path, as_of: date) -> date:
    """Return the day that the run's answer depends on: a later one would change nothing."""
    schema = pl.read_parquet_schema(facts)
    if "as_of" not in schema:
        return as_of
    last = pl.scan_parquet(facts).select(pl.col("as_of").max()).collect().item()
    return min(as_of, last) if isinstance(last, date) else as_of


@lru_cache(maxsize=1)
def _bundle(folder: Path) -> PolicyBundle:
    return load_bundle(folder)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
