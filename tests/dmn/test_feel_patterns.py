"""Patterns of replace and matches, case by case.

Source: DMN 1.5, table 74, note 2: XQuery 1.0 and XPath 2.0 functions, clause 7.6.
"""

from __future__ import annotations

import pytest

from tests.dmn.feel_cases import assert_case, cases

CASES = r"""
# replace: XPath 2.0, 7.6.3
replace(input: "banana", pattern: "a", replacement: "o", flags: "i") => "bonono"
replace("abracadabra", "bra", "*") => "a*cada*"
replace("abracadabra", "a.*a", "*") => "*"
replace("abracadabra", "a.*?a", "*") => "*c*bra"
replace("abracadabra", "a", "") => "brcdbr"
replace("abracadabra", "a(.)", "a$1$1") => "abbraccaddabbra"
replace("AAAA", "A+", "b") => "b"
replace("AAAA", "A+?", "b") => "bbbb"
replace("darted", "^(.*?)d(.*)$", "$1c$2") => "carted"
replace("abc", "b", "\\$") => "a$c"
replace("abc", "b", "$") => null
replace("abc", "b", "\\\\") => "a\\c"
replace("abc", "b", "\\") => null
replace("abc", "(b)", "$0$0") => "abbc"
replace("abc", ".*?", "x") => null
replace("abc", "x*", "-") => null
replace("reluctant", "r.*?t", "X") => "Xant"
replace("0123456789", "(\\d{3})(\\d{3})(\\d{4})", "($1) $2-$3") => "(012) 345-6789"
replace("a.b.c", ".", "x", "q") => "axbxc"
replace("hello", "(hel)(lo)", "$2$1") => "lohel"
replace("abcdefghijklm", "(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)(k)", "$11") => "klm"
replace("abc", "[", "x") => null
replace("abc", "a", "x", "z") => null
replace("abc", null, "x") => null
replace(null, "a", "x") => null
replace("abc", "a", null) => null
replace("a\nb", "a.b", "x", "s") => "x"
replace("a\nb", "^b", "x", "m") => "a\nx"

# matches: XPath 2.0, 7.6.2, over XML Schema, appendix F
matches("abracadabra", "^a.*a$") => true
matches("abracadabra", "^bra") => false
matches("hello world", "hello\\ sworld", "x") => true
matches("helloworld", "hello world", "x") => true
matches("HELLO", "hello", "i") => true
matches("a\u000ab", "a.b") => false
matches("foobar", "^Fo*b", "i") => true
matches("foobar", "^Fo*bb", "") => false
matches("foobar", "^fo*b", null) => true
matches(null, "a") => null
matches("a", null) => null
matches("abba", "(a)(b)\\2\\1") => true
matches("aa", "(a)\\2") => null
matches("x", "[a-z-[aeiou]]") => true
matches("e", "[a-z-[aeiou]]") => false
matches("\u00e9", "\\p{L}") => true
matches("A", "\\p{Lu}") => true
matches("a", "\\P{Lu}") => true
matches("\u0e01", "\\p{IsThai}") => true
matches("\u0b95", "\\p{IsTamil}") => true
matches("_:", "^\\i+$") => true
matches("a-1.b", "^\\i\\c*$") => true
matches("1a", "^\\i") => false
matches(" ", "\\s") => true
matches("a", "\\S") => true
matches("5", "\\d") => true
matches("\u0663", "\\d") => true
matches("$", "\\$") => true
matches("a^b", "a\\^b") => true
matches("a", "a{0,2}") => true
matches("aaa", "^a{2}$") => false
matches("aaa", "^a{2,}$") => true
matches("a", "a{2,1}") => null
matches("tab\t", "\\t") => true
matches("ab", "a(?=b)") => null
matches("ab", "(?:a)b") => true
matches("a", "[[:alpha:]]") => null
matches("-", "[a-]") => true
matches("-", "[-a]") => true
matches("]", "[\\]]") => true
matches("a", "\\b") => null

# classes, flags, malformed patterns
matches("a/b", "a\\/b") => null
matches("x5-", "^[\\d\\-x]+$") => true
matches("B", "[^a-z-[A-Z]]") => false
matches("1", "[^a-z-[A-Z]]") => true
matches("q", "[^Q]", "i") => false
matches("a", "\\p{Lu}", "i") => false
matches("a b", "a[ ]b", "x") => true
matches("", "") => true
matches("abc", "") => true
matches("", "^$") => true
matches("a\n", "a$") => false
matches("a\nb", "a$", "m") => true
matches("a|b", "a\\|b") => true
matches("ab", "a|") => true
matches("aXb", "a.b", "") => true
matches("abc", "ABC", "ix") => true
matches("abc", "a b c", "xi") => true
matches("\U01F40E", "^.$") => true
matches("a", "a{1") => null
matches("a", "*") => null
matches("a", "a**") => null
matches("a", "(a") => null
matches("a", "a)") => null
matches("a", "[]") => null
matches("a", "[b-a]") => null
matches("a", "\\p{Xx}") => null
matches("a", "\\p{IsNowhere}") => null
matches("a", "\\") => null
matches("a", "a", "g") => null
matches("aaa", "a{4}") => false
matches("colour", "colou?r") => true
replace("\U01F40Ea", ".", "x") => "xx"
replace("abc", "(a)(z)?", "[$2]") => "[]bc"
replace("abc", "a", "$1") => "bc"
replace("a1b2", "[0-9]", "<$0>") => "a<1>b<2>"
replace("aaa", "a", "b", "") => "bbb"
replace("Hello", "l", "L", null) => "HeLLo"
replace("a\\b", "\\\\", "/") => "a/b"
"""


@pytest.mark.parametrize("case", cases(CASES))
def test_patterns(case):
    assert_case(case)
