"""Large tables are looked at to the end, or said to be too large; never passed in silence."""

from __future__ import annotations

from itertools import product

import pytest

from tests.conformance.models import Table, model_of
from wherewithal.dmn.checks.axis import Axis, Domain
from wherewithal.dmn.checks.column import Column
from wherewithal.dmn.checks.grid import STEPS_MAX, Grid, TooLarge
from wherewithal.dmn.checks.subject import prepare
from wherewithal.dmn.checks.table_checks import check_table
from wherewithal.dmn.model import DecisionTable
from wherewithal.dmn.types import Kind, number, text

STATES = [f"S{place}" for place in range(50)]
PRODUCTS = [f"P{place}" for place in range(10)]
BANDS = ("< 5", "[5..10)", "[10..20)", ">= 20")
COLUMNS = [
    Column(type=text(frozenset(STATES))),
    Column(type=text(frozenset(PRODUCTS))),
    Column(type=number(0, 100)),
]


def lookup(policy="UNIQUE", *, without=(), more=()):
    """Return a table of 2,000 rules by state, product and band, some left out and some added."""
    rules = [
        ([f'"{state}"', f'"{one}"', band], [str(place)])
        for place, (state, one, band) in enumerate(product(STATES, PRODUCTS, BANDS), 1)
        if place not in without
    ]
    table = Table(inputs=["state", "product", "months"], rules=[*rules, *more], policy=policy)
    return model_of({"T": table}, inputs=table.inputs).decisions[0].expression


def test_a_whole_table_of_2000_rules_has_no_finding_and_costs_few_steps():
    table = lookup()
    assert check_table("T", table, COLUMNS) == []
    subject = prepare("T", table, COLUMNS)
    assert subject is not None
    assert subject.grid.uncovered(subject.grid.domain, subject.all_rules) is None
    assert subject.grid.steps_left > STEPS_MAX - 10_000


def test_one_rule_that_is_missing_of_2000_is_found():
    (found,) = check_table("T", lookup(without=[1234]), COLUMNS)
    assert str(found) == (
        'T: no rule matches where state = "S30" and product = "P8" and months in [5..10); for'
        ' example state = "S30", product = "P8", months = 5 -> null; add a rule, or a default'
        " output (null, if that is meant) [gap]"
    )


def test_the_last_rule_of_a_whole_table_never_answers():
    more = [(["-", "-", "-"], ["0"])]
    (found,) = check_table("T", lookup("FIRST", more=more), COLUMNS)
    assert (found.code, found.place) == ("unreachable-rule", "T, rule 2001")


CODES = [f"Z{place:05d}" for place in range(10_000)]


def test_10000_listed_codes_are_looked_at_to_the_end():
    rules = [([f'"{code}"'], [str(place)]) for place, code in enumerate(CODES) if place != 4321]
    table = Table(inputs=["code"], rules=[*rules, (['"Z00007"'], ["0"])], policy="FIRST")
    expression = model_of({"T": table}, inputs=["code"]).decisions[0].expression
    assert isinstance(expression, DecisionTable)
    found = check_table("T", expression, [Column(type=text(frozenset(CODES)))])
    assert [(one.code, one.place) for one in found] == [
        ("unreachable-rule", "T, rule 10000"),
        ("gap", "T"),
    ]
    assert 'code = "Z04321" -> null' in found[1].message


@pytest.mark.parametrize("states", [10, pytest.param(50, marks=pytest.mark.nightly, id="nightly")])
def test_rules_with_bands_of_their_own_are_looked_at_to_the_end(states):
    rules = []
    for state, one in product(STATES[:states], PRODUCTS):
        first, second = (hash_of(state + one) % 90 + 1, hash_of(one + state) % 500 + 301)
        months = (f"< {first}", f"[{first}..{first + 5})", f">= {first + 5}", "null")
        scores = (f"< {second}", *(f"[{second + p}..{second + p + 1})" for p in range(3)))
        cells = product(months, (*scores, f">= {second + 3}"))
        rules += [([f'"{state}"', f'"{one}"', a, b], ["1"]) for a, b in cells]
    table = Table(inputs=["state", "product", "months", "score"], rules=rules, policy="FIRST")
    expression = model_of({"T": table}, inputs=table.inputs).decisions[0].expression
    assert isinstance(expression, DecisionTable)
    columns = [
        Column(type=text(frozenset(STATES[:states]))),
        COLUMNS[1],
        Column(type=number(0, 100, nullable=True)),
        Column(type=number(0, 900)),
    ]
    assert len(rules) == states * 200
    assert check_table("T", expression, columns) == []


def hash_of(name: str) -> int:
    return sum(ord(letter) * 31**place for place, letter in enumerate(name))


def test_a_scorecard_is_no_product_of_its_characteristics():
    inputs = [f"c{place}" for place in range(16)]
    rules = [
        (["-"] * place + [cell] + ["-"] * (15 - place), ["1"])
        for place in range(16)
        for cell in ("< 3", "[3..5)", "[5..7)", "[7..9)", ">= 9")
    ]
    table = Table(inputs=inputs, rules=rules, policy="COLLECT", aggregation="SUM")
    expression = model_of({"T": table}, inputs=inputs).decisions[0].expression
    assert isinstance(expression, DecisionTable)
    assert isinstance(expression, DecisionTable)
    assert check_table("T", expression, [Column(type=number(0, 20))] * 16) == []


def test_a_question_that_takes_too_many_steps_is_not_answered():
    axis = Axis("x", Domain(kind=Kind.NUMBER), [])
    grid = Grid([axis], [(axis.whole,)], domain=(axis.whole,))
    grid.steps_left = 0
    with pytest.raises(TooLarge):
        grid.split(0, axis.whole, 1)
