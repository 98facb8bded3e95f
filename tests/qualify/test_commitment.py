"""Preconditions at their thresholds, both sides; what was not looked at again holds; bad files."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

from wherewithal.qualify.commitment import (
    Measured,
    Measures,
    Since,
    State,
    judge,
    own_days_late,
    promised,
)
from wherewithal.qualify.exposure import Exposure
from wherewithal.qualify.preconditions import NO_COMMITMENTS, CommitmentClaim, read_commitments
from wherewithal.vocabulary.facts import FACTS

#: 3% of $5,000 a month is $150, so $200 is the threshold.
THEN = Measured(
    days_late=0,
    late_count=1,
    points=620,
    obligations_cents=50_000,
    monthly_income_cents=500_000,
    bankruptcies=0,
    state="OH",
    has_alert=False,
)
REASONS = ("R17d", "S_OBLIGATIONS", "R21a", "L_STATE")


@pytest.fixture(scope="module")
def file(repository: Path) -> bytes:
    return (repository / "policies" / "everyday" / "commitments.toml").read_bytes()


@pytest.fixture(scope="module")
def terms(file):
    known = ("obligations_cents", "monthly_income_cents")
    found, problems = read_commitments(file, attributes=known, reasons=REASONS)
    assert problems == []
    return found


def verdicts(
    rules, /, *, then: Measured = THEN, late_then: int = 0, **since: Any
) -> dict[str, State]:
    """Judge after `since` was seen: fields of `Since`, or of what a newer report says."""
    names = Since.__struct_fields__
    changed = {name: since.pop(name) for name in list(since) if name not in names}
    asked: dict[str, Any] = {
        "measured": msgspec.structs.replace(then, **changed),
        "is_report_new": True,
        "own_days_late": 0,
        "is_identity_clear": True,
        "terms": "open",
    }
    made = promised(rules.preconditions, then, own_days_late=late_then)
    return {one.code: one.state for one in judge(made, Since(**asked | since))}


def failing(rules, /, **given: Any) -> list[str]:
    return [code for code, state in verdicts(rules, **given).items() if state is State.FAILS]


@pytest.mark.parametrize(
    ("holds", "fails", "code"),
    [
        ({"days_late": 29}, {"days_late": 30}, "C_DELINQUENCY"),
        ({"late_count": 1}, {"late_count": 2}, "C_DELINQUENCY"),
        ({"own_days_late": 29}, {"own_days_late": 30}, "C_DELINQUENCY"),
        ({"points": 595}, {"points": 594}, "C_POINTS"),
        ({"points": 700}, {"points": 0}, "C_POINTS"),
        ({"obligations_cents": 70_000}, {"obligations_cents": 70_001}, "C_OBLIGATIONS"),
        ({"bankruptcies": 0}, {"bankruptcies": 1}, "C_BANKRUPTCY"),
        ({"state": "OH"}, {"state": "IN"}, "C_STATE"),
        ({"is_identity_clear": True}, {"is_identity_clear": False}, "C_IDENTITY"),
        ({"terms": "open"}, {"terms": "P_PAUSED"}, "C_TERMS"),
    ],
)
def test_a_precondition_fails_beyond_its_threshold_and_not_at_it(terms, holds, fails, code):
    assert failing(terms, **holds) == []
    assert failing(terms, **fails) == [code]


def test_the_larger_of_200_dollars_and_3_percent_of_income_counts(terms):
    then = msgspec.structs.replace(THEN, monthly_income_cents=1_000_000)
    assert failing(terms, then=then, obligations_cents=80_000) == []
    assert failing(terms, then=then, obligations_cents=80_001) == ["C_OBLIGATIONS"]


def test_what_was_so_at_issue_is_not_new(terms):
    late = msgspec.structs.replace(THEN, days_late=30, bankruptcies=1)
    assert failing(terms, then=late, days_late=30, bankruptcies=1) == []
    assert failing(terms, then=late, days_late=60, bankruptcies=2) == [
        "C_DELINQUENCY",
        "C_BANKRUPTCY",
    ]


def test_what_was_not_looked_at_again_holds(terms):
    """Own account, identity and terms are live; the same report says nothing new of delinquency."""
    nothing = verdicts(terms, measured=None, is_report_new=False)
    assert {code for code, state in nothing.items() if state is State.HOLDS} == {
        "C_IDENTITY",
        "C_TERMS",
    }
    assert set(nothing.values()) == {State.HOLDS, State.NOT_RECHECKED}
    same_report = verdicts(terms, is_report_new=False, days_late=90, bankruptcies=3)
    assert same_report["C_DELINQUENCY"] is same_report["C_BANKRUPTCY"] is State.NOT_RECHECKED
    unknown: dict[str, Any] = dict.fromkeys(
        ("days_late", "late_count", "points", "obligations_cents", "bankruptcies", "state")
    )
    assert set(verdicts(terms, **unknown).values()) == {State.HOLDS, State.NOT_RECHECKED}


def test_a_verdict_names_the_value_then_and_now(terms):
    made = promised(terms.preconditions, THEN, own_days_late=0)
    since = Since(
        measured=msgspec.structs.replace(THEN, late_count=2, points=600),
        is_report_new=True,
        own_days_late=3,
        is_identity_clear=True,
        terms="open",
    )
    found = {one.code: (one.value_then, one.value_now) for one in judge(made, since)}
    # It was 30 days late and is paid by now: that it was, is what counts.
    assert found["C_DELINQUENCY"] == (0, 30)
    assert (found["C_POINTS"], found["C_STATE"]) == ((620, 600), ("OH", "OH"))


def test_own_account_counts_from_the_day_on_which_it_fell_due():
    late = Exposure(late_since=date(2026, 1, 1))
    assert own_days_late(late, on=date(2026, 1, 31)) == 30
    assert own_days_late(Exposure(has_charge_off=True), on=date(2026, 1, 31)) == 120
    assert own_days_late(Exposure(), on=date(2026, 1, 31)) == 0


def test_points_are_those_of_the_bundle_that_measures(bundle):
    facts = dict.fromkeys(fact.name for fact in FACTS) | {
        "as_of": date(2026, 1, 1),
        "state": "OH",
        "stated_income_cents": 6_000_000,
        "scheduled_payments_cents": 40_000,
        "trades_past_due": 0,
        "months_since_bankruptcy": 7,
    }
    found = Measures(bundle).of(facts)
    assert (found.obligations_cents, found.monthly_income_cents) == (40_000, 500_000)
    assert (found.days_late, found.bankruptcies, found.state) == (0, 1, "OH")
    assert isinstance(found.points, int)


def test_a_firm_offer_has_the_causes_of_the_fair_credit_reporting_act_alone(terms):
    firm = [one.code for one in terms.causes_of(CommitmentClaim.FIRM_OFFER)]
    own = [one.code for one in terms.causes_of(CommitmentClaim.COMMITTED)]
    assert firm == ["X_CRITERIA", "X_VERIFICATION", "X_COLLATERAL"]
    assert own == ["X_SANCTIONS", "X_LAW"]


def test_a_file_is_part_of_the_bundle(bundle):
    assert bundle.commitments.preconditions[0].code == "C_DELINQUENCY"
    assert read_commitments(None, attributes=(), reasons=()) == (NO_COMMITMENTS, [])


BAD = b"""
[commitment]
days_max = 8
day = 1

[[preconditions]]

[[precondition]]
code = "A"
check = "points_fell"
source = " "
class = "changed_facts"
wording = "w"
treshold = 3

[[precondition]]
code = "A"
check = "obligations_rise"
source = "s"
class = "private"
wording = "w"
threshold = 0

[[precondition]]
code = "B"
check = "state"
source = "s"
class = "identity"
wording = "w"
threshold = 2
reason = "L_STAT"

[[precondition]]
code = "B"
check = "points_fall"
source = "s"
class = "changed_facts"
wording = "w"
threshold_income_bps = 5

[[precondition]]
code = "D"
check = "obligations_rise"
source = "s"
class = "changed_facts"
wording = "w"
threshold = 5

[[cause]]
code = "E"
claim = "promise"
class = "identity"
wording = "w"
"""


def test_all_problems_of_a_file_are_told_at_once():
    found, problems = read_commitments(BAD, attributes=["obligations_cents"], reasons=REASONS)
    assert found == NO_COMMITMENTS
    assert [(one.code, one.path.removeprefix("commitments.toml ")) for one in problems] == [
        ("unknown_key", "preconditions"),
        ("unknown_field", "commitment day"),
        ("out_of_range", "commitment days_max"),
        ("unknown_field", "precondition 1 treshold"),
        ("missing_field", "precondition 1 source"),
        ("unknown_value", "precondition 1 check"),
        ("out_of_range", "precondition 2 threshold"),
        ("unknown_value", "precondition 2 class"),
        ("unknown_value", "cause 1 claim"),
        ("repeated_code", "precondition 4 code"),
        ("unknown_field", "precondition 3 threshold"),
        ("unknown_reason", "precondition 3 reason"),
        ("missing_field", "precondition 4 threshold"),
        ("unknown_field", "precondition 4 threshold_income_bps"),
        ("unknown_attribute", "precondition 5 check"),
    ]


@pytest.mark.parametrize(
    ("toml", "code"),
    [
        (b"[[precondition", "not_toml"),
        (b"\xff", "not_toml"),
        (b"", "no_preconditions"),
        (b"commitment = 3\nprecondition = 4\n", "wrong_type"),
        (b"precondition = []\n[[cause]]\n", "missing_field"),
    ],
)
def test_a_file_that_says_nothing_is_refused(toml, code):
    assert code in {one.code for one in read_commitments(toml, attributes=(), reasons=None)[1]}
