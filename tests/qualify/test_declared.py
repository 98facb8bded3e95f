"""What a bundle promises in checks.toml: proved, refuted by two rows, or said to be neither."""

from __future__ import annotations

import shutil

import pytest

from wherewithal.qualify.declared import keep_promises
from wherewithal.sources.bundle import load_bundle
from wherewithal.vocabulary.errors import BundleRefused


@pytest.fixture
def promised(repository, tmp_path):
    """Return the shipped bundle with other promises, and some texts changed."""
    folder = tmp_path / "bundle"
    shutil.copytree(repository / "policies" / "everyday", folder)

    def load(*promises, edits=()):
        text = "".join(
            f'[[monotone]]\ndecision = "{decision}"\ninput = "{name}"\nnever = "{never}"\n'
            'why = "it is so"\n'
            for decision, name, never in promises
        )
        (folder / "checks.toml").write_text(text, "utf-8")
        for file, before, after in edits:
            old = (folder / file).read_text("utf-8")
            assert before in old
            (folder / file).write_text(old.replace(before, after, 1), "utf-8")
        return load_bundle(folder)

    return load


def test_the_shipped_promises_are_proved(repository):
    kept = keep_promises(load_bundle(repository / "policies" / "everyday"))
    assert (kept.errors, kept.warnings, len(kept.proved)) == ((), (), 8)
    assert kept.proved[0] == (
        "'Points' never falls as 'annual_income_cents' rises: proved by cells, 44 cells tried."
    )
    assert kept.proved[5] == (
        "'Capacity' never falls as 'monthly_income_cents' rises: proved by structure."
    )


def test_a_promise_that_is_broken_is_shown_by_two_rows(promised):
    edit = ("scorecard.dmn", "<text>&gt; 8000000</text>", "<text>&gt; 8000001</text>")
    kept = keep_promises(promised(("Points", "annual_income_cents", "falls"), edits=[edit]))
    (broken,) = kept.errors
    assert str(broken) == (
        "checks.toml monotone 1: 'Points' never falls as 'annual_income_cents' rises (it is so),"
        " but it does; for example annual_income_cents = 8_000_000 -> 596, annual_income_cents ="
        " 8_000_001 -> 594, where obligations_to_income_bps = 0, utilisation_bps = 0,"
        " oldest_trade_months = 0, inquiries_6m = 0, total_trades = 0, public_records = 0"
        " [broken_promise]"
    )


def test_what_is_neither_proved_nor_refuted_is_a_warning(promised):
    kept = keep_promises(promised(("Tier rank", "annual_income_cents", "rises")))
    assert [one.code for one in kept.warnings] == ["unproved_promise"]
    assert "promise it step by step" in kept.warnings[0].message


def test_promises_that_say_nothing(promised):
    kept = keep_promises(
        promised(("Points", "housing_cents", "falls"), ("Tier", "Tier rank", "falls"))
    )
    assert [one.code for one in kept.warnings] == ["empty_promise"]
    assert [one.code for one in kept.errors] == ["not_a_number"]


def test_mistakes_of_the_file_are_told_with_the_others(promised):
    with pytest.raises(BundleRefused) as caught:
        promised(("Point", "anual_income_cents", "fall"))
    assert [str(problem) for problem in caught.value.problems] == [
        "checks.toml monotone 1 never: expected one of falls, rises; did you mean 'falls'? [unknown_value]",
        "checks.toml monotone 1 decision: no decision is named 'Point'; did you mean 'Points'? [unknown_decision]",
        "checks.toml monotone 1 input: no input is named 'anual_income_cents'; did you mean 'annual_income_cents'? [unknown_input]",
    ]
