"""A run of chunks: each decided once, counted, and never mixed with another run's."""

from __future__ import annotations

import contextlib
import datetime

import msgspec
import polars as pl
import pytest

from wherewithal.qualify.decide_frame import decide_frame
from wherewithal.service.offline import CHUNK_ROWS, count, decide_chunk, plan_chunks, run_offline
from wherewithal.vocabulary.errors import InputRefused

MANIFEST = {"bundle_digest": "b", "facts_digest": "f", "as_of": datetime.date(2010, 12, 31)}


@pytest.fixture
def runs(tmp_path, borrowers, bundle):
    """Return a function that runs a plan, deciding ten borrowers a chunk, and what it has done."""

    def run(rows, *, manifest=MANIFEST, stop_after=None):
        done: list[int] = []
        progress: list[tuple[int, int]] = []

        def runner(chunks):
            for chunk in chunks:
                if len(done) == stop_after:
                    raise InterruptedError("stopped")
                yield decide_chunk(chunk, borrowers.slice(10 * chunk.number, 10), bundle)
                done.append(chunk.number)

        def note(decided, rows):
            progress.append((decided, rows))

        counts = None
        with contextlib.suppress(InterruptedError):
            counts = run_offline(
                out=tmp_path / "out",
                rows=rows,
                manifest=manifest,
                runner=runner,
                on_progress=note,
            )
        return counts, done, progress

    return run


def files(tmp_path) -> list[str]:
    return sorted(path.name for path in (tmp_path / "out" / "decisions").iterdir())


def test_a_plan_covers_every_row_once(tmp_path):
    chunks = plan_chunks(2 * CHUNK_ROWS + 1, folder=tmp_path)
    assert [(one.number, one.first_row, one.rows, one.out.name) for one in chunks] == [
        (0, 0, CHUNK_ROWS, "part-00000.parquet"),
        (1, CHUNK_ROWS, CHUNK_ROWS, "part-00001.parquet"),
        (2, 2 * CHUNK_ROWS, 1, "part-00002.parquet"),
    ]


def test_a_run_decides_every_chunk_and_tells_how_far_it_is(runs, tmp_path, borrowers, bundle):
    rows = CHUNK_ROWS + 5
    _, done, progress = runs(rows)
    assert (done, progress) == ([0, 1], [(0, rows), (CHUNK_ROWS, rows), (rows, rows)])
    assert files(tmp_path) == [
        "part-00000.json",
        "part-00000.parquet",
        "part-00001.json",
        "part-00001.parquet",
    ]
    decided = pl.read_parquet(tmp_path / "out" / "decisions" / "*.parquet")
    assert decided.equals(decide_frame(borrowers.head(20), bundle))


def test_a_run_that_stopped_goes_on_with_what_is_missing(runs, tmp_path):
    rows = 3 * CHUNK_ROWS
    assert runs(rows, stop_after=1)[1] == [0]
    _, done, progress = runs(rows)
    assert (done, progress[0]) == ([1, 2], (CHUNK_ROWS, rows))
    # A chunk whose counts are not in place is not done, though its decisions are.
    (tmp_path / "out" / "decisions" / "part-00001.json").unlink()
    assert runs(rows)[1] == [1]
    assert runs(rows)[1] == []


def test_what_a_killed_run_left_half_written_is_no_decision_and_is_cleared(runs, tmp_path):
    folder = tmp_path / "out" / "decisions"
    runs(CHUNK_ROWS, stop_after=0)
    half = folder / "part-00000.4242.unfinished"
    half.write_bytes(b"PAR1 and no more")
    assert runs(CHUNK_ROWS)[1] == [0]
    assert files(tmp_path) == ["part-00000.json", "part-00000.parquet"]
    assert pl.read_parquet(folder / "part-00000.parquet").height == 10


@pytest.mark.parametrize(
    "other", [{"bundle_digest": "c"}, {"facts_digest": "g"}, {"as_of": datetime.date(2011, 1, 1)}]
)
def test_the_folder_of_another_run_is_refused_and_left_as_it_is(runs, tmp_path, other):
    runs(CHUNK_ROWS)
    before = (tmp_path / "out" / "run.json").read_text(), files(tmp_path)
    with pytest.raises(InputRefused) as caught:
        runs(CHUNK_ROWS, manifest={**MANIFEST, **other})
    assert str(caught.value) == (
        "--out: holds the decisions of another run (other facts, bundle or day);"
        " name an empty folder, or delete this one [another_run]"
    )
    assert ((tmp_path / "out" / "run.json").read_text(), files(tmp_path)) == before


def test_a_folder_with_files_of_somebody_else_is_refused(runs, tmp_path):
    folder = tmp_path / "out" / "decisions"
    folder.mkdir(parents=True)
    (folder / "notes.txt").write_text("mine")
    with pytest.raises(InputRefused) as caught:
        runs(CHUNK_ROWS)
    assert str(caught.value) == (
        "--out: holds files that no run of ours made; name an empty folder [not_empty]"
    )
    assert files(tmp_path) == ["notes.txt"]


def test_counts_add_up(runs, borrowers, bundle):
    counts, _, _ = runs(3 * CHUNK_ROWS)
    assert counts == count(decide_frame(borrowers.head(30), bundle))
    assert counts.rows == sum(counts.by_outcome.values()) == 30


def test_counts_of_rows_that_were_not_read(borrowers, bundle):
    facts = [name for name in borrowers.columns if name not in ("applicant_id", "failure_cause")]
    bad = borrowers.head(3).with_columns(
        *[pl.lit(None, borrowers.schema[name]).alias(name) for name in facts]
    )
    bad = bad.with_columns(
        failure=pl.lit("unreadable_row"), failure_cause=pl.lit("state: expected")
    )
    counts = count(decide_frame(pl.concat([bad, borrowers.slice(3, 2)]), bundle))
    assert msgspec.to_builtins(counts) == {
        "rows": 5,
        "by_outcome": {"approved": 2, "unreadable_row": 3},
        "by_tier": {"B": 1, "C": 1},
        "unreadable_causes": {"state: expected": 3},
        "as_of_first": "2007-12-01",
        "as_of_last": "2007-12-01",
        "code_build": None,
    }
