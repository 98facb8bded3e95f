"""`wherewithal dmn check`: what its readers see, and how it ends."""

from __future__ import annotations

import pytest


@pytest.fixture
def check(command, repository):
    folder = repository / "tests/dmn/broken/tables"
    return lambda name, *more: command("dmn", "check", folder / f"{name}.dmn", *more)


def test_people_read_the_row(check):
    answer = check("overlap-that-disagrees")
    assert answer.code == 1
    assert answer.out == (
        "overlap-that-disagrees.dmn\n"
        "  decision 'Limit'\n"
        "    error: rules 2 and 3 overlap (hit policy UNIQUE) and disagree [conflict]\n"
        '      for example  Tier = "B", Income = 500_000  ->  600_000 by rule 2, 450_000 by rule 3\n'
        "      narrow one of them, or choose FIRST if the order is meant\n"
        "overlap-that-disagrees.dmn: 1 error, 0 warnings, 0 notes.\n"
    )


def test_programs_read_json(check):
    answer = check("gap-of-numbers", "--json")
    assert (answer.code, answer.json["errors"], answer.json["notes"]) == (0, [], [])
    assert [(one["code"], one["path"]) for one in answer.json["warnings"]] == [
        ("gap", "gap-of-numbers.dmn: decision 'Limit'")
    ]


def test_a_finding_for_programs_has_its_place_in_parts_and_its_row(check):
    answer = check("overlap-that-disagrees", "--json")
    assert answer.json["schema"] == "wherewithal.findings/1"
    (found,) = answer.json["errors"]
    assert found["severity"] == "error"
    assert found["place"] == {
        "file": "overlap-that-disagrees.dmn",
        "holder": "decision 'Limit'",
        "rules": [2, 3],
        "part": None,
    }
    assert found["example"] == {"row": {"Tier": '"B"', "Income": "500000"}, "rules": [2, 3]}


def test_hints_are_given_where_they_are_asked_for(check):
    assert check("gap-of-open-text").out.endswith("0 errors, 1 warning, 0 notes.\n")
    found = check("first-hides-a-rule", "--hints", "--json").json["notes"]
    assert [(one["code"], one["place"]["rules"]) for one in found] == [("partly_masked", [1, 2])]


def test_a_model_of_a_bundle_is_told_where_to_be_judged(command, repository):
    answer = command("dmn", "check", repository / "policies/everyday/tiers.dmn", "--json")
    (found,) = [one for one in answer.json["notes"] if one["code"] == "part_of_a_bundle"]
    assert "wherewithal policy check" in found["message"]


def test_a_whole_model_ends_with_0(check):
    answer = check("gap-that-is-meant")
    assert answer.code == 0
    assert answer.out == "gap-that-is-meant.dmn: 0 errors, 0 warnings, 0 notes.\n"
