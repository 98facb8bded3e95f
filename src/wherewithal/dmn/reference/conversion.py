"""Values as text. Source: DMN 1.5, table 72 (string)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from wherewithal.dmn.reference.arithmetic import STRING_LENGTH_MAX
from wherewithal.dmn.reference.decimals import text_of_number
from wherewithal.dmn.reference.runtime import charge
from wherewithal.dmn.reference.temporal_text import (
    text_of_date,
    text_of_datetime,
    text_of_duration,
    text_of_time,
)
from wherewithal.dmn.reference.values import (
    Date,
    DateTime,
    DaysDuration,
    LimitExceeded,
    MonthsDuration,
    Range,
    Time,
)


def text_of(value: Any) -> str:
    """Return a value as `string()` gives it; a string inside a list is in quotation marks."""
    return value if isinstance(value, str) else _text_inside(value)


def _text_inside(value: Any, depth: int = 0) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, Decimal):
        return text_of_number(value)
    if isinstance(value, Date):
        return text_of_date(value)
    if isinstance(value, Time):
        return text_of_time(value)
    if isinstance(value, DateTime):
        return text_of_datetime(value)
    if isinstance(value, (DaysDuration, MonthsDuration)):
        return text_of_duration(value)
    if isinstance(value, list):
        charge(len(value), depth)
        return _joined("[", [_text_inside(item, depth + 1) for item in value], "]")
    if isinstance(value, dict):
        charge(len(value), depth)
        entries = [f"{_key(key)}: {_text_inside(item, depth + 1)}" for key, item in value.items()]
        return _joined("{", entries, "}")
    if isinstance(value, Range):
        return _text_of_range(value)
    return "function"


def _key(key: str) -> str:
    return key if key and all(part.isidentifier() for part in key.split(" ")) else f'"{key}"'


def _joined(start: str, parts: list[str], end: str) -> str:
    if sum(map(len, parts)) > STRING_LENGTH_MAX:
        raise LimitExceeded(f"a string may have {STRING_LENGTH_MAX} characters")
    return start + ", ".join(parts) + end


def _text_of_range(value: Range) -> str:
    if value.low is None:
        return ("<=" if value.high_closed else "<") + f" {_text_inside(value.high)}"
    if value.high is None:
        return (">=" if value.low_closed else ">") + f" {_text_inside(value.low)}"
    ends = f"{_text_inside(value.low)}..{_text_inside(value.high)}"
    return ("[" if value.low_closed else "(") + ends + ("]" if value.high_closed else ")")
