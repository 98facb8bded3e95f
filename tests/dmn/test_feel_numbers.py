"""Numeric functions, number() and not(), case by case.

Source: DMN 1.5, tables 72, 73 and 76.
"""

from __future__ import annotations

import pytest

from tests.dmn.feel_cases import assert_case, cases

CASES = r"""
# abs
abs(10) => 10
abs(-10) => 10
abs(-0) => 0
abs(null) => null
abs("1") => null
abs(@"-P1Y") => @"P1Y"
abs(n: -1) => 1
abs(number: -1) => null
abs([-1]) => 1
abs([1,2]) => null
abs() => null

# sqrt, log, exp
sqrt(16) => 4
sqrt(2) => 1.414213562373095048801688724209698
sqrt(-1) => null
sqrt(0) => 0
sqrt(null) => null
sqrt(number: 4) => 2
sqrt("4") => null
log(10) => 2.302585092994045684017991454684364
log(0) => null
log(-1) => null
log(null) => null
log(number: 1) => 0
exp(5) => 148.4131591025766034211155800405523
exp(0) => 1
exp(-1) => 0.3678794411714423215955237701614609
exp(100000) => null
exp(null) => null

# odd, even
odd(5) => true
odd(2) => false
odd(-1) => true
odd(0) => false
odd(5.0) => true
odd(5.5) => null
odd(null) => null
odd(number: 3) => true
odd("5") => null
even(-2) => true
even(0) => true
even(5.5) => null
even(number: 4) => true

# floor, ceiling
floor(1.5) => 1
floor(-1.5) => -2
floor(-1.56, 1) => -1.6
floor(1250, -2) => 1200
floor(-1250, -2) => -1300
floor(null) => null
floor(null, 1) => null
floor(1.5, null) => null
floor(1.5, 6177) => null
floor(1.5, -6111) => 0
floor(1.5, -6112) => null
floor(n: 1.5) => 1
floor(n: 1.55, scale: 1) => 1.5
floor("1.5") => null
ceiling(1.5) => 2
ceiling(-1.5) => -1
ceiling(-1.56, 1) => -1.5
ceiling(0.001, 2) => 0.01
ceiling(1250, -2) => 1300
ceiling(n: 1.5) => 2

# decimal: half to even
decimal(1/3, 2) => 0.33
decimal(1.5, 0) => 2
decimal(2.5, 0) => 2
decimal(-2.5, 0) => -2
decimal(1.5) => null
decimal(null, 0) => null
decimal(1, null) => null
decimal(1.55, 1) => 1.6
decimal(1.45, 1) => 1.4
decimal(1234, -2) => 1200
decimal(1250, -2) => 1200
decimal(1350, -2) => 1400
decimal(1.5, 0.5) => null
decimal(n: 1.115, scale: 2) => 1.12
decimal(1, 6176) => 1.000000000000000000000000000000000
decimal(1, 6177) => null
decimal(0, -5) => 0

# round up, round down, round half up, round half down
round up(5.5, 0) => 6
round up(-5.5, 0) => -6
round up(1.121, 2) => 1.13
round up(-1.126, 2) => -1.13
round up(5.5) => null
round up(null, 0) => null
round up(5.5, null) => null
round down(5.5, 0) => 5
round down(-5.5, 0) => -5
round down(-1.126, 2) => -1.12
round half up(5.5, 0) => 6
round half up(-5.5, 0) => -6
round half up(-1.126, 2) => -1.13
round half up(2.345, 2) => 2.35
round half down(5.5, 0) => 5
round half down(-5.5, 0) => -5
round half down(1.121, 2) => 1.12
round half down(2.345, 2) => 2.34
round half down(n: 5.5, scale: 0) => 5

# modulo: the sign of the divisor
modulo(12, 5) => 2
modulo(-12, 5) => 3
modulo(12, -5) => -3
modulo(-12, -5) => -2
modulo(10.1, 4.5) => 1.1
modulo(-10.1, 4.5) => 3.4
modulo(10.1, -4.5) => -3.4
modulo(-10.1, -4.5) => -1.1
modulo(10, 0) => null
modulo(null, 1) => null
modulo(1, null) => null
modulo(0, 5) => 0
modulo(10, 2.5) => 0.0
modulo(dividend: 7, divisor: 4) => 3
modulo(10**33, 7) => 6

# number: note 1 of table 72
number("1 000,0", " ", ",") => 1000.0
number("1,000.0", ",", ".") => 1000.0
number("1.000.000,01", ".", ",") => 1000000.01
number("100", null, null) => 100
number("1,5", null, ",") => 1.5
number("1.5", null, ".") => 1.5
number("1.5", null, null) => 1.5
number("1,000", ",", null) => 1000
number("1.000", ".", null) => 1000
number("1,000", null, null) => null
number("1,000", ",", ",") => null
number("1,000", "x", ".") => null
number("1,000", ",", " ") => null
number("1,000", "", ".") => null
number("", ",", ".") => null
number(null, ",", ".") => null
number("-1", null, null) => -1
number("+1", null, null) => null
number("1e3", null, null) => 1000
number("1.", null, null) => null
number(".5", null, null) => 0.5
number("abc", null, null) => null
number(" 1 ", null, null) => null
number("1 ", " ", null) => 1
number(1, null, null) => null
number("1") => 1
number(from: "1,5", grouping separator: null, decimal separator: ",") => 1.5
number(from: "1.5", decimal separator: ".", grouping separator: ",") => 1.5
number(from: "15") => 15

# not
not(null) => null
not(1) => null
not(negand: true) => false
not() => null
not(true, false) => null

# number(): what remains must be a numeric literal
number("1000.5", " ", ",") => 1000.5
number("1.000,5", null, ",") => null
number("1,000.5", ",", null) => 1000.5
number("-1,5", ".", ",") => -1.5
number("1 000 000", " ", null) => 1000000
"""


@pytest.mark.parametrize("case", cases(CASES))
def test_numbers(case):
    assert_case(case)
