"""What would raise a power: real borrowers, smallest changes, each decided again before it is told."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings

from tests.qualify.any_facts import applicants
from wherewithal.qualify.counterfactuals import Taken, frame_of, grid_of, moved_facts
from wherewithal.qualify.decide import Applicant, decide
from wherewithal.qualify.decide_frame import decide_frame
from wherewithal.qualify.edition import STANDING_COLUMNS
from wherewithal.qualify.exposure import NO_EXPOSURE, Exposure
from wherewithal.qualify.powers_left import PowersLeft
from wherewithal.qualify.raise_moves import (
    GRID_ROWS_MAX,
    NEVER_MOVED,
    NO_RAISES,
    read_raises,
    rows_max,
)
from wherewithal.qualify.raises import Found, RaiseFinder
from wherewithal.sources.facts_rows import applicant_of
from wherewithal.vocabulary.facts import FACTS_BY_NAME, FactType

ON = date(2010, 12, 1)
KNOWN = Exposure(first_booked_on=date(2009, 1, 1), on_time_payments=9)
PEOPLE = 90
Facts = dict[str, Any]


@pytest.fixture(scope="module")
def finder(bundle) -> RaiseFinder:
    return RaiseFinder(bundle=bundle)


@pytest.fixture(scope="module")
def people(borrowers, decisions) -> list[Facts]:
    """Return facts of approved and declined borrowers, some of each."""
    draw = random.Random(3)
    rows = {
        outcome: [row for row, one in enumerate(decisions["outcome"]) if one == outcome]
        for outcome in ("approved", "declined")
    }
    chosen = [row for group in rows.values() for row in draw.sample(group, PEOPLE // 2)]
    return [applicant_of(borrowers, row).facts for row in chosen]


@pytest.fixture(scope="module")
def told(finder, people) -> list[tuple[Facts, Found]]:
    """Return everybody with what would raise their power."""
    return [(facts, find(finder, facts)) for facts in people]


def find(finder: RaiseFinder, facts: Facts, exposure: Exposure = KNOWN, **shown: int) -> Found:
    return finder.find(facts, exposure=exposure, shown=shown, on=ON)


@pytest.fixture(scope="module")
def left(bundle) -> PowersLeft:
    return PowersLeft(bundle)


def again(left: PowersLeft, facts: Facts, raised) -> dict[str, int]:
    """Decide by hand on the facts of a path, with the account taken off."""
    moves = left.terms.raises
    moved = moved_facts(facts, [Taken(moves.move(one.code), one.amount) for one in raised.steps])
    columns = decide(Applicant(applicant_id="", facts=moved or {}), left.terms).values
    return left(columns, KNOWN, terms_on=ON, account_on=ON) or {}


def test_every_path_that_is_told_raises_the_power_when_decided_again(bundle, told, left):
    kinds: Counter[str] = Counter()
    for facts, found in told:
        assert found.refuted == 0
        assert len(found.raises) <= bundle.raises.shown_max
        for raised in found.raises:
            assert raised.powers == again(left, facts, raised)
            gains = [raised.powers[code] - found.powers[code] for code in found.powers]
            assert max(gains) >= bundle.raises.notice_cents
            assert min(gains) >= 0
            kinds["+".join(step.code for step in raised.steps)] += 1
    assert {"pay_down", "pay_off", "fewer_inquiries", "wait"} <= kinds.keys(), kinds


def test_declines_are_told_what_would_turn_them(told):
    turned = [
        raised
        for _, found in told[PEOPLE // 2 :]
        for raised in found.raises
        if raised.outcome == "approved"
    ]
    assert len(turned) > PEOPLE // 4


def test_it_is_the_smallest_that_helps(bundle, told, left):
    checked = 0
    for facts, found in told:
        for raised in found.raises:
            (step, *others) = raised.steps
            move = bundle.raises.move(step.code)
            less = step.amount - (move.steps.every if move.steps else 1)
            if others or less < 1 or step.code == "wait":
                continue
            smaller = msgspec.structs.replace(step, amount=less)
            powers = again(left, facts, msgspec.structs.replace(raised, steps=(smaller,)))
            gains = [powers[code] - cents for code, cents in found.powers.items()]
            assert max(gains) < bundle.raises.notice_cents
            checked += 1
    assert checked > 20


def test_only_what_the_bundle_lists_ever_moves(bundle, people):
    allowed = {effect.fact for move in bundle.raises.moves for effect in move.effects}
    assert not allowed & NEVER_MOVED
    assert {"state", "age_years", "stated_income_cents", "home_ownership"} <= NEVER_MOVED
    for facts in people[::3]:
        for path in grid_of(facts, bundle.raises):
            changed = {name for name, value in path.facts.items() if value != facts[name]}
            assert changed or path.taken[0].move.pays_late
            assert changed <= allowed
            assert all((path.facts[name] is None) == (facts[name] is None) for name in facts)


def test_rows_are_such_as_a_source_could_have_read(bundle, people):
    for facts in people[::5]:
        for path in grid_of(facts, bundle.raises):
            for name, value in path.facts.items():
                fact = FACTS_BY_NAME[name]
                if value is not None and fact.type is FactType.INTEGER:
                    assert fact.minimum <= value <= fact.maximum
            assert (path.facts["oldest_trade_date"] or ON) <= (facts["oldest_trade_date"] or ON)


def test_a_balance_takes_utilisation_and_payments_with_it(bundle):
    facts = dict.fromkeys(FACTS_BY_NAME) | {
        "stated_income_cents": 4_800_000,
        "revolving_balance_cents": 400_000,
        "revolving_utilisation_bps": 8_000,
        "scheduled_payments_cents": 50_000,
        "debt_to_income_bps": 1_250,
    }
    moved = moved_facts(facts, [Taken(bundle.raises.move("pay_down"), 100_000)])
    assert moved is not None
    assert moved["revolving_balance_cents"] == 300_000
    assert moved["revolving_utilisation_bps"] == 6_000
    # 3% of $1,000 falls due no longer: $30 of $500, and 75 basis points of $4,000 a month.
    assert moved["scheduled_payments_cents"] == 47_000
    assert moved["debt_to_income_bps"] == 1_175
    assert moved["stated_income_cents"] == 4_800_000


def test_time_moves_every_count_of_months_and_only_what_has_then_gone(bundle):
    facts = dict.fromkeys(FACTS_BY_NAME) | {
        "as_of": ON,
        "oldest_trade_date": date(2009, 3, 31),
        "inquiries_6m": 4,
        "months_since_delinquency": 13,
        "delinquencies_24m": 2,
        "chargeoffs_12m": 1,
        "months_since_bankruptcy": 20,
        "trades_past_due": 0,
    }
    wait = bundle.raises.move("wait")
    soon, later = (moved_facts(facts, [Taken(wait, months)]) or {} for months in (5, 12))
    assert (soon["oldest_trade_date"], soon["months_since_delinquency"]) == (date(2008, 10, 28), 18)
    assert (soon["inquiries_6m"], soon["delinquencies_24m"], soon["chargeoffs_12m"]) == (4, 2, 1)
    assert (later["inquiries_6m"], later["delinquencies_24m"], later["chargeoffs_12m"]) == (0, 0, 0)
    assert later["months_since_bankruptcy"] == 32
    assert moved_facts({**facts, "trades_past_due": 1}, [Taken(wait, 6)]) is None


def test_the_grid_is_decided_as_decide_frame_has_it(bundle, people):
    facts = people[0]
    paths = grid_of(facts, bundle.raises)
    frame = frame_of(facts, paths)
    columns = bundle.edition(facts["as_of"]).standing_columnar.run(frame)
    assert columns.rows() == decide_frame(frame, bundle).select(STANDING_COLUMNS).rows()
    assert len(paths) <= rows_max(bundle.raises) <= GRID_ROWS_MAX


def test_what_is_in_use_is_taken_off(finder, people):
    late = msgspec.structs.replace(KNOWN, late_since=date(2010, 1, 1))
    for facts in people[:20]:
        paid = [one for one in find(finder, facts, late).raises if one.steps[0].code != "pay_us"]
        assert not paid
    newcomers = [(find(finder, facts, NO_EXPOSURE), find(finder, facts)) for facts in people[:20]]
    assert all(max(one.powers.values()) <= max(two.powers.values()) for one, two in newcomers)


def test_who_is_late_with_us_is_told_to_pay_and_what_opens_then(finder, people, left):
    late = msgspec.structs.replace(KNOWN, late_since=date(2010, 11, 1))
    facts = {**people[0], "own_days_late": 30}
    assert set(finder.find(facts, exposure=late, shown={}, on=ON).powers.values()) == {0}
    [paid] = find(finder, facts, late).raises
    assert [step.code for step in paid.steps] == ["pay_us"]
    assert paid.powers == left(
        decide(Applicant(applicant_id="", facts={**facts, "own_days_late": 0}), left.terms).values,
        KNOWN,
        terms_on=ON,
        account_on=ON,
    )
    written_off = msgspec.structs.replace(late, has_charge_off=True)
    assert find(finder, facts, written_off).raises == ()


def test_what_is_shown_already_is_no_raise(finder, people):
    facts = next(facts for facts in people if find(finder, facts).raises)
    most = dict.fromkeys(find(finder, facts).powers, 10**9)
    assert find(finder, facts, KNOWN, **most).raises == ()


def test_nobody_who_was_not_decided_is_told_anything(finder, people):
    unknown = {**people[0], "stated_income_cents": None}
    assert find(finder, unknown) == Found(powers={}, raises=(), rows=0, verified=0, refuted=0)


@pytest.mark.parametrize(
    ("was", "becomes", "code"),
    [
        ('fact = "open_trades"', 'fact = "state"', "not_actionable"),
        ('fact = "open_trades"', 'fact = "stated_income_cents"', "not_actionable"),
        ('fact = "open_trades"', 'fact = "home_ownership"', "not_actionable"),
        ('fact = "open_trades"', 'fact = "opentrades"', "unknown_fact"),
        ('how = "one_less"', 'how = "earlier"', "bad_value"),
        ('how = "one_less"', 'how = "two_less"', "bad_value"),
        (", share_bps = 10_000", "", "missing_field"),
        ("{amount}", "some", "bad_value"),
        ('["pay_down", "wait"]', '["pay_up", "wait"]', "unknown_value"),
        ("at_most = 60", "at_most = 0", "bad_value"),
        ("at_most = 8", "at_most = 199", "too_many_steps"),
        ("notice_cents = 5_000", "notice_dollars = 50", "unknown_field"),
        ("[raises]", "[raise]", "unknown_key"),
        ('code = "pay_off"', 'code = "pay_down"', "duplicate_name"),
    ],
)
def test_a_file_that_could_tell_what_nobody_may_be_told_is_refused(repository, was, becomes, code):
    toml = (repository / "policies" / "everyday" / "raises.toml").read_text()
    assert was in toml
    terms, problems = read_raises(toml.replace(was, becomes).encode())
    assert code in {one.code for one in problems}
    assert terms == NO_RAISES


def test_without_the_file_nothing_is_told():
    assert read_raises(None) == (NO_RAISES, [])


@settings(max_examples=60)
@given(person=applicants())
def test_whoever_it_is_a_raise_is_true_and_asks_for_nothing_forbidden(finder, left, person):
    found = find(finder, person.facts)
    assert found.refuted == 0
    for raised in found.raises:
        assert raised.powers == again(left, person.facts, raised)
        moves = [left.terms.raises.move(step.code) for step in raised.steps]
        moved = moved_facts(
            person.facts, [Taken(m, s.amount) for m, s in zip(moves, raised.steps, strict=True)]
        )
        assert moved is not None
        assert all(moved[name] == person.facts[name] for name in NEVER_MOVED)


@pytest.mark.nightly
def test_of_all_declines_most_are_told_what_would_turn_them(finder, borrowers, decisions):
    counts: Counter[str] = Counter()
    for row, outcome in enumerate(decisions["outcome"]):
        if outcome != "declined":
            continue
        found = find(finder, applicant_of(borrowers, row).facts)
        counts["refuted"] += found.refuted
        counts["declined"] += 1
        counts["told"] += any(one.outcome == "approved" for one in found.raises)
    print(dict(counts))  # noqa: T201 - what `pytest -rP` shows
    assert counts["refuted"] == 0
    assert counts["told"] > 0.8 * counts["declined"]
