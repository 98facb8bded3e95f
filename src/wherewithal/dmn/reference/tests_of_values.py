"""Three-valued logic and the tests of decision tables. Source: DMN 1.5, tables 49-55, 7.3."""

from __future__ import annotations

from typing import Any

from wherewithal.dmn.feel import ast
from wherewithal.dmn.feel.parser import children_of
from wherewithal.dmn.reference.coercion import unwrapped
from wherewithal.dmn.reference.compare import compare, contains, equal
from wherewithal.dmn.reference.values import Range, kind_of


def and_all(*values: Any) -> bool | None:
    """Return false if any is false, true if all are true, else null."""
    if any(value is False for value in values):
        return False
    return True if all(value is True for value in values) else None


def or_all(*values: Any) -> bool | None:
    """Return true if any is true, false if all are false, else null."""
    if any(value is True for value in values):
        return True
    return False if all(value is False for value in values) else None


def holds_comparison(op: str, left: Any, right: Any) -> bool | None:
    """Return whether `left op right` holds; null where the two do not compare."""
    if op in ("=", "!="):
        found = equal(left, right)
        if found is None:
            left, right = unwrapped(left), unwrapped(right)
            found = equal(left, right)
        if found is None:
            return None
        return found if op == "=" else not found
    order = compare(left, right)
    if order is None:
        return None
    return {"<": order < 0, "<=": order <= 0, ">": order > 0, ">=": order >= 0}[op]


def satisfies_interval(test: ast.Interval, value: Any, low: Any, high: Any) -> bool | None:
    """Return whether a value lies in the interval with these ends."""
    value = unwrapped(value)
    found: list[bool | None] = []
    if test.low is not None:
        found.append(holds_comparison(">=" if test.low_closed else ">", value, low))
    if test.high is not None:
        found.append(holds_comparison("<=" if test.high_closed else "<", value, high))
    return and_all(*found)


def matches_value(value: Any, found: Any) -> bool | None:
    """Return whether a value is what a test denotes: equal, in its range, or in its list."""
    if isinstance(found, Range) and not isinstance(value, Range):
        return contains(found, unwrapped(value))
    if isinstance(found, list):
        if isinstance(value, list) and equal(value, found):
            return True
        return any(matches_value(value, item) is True for item in found)
    if value is not None and found is not None and kind_of(value) != kind_of(found):
        value = unwrapped(value)
    return equal(value, found)


def mentions(node: ast.Node, name: str) -> bool:
    """Return whether a tree mentions a name anywhere."""
    level = [node]
    while level:
        if any(isinstance(found, ast.Name) and found.name == name for found in level):
            return True
        level = [child for found in level for child in children_of(found)]
    return False
