"""A population of any size, drawn from the real loan file: rows repeated, incomes and days varied.

A simulation: it is for speed and memory, and says nothing about anybody.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from wherewithal.sources.lendingclub import read_lendingclub

LOANS = Path("examples/loans/lendingclub_2007_2010.csv.gz")
GROUP_ROWS = 262_144
#: Nothing of the file's own name for a row is kept.
SEED = 20_814


def write_population(path: Path, *, rows: int) -> None:
    """Write a facts file of `rows` rows, in row groups as polars writes them; memory stays flat."""
    real = read_lendingclub(LOANS).filter(pl.col("failure").is_null())
    random = np.random.default_rng(SEED)
    parts = path.with_suffix("")
    parts.mkdir(parents=True, exist_ok=True)
    for number, first in enumerate(range(0, rows, GROUP_ROWS)):
        count = min(GROUP_ROWS, rows - first)
        part = real[random.integers(0, real.height, count)].with_columns(
            applicant_id=(pl.int_range(pl.len()) + first).cast(pl.String),
            stated_income_cents=pl.col("stated_income_cents")
            * pl.Series(random.integers(90, 111, count))
            // 100,
            revolving_utilisation_bps=(
                pl.col("revolving_utilisation_bps") + pl.Series(random.integers(-300, 301, count))
            ).clip(0, 10_500),
        )
        part.write_parquet(parts / f"{number:05d}.parquet")
    pl.scan_parquet(parts / "*.parquet").sink_parquet(path, row_group_size=GROUP_ROWS)
    for part_file in parts.iterdir():
        part_file.unlink()
    parts.rmdir()
