"""Decision tables: every hit policy of the profile, on every executor (DMN 1.5, 8.2.10)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.conformance.models import Knowledge, model_of, table

X = {"x": "number?"}
ROWS = [(1,), (4,), (6,), (9,), (None,)]


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        # x =           1     4     6     9     null;  rule 1: < 5, rule 2: [4..7]
        ("UNIQUE", [10, None, 20, None, None]),
        ("ANY", [10, None, 20, None, None]),
        ("FIRST", [10, 10, 20, None, None]),
        ("COLLECT SUM", [10, 30, 20, None, None]),
        ("COLLECT MIN", [10, 10, 20, None, None]),
        ("COLLECT MAX", [10, 20, 20, None, None]),
        ("COLLECT COUNT", [1, 2, 1, None, None]),
    ],
)
def test_two_rules_that_overlap(executor, policy, expected):
    assert executor.run(table(policy, "x", "< 5 | 10", "[4..7] | 20"), X, ROWS) == expected


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("UNIQUE", [10, None, 20, 99, 99]),
        ("ANY", [10, None, 20, 99, 99]),
        ("FIRST", [10, 10, 20, 99, 99]),
        ("COLLECT SUM", [10, 30, 20, 99, 99]),
        ("COLLECT MIN", [10, 10, 20, 99, 99]),
        ("COLLECT COUNT", [1, 2, 1, 99, 99]),
    ],
)
def test_a_default_stands_for_no_hit_only(executor, policy, expected):
    given = table(policy, "x", "< 5 | 10", "[4..7] | 20", defaults={"out": "99"})
    assert executor.run(given, X, ROWS) == expected


@pytest.mark.parametrize(
    ("outputs", "expected"),
    [
        (("7", "7.0"), [7, 7, 7, None, None]),
        (("x + 1", "1 + x"), [2, 5, 7, None, None]),
        (("x", "4"), [1, 4, 4, None, None]),
        (("null", "null"), [None] * 5),
        (('"a"', '"b"'), ["a", None, "b", None, None]),
    ],
)
def test_any_compares_values(executor, outputs, expected):
    given = table("ANY", "x", f"< 5 | {outputs[0]}", f"[4..7] | {outputs[1]}")
    assert executor.run(given, X, ROWS) == expected


def test_priority_orders_by_the_allowed_values(executor):
    given = table(
        "PRIORITY",
        "x",
        '< 5 | "low"',
        '[4..7] | "high"',
        '- | "mid"',
        allowed={"out": '"high", "mid", "low"'},
    )
    assert executor.run(given, X, ROWS) == ["mid", "high", "high", "mid", "mid"]


def test_priority_reads_scales(executor):
    given = table("PRIORITY", "x", "< 5 | 15", "[4..7] | 1.5", allowed={"out": "1.5, 15"})
    assert executor.run(given, X, ROWS) == [15, Decimal("1.5"), Decimal("1.5"), None, None]


def test_several_outputs(executor):
    given = table(
        "FIRST",
        "x; s",
        '< 5; "A" | 1; "one"',
        '-; not("A") | x; null',
        outputs=("n", "word"),
        defaults={"word": '"none"'},
    )
    rows = [(1, "A"), (9, "A"), (9, "B"), (None, "A"), (None, None)]
    assert executor.run(given, {"x": "number?", "s": "A|B?"}, rows) == [
        {"n": 1, "word": "one"},
        {"n": None, "word": "none"},
        {"n": 9, "word": None},
        {"n": None, "word": "none"},
        {"n": None, "word": None},
    ]


#: Beside `-; not(5)`, which matches u = 2 and null, a rule whose test of u is null there.
NULL_TESTS = [
    # q, u =      99,null 99,5   null,null 1,2    3,2
    ("UNIQUE", [30, 1, 30, 30, 30]),
    ("ANY", [30, 1, 30, 30, 30]),
    ("FIRST", [30, 1, 30, 30, 30]),
    ("PRIORITY", [30, 1, 30, 30, 30]),
]


@pytest.mark.parametrize(("policy", "expected"), NULL_TESTS)
def test_a_test_that_is_null_takes_no_context_away(executor, policy, expected):
    given = table(
        policy,
        "q; u",
        "-; not(5) | 30; 7",
        "? > 2; > 2 | 1; 8",
        outputs=("a", "b"),
        allowed={"a": "30, 1"} if policy == "PRIORITY" else {},
    )
    rows = [(99, None), (99, 5), (None, None), (1, 2), (3, 2)]
    found = executor.run(given, {"q": "number?", "u": "number?"}, rows)
    assert found == [{"a": a, "b": {30: 7, 1: 8}[a]} for a in expected]


@pytest.mark.parametrize("policy", ["UNIQUE", "ANY", "FIRST"])
def test_whether_there_is_a_context(executor, policy):
    """Without a hit there is none, but where a default is; nor where two rules clash."""
    rules = ("< 5; - | 1; 7", "-; > 2 | 2; 8")
    rows = [(1, None), (1, 5), (None, None), (9, 1), (9, 5)]
    types = {"q": "number?", "u": "number?"}
    first, second = {"a": 1, "b": 7}, {"a": 2, "b": 8}
    clash = first if policy == "FIRST" else None
    bare = table(policy, "q; u", *rules, outputs=("a", "b"))
    assert executor.run(bare, types, rows) == [first, clash, None, None, second]
    half = table(policy, "q; u", *rules, outputs=("a", "b"), defaults={"b": "9"})
    missed = {"a": None, "b": 9}
    assert executor.run(half, types, rows) == [first, clash, missed, missed, second]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("-", [1, 1, 1, 1, 1]),
        ("null", [None, None, None, None, 1]),
        ("not(null)", [1, 1, 1, 1, None]),
        ("not(1, 4)", [None, None, 1, 1, 1]),
        ("not(< 5)", [None, None, 1, 1, None]),
        ("1, 6, null", [1, None, 1, None, 1]),
        ("< 2, > 8", [1, None, None, 1, None]),
        ("!= 4", [1, None, 1, 1, 1]),
        ("y", [None, 1, None, None, None]),
        ("< y", [1, None, None, None, None]),
        ("[y..8]", [None, 1, 1, None, None]),
        ("y + 2, 9", [None, None, 1, 1, None]),
    ],
)
def test_cells(executor, cell, expected):
    rows = [(*row, 4) for row in ROWS]
    types = {**X, "y": "number"}
    assert executor.run(table("UNIQUE", "x", f"{cell} | 1"), types, rows) == expected


def test_a_cell_that_names_the_tested_value(executor):
    given = table("UNIQUE", "x", "? > 3 and ? < 9 | 1")
    assert executor.run(given, X, ROWS) == [None, 1, 1, None, None]


def test_a_dash_takes_null_and_what_its_column_allows(executor):
    given = table(
        "FIRST", "x; s", '-; "A" | 1', "> 5; - | 2", listed={"x": "[2..8]", "s": '"A", "B"'}
    )
    rows = [(1, "A"), (2, "A"), (9, "A"), (9, "B"), (9, "C"), (None, "A"), (9, None)]
    types = {"x": "number?", "s": "A|B|C?"}
    assert executor.run(given, types, rows) == [None, 1, 2, 2, None, 1, 2]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        # A cell `!= "A"` admits what `"B"` admits; rule 1 | rule 2.
        (('!= "A"', '"B"'), [None, None, 1, 1]),
        (('not("A")', '"A"'), [2, 1, 1, 1]),
        (('not("A")', '"B", "C"'), [None, None, None, 1]),
        (('!= "A"', "-"), [2, None, None, None]),
        (('"A"', '"B", "C", null'), [1, 2, 2, 2]),
        (('"A", != "B"', '"B"'), [1, 2, 1, 1]),
        (('"A", != "A"', '"B"'), [1, None, 1, 1]),
    ],
)
def test_rules_over_an_enumeration(executor, cells, expected):
    given = table("UNIQUE", "s", *(f"{cell} | {n}" for n, cell in enumerate(cells, 1)))
    rows = [("A",), ("B",), ("C",), (None,)]
    assert executor.run(given, {"s": "A|B|C?"}, rows) == expected
    alone = executor.run(given, {"s": "A|B|C"}, rows[:3])
    assert alone == expected[:3]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (("not(true)", "false"), [None, None]),
        (("true", "false"), [1, 2]),
        (("!= true", "true"), [2, 1]),
        (("true", "!= false"), [None, None]),
    ],
)
def test_rules_over_a_boolean(executor, cells, expected):
    given = table("UNIQUE", "b", *(f"{cell} | {n}" for n, cell in enumerate(cells, 1)))
    assert executor.run(given, {"b": "boolean"}, [(True,), (False,)]) == expected


@pytest.mark.parametrize("policy", ["UNIQUE", "FIRST"])
@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        (("< 3 | 1", "[3..6) | 2", ">= 6 | 3"), [1, 2, 3, 3]),
        (("< 3 | 1", "(3..6) | 2", ">= 6 | 3"), [1, 2, 3, 3]),
        ((">= 6 | 3", "[3..5] | 2", "(2.5..2.9) | 7", "<= 2 | 1"), [1, 2, 3, 3]),
        (("!= 4 | 1", "4 | 2"), [1, 2, 1, 1]),
        (("- | x",), [1, 4, 6, 9]),
    ],
)
def test_tables_that_may_be_complete(executor, policy, rules, expected):
    """The last rule of a complete table has no test of its own: nothing may change by that."""
    assert executor.run(table(policy, "x", *rules), {"x": "number"}, ROWS[:4]) == expected
    missed = executor.run(table(policy, "x", *rules), X, [(None,)])
    assert missed == [1 if rules[0].startswith("!=") else None]


def test_a_null_input_matches_no_comparison(executor):
    given = table("FIRST", "if true then null else x", "< 5 | 1", "null | 2", "- | 3")
    assert executor.run(given, X, ROWS) == [2] * 5


def test_a_score_of_many_characteristics(executor):
    rules = [f"[{n}..{n + 1}); - | {n}" for n in range(80)]
    rules += [f"-; [{n}..{n + 1}) | {n * n}" for n in range(80)]
    given = table("COLLECT SUM", "x; y", *rules)
    rows = [(3, 4), (79, 79), (80, 2), (None, 5), (None, None)]
    assert executor.run(given, {"x": "number?", "y": "number?"}, rows) == [19, 6320, 4, 25, None]


def test_a_table_longer_than_a_chain(executor):
    given = table("FIRST", "x", *(f"{n} | x * {n}" for n in range(150)), "- | -1")
    assert executor.run(given, X, [(0,), (59,), (60,), (149,), (150,), (None,)]) == [
        *(0, 3481, 3600, 22201, -1, -1)
    ]


def test_a_long_table_in_a_guarded_branch(executor):
    """A function is inlined under `x != null`: its chain is too long for one expression."""
    chain = table("FIRST", "a + 0", *(f"{n} | a * {n}" for n in range(150)), "- | -1")
    model = model_of(
        {"Result": "if x != null then times(x) + times(x) else -7"},
        inputs=X,
        knowledge={"times": Knowledge(parameters=("a",), body=chain)},
    )
    assert executor.run(model, X, [(2,), (149,), (150,), (None,)]) == [8, 44402, -2, -7]


def test_a_knowledge_model_is_inlined(executor):
    model = model_of(
        {"Half": "half(x)", "Result": "half(n: Half * 2) + half(null) + 1", "Sum": "Half + 1"},
        inputs=X,
        knowledge={
            "half": Knowledge(parameters=("n",), body="if n = null then 0 else floor(n / 2)")
        },
    )
    assert executor.run(model, X, [(9,), (None,)]) == [5, 1]
    assert executor.run(model, X, [(9,), (None,)], decision="Sum") == [5, 1]


def test_outputs_of_mixed_scales(executor):
    given = table("FIRST", "x", "1 | 0.25", "4 | 3", "6 | x", "- | null")
    assert executor.run(given, X, ROWS) == [Decimal("0.25"), 3, 6, None, None]


def test_outputs_beyond_64_bits(executor):
    big = 10**21
    given = table("FIRST", "x", f"1 | {big}", f"4 | -{big}", "6 | 1", "- | null")
    assert executor.run(given, X, ROWS) == [big, -big, 1, None, None]
