"""How much memory an index takes: a process that does nothing else, for `bench/merchants.py`.

`python -m bench.merchants_child MERCHANTS.parquet PROGRAMS.json DAY` prints one JSON line.
"""

from __future__ import annotations

import datetime
import gc
import json
import resource
import sys
import time
from pathlib import Path

import msgspec
import polars as pl

from wherewithal.qualify.merchant_index import merchant_index
from wherewithal.sources.bundle import load_bundle
from wherewithal.vocabulary.program import Program


def main(merchants: str, programs: str, day: str) -> None:
    """Print start-up seconds, and resident memory before, after and at its highest."""
    bundle = load_bundle(Path("policies/everyday"))
    found = msgspec.json.decode(Path(programs).read_bytes(), type=list[Program])
    gc.collect()
    before = memory_mb()
    begin = time.perf_counter()
    index = merchant_index(
        pl.read_parquet(merchants), found, bundle=bundle, on=datetime.date.fromisoformat(day)
    )
    seconds = time.perf_counter() - begin
    gc.collect()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024
    print(
        json.dumps(
            {
                "start_seconds": seconds,
                "classes": len(index.classes.sizes),
                "index_mb": memory_mb() - before,
                "index_peak_mb": peak - before,
            }
        )
    )


def memory_mb() -> float:
    """Return this process's resident memory in mebibytes."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * resource.getpagesize() / 2**20


if __name__ == "__main__":
    main(*sys.argv[1:])
