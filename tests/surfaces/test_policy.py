"""`wherewithal policy check`: what it proves, and what an author reads of a mistake."""

from __future__ import annotations

import shutil

import pytest


@pytest.fixture
def draft(repository, tmp_path):
    """Return a copy of the shipped bundle, and a function that changes one text in one file."""
    folder = tmp_path / "draft"
    shutil.copytree(repository / "policies/everyday", folder)

    def change(name, before, after):
        path = folder / name
        text = path.read_text()
        assert before in text, f"{name} no longer holds {before}"
        path.write_text(text.replace(before, after, 1))
        return folder

    return change


def test_the_shipped_bundle_can_be_used(command, repository):
    answer = command("policy", "check", repository / "policies/everyday", "--json")
    assert (answer.code, answer.json["is_usable"], answer.json["errors"]) == (0, True, [])
    proved = answer.json["proved"]
    assert len(proved["digest"]) == 64
    assert proved["products"] == 4
    assert proved["tables"] >= 7


def test_people_read_what_was_proved(command, repository):
    answer = command("policy", "check", repository / "policies/everyday")
    assert answer.code == 0
    assert "can be used: 0 errors" in answer.out
    assert "no table reads what law or purpose forbids" in answer.out


def test_an_unknown_name_has_a_near_miss(command, draft):
    folder = draft("attributes.toml", 'feel = "inquiries_6m"', 'feel = "inquiries_6mo"')
    answer = command("policy", "check", folder, "--json")
    assert (answer.code, answer.json["proved"]) == (1, None)
    assert "did you mean" in " ".join(error["message"] for error in answer.json["errors"])


def test_an_attribute_that_law_forbids(command, draft):
    folder = draft("attributes.toml", 'feel = "total_trades"', 'feel = "age_years"')
    answer = command("policy", "check", folder)
    assert answer.code == 1
    assert "may be used for legal_capacity only" in answer.out
    assert "is refused:" in answer.out


def test_a_missing_file(command, draft):
    folder = draft("law.toml", "", "")
    (folder / "law.toml").unlink()
    (folder / "reasons.toml").unlink()
    answer = command("policy", "check", folder, "--json")
    missing = [error["path"] for error in answer.json["errors"] if error["code"] == "missing_file"]
    assert (answer.code, missing) == (1, ["law.toml", "reasons.toml"])


def test_a_folder_that_is_not_there(command, tmp_path):
    answer = command("policy", "check", tmp_path / "nix")
    assert answer.code == 1
    assert "there is no such folder" in answer.out


def test_a_finding_is_shown_by_file_decision_and_row(command, draft):
    folder = draft("tiers.dmn", "<text>[602..612)</text>", "<text>[602..613)</text>")
    answer = command("policy", "check", folder)
    assert answer.code == 1
    assert answer.out.startswith(
        "tiers.dmn\n"
        "  decision 'Points rank'\n"
        "    error: rules 1 and 2 overlap (hit policy UNIQUE) and disagree [conflict]\n"
        "      for example  Points = 612  ->  0 by rule 1, 1 by rule 2\n"
        "      narrow one of them, or choose FIRST if the order is meant\n"
    )


def test_a_bundle_without_golden_cases_is_warned_of(command, draft):
    folder = draft("law.toml", "", "")
    shutil.rmtree(folder / "cases")
    answer = command("policy", "check", folder, "--json")
    assert (answer.code, answer.json["is_usable"]) == (0, True)
    assert [warning["code"] for warning in answer.json["warnings"]] == ["no_cases"]


def test_notes_and_promises_are_answers_too(command, repository):
    answer = command("policy", "check", repository / "policies/everyday", "--json")
    assert {note["code"] for note in answer.json["notes"]} == {"bin_gap"}
    proved = answer.json["proved"]
    assert len(proved["promises"]) == 8
    assert proved["rules_hit"] == proved["rules"]
    assert proved["threshold_rows"] > 10_000
    assert proved["reference_rows"] > 200


def test_a_broken_promise_fails_the_check(command, draft):
    folder = draft("checks.toml", 'never = "falls"', 'never = "rises"')
    answer = command("policy", "check", folder)
    assert answer.code == 1
    assert "error: monotone 1: 'Points' never rises as 'annual_income_cents' rises" in answer.out
