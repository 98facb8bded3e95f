"""String functions and literals, case by case.

Source: DMN 1.5, table 74 and grammar rules 33 and 64.
"""

from __future__ import annotations

import pytest

from tests.dmn.feel_cases import assert_case, cases

CASES = r"""
# substring: table 74, note 1
substring("foobar", 0) => null
substring("foobar", 7) => null
substring("foobar", -7) => null
substring("foobar", 1.5) => null
substring("foobar", 1.0) => "foobar"
substring("foobar", 4, 4) => null
substring("foobar", 1, 0) => null
substring("foobar", 1, -1) => null
substring("foobar", -2, 3) => null
substring("", 1) => null
substring(["foobar"], [3]) => "obar"
substring(null, 1) => null
substring("foobar", null) => null
substring("foobar", "3") => null
substring("foobar", 3, "a") => null
substring("foobar") => null
substring("foobar", 1, 2, 3) => null
substring("foobar", 3, null) => "obar"
substring(string: "foobar", start position: 3) => "obar"

# string length, upper case, lower case: characters are code points
string length("\U01F40E\u00e9") => 2
string length(null) => null
string length(123) => null
string length([]) => null
upper case("straße") => "STRASSE"
lower case("ÀÉ") => "àé"
upper case(null) => null
string length("\ud83d\udc0e") => 1
string length("a\nb") => 3
string length("\\") => 1

# substring before, substring after
substring before("foobar", "") => ""
substring after("foobar", "") => "foobar"
substring before("", "") => ""
substring before(null, "a") => null
substring after("foobar", null) => null

# contains, starts with, ends with
contains("foobar", "") => true
starts with("foobar", "") => true
ends with("foobar", "") => true
starts with("foobar", null) => null
starts with(string: "foobar", match: "fo") => true
ends with(string: "foobar", match: "r") => true
contains(string: "foobar", match: "ob") => true

# split: its delimiter is a pattern
split("John Doe", "\\s") => ["John", "Doe"]
split("a;b;c;;", ";") => ["a", "b", "c", "", ""]
split("abc", "") => null
split("", ",") => [""]
split("a,b", null) => null
split(null, ",") => null
split("aXbxc", "[xX]") => ["a", "b", "c"]
split(string: "a-b", delimiter: "-") => ["a", "b"]
split("a||b", "\\|") => ["a", "", "b"]
split("a.b", ".") => ["", "", "", ""]

# string join
string join(["a","b","c"]) => "abc"
string join(list: ["a","b"], delimiter: "-") => "a-b"
string join("a", "-") => "a"
string join(["a", 1], "-") => null
string join(["a"], 1) => null
string join(null, "-") => null
string join([null], "-") => ""
string join(["a"], "X", "Y") => null
string join() => null

# escapes of string literals: grammar rules 33 and 64
"\u0041\U01F40E\t\"\\" => "A🐎\t\"\\"
"\ud83d\udc0e" => "🐎"

# characters beyond the first plane, and runs of them
split("a1b22c", "[0-9]+") => ["a", "b", "c"]
split("\U01F40E,\U01F40E", ",") => ["🐎", "🐎"]
split("a", "b") => ["a"]
split("aa", "a") => ["", "", ""]
upper case("ß") => "SS"
lower case("ΑΣ") => "ας"
string length("e\u0301") => 2
contains("\U01F40Ea", "\U01F40E") => true
index of(["\U01F40E"], "\U01F40E") => [1]
"\U01F40E" < "\uFFFF" => false
substring before("a.b.c", ".") => "a"
substring after("a.b.c", ".") => "b.c"
substring before("foo", "foo") => ""
substring after("foo", "foo") => ""
"""


@pytest.mark.parametrize("case", cases(CASES))
def test_strings(case):
    assert_case(case)
