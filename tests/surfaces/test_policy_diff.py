"""`wherewithal policy diff`: what another policy changes, by content and for real borrowers."""

from __future__ import annotations

import shutil

import pytest

LOANS = "examples/loans/lendingclub_2007_2010.csv.gz"
EVERYDAY = "policies/everyday"


@pytest.fixture
def halved(repository, tmp_path):
    """Return a policy that lends tier A half as much, without R21a's rule, with a reason reworded."""
    folder = tmp_path / "halved"
    shutil.copytree(repository / EVERYDAY, folder)
    for name, old, new in (
        ("limits.dmn", "<text>2000000</text>", "<text>1000000</text>"),
        ("attributes.toml", "coalesce(", "coalesce( "),
        ("law.toml", "apr_cap_bps = 3600", "apr_cap_bps = 3599"),
    ):
        text = (folder / name).read_text()
        (folder / name).write_text(text.replace(old, new, 1))
    return folder


def test_two_policies_are_compared_by_content(command, repository, halved):
    answer = command("policy", "diff", repository / EVERYDAY, halved, "--json")
    assert answer.code == 0
    told = [(one["kind"], one["where"], one["how"]) for one in answer.json["changes"]]
    assert ("file", "limits.dmn", "changed") in told
    assert [one for one in told if one[0] in ("decision", "rule")] == [
        ("decision", "limits.dmn: decision 'Limit row'", "changed"),
        ("rule", "limits.dmn: decision 'Limit row', rule 1", "changed"),
    ]
    assert answer.json["population"] is None


def test_the_same_policy_has_no_changes(command, repository):
    answer = command("policy", "diff", repository / EVERYDAY, repository / EVERYDAY, "--json")
    assert (answer.json["is_same"], answer.json["changes"]) == (True, [])


def test_a_population_is_decided_by_both(command, repository, halved):
    answer = command(
        *("policy", "diff", repository / EVERYDAY, halved, repository / LOANS),
        *("--source", "lendingclub", "--sample", "2000", "--seed", "7", "--json"),
    )
    found = answer.json["population"]
    assert (answer.code, found["people"], found["up"]) == (0, 2_000, 0)
    assert 0 < found["down"] <= found["changed"] < 400
    # Nobody is approved less, so no one is swapped; the sums fall for the instalment family alone.
    assert (found["swap"]["swapped_out"], found["swap"]["swapped_in"]) == (0, 0)
    power = {one["product"]: one["after_cents"] - one["before_cents"] for one in found["power"]}
    assert power["monthly"] < 0 == power["pay_in_4"]
    assert len(found["examples"]) == 20
    names = [one["applicant_id"] for one in found["examples"]]
    assert names == sorted(names)
    assert all(one["tier"] == {"before": "A", "after": "A"} for one in found["examples"])
    again = command(
        *("policy", "diff", repository / EVERYDAY, halved, repository / LOANS),
        *("--source", "lendingclub", "--sample", "2000", "--seed", "7", "--table"),
    )
    assert again.code == 0
    assert "2,000 people" in again.out


def test_what_does_not_go_together_is_told_at_once(command, repository):
    answer = command(
        "policy", "diff", repository / EVERYDAY, repository / EVERYDAY, "--sample", "0",
        "--source", "json",
    )  # fmt: skip
    assert answer.code == 2
    assert [line.rsplit("[", 1)[1] for line in answer.errors] == ["needs_both]", "out_of_range]"]
