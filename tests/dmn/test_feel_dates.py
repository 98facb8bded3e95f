"""Dates, times and durations from text and parts, and their properties, case by case.

Source: DMN 1.5, tables 65, 66, 72, 77 and 79; XML Schema part 2.
"""

from __future__ import annotations

import pytest

from tests.dmn.feel_cases import assert_case, cases

CASES = r"""
# date
date("2020-02-30") => null
date("2019-02-29") => null
date("2000-02-29") => @"2000-02-29"
date("1900-02-29") => null
date("12345-01-01") => @"12345-01-01"
date("-0001-01-01") => @"-0001-01-01"
date("0000-01-01") => @"0000-01-01"
date("2020-1-1") => null
date(" 2020-01-01") => null
date("2020-01-01T00:00:00") => null
date(2020, 2, 30) => null
date(2020.5, 1, 1) => null
date(year: 2020, month: 1) => null
date("2020-01-01+02:00") => @"2020-01-01"
date("2020-01-01+25:00") => null
date("2012-12-25Z") => @"2012-12-25"

# date and time
date and time("2020-01-01") => @"2020-01-01T00:00:00"
date and time("2020-01-01T10:00:00") => @"2020-01-01T10:00:00"
date and time("2020-01-01T10:00") => null
date and time("2020-01-01 10:00:00") => null
date and time("2020-01-01T10:00:00Z") => @"2020-01-01T10:00:00Z"
date and time("2020-01-01T10:00:00z") => @"2020-01-01T10:00:00Z"
date and time("2020-01-01T10:00:00+02:00") => @"2020-01-01T10:00:00+02:00"
date and time("2020-01-01T10:00:00-14:00") => @"2020-01-01T10:00:00-14:00"
date and time("2020-01-01T10:00:00@Europe/Paris") => @"2020-01-01T10:00:00@Europe/Paris"
date and time("2020-01-01T10:00:00+02:00@Europe/Paris") => null
date and time("2020-01-01T10:00:00@Nowhere/X") => null
date and time("2020-01-01T10:00:00.123456789") => @"2020-01-01T10:00:00.123456789"
date and time("2020-01-01T24:00:00") => @"2020-01-02T00:00:00"
date and time("2020-12-31T24:00:00Z") => @"2021-01-01T00:00:00Z"
date and time("2020-01-01T24:00:01") => null
date and time("2020-01-01T25:00:00") => null
date and time("2020-01-01T23:60:00") => null
date and time("2020-01-01T23:59:60") => null
date and time("99999-01-01T00:00:00") => @"99999-01-01T00:00:00"
date and time("-99999-01-01T00:00:00") => @"-99999-01-01T00:00:00"
date and time("999999999-12-31T23:59:59") => @"999999999-12-31T23:59:59"
date and time("1000000000-01-01T00:00:00") => null
date and time("2020-01-01ZT10:00:00") => null
date and time(@"2020-01-01", @"10:00:00Z") => @"2020-01-01T10:00:00Z"
date and time(@"2020-01-01T05:00:00+03:00", @"10:00:00@Europe/Paris") => @"2020-01-01T10:00:00@Europe/Paris"
date and time(@"2020-01-01", null) => null
date and time(null, @"10:00:00") => null
date and time("2020-01-01", "10:00:00") => null
date and time(date: @"2020-01-01", time: @"10:00:00") => @"2020-01-01T10:00:00"
date and time(from: "2020-01-01T00:00:00") => @"2020-01-01T00:00:00"
date and time() => null
date and time(2020) => null
date and time(null) => null
date and time("2012-03-07Z") => @"2012-03-07T00:00:00Z"
date and time(date("2012-12-24")) => null
date and time(date and time("2012-12-24T10:00:00")) => null

# time
time("10:00:00+02:00:30") => @"10:00:00+02:00:30"
time("10:00") => null
time("T10:00:00") => @"10:00:00"
time("10:00:00.123456789Z") => @"10:00:00.123456789Z"
time("10:00:00@Europe/Paris") => @"10:00:00@Europe/Paris"
time("10:00:00@europe/paris") => null
time("10:00:00@localtime") => null
time(10, 20, 30) => @"10:20:30"
time(10, 20, 30.5) => @"10:20:30.5"
time(10, 20, 30.123456789, @"PT1H") => @"10:20:30.123456789+01:00"
time(10, 20, 30, @"PT15H") => null
time(10, 20, 30, @"P1M") => null
time(10.5, 20, 30) => null
time(hour: 10, minute: 20, second: 30) => @"10:20:30"
time(date and time("2020-01-01T10:00:00@Europe/Paris")) => @"10:00:00@Europe/Paris"
time(@"10:00:00") => @"10:00:00"
time("23:59:00z") => @"23:59:00Z"
time("24:00:00") => @"00:00:00"
time("13:20:00+14:00") => @"13:20:00+14:00"
time("13:20:00+14:01") => null
time("13:20:00+18:00") => null

# duration: XPath data model
duration("P1D") => @"P1D"
duration("P1DT2H3M4.5S") => @"P1DT2H3M4.5S"
duration("-P1DT2H") => @"-P1DT2H"
duration("PT") => null
duration("P") => null
duration("P1DT") => null
duration("P1Y1D") => null
duration("P1M1D") => null
duration("P1W") => null
duration("p1d") => null
duration("+P1D") => null
duration("P-1D") => null
duration("PT1.S") => null
duration("PT.5S") => null
duration("P1.5D") => null
duration("PT0S") => @"PT0S"
duration(null) => null
duration(5) => null
duration(from: "P1Y") => @"P1Y"

# years and months duration: whole months, as calendars count
years and months duration(@"2011-12-22", @"2013-08-24") => @"P1Y8M"
years and months duration(@"2013-08-24", @"2011-12-22") => @"-P1Y8M"
years and months duration(@"2020-01-31", @"2020-02-29") => @"P0M"
years and months duration(@"2020-02-29", @"2021-02-28") => @"P11M"
years and months duration(@"2020-03-31", @"2020-02-29") => @"-P1M"
years and months duration(@"2020-01-15T12:00:00", @"2020-02-15T11:00:00") => @"P1M"
years and months duration(@"2020-01-15", @"2020-02-15T11:00:00") => @"P1M"
years and months duration(from: @"2011-12-22", to: @"2013-08-24") => @"P1Y8M"
years and months duration(null, @"2013-08-24") => null
years and months duration(@"2011-12-22", null) => null
years and months duration("2011-12-22", "2013-08-24") => null

# at-literals: grammar rule 65
@"10:00:00@Etc/UTC" => @"10:00:00@Etc/UTC"
@"2020-01-01T10:00:00@Etc/UTC" => @"2020-01-01T10:00:00@Etc/UTC"
@"-2020-01-01" => @"-2020-01-01"
@"-P1D" => @"-P1D"
@"2020-01-01Z" => @"2020-01-01"
@"foo" => null
@"T10:00:00Z" => @"10:00:00Z"

# day of year, day of week, month of year, week of year: ISO 8601
day of year(@"2020-12-31") => 366
day of year(@"2020-12-31T10:00:00") => 366
day of year("2020-12-31") => null
day of year(null) => null
day of year(date: @"2019-09-17") => 260
day of week(@"2020-01-05") => "Sunday"
month of year(@"2020-02-05T00:00:00Z") => "February"
week of year(@"2020-12-31") => 53
week of year(@"2021-01-01") => 53
week of year(null) => null
day of week(null) => null

# is, now, today
is(@"2020-01-01", @"2020-01-01T00:00:00Z") => false
is(@"2020-01-01T00:00:00Z", @"2020-01-01T01:00:00+01:00") => false
is(@"10:00:00Z", @"10:00:00@Etc/UTC") => false
is(1, null) => false
is([1], 1) => false
is(null, null) => true
is(value1: 1, value2: 1) => true
is("a", "A") => false
is(@"P1Y", @"P12M") => true
is(1) => null
now() => @"2026-01-01T00:00:00Z"
today() => @"2026-01-01"
now(1) => null
is(time("23:00:50z"), time("23:00:50+00:00")) => true

# properties: table 66
@"P1D".days => 1
@"P1DT2H3M4S".hours => 2
@"P1DT2H3M4S".years => null
@"P2Y3M".years => 2
@"P2Y3M".months => 3
@"P2Y3M".days => null
@"-P2Y3M".months => -3
@"2020-01-01".hour => null
@"2020-01-01".weekday => 3
@"2020-01-05".weekday => 7
@"2020-01-01T10:20:30.5".second => 30.5
@"2020-01-01T10:20:30".time offset => null
@"10:20:30Z".time offset => @"PT0S"
@"10:20:30-05:30".time offset => @"-PT5H30M"
@"10:20:30".year => null
@"2020-01-01T10:20:30Z".weekday => 3
@"2020-01-01T10:20:30Z".day => 1
@"2020-01-01T10:00:00@Europe/Paris".timezone => "Europe/Paris"
@"2020-01-01T10:00:00@Europe/Paris".time offset => @"PT1H"
@"2021-07-01T10:00:00@Europe/Paris".time offset => @"PT2H"
@"2021-07-01T10:00:00Z".timezone => null
@"2021-07-01T10:00:00+02:00".timezone => null
"""


@pytest.mark.parametrize("case", cases(CASES))
def test_dates(case):
    assert_case(case)
