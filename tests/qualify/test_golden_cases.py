"""Every golden case of the bundle that ships, by both executors; and that a wrong one is seen."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from wherewithal.qualify.cases import check_cases
from wherewithal.sources.cases import load_cases
from wherewithal.vocabulary.outcome import Outcome

CASES = load_cases(Path(__file__).parents[2] / "policies" / "everyday")
BY_NAME = {case.name: case for case in CASES}
BASE = BY_NAME["nothing stands against the base person"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.place}: {case.name}")
def test_the_bundle_decides_as_was_agreed(case, bundle):
    assert check_cases(bundle, [case]) == []


def test_all_cases_at_once_decide_the_same(bundle):
    assert check_cases(bundle, CASES) == []


def test_every_rule_that_can_match_matches_in_some_case(bundle):
    tables = {table.decision: table.table for table in bundle.program.tables}
    seen = {
        (name, rule) for case in CASES for name, rules in case.matched.items() for rule in rules
    }
    for name in ("Knock-outs", "Points rank", "Tier", "Outcome"):
        assert {rule for decision, rule in seen if decision == name} == {
            rule.number for rule in tables[name].rules
        }


def test_every_tier_and_every_outcome_has_a_case():
    tiers = {case.row["tier"] for case in CASES if "tier" in case.row}
    assert tiers == {"A", "B", "C", "D", "E", "X"}
    # Nobody refuses an identity before there is an identity gate.
    assert {case.outcome for case in CASES} == set(Outcome) - {Outcome.REFUSED_IDENTITY}


def test_a_case_that_fails_says_every_difference(bundle):
    wrong = msgspec.structs.replace(
        BASE,
        place="cases/x.toml:7",
        name="wrong",
        reasons=("R22b",),
        row={"tier": "D", "power_monthly_cents": 150_000, "reason_monthly": "R09"},
        matched={"Knock-outs": (13,), "Tier": (2,)},
    )
    assert [str(problem) for problem in check_cases(bundle, [wrong])] == [
        "cases/x.toml:7: 'wrong': reasons: expected R22b, decided none [case_failed]",
        "cases/x.toml:7: 'wrong': tier: expected D, decided B [case_failed]",
        "cases/x.toml:7: 'wrong': power_monthly_cents: expected 150,000, decided 1,000,000 [case_failed]",
        "cases/x.toml:7: 'wrong': reason_monthly: expected R09, decided unknown [case_failed]",
        "cases/x.toml:7: 'wrong': matched rules of Knock-outs: expected 13, decided none [case_failed]",
    ]


def test_names_that_the_bundle_does_not_have_are_said_with_the_nearest(bundle):
    wrong = msgspec.structs.replace(
        BASE,
        place="cases/x.toml:7",
        name="wrong",
        reasons=("R24",),
        row={"power_montly_cents": 0},
        matched={"Knockouts": (1,)},
    )
    assert [str(problem) for problem in check_cases(bundle, [wrong])] == [
        "cases/x.toml:7: 'wrong': no reason of this bundle is named 'R24'; did you mean 'R24u'? [unknown_reason]",
        "cases/x.toml:7: 'wrong': no column of this bundle is named 'power_montly_cents'; did you mean 'power_monthly_cents'? [unknown_column]",
        "cases/x.toml:7: 'wrong': no decision of this bundle is named 'Knockouts'; did you mean 'Knock-outs'? [unknown_decision]",
        "cases/x.toml:7: 'wrong': reasons: expected R24, decided none [case_failed]",
        "cases/x.toml:7: 'wrong': matched rules of Knockouts: expected 1, decided none [case_failed]",
    ]


def test_of_nothing_nothing_is_wrong(bundle):
    assert check_cases(bundle, []) == []
