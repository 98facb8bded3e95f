"""FEEL's semantic domain.

Numbers are Decimal, strings str, booleans bool, null None, lists list, contexts dict. Dates reach
from year -999,999,999 to 999,999,999 and times may keep a zone's name, so they are types of our
own. Source: DMN 1.5, 10.3.2.3.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

YEAR_MAX = 999_999_999
SECONDS_A_DAY = 86_400


class FeelNull(Exception):
    """An operation left its domain: its value is null, and the message says why."""


class LimitExceeded(Exception):
    """A bound of the evaluation was exceeded; the message names it."""


@dataclass(frozen=True, slots=True)
class Date:
    """A calendar date of the proleptic Gregorian calendar."""

    year: int
    month: int
    day: int


@dataclass(frozen=True, slots=True)
class Time:
    """A time of day; `offset` in seconds east of UTC or None, `zone` an IANA name or None."""

    hour: int
    minute: int
    second: Decimal
    offset: int | None = None
    zone: str | None = None


@dataclass(frozen=True, slots=True)
class DateTime:
    """A date and a time of day; the time carries offset and zone."""

    date: Date
    time: Time


@dataclass(frozen=True, slots=True)
class DaysDuration:
    """A days and time duration, in seconds."""

    seconds: Decimal


@dataclass(frozen=True, slots=True)
class MonthsDuration:
    """A years and months duration, in months."""

    months: int


@dataclass(frozen=True, slots=True)
class Range:
    """A range; an end that is None is open, as in `(< 5)`."""

    low: Any
    high: Any
    low_closed: bool
    high_closed: bool


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """A function value; equal only to itself."""

    name: str
    #: The parameter lists that it accepts, as in `dmn/feel/signatures.py`.
    signatures: tuple[tuple[str, ...], ...]
    #: Takes the arguments by parameter; one that was left out is absent.
    call: Callable[[Mapping[str, Any]], Any]
    #: Types of parameters and result, one for each way to call it; none where they are not known.
    types: tuple[Any, ...] = ()
    #: What a call of it is called in a trace; None for a built-in, whose calls are no steps.
    kind: Literal["knowledge model", "function", "decision service"] | None = None


Temporal = Date | Time | DateTime
Duration = DaysDuration | MonthsDuration


def kind_of(value: Any) -> str:
    """Return the name of a value's FEEL type, lists and contexts without their parts."""
    if value is None:
        return "Null"
    if isinstance(value, bool):
        return "boolean"
    return _KINDS.get(type(value), "unknown")


_KINDS: Mapping[type, str] = {
    Decimal: "number",
    str: "string",
    Date: "date",
    Time: "time",
    DateTime: "date and time",
    DaysDuration: "days and time duration",
    MonthsDuration: "years and months duration",
    list: "list",
    dict: "context",
    Range: "range",
    Function: "function",
}
