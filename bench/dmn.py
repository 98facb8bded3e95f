"""Decision models alone: one person and a population, against zen-engine, SpiffWorkflow, a copy.

Every engine runs the same model in its own dialect, and every answer is compared. Time against
engines is processor time of this process, because zen's batch call may use both cores.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import zen

from bench.dmn_cases import CASES, Case
from bench.timing import median_seconds
from wherewithal.service.offline import CHUNK_ROWS

#: People for our function and zen, for zen's batch and for SpiffWorkflow, which takes longest.
SIZES = {"everyday": (2_000, 2_000, 40), "lookup": (500, 200, 5), "scale": (300, 200, 5)}
BATCH_ROWS = 262_144
ROUNDS = 3


def measure(*, rows: int, large_rows: int) -> dict[str, object]:
    """Return times and ratios of each model, and of the everyday policy Parquet to Parquet."""
    found: dict[str, object] = {
        "benchmark": "dmn",
        "zen_version": version("zen-engine"),
        "spiff_version": version("SpiffWorkflow"),
    }
    for name, make in CASES.items():
        begin = time.process_time()
        case = make()
        decide, plan = case.scalar(), case.columnar()
        found[f"{name}_rules"] = case.rules()
        found[f"{name}_compile_seconds"] = time.process_time() - begin
        found |= {f"{name}_{key}": value for key, value in _against(case, decide, plan).items()}
    found |= _files(CASES["everyday"](), rows=rows, large_rows=large_rows)
    found |= {
        "aim_single_times_zen": 25,
        "aim_batch_times_zen": 300,
        "aim_times_the_copy": 1.5,
        "aim_peak_mb": 512,
    }
    return found


def _against(case: Case, decide: Callable[..., Any], plan: Any) -> dict[str, object]:
    people, batch, few = SIZES[case.name]
    rows = case.people(people)
    contexts = [dict(zip(case.types, row, strict=True)) for row in rows]
    ours = [decide(*row) for row in rows]
    engine, spiff = case.zen(), case.spiff()
    by_zen = [_picked(case, engine.evaluate(context)["result"]) for context in contexts]
    by_spiff = [_picked(case, spiff.run(context)) for context in contexts[:few]]
    by_column = plan.run(case.frame(rows)).rows()
    loader: Any = {"type": "static", "content": {"model": case.jdm()}}
    requests: Any = [{"key": "model", "context": context} for context in contexts[:batch]]
    zen_batch = zen.ZenEngine({"loader": loader})
    in_batch = [_picked(case, one["data"]["result"]) for one in zen_batch.evaluate_batch(requests)]
    single = _seconds(lambda: [decide(*row) for row in rows]) / len(rows)
    by_row = _seconds(lambda: [engine.evaluate(one) for one in contexts[:batch]]) / batch
    at_once = _seconds(lambda: zen_batch.evaluate_batch(requests)) / batch
    slow = _seconds(lambda: [spiff.run(one) for one in contexts[:few]]) / few
    whole = case.frame((rows * (BATCH_ROWS // len(rows) + 1))[:BATCH_ROWS])
    columnar = _seconds(lambda: plan.run(whole)) / BATCH_ROWS
    return {
        "agreed_zen": _agreed(ours, by_zen),
        "agreed_zen_batch": _agreed(ours, in_batch),
        "agreed_spiff": _agreed(ours, by_spiff),
        "agreed_columnar": _agreed(ours, by_column),
        "people": len(rows),
        "single_us": single * 1e6,
        "zen_us": by_row * 1e6,
        "zen_batch_us": at_once * 1e6,
        "spiff_us": slow * 1e6,
        "batch_ns": columnar * 1e9,
        "single_times_zen": by_row / single,
        "single_times_spiff": slow / single,
        "batch_times_zen": min(by_row, at_once) / columnar,
        "batch_times_spiff": slow / columnar,
    }


def _picked(case: Case, result: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(result.get(key) for key in case.results)


def _agreed(ours: Sequence[Any], theirs: Sequence[Any]) -> int:
    return sum(one == other for one, other in zip(ours, theirs, strict=False))


def _seconds(work: Callable[[], object]) -> float:
    return median_seconds(work, rounds=ROUNDS, clock=time.process_time)


def _files(case: Case, *, rows: int, large_rows: int) -> dict[str, object]:
    """Return the run and two copies in turn, and the run's memory at two sizes."""
    with tempfile.TemporaryDirectory(prefix="wherewithal-bench-") as folder:
        source, decided = Path(folder) / "people.parquet", Path(folder) / "decided.parquet"
        _write(case, source, rows)
        runs, same, inputs = [], [], []
        for _ in range(ROUNDS):
            runs.append(_child("run", case.name, source))
            if not decided.exists():
                parts = source.with_name("out") / "*.parquet"
                pl.scan_parquet(parts).sink_parquet(decided, row_group_size=CHUNK_ROWS)
            same.append(_child("copy", case.name, decided))
            inputs.append(_child("copy", case.name, source))
        _write(case, source, large_rows)
        large = _child("run", case.name, source)
    run, copy, bare = (min(one["cpu_seconds"] for one in part) for part in (runs, same, inputs))
    return {
        "rows": rows,
        "run_seconds": min(one["seconds"] for one in runs),
        "run_cpu_seconds": run,
        "copy_cpu_seconds": copy,
        "copy_of_inputs_cpu_seconds": bare,
        "times_the_copy": run / copy,
        "times_the_copy_of_inputs": run / bare,
        "people_per_second_per_core": rows / run,
        "peak_mb": max(one["peak_mb"] for one in runs),
        "large_rows": large_rows,
        "large_peak_mb": large["peak_mb"],
    }


def _write(case: Case, path: Path, rows: int) -> None:
    """Write so many people, drawn from the real ones with a seed."""
    base = case.frame(case.people(40_000))
    draw = np.random.default_rng(7)
    parts = path.with_suffix("")
    parts.mkdir()
    for number, first in enumerate(range(0, rows, CHUNK_ROWS)):
        chosen = draw.integers(0, base.height, min(CHUNK_ROWS, rows - first))
        base[chosen].write_parquet(parts / f"{number:05d}.parquet")
    pl.scan_parquet(parts / "*.parquet").sink_parquet(path, row_group_size=CHUNK_ROWS)
    shutil.rmtree(parts)


def _child(kind: str, case: str, source: Path) -> dict[str, Any]:
    """Run one measurement in a process of its own."""
    out = source.with_name("out" if kind == "run" else "copied")
    shutil.rmtree(out, ignore_errors=True)
    command = [sys.executable, "-m", "bench.dmn_child", kind, case, str(source), str(out)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - our own module
    found: dict[str, Any] = json.loads(done.stdout)
    return found
