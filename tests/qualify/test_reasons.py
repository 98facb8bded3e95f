"""Reasons: at most four, in their order, and each in fact a cause: mended, the answer is better."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from wherewithal.qualify.cases import facts_frame
from wherewithal.qualify.decide import Applicant
from wherewithal.qualify.decide_frame import decide_frame
from wherewithal.sources.facts_rows import applicant_of
from wherewithal.vocabulary.reason import ReasonKind

LONG_AGO = date(1970, 1, 1)
#: What the consumer would have to change, and to what.
MENDED: dict[str, dict[str, Any]] = {
    "R16": {"own_charged_off": False, "own_days_late": 0},
    "R17a": {"trades_past_due": 0, "worst_past_due_days": None, "past_due_cents": 0},
    "R17b": {"trades_past_due": 0},
    "R17c": {"chargeoffs_12m": 0, "collections_12m": 0},
    "R17d": {"months_since_delinquency": None, "delinquencies_24m": 0},
    "R21a": {"months_since_bankruptcy": None},
    "R21b": {"months_since_bankruptcy": None, "public_records": 0},
    "R22a": {"inquiries_6m": 0},
    "R22b": {"inquiries_6m": 0},
    "R15a": {"oldest_trade_date": LONG_AGO, "total_trades": 20},
    "R15b": {"oldest_trade_date": LONG_AGO},
    "R08": {"stated_income_cents": 6_000_000},
    "R24u": {"revolving_utilisation_bps": 2_000},
    "R09": {"scheduled_payments_cents": 0},
    "P_LIMIT": {"stated_income_cents": 6_000_000},
    "S_INQUIRIES": {"inquiries_6m": 0},
    "S_UTILISATION": {"revolving_utilisation_bps": 500},
    "S_INCOME": {"stated_income_cents": 10_000_000},
    "S_OBLIGATIONS": {"scheduled_payments_cents": 0},
    "S_OLDEST_TRADE": {"oldest_trade_date": LONG_AGO},
    "S_TRADES": {"total_trades": 20},
    "S_PUBLIC_RECORD": {"public_records": 0, "months_since_bankruptcy": None},
}
#: Rules of a table; the others are what a product, a law or a characteristic of the score says.
RULES = tuple(code for code in MENDED if code.startswith("R") and code != "R09")
TIERS = "ABCDEX"


@pytest.fixture(scope="module")
def mend(borrowers, bundle):
    """Return a function that decides some rows again, each with the facts of some reasons mended."""

    def again(rows: list[int], codes: list[list[str]]) -> list[dict[str, Any]]:
        people = []
        for row, its_codes in zip(rows, codes, strict=True):
            person = applicant_of(borrowers, row)
            facts = dict(person.facts)
            for code in its_codes:
                facts |= MENDED[code]
            people.append(Applicant(applicant_id=str(row), facts=facts))
        return decide_frame(facts_frame(people), bundle).to_dicts()

    return again


@pytest.fixture(scope="module")
def explained(decisions) -> pl.DataFrame:
    """Return the decided rows that have reasons, with their place."""
    whole: pl.DataFrame = decisions.with_row_index("row")
    return whole.filter(pl.col("tier").is_not_null() & (pl.col("reasons").list.len() > 0))


def test_nobody_gets_more_than_four_and_no_decline_is_without(decisions):
    counts = decisions["reasons"].list.len()
    assert counts.max() == 4
    unexplained = decisions.filter((pl.col("outcome") != "approved") & (counts == 0))
    assert unexplained.height == 0


def test_each_is_given_once_and_has_words(decisions, bundle):
    distinct = decisions["reasons"].unique().to_list()
    for reasons in distinct:
        assert len(set(reasons)) == len(reasons)
        assert set(reasons) <= bundle.reasons.by_code.keys()


def test_the_score_is_never_a_reason(decisions, bundle):
    given = set(decisions["reasons"].explode().drop_nulls().unique())
    # R00 stands in the tables so that points below 570 have a rule; its parts are what is told.
    assert "R00" not in given
    for code in given:
        words = bundle.reasons.by_code[code].wording.lower()
        assert "score" not in words
        assert "points" not in words


def test_they_follow_the_ladder_and_points_follow_what_was_lost(decisions, bundle):
    for reasons in decisions["reasons"].unique().to_list():
        found = [bundle.reasons.by_code[code] for code in reasons]
        ladder = [one.precedence for one in found if one.kind is not ReasonKind.SCORE]
        assert ladder == sorted(ladder)
        kinds = [one.kind for one in found]
        if ReasonKind.SCORE in kinds:
            first = kinds.index(ReasonKind.SCORE)
            assert set(kinds[first:]) == {ReasonKind.SCORE}


def test_declines_become_approvals_when_all_that_is_stated_is_mended(explained, mend):
    declined = explained.filter(pl.col("outcome") == "declined")
    codes = declined["reasons"].to_list()
    after = mend(declined["row"].to_list(), codes)
    by_rule = [all(code in RULES for code in one) for one in codes]
    approved = [one["outcome"] == "approved" for one in after]
    rules = [good for good, rule in zip(approved, by_rule, strict=True) if rule]
    assert len(rules) > 300
    assert sum(rules) / len(rules) >= 0.99
    assert sum(approved) / len(approved) >= 0.99


def test_each_rule_that_is_stated_is_a_cause_by_itself(explained, mend):
    before = [
        (row, code)
        for row in explained.to_dicts()
        for code in row["reasons"]
        if code in RULES and set(row["reasons"]) & set(RULES) == {code}
    ]
    after = mend([row["row"] for row, _ in before], [[code] for _, code in before])
    better = [
        _is_better(one, row) and code not in one["reasons"]
        for (row, code), one in zip(before, after, strict=True)
    ]
    assert {code for _, code in before} >= {"R08", "R15a", "R15b", "R17b", "R17d", "R21b", "R22a", "R22b", "R24u"}  # fmt: skip
    assert sum(better) / len(better) >= 0.99


def test_each_part_of_the_score_that_is_stated_lost_points(explained, mend):
    before = [
        (row, code)
        for row in explained.sample(400, seed=5).to_dicts()
        for code in row["reasons"]
        if code.startswith("S_")
    ]
    after = mend([row["row"] for row, _ in before], [[code] for _, code in before])
    assert all(
        one["score_points"] > row["score_points"]
        for (row, _), one in zip(before, after, strict=True)
    )


def test_capacity_that_is_stated_is_short(explained, mend):
    short = explained.filter(pl.col("reasons").list.contains("R09"))
    after = mend(short["row"].to_list(), short["reasons"].to_list())
    better = [_is_better(one, row) for one, row in zip(after, short.to_dicts(), strict=True)]
    # With a mortgage and $15,000 a year, housing alone leaves nothing.
    assert sum(better) / len(better) >= 0.97


def _is_better(after: dict[str, Any], before: dict[str, Any]) -> bool:
    """Return whether the tier is better, or as good with more to spend."""
    ranks = TIERS.index(after["tier"]), TIERS.index(before["tier"])
    more = after["power_total_cents"] > before["power_total_cents"]
    return ranks[0] < ranks[1] or (ranks[0] == ranks[1] and more)
