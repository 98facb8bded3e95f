"""Equality and order. Source: DMN 1.5, tables 52-54."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from wherewithal.dmn.reference.dates import (
    offset_seconds,
    seconds_of_datetime,
    seconds_of_day,
)
from wherewithal.dmn.reference.runtime import charge
from wherewithal.dmn.reference.values import (
    Date,
    DateTime,
    DaysDuration,
    Function,
    MonthsDuration,
    Range,
    Time,
    kind_of,
)


def equal(left: Any, right: Any, depth: int = 0) -> bool | None:
    """Return whether two values are equal; None if they are of different kinds.

    null equals null and nothing else.
    """
    if left is None or right is None:
        return left is None and right is None
    if left is right:
        return True
    if kind_of(left) != kind_of(right):
        return None
    if isinstance(left, (Time, DateTime)):
        return _equal_moments(left, right)
    if isinstance(left, list):
        charge(len(left), depth)
        return len(left) == len(right) and all(
            equal(one, other, depth + 1) is True for one, other in zip(left, right, strict=True)
        )
    if isinstance(left, dict):
        charge(len(left), depth)
        return left.keys() == right.keys() and all(
            equal(value, right[key], depth + 1) is True for key, value in left.items()
        )
    if isinstance(left, Range):
        return (
            left.low_closed == right.low_closed
            and left.high_closed == right.high_closed
            and equal(left.low, right.low) is True
            and equal(left.high, right.high) is True
        )
    if isinstance(left, Function):
        return False
    return bool(left == right)


def _equal_moments(left: Time | DateTime, right: Time | DateTime) -> bool:
    one, other = _moment(left), _moment(right)
    # A local time equals none of UTC: where it is, is not known.
    return (one[1] is None) == (other[1] is None) and (
        one[0] - (one[1] or 0) == other[0] - (other[1] or 0)
    )


def _moment(value: Time | DateTime) -> tuple[Decimal, int | None]:
    """Return local seconds and the offset from UTC."""
    if isinstance(value, Time):
        return seconds_of_day(value), offset_seconds(value)
    return seconds_of_datetime(value), offset_seconds(value.time, value.date)


def compare(left: Any, right: Any) -> int | None:
    """Return -1, 0 or 1 by order; None if the values have none between them."""
    if left is None or right is None or kind_of(left) != kind_of(right):
        return None
    if isinstance(left, (Time, DateTime)):
        return _sign(*_moments_in_one_offset(left, right))
    if isinstance(left, DaysDuration):
        return _sign(left.seconds, right.seconds)
    if isinstance(left, MonthsDuration):
        return _sign(left.months, right.months)
    if isinstance(left, Date):
        return _sign((left.year, left.month, left.day), (right.year, right.month, right.day))
    if isinstance(left, (Decimal, str)) and not isinstance(left, bool):
        return _sign(left, right)
    return None


def _moments_in_one_offset(
    left: Time | DateTime, right: Time | DateTime
) -> tuple[Decimal, Decimal]:
    """Return both in UTC; one without an offset takes the other's."""
    (one, one_offset), (other, other_offset) = _moment(left), _moment(right)
    if one_offset is None:
        one_offset = other_offset
    if other_offset is None:
        other_offset = one_offset
    return one - (one_offset or 0), other - (other_offset or 0)


def _sign(left: Any, right: Any) -> int:
    return int(left > right) - int(left < right)


def contains(found: Range, value: Any) -> bool | None:
    """Return whether a range holds a value; None if they cannot be compared."""
    result = True
    if found.low is not None:
        order = compare(value, found.low)
        if order is None:
            return None
        result = order > 0 or (order == 0 and found.low_closed)
    if found.high is not None:
        order = compare(value, found.high)
        if order is None:
            return None
        result = result and (order < 0 or (order == 0 and found.high_closed))
    return result
