"""Whole graphs by zen-engine and, imported, by the executors here: the same, or named."""

from __future__ import annotations

import itertools
import json
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from tests.dmn.jdm_pairs import Pair, expressions, graph, node, table, written
from wherewithal.dmn.jdm.importer import import_jdm

POINTS = table("Points", {"score": ["> 700", "> 600", ""], "=points": ["30", "10", "0"]})
SWITCH = node(
    "Route",
    "switchNode",
    {
        "hitPolicy": "first",
        "statements": [
            {"id": "high", "condition": "score > 700 and ok", "isDefault": False},
            {"id": "low", "condition": "", "isDefault": True},
        ],
    },
)


def answers(pair, inputs, names, *, is_compiled=True):
    """Return what each of ours says to one input, and zen's answer."""
    theirs = pair.of_zen(inputs)
    assert theirs is not None, inputs
    ours = {"reference": pair.of_reference(inputs)}
    if is_compiled:
        ours |= {name: pair.of_compiled(inputs, name) for name in ("scalar", "columnar")}
    return ours, dict.fromkeys(ours, written(theirs, names))


def test_a_chain_with_expressions_that_read_each_other():
    points = {**POINTS, "content": {**POINTS["content"], "passThrough": True}}
    sums = expressions(
        "Sums",
        {
            "out.total": "points * 2 + fee",
            "out.rounded": "round(fee / 3, 2)",
            "word": "$.out.total >= 30 ? 'much' : 'little'",
            "score": "max([score, 650])",
        },
    )
    pair = Pair(graph(points, sums))
    for score, fee in itertools.product((600, 601, 700, 701, 650.5), (0, 1, -2.5)):
        ours, theirs = answers(pair, {"score": score, "fee": fee}, ["out", "word", "score"])
        assert ours == theirs


def test_a_switch_takes_one_branch_and_its_branches_join():
    jdm = graph(
        SWITCH,
        expressions("Good", {"answer": "'yes'", "bonus": "score - 700"}),
        expressions("Poor", {"answer": "'no'"}),
        expressions("Last", {"said": "answer + '!'"}, passThrough=True),
        edges=[
            ("in", "Route"),
            ("Route", "Good", "high"),
            ("Route", "Poor", "low"),
            ("Good", "Last"),
            ("Poor", "Last"),
            ("Last", "out"),
        ],
    )
    pair = Pair(jdm)
    for score, ok in itertools.product((700, 701), (True, False, None)):
        inputs = {"score": score, "ok": ok}
        theirs = written(pair.of_zen(inputs), ["answer", "bonus", "said"])
        assert pair.of_reference(inputs) == theirs


def test_a_collect_table_counts_its_hits():
    found = table(
        "Why",
        {
            "": ["score < 600", "income < 10", "score < 500 and income < 5"],
            "=text": ['"s"', '"i"', '"b"'],
        },
        hitPolicy="collect",
        outputPath="reasons",
        passThrough=True,
    )
    pair = Pair(graph(found, expressions("Count", {"n": "len(reasons)"}, passThrough=True)))
    for score, income in itertools.product((499, 500, 600, None), (4, 5, 10, None)):
        ours, theirs = answers(
            pair, {"score": score, "income": income}, ["reasons", "n"], is_compiled=False
        )
        assert ours == theirs


def test_what_no_rule_writes_stays_as_it_was():
    first = expressions("First", {"grade": "'C'"}, passThrough=True)
    second = table(
        "Second", {"score": ["> 700", "> 600"], "=grade": ['"A"', '"B"']}, passThrough=True
    )
    pair = Pair(graph(first, second))
    for score in (None, 600, 601, 701):
        ours, theirs = answers(pair, {"score": score}, ["grade"])
        assert ours == theirs


DOMAINS: dict[str, dict[str, tuple[Any, ...]]] = {
    "credit-limit-adjustment": {
        "account.current_credit_limit": (1000, 3333),
        "account.payment_history.on_time_payment_percentage": (95, 94.9, 80, None),
        "account.payment_history.late_payments_last_12_months": (0, 1, 2, None),
        "account.utilization.current_percentage": (29, 30, 90, None),
        "account.utilization.average_last_6_months": (49, 50, 99, None),
        "account.financial_behavior.credit_inquiries_last_12_months": (0, 3, None),
        "account.financial_behavior.years_with_institution": (3, 0, None),
        "account.financial_behavior.income_verified": (True, False, None),
    },
    "loan-approval": {
        "creditScore": (750, 749.5, 700, 600, None),
        "annualIncome": (100000, 99999, 20000, None),
        "monthlyDebt": (1000, 1601, 0),
        "monthlyIncome": (4000, 4003),
        "employmentStatus": ("full_time", "part_time", "none", None),
        "employmentYears": (2, 5, 1.5, None),
    },
}


def _nested(values):
    whole: dict[str, Any] = {}
    for path, value in values.items():
        *heads, last = path.split(".")
        below = whole
        for head in heads:
            below = below.setdefault(head, {})
        below[last] = value
    return whole


@pytest.mark.parametrize("name", DOMAINS)
def test_a_public_graph_means_the_same(shared, name):
    jdm = json.loads((shared / "data" / "policies" / "gorules" / f"{name}.json").read_bytes())
    pair, domain = Pair(jdm), DOMAINS[name]
    rows = list(itertools.product(*domain.values()))
    held = 0
    for row in random.Random(7).sample(rows, 120):
        inputs = _nested(dict(zip(domain, row, strict=True)))
        if (theirs := pair.of_zen(inputs)) is not None:
            ours = pair.of_reference(inputs)
            # zen's numbers are floats, exact to fifteen digits.
            assert _rounded(ours) == _rounded(written(theirs, list(ours))), inputs
            held += 1
    assert held > 40


def _rounded(value):
    if isinstance(value, dict):
        return {key: _rounded(one) for key, one in value.items()}
    return round(value, 9) if isinstance(value, float) else value


_EDGES = st.sampled_from((0, 5, 10, 15))
_CELL = st.one_of(
    st.just(""),
    st.builds("{} {}".format, st.sampled_from((">", ">=", "<", "<=", "==", "!=")), _EDGES),
    st.builds("[{}..{}]".format, _EDGES, _EDGES),
    st.builds("{}, {}".format, _EDGES, _EDGES),
    st.builds("> {}, null".format, _EDGES),
    st.builds("$ == null or $ < {}".format, _EDGES),
)
_RULES = st.lists(
    st.tuples(_CELL, _CELL, st.sampled_from(("1", "2", "null", ""))), min_size=1, max_size=5
)


@settings(max_examples=12, deadline=None)
@given(rules=_RULES)
def test_generated_tables_mean_the_same(rules):
    columns = zip(*rules, strict=True)
    pair = Pair(graph(table("T", dict(zip(("a", "b", "=r"), map(list, columns), strict=True)))))
    read = [one.name for one in pair.model.inputs]
    for values in itertools.product((None, 0, 4.5, 5, 10, 11), repeat=2):
        inputs = dict(zip(("a", "b"), values, strict=True))
        expected = pair.of_zen(inputs)
        inputs = {name: one for name, one in inputs.items() if name in read}
        assert pair.of_reference(inputs) == expected
        assert pair.of_compiled(inputs, "scalar") == expected


@pytest.mark.parametrize(("version", "day"), [("1.5", "20230324"), ("1.3", "20191111")])
def test_the_model_is_drawn_for_modelers(version, day):
    imported = import_jdm(json.dumps(graph(POINTS)).encode(), name="drawn", version=version)
    assert imported.xml is not None
    assert imported.xml.count(day.encode()) == 2
    root = etree.fromstring(imported.xml)
    shapes = {one.get("dmnElementRef") for one in root.iter("{*}DMNShape")}
    edges = {one.get("dmnElementRef") for one in root.iter("{*}DMNEdge")}
    assert shapes == {one.get("id") for one in root.iter("{*}decision", "{*}inputData")}
    assert edges == {one.get("id") for one in root.iter("{*}informationRequirement")}
