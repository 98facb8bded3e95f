"""`wherewithal offline publish` and `wherewithal merchants`, as commands against a real database."""

from __future__ import annotations

import psycopg
import pytest


@pytest.fixture
def stored(command, database, monkeypatch):
    """Return the command, with the database that the environment names."""
    monkeypatch.setenv("DATABASE_URL", database)
    return command


@pytest.fixture(scope="module")
def run(repository, tmp_path_factory):
    """Return a run of the borrowers that ship, decided by the functions that the command uses."""
    from tests.service.publishing import make_run  # noqa: PLC0415 - polars and a bundle, once
    from wherewithal.sources.bundle import load_bundle  # noqa: PLC0415
    from wherewithal.sources.lendingclub import read_lendingclub  # noqa: PLC0415

    loans = repository / "examples/loans/lendingclub_2007_2010.csv.gz"
    bundle = load_bundle(repository / "policies/everyday")
    return make_run(tmp_path_factory.mktemp("run"), read_lendingclub(loans).head(500), bundle)


def test_a_run_is_published_once_and_read_from_then_on(stored, run, database):
    first = stored("offline", "publish", "--run", run, "--portfolio", "cards")
    again = stored("offline", "publish", "--run", run, "--portfolio", "cards")
    assert (first.code, again.code) == (0, 0)
    assert (first.json["rows"], first.json["is_new"], again.json["is_new"]) == (500, True, False)
    with psycopg.connect(database) as connection:
        assert connection.execute("select count(*) from offline_power").fetchone() == (500,)


def test_there_is_nothing_to_go_back_to_at_first(stored, run):
    stored("offline", "publish", "--run", run, "--portfolio", "cards")
    answer = stored("offline", "rollback", "--portfolio", "cards")
    assert answer.code == 2
    assert answer.errors == [
        "--portfolio: has none before the current one; nothing was changed [nothing_before]"
    ]
    assert stored("offline", "prune", "--portfolio", "cards").json["deleted"] == []


def test_every_argument_that_is_wrong_is_told_at_once(stored, tmp_path):
    answer = stored(
        *("offline", "publish", "--run", tmp_path, "--portfolio", "a b"),
        *("--claim", "estimat", "--expires-on", "2026-02-30"),
    )
    assert answer.code == 2
    assert [line.rsplit("[", 1)[1] for line in answer.errors] == [
        "unknown_claim]",
        "not_a_date]",
        "not_a_name]",
    ]
    assert "did you mean 'estimate'?" in answer.err


def test_a_folder_without_a_run_is_refused(stored, tmp_path):
    answer = stored("offline", "publish", "--run", tmp_path, "--portfolio", "cards")
    assert (answer.code, answer.out) == (2, "")
    assert "[not_a_run]" in answer.err


def test_merchants_are_loaded_and_programs_changed(stored, repository, database):
    examples = repository / "examples"
    loaded = stored("merchants", "load", examples / "merchants.csv", examples / "programs.csv")
    changed = stored("merchants", "programs", examples / "programs.csv")
    assert loaded.json == {"directory_version": "1.1", "merchants": 60, "programs": 12}
    assert changed.json == {"directory_version": "1.2", "programs": 12}
    with psycopg.connect(database) as connection:
        counts = "select (select count(*) from merchant), (select count(*) from program)"
        assert connection.execute(counts).fetchone() == (60, 12)


def test_nothing_of_a_bad_file_is_loaded_and_every_bad_row_is_told(stored, repository, database):
    broken = repository / "tests/sources/broken_catalogue"
    answer = stored("merchants", "load", broken / "merchants.csv", broken / "programs.csv")
    assert (answer.code, answer.out) == (2, "")
    assert len(answer.errors) > 10
    with psycopg.connect(database) as connection:
        counts = "select (select count(*) from merchant), (select count(*) from program)"
        assert connection.execute(counts).fetchone() == (0, 0)
