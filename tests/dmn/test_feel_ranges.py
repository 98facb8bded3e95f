"""Ranges: relations, range(), properties, case by case.

Source: DMN 1.5, table 78 (every example of it), 67 and 72, grammar rules 66 and 67.
"""

from __future__ import annotations

import pytest

from tests.dmn.feel_cases import assert_case, cases

CASES = r"""
# before, after: table 78
before(1, 10) => true
before(10, 1) => false
before(1, [1..10]) => false
before(1, (1..10]) => true
before(1, [5..10]) => true
before([1..10], 10) => false
before([1..10), 10) => true
before([1..10], 15) => true
before([1..10], [15..20]) => true
before([1..10], [10..20]) => false
before([1..10), [10..20]) => true
before([1..10], (10..20]) => true
after(10, 5) => true
after(5, 10) => false
after(12, [1..10]) => true
after(10, [1..10)) => true
after(10, [1..10]) => false
after([11..20], 12) => false
after([11..20], 10) => true
after((11..20], 11) => true
after([11..20], 11) => false
after([11..20], [1..10]) => true
after([1..10], [11..20]) => false
after([11..20], [1..11)) => true
after((11..20], [1..11]) => true

# meets, met by: table 78
meets([1..5], [5..10]) => true
meets([1..5), [5..10]) => false
meets([1..5], (5..10]) => false
meets([1..5], [6..10]) => false
met by([5..10], [1..5]) => true
met by([5..10], [1..5)) => false
met by((5..10], [1..5]) => false
met by([6..10], [1..5]) => false

# overlaps, overlaps before, overlaps after: table 78
overlaps([1..5], [3..8]) => true
overlaps([3..8], [1..5]) => true
overlaps([1..8], [3..5]) => true
overlaps([3..5], [1..8]) => true
overlaps([1..5], [6..8]) => false
overlaps([6..8], [1..5]) => false
overlaps([1..5], [5..8]) => true
overlaps([1..5], (5..8]) => false
overlaps([1..5), [5..8]) => false
overlaps([1..5), (5..8]) => false
overlaps([5..8], [1..5]) => true
overlaps((5..8], [1..5]) => false
overlaps([5..8], [1..5)) => false
overlaps((5..8], [1..5)) => false
overlaps before([1..5], [3..8]) => true
overlaps before([1..5], [6..8]) => false
overlaps before([1..5], [5..8]) => true
overlaps before([1..5], (5..8]) => false
overlaps before([1..5), [5..8]) => false
overlaps before([1..5), (1..5]) => true
overlaps before([1..5], (1..5]) => true
overlaps before([1..5), [1..5]) => false
overlaps before([1..5], [1..5]) => false
overlaps after([3..8], [1..5]) => true
overlaps after([6..8], [1..5]) => false
overlaps after([5..8], [1..5]) => true
overlaps after((5..8], [1..5]) => false
overlaps after([5..8], [1..5)) => false
overlaps after((1..5], [1..5)) => true
overlaps after((1..5], [1..5]) => true
overlaps after([1..5], [1..5)) => false
overlaps after([1..5], [1..5]) => false

# finishes, finished by: table 78
finishes(10, [1..10]) => true
finishes(10, [1..10)) => false
finishes([5..10], [1..10]) => true
finishes([5..10), [1..10]) => false
finishes([5..10), [1..10)) => true
finishes([1..10], [1..10]) => true
finishes((1..10], [1..10]) => true
finished by([1..10], 10) => true
finished by([1..10), 10) => false
finished by([1..10], [5..10]) => true
finished by([1..10], [5..10)) => false
finished by([1..10), [5..10)) => true
finished by([1..10], [1..10]) => true
finished by([1..10], (1..10]) => true

# includes, during: table 78
includes([1..10], 5) => true
includes([1..10], 12) => false
includes([1..10], 1) => true
includes([1..10], 10) => true
includes((1..10], 1) => false
includes([1..10), 10) => false
includes([1..10], [4..6]) => true
includes([1..10], [1..5]) => true
includes((1..10], (1..5]) => true
includes([1..10], (1..10)) => true
includes([1..10), [5..10)) => true
includes([1..10], [1..10)) => true
includes([1..10], (1..10]) => true
includes([1..10], [1..10]) => true
during(5, [1..10]) => true
during(12, [1..10]) => false
during(1, [1..10]) => true
during(10, [1..10]) => true
during(1, (1..10]) => false
during(10, [1..10)) => false
during([4..6], [1..10]) => true
during([1..5], [1..10]) => true
during((1..5], (1..10]) => true
during((1..10), [1..10]) => true
during([5..10), [1..10)) => true
during([1..10), [1..10]) => true
during((1..10], [1..10]) => true
during([1..10], [1..10]) => true

# starts, started by: table 78
starts(1, [1..10]) => true
starts(1, (1..10]) => false
starts(2, [1..10]) => false
starts([1..5], [1..10]) => true
starts((1..5], (1..10]) => true
starts((1..5], [1..10]) => false
starts([1..5], (1..10]) => false
starts([1..10], [1..10]) => true
starts([1..10), [1..10]) => true
starts((1..10), (1..10)) => true
started by([1..10], 1) => true
started by((1..10], 1) => false
started by([1..10], 2) => false
started by([1..10], [1..5]) => true
started by((1..10], (1..5]) => true
started by([1..10], (1..5]) => false
started by((1..10], [1..5]) => false
started by([1..10], [1..10]) => true
started by([1..10], [1..10)) => true
started by((1..10), (1..10)) => true

# coincides: table 78
coincides(5, 5) => true
coincides(3, 4) => false
coincides([1..5], [1..5]) => true
coincides((1..5), [1..5]) => false
coincides([1..5], [2..6]) => false

# open ends, and ends that differ in type
before(1, (< 5)) => false
before((< 5), 5) => true
before((<= 5), 5) => false
before((< 5), (>= 5)) => true
before((>= 5), 1) => false
after((>= 5), 4) => true
after(5, (< 5)) => true
meets((<= 5), (>= 5)) => true
met by((>= 5), (<= 5)) => true
overlaps((< 5), (> 3)) => true
overlaps((< 5), (>= 5)) => false
includes((>= 5), 7) => true
includes((>= 5), [6..7]) => true
includes((>= 5), (> 6)) => true
during(7, (>= 5)) => true
starts(5, (>= 5)) => true
starts(5, (> 5)) => false
started by((>= 5), 5) => true
finishes(5, (<= 5)) => true
finished by((<= 5), 5) => true
coincides((< 5), (< 5)) => true
coincides([1..5], 1) => null
coincides(3, 3) => true
coincides("a", "a") => true
before(1, null) => null
before(null, null) => null
before(1) => null
before([1..5], "a") => null
before("a", ["b".."c"]) => true
before(@"2020-01-01", [@"2020-02-01"..@"2020-03-01"]) => true
includes([@"10:00:00"..@"12:00:00"], @"11:00:00") => true
overlaps(range1: [1..5], range2: [3..8]) => true
includes(range: [1..10], point: 5) => true
includes(range1: [1..10], range2: [4..6]) => true
during(point: 5, range: [1..10]) => true
during(range1: [4..6], range2: [1..10]) => true
starts(point: 1, range: [1..10]) => true
started by(range: [1..10], point: 1) => true
finishes(point: 10, range: [1..10]) => true
finished by(range: [1..10], point: 10) => true
coincides(point1: 5, point2: 5) => true
coincides(range1: [1..5], range2: [1..5]) => true
meets(range1: [1..5], range2: [5..10]) => true
met by(range1: [5..10], range2: [1..5]) => true
after(range: [11..20], point: 10) => true
after(point: 12, range: [1..10]) => true
after(point1: 2, point2: 1) => true
meets(1, [1..5]) => null
includes(1, [1..5]) => null
overlaps([1..5], 3) => null
before(range: [1..5], point: 10) => true
before(point: 10, range: [1..5]) => false
before(point: 1, range: [5..10]) => true
after(range: [11..20], point: 1) => true
before(point2: 1, point1: 10) => false

# range(): grammar rules 66 and 67
range(from: "[1..2]") => [1..2]
range(null) => null
range(1) => null
range("[\"a\"..\"b\"]") => ["a".."b"]
range("[\"..\"..\"x\"]") => ["..".."x"]
range("[@\"P1D\"..@\"P2D\"]") => [@"P1D"..@"P2D"]
range("[date(\"2020-01-01\")..date(\"2020-12-31\")]") => [@"2020-01-01"..@"2020-12-31"]
range("[date and time(\"2020-01-01T00:00:00\")..date and time(\"2020-12-31T00:00:00\")]") => [@"2020-01-01T00:00:00"..@"2020-12-31T00:00:00"]
range("[time(\"10:00:00\")..time(\"11:00:00\")]") => [@"10:00:00"..@"11:00:00"]
range("[.5..1.5]") => [0.5..1.5]
range("[1e2..2e2]") => [100..200]
range("[1..5") => null
range("1..5") => null
range("(1..5[") => (1..5)
range("[today()..now()]") => null
range("[1..1]") => [1..1]
range("(1..1)") => (1..1)
range("[2..)") = (>= 2) => true
range("(..2)") = (< 2) => true
range("") => null
range("[..]") => null
range("[..2]") => null
range("[2..]") => null
range("(..2]") => (<= 2)
range("(2..)") => (> 2)
range("]2..)") => (> 2)
range("]2..5[") => (2..5)
range("[1..null]") => null
range("(<5)") => null
range("<5") => null
range("[-5..-1]") => [-5..-1]
range("[@\"2020-01-01\"..@\"2020-02-01\"]") => [@"2020-01-01"..@"2020-02-01"]
range("[duration(\"P1D\")..duration(\"P2D\")]") => [@"P1D"..@"P2D"]
range("[5..1]") => null
range("[1..\"a\"]") => null
range("[true..false]") => null
range("[1+1..5]") => null
range(" [ 1 .. 5 ] ") => [1..5]

# properties: table 67
[1..10].start => 1
[1..10).end included => false
(1..10].start included => false
(<= 10).start => null
(> 1).end => null
(= 5).start => 5
[1..10].foo => null
[1..5].start + 1 => 2

# range(): calls of date, time, date and time and duration are literals
range("[date(2020,1,1)..date(year: 2020, month: 12, day: 31)]") => [@"2020-01-01"..@"2020-12-31"]
range("[date and time(date(\"2020-01-01\"), time(\"10:00:00\"))..)") => (>= @"2020-01-01T10:00:00")
range("[duration(\"PT1H\")..duration(\"P1D\"))") => [@"PT1H"..@"P1D")
range("[date(\"x\")..date(\"2020-12-31\")]") => null
range("[--5..1]") => null
range("[1..true]") => null
range("[true..)") => null
range("[now()..)") => null
range("[..2)") => null
range("[1, 3]") => null
range("(1)") => null
range() => null
"""


@pytest.mark.parametrize("case", cases(CASES))
def test_ranges(case):
    assert_case(case)
