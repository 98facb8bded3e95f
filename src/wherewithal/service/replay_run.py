"""Decide the rows of a run's folder again, one by one, by the other executor.

The run was decided by columns; here each row is decided by itself and compared in every column. The
folder has all that is needed: decisions, facts and the bundle. No database is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import msgspec
import polars as pl

from wherewithal.qualify.bundle import PolicyBundle
from wherewithal.qualify.canonical import DecidedRow
from wherewithal.qualify.replay import Recorded, replay
from wherewithal.service.applicant_facts import facts_as_text
from wherewithal.service.kept_lines import SEAL
from wherewithal.service.offline import Chunk, Counts
from wherewithal.service.published_run import FACTS_FILE, FinishedRun, ReadsRunFacts
from wherewithal.service.replay_decisions import after
from wherewithal.service.replay_records import OFFLINE, ReplayedDecision, Walk
from wherewithal.vocabulary.errors import InputRefused, Problem
from wherewithal.vocabulary.facts import FACTS


def replay_run_rows(
    run: FinishedRun,
    *,
    bundle: PolicyBundle,
    read_facts: ReadsRunFacts,
    chosen: Sequence[int] | None,
    seed: int,
    code_build: str,
    on_progress: Callable[[int, int], None],
) -> Walk:
    """Decide all rows of a run again, or those that were chosen, ascending, by a seed.

    In an example the consumer is the applicant's own name in the file, its number the row's.
    Errors: InputRefused if the run did not keep its facts.
    """
    sample = None if chosen is None else len(chosen)
    rows = run.manifest.rows if sample is None else sample
    walk = Walk(seed=seed, sample=sample, bound=None, rows=rows)
    on_progress(0, walk.rows)
    for chunk in run.chunks:
        places = _places(chunk, chosen)
        if places is not None and not places:
            continue
        for one in _again(run, chunk, places, bundle, read_facts=read_facts, build=code_build):
            walk = after(walk, one)
        on_progress(walk.done, walk.rows)
    return walk


def _places(chunk: Chunk, chosen: Sequence[int] | None) -> list[int] | None:
    """Return the rows of a chunk that were chosen, counted in it; None: all of them."""
    if chosen is None:
        return None
    last = chunk.first_row + chunk.rows
    return [row - chunk.first_row for row in chosen if chunk.first_row <= row < last]


def _again(
    run: FinishedRun,
    chunk: Chunk,
    places: list[int] | None,
    bundle: PolicyBundle,
    *,
    read_facts: ReadsRunFacts,
    build: str,
) -> Iterator[ReplayedDecision]:
    facts = read_facts(chunk, as_of=run.manifest.as_of)
    if facts is None:
        message = f"holds no {FACTS_FILE}: an older version of us wrote it; run again"
        raise InputRefused([Problem(code="no_facts", path="--run", message=message)])
    decisions = pl.read_parquet(chunk.out)
    told = msgspec.json.decode(chunk.summary_file.read_bytes(), type=Counts).code_build
    if places is not None:
        facts, decisions = facts[places], decisions[places]
    numbers = range(chunk.rows) if places is None else places
    pairs = zip(facts.iter_rows(named=True), decisions.iter_rows(named=True), strict=True)
    columns = [name for name in run.row_columns if name != SEAL]
    for number, (given, row) in zip(numbers, pairs, strict=True):
        recorded = _recorded(given, row, columns=columns, code_build=told)
        yield ReplayedDecision(
            consumer_id=row["applicant_id"],
            tempo=OFFLINE,
            number=chunk.first_row + number,
            replayed=replay(recorded, bundle, code_build=build),
        )


def _recorded(
    facts: Mapping[str, Any],
    row: Mapping[str, Any],
    *,
    columns: list[str],
    code_build: str | None,
) -> Recorded:
    decided = DecidedRow(
        bundle_digest=row["bundle_digest"],
        as_of=row["as_of"],
        outcome=row["outcome"],
        failure_cause=row["failure_cause"],
        reasons=row["reasons"],
        row={name: row[name] for name in columns},
        matched=None,
        decision_id=row["decision_id"],
    )
    return Recorded(
        decided=decided,
        code_build=code_build,
        failure=facts["failure"],
        facts=facts_as_text({fact.name: facts[fact.name] for fact in FACTS}),
        layout=None,
        is_vouched=None,
    )
