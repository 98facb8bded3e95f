"""Static types: ranges, unions, and how a message shows them."""

from __future__ import annotations

import pytest

from wherewithal.dmn import types as t
from wherewithal.dmn.types import number, text, union


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (number(0, 5), number(3, 9), number(0, 9)),
        (number(0, 5), number(3, 9, nullable=True), number(0, 9, nullable=True)),
        (number(0, 5), t.NULL, number(0, 5, nullable=True)),
        (t.NULL, t.BOOLEAN, t.BOOLEAN.or_null()),
        (t.NULL, t.NULL, t.NULL),
        (number(0, 5), number(0, 5, scale=1), None),
        (number(0, 5), t.BOOLEAN, None),
        (text(frozenset("A")), text(frozenset("B")), text(frozenset("AB"))),
        (text(frozenset("A")), text(), text()),
        (t.DATE, t.DATE, t.DATE),
    ],
)
def test_union(left, right, expected):
    assert union(left, right) == expected
    assert union(right, left) == expected


@pytest.mark.parametrize(
    ("type_", "expected"),
    [
        (number(0, 100, scale=2, nullable=True), "number(2), 0..100, or null"),
        (text(), "string"),
        (t.DATE, "date"),
        (t.BOOLEAN.or_null(), "boolean, or null"),
        (t.NULL.not_null(), "null"),
    ],
)
def test_words(type_, expected):
    assert str(type_) == expected


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(-(2**63), 2**63 - 1, True), (-(2**63) - 1, 0, False), (0, 2**63, False)],
)
def test_fits_int64(low, high, expected):
    assert number(low, high).fits_int64() is expected


def test_null_is_added_and_taken():
    assert number(0, 1).or_null().not_null() == number(0, 1)
    assert number(0, 1).or_null(when=False) == number(0, 1)
