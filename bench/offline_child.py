"""One measured process: `python -m bench.offline_child run|copy FACTS OUT WORKERS`."""

from __future__ import annotations

import os

# As in a worker process (runners/local.py); the copy has the same.
os.environ["POLARS_MAX_THREADS"] = "1"
os.environ["_RJEM_MALLOC_CONF"] = "dirty_decay_ms:-1,muzzy_decay_ms:-1"

import json
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from bench.memory import peak_mb
from wherewithal.qualify.decide import decide
from wherewithal.service.offline import CHUNK_ROWS, COMPRESSION
from wherewithal.sources.bundle import load_bundle
from wherewithal.sources.facts_parquet import facts_of_part, scan_parquet_facts
from wherewithal.sources.facts_rows import applicant_of
from wherewithal.surfaces.cli.ports import FactsFile
from wherewithal.wiring.offline import offline_run

BUNDLE = Path("policies/everyday")
LAST_DAY = date(2026, 1, 1)


def main() -> None:
    """Do what the arguments say and print the seconds and the peak memory."""
    kind, facts, out, workers = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4])
    begin = time.perf_counter()
    if kind == "copy":
        copy(facts, out)
    else:
        run(facts, out, workers=workers)
    seconds = time.perf_counter() - begin
    print(json.dumps({"seconds": seconds, "peak_mb": peak_mb()}))


def run(facts: Path, out: Path, *, workers: int) -> None:
    """Decide every row of the facts, as the command does; bundle and compilation included."""
    offline_run(
        FactsFile(source="parquet", path=facts, stated=None, as_of=LAST_DAY),
        read_facts=lambda file: pl.read_parquet(file.path),
        bundle_folder=BUNDLE,
        out=out,
        workers=workers,
        on_progress=lambda _done, _rows: None,
    )


def copy(facts: Path, out: Path) -> None:
    """Copy the same columns, chunk by chunk."""
    out.mkdir(parents=True)
    for number, first in enumerate(range(0, scan_parquet_facts(facts), CHUNK_ROWS)):
        part = pl.scan_parquet(facts).slice(first, CHUNK_ROWS).collect()
        part.write_parquet(out / f"{number:05d}.parquet", compression=COMPRESSION, statistics=False)


def decided_one_by_one(sample: pl.DataFrame) -> Iterator[dict[str, Any]]:
    """Yield what the scalar executor says of each row, by the columns of a decision row."""
    bundle = load_bundle(BUNDLE)
    frame = facts_of_part(sample, first_row=0)
    for row in range(frame.height):
        decision = decide(applicant_of(frame, row), bundle)
        yield {
            **decision.values,
            "decision_id": decision.decision_id,
            "outcome": decision.outcome.value,
            "reasons": list(decision.reasons),
            "bundle_digest": decision.bundle_digest,
            "as_of": decision.as_of,
        }


if __name__ == "__main__":
    main()
