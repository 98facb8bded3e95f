"""Relations between points and ranges. Source: DMN 1.5, table 78, after HL7 CQL.

A point is the closed range from itself to itself, which gives each relation one definition; the
table's own differ from that only in `coincides` and `is`, which compare values.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wherewithal.dmn.reference.builtin_registry import Arguments, builtin
from wherewithal.dmn.reference.compare import compare
from wherewithal.dmn.reference.values import FeelNull, Range

#: Compares an end of the first range with an end of the second: -1, 0 or 1.
Relation = Callable[[Range, Range], bool]


def _ends(arguments: Arguments) -> tuple[Range, Range]:
    given = list(arguments.given.values())
    ranges = [value if isinstance(value, Range) else _point(value) for value in given]
    return ranges[0], ranges[1]


def _point(value: Any) -> Range:
    if isinstance(value, list) and len(value) == 1:
        return _point(value[0])
    if compare(value, value) is None:
        raise FeelNull("only a range, or a value with an order, may stand there")
    return Range(value, value, True, True)  # noqa: FBT003 - both ends are closed


def _order(left: Any, right: Any, *, if_open: int) -> int:
    """Return the order of two ends; an end that is open (null) lies beyond all others."""
    if left is None or right is None:
        return 0 if left is right else if_open
    order = compare(left, right)
    if order is None:
        raise FeelNull("the ends cannot be compared")
    return order


def _starts_order(one: Range, other: Range) -> int:
    """Return whether one begins before (-1), with (0) or after (1) the other."""
    if one.low is None and other.low is not None:
        return -1
    if other.low is None and one.low is not None:
        return 1
    order = _order(one.low, other.low, if_open=0)
    return order or int(other.low_closed) - int(one.low_closed)


def _stops_order(one: Range, other: Range) -> int:
    """Return whether one ends before (-1), with (0) or after (1) the other."""
    if one.high is None and other.high is not None:
        return 1
    if other.high is None and one.high is not None:
        return -1
    order = _order(one.high, other.high, if_open=0)
    return order or int(one.high_closed) - int(other.high_closed)


def _ends_before(one: Range, other: Range) -> bool:
    if one.high is None or other.low is None:
        return False
    order = _order(one.high, other.low, if_open=1)
    return order < 0 or (order == 0 and not (one.high_closed and other.low_closed))


def _touches(one: Range, other: Range) -> bool:
    """Return whether one ends at the very point at which the other begins."""
    if one.high is None or other.low is None:
        return False
    return one.high_closed and other.low_closed and compare(one.high, other.low) == 0


def _overlaps(one: Range, other: Range) -> bool:
    return not _ends_before(one, other) and not _ends_before(other, one)


def _starts(one: Range, other: Range) -> bool:
    return (
        one.low_closed == other.low_closed
        and compare(one.low, other.low) == 0
        and _stops_order(one, other) <= 0
    )


def _finishes(one: Range, other: Range) -> bool:
    return (
        one.high_closed == other.high_closed
        and compare(one.high, other.high) == 0
        and _starts_order(one, other) >= 0
    )


def _includes(one: Range, other: Range) -> bool:
    return _starts_order(one, other) <= 0 and _stops_order(one, other) >= 0


def _overlaps_before(one: Range, other: Range) -> bool:
    return (
        _starts_order(one, other) < 0
        and not _ends_before(one, other)
        and _stops_order(one, other) <= 0
    )


def _coincides(one: Range, other: Range) -> bool:
    return _starts_order(one, other) == 0 and _stops_order(one, other) == 0


_RELATIONS: dict[str, Relation] = {
    "before": _ends_before,
    "after": lambda one, other: _ends_before(other, one),
    "meets": _touches,
    "met by": lambda one, other: _touches(other, one),
    "overlaps": _overlaps,
    "overlaps before": _overlaps_before,
    "overlaps after": lambda one, other: _overlaps_before(other, one),
    "finishes": _finishes,
    "finished by": lambda one, other: _finishes(other, one),
    "includes": _includes,
    "during": lambda one, other: _includes(other, one),
    "starts": _starts,
    "started by": lambda one, other: _starts(other, one),
    "coincides": _coincides,
}
#: Which arguments may be points.
_POINTS_ALLOWED = {
    "before": (True, True),
    "after": (True, True),
    "finishes": (True, False),
    "finished by": (False, True),
    "includes": (False, True),
    "during": (True, False),
    "starts": (True, False),
    "started by": (False, True),
    "coincides": (True, True),
}


def _register(name: str, relation: Relation) -> None:
    @builtin(name)
    def relate(arguments: Arguments) -> bool:
        given = [
            value[0] if isinstance(value, list) and len(value) == 1 else value
            for value in arguments.given.values()
        ]
        allowed = _POINTS_ALLOWED.get(name, (False, False))
        for value, may_be_point in zip(given, allowed, strict=True):
            if not isinstance(value, Range) and not may_be_point:
                raise FeelNull("a range is needed there")
        if name == "coincides" and len({isinstance(value, Range) for value in given}) > 1:
            raise FeelNull("either both are points or both are ranges")
        return relation(*_ends(arguments))


for _name, _relation in _RELATIONS.items():
    _register(_name, _relation)
