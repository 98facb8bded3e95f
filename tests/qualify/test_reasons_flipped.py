"""Reasons are true: mend what is stated, and the decision is better; nothing else is touched.

What a mended fact would be is read off the model (`reason_flips.py`). The quick suite mends some of
every reason that real borrowers are given, the nightly one all 3,465 of 20,814 who are given any.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import polars as pl
import pytest

from tests.qualify.reason_flips import Flipper, is_better, standing_of
from wherewithal.qualify import contract
from wherewithal.sources.cases import load_cases
from wherewithal.sources.facts_rows import applicant_of
from wherewithal.vocabulary.reason import ReasonKind

#: People of each reason in the quick suite, as far as there are so many.
OF_EACH = 45
#: Reasons of which the loan file has enough for the counters.
FREQUENT = {
    *("S_UTILISATION", "S_INQUIRIES", "S_INCOME", "S_OBLIGATIONS", "S_PUBLIC_RECORD", "S_TRADES"),
    *("S_OLDEST_TRADE", "R22a", "R17d", "R21b", "R08", "R09", "R22b"),
}
RARE = {"R15a", "R15b", "R24u", "R17a", "R17b", "P_LIMIT"}


@pytest.fixture(scope="module")
def flipper(bundle) -> Flipper:
    return Flipper(bundle)


@pytest.fixture(scope="module")
def explained(decisions) -> pl.DataFrame:
    """Return who was decided and given reasons."""
    whole: pl.DataFrame = decisions.with_row_index("row").select("row", "tier", "reasons")
    return whole.filter(pl.col("tier").is_not_null() & (pl.col("reasons").list.len() > 0))


@pytest.fixture(scope="module")
def some(explained) -> list[int]:
    """Return rows with some of every reason."""
    by_code = explained.explode("reasons").sample(fraction=1.0, shuffle=True, seed=11)
    return sorted(set(by_code.group_by("reasons").head(OF_EACH)["row"].to_list()))


def flip(flipper: Flipper, borrowers: pl.DataFrame, rows: Sequence[int]) -> Counter[str]:
    """Mend what is stated of everybody; return how often each reason was, and what came of it."""
    found: Counter[str] = Counter()
    for row in rows:
        facts = applicant_of(borrowers, row).facts
        before = flipper.decided(facts)
        after = flipper.decided(flipper.mended(facts, before.reasons))
        found.update(before.reasons)
        found["people"] += 1
        found["better"] += is_better(after, before)
        found["better outcome or tier"] += standing_of(after)[:2] > standing_of(before)[:2]
        found[f"was {before.outcome.value}"] += 1
    print(dict(found.most_common()))  # noqa: T201 - what `pytest -rP` shows
    return found


def test_whoever_has_what_is_stated_mended_is_decided_better(flipper, borrowers, some):
    found = flip(flipper, borrowers, some)
    assert found["better"] >= 0.99 * found["people"]
    assert found["better outcome or tier"] >= 0.99 * found["people"]
    assert all(found[code] >= OF_EACH for code in FREQUENT), found
    assert all(found[code] for code in RARE), found
    assert found["was declined"] > 100
    assert found["was approved"] > 100


@pytest.mark.nightly
def test_everybody_who_has_what_is_stated_mended_is_decided_better(flipper, borrowers, explained):
    found = flip(flipper, borrowers, explained["row"].to_list())
    assert found["people"] == explained.height
    assert found["better"] == found["better outcome or tier"] == found["people"]


def test_points_are_stated_by_what_was_lost_the_most_first(flipper, borrowers, some):
    rules = {rule.number: rule for rule in flipper.tables[contract.POINTS].rules}
    by_code: dict[str, list[int]] = {}
    for rule in rules.values():
        code = dict(rule.annotations).get(contract.REASON, "").strip()
        by_code.setdefault(code, []).append(rule.number)
    seen = 0
    for row in some:
        decision = flipper.decided(applicant_of(borrowers, row).facts)
        stated = [code for code in decision.reasons if code.startswith("S_")]
        matched = set(decision.matched[contract.POINTS])
        lost = {
            code: max(points(rules[n]) for n in numbers)
            - sum(points(rules[n]) for n in numbers if n in matched)
            for code, numbers in by_code.items()
            if code
        }
        others = [below for code, below in lost.items() if code not in stated]
        told = [lost[code] for code in stated]
        assert told == sorted(told, reverse=True)
        assert all(told)
        if len(stated) == 4:
            assert min(told) >= max(others)
        elif stated and len(decision.reasons) < 4:
            assert not any(others)
        seen += bool(stated)
    assert seen > 200


def points(rule) -> int:
    return int(rule.outputs[0].text)


def test_rules_are_stated_that_matched_and_hold_the_tier(flipper, borrowers, bundle, some):
    rules = {rule.number: rule for rule in flipper.tables[contract.KNOCK_OUTS].rules}
    kinds = {ReasonKind.DECLINE, ReasonKind.CAP}
    for row in some:
        decision = flipper.decided(applicant_of(borrowers, row).facts)
        matched = [rules[number] for number in decision.matched[contract.KNOCK_OUTS]]
        rank = "ABCDEX".index(decision.values["tier"])
        holding = {
            dict(rule.annotations)[contract.REASON].strip()
            for rule in matched
            if points(rule) == rank
        }
        stated = {code for code in decision.reasons if bundle.reasons.by_code[code].kind in kinds}
        assert stated == holding or (stated < holding and len(decision.reasons) == 4)


def test_a_cap_at_the_tier_of_the_points_is_stated_with_them(flipper, borrowers):
    # Rows whose points and whose short record both ask for tier E: neither alone would lift it.
    facts = applicant_of(borrowers, 2917).facts
    decision = flipper.decided(facts)
    assert (decision.values["tier"], decision.values["score_points"]) == ("E", 578)
    assert decision.reasons[0] == "R15a"
    assert {code[0] for code in decision.reasons[1:]} == {"S"}
    rule_alone = flipper.decided(flipper.mended(facts, ("R15a",)))
    points_alone = flipper.decided(flipper.mended(facts, decision.reasons[1:]))
    assert (rule_alone.values["tier"], points_alone.values["tier"]) == ("E", "E")
    assert flipper.decided(flipper.mended(facts, decision.reasons)).values["tier"] < "E"


def test_reasons_that_no_borrower_has_are_flipped_on_golden_cases(flipper, repository):
    # Charged off, bankrupt, late with us, an alert, no income: people made up for review.
    seen: Counter[str] = Counter()
    for case in load_cases(repository / "policies" / "everyday"):
        before = flipper.decided(case.facts)
        rules = tuple(code for code in before.reasons if flipper.facts_of(code))
        if case.failure is not None or not rules or rules != before.reasons:
            continue
        after = flipper.decided(flipper.mended(case.facts, before.reasons))
        if before.values["tier"] is None:
            # Something was missing, or more proof was wanted: now it is decided.
            assert after.outcome.value in ("approved", "declined"), case.name
        else:
            assert is_better(after, before), case.name
        seen.update(before.reasons)
    assert {"R16", "R17c", "R21a", "I_INCOME", "U_FRAUD_ALERT"} <= seen.keys(), seen
    assert seen.total() > 30
