"""Conversions and functions of dates and times. Source: DMN 1.5, tables 72 and 79."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from wherewithal.dmn.reference import dates
from wherewithal.dmn.reference.builtin_registry import Arguments, builtin
from wherewithal.dmn.reference.conversion import text_of
from wherewithal.dmn.reference.decimals import number_of
from wherewithal.dmn.reference.temporal_text import (
    read_date,
    read_datetime,
    read_duration,
    read_time,
)
from wherewithal.dmn.reference.values import (
    Date,
    DateTime,
    DaysDuration,
    FeelNull,
    MonthsDuration,
    Time,
)

_NUMBER = re.compile(r"-?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,5})?", re.ASCII)
_DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTH_NAMES = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


@builtin("date")
def date(arguments: Arguments) -> Date:
    """Return a date of a text, of a date and time, or of year, month and day."""
    if "from" not in arguments:
        return dates.make_date(*(arguments.integer(name) for name in ("year", "month", "day")))
    value = arguments.typed("from", str, Date, DateTime)
    if isinstance(value, DateTime):
        return value.date
    return read_date(value) if isinstance(value, str) else value


@builtin("time")
def time(arguments: Arguments) -> Time:
    """Return a time of a text, of a date and time, or of hour, minute and second."""
    if "from" in arguments:
        value = arguments.typed("from", str, Time, Date, DateTime)
        if isinstance(value, Date):
            return dates.as_datetime(value).time
        if isinstance(value, DateTime):
            return value.time
        return read_time(value) if isinstance(value, str) else value
    offset: int | None = None
    if arguments.any("offset") is not None:
        offset = int(arguments.typed("offset", DaysDuration).seconds)
    return dates.make_time(
        arguments.integer("hour"),
        arguments.integer("minute"),
        arguments.number("second"),
        offset=offset,
    )


@builtin("date and time")
def date_and_time(arguments: Arguments) -> DateTime:
    """Return a date and time of a text, of its two parts, or of its components."""
    if "from" in arguments:
        return read_datetime(arguments.string("from"))
    if "time" in arguments:
        return DateTime(arguments.date("date"), arguments.typed("time", Time))
    if "year" in arguments:
        return _of_components(arguments)
    return _in_zone(arguments)


def _of_components(arguments: Arguments) -> DateTime:
    offset, zone = arguments.any("offset"), arguments.any("timezone")
    if isinstance(offset, str):
        offset, zone = None, offset
    found = dates.make_date(*(arguments.integer(name) for name in ("year", "month", "day")))
    clock = dates.make_time(
        arguments.integer("hour"),
        arguments.integer("minute"),
        arguments.number("second"),
        offset=int(offset.seconds) if isinstance(offset, DaysDuration) else None,
        zone=zone if isinstance(zone, str) else None,
    )
    return DateTime(found, clock)


def _in_zone(arguments: Arguments) -> DateTime:
    """Return the same moment as the clocks of another zone show it."""
    moment = arguments.typed("date", DateTime)
    zone = arguments.string("timezone")
    offset = dates.offset_seconds(moment.time, moment.date)
    if offset is None:
        raise FeelNull("a local date and time has no moment to show in another zone")
    return dates.datetime_in_zone(dates.seconds_of_datetime(moment) - offset, zone)


@builtin("duration")
def duration(arguments: Arguments) -> DaysDuration | MonthsDuration:
    """Return the duration that a text spells."""
    value = arguments.typed("from", str, DaysDuration, MonthsDuration)
    return read_duration(value) if isinstance(value, str) else value


@builtin("years and months duration")
def years_and_months_duration(arguments: Arguments) -> MonthsDuration:
    """Return the whole months from one date to another."""
    return dates.months_between(arguments.date("from"), arguments.date("to"))


@builtin("number")
def number(arguments: Arguments) -> Decimal:
    """Return the number that a text spells with the given separators."""
    value = arguments.string("from")
    grouping, decimal = _separator(arguments, "grouping"), _separator(arguments, "decimal")
    if grouping not in (None, " ", ",", ".") or decimal not in (None, ",", "."):
        raise FeelNull("grouping is ' ', ',' or '.'; the decimal separator is ',' or '.'")
    if grouping is not None and grouping == decimal:
        raise FeelNull("the separators must differ")
    if grouping is not None:
        value = value.replace(grouping, "")
    if decimal is not None:
        value = value.replace(decimal, ".")
    if _NUMBER.fullmatch(value) is None:
        raise FeelNull("the text spells no number")
    return number_of(value)


def _separator(arguments: Arguments, name: str) -> str | None:
    found = arguments.any(f"{name} separator")
    return None if found is None else arguments.string(f"{name} separator")


@builtin("string")
def string(arguments: Arguments) -> str | None:
    """Return a value as text; null for null."""
    value = arguments.any("from")
    return None if value is None else text_of(value)


@builtin("now")
def now(arguments: Arguments) -> DateTime:
    """Return the moment that the caller gave."""
    if arguments.runtime.now is None:
        raise FeelNull("the caller gave no moment")
    return arguments.runtime.now


@builtin("today")
def today(arguments: Arguments) -> Date:
    """Return the date of the moment that the caller gave."""
    return now(arguments).date  # type: ignore[no-any-return]


@builtin("day of year")
def day_of_year(arguments: Arguments) -> Decimal:
    """Return the day's number within the year."""
    return Decimal(dates.day_of_year(arguments.date("date")))


@builtin("day of week")
def day_of_week(arguments: Arguments) -> str:
    """Return the English name of the weekday."""
    return _DAY_NAMES[dates.weekday(arguments.date("date")) - 1]


@builtin("month of year")
def month_of_year(arguments: Arguments) -> str:
    """Return the English name of the month."""
    return _MONTH_NAMES[arguments.date("date").month - 1]


@builtin("week of year")
def week_of_year(arguments: Arguments) -> Any:
    """Return the ISO 8601 week."""
    return Decimal(dates.week_of_year(arguments.date("date")))
