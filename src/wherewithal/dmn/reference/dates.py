"""Calendar arithmetic over the whole range of FEEL's years, in integers and decimals.

Source: DMN 1.5, 10.3.2.3.4-10.3.2.3.8; the day count is the proleptic Gregorian one.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from wherewithal.dmn.reference.values import (
    SECONDS_A_DAY,
    YEAR_MAX,
    Date,
    DateTime,
    DaysDuration,
    FeelNull,
    MonthsDuration,
    Time,
)

_DAYS_OF_MONTH = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
#: Offsets reach to 14 hours: XML Schema, and DMN 1.5, table 66.
OFFSET_MAX = 14 * 3600
#: What stands beside the zones in some copies of the database.
_NOT_ZONES = ("localtime", "posix", "right/")
#: The day whose rules a time of day without a date takes.
_PLAIN_DAY = Date(2020, 1, 1)


def is_leap_year(year: int) -> bool:
    """Return whether a year has a February 29."""
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def days_of_month(year: int, month: int) -> int:
    """Return how many days a month has."""
    return 29 if month == 2 and is_leap_year(year) else _DAYS_OF_MONTH[month - 1]


def make_date(year: int, month: int, day: int) -> Date:
    """Return a date; FeelNull if the calendar has no such day."""
    if not -YEAR_MAX <= year <= YEAR_MAX:
        raise FeelNull(f"the year {year} is outside -999,999,999..999,999,999")
    if not 1 <= month <= 12 or not 1 <= day <= days_of_month(year, month):
        raise FeelNull(f"the calendar has no day {year}-{month}-{day}")
    return Date(year, month, day)


def make_time(
    hour: int, minute: int, second: Decimal, *, offset: int | None = None, zone: str | None = None
) -> Time:
    """Return a time of day; FeelNull if the clock has no such time."""
    if not (0 <= hour <= 23 and 0 <= minute <= 59 and 0 <= second < 60):
        raise FeelNull("the clock has no such time")
    if offset is not None and abs(offset) > OFFSET_MAX:
        raise FeelNull("the offset is beyond 14 hours")
    if zone is not None:
        zone_of(zone)
    return Time(hour, minute, second, offset, zone)


def zone_of(name: str) -> ZoneInfo:
    """Return a zone of the IANA database; FeelNull if it has none of that name."""
    try:
        if name.startswith(_NOT_ZONES):
            raise ValueError(name)
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise FeelNull(f"the IANA database has no time zone '{name}'") from None


def day_number(date: Date) -> int:
    """Return the days since 1970-01-01, for any year."""
    year = date.year - (date.month <= 2)
    era, year_of_era = divmod(year, 400)
    month_from_march = (date.month + 9) % 12
    day_of_year = (153 * month_from_march + 2) // 5 + date.day - 1
    day_of_era = year_of_era * 365 + year_of_era // 4 - year_of_era // 100 + day_of_year
    return era * 146_097 + day_of_era - 719_468


def date_of_day_number(number: int) -> Date:
    """Return the date that is `number` days after 1970-01-01; FeelNull beyond the years' bound."""
    era, day_of_era = divmod(number + 719_468, 146_097)
    year_of_era = (
        day_of_era - day_of_era // 1460 + day_of_era // 36_524 - day_of_era // 146_096
    ) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    month_from_march = (5 * day_of_year + 2) // 153
    day = day_of_year - (153 * month_from_march + 2) // 5 + 1
    month = month_from_march + 3 if month_from_march < 10 else month_from_march - 9
    year = year_of_era + era * 400 + (month <= 2)
    return make_date(year, month, day)


def weekday(date: Date) -> int:
    """Return 1 for Monday to 7 for Sunday."""
    return (day_number(date) + 3) % 7 + 1


def day_of_year(date: Date) -> int:
    """Return 1 for January 1."""
    return day_number(date) - day_number(Date(date.year, 1, 1)) + 1


def week_of_year(date: Date) -> int:
    """Return the ISO 8601 week, 1 to 53."""
    # The week belongs to the year of its Thursday.
    thursday = date_of_day_number(day_number(date) + 4 - weekday(date))
    return (day_of_year(thursday) - 1) // 7 + 1


def seconds_of_day(time: Time) -> Decimal:
    """Return the seconds since midnight, local."""
    return time.hour * 3600 + time.minute * 60 + time.second


def time_of_seconds(seconds: Decimal, like: Time) -> Time:
    """Return the time of day at `seconds` modulo a day, with the offset and zone of `like`."""
    wrapped = seconds % SECONDS_A_DAY
    if wrapped < 0:
        wrapped += SECONDS_A_DAY
    whole = int(wrapped)
    second = wrapped - whole + whole % 60
    return Time(whole // 3600, whole // 60 % 60, second, like.offset, like.zone)


def offset_seconds(time: Time, date: Date | None = None) -> int | None:
    """Return the seconds east of UTC, by the zone's rules of that date; None for a local time."""
    if time.offset is not None:
        return time.offset
    if time.zone is None:
        return None
    moment = _in_python(DateTime(date or _PLAIN_DAY, time))
    found = zone_of(time.zone).utcoffset(moment)
    return None if found is None else int(found.total_seconds())


def _in_python(value: DateTime) -> datetime:
    """Return the local date and time, its year moved into Python's calendar."""
    day = value.date
    year = min(max(day.year, 2), 9998)
    month_day = min(day.day, 28) if year != day.year else day.day
    hour, minute, second = value.time.hour, value.time.minute, int(value.time.second)
    return datetime(year, day.month, month_day, hour, minute, second)  # noqa: DTZ001


def datetime_in_zone(seconds: Decimal, zone: str) -> DateTime:
    """Return what the clocks of a zone show `seconds` after 1970-01-01T00:00:00Z."""
    utc = datetime_of_seconds(seconds, Time(0, 0, Decimal(0), 0))
    found = _in_python(utc).replace(tzinfo=UTC).astimezone(zone_of(zone)).utcoffset()
    shift = 0 if found is None else int(found.total_seconds())
    return datetime_of_seconds(seconds + shift, Time(0, 0, Decimal(0), None, zone))


def seconds_of_datetime(value: DateTime) -> Decimal:
    """Return the seconds since 1970-01-01T00:00:00, local: no offset is applied."""
    return day_number(value.date) * SECONDS_A_DAY + seconds_of_day(value.time)


def datetime_of_seconds(seconds: Decimal, like: Time) -> DateTime:
    """Return the local date and time at `seconds`, with the offset and zone of `like`."""
    days = int(seconds // SECONDS_A_DAY)
    rest = seconds - days * SECONDS_A_DAY
    if rest < 0:
        days, rest = days - 1, rest + SECONDS_A_DAY
    return DateTime(date_of_day_number(days), time_of_seconds(rest, like))


def as_datetime(value: Date | DateTime) -> DateTime:
    """Return a date as the date and time of its UTC midnight."""
    if isinstance(value, DateTime):
        return value
    return DateTime(value, Time(0, 0, Decimal(0), 0))


def add_months(date: Date, months: int) -> Date:
    """Return the date `months` later; a day that the month lacks becomes the month's last."""
    years, month_from_zero = divmod(date.month - 1 + months, 12)
    year, month = date.year + years, month_from_zero + 1
    if not -YEAR_MAX <= year <= YEAR_MAX:
        raise FeelNull("the year is outside -999,999,999..999,999,999")
    return make_date(year, month, min(date.day, days_of_month(year, month)))


def months_between(start: Date, end: Date) -> MonthsDuration:
    """Return the whole months from start to end, negative if end is earlier."""
    months = (end.year - start.year) * 12 + end.month - start.month
    if months > 0 and end.day < start.day:
        months -= 1
    elif months < 0 and end.day > start.day:
        months += 1
    return MonthsDuration(months)


def days_between(start: DateTime, end: DateTime) -> DaysDuration:
    """Return end - start; FeelNull if just one of them has an offset."""
    left = offset_seconds(end.time, end.date)
    right = offset_seconds(start.time, start.date)
    if (left is None) is not (right is None):
        raise FeelNull("only one of the two has an offset; they cannot be subtracted")
    difference = seconds_of_datetime(end) - seconds_of_datetime(start)
    return DaysDuration(difference - (left or 0) + (right or 0))
