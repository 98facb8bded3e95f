"""Context functions, `is`, `not` and `range`. Source: DMN 1.5, tables 73, 77, 81."""

from __future__ import annotations

from typing import Any

from wherewithal.dmn.feel import ast
from wherewithal.dmn.feel.errors import FeelSyntaxError
from wherewithal.dmn.feel.parser import parse_expression
from wherewithal.dmn.reference.builtin_registry import Arguments, builtin
from wherewithal.dmn.reference.compare import compare
from wherewithal.dmn.reference.conversion import literal_value
from wherewithal.dmn.reference.sameness import is_same
from wherewithal.dmn.reference.values import FeelNull, Range, kind_of


@builtin("not")
def negation(arguments: Arguments) -> bool:
    """Return the negation of a boolean."""
    return not arguments.typed("negand", bool)


@builtin("is")
def same_element(arguments: Arguments) -> bool:
    """Return whether two values are the same element of FEEL's domain."""
    return is_same(arguments.any("value1"), arguments.any("value2"))


@builtin("get value")
def get_value(arguments: Arguments) -> Any:
    """Return the entry of a context; null if there is none."""
    return arguments.context("m").get(arguments.string("key"))


@builtin("get entries")
def get_entries(arguments: Arguments) -> list[dict[str, Any]]:
    """Return a context's entries as key and value."""
    return [{"key": key, "value": value} for key, value in arguments.context("m").items()]


@builtin("context")
def context(arguments: Arguments) -> dict[str, Any]:
    """Return the context of a list of keys and values; a key that comes twice is outside."""
    found: dict[str, Any] = {}
    for entry in arguments.items("entries"):
        if not isinstance(entry, dict) or not {"key", "value"} <= entry.keys():
            raise FeelNull("each entry must be a context with 'key' and 'value'")
        key = entry["key"]
        if not isinstance(key, str):
            raise FeelNull("each key must be a string")
        if key in found:
            raise FeelNull(f"the key '{key}' comes twice")
        found[key] = entry["value"]
    return found


@builtin("context put")
def context_put(arguments: Arguments) -> dict[str, Any]:
    """Return the context with an entry added or replaced, by a key or a path of keys."""
    target = arguments.context("context")
    keys = arguments.any("keys") if "keys" in arguments else arguments.any("key")
    path = keys if isinstance(keys, list) else [keys]
    if not path or not all(isinstance(key, str) for key in path):
        raise FeelNull("the keys must be strings, at least one")
    return _put(target, path, arguments.any("value"))


def _put(target: Any, path: list[str], value: Any) -> dict[str, Any]:
    head, *rest = path
    if not isinstance(target, dict):
        raise FeelNull(f"there is no context to put '{head}' in")
    return {**target, head: _put(target.get(head), rest, value) if rest else value}


@builtin("context merge")
def context_merge(arguments: Arguments) -> dict[str, Any]:
    """Return the entries of all contexts; later ones win."""
    merged: dict[str, Any] = {}
    for part in arguments.items("contexts"):
        if not isinstance(part, dict):
            raise FeelNull(f"a {kind_of(part)} stands among the contexts")
        merged |= part
    return merged


@builtin("range")
def range_of_text(arguments: Arguments) -> Range:
    """Return the range that a text spells, such as `[1..10)`; its ends are literals."""
    text = arguments.string("from")
    try:
        tree = parse_expression(text)
    except FeelSyntaxError:
        raise FeelNull("the text spells no range") from None
    if not isinstance(tree, ast.Interval):
        raise FeelNull("the text spells no range")
    low, high = literal_value(tree.low), literal_value(tree.high)
    if low is None and high is None:
        raise FeelNull("a range needs an end")
    if low is not None and high is not None:
        order = compare(low, high)
        if order is None or order > 0:
            raise FeelNull("the ends of a range must be of one type and in order")
    return Range(low, high, tree.low_closed, tree.high_closed)
