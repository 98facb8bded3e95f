"""Operators over values of all types, case by case.

Source: DMN 1.5, tables 53-62 and 68.
"""

from __future__ import annotations

import pytest

from tests.dmn.feel_cases import assert_case, cases
from wherewithal.dmn.feel.signatures import SIGNATURES
from wherewithal.dmn.reference.builtin_types import types_of_builtin
from wherewithal.dmn.reference.invocation import bind_positional
from wherewithal.dmn.reference.values import Function

CASES = r"""
# arithmetic: 34 digits, null where it has no meaning
1 + 2 * 3 => 7
(1 + 2) * 3 => 9
2 ** 3 ** 2 => 64
-4 ** 2 => 16
10 / 3 => 3.333333333333333333333333333333333
1 / 0 => null
0 / 0 => null
1 + null => null
null * 2 => null
"a" + "b" => "ab"
"a" + 1 => null
"a" - "b" => null
true + 1 => null
0.1 + 0.2 => 0.3
1e34 + 1 => 10000000000000000000000000000000000
9999999999999999999999999999999999 * 9999999999999999999999999999999999 => 99999999999999999999999999999999980000000000000000000000000000000000
1.5e3 => 1500
1E-3 => 0.001
.5 + .5 => 1.0
2 ** -1 => 0.5
2 ** 999999999 => null
1 ** 999999999 => 1
2 ** 1000000000 => null
2 ** "a" => null
0 ** -1 => null
0 ** 0 => 1
2 ** 0.5 => 1.414213562373095048801688724209698
10 ** 6145 => null
1E6144 * 10 => null
9999999999999999999999999999999999 + 1 => 10000000000000000000000000000000000
1.000000000000000000000000000000001 * 3 => 3.000000000000000000000000000000003
-0 => 0
0 * -1 => 0
2 * [3] => null

# equality: table 53
substring("\U01F40Eab", 1, 1) = "\U01F40E" => true
null = null => true
null != null => false
1 != null => true
1 = "1" => null
1 != "1" => null
true = true => true
true = 1 => null
[1,2] = [1,2] => true
[1,2] = [2,1] => false
[1,2] != [1,2] => false
[] = [] => true
[1] = [1.0] => true
{a:1,b:2} = {b:2,a:1} => true
{a:1} = {a:1,b:null} => false
{a:1} = {a:"1"} => false
{a:1} != {a:2} => true
[1..5] = [1..5] => true
[1..5] = [1..5) => false
[1..5] = [1..6] => false
(< 5) = (< 5) => true
[1..5] != (1..5] => true
1.0 = 1.00 => true
100 = 1E2 => true
-0 = 0 => true
1 in != 2 => true

# order: table 54
"a" < "b" => true
"a" < "B" => false
"abc" < "abcd" => true
"a" < 1 => null
1 < "a" => null
1 < null => null
null < null => null
true < false => null
5 between 1 and 10 => true
0 between 1 and 10 => false
null between 1 and 10 => null
5 between null and 10 => null
5 between 6 and null => false
"b" between "a" and "c" => true
5 between "a" and "z" => null

# in: table 55
1 in [1,2,3] => true
4 in [1,2,3] => false
1 in (1,2) => true
1 in (> 0) => true
1 in [0..5] => true
1 in [[0..5], 9] => true
1 in [] => false
null in [null] => true
null in (1, null) => true
null in [1..5] => null
1 in null => false
1 in (null) => false
"a" in ["a".."c"] => true
"a" in ("b", "a") => true
1 in ["a", 1] => true
[1] in [[1],[2]] => true
1 in (!= 1) => false
5 in (? > 3) => true
5 in (< 3, > 4) => true
5 in =5 => true
"a" in "a" => true

# filters and positions: table 68
[1,2,3][1] => 1
[1,2,3][0] => null
[1,2,3][1.5] => null
5[1] => 5
5[2] => null
null[1] => null
[][1] => null
[1,2,3][item >= 2] => [2, 3]

# instance of: table 61
1 instance of number => true
"a" instance of string => true
[1..5] instance of range<number> => true
@"P1D" instance of days and time duration => true
@"P1Y" instance of years and months duration => true
@"2020-01-01" instance of date => true
@"2020-01-01" instance of date and time => false
@"2020-01-01T00:00:00" instance of date and time => true
@"10:00:00" instance of time => true
null instance of Null => true
null instance of Any => false
1 instance of Any => true
abs instance of function<number> -> number => true
{a: 1} instance of context<a: number> => true
{a: 1, b: 2} instance of context<a: number> => true
{a: 1} instance of context<b: number> => false
[] instance of list<number> => true
[1, "a"] instance of list<number> => false
[1, "a"] instance of list<Any> => true
[null] instance of list<number> => true
true instance of boolean => true

# results whose scale no number has are null
10 ** -6177 => null
10 ** -6176 > 0 => true
1E-4000 * 1E-4000 => null
1E-6176 / 3 => null
0 * 1E-6000 => 0
0 / 5 => 0
10 ** 6144 > 0 => true
1E6144 * 10 => null
(-2) ** 3 => -8
(-2) ** 0.5 => null
(-8) ** (1/3) => null
"""


@pytest.mark.parametrize("case", cases(CASES))
def test_operators(case):
    assert_case(case)


@pytest.mark.parametrize("name", SIGNATURES)
def test_each_type_of_a_builtin_is_one_of_its_ways_to_be_called(name):
    function = Function(name=name, signatures=SIGNATURES[name], call=len)
    for found in types_of_builtin(name):
        assert bind_positional(function, [None] * len(found.parameters)) is not None
