"""Deciding again when the catalogue of facts has moved on, or something of the day is gone."""

from __future__ import annotations

import msgspec
import pytest

from wherewithal.qualify.canonical import canonical_bytes, decided_row
from wherewithal.qualify.decide import decide
from wherewithal.qualify.facts_catalogue import (
    CATALOGUE,
    CATALOGUE_DIGEST,
    catalogue_digest,
    decode_catalogue,
)
from wherewithal.qualify.identity import FAILURE, LAYOUT, decision_id
from wherewithal.qualify.replay import Cause, Missing, Recorded, replay
from wherewithal.sources.facts_rows import applicant_of
from wherewithal.vocabulary.facts import FACTS, Fact, FactType

#: The same facts in another order give all decisions other names.
OF_YESTERDAY = (*reversed(FACTS), FAILURE)
GONE = Fact(name="shoe_size", type=FactType.INTEGER, maximum=60, meaning="no longer asked")


@pytest.fixture
def recorded(borrowers, bundle) -> Recorded:
    """Return a borrower's decision as it is kept."""
    applicant = applicant_of(borrowers, 7)
    known = {name: value for name, value in applicant.facts.items() if value is not None}
    return Recorded(
        decided=decided_row(decide(applicant, bundle)),
        code_build="then",
        failure=None,
        facts=msgspec.to_builtins(known),
        layout=LAYOUT,
        is_vouched=True,
    )


def of_another_catalogue(recorded: Recorded, layout, **facts) -> Recorded:
    """Return the decision as a program with another catalogue of facts would have named it."""
    given = {fact.name: None for fact in layout} | {
        **recorded.facts,
        **facts,
        "as_of": recorded.decided.as_of,
    }
    dates = {
        fact.name
        for fact in layout
        if fact.type is FactType.DATE and isinstance(given[fact.name], str)
    }
    for name in dates:
        given[name] = msgspec.convert(given[name], type=type(recorded.decided.as_of))
    digest = recorded.decided.bundle_digest
    name = decision_id(given, failure=None, bundle_digest=digest, layout=layout)
    decided = msgspec.structs.replace(recorded.decided, decision_id=name)
    return msgspec.structs.replace(
        recorded, decided=decided, layout=layout, facts={**recorded.facts, **facts}
    )


def test_bytes_are_sorted_json_and_do_not_depend_on_the_order_of_columns(recorded):
    turned = dict(reversed(recorded.decided.row.items()))
    other = msgspec.structs.replace(recorded.decided, row=turned)
    assert canonical_bytes(other) == canonical_bytes(recorded.decided)
    assert canonical_bytes(other).startswith(b'{"as_of":"20')


def test_a_decision_of_an_older_catalogue_keeps_its_name(recorded, bundle):
    old = of_another_catalogue(recorded, OF_YESTERDAY)
    assert old.decided.decision_id != recorded.decided.decision_id
    assert replay(old, bundle, code_build="now").is_same


def test_a_fact_that_is_no_longer_known_is_named(recorded, bundle):
    old = of_another_catalogue(recorded, (*FACTS, GONE, FAILURE), shoe_size=43)
    told = replay(old, bundle, code_build="now")
    assert told.cause is Cause.CATALOGUE
    assert told.words.startswith("the fact 'shoe_size' was in the catalogue of its day")


def test_a_column_that_came_later_is_not_looked_at(recorded, bundle):
    row = {name: value for name, value in recorded.decided.row.items() if name != "tier"}
    decided = msgspec.structs.replace(recorded.decided, row=row)
    old = msgspec.structs.replace(recorded, decided=decided)
    assert replay(old, bundle, code_build="now").is_same


@pytest.mark.parametrize(
    ("build", "is_vouched", "whose"),
    [
        ("now", True, (Cause.CODE, "the code has changed: build then decided it, this is now")),
        ("then", True, (Cause.CODE, "build then decided it and now decides otherwise")),
        ("then", None, (Cause.RECORD, "the very build that made it decides otherwise")),
        ("now", None, (Cause.CODE, "the code has changed")),
        ("now", False, (Cause.RECORD, "its digest does not fit")),
    ],
)
def test_whose_change_a_difference_is(recorded, bundle, build, is_vouched, whose):
    decided = msgspec.structs.replace(recorded.decided, outcome="step_up")
    old = msgspec.structs.replace(recorded, decided=decided, is_vouched=is_vouched)
    told = replay(old, bundle, code_build=build)
    cause, words = whose
    assert (told.cause, words in told.words) == (cause, True)
    assert [one.field for one in told.differences] == ["outcome"]


def test_what_is_missing_is_told_unless_the_record_itself_was_changed(recorded):
    gone = Missing(cause=Cause.BUNDLE, words="it is gone")
    told = replay(recorded, gone, code_build="now")
    assert (told.cause, told.words, told.sha256_again) == (Cause.BUNDLE, "it is gone", None)
    changed = msgspec.structs.replace(recorded, facts={**recorded.facts, "inquiries_6m": 99})
    assert replay(changed, gone, code_build="now").cause is Cause.FACTS


def test_a_kept_catalogue_is_what_it_was():
    assert [one.name for one in decode_catalogue(CATALOGUE)] == [one.name for one in LAYOUT]
    assert catalogue_digest(CATALOGUE) == CATALOGUE_DIGEST
