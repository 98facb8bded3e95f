"""`wherewithal why` and `wherewithal raises`, as commands."""

from __future__ import annotations

import psycopg
import pytest

LOANS = "examples/loans/lendingclub_2007_2010.csv.gz"


@pytest.fixture
def twice(command, repository, database, monkeypatch, tmp_path):
    """Return the command and the names of a person's two decisions, of two published runs."""
    from tests.service.replaying import run_offline  # noqa: PLC0415 - polars and a bundle, once
    from wherewithal.sources.lendingclub import read_lendingclub  # noqa: PLC0415

    monkeypatch.setenv("DATABASE_URL", database)
    facts = read_lendingclub(repository / LOANS).slice(4, 1)
    worse = facts.with_columns(inquiries_6m=facts["inquiries_6m"] + 3)
    for name, one in (("before", facts), ("after", worse)):
        run = run_offline(one, tmp_path / name)
        assert command("offline", "publish", "--run", run, "--portfolio", "cards").code == 0
    with psycopg.connect(database) as connection:
        query = "select decision_id from offline_power order by generation"
        names = [row[0] for row in connection.execute(query)]
    return command, names


def test_a_change_is_told_in_words_that_add_up(twice):
    command, names = twice
    answer = command("why", *names)
    assert answer.code == 0
    assert "The largest purchase was" in answer.out
    assert "More lenders have looked at your credit file in the last six months." in answer.out
    told = command("why", *names, "--json").json
    assert (told["schema"], told["status"]) == ("wherewithal.change/1", "explained")
    assert sum(part["change_cents"] for part in told["parts"]) == told["change_cents"] < 0


def test_a_decision_that_is_not_there_is_refused(twice):
    command, names = twice
    for arguments in (["0" * 32], [names[0], "0" * 32]):
        answer = command("why", *arguments)
        assert answer.code == 2
        assert "unknown_decision" in answer.err
    assert "not_an_id" in command("why", names[0], "--consumer", "x").err


def test_raises_of_a_row_are_dated_sentences_or_data(command, repository):
    given = ("raises", repository / LOANS, "--source", "lendingclub", "--row", "4")
    answer = command(*given)
    assert answer.code == 0
    lines = answer.out.splitlines()
    assert lines
    assert all(one.startswith("If ") and one.endswith("no promise.") for one in lines)
    told = command(*given, "--json").json
    assert [one["wording"] for one in told["raises"]] == lines
    assert told["grid_rows"] > 50


def test_who_was_not_decided_is_told_so(command, repository):
    # The bureau block of this row is missing.
    rows = repository / LOANS
    answer = command("raises", rows, "--source", "lendingclub", "--row", "517")
    assert answer.code == 0
    assert answer.out == "Nothing was decided, so nothing is known.\n"
