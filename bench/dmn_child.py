"""One measured process of `bench/run dmn`: `python -m bench.dmn_child run|copy CASE PEOPLE OUT`."""

from __future__ import annotations

import os

# One core, as a worker process has; the copy has the same.
os.environ["POLARS_MAX_THREADS"] = "1"
os.environ["_RJEM_MALLOC_CONF"] = "dirty_decay_ms:-1,muzzy_decay_ms:-1"

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import polars as pl

from bench.dmn_cases import CASES
from bench.memory import peak_mb
from wherewithal.service.offline import CHUNK_ROWS, COMPRESSION

Chunk = Callable[[pl.DataFrame], pl.DataFrame]


def main() -> None:
    """Do what the arguments say and print seconds, processor seconds and the peak memory."""
    kind, case, source, out = sys.argv[1], sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4])
    work: Chunk = _same if kind == "copy" else _decides(case)
    out.mkdir(parents=True)
    begin, begin_cpu = time.perf_counter(), time.process_time()
    rows = int(pl.scan_parquet(source).select(pl.len()).collect().item())
    for number, first in enumerate(range(0, rows, CHUNK_ROWS)):
        part = work(pl.scan_parquet(source).slice(first, CHUNK_ROWS).collect())
        part.write_parquet(out / f"{number:05d}.parquet", compression=COMPRESSION, statistics=False)
    found = {
        "seconds": time.perf_counter() - begin,
        "cpu_seconds": time.process_time() - begin_cpu,
        "peak_mb": peak_mb(),
    }
    print(json.dumps(found))


def _same(part: pl.DataFrame) -> pl.DataFrame:
    return part


def _decides(case: str) -> Chunk:
    """Return what puts the results beside the columns that they were decided on."""
    plan = CASES[case]().columnar()
    return lambda part: part.hstack(plan.run(part))


if __name__ == "__main__":
    main()
