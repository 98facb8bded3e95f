"""`instance of` by expression and value: a case a line, the value as string() gives it.

Source: DMN 1.5, table 61 and 10.3.2.9 (the lattice of types, and what conforms).
"""

from __future__ import annotations

import pytest

from tests.dmn.small_models import feel_answer

INSTANCE_OF = [
    ("1 instance of number", "true"),
    ("null instance of Any", "false"),
    ("null instance of Null", "true"),
    ("1 instance of Any", "true"),
    ("[1,2] instance of list<number>", "true"),
    ('[1,"a"] instance of list<number>', "false"),
    ("[] instance of list<number>", "true"),
    ("[null] instance of list<number>", "true"),
    ("[1] instance of list<Any>", "true"),
    ("[1] instance of list", "null"),
    ("{a: 1} instance of context<a: number>", "true"),
    ("{a: 1, b: 2} instance of context<a: number>", "true"),
    ("{a: 1} instance of context<a: number, b: number>", "false"),
    ('{a: "x"} instance of context<a: number>', "false"),
    ("{a: 1} instance of context<a: Any>", "true"),
    ("{a: 1} instance of context", "null"),
    ("function(x: number) x instance of function<number> -> number", "function"),
    ("(function(x: number) x) instance of function<number> -> Any", "true"),
    ("(function(x: number) x) instance of function<number> -> number", "true"),
    ("(function(x) x) instance of function<Any> -> Any", "true"),
    ("(function() 1) instance of function<> -> number", "true"),
    ("abs instance of function<number> -> number", "true"),
    ("[1..5] instance of range<number>", "true"),
    ("[1..5] instance of range<string>", "false"),
    ("(<5) instance of range<number>", "true"),
    ('@"2020-01-01" instance of date', "true"),
    ('date("2020-01-01") instance of date and time', "false"),
    ('@"2020-01-01T00:00:00" instance of date and time', "true"),
    ('@"P1D" instance of days and time duration', "true"),
    ('@"P1Y" instance of years and months duration', "true"),
    ('duration("P1Y") instance of days and time duration', "false"),
    ('@"10:00:00" instance of time', "true"),
    ('"a" instance of string and true', "true"),
    ("1 + 1 instance of number", "null"),
    ("-1 instance of number", "null"),
    ("[{a:1}] instance of list<context<a: number>>", "true"),
    ("true instance of boolean", "true"),
    ("{a: 1}.a instance of number", "true"),
    ("[1,2,3] instance of list<list<number>>", "false"),
    ("{x: function(a: number) a, r: x instance of function<string> -> Any}.r", "false"),
    ("null instance of string", "false"),
    ("null instance of list<number>", "false"),
    ("[1..5] instance of range<Any>", "true"),
    ('"x" instance of string = true', "true"),
    ("not(1 instance of string)", "true"),
    ('@"P1D" instance of duration', "true"),
    ("abs instance of function<string> -> number", "false"),
    ("abs instance of function<number> -> string", "false"),
    ("abs instance of function<number, number> -> number", "false"),
    ("abs instance of function<number> -> Any", "true"),
    ("abs instance of function<Null> -> number", "true"),
    ("abs instance of function<days and time duration> -> days and time duration", "true"),
    ("sum instance of function<list<number>> -> number", "true"),
    ("sum instance of function<number, number, number> -> number", "true"),
    ("sum instance of function<list<string>> -> number", "false"),
    ("max instance of function<list<date>> -> date", "true"),
    ("not instance of function<boolean> -> boolean", "true"),
    ("now instance of function<> -> date and time", "true"),
    ("floor instance of function<number> -> number", "true"),
    ("floor instance of function<number, number> -> number", "true"),
    ("contains instance of function<string, string> -> boolean", "true"),
    ("contains instance of function<string, number> -> boolean", "false"),
    ("sort instance of function<list<number>, function<Any, Any> -> boolean> -> list<Any>", "true"),
    ("day of week instance of function<date> -> string", "true"),
    ("overlaps instance of function<range<number>, range<number>> -> boolean", "true"),
    (
        "{a: function(f: function<number> -> number) f(-2), r: [a(abs), a(string length)]}.r",
        "[2, null]",
    ),
    ("(function(a, b) 1) instance of function<number> -> number", "false"),
    ("{a: {b: 1}} instance of context<a: context<b: number>>", "true"),
    ('{"a b": 1} instance of context<a b: number>', "true"),
    ("[[1]] instance of list<list<number>>", "true"),
]


@pytest.mark.parametrize(("expression", "value"), INSTANCE_OF)
def test_instance_of(expression, value):
    assert feel_answer(expression) == value
