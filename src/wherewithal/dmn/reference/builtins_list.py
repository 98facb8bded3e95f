"""List functions. Source: DMN 1.5, table 75 and 10.3.4.8 (sort)."""

from __future__ import annotations

from decimal import ROUND_DOWN, Decimal
from typing import Any

from wherewithal.dmn.reference.builtin_registry import Arguments, builtin
from wherewithal.dmn.reference.compare import compare, equal
from wherewithal.dmn.reference.invocation import bind_positional
from wherewithal.dmn.reference.tests_of_values import and_all, or_all
from wherewithal.dmn.reference.values import FeelNull, Function


def _index(arguments: Arguments, length: int, name: str = "position") -> int:
    """Return the 0-based index of a 1-based position that may count from the end."""
    position = arguments.integer(name)
    if position == 0 or abs(position) > length:
        raise FeelNull(f"'{name}' is {position}; the list has {length} items")
    return position - 1 if position > 0 else length + position


@builtin("list contains")
def list_contains(arguments: Arguments) -> bool:
    """Return whether a list holds an element."""
    wanted = arguments.any("element")
    return any(equal(item, wanted) is True for item in arguments.items("list"))


@builtin("count")
def count(arguments: Arguments) -> Decimal:
    """Return how many items a list has."""
    return Decimal(len(arguments.items("list")))


def _booleans(arguments: Arguments) -> list[Any]:
    values = arguments.items("list")
    if any(value is not None and not isinstance(value, bool) for value in values):
        raise FeelNull("only booleans may stand there")
    return values


@builtin("all")
def all_true(arguments: Arguments) -> bool | None:
    """Return false if any is false, true if all are true or there are none, else null."""
    return and_all(*_booleans(arguments))


@builtin("any")
def any_true(arguments: Arguments) -> bool | None:
    """Return true if any is true, false if all are false or there are none, else null."""
    return or_all(*_booleans(arguments))


@builtin("sublist")
def sublist(arguments: Arguments) -> list[Any]:
    """Return `length` items (or all) from a position on."""
    items = arguments.items("list")
    first = _index(arguments, len(items), "start position")
    if arguments.any("length") is None:
        return items[first:]
    length = arguments.integer("length")
    if not 1 <= length <= len(items) - first:
        raise FeelNull(f"'length' is {length}; {len(items) - first} items are left")
    return items[first : first + length]


@builtin("append")
def append(arguments: Arguments) -> list[Any]:
    """Return the list with items at its end."""
    return arguments.result([*arguments.items("list"), *(arguments.any("item") or [])])


@builtin("concatenate")
def concatenate(arguments: Arguments) -> list[Any]:
    """Return the items of all lists."""
    return arguments.result(_joined(arguments))


def _joined(arguments: Arguments) -> list[Any]:
    joined: list[Any] = []
    for part in arguments.items("list"):
        if part is None:
            raise FeelNull("a list is null")
        joined.extend(part if isinstance(part, list) else [part])
        arguments.runtime.check_length(len(joined))
    return joined


@builtin("insert before")
def insert_before(arguments: Arguments) -> list[Any]:
    """Return the list with a new item before a position."""
    items = arguments.items("list")
    index = _index(arguments, len(items))
    return arguments.result([*items[:index], arguments.any("newItem"), *items[index:]])


@builtin("remove")
def remove(arguments: Arguments) -> list[Any]:
    """Return the list without the item at a position."""
    items = arguments.items("list")
    index = _index(arguments, len(items))
    return [*items[:index], *items[index + 1 :]]


@builtin("list replace")
def list_replace(arguments: Arguments) -> list[Any]:
    """Return the list with a new item at a position, or for each item that matches."""
    items = arguments.items("list")
    new_item = arguments.any("newItem")
    selector = arguments.any("position" if "position" in arguments else "match")
    if isinstance(selector, Function):
        replaced: list[Any] = []
        for item in items:
            found = _call(arguments, selector, [item, new_item])
            if not isinstance(found, bool):
                raise FeelNull("'match' must return true or false")
            replaced.append(new_item if found else item)
        return replaced
    if "match" in arguments:
        raise FeelNull("'match' must be a function")
    # Here, unlike elsewhere, a fraction of a position is dropped.
    position = int(arguments.number("position").to_integral_value(ROUND_DOWN))
    if position == 0 or abs(position) > len(items):
        raise FeelNull(f"'position' is {position}; the list has {len(items)} items")
    index = position - 1 if position > 0 else len(items) + position
    return [*items[:index], new_item, *items[index + 1 :]]


def _call(arguments: Arguments, function: Function, values: list[Any]) -> Any:
    return arguments.runtime.call(function, bind_positional(function, values))


@builtin("reverse")
def reverse(arguments: Arguments) -> list[Any]:
    """Return the items from last to first."""
    return arguments.items("list")[::-1]


@builtin("index of")
def index_of(arguments: Arguments) -> list[Decimal]:
    """Return the positions that hold a value, ascending."""
    wanted = arguments.any("match")
    return [
        Decimal(position)
        for position, item in enumerate(arguments.items("list"), start=1)
        if equal(item, wanted) is True
    ]


def _distinct(arguments: Arguments, items: list[Any]) -> list[Any]:
    kept: list[Any] = []
    for item in items:
        arguments.runtime.spend(len(kept) + 1)
        if not any(equal(item, other) is True for other in kept):
            kept.append(item)
    return kept


@builtin("union")
def union(arguments: Arguments) -> list[Any]:
    """Return the items of all lists, each once."""
    return _distinct(arguments, _joined(arguments))


@builtin("distinct values")
def distinct_values(arguments: Arguments) -> list[Any]:
    """Return the items, each once, in the order of their first."""
    return _distinct(arguments, arguments.items("list"))


@builtin("flatten")
def flatten(arguments: Arguments) -> list[Any]:
    """Return the items of nested lists in one list."""
    flat: list[Any] = []
    pending = [iter(arguments.items("list"))]
    while pending:
        item = next(pending[-1], pending)
        if item is pending:
            pending.pop()
        elif isinstance(item, list):
            arguments.runtime.spend(len(item) + 1)
            pending.append(iter(item))
        else:
            flat.append(item)
    return arguments.result(flat)


@builtin("sort")
def sort(arguments: Arguments) -> list[Any]:
    """Return the items in order: the natural one, or that of a function of two items."""
    items = arguments.items("list")
    given = arguments.any("precedes")
    precedes = None if given is None else arguments.function("precedes")

    def is_before(left: Any, right: Any) -> bool:
        arguments.runtime.spend()
        if precedes is not None:
            return _call(arguments, precedes, [left, right]) is True
        order = compare(left, right)
        if order is None:
            raise FeelNull("the items have no order among them")
        return order < 0

    # A merge sort of our own: stable, and no library's recursion stands between two calls.
    runs = [[item] for item in items]
    while len(runs) > 1:
        runs = [
            _merged(runs[number], runs[number + 1], is_before)
            if number + 1 < len(runs)
            else runs[number]
            for number in range(0, len(runs), 2)
        ]
    return runs[0] if runs else []


def _merged(left: list[Any], right: list[Any], is_before: Any) -> list[Any]:
    merged: list[Any] = []
    at_left = at_right = 0
    while at_left < len(left) and at_right < len(right):
        if is_before(right[at_right], left[at_left]):
            merged.append(right[at_right])
            at_right += 1
        else:
            merged.append(left[at_left])
            at_left += 1
    return [*merged, *left[at_left:], *right[at_right:]]
