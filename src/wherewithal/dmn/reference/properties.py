"""Properties of values: entries of contexts, parts of dates, ends of ranges.

Source: DMN 1.5, tables 64-67.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from wherewithal.dmn.diagnostics import near_miss
from wherewithal.dmn.reference.dates import offset_seconds, weekday
from wherewithal.dmn.reference.values import (
    Date,
    DateTime,
    DaysDuration,
    FeelNull,
    MonthsDuration,
    Range,
    Time,
    kind_of,
)

Getter = Callable[[Any], Any]

_DATE: Mapping[str, Getter] = {
    "year": lambda value: Decimal(value.year),
    "month": lambda value: Decimal(value.month),
    "day": lambda value: Decimal(value.day),
    "weekday": lambda value: Decimal(weekday(value)),
}
_TIME: Mapping[str, Getter] = {
    "hour": lambda value: Decimal(value.hour),
    "minute": lambda value: Decimal(value.minute),
    "second": lambda value: value.second,
    "time offset": lambda value: _offset(value, None),
    "timezone": lambda value: value.zone,
}


def _offset(value: Time, date: Date | None) -> DaysDuration | None:
    seconds = offset_seconds(value, date)
    return None if seconds is None else DaysDuration(Decimal(seconds))


def _of_part(part: str, getter: Getter) -> Getter:
    return lambda value: getter(getattr(value, part))


def _datetime_getters() -> Mapping[str, Getter]:
    found: dict[str, Getter] = {}
    for name, getter in _DATE.items():
        found[name] = _of_part("date", getter)
    for name, getter in _TIME.items():
        found[name] = _of_part("time", getter)
    found["time offset"] = lambda value: _offset(value.time, value.date)
    return found


def _truncated(total: Decimal, size: int) -> Decimal:
    """Return how many whole units `total` holds, with its sign."""
    return Decimal(int(total / size))


def _remainder(total: Decimal, size: int, unit: int) -> Decimal:
    """Return what is left of `total` below `size`, in whole units, with its sign."""
    sign = -1 if total < 0 else 1
    return Decimal(sign * int(abs(total) % size // unit))


_MONTHS: Mapping[str, Getter] = {
    "years": lambda value: _truncated(Decimal(value.months), 12),
    "months": lambda value: _remainder(Decimal(value.months), 12, 1),
}
_DAYS: Mapping[str, Getter] = {
    "days": lambda value: _truncated(value.seconds, 86_400),
    "hours": lambda value: _remainder(value.seconds, 86_400, 3600),
    "minutes": lambda value: _remainder(value.seconds, 3600, 60),
    "seconds": lambda value: value.seconds.copy_abs() % 60 * (-1 if value.seconds < 0 else 1),
}
_RANGE: Mapping[str, Getter] = {
    "start": lambda value: value.low,
    "end": lambda value: value.high,
    "start included": lambda value: value.low_closed,
    "end included": lambda value: value.high_closed,
}
_GETTERS: Mapping[type, Mapping[str, Getter]] = {
    Date: _DATE,
    Time: _TIME,
    DateTime: _datetime_getters(),
    MonthsDuration: _MONTHS,
    DaysDuration: _DAYS,
    Range: _RANGE,
}


def property_of(target: Any, name: str) -> Any:
    """Return a property; FeelNull if the value has none of that name."""
    if isinstance(target, dict):
        if name in target:
            return target[name]
        raise FeelNull(f"the context has no entry '{name}'{near_miss(name, target)}")
    getters = _GETTERS.get(type(target), {})
    if name not in getters:
        raise FeelNull(f"a {kind_of(target)} has no property '{name}'{near_miss(name, getters)}")
    return getters[name](target)
