"""Arithmetic and order of dates, times and durations, case by case.

Source: DMN 1.5, tables 53, 54, 57, 59 and 62, and 10.3.2.3.4-10.3.2.3.8.
"""

from __future__ import annotations

import pytest

from tests.dmn.feel_cases import assert_case, cases

CASES = r"""
# moments in zones
time("23:59:00z") + duration("PT2M") = time("00:01:00@Etc/UTC") => true
date and time("2012-03-07Z").year => 2012
date and time("2021-03-28T01:30:00@Europe/Paris") + @"PT1H" => @"2021-03-28T03:30:00@Europe/Paris"
date and time("2021-03-27T12:00:00@Europe/Paris") + @"P1D" => @"2021-03-28T13:00:00@Europe/Paris"
date and time("2021-10-31T02:30:00@Europe/Paris") - @"PT3H" => @"2021-10-30T23:30:00@Europe/Paris"
date and time("2021-03-28T04:00:00@Europe/Paris") - date and time("2021-03-28T01:00:00@Europe/Paris") => @"PT2H"
time("10:00:00@Europe/London").time offset => @"PT0S"
time("10:00:00@Europe/London") = time("10:00:00Z") => true
time("10:00:00@Asia/Kolkata") = time("04:30:00Z") => true
time("10:00:00") = time("10:00:00Z") => false
time("10:00:00") < time("11:00:00Z") => true

# arithmetic: tables 57, 59 and 62
@"P1D" + @"PT12H" => @"P1DT12H"
@"P1Y" + @"P1M" => @"P1Y1M"
@"P1Y" + @"P1D" => null
@"P1Y" - @"P13M" => @"-P1M"
@"P1D" * 1.5 => @"P1DT12H"
1.5 * @"P1D" => @"P1DT12H"
@"P1Y" * 1.5 => @"P1Y6M"
@"P1M" * 0.5 => @"P0M"
@"P1Y" / 5 => @"P2M"
@"P1D" / 0 => null
@"P1D" / @"PT12H" => 2
@"P1Y" / @"P1M" => 12
@"P1Y" / @"P0M" => null
@"P1D" / @"PT0S" => null
@"P1Y" / @"P1D" => null
10 / @"P1D" => null
-@"P1D" => @"-P1D"
-@"P1Y2M" => @"-P1Y2M"
-@"2020-01-01" => null
@"2020-01-31" + @"P1M" => @"2020-02-29"
@"2020-03-31" - @"P1M" => @"2020-02-29"
@"2020-02-29" + @"P1Y" => @"2021-02-28"
@"2020-01-01" + @"PT25H" => @"2020-01-02"
@"2020-01-01" - @"PT1S" => @"2019-12-31"
@"2020-01-01" + 1 => null
@"P1D" + @"2020-01-01" => @"2020-01-02"
@"P1D" - @"2020-01-01" => null
@"2020-01-01T00:00:00" - @"PT1S" => @"2019-12-31T23:59:59"
@"999999999-12-31" + @"P1D" => null
@"-999999999-01-01" - @"P1D" => null
@"10:00:00" + @"PT15H" => @"01:00:00"
@"10:00:00" - @"PT11H" => @"23:00:00"
@"10:00:00" + @"P1Y" => null
@"10:00:00" - @"09:00:00" => @"PT1H"
@"10:00:00Z" - @"10:00:00+01:00" => @"PT1H"
@"10:00:00" - @"10:00:00Z" => null
@"2020-01-02" - @"2020-01-01" => @"P1D"
@"2020-01-02" - @"2020-01-01T12:00:00Z" => @"PT12H"
@"2020-01-02" - @"2020-01-01T12:00:00" => null
@"2020-01-02T00:00:00" - @"2020-01-01T00:00:00Z" => null
@"2020-01-02T00:00:00+01:00" - @"2020-01-01T00:00:00Z" => @"PT23H"
@"2020-01-01" + @"2020-01-01" => null

# order and equality: tables 53 and 54
@"2020-01-01" = @"2020-01-01T00:00:00Z" => null
@"2020-01-01" < @"2020-01-02T00:00:00Z" => null
@"2020-01-01T00:00:00Z" = @"2020-01-01T01:00:00+01:00" => true
@"2020-01-01T00:00:00" < @"2020-01-01T01:00:00Z" => true
@"2020-01-01T00:00:00+05:00" < @"2020-01-01T00:00:00" => false
@"P1Y" < @"P13M" => true
@"P1Y" < @"P400D" => null
@"PT1H" < @"PT61M" => true
@"10:00:00" = @"10:00:00" => true
@"10:00:00Z" = @"11:00:00+01:00" => true
@"P1Y" = @"P12M" => true
@"P1D" = @"P1Y" => null
@"2020-06-01" between @"2020-01-01" and @"2020-12-31" => true
@"2020-01-01" in [@"2019-01-01"..@"2021-01-01"] => true

# equality of durations
duration("P0D") = duration("PT0H") => true
duration("P0Y") = duration("P0D") => null
duration("P1Y") = duration("P12M") => true
duration("PT24H") = duration("P1D") => true
"""


@pytest.mark.parametrize("case", cases(CASES))
def test_calendar(case):
    assert_case(case)
