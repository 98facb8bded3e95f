"""One person and a frame of persons get the same decision, field by field."""

from __future__ import annotations

import datetime
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from tests.qualify.any_facts import applicants
from wherewithal.qualify.bundle import PolicyBundle
from wherewithal.qualify.cases import facts_frame
from wherewithal.qualify.decide import Applicant, Decision, decide
from wherewithal.qualify.decide_frame import decide_frame
from wherewithal.sources.bundle import load_bundle
from wherewithal.sources.facts_rows import applicant_of
from wherewithal.vocabulary.outcome import DECIDED


@cache
def everyday() -> PolicyBundle:
    """Return the bundle that ships; hypothesis and fixtures do not go together."""
    return load_bundle(Path(__file__).parents[2] / "policies" / "everyday")


def row_of(decision: Decision) -> dict[str, Any]:
    """Return a decision as a row of a frame."""
    return {
        "decision_id": decision.decision_id,
        "applicant_id": decision.applicant_id,
        "outcome": decision.outcome.value,
        "reasons": list(decision.reasons),
        **decision.values,
        "failure_cause": decision.failure_cause,
        "bundle_digest": decision.bundle_digest,
        "as_of": decision.as_of,
    }


def test_all_real_borrowers(borrowers, decisions, bundle):
    assert decisions.height == borrowers.height == 20_814
    different = [
        place
        for place, row in enumerate(decisions.iter_rows(named=True))
        if row_of(decide(applicant_of(borrowers, place), bundle)) != row
    ]
    assert different == []


@given(st.lists(applicants(), min_size=1, max_size=40))
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
def test_anyone(people):
    bundle = everyday()
    frame = decide_frame(facts_frame(people), bundle)
    assert frame.to_dicts() == [row_of(decide(one, bundle)) for one in people]


@given(applicants())
@settings(max_examples=300)
def test_what_was_not_decided_is_unknown_and_what_was_is_known(person):
    decision = decide(person, everyday())
    is_decided = decision.outcome in DECIDED
    numbers = ("score_points", "tier", "capacity_cents", "limit_total_cents", "power_total_cents")
    assert [decision.values[name] is not None for name in numbers] == [is_decided] * len(numbers)
    powers = [
        decision.values[f"power_{product.code.value}_cents"]
        for product in everyday().catalogue.products
    ]
    if is_decided:
        # The total is the largest single purchase, never a sum; nothing to spend is a decline.
        assert decision.values["power_total_cents"] == max(powers)
        assert (max(powers) == 0) == (decision.outcome.value == "declined")
    else:
        assert set(decision.values.values()) == {None}
        assert decision.reasons


def test_order_and_batches_do_not_matter(borrowers, decisions, bundle):
    some = borrowers.head(3_000).with_row_index("place")
    shuffled = some.sample(fraction=1, shuffle=True, seed=11)
    again = decide_frame(shuffled.drop("place"), bundle).with_columns(shuffled["place"])
    assert_frame_equal(again.sort("place").drop("place"), decisions.head(3_000))
    sizes = (1, 999, 2_000)
    firsts = (0, 1, 1_000)
    parts = [
        decide_frame(borrowers.slice(first, size), bundle)
        for first, size in zip(firsts, sizes, strict=True)
    ]
    assert_frame_equal(pl.concat(parts), decisions.head(3_000))


def test_the_same_person_twice_is_decided_twice_alike(borrowers, decisions, bundle):
    twice = pl.concat([borrowers.head(5), borrowers.head(5)])
    expected = pl.concat([decisions.head(5), decisions.head(5)])
    assert_frame_equal(decide_frame(twice, bundle), expected)


def test_nobody_is_decided_without_a_row(borrowers, decisions, bundle):
    assert_frame_equal(decide_frame(borrowers.clear(), bundle), decisions.clear())


def test_rows_of_several_editions(borrowers, bundle):
    # Before the first program, in each edition, without a day; in an order of their own.
    days = [datetime.date(2023, 1, 1), None, datetime.date(2006, 1, 1), datetime.date(2022, 12, 31)]
    row = applicant_of(borrowers, 4)
    people = [
        Applicant(
            applicant_id=str(place),
            facts={**row.facts, "as_of": day, "oldest_trade_date": datetime.date(1990, 1, 1)},
        )
        for place, day in enumerate(days * 3)
    ]
    frame = decide_frame(facts_frame(people), bundle)
    assert frame.to_dicts() == [row_of(decide(one, bundle)) for one in people]
    assert frame["applicant_id"].to_list() == [str(place) for place in range(12)]
    assert frame["reason_monthly"].to_list()[:4] == [None, "P_CLOSED", "P_CLOSED", None]


@pytest.mark.parametrize("day", [datetime.date(2006, 1, 1), datetime.date(2024, 1, 1)], ids=str)
def test_every_edition_gives_the_same_columns(borrowers, decisions, bundle, day):
    moved = borrowers.head(1).with_columns(pl.lit(day).alias("as_of"))
    assert decide_frame(moved, bundle).schema == decisions.schema
