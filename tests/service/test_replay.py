"""Every decision of either tempo is decided again from the store; what was changed is named."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import polars as pl
import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from tests.service.desk import at_desk, inquiry_of
from tests.service.publishing import with_pool
from tests.service.replaying import (
    EVERYDAY,
    Kept,
    ask_people,
    one_value,
    publish_run,
    replay_one,
    replayer,
    run_offline,
    walk,
)
from tests.sources.bureau_talk import LOANS, simulator
from wherewithal.qualify.canonical import DecidedRow, canonical_sha256
from wherewithal.qualify.plans import Plans
from wherewithal.sources.bundle import load_bundle
from wherewithal.store.artefacts import ArtefactsInStore
from wherewithal.vocabulary.errors import InputRefused
from wherewithal.wiring.artefacts import keep_artefacts
from wherewithal.wiring.replay import replay_run

OFFLINE_ROWS, ASKED_ROWS = 900, 120
COUNT = "select count(*) from decision"
#: The one approved decision that changes are planted in.
NOW = "(consumer_id, seq) = (select consumer_id, seq from decision where outcome = 'approved' limit 1)"


@dataclass(frozen=True)
class Lived:
    """A database that has seen decisions of both tempos, and the run's folder."""

    dsn: str
    run: Path

    @property
    def name(self) -> str:
        return str(conninfo_to_dict(self.dsn)["dbname"])


@pytest.fixture(scope="module")
def lived(databases, borrowers, tmp_path_factory) -> Iterator[Lived]:
    run = run_offline(borrowers.head(OFFLINE_ROWS), tmp_path_factory.mktemp("replay") / "run")
    with databases.fresh() as dsn:
        with simulator(loans=LOANS) as bureau:
            rows = range(1_000, 1_000 + ASKED_ROWS)
            ask_people(dsn, bureau.url, borrowers, rows=rows)
        publish_run(dsn, run)
        yield Lived(dsn, run)


@pytest.fixture
def copy(databases, lived) -> Iterator[str]:
    with databases.fresh(template=lived.name) as dsn:
        yield dsn


def plant(dsn: str, statement: str) -> None:
    with psycopg.connect(dsn) as connection:
        assert connection.execute(statement).rowcount == 1


def test_a_thousand_decisions_of_both_tempos_are_the_same_byte_for_byte(lived):
    told = walk(lived.dsn)
    asked = one_value(lived.dsn, COUNT)
    assert asked + OFFLINE_ROWS >= 1_000
    assert (told.by_cause, told.by_tempo) == ({}, {"now": asked, "offline": OFFLINE_ROWS})
    outcomes = one_value(lived.dsn, "select count(distinct outcome) from decision")
    assert outcomes >= 6


def test_a_sample_is_as_large_as_asked_and_goes_on_where_it_was_stopped(lived):
    kept = Kept(pages_max=1)
    with pytest.raises(KeyboardInterrupt):
        walk(lived.dsn, sample=300, keeps=kept)
    stopped = kept.walk
    assert stopped is not None
    assert 0 < stopped.done < 300
    kept.left = None
    told = walk(lived.dsn, sample=300, keeps=kept)
    assert (told.done, told.differing, kept.walk) == (300, 0, None)
    assert told.by_tempo == walk(lived.dsn, sample=300).by_tempo
    kept.walk = told
    with pytest.raises(InputRefused, match="another_walk"):
        walk(lived.dsn, sample=299, keeps=kept)


#: What is changed of a decision made now, whose change it is, and the first field that differs.
CHANGES_NOW = (
    ("facts = jsonb_set(facts, '{stated_income_cents}', '100000')", "facts", None),
    ("facts = facts - 'inquiries_6m'", "facts", None),
    ('facts = facts || \'{"state": "ZZ"}\'', "facts", None),
    ("row = jsonb_set(row, '{limit_total_cents}', '1')", "record", "row.limit_total_cents"),
    ("row = row || '{\"never\": 1}'", "record", "row.never"),
    ("row = row - 'tier'", "record", None),
    ("outcome = 'no_hit'", "record", "outcome"),
    ("reasons = '{R01}'", "record", "reasons"),
    ("matched = '{}'", "record", None),
    ("as_of = as_of + 1", "record", "as_of"),
    ("decision_id = repeat('0', 32)", "record", "decision_id"),
    ("bundle_digest = repeat('0', 64)", "record", None),
    ("failure = 'no_hit'", "facts", "outcome"),
    ("failure_cause = 'x'", "record", None),
    ("facts_digest = repeat('0', 64)", "catalogue", None),
)
#: The same of a person of a run.
CHANGES_OFFLINE = (
    ("facts = replace(facts, '|', '|1')", "facts", None),
    ("facts = null", None, None),
    ("facts = 'nonsense'", "facts", None),
    ("row = regexp_replace(row, '^[0-9]+', '1')", "record", "row.score_points"),
    ("total_cents = 1", "record", "row.power_total_cents"),
    ("standing = jsonb_set(standing, '{capacity_cents}', '7')", "record", "row.capacity_cents"),
    ("outcome = 'no_hit'", "record", "outcome"),
    ("reasons = '{R01}'", "record", "reasons"),
    ("decision_id = repeat('0', 32)", "record", "decision_id"),
)


def people(dsn: str, table: str) -> list[UUID]:
    """Return some who were approved, in the order in which a walk meets them."""
    query = f"select consumer_id from {table} where outcome = 'approved' order by 1 limit 20"  # noqa: S608
    with psycopg.connect(dsn) as connection:
        return [one for (one,) in connection.execute(query)]


def test_what_was_changed_in_the_store_is_found_and_named(copy):
    tables = (("decision", CHANGES_NOW), ("offline_power", CHANGES_OFFLINE))
    planted = [
        (table, one, *change)
        for table, changes in tables
        for one, change in zip(people(copy, table), changes, strict=False)
    ]
    with psycopg.connect(copy) as connection:
        for table, one, change, *_ in planted:
            statement = f"update {table} set {change} where consumer_id = %s"  # noqa: S608 - ours
            assert connection.execute(statement, [one]).rowcount == 1
    told = {one.consumer_id: one.replayed for one in walk(copy).examples}
    found = {
        (change, told[str(one)].cause if str(one) in told else None)
        for _, one, change, *_ in planted
    }
    assert found == {(change, cause) for _, _, change, cause, _ in planted}
    assert len(told) == sum(cause is not None for *_, cause, _ in planted)
    for _, one, change, _, first in planted:
        if first is not None:
            assert (change, told[str(one)].differences[0].field) == (change, first)


def test_a_changed_or_missing_bundle_is_named(copy):
    statement = "update bundle_artefact set files = overlay(files placing '\\x00'::bytea from 5000)"
    plant(copy, statement)
    told = walk(copy, sample=20)
    assert told.by_cause == {"bundle": 20}
    assert "changed where it is kept" in told.examples[0].replayed.words
    plant(copy, "delete from bundle_artefact")
    told = walk(copy, sample=20)
    assert told.by_cause == {"bundle": 20}
    assert "is not kept" in told.examples[0].replayed.words


def test_code_that_decides_otherwise_is_named_with_both_builds(copy):
    """A row and its digest as another program would have written them."""
    columns = "bundle_digest, as_of, outcome, failure_cause, reasons, row, matched, decision_id"
    with psycopg.connect(copy) as connection:
        found = connection.execute(f"select {columns} from decision where {NOW}").fetchone()  # noqa: S608 - ours
        assert found is not None
        was = DecidedRow(**dict(zip(columns.split(", "), found, strict=True)))
        other = msgspec.structs.replace(was, row={**was.row, "capacity_cents": 12_345})
        connection.execute(
            "update decision set code_build = '0.0.9', row_sha256 = %s,"  # noqa: S608 - ours
            f" row = jsonb_set(row, '{{capacity_cents}}', '12345') where {NOW}",
            [canonical_sha256(other)],
        )
    told = replay_one(copy, was.decision_id)[0].replayed
    assert (told.is_same, told.cause) == (False, "code")
    assert [(one.field, one.recorded) for one in told.differences] == [
        ("row.capacity_cents", 12_345)
    ]
    assert told.words == "the code has changed: build 0.0.9 decided it, this is test"


def test_nobody_of_that_name(copy):
    with pytest.raises(InputRefused, match="unknown_decision"):
        replay_one(copy, "0" * 32)


def changed_policy(folder: Path) -> Path:
    """Return a copy of the everyday policy that lends half as much."""
    shutil.copytree(EVERYDAY, folder)
    limits = folder / "limits.dmn"
    text = limits.read_text()
    assert "<text>2000000</text>" in text
    limits.write_text(text.replace("<text>2000000</text>", "<text>1000000</text>"))
    return folder


def test_an_old_decision_is_replayed_after_policy_and_schema_moved_on(
    database, borrowers, tmp_path
):
    old = changed_policy(tmp_path / "old")
    bundle = load_bundle(old)
    run = run_offline(borrowers.head(50), tmp_path / "run", folder=old)
    ids: list[str] = []

    async def work(desk):
        await keep_artefacts(ArtefactsInStore(desk.pool), bundle, old)
        then = desk.with_ports(bundle=bundle, plans=Plans(bundle))
        ids.append((await then.tell(inquiry_of())).decision_id)
        # From now on it is the everyday policy that decides, and the old one is on no disk.
        shutil.rmtree(old)
        await keep_artefacts(ArtefactsInStore(desk.pool), desk.ports.bundle, EVERYDAY)
        desk.clock.forward(days=3)
        ids.append((await desk.tell(inquiry_of())).decision_id)

    with simulator() as bureau:
        at_desk(database, bureau.url, work)
    publish_run(database, run)
    with psycopg.connect(database) as connection:
        connection.execute("alter table decision add column of_tomorrow text not null default ''")
        connection.execute("alter table offline_power add column of_tomorrow text")
    told = walk(database)
    assert (told.by_cause, told.by_tempo) == ({}, {"now": 2, "offline": 50})
    digests = {replay_one(database, one)[0].replayed.bundle_digest for one in ids}
    assert digests == {bundle.digest, load_bundle(EVERYDAY).digest}


def test_another_policy_says_what_it_would_say_and_claims_no_difference(lived, tmp_path):
    other = load_bundle(changed_policy(tmp_path / "other"))
    name = one_value(lived.dsn, f"select decision_id from decision where {NOW}")  # noqa: S608 - ours

    async def work(pool):
        again = replayer(pool)
        kept = (await again.find(name, consumer_id=None))[0]
        return await again.against(kept, other)

    decision, told = with_pool(lived.dsn, work)
    assert decision.bundle_digest == other.digest
    assert {one.field for one in told} <= {f"row.{name}" for name in decision.values} | {"reasons"}


def test_a_run_is_replayed_from_its_folder_alone(lived, tmp_path):
    run = tmp_path / "run"
    shutil.copytree(lived.run, run)
    quiet: dict[str, Any] = {
        "bundle": None,
        "seed": 5,
        "on_progress": lambda _done, _rows: None,
    }
    told = replay_run(run, sample=200, **quiet)
    assert (told.done, told.differing) == (200, 0)
    part = run / "decisions" / "part-00000.parquet"
    decisions = pl.read_parquet(part)
    row = pl.int_range(pl.len()) == 7
    decisions.with_columns(
        pl.when(row).then(pl.lit(1)).otherwise(pl.col("capacity_cents")).alias("capacity_cents")
    ).write_parquet(part)
    told = replay_run(run, sample=None, **quiet)
    assert (told.done, told.by_cause) == (OFFLINE_ROWS, {"record": 1})
    example = told.examples[0]
    assert (example.number, example.replayed.differences[0].field) == (7, "row.capacity_cents")


def test_facts_that_are_not_those_of_the_run_are_not_published(lived, database, tmp_path):
    run = tmp_path / "run"
    shutil.copytree(lived.run, run)
    facts = pl.read_parquet(run / "facts.parquet").with_columns(pl.col("inquiries_6m") + 1)
    facts.write_parquet(run / "facts.parquet")
    with pytest.raises(InputRefused, match=r"row 0 is not what was decided on.*other_facts"):
        publish_run(database, run)


@pytest.mark.nightly
def test_a_hundred_thousand_decisions_are_the_same(database, borrowers, tmp_path):
    """All borrowers on six days each: 100,000 of 124,884 decisions, drawn at random."""
    for copy_number in range(6):
        facts = borrowers.with_columns(pl.col("as_of").dt.offset_by(f"{copy_number}d"))
        run = run_offline(facts, tmp_path / f"run-{copy_number}")
        publish_run(database, run, portfolio=f"p{copy_number}")
    told = walk(database, sample=100_000)
    assert (told.done, told.by_cause) == (100_000, {})
