"""Identity in FEEL's domain, for `is`. Source: DMN 1.5, 10.3.2.2 and table 77."""

from __future__ import annotations

from typing import Any

from wherewithal.dmn.reference.dates import offset_seconds
from wherewithal.dmn.reference.runtime import charge
from wherewithal.dmn.reference.values import DateTime, Range, Time, kind_of


def is_same(left: Any, right: Any, depth: int = 0) -> bool:
    """Return whether two values are the same element: of one type and alike in every part.

    Unlike equality it is never null, and a time is not that of another offset.
    """
    if left is right:
        return True
    if kind_of(left) != kind_of(right):
        return False
    if isinstance(left, Time):
        return _parts_of_time(left) == _parts_of_time(right)
    if isinstance(left, DateTime):
        return left.date == right.date and is_same(left.time, right.time)
    if isinstance(left, list):
        charge(len(left), depth)
        return len(left) == len(right) and all(
            is_same(one, other, depth + 1) for one, other in zip(left, right, strict=True)
        )
    if isinstance(left, dict):
        charge(len(left), depth)
        return left.keys() == right.keys() and all(
            is_same(value, right[key], depth + 1) for key, value in left.items()
        )
    if isinstance(left, Range):
        return (
            (left.low_closed, left.high_closed) == (right.low_closed, right.high_closed)
            and is_same(left.low, right.low)
            and is_same(left.high, right.high)
        )
    return bool(left == right)


def _parts_of_time(value: Time) -> tuple[Any, ...]:
    return value.hour, value.minute, value.second, offset_seconds(value), value.zone
