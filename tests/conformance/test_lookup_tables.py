"""Large tables are look-ups in every executor, and mean what chains of conditions mean."""

from __future__ import annotations

import datetime
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conformance.executors import Columnar, Reference, Scalar, compiled, type_of
from tests.conformance.generated import TYPES, rows_around, tables
from tests.conformance.models import Table, table
from wherewithal.dmn import lookup_table, lower_table
from wherewithal.dmn import types as t
from wherewithal.dmn.columnar import compile_columnar
from wherewithal.dmn.ir import Graph, Node, Op
from wherewithal.dmn.scalar import compile_scalar, reachable
from wherewithal.dmn.vector import compile_vector

QUIET = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
QUIET += [HealthCheck.function_scoped_fixture]
EXAMPLES = [
    pytest.param(12, id="quick"),
    pytest.param(2_000, id="nightly", marks=pytest.mark.nightly),
]

SMALL = {"places_min": 6, "spread": 1}
LIMITS = {
    "whole": {},
    "candidates": SMALL,
    "bits": {"places_min": 0, "spread": 0, "candidates": -1, "bits": 2},
}


def use(monkeypatch, *, rules_min, places_min=4_096, spread=16, candidates=3, bits=None):
    for module in (lookup_table, lower_table):
        monkeypatch.setattr(module, "RULES_MIN", rules_min)
    monkeypatch.setattr(lookup_table, "PLACES_MIN", places_min)
    monkeypatch.setattr(lookup_table, "SPREAD_MAX", spread)
    monkeypatch.setattr(lookup_table, "CANDIDATES_MAX", candidates)
    if bits:
        for name in ("BITS_RULES_MIN", "BITS_RULES_PER_COLUMN"):
            monkeypatch.setattr(lookup_table, name, 0)
        monkeypatch.setattr(lookup_table, "WORD_BITS", bits)


def node_of(what, types) -> Node:
    program = compiled(what, types)
    assert [str(one) for one in program.diagnostics] == []
    return program.node("Result")


@pytest.mark.parametrize("examples", EXAMPLES)
@pytest.mark.parametrize("limits", LIMITS.values(), ids=LIMITS)
def test_looked_up_or_walked_is_the_same(monkeypatch, limits, examples):
    @settings(max_examples=examples, derandomize=examples < 1_000, suppress_health_check=QUIET)
    @given(tables(), st.integers(0, 2**32))
    def check(drawn: Table, seed: int) -> None:
        use(monkeypatch, rules_min=10**9)
        program = compiled(drawn, TYPES)
        if program.diagnostics:
            return
        rows = rows_around(repr(drawn), count=60, seed=seed)
        nodes = {"walked": program.node("Result")}
        walked = Scalar().evaluate(nodes, TYPES, rows)
        use(monkeypatch, rules_min=1, **limits)
        node = node_of(drawn, TYPES)
        scales = [10 ** (4 - one.type.scale) for one in (nodes["walked"], node)]
        for executor in (Scalar(), Columnar()):
            found = executor.evaluate({"looked up": node}, TYPES, rows)
            for row, left, right in zip(rows, walked, found, strict=True):
                values = [
                    v and v * s if not isinstance(v, str) else v
                    for (v,), s in zip((left, right), scales, strict=True)
                ]
                assert values[0] == values[1], (executor.name, dict(zip(TYPES, row, strict=True)))

    check()


STATES = [f"S{place:02}" for place in range(40)]
GRADES = ["A", "B", "C", "D", "E"]
BANDS = ["< 500", *(f"[{low}..{low + 500})" for low in range(500, 6_000, 500)), ">= 6000"]
RATES = {
    "state": t.text(nullable=True),
    "grade": type_of("A|B|C|D|E|F"),
    "amount": t.number(0, 10**9, scale=2, nullable=True),
    "since": type_of("date"),
}


def rates(policy, states):
    """Return a table by a text, an enumeration, a range of amounts and one of dates."""
    rules = [
        ([f'"{state}"', f'"{grade}"', band, when], [f"{place}"])
        for place, (state, grade, band, when) in enumerate(
            product(states, GRADES, BANDS, ('< @"2020-01-01"', '>= @"2020-01-01"')), 1
        )
    ]
    rules += [(['"S01"', '"F"', "-", "-"], ["-1"])]
    return Table(inputs=list(RATES), rules=rules, policy=policy, defaults={"out": "0"})


SIZES = [
    pytest.param(STATES[:10], id="1301"),
    pytest.param([*STATES, *(f"T{n}" for n in range(40))], id="10401", marks=pytest.mark.nightly),
]


@pytest.mark.parametrize("states", SIZES)
@pytest.mark.parametrize("policy", ["UNIQUE", "FIRST", "ANY"])
def test_a_table_by_four_columns_is_one_look_up(policy, states):
    given = rates(policy, states)
    node = node_of(given, RATES)
    order, _ = reachable([node])
    # A class for each column, three numbers joined, the rule at that place, its value.
    assert len(order) < 32
    assert not any(one.op in (Op.CASE, Op.AND, Op.OR) for one in order)
    plan = compile_columnar({"Result": node}, inputs=list(RATES))
    assert sum(map(len, plan.stages)) <= 10
    early, late = datetime.date(2019, 12, 31), datetime.date(2020, 1, 1)
    rows = [
        ("S00", "A", "0", early, 1),
        ("S00", "A", "0", late, 2),
        ("S00", "A", "499.99", late, 2),
        ("S00", "A", "500.00", early, 3),
        ("S01", "A", "0", early, 131),
        ("S09", "E", "999999", late, 1300),
        ("S01", "F", "7", late, -1),
        ("S01", "F", None, late, -1),
        ("S02", "F", "7", late, 0),
        ("S02", "A", None, late, 0),
        ("zz", "A", "7", late, 0),
        (None, "A", "7", late, 0),
    ]
    expected = [row[-1] for row in rows]
    asked = [row[:-1] for row in rows]
    for executor in (Scalar(), Columnar(), Reference()):
        assert executor.run(given, RATES, asked) == expected, executor.name


def test_two_rules_at_one_place_of_a_unique_table_yield_null_and_no_default(executor):
    cells = [f"[{n}..{n + 1}) | {n}" for n in range(40)]
    given = table("UNIQUE", "x", *cells, "[7.5..9.5] | 99", defaults={"out": "-5"})
    rows = [(6,), (7,), ("7.5",), (8,), (9,), (39,), (40,), (None,)]
    wanted = [6, 7, None, None, None, 39, -5, -5]
    assert executor.run(given, {"x": t.number(-99, 9_999, scale=2, nullable=True)}, rows) == wanted


def test_any_takes_equal_outputs_and_open_ones_are_compared(executor):
    cells = [f'"{n}"; - | {n}' for n in range(40)]
    given = table("ANY", "s; n", *cells, '"3"; > 4 | 1.0 + 2', '"5"; > 4 | 6', "-; > 90 | n + 0")
    types = {"s": t.text(), "n": t.number(0, 99)}
    rows = [("3", 5), ("3", 4), ("5", 5), ("5", 4), ("7", 91), ("x", 91), ("x", 1)]
    assert executor.run(given, types, rows) == [3, 3, None, 5, None, 91, None]


def test_a_cell_that_is_no_constant_is_a_class_of_its_own(executor):
    cells = [f'"{n}"; - | {n}' for n in range(40)]
    given = table("FIRST", "s; n", '"3"; > m | 100', *cells, "-; m | n * 2", "-; - | -1")
    types = {"s": t.text(), "n": t.number(0, 99), "m": t.number(0, 99, nullable=True)}
    rows = [("3", 9, 8), ("3", 8, 8), ("3", 8, None), ("x", 4, 4), ("x", 4, 5), ("x", 4, None)]
    what = given
    found = executor.run(Table(inputs=["s", "n"], rules=what.rules, policy="FIRST"), types, rows)
    assert found == [100, 3, 3, 8, -1, -1]


def test_keys_by_ranges_find_candidates(executor):
    """By 900 merchants and overlapping dates no table of places is made."""
    rules = [
        ([f'"m{n}"', f"[{n}..{n + 300}]", f"[{n % 7}..{n % 7 + 50}]"], [f"{n}"]) for n in range(900)
    ]
    rules.append((["-", ">= 5000", "-"], ["-1"]))
    given = Table(inputs=["s", "n", "k"], rules=rules, policy="FIRST")
    types = {"s": t.text(), "n": t.number(0, 9_999), "k": t.number(0, 999, nullable=True)}
    rows: list[tuple[Any, ...]] = [("m3", 3, 3), ("m3", 2, 3), ("m3", 303, 53), ("m3", 303, 54)]
    rows += [
        ("m899", 1_000, 5),
        ("m3", 5_000, 5),
        ("m899", 5_000, None),
        ("x", 5_000, 5),
        ("m3", 3, None),
    ]
    expected = [3, None, 3, None, 899, -1, -1, -1, None]
    assert executor.run(given, types, rows) == expected
    if executor.name == "scalar":
        assert len(reachable([node_of(given, types)])[0]) < 60


def test_outputs_that_are_computed_are_a_branch_for_each_different_one(executor):
    outputs = ["n + 1", "n * 2", "7", "0.25"]
    cells = [f'"{n}" | {outputs[n % 4]}' for n in range(60)]
    given = Table(
        inputs=["s"],
        rules=[([c.split(" | ")[0]], [c.split(" | ")[1]]) for c in cells],
        policy="UNIQUE",
    )
    types = {"s": t.text(nullable=True), "n": t.number(0, 99)}
    rows = [("0", 10), ("1", 10), ("2", 10), ("3", 10), ("59", 10), ("60", 10), (None, 10)]
    found = executor.run(given, types, rows)
    assert [v if v is None else float(v) for v in found] == [11, 20, 7, 0.25, 0.25, None, None]


def test_durations_and_truth_values(executor):
    cells = [f'"{n}"; {str(n % 2 == 0).lower()} | @"P{n % 3}D"' for n in range(60)]
    given = table("UNIQUE", "s; b", *cells)
    types = {"s": t.text(), "b": type_of("boolean?")}
    rows = [("4", True), ("4", False), ("5", False), ("5", None)]
    day = datetime.timedelta(days=1)
    assert executor.run(given, types, rows) == [day, None, 2 * day, None]


def test_a_table_of_numbers_is_one_look_up_over_arrays():
    cells = [
        f"[{n * 10}..{n * 10 + 10}); {b} | {2 * n + (b == 'true')}"
        for n in range(30)
        for b in ("true", "false")
    ]
    types = {"x": t.number(0, 10**12), "b": type_of("boolean")}
    node = node_of(table("UNIQUE", "x; b", *cells), types)
    x, b = np.array([[0, 9, 10, 299, 300, 10**11]]), np.array([[True], [False]])
    found, known = compile_vector({"r": node}).run({"x": x, "b": b})["r"]
    assert known is not None
    decide = compile_scalar({"r": node}, inputs=["x", "b"])
    for row, flag in enumerate((True, False)):
        wanted = [decide(int(one), flag)[0] for one in x[0]]
        got = [int(v) if k else None for v, k in zip(found[row], known[row], strict=True)]
        assert got == wanted


def test_more_texts_than_16_bits_count():
    graph = Graph()
    name = graph.input("s", t.text())
    places = {f"t{n}": n % 7 for n in range(40_000)}
    node = graph.keyed(name, places, 9)
    assert Columnar().evaluate({"r": node}, {"s": t.text()}, [("t39999",), ("t6",), ("x",)]) == [
        (39_999 % 7,),
        (6,),
        (9,),
    ]


@pytest.mark.parametrize("high", [90, 10**5, 10**12, 10**25])
@pytest.mark.parametrize("count", [3, 40])
def test_steps_of_any_width(high, count):
    graph = Graph()
    type_ = t.number(-50, high, nullable=True)
    bounds = sorted({-50 + 1 + n * (high + 49) // count for n in range(count)})
    node = graph.stepped(graph.input("x", type_), bounds, list(range(len(bounds) + 1)), 77)
    near = {v + d for v in bounds for d in (-1, 0)} | {-50, high}
    rows = [(None,), *((v,) for v in sorted(near))]
    wanted = [(77,), *((sum(b <= v for b in bounds),) for v in sorted(near))]
    assert Scalar().evaluate({"r": node}, {"x": type_}, rows) == wanted
    if high < 10**19:
        assert Columnar().evaluate({"r": node}, {"x": type_}, rows) == wanted


def test_rules_that_overlap_in_every_column_are_bits_of_numbers(executor):
    """200 rules by four wide ranges: no table of places, and no few candidates."""
    cells = [
        [f"[{n * (k + 3) % 97}..{n * (k + 3) % 97 + 60}]" for k in range(4)] for n in range(200)
    ]
    rules = [(row, [str(n)]) for n, row in enumerate(cells)]
    given = Table(inputs=list("abcd"), rules=rules, policy="FIRST")
    types = {name: t.number(0, 199, nullable=True) for name in "abcd"}
    rows: list[tuple[Any, ...]] = [
        (7 * n % 150, 11 * n % 150, 13 * n % 150, 17 * n % 150) for n in range(40)
    ]
    rows += [(None, 5, 5, 5), (199, 199, 199, 199)]
    wanted = [_first_of(cells, row) for row in rows]
    assert executor.run(given, types, rows) == wanted
    assert len({one for one in wanted if one is not None}) > 10
    if executor.name == "scalar":
        order, _ = reachable([node_of(given, types)])
        assert len(order) < 70
        assert sum(one.op is Op.FIRST_BIT for one in order) == 4


def _first_of(cells, row):
    """Return the first rule whose ranges all hold the row."""
    for number, one in enumerate(cells):
        ends = [map(int, cell.strip("[]").split("..")) for cell in one]
        if all(
            v is not None and low <= v <= high for v, (low, high) in zip(row, ends, strict=True)
        ):
            return number
    return None
