"""What string() makes of each type, case by case.

Source: DMN 1.5, table 72, which leaves the form open: it is that of the literals.
"""

from __future__ import annotations

import pytest

from tests.dmn.feel_cases import assert_case, cases

CASES = r"""
# string()
string([1, "a", null, true, [2]]) => "[1, \"a\", null, true, [2]]"
string({a: {b: "c"}}) => "{a: {b: \"c\"}}"
string({"a b": 1, "1x": 2, "c-d": 3, "if": 4}) => "{a b: 1, \"1x\": 2, \"c-d\": 3, if: 4}"
string("a\"b") => "a\"b"
string(["a\"b", "c\\d", "e\nf"]) => "[\"a\\\"b\", \"c\\\\d\", \"e\nf\"]"
string(@"P1Y14M") => "P2Y2M"
string(@"-P1Y2M") => "-P1Y2M"
string(@"P0M") => "P0M"
string(@"P0D") => "PT0S"
string(@"PT36H") => "P1DT12H"
string(@"-PT36H61M") => "-P1DT13H1M"
string(@"PT0.5S") => "PT0.5S"
string(@"PT1.500S") => "PT1.5S"
string(@"2020-01-01T10:00:00.500Z") => "2020-01-01T10:00:00.5Z"
string(@"10:00:00.000") => "10:00:00"
string(@"10:00:00-00:00") => "10:00:00Z"
string((< 5)) => "< 5"
string((>= 5)) => ">= 5"
string(["a".."b"]) => "[\"a\"..\"b\"]"
string([@"2020-01-01"..@"2020-02-01"]) => "[2020-01-01..2020-02-01]"
string(function(x) x) => "function"
string(from: 1) => "1"
string() => null
string(1,2) => null
string(@"2020-01-01T10:00:00@Europe/Paris") => "2020-01-01T10:00:00@Europe/Paris"
string(-0.0) => "0.0"
string(0 * -1.00) => "0"
string(1.10) => "1.10"
string(1e3) => "1000"
string(1/3) => "0.3333333333333333333333333333333333"
string(100/10) => "10"
string(decimal(5,2)) => "5.00"
string(10**33) => "1000000000000000000000000000000000"
string(1e-7) => "0.0000001"
string(decimal(1.005, 2)) => "1.00"
"""


@pytest.mark.parametrize("case", cases(CASES))
def test_text_of_values(case):
    assert_case(case)
