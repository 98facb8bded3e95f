"""Static types of the profile: exact numbers with scale and range, texts, booleans, dates, days.

A number is an integer times 10**-scale; `low` and `high` bound that integer, both inclusive. Ranges
are what the interval analysis carries, so that an overflow is found when a model is compiled.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, replace
from enum import Enum

#: FEEL's decimals have 34 digits: an integer below this is exact in every executor.
INTEGER_MAX = 10**33
INT64_MIN, INT64_MAX = -(2**63), 2**63 - 1
#: Dates outside these years are refused at the edge.
YEAR_MIN, YEAR_MAX = 1900, 2200
#: Dates that a calculation may reach, so that a date and a century of days need no other care.
CALENDAR_MIN, CALENDAR_MAX = datetime.date(1800, 1, 1), datetime.date(2300, 12, 31)


class Kind(Enum):
    """The kinds of value in the profile."""

    NUMBER = "number"
    TEXT = "string"
    BOOLEAN = "boolean"
    DATE = "date"
    DAYS = "days duration"
    NULL = "null"


#: The kinds that a model may declare, by the words of FEEL, and of DMN 1.1.
KINDS = {
    "number": Kind.NUMBER,
    "string": Kind.TEXT,
    "boolean": Kind.BOOLEAN,
    "date": Kind.DATE,
    "days and time duration": Kind.DAYS,
    "dayTimeDuration": Kind.DAYS,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Type:
    """A static type; scale and range belong to numbers, days and dates, values to texts.

    The range of a date is of its ordinals (`date.toordinal`).
    """

    kind: Kind
    nullable: bool = False
    scale: int = 0
    low: int = 0
    high: int = 0
    #: Every value that a text can have, or None where any text is possible.
    values: frozenset[str] | None = None

    def or_null(self, *, when: bool = True) -> Type:
        """Return this type, nullable if it was or `when` is true."""
        return self if self.nullable or not when else replace(self, nullable=True)

    def not_null(self) -> Type:
        """Return this type without null."""
        return replace(self, nullable=False) if self.nullable else self

    def fits_int64(self) -> bool:
        """Return whether every value is an int64."""
        return self.low >= INT64_MIN and self.high <= INT64_MAX

    def __str__(self) -> str:
        """Return the type as a message shows it: `number(2), 0..100, or null`."""
        words = self.kind.value
        if self.kind is Kind.NUMBER:
            words += f"({self.scale}), {self.low}..{self.high}"
        return words + (", or null" if self.nullable else "")


BOOLEAN = Type(kind=Kind.BOOLEAN)
NULL = Type(kind=Kind.NULL, nullable=True)
DATE = Type(
    kind=Kind.DATE,
    low=datetime.date(YEAR_MIN, 1, 1).toordinal(),
    high=datetime.date(YEAR_MAX, 12, 31).toordinal(),
)


def number(low: int, high: int, *, scale: int = 0, nullable: bool = False) -> Type:
    """Return a number type of the given range, in units of 10**-scale."""
    return Type(kind=Kind.NUMBER, low=low, high=high, scale=scale, nullable=nullable)


def text(values: frozenset[str] | None = None, *, nullable: bool = False) -> Type:
    """Return a text type."""
    return Type(kind=Kind.TEXT, values=values, nullable=nullable)


def union(left: Type, right: Type) -> Type | None:
    """Return the type that holds both, or None if they are of different kinds or scales."""
    if left.kind is Kind.NULL:
        return right.or_null()
    if right.kind is Kind.NULL:
        return left.or_null()
    if left.kind is not right.kind or left.scale != right.scale:
        return None
    values = None
    if left.values is not None and right.values is not None:
        values = left.values | right.values
    return Type(
        kind=left.kind,
        nullable=left.nullable or right.nullable,
        scale=left.scale,
        low=min(left.low, right.low),
        high=max(left.high, right.high),
        values=values,
    )
