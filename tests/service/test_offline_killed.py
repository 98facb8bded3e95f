"""Runs of real processes, killed in the middle: nothing is lost, doubled, or left half done."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from wherewithal.service.offline import CHUNK_ROWS
from wherewithal.surfaces.cli.ports import FactsFile, OfflineAnswer
from wherewithal.surfaces.cli.problems import EXIT_OWN_FAULT
from wherewithal.wiring.offline import offline_run

PROGRAM = "from wherewithal.wiring.command import main; raise SystemExit(main())"
#: Enough for three chunks and a bit: with two workers some are always missing after the first.
COPIES = 38
PATIENCE_SECONDS = 60

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/stat").exists(), reason="children are found by the files of /proc"
)


@pytest.fixture(scope="module")
def population(borrowers, tmp_path_factory) -> Path:
    """Return a Parquet file of 790,932 rows: the real borrowers again and again."""
    path: Path = tmp_path_factory.mktemp("population") / "facts.parquet"
    pl.concat([borrowers.drop("applicant_id")] * COPIES).write_parquet(path, row_group_size=65_536)
    return path


@pytest.fixture(scope="module")
def run_here(population, repository) -> Callable[[Path], tuple[OfflineAnswer, list[int]]]:
    """Return a function that runs to the end in this process, and tells how far it was before."""

    def run(out: Path) -> tuple[OfflineAnswer, list[int]]:
        progress: list[int] = []
        answer = offline_run(
            FactsFile(source="parquet", path=population, stated=None, as_of=date(2026, 1, 1)),
            read_facts=lambda file: pl.read_parquet(file.path),
            bundle_folder=repository / "policies" / "everyday",
            out=out,
            workers=1,
            on_progress=lambda done, _: progress.append(done),
        )
        return answer, progress

    return run


@pytest.fixture(scope="module")
def unkilled(run_here, tmp_path_factory) -> tuple[pl.DataFrame, OfflineAnswer]:
    out = tmp_path_factory.mktemp("unkilled") / "out"
    answer, _ = run_here(out)
    return decisions(out), answer


@pytest.fixture
def start(population, tmp_path):
    """Start a run with two workers and return it as soon as its first chunk is done."""
    out = tmp_path / "out"
    arguments = ["offline", "run", "--source", "parquet", str(population), "--out", str(out)]
    command = [sys.executable, "-c", PROGRAM, *arguments, "--as-of", "2026-01-01", "--workers", "2"]
    started: list[subprocess.Popen[str]] = []

    def run() -> tuple[subprocess.Popen[str], Path]:
        process = subprocess.Popen(  # noqa: S603 - our own program
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        started.append(process)
        wait_until(lambda: list(out.glob("decisions/*.json")) or process.poll() is not None)
        return process, out

    yield run
    for process in started:
        process.kill()
        process.communicate()


def wait_until(condition: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.001)


def children_of(process: subprocess.Popen[str]) -> list[int]:
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(status.read_text().rpartition(")")[2].split()[1])
        except OSError:  # it has ended meanwhile
            continue
        if parent == process.pid:
            found.append(int(status.parent.name))
    return found


def is_worker(pid: int) -> bool:
    return b"spawn_main" in (Path("/proc") / str(pid) / "cmdline").read_bytes()


def is_alive(pid: int) -> bool:
    try:
        return (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def decisions(out: Path) -> pl.DataFrame:
    return pl.read_parquet(out / "decisions" / "*.parquet")


def finished(out: Path) -> dict[str, int]:
    """Return the chunks that are done, with the moment at which each was moved into place."""
    done = sorted(out.glob("decisions/*.json"))
    return {one.stem: one.with_suffix(".parquet").stat().st_mtime_ns for one in done}


def assert_whole(out: Path) -> None:
    """See that every file of decisions that has its name can be read and has its rows."""
    for part in out.glob("decisions/*.parquet"):
        assert pl.read_parquet(part).height in (CHUNK_ROWS, COPIES * 20_814 % CHUNK_ROWS)


def assert_goes_on(out: Path, run_here, unkilled) -> None:
    """Run the rest, and see that the whole is the same as if nothing had happened."""
    before = finished(out)
    answer, progress = run_here(out)
    assert 0 < progress[0] < COPIES * 20_814 == progress[-1]
    assert before.items() <= finished(out).items(), "a finished chunk was decided again"
    expected, counted = unkilled
    assert decisions(out).equals(expected)
    assert answer == counted
    assert not list(out.glob("**/*.unfinished"))


def test_a_run_that_was_killed_ends_its_workers_and_goes_on(start, run_here, unkilled):
    process, out = start()
    workers = children_of(process)
    process.send_signal(signal.SIGKILL)
    process.wait()
    wait_until(lambda: not any(is_alive(pid) for pid in workers))
    assert_whole(out)
    assert_goes_on(out, run_here, unkilled)


def test_a_worker_that_was_killed_costs_its_chunk(start, run_here, unkilled):
    process, out = start()
    os.kill(next(filter(is_worker, children_of(process))), signal.SIGKILL)
    _, errors = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == EXIT_OWN_FAULT
    assert "a worker process was lost; finished chunks are kept, run again to go on" in errors
    assert_whole(out)
    assert_goes_on(out, run_here, unkilled)


def test_the_population_is_counted_as_its_borrowers_are(unkilled, borrowers):
    expected, answer = unkilled
    assert answer.counts.rows == expected.height == COPIES * borrowers.height
    once = expected.head(borrowers.height)
    assert answer.counts.by_outcome == {
        outcome: COPIES * rows
        for outcome, rows in sorted(once["outcome"].cast(pl.String).value_counts().iter_rows())
    }
    # The same facts have the same decision, whatever chunk and batch they stand in.
    assert expected.group_by("decision_id").len()["len"].sum() == expected.height
    assert expected["decision_id"].n_unique() == once["decision_id"].n_unique()
