"""What for, some and every walk over. Source: DMN 1.5, 10.3.2.14."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from wherewithal.dmn.reference.dates import date_of_day_number, day_number
from wherewithal.dmn.reference.values import Date, FeelNull, Range

#: Steps of work that a turn takes beside its body; a date is made from the number of its day.
_TURN, _TURN_OF_DATE = 4, 10


def turn_cost(value: Any) -> int:
    """Return what a turn of an iteration costs, in steps of the evaluation's bound."""
    return _TURN_OF_DATE if isinstance(value, Date) else _TURN


def items_of(source: Any) -> Sequence[Any] | Iterator[Any]:
    """Return what a source holds: a list's items, a closed range's numbers or dates, or itself."""
    if source is None:
        raise FeelNull("there is nothing to iterate over: the source is null")
    if isinstance(source, list):
        return source
    if isinstance(source, Range):
        return _steps(source)
    return [source]


def _steps(source: Range) -> Iterator[Any]:
    if source.low is None or source.high is None:
        raise FeelNull("a range with an open end cannot be iterated over")
    low, high = _position(source.low), _position(source.high)
    first = low if source.low_closed else low + 1
    last = high if source.high_closed else high - 1
    if isinstance(source.low, Date):
        return (date_of_day_number(number) for number in range(first, last + 1))
    return (Decimal(number) for number in range(first, last + 1))


def _position(value: Any) -> int:
    if isinstance(value, Date):
        return day_number(value)
    if isinstance(value, Decimal) and value == value.to_integral_value() and value.adjusted() < 34:
        return int(value)
    raise FeelNull("the ends of an iteration are whole numbers or dates")


def numbers_between(start: Any, end: Any) -> Iterator[Any]:
    """Return the numbers or dates from start to end, upwards or downwards, both included."""
    if isinstance(start, Date) is not isinstance(end, Date):
        raise FeelNull("the ends of an iteration are both numbers or both dates")
    first, last = _position(start), _position(end)
    step = 1 if first <= last else -1
    numbers = range(first, last + step, step)
    if isinstance(start, Date):
        return (date_of_day_number(number) for number in numbers)
    return (Decimal(number) for number in numbers)
