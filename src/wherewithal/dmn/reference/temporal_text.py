"""Dates, times and durations as text, both ways.

Source: XML Schema part 2 (date, time, dateTime, dayTimeDuration, yearMonthDuration); DMN 1.5,
10.3.4.1 for `@Zone/Name`.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from wherewithal.dmn.reference.dates import (
    date_of_day_number,
    day_number,
    make_date,
    make_time,
)
from wherewithal.dmn.reference.values import (
    Date,
    DateTime,
    DaysDuration,
    FeelNull,
    MonthsDuration,
    Time,
)

_DATE = re.compile(
    r"(-?(?:[1-9][0-9]{4,8}|[0-9]{4}))-([0-9]{2})-([0-9]{2})([Zz]|[+-][0-9]{2}:[0-9]{2})?", re.ASCII
)
_TIME = re.compile(
    r"([0-9]{2}):([0-9]{2}):([0-9]{2}(?:\.[0-9]{1,30})?)"
    r"(?:([Zz])|([+-])([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?|@([A-Za-z][A-Za-z0-9_+\-/]*))?",
    re.ASCII,
)
_DAYS = re.compile(
    r"(-)?P(?:([0-9]{1,18})D)?"
    r"(T(?:([0-9]{1,18})H)?(?:([0-9]{1,18})M)?(?:([0-9]{1,18}(?:\.[0-9]{1,30})?)S)?)?",
    re.ASCII,
)
_MONTHS = re.compile(r"(-)?P(?:([0-9]{1,12})Y)?(?:([0-9]{1,12})M)?", re.ASCII)


def read_date(text: str) -> Date:
    """Return the date that a text spells; FeelNull if none.

    XML Schema lets an offset follow, as in `2012-03-07Z`; a date of FEEL does not keep it.
    """
    return _read_midnight(text).date


def _read_midnight(text: str) -> DateTime:
    """Return the midnight of a date, with the date's offset if it has one."""
    match = _DATE.fullmatch(text)
    if match is None:
        raise FeelNull("a date is written as 2026-07-31")
    midnight = _read_clock(f"00:00:00{match[4] or ''}")
    return DateTime(make_date(int(match[1]), int(match[2]), int(match[3])), midnight)


def read_time(text: str) -> Time:
    """Return the time that a text spells; FeelNull if none.

    `24:00:00` is midnight. A `z` in lower case, which XML Schema lacks, stands in DMN's examples.
    """
    text = text.removeprefix("T")
    return _read_end_of_day(text) or _read_clock(text)


def _read_end_of_day(text: str) -> Time | None:
    if not text.startswith("24:00:00"):
        return None
    midnight = _read_clock(f"00:00:00{text[8:]}")
    return None if midnight.second else midnight


def _read_clock(text: str) -> Time:
    match = _TIME.fullmatch(text)
    if match is None:
        raise FeelNull("a time is written as 13:20:00, 13:20:00Z or 13:20:00@Europe/Paris")
    offset = 0 if match[4] else None
    if match[5]:
        hours, minutes, seconds = int(match[6]), int(match[7]), int(match[8] or 0)
        if minutes > 59 or seconds > 59:
            raise FeelNull("an offset is written as +02:00")
        offset = hours * 3600 + minutes * 60 + seconds
        offset = -offset if match[5] == "-" else offset
    return make_time(int(match[1]), int(match[2]), Decimal(match[3]), offset=offset, zone=match[9])


def read_datetime(text: str) -> DateTime:
    """Return the date and time that a text spells; a date alone is its midnight."""
    date_text, has_time, time_text = text.partition("T")
    if not has_time:
        return _read_midnight(text)
    midnight_there = _read_midnight(date_text)
    if midnight_there.time.offset is not None:
        raise FeelNull("the offset of a date and time stands at its end")
    date = midnight_there.date
    if (midnight := _read_end_of_day(time_text)) is not None:
        # XML Schema: the end of a day is the start of the next.
        return DateTime(date_of_day_number(day_number(date) + 1), midnight)
    return DateTime(date, _read_clock(time_text))


def read_duration(text: str) -> DaysDuration | MonthsDuration:
    """Return the duration that a text spells; FeelNull if none."""
    if (match := _MONTHS.fullmatch(text)) and (match[2] or match[3]):
        months = int(match[2] or 0) * 12 + int(match[3] or 0)
        return MonthsDuration(-months if match[1] else months)
    match = _DAYS.fullmatch(text)
    if match is None or match[3] == "T" or not (match[2] or match[3]):
        raise FeelNull("a duration is written as P1DT2H30M or P1Y6M")
    seconds = (
        Decimal(match[2] or 0) * 86_400
        + Decimal(match[4] or 0) * 3600
        + Decimal(match[5] or 0) * 60
        + Decimal(match[6] or 0)
    )
    return DaysDuration(-seconds if match[1] else seconds)


def read_at_literal(text: str) -> Any:
    """Return what `@"..."` denotes: a date, time, date and time or duration."""
    if "P" in text[:2]:
        return read_duration(text)
    # The name of a zone, as in `10:00:00@Etc/UTC`, may hold a T of its own.
    if text[2:3] == ":" or text.startswith("T"):
        return read_time(text)
    return read_datetime(text) if "T" in text else read_date(text)


def _plain(number: Decimal) -> str:
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def text_of_date(value: Date) -> str:
    """Return `2026-07-31`."""
    sign = "-" if value.year < 0 else ""
    return f"{sign}{abs(value.year):04d}-{value.month:02d}-{value.day:02d}"


def text_of_time(value: Time) -> str:
    """Return `13:20:00`, with the offset or zone."""
    whole, _, fraction = _plain(value.second).partition(".")
    text = f"{value.hour:02d}:{value.minute:02d}:{whole:0>2}" + (f".{fraction}" if fraction else "")
    if value.zone is not None:
        return f"{text}@{value.zone}"
    if value.offset is None:
        return text
    if value.offset == 0:
        return f"{text}Z"
    hours, rest = divmod(abs(value.offset), 3600)
    sign = "-" if value.offset < 0 else "+"
    tail = f":{rest % 60:02d}" if rest % 60 else ""
    return f"{text}{sign}{hours:02d}:{rest // 60:02d}{tail}"


def text_of_datetime(value: DateTime) -> str:
    """Return `2026-07-31T13:20:00`."""
    return f"{text_of_date(value.date)}T{text_of_time(value.time)}"


def text_of_duration(value: DaysDuration | MonthsDuration) -> str:
    """Return the normalised form: `P1DT2H`, `P1Y6M`, `PT0S`, `P0M`."""
    if isinstance(value, MonthsDuration):
        years, months = divmod(abs(value.months), 12)
        body = (f"{years}Y" if years else "") + (f"{months}M" if months else "")
        return ("-P" if value.months < 0 else "P") + (body or "0M")
    total = abs(value.seconds)
    days, rest = divmod(int(total), 86_400)
    hours, rest = divmod(rest, 3600)
    minutes, whole = divmod(rest, 60)
    seconds = total - int(total) + whole
    clock = (
        (f"{hours}H" if hours else "")
        + (f"{minutes}M" if minutes else "")
        + (f"{_plain(seconds)}S" if seconds else "")
    )
    body = (f"{days}D" if days else "") + (f"T{clock}" if clock else "")
    return ("-P" if value.seconds < 0 else "P") + (body or "T0S")
