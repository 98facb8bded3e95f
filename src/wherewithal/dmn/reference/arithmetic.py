"""The operators + - * / ** and unary minus over all types. Source: DMN 1.5, tables 56-62."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from wherewithal.dmn.reference import decimals
from wherewithal.dmn.reference.dates import (
    add_months,
    as_datetime,
    date_of_day_number,
    datetime_in_zone,
    datetime_of_seconds,
    day_number,
    days_between,
    offset_seconds,
    seconds_of_datetime,
    seconds_of_day,
    time_of_seconds,
)
from wherewithal.dmn.reference.values import (
    SECONDS_A_DAY,
    YEAR_MAX,
    Date,
    DateTime,
    DaysDuration,
    FeelNull,
    LimitExceeded,
    MonthsDuration,
    Time,
    kind_of,
)

STRING_LENGTH_MAX = 1_000_000
_MONTHS_MAX = (2 * YEAR_MAX + 1) * 12


def _is_number(value: Any) -> bool:
    return isinstance(value, Decimal)


def days_duration(seconds: Decimal) -> DaysDuration:
    """Return a days and time duration; FeelNull beyond what dates can differ by."""
    if abs(seconds) > Decimal(_MONTHS_MAX) * 31 * SECONDS_A_DAY:
        raise FeelNull("the duration is too long")
    return DaysDuration(seconds)


def months_duration(months: Decimal | int) -> MonthsDuration:
    """Return a years and months duration, its fraction of a month dropped."""
    whole = int(months)
    if abs(whole) > _MONTHS_MAX * 1000:
        raise FeelNull("the duration is too long")
    return MonthsDuration(whole)


def _shift(value: Any, duration: Any, sign: int) -> Any:
    """Return a date, time or date and time, moved by a duration."""
    if isinstance(duration, MonthsDuration):
        months = sign * duration.months
        if isinstance(value, DateTime):
            return DateTime(add_months(value.date, months), value.time)
        if isinstance(value, Date):
            return add_months(value, months)
    elif isinstance(duration, DaysDuration):
        seconds = sign * duration.seconds
        if isinstance(value, DateTime):
            return _later(value, seconds)
        if isinstance(value, Date):
            days = (day_number(value) * SECONDS_A_DAY + seconds) // SECONDS_A_DAY
            exact = day_number(value) * SECONDS_A_DAY + seconds
            return date_of_day_number(int(days) - (days * SECONDS_A_DAY > exact))
        if isinstance(value, Time):
            return time_of_seconds(seconds_of_day(value) + seconds, value)
    raise _mismatch("+" if sign > 0 else "-", value, duration)


def _later(value: DateTime, seconds: Decimal) -> DateTime:
    moved = seconds_of_datetime(value) + seconds
    offset = offset_seconds(value.time, value.date)
    if value.time.zone is None or offset is None:
        return datetime_of_seconds(moved, value.time)
    # Time passes in UTC: an hour after 01:30 may be 03:30 by the clocks of the zone.
    return datetime_in_zone(moved - offset, value.time.zone)


def _mismatch(op: str, left: Any, right: Any) -> FeelNull:
    return FeelNull(f"{kind_of(left)} {op} {kind_of(right)} has no meaning")


def add(left: Any, right: Any) -> Any:
    """Return left + right."""
    if _is_number(left) and _is_number(right):
        return decimals.add(left, right)
    if isinstance(left, str) and isinstance(right, str):
        if len(left) + len(right) > STRING_LENGTH_MAX:
            raise LimitExceeded(f"a string may have {STRING_LENGTH_MAX} characters")
        return left + right
    if isinstance(left, DaysDuration) and isinstance(right, DaysDuration):
        return days_duration(left.seconds + right.seconds)
    if isinstance(left, MonthsDuration) and isinstance(right, MonthsDuration):
        return months_duration(left.months + right.months)
    if isinstance(left, (DaysDuration, MonthsDuration)):
        return _shift(right, left, 1)
    return _shift(left, right, 1)


def subtract(left: Any, right: Any) -> Any:
    """Return left - right."""
    if _is_number(left) and _is_number(right):
        return decimals.subtract(left, right)
    if isinstance(left, DaysDuration) and isinstance(right, DaysDuration):
        return days_duration(left.seconds - right.seconds)
    if isinstance(left, MonthsDuration) and isinstance(right, MonthsDuration):
        return months_duration(left.months - right.months)
    if isinstance(left, (Date, DateTime)) and isinstance(right, (Date, DateTime)):
        return days_between(as_datetime(right), as_datetime(left))
    if isinstance(left, Time) and isinstance(right, Time):
        one, other = offset_seconds(left), offset_seconds(right)
        if (one is None) is not (other is None):
            raise FeelNull("only one of the times has an offset; they cannot be subtracted")
        difference = seconds_of_day(left) - seconds_of_day(right)
        return DaysDuration(difference - (one or 0) + (other or 0))
    return _shift(left, right, -1)


def multiply(left: Any, right: Any) -> Any:
    """Return left * right."""
    if _is_number(left) and _is_number(right):
        return decimals.multiply(left, right)
    if _is_number(left):
        left, right = right, left
    if _is_number(right) and isinstance(left, DaysDuration):
        return days_duration(decimals.multiply(left.seconds, right))
    if _is_number(right) and isinstance(left, MonthsDuration):
        return months_duration(decimals.multiply(Decimal(left.months), right))
    raise _mismatch("*", left, right)


def divide(left: Any, right: Any) -> Any:
    """Return left / right."""
    if _is_number(right):
        if _is_number(left):
            return decimals.divide(left, right)
        if isinstance(left, DaysDuration):
            return days_duration(decimals.divide(left.seconds, right))
        if isinstance(left, MonthsDuration):
            return months_duration(decimals.divide(Decimal(left.months), right))
    if isinstance(left, DaysDuration) and isinstance(right, DaysDuration):
        return decimals.divide(left.seconds, right.seconds)
    if isinstance(left, MonthsDuration) and isinstance(right, MonthsDuration):
        return decimals.divide(Decimal(left.months), Decimal(right.months))
    raise _mismatch("/", left, right)


def power(left: Any, right: Any) -> Any:
    """Return left ** right."""
    if _is_number(left) and _is_number(right):
        return decimals.power(left, right)
    raise _mismatch("**", left, right)


def negate(value: Any) -> Any:
    """Return -value."""
    if _is_number(value):
        return decimals.negate(value)
    if isinstance(value, DaysDuration):
        return DaysDuration(-value.seconds)
    if isinstance(value, MonthsDuration):
        return MonthsDuration(-value.months)
    raise FeelNull(f"- {kind_of(value)} has no meaning")


OPERATORS: Mapping[str, Callable[[Any, Any], Any]] = {
    "+": add,
    "-": subtract,
    "*": multiply,
    "/": divide,
    "**": power,
}
