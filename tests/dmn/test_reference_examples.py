"""The specification's own examples: each expression is true.

Source: DMN 1.5, the tables of 10.3.2.15 and 10.3.4, and what follows from them.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from wherewithal.dmn.feel.parser import parse_expression
from wherewithal.dmn.reference.builtins_all import MODULES
from wherewithal.dmn.reference.evaluator import Evaluator
from wherewithal.dmn.reference.feel_types import TypeTable
from wherewithal.dmn.reference.runtime import Limits, Runtime, Scope

TRUE = r"""
before(1, 10) and before([1..10), [10..20]) and not(before([1..10], [10..20])) and before(1, (1..5])
after(10, 1) and after([11..20], [1..10]) and not(after(5, [1..5])) and after((5..8], 5)
meets([1..5], [5..10]) and not(meets([1..5), [5..10])) and met by([5..10], [1..5])
overlaps([1..5], [3..8]) and overlaps([3..8], [1..5]) and not(overlaps([1..5), [5..8]))
overlaps before([1..5], [3..8]) and not(overlaps before([3..8], [1..5]))
overlaps after([3..8], [1..5]) and not(overlaps after([1..5], [3..8]))
finishes(10, [1..10]) and finishes([5..10], [1..10]) and finished by([1..10], 10)
includes([1..10], 5) and includes([1..10], [4..6]) and during(5, [1..10]) and during([4..6], [1..10])
starts(1, [1..10]) and starts([1..5], [1..10]) and started by([1..10], 1) and not(starts(2, [1..10]))
coincides(5, 5) and coincides([1..5], [1..5]) and not(coincides([1..5), [1..5]))
before("a", "b") and before(date("2020-01-01"), date("2020-01-02"))
before([1], 2) and before(true, 1) = null and before(1, "a") = null
string([1..5]) = "[1..5]" and string((1..5]) = "(1..5]" and string([1,"a"]) = "[1, \"a\"]"
string({a: 1, "b-c": true}) = "{a: 1, \"b-c\": true}"
is(1, 1.0) and is("a", "a") and not(is(1, "1")) and is(null, null)
is(date("2012-12-25"), date("2012-12-25")) and not(is(date("2012-12-25"), time("23:00:50")))
is(time("23:00:50z"), time("23:00:50")) = false
is([1,2], [1,2]) and is({a: 1}, {a: 1}) and not(is([1], [2])) and is([1..5], [1..5])
range("[18..21)") = [18..21) and 18 in range("[18..21)") and not(21 in range("[18..21)"))
range("[date(\"2020-01-01\")..date(\"2020-12-31\")]").start = date("2020-01-01")
range("[\"a\"..\"c\"]").end = "c" and range("[1..b]") = null and range("oops") = null
date("2012-12-25") - date("2012-12-24") = duration("P1D")
date(date and time("2012-12-25T11:00:00Z")) = date("2012-12-25")
date(2012, 12, 25) = date("2012-12-25")
date and time("2012-12-24T23:59:00") = date and time(date("2012-12-24"), time("23:59:00"))
date and time("2012-12-24T23:59:00") + duration("PT1M") = date and time("2012-12-25T00:00:00")
time("23:59:00Z") + duration("PT2M") = time("00:01:00@Etc/UTC")
time(date and time("2012-12-25T11:00:00Z")) = time("11:00:00Z")
time("23:59:00Z") = time(23, 59, 0, duration("PT0H"))
number("1 000,0", " ", ",") = number("1,000.0", ",", ".")
string(1.1) = "1.1"
string(null) = null
date and time("2012-12-24T23:59:00") - date and time("2012-12-22T03:45:00") = duration("P2DT20H14M")
duration("P2Y2M") = duration("P26M")
years and months duration(date("2011-12-22"), date("2013-08-24")) = duration("P1Y8M")
not(true) = false
not(null) = null
substring("foobar",3) = "obar"
substring("foobar",3,3) = "oba"
substring("foobar", -2, 1) = "a"
substring("\U01F40Eab", 2) = "ab"
string length("\U01F40Eab") = 3
upper case("aBc4") = "ABC4"
substring before("foobar","bar") = "foo"
substring before("foobar","xyz") = ""
substring after("foobar","ob") = "ar"
substring after("", "a") = ""
replace("banana","a","o") = "bonono"
replace("abcd", "(ab)|(a)", "[1=$1][2=$2]") = "[1=ab][2=]cd"
contains("foobar", "of") = false
matches("foobar", "^fo*b") = true
split("John Doe", "\\s") = ["John","Doe"]
split("a;b;c;;", ";") = ["a","b","c","",""]
string join(["a","b","c"], "_and_") = "a_and_b_and_c"
string join(["a","b","c"], null) = "abc"
string join(["a",null,"c"], "X") = "aXc"
string join([], "X") = ""
count([1,[2,3]]) = 2
min(1,2,3) = 1 and min(1) = 1 and min([1]) = 1 and max([]) = null
sum([]) = null and sum(1,2,3) = 6 and mean([1,2,3]) = 2
all([false,null,true]) = false and all([]) and all(true) and all(0) = null
any([false,null,true]) = true and any([]) = false and any(0) = null
sublist([4,5,6],1,2) = [4,5]
append([1],2,3) = [1,2,3]
concatenate([1,2],[3]) = [1,2,3]
insert before([1,3],1,2) = [2,1,3]
remove([1,2,3],2) = [1,3]
index of([1,2,3,2],2) = [2,4]
union([1,2],[2,3]) = [1,2,3]
flatten([[1,2],[[3]],4]) = [1,2,3,4]
product([]) = null and product(2,3,4) = 24
median(8,2,5,3,4) = 4 and median([6,1,2,3]) = 2.5 and median([]) = null
stddev(2,4,7,5) = 2.081665999466132735282297706979931
stddev([47]) = null and stddev(47) = null and stddev([]) = null
mode(6,3,9,6,6) = [6] and mode([6,1,9,6,1]) = [1,6] and mode([]) = []
decimal(1/3, 2) = .33 and decimal(1.5,0) = 2 and decimal(2.5,0) = 2
floor(1.5) = 1 and floor(-1.56,1) = -1.6 and ceiling(-1.56,1) = -1.5
round up(-5.5,0) = -6 and round half down(-5.5,0) = -5 and round half up(-1.126,2) = -1.13
abs(@"-PT5H") = @"PT5H"
modulo(-12,5) = 3 and modulo(12,-5) = -3 and modulo(10.1,4.5) = 1.1 and modulo(-10.1,4.5) = 3.4 and modulo(10.1,-4.5) = -3.4
sqrt(16) = 4 and sqrt(-3) = null
is(date("2012-12-25"), time("23:00:50")) = false
is(time("23:00:50Z"), time("23:00:50")) = false
is(time("23:00:50Z"), time("23:00:50+00:00")) = true
day of year(date(2019,9,17)) = 260
day of week(date(2019,9,17)) = "Tuesday"
month of year(date(2019,9,17)) = "September"
[week of year(date(2019,9,17)), week of year(date(2003,12,29)), week of year(date(2004,1,4)), week of year(date(2005,1,1)), week of year(date(2005,1,3)), week of year(date(2005,1,9))] = [38,1,1,53,1,1]
sort(list: [3,1,4,5,2], precedes: function(x,y) x < y) = [1,2,3,4,5]
get value({key1: "value1"}, "key1") = "value1" and get value({key1: "value1"}, "k") = null
get entries({key1: "value1"})[key = "key1"].value = ["value1"]
context([{key:"a", value:1}, {key:"b", value:2, something: "else"}]) = {a:1, b:2}
context([{key:"a", value:1}, {key:"b"}]) = null
context put({x:1, y: {a: 0}}, ["y","a"], 2) = {x:1, y: {a: 2}}
context put({x:1}, [], 2) = null
context put({x:1}, ["y"], 2) = {x:1,y:2}
context merge([{x:1, y:0}, {y:2}]) = {x:1, y:2}
[1,2,3,4][item > 2] = [3,4]
[{x:1,y:2},{x:2,y:3}][x=1] = [{x:1,y:2}]
[{x:1,y:2},{x:null,y:3}][x<2] = [{x:1,y:2}]
[{x:1,y:2},{x:2,y:3}].y = [2,3]
[{a: {b: [1]}}, {a: {b: [2.1, 2.2]}}].a.b = [[1],[2.1,2.2]]
3[item > 2] = [3]
contains(["foobar"], "of") = false
[1,2,3][-1] = 3
[1,2,3][5] = null
{isPositive: function(x) x > 0, isNotNegative: function(x) isPositive(x+1), result: isNotNegative(0)}.result
(for i in 0..4 return if i = 0 then 1 else i * partial[-1]) = [1,1,2,6,24]
(for i in [1,2], j in [10,20] return i*j) = [10,20,20,40]
(for i in 3..1 return i) = [3,2,1]
(some i in [1,2] satisfies i > 1) and (every i in [] satisfies false)
null = null and not(null = 1) and (1 = "1") = null
(<= 10).end = 10 and (<= 10).start = null and (<= 10).start included = false and (> 1).end included = false
[1..10] = [1..10] and (1..10] != [1..10]
date("2020-01-31") + @"P1M" = date("2020-02-29")
@"2020-01-01".weekday = 3
@"P1DT2H3M4.5S".seconds = 4.5 and @"-P1DT2H".hours = -2
@"10:30:00+02:00".time offset = @"PT2H"
@"10:30:00@Europe/Paris".timezone = "Europe/Paris"
[1,2] instance of list<number>
{a:1} instance of context<a: number>
[1..10) instance of range<number>
(123 instance of list) = null
not(null instance of number)
(function(x: number) x) instance of function<number>->Any
"abc" < "abd"
5 in (<= 5) and 5 in ([1..3], [4..6]) and not(5 in (1,2)) and 1 in [1,2] and 5 in [[1..10]]
1 between 0 and 2
range("[1..10)") = [1..10)
list replace([1,2,3], function(item, newItem) item > 1, 0) = [1,0,0]
string([1,"a",{b: @"2020-01-01"}]) = "[1, \"a\", {b: 2020-01-01}]"
date("2020-01-01") < date("2020-01-02")
@"2020-01-01T00:00:00Z" = @"2020-01-01T01:00:00+01:00"
@"P1Y" / 2 = @"P6M" and @"P1D" * 2 = @"P2D" and @"P1D" / @"PT12H" = 2
if null then false else true
{a: 1}.b = null
-2 ** 2 = 4
1 + 2 * 3 = 7
2 - -1 = 3
date and time(@"2020-01-01", @"10:00:00") = @"2020-01-01T10:00:00"
date and time(date: @"2020-01-01", time: @"10:00:00Z") = @"2020-01-01T10:00:00Z"
["a".."z"] = ["a".."z"] and "c" in ["a".."z"]
(for x in [1..3] return x) = [1,2,3]
floor(5.5, null) = null
"\u0041" = "A"
{ "foo bar": 1 }.foo bar = 1
not(5 in (> 5, < 4))
""".strip().splitlines()


def value_of(text: str) -> tuple[object, list[str]]:
    """Return an expression's value and why parts of it became null."""
    assert MODULES
    runtime = Runtime(limits=Limits())
    value = Evaluator(runtime, TypeTable(())).evaluate(parse_expression(text), Scope({}))
    return value, [note.message for note in runtime.notes]


@pytest.mark.parametrize("text", TRUE)
def test_examples_of_the_specification(text):
    assert value_of(text)[0] is True


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("1 / 0", "division by zero"),
        ('1 + "a"', "number + string has no meaning"),
        ("{rate: 1}.rat", "the context has no entry 'rat'; did you mean 'rate'?"),
        ('date("2026-02-30")', "date(): the calendar has no day 2026-2-30"),
        ("incom + 1", "nothing is named 'incom'"),
        ("now()", "now(): the caller gave no moment"),
        ("substring(strin: 1)", "substring has no parameter 'strin'; did you mean 'string'?"),
        ('matches("a", "[b")', "matches(): the pattern ends too early"),
        ("[5..1]", "the ends of a range must be of one type and in order"),
        ("10 ** 9999", "the result is outside the domain of numbers"),
    ],
)
def test_what_leaves_its_domain_is_null_and_says_why(text, why):
    value, notes = value_of(text)
    assert value is None
    assert notes == [why]


def test_numbers_have_34_digits():
    assert value_of("1 / 3")[0] == Decimal("0." + "3" * 34)
    assert value_of("0.1 + 0.2 = 0.3")[0] is True
