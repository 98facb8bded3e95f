"""Dates, durations, texts, ranges and lists in tests, on every executor."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

DAYS = (date(2020, 2, 29), date(1900, 1, 1), date(2200, 12, 31), date(2000, 3, 1), None)
LATE = date(2001, 1, 1)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("d.year", [2020, 1900, 2200, 2000, None]),
        ("d.month", [2, 1, 12, 3, None]),
        ("d.day", [29, 1, 31, 1, None]),
        (
            'd + @"P1D"',
            [date(2020, 3, 1), date(1900, 1, 2), date(2201, 1, 1), date(2000, 3, 2), None],
        ),
        ('(d + @"P365D").day', [28, 1, 31, 1, None]),
        ('(d - duration("P1D")).year', [2020, 1899, 2200, 2000, None]),
        ('d - @"2020-02-28" > @"P1D"', [False, False, True, False, None]),
        ('d - @"2020-02-28" = @"P1D"', [True, False, False, False, False]),
        ('@"2020-03-01" - d', [timedelta(n) for n in (1, 43889, -66048, 7305)] + [None]),
        ('d < date("2020-02-29")', [False, True, False, True, None]),
        ('d in [@"2000-03-01"..@"2020-02-29"]', [True, False, False, True, None]),
        ('d = @"2020-02-29"', [True, False, False, False, False]),
        ("d = null", [False, False, False, False, True]),
        ('max(d, @"2020-02-29")', [DAYS[0], DAYS[0], DAYS[2], DAYS[0], None]),
        ('if d > @"2019-12-31" then d else @"2001-01-01"', [DAYS[0], LATE, DAYS[2], LATE, LATE]),
        ('abs(d - @"2000-03-01") < @"-P1D"', [False, False, False, False, None]),
        ('-(d - @"2000-02-29")', [timedelta(-n) for n in (7305, -36583, 73354, 1)] + [None]),
    ],
)
def test_dates(executor, expression, expected):
    assert executor.run(expression, {"d": "date?"}, [(day,) for day in DAYS]) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('@"2020-02-29".year', 2020),
        ('(@"2020-03-01" - @"2019-03-01") = @"P366D"', True),
        ('@"2020-02-28" + @"P2D"', date(2020, 3, 1)),
        ('min(@"2020-02-28", @"2020-02-27")', date(2020, 2, 27)),
        ("1 = 2 or max(1, 2, 0.5) = 2", True),
    ],
)
def test_constants_keep_the_number_of_rows(executor, expression, expected):
    assert executor.run(expression, {"x": "number"}, [(1,), (2,), (3,)]) == [expected] * 3
    assert executor.run(expression, {"x": "number"}, []) == []


TEXTS = ("A", "B", "Z", "", None)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('s = "A"', [True, False, False, False, False]),
        ('s != "A"', [False, True, True, True, True]),
        ('s = ""', [False, False, False, True, False]),
        ("s = null", [False, False, False, False, True]),
        ('s in ("A", "B", null)', [True, True, False, False, True]),
        ('s in (["B", "Q"])', [False, True, False, False, False]),
        ('list contains(["A", ""], s)', [True, False, False, True, False]),
        ('list contains(["A", null], s)', [True, False, False, False, True]),
        ('if s = "A" then "one" else if s = "B" then null else "Z"', ["one", None, "Z", "Z", "Z"]),
        ("s = k", [True, False, False, False, True]),
        ('(if s = "A" then "B" else "A") = k', [False, True, False, True, False]),
    ],
)
def test_texts(executor, expression, expected):
    """`s` may be any text, `k` one of two."""
    rows = list(zip(TEXTS, ("A", "A", "B", "A", None), strict=True))
    assert executor.run(expression, {"s": "text?", "k": "A|B?"}, rows) == expected


def test_an_enumeration_passes_through(executor):
    types = {"s": "A|B?", "b": "boolean"}
    rows = [("A", True), ("B", True), (None, True), ("A", False)]
    assert executor.run('if b then s else "C"', types, rows) == ["A", "B", None, "C"]


@pytest.mark.parametrize("count", [1, 254, 255, 256, 257, 300])
def test_texts_of_any_number(executor, count):
    """Codes change their width at 256."""
    words = [f"w{place:03}" for place in range(count)]
    rows = [(word,) for word in (*words, None)]
    expression = f'if k = "{words[-1]}" then "{words[0]}" else k'
    assert executor.run(expression, {"k": "|".join(words) + "?"}, rows) == [
        *words[:-1],
        words[0],
        None,
    ]


POINTS = [("0.9",), (1,), ("1.5",), (2,), ("2.1",), (None,)]


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        ("[1..2]", [False, True, True, True, False, None]),
        ("(1..2)", [False, False, True, False, False, None]),
        ("]1..2[", [False, False, True, False, False, None]),
        ("[1..2)", [False, True, True, False, False, None]),
        ("(1..2]", [False, False, True, True, False, None]),
        ("< 1", [True, False, False, False, False, None]),
        (">= 2", [False, False, False, True, True, None]),
        ("(< 1, > 2)", [True, False, False, False, True, None]),
        ("(1, 2.1)", [False, True, False, False, True, False]),
        ("(1, null)", [False, True, False, False, False, True]),
        ("(null, < 1)", [True, False, False, False, False, True]),
        ("[2..1]", [False, False, False, False, False, None]),
        ("(!= 1)", [True, False, True, True, True, True]),
    ],
)
def test_in(executor, test, expected):
    assert executor.run(f"x in {test}", {"x": "number(1)?"}, POINTS) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("{a: x, b: a + 1, c: b * a}.c", [6, None]),
        ("{a: {b: x}}.a.b", [2, None]),
        ('{"a": x, b: x = null}', [{"a": 2, "b": False}, {"a": None, "b": True}]),
        ("if x > 1 then {a: 1, b: x} else {b: 0, a: x}", [{"a": 1, "b": 2}, {"a": None, "b": 0}]),
        ("(if x > 1 then {a: 1} else null).a", [1, None]),
        ("(function(a, b) a - b)(x, 1)", [1, None]),
        ("{f: function(a) a * a, r: f(x) + f(3)}.r", [13, None]),
        ("{f: function(a) if a = null then 0 else a, r: f(a: x)}.r", [2, 0]),
        ("[x] = 2", [True, False]),
    ],
)
def test_shapes(executor, expression, expected):
    assert executor.run(expression, {"x": "number?"}, [(2,), (None,)]) == expected


@pytest.mark.parametrize("count", [90, 700])
def test_long_chains(executor, count):
    """Chains that nest deeper than a parser of Python would follow."""
    rows = [(0,), (count - 1,), (count,), (None,)]
    run = [executor.run(text, {"x": "number?"}, rows) for text in _long(count)]
    assert run[0] == [True, True, False, False]
    assert run[1] == [True, True, None, None]
    assert run[2] == [0, count - 1, count, None]


def _long(count):
    yield f"x in ({', '.join(map(str, range(count)))})"
    yield f"x in ({', '.join(f'[{n}..{n}]' for n in range(count))}) or null > x"
    yield f"sum({', '.join(f'(if x > {n} then 1 else 0)' for n in range(count))}) + x * 0"
