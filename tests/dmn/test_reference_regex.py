"""Patterns as XPath means them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wherewithal.dmn.reference.regex import compile_pattern
from wherewithal.dmn.reference.runtime import Limits, Runtime
from wherewithal.dmn.reference.values import FeelNull


def found(pattern: str, text: str, flags: str = "") -> str | None:
    match = compile_pattern(pattern, flags).search(text, 0, Runtime(limits=Limits()))
    return None if match is None else match.group(0, text)


@pytest.mark.parametrize(
    ("pattern", "text", "flags", "expected"),
    [
        ("[a-z-[aeiou]]+", "aexyz", "", "xyz"),
        (r"\p{Lu}\p{IsGreek}", "aB\u03b1", "", "B\u03b1"),
        (r"\i\c*", "1 x-1", "", "x-1"),
        (r"(.)\1", "abccd", "", "cc"),
        ("a{2,3}?", "aaaa", "", "aa"),
        ("^b$", "a\nb\nc", "m", "b"),
        ("a.c", "a\nc", "", None),
        ("a.c", "a\nc", "s", "a\nc"),
        ("HELLO world", "Hello World", "i", "Hello World"),
        ("a b [ ]", "ab ", "x", "ab "),
        ("a.c", "abca.c", "q", "a.c"),
    ],
)
def test_the_dialect(pattern, text, flags, expected):
    assert found(pattern, text, flags) == expected


@pytest.mark.parametrize(
    "pattern", ["[", "(a", "a)", "*a", "a{2", "a{3,2}", r"\1", r"\b", r"\p{Nope}", "[b-a]", "a**"]
)
def test_what_is_no_pattern_is_refused(pattern):
    with pytest.raises(FeelNull):
        compile_pattern(pattern, "")


ATOMS = st.sampled_from(["a", "b", ".", "[ab]", "[^a]"])
PATTERNS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map(lambda pair: f"({pair[0]}|{pair[1]})"),
        # Not around a repetition: what an empty turn of a loop captures differs between engines.
        st.tuples(ATOMS, st.sampled_from(["*", "+", "?", "{1,2}", "*?", "+?"])).map("".join),
    ),
    max_leaves=8,
)


@given(pattern=PATTERNS, text=st.text(alphabet="abc", max_size=8))
def test_what_both_dialects_share_agrees_with_python(pattern, text):
    match = re.search(pattern, text)
    assert found(pattern, text) == (None if match is None else match.group())
