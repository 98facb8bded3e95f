"""Facts to powers, Parquet to Parquet, against a plain copy of the facts' own columns.

Each run is a process of its own, so that its peak memory is its own. The copy reads and writes the
same columns in the same chunks with the same compression; it is the floor that no engine can pass.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import polars as pl

from bench.population import write_population

ROUNDS = 3


def measure(*, rows: int, large_rows: int) -> dict[str, object]:
    """Return times of the run and the copy, persons a second and core, and peak memory by size."""
    with tempfile.TemporaryDirectory(prefix="wherewithal-bench-") as folder:
        facts, large = Path(folder) / "facts.parquet", Path(folder) / "large.parquet"
        write_population(facts, rows=rows)
        runs, copies = [], []
        # In turn, so that a slow minute of the machine falls on both.
        for _ in range(ROUNDS):
            copies.append(_child("copy", facts, workers=1))
            runs.append(_child("run", facts, workers=1))
        agreed = _agreed(facts)
        write_population(large, rows=large_rows)
        # Of the large file, so that starting the workers does not weigh.
        both = _child("run", large, workers=2)
        big = _child("run", large, workers=1)
        run = min(runs, key=lambda one: one["seconds"])
        copy = min(copies, key=lambda one: one["seconds"])
        return {
            "benchmark": "offline",
            "rows": rows,
            "rows_agreed_with_scalar": agreed,
            "run_seconds": run["seconds"],
            "copy_seconds": copy["seconds"],
            "times_the_copy": run["seconds"] / copy["seconds"],
            "aim_times_the_copy": 2,
            "persons_per_second_per_core": rows / run["seconds"],
            "aim_persons_per_second_per_core": 800_000,
            "large_persons_per_second_two_workers": large_rows / both["seconds"],
            "minutes_for_258_million_on_two_cores": 258e6 / (large_rows / both["seconds"]) / 60,
            "peak_mb": run["peak_mb"],
            "large_rows": large_rows,
            "large_persons_per_second_per_core": large_rows / big["seconds"],
            "large_peak_mb": big["peak_mb"],
        }


def _child(kind: str, facts: Path, *, workers: int) -> dict[str, Any]:
    """Run one measurement in a process of its own."""
    out = facts.with_name("out")
    shutil.rmtree(out, ignore_errors=True)
    command = [
        sys.executable,
        "-m",
        "bench.offline_child",
        kind,
        str(facts),
        str(out),
        str(workers),
    ]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - our own module
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _agreed(facts: Path, *, people: int = 2_000) -> int:
    """Decide some rows by the scalar executor too, and count those equal in every shared field."""
    from bench.offline_child import decided_one_by_one  # noqa: PLC0415 - the child's own imports

    sample = pl.read_parquet(facts, n_rows=people)
    run = pl.read_parquet(facts.with_name("out") / "decisions" / "part-00000.parquet").head(people)
    return sum(
        all(row[name] == value for name, value in one.items())
        for row, one in zip(run.rows(named=True), decided_one_by_one(sample), strict=True)
    )
