"""`wherewithal replay`, as a command against a real database and a run's folder."""

from __future__ import annotations

import shutil

import psycopg
import pytest


@pytest.fixture(scope="module")
def run(repository, tmp_path_factory):
    """Return a run of borrowers that ship, with all that a run of the command has in it."""
    from tests.service.replaying import run_offline  # noqa: PLC0415 - polars and a bundle, once
    from wherewithal.sources.lendingclub import read_lendingclub  # noqa: PLC0415

    loans = repository / "examples/loans/lendingclub_2007_2010.csv.gz"
    return run_offline(read_lendingclub(loans).head(200), tmp_path_factory.mktemp("r") / "run")


@pytest.fixture
def stored(command, run, database, monkeypatch):
    """Return the command, with a database that the run was published in."""
    monkeypatch.setenv("DATABASE_URL", database)
    assert command("offline", "publish", "--run", run, "--portfolio", "cards").code == 0
    return command


@pytest.fixture
def name(stored, database):  # noqa: ARG001 - the run is published by then
    with psycopg.connect(database) as connection:
        query = "select decision_id from offline_power where outcome = 'approved' limit 1"
        row = connection.execute(query).fetchone()
    assert row is not None
    return row[0]


def test_a_decision_is_the_same_and_the_exit_code_says_so(stored, name):
    answer = stored("replay", name)
    assert answer.code == 0
    assert f"Decision {name} (offline," in answer.out
    assert "the same, byte for byte." in answer.out
    told = stored("replay", name, "--json").json
    assert (told["is_same"], told["cause"], told["tempo"]) == (True, None, "offline")
    assert told["sha256_recorded"] == told["sha256_again"]


def test_a_byte_that_differs_is_shown_with_whose_change_it_is(stored, name, database):
    with psycopg.connect(database) as connection:
        connection.execute(
            "update offline_power set total_cents = 1 where decision_id = %s", [name]
        )
    answer = stored("replay", name)
    assert answer.code == 1
    assert "first difference: row.power_total_cents: recorded 1, decided again" in answer.out
    assert "whose change: record; the recorded decision was changed" in answer.out
    everything = stored("replay", "--all", "--json")
    assert everything.code == 1
    assert (everything.json["replayed"], everything.json["by_cause"]) == (200, {"record": 1})


def test_all_goes_on_from_a_file_and_ends_without_it(stored, tmp_path):
    state = tmp_path / "state.json"
    answer = stored("replay", "--all", "--sample", "50", "--state", state)
    assert (answer.code, state.exists()) == (0, False)
    assert "50 of 50 decisions are the same, byte for byte (50 offline)." in answer.out
    state.write_text("{}")
    refused = stored("replay", "--all", "--state", state)
    assert (refused.code, "not_a_state" in refused.err) == (2, True)


def test_another_policy_is_shown_without_a_claim(stored, name, repository, tmp_path):
    folder = tmp_path / "other"
    shutil.copytree(repository / "policies/everyday", folder)
    answer = stored("replay", name, "--against", folder)
    assert (answer.code, "It says the same in every field." in answer.out) == (0, True)
    limits = folder / "capacity.dmn"
    assert "<text>" in limits.read_text()
    (folder / "price.dmn").write_text((folder / "price.dmn").read_text().replace("999", "989"))
    assert stored("replay", name, "--against", folder, "--json").json["outcome"] == "approved"


def test_a_run_is_replayed_by_the_command(command, run, tmp_path):
    answer = command("replay", "--run", run, "--sample", "20")
    assert (answer.code, "20 of 20 decisions are the same" in answer.out) == (0, True)
    bare = tmp_path / "bare"
    shutil.copytree(run, bare)
    (bare / "bundle.zip").unlink()
    assert "[missing_bundle]" in command("replay", "--run", bare).err


def test_what_does_not_go_together_is_told_at_once(command):
    answer = command("replay", "--consumer", "x", "--state", "y", "--sample", "0")
    assert answer.code == 2
    codes = [line.rsplit("[", 1)[1] for line in answer.errors]
    assert codes == [
        "what_to_replay]",
        "not_used_here]",
        "not_used_here]",
        "not_used_here]",
        "out_of_range]",
        "not_an_id]",
    ]
