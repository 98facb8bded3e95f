"""One input of a table, cut into atoms: sets of values that no cell of the table tells apart.

A set of atoms is an int, a bit an atom, so that union, intersection and complement are exact and
cost next to nothing. Atoms stand in ascending order; null is the last.
"""

from __future__ import annotations

import datetime
from bisect import bisect_left
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import Any

from wherewithal.dmn import types as t
from wherewithal.dmn.types import Kind, Type

ORDERED = (Kind.NUMBER, Kind.DATE, Kind.DAYS)
#: Numbers from here on are shown in groups of three digits.
_GROUPED = 10_000
#: Of a set in more parts than this the rest is counted.
_PARTS_SHOWN = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Domain:
    """What an input may be: Fractions, ordinals of dates, days, texts; both ends are inclusive."""

    kind: Kind
    low: Fraction | None = None
    high: Fraction | None = None
    #: Values are multiples of this; None is a number of any fineness.
    step: Fraction | None = None
    #: Every text that it may be; None is any text.
    values: frozenset[str] | None = None
    null: bool = False


def domain_of_type(type_: Type) -> Domain:
    """Return the domain of a compiled input: its range, scale and values are proved."""
    if type_.kind not in ORDERED:
        return Domain(kind=type_.kind, values=type_.values, null=type_.nullable)
    unit = Fraction(1, 10**type_.scale)
    return Domain(
        kind=type_.kind,
        low=type_.low * unit,
        high=type_.high * unit,
        step=unit,
        null=type_.nullable,
    )


def domain_of_kind(kind: Kind, *, null: bool) -> Domain:
    """Return the domain of an input of which only the kind is declared."""
    if kind is Kind.DATE:
        return domain_of_type(t.DATE.or_null(when=null))
    # A duration that no profile bounds may have hours, and any fraction of a second.
    return Domain(kind=kind, null=null)


class Axis:
    """The atoms of one input, given the constants that its cells name."""

    def __init__(self, label: str, domain: Domain, constants: Collection[Any]) -> None:
        """Cut the domain at the constants, which are of its kind."""
        self.label = label
        self.domain = domain
        self.kind = domain.kind
        #: One value of each atom; atoms that the domain does not hold have None.
        self.samples: list[Any] = []
        self._points: list[Any] = []
        self._places: dict[Any, int] = {}
        self._within: dict[int, frozenset[str] | None] = {}
        if self.kind in ORDERED:
            self._points = sorted(set(constants))
            held = self._cut_order()
        else:
            held = self._cut_names(constants)
        self.null_bit = 1 << len(self.samples)
        self.samples.append(None)
        #: Every atom that there could be, in the domain or not.
        self.everything = (self.null_bit << 1) - 1
        self.whole = held | (self.null_bit if domain.null else 0)

    def _cut_order(self) -> int:
        """Make an atom of each constant and of each gap beside one; return those that are held."""
        held, count = 0, len(self._points)
        for place in range(count + 1):
            below = self._points[place - 1] if place else None
            above = self._points[place] if place < count else None
            inner = self._between(below, above)
            held |= (inner is not None) << len(self.samples)
            self.samples.append(inner)
            if above is not None:
                held |= self._holds(above) << len(self.samples)
                self.samples.append(above)
        return held

    def _holds(self, value: Any) -> bool:
        low, high, step = self.domain.low, self.domain.high, self.domain.step
        return (
            (low is None or value >= low)
            and (high is None or value <= high)
            and (step is None or Fraction(value) % step == 0)
        )

    def _between(self, below: Any, above: Any) -> Any:
        """Return a value of the domain strictly between two constants, or None if there is none."""
        if self.domain.step is not None:
            return self._step_between(below, above, self.domain.step)
        # A number of any fineness has no bounds.
        if below is None:
            return Fraction(0) if above is None else above - 1
        whole = Fraction(floor(below) + 1)
        return whole if above is None or whole < above else (below + above) / 2

    def _step_between(self, below: Any, above: Any, step: Fraction) -> Any:
        low, high = self.domain.low, self.domain.high
        first = None if below is None else (floor(below / step) + 1) * step
        last = None if above is None else (ceil(above / step) - 1) * step
        first = low if first is None else first if low is None else max(first, low)
        last = high if last is None else last if high is None else min(last, high)
        if first is None:
            first = last if last is not None else Fraction(0)
        if last is not None and first > last:
            return None
        # The value beside the constant is the telling one: 569 below 570, not the lowest of all.
        return last if below is None and above is not None else first

    def _cut_names(self, constants: Collection[Any]) -> int:
        """Make an atom of each name, and one of all others; return those that are held."""
        values: frozenset[Any] | None = self.domain.values
        names: list[Any]
        if self.kind is Kind.BOOLEAN:
            values, names = frozenset((True, False)), [False, True]
        elif self.kind is Kind.NULL:
            values, names = frozenset(), []
        else:
            names = sorted(set(constants))
        held = 0
        for name in names:
            self._places[name] = len(self.samples)
            held |= (values is None or name in values) << len(self.samples)
            self.samples.append(name)
        others = None if values is None else sorted(values - set(names), key=str)
        other = _unnamed(names) if others is None else next(iter(others), None)
        held |= (other is not None) << len(self.samples)
        self.samples.append(other)
        return held

    def below(self, value: Any, *, inclusive: bool) -> int:
        """Return the atoms below a constant that the axis was cut at."""
        place = 2 * bisect_left(self._points, value) + 1
        return (1 << (place + inclusive)) - 1

    def equal(self, value: Any) -> int:
        """Return the atom of a constant that the axis was cut at."""
        if value is None:
            return self.null_bit
        if self.kind in ORDERED:
            return 1 << (2 * bisect_left(self._points, value) + 1)
        return 1 << self._places[value]

    def sample(self, atoms: int) -> Any:
        """Return a value of the first of some atoms."""
        return self.samples[(atoms & -atoms).bit_length() - 1]

    def shown(self, atoms: int) -> str:
        """Return a value of the first of some atoms as FEEL writes it."""
        return shown(self.sample(atoms), self.kind)

    def feel(self, atoms: int) -> str:
        """Return a value of the first of some atoms as an expression of FEEL."""
        text = self.shown(atoms)
        if self.kind in (Kind.DATE, Kind.DAYS) and text != "null":
            return f'@"{text}"'
        return text.replace("_", "") if self.kind is Kind.NUMBER else text

    def names_within(self, domain: int) -> frozenset[str] | None:
        """Return every text that a domain holds, or None where it holds any text."""
        if domain not in self._within:
            names = self._names_held(domain)
            self._within[domain] = None if names is None else frozenset(names)
        return self._within[domain]

    def _names_held(self, domain: int) -> list[str] | None:
        other = self.null_bit >> 1
        if domain & other and self.domain.values is None:
            return None
        named = [name for name, place in self._places.items() if domain >> place & 1]
        if domain & other:
            named += (self.domain.values or frozenset()) - self._places.keys()
        return sorted(named)

    def described(self, atoms: int) -> str:
        """Return a set of atoms in an analyst's words, such as `[602..612), null`."""
        atoms &= self.whole
        parts = self._spans(atoms) if self.kind in ORDERED else self._names(atoms)
        if atoms & self.null_bit:
            parts.append("null")
        more = f" and {len(parts) - _PARTS_SHOWN} more" if len(parts) > _PARTS_SHOWN else ""
        return ", ".join(parts[:_PARTS_SHOWN]) + more

    def _names(self, atoms: int) -> list[str]:
        other = self.null_bit >> 1
        if atoms & other and self.domain.values is None:
            left = [n for n, place in self._places.items() if not atoms >> place & 1]
            more = f" and {len(left) - _PARTS_SHOWN} more" if len(left) > _PARTS_SHOWN else ""
            names = ", ".join(shown(n, self.kind) for n in left[:_PARTS_SHOWN])
            return [f"any but {names}{more}" if left else "any"]
        if self.kind is Kind.TEXT:
            return [shown(name, self.kind) for name in self._names_held(atoms) or ()]
        return [shown(n, self.kind) for n, place in self._places.items() if atoms >> place & 1]

    def _spans(self, atoms: int) -> list[str]:
        return [self._span(first, last) for first, last in self._runs(atoms & ~self.null_bit)]

    def _runs(self, atoms: int) -> Iterator[tuple[int, int]]:
        """Yield runs of atoms; those that the domain does not hold part nothing."""
        run: list[int] = []
        for place in range(len(self.samples) - 1):
            if atoms >> place & 1:
                run.append(place)
            elif self.whole >> place & 1 and run:
                yield run[0], run[-1]
                run = []
        if run:
            yield run[0], run[-1]

    def _span(self, first: int, last: int) -> str:
        # An odd place is a constant, an even one the gap above the constant before it.
        low = self._points[(first - 1) // 2] if first else None
        high = self._points[last // 2] if last // 2 < len(self._points) else None
        if first == last and first % 2:
            return shown(low, self.kind)
        left, right = "[" if first % 2 else "(", "]" if last % 2 else ")"
        if low is None and high is None:
            return "any"
        if low is None:
            return f"{'<=' if right == ']' else '<'} {shown(high, self.kind)}"
        if high is None:
            return f"{'>=' if left == '[' else '>'} {shown(low, self.kind)}"
        return f"{left}{shown(low, self.kind)}..{shown(high, self.kind)}{right}"


def shown(value: Any, kind: Kind) -> str:
    """Return a value as FEEL writes it, long numbers in groups: `null`, `"A"`, `4_000_000`."""
    match kind:
        case _ if value is None:
            return "null"
        case Kind.BOOLEAN:
            return str(value).lower()
        case Kind.DATE:
            return str(datetime.date.fromordinal(int(value)))
        case Kind.DAYS:
            return _shown_days(Fraction(value))
        case Kind.NUMBER:
            return shown_number(Fraction(value))
    return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _shown_days(value: Fraction) -> str:
    """Return a duration of days, hours, minutes and seconds: `P1DT12H`."""
    days, left = divmod(abs(value), 1)
    hours, left = divmod(left * 24, 1)
    minutes, left = divmod(left * 60, 1)
    seconds = left * 60
    parts = ((hours, "H"), (minutes, "M"))
    clock = "".join(f"{int(count)}{unit}" for count, unit in parts if count)
    clock += f"{shown_number(seconds)}S" if seconds else ""
    dated = f"{int(days)}D" if days or not clock else ""
    return f"{'-' if value < 0 else ''}P{dated}{'T' if clock else ''}{clock}"


def shown_number(value: Fraction) -> str:
    """Return a number exactly, as a decimal if it is one."""
    if value.denominator == 1:
        return f"{int(value):_}" if abs(value) >= _GROUPED else str(int(value))
    for digits in range(1, 19):
        scaled = value * 10**digits
        if scaled.denominator == 1:
            text = f"{abs(int(scaled)):0{digits + 1}d}"
            return f"{'-' if value < 0 else ''}{text[:-digits]}.{text[-digits:]}"
    return f"{value.numerator}/{value.denominator}"


def _unnamed(names: Collection[Any]) -> str:
    text = "other"
    while text in names:
        text += "?"
    return text
