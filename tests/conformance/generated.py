"""Generated expressions, tables and rows: FEEL text over typed inputs, inside the profile.

Rows lie at and around every constant that a text mentions, at the ends of each input's range, and
at null, because that is where executors part.
"""

from __future__ import annotations

import datetime
import random
import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from tests.conformance.executors import type_of
from tests.conformance.models import Table
from wherewithal.dmn import types as t
from wherewithal.dmn.types import Kind, Type

TYPES: Mapping[str, Type] = {
    "x": t.number(-1000, 1000, nullable=True),
    "y": t.number(-5000, 5000, scale=2, nullable=True),
    "n": t.number(0, 20),
    "w": t.number(-(9 * 10**18), 9 * 10**18),
    "p": type_of("boolean?"),
    "q": type_of("boolean"),
    "k": type_of("A|B|C?"),
    "s": type_of("text?"),
    "d": type_of("date?"),
    "e": type_of("date"),
}
NUMBERS = ("0", "1", "2", "3", "7", "10", "0.5", "2.25", "-1", "-2.5", "100", "0.01")
TEXTS = ('"A"', '"B"', '"C"', '"Z"', '""')
DATES = ('@"2020-02-29"', '@"2000-03-01"', '@"1999-12-31"')
DAYS = ('@"P0D"', '@"P1D"', '@"P366D"', '@"-P30D"')
ROUNDINGS = (
    *("floor({})", "ceiling({})", "decimal({}, 1)", "decimal({}, 0)", "round up({}, 0)"),
    *("round down({}, 1)", "round half up({}, 0)", "round half down({}, 1)"),
)
Draw = Callable[[st.SearchStrategy[Any]], Any]


class Writer:
    """Writes an expression of a kind, `depth` operations high at most."""

    def __init__(self, draw: Draw) -> None:
        self._draw = draw

    def pick(self, *options: Any) -> Any:
        return self._draw(st.sampled_from(options))

    def write(self, *ways: Callable[[], str]) -> str:
        """Return what one of the ways writes; the others draw nothing."""
        return ways[self._draw(st.integers(0, len(ways) - 1))]()

    def number(self, depth: int) -> str:
        if depth <= 0:
            return str(self.pick(*"xynwxynw", *NUMBERS))
        return self.write(
            lambda: f"({self.number(depth - 1)} {self.pick(*'+-*')} {self.number(depth - 2)})",
            lambda: f"{self.pick('-', 'abs')}({self.number(depth - 1)})",
            lambda: f"{self.pick('min', 'max', 'sum')}([{self.number(depth - 1)}, y, 0.5])",
            lambda: f"max({self.number(depth - 2)}, {self.number(depth - 1)})",
            lambda: self._rounded(depth),
            lambda: self._rounded(depth),
            lambda: self._if(self.number, depth),
            lambda: self._guarded(depth),
            lambda: self._guarded(depth),
            lambda: f"modulo({self.number(depth - 1)}, {self.pick('n', '7', '-2.5', '0')})",
            lambda: f"{self.date(0)}.{self.pick('year', 'month', 'day')}",
        )

    def _rounded(self, depth: int) -> str:
        bottom = self.pick("n", "2", "-2", "0.5", "7", "4", f"abs({self.number(0)})", None)
        top = self.number(depth - 1)
        return str(self.pick(*ROUNDINGS)).format(f"{top} / {bottom}" if bottom else top)

    def _if(self, branch: Callable[[int], str], depth: int) -> str:
        test, yes, no = self.boolean(depth - 1), branch(depth - 1), branch(depth - 1)
        return f"(if {test} then {yes} else {no})"

    def _guarded(self, depth: int) -> str:
        name, inner, other = self.pick("x", "y"), self.number(depth - 1), self.number(depth - 2)
        yes = f"({name} * 2 + {name} - {inner})"
        shown = self.pick(
            f"{name} != null", f"not({name} = null)", f"{name} > 1", f"{name} != null and p"
        )
        hidden = self.pick(f"{name} = null", f"{name} = null or q")
        return str(
            self.pick(
                f"(if {shown} then {yes} else {other})", f"(if {hidden} then {other} else {yes})"
            )
        )

    def boolean(self, depth: int) -> str:
        if depth <= 0:
            return str(self.pick("p", "q", "p", "x > 1", "k = s", "y = null", "e >= d", "true"))
        return self.write(
            lambda: f"({self.boolean(depth - 1)} and {self.boolean(depth - 2)})",
            lambda: f"({self.boolean(depth - 1)} or {self.boolean(depth - 2)})",
            lambda: (
                f"({self.boolean(depth - 1)} {self.pick('and', 'or', '=')} {self.pick('p', 'null')})"
            ),
            lambda: f"not({self.boolean(depth - 1)})",
            lambda: self._compared(self.number, depth),
            lambda: self._compared(self.number, depth),
            lambda: self._compared(self.date, depth),
            lambda: self._compared(self.days, depth),
            lambda: f"({self.pick('s', 'k')} {self.pick('=', '!=')} {self.text(depth - 1)})",
            lambda: f"({self.number(depth - 1)} in {self._tests('x')})",
            lambda: f"({self.text(0)} in {self._tests('k')})",
            lambda: f"({self.number(depth - 1)} between {self.number(0)} and {self.number(0)})",
            lambda: self._if(self.boolean, depth),
        )

    def _compared(self, of: Callable[[int], str], depth: int) -> str:
        op = self.pick("<", "<=", ">", ">=", "=", "!=")
        return f"({of(depth - 1)} {op} {self.write(lambda: of(depth - 2), lambda: 'null')})"

    def text(self, depth: int) -> str:
        return str(self.pick("k", *TEXTS)) if depth <= 0 else self._if(self.text, depth)

    def date(self, depth: int) -> str:
        if depth <= 0:
            return str(self.pick("d", "e", "d", *DATES))
        return self.write(
            lambda: f"({self.date(depth - 1)} {self.pick(*'+-')} {self.pick(*DAYS)})",
            lambda: f"{self.pick('min', 'max')}({self.date(depth - 1)}, {self.date(depth - 2)})",
            lambda: self._if(self.date, depth),
        )

    def days(self, depth: int) -> str:
        if depth <= 0:
            return str(self.pick("(d - e)", *DAYS))
        return self.write(
            lambda: f"({self.date(depth - 1)} - {self.date(depth - 2)})",
            lambda: f"{self.pick('abs', '-')}({self.days(depth - 1)})",
            lambda: f"({self.days(depth - 1)} {self.pick(*'+-')} {self.pick(*DAYS)})",
        )

    def _tests(self, name: str) -> str:
        a, b = self.constant(name), self.constant(name)
        listed = self.pick(f"{a}", f"{a}, {b}", f"null, {a}", f"!= {a}")
        if name == "x":
            listed = self.pick(listed, f"< {a}, >= {b}", f"({a}..{b}]", f"[{a}..{b})", f"> {a}, y")
        return f"({listed})"

    def cell(self, name: str) -> str:
        """Return a cell that tests the named input."""
        a, b = self.constant(name), self.constant(name)
        options = [
            "-",
            a,
            f"{a}, {b}",
            f"not({a})",
            f"not({a}, {b})",
            "null",
            f"null, {a}",
            f"!= {a}",
        ]
        if TYPES[name].kind in (Kind.NUMBER, Kind.DATE):
            left, right = self.pick("[", "("), self.pick("]", ")")
            options += [f"< {a}", f"<= {a}", f"> {a}", f">= {a}", f"{left}{a}..{b}{right}"]
            options += [f"< {a}, >= {b}", f"not(> {a})"]
        if name == "x":
            options += ["y", "< y", "[n..100]", "? > y and ? < 100"]
        return str(self.pick(*options))

    def constant(self, name: str) -> str:
        match TYPES[name].kind:
            case Kind.NUMBER:
                return str(self.pick(*NUMBERS))
            case Kind.DATE:
                return str(self.pick(*DATES))
            case Kind.BOOLEAN:
                return str(self.pick("true", "false"))
        return str(self.pick(*TEXTS))


@st.composite
def expressions(draw: Draw) -> str:
    """Return an expression of any kind."""
    writer = Writer(draw)
    kind = writer.pick(*("number",) * 5, "boolean", "boolean", "text", "date", "days")
    write: Callable[[int], str] = getattr(writer, kind)
    return write(draw(st.integers(1, 4)))


POLICIES = (
    *("UNIQUE", "ANY", "FIRST", "PRIORITY"),
    *("COLLECT SUM", "COLLECT MIN", "COLLECT MAX", "COLLECT COUNT"),
)


@st.composite
def tables(draw: Draw, policies: Sequence[str] = POLICIES) -> Table:
    """Return a decision table; equal outputs and complete sets of rules are frequent."""
    writer = Writer(draw)
    policy, _, aggregation = str(writer.pick(*policies)).partition(" ")
    inputs = draw(st.lists(st.sampled_from("xynkqpd"), min_size=1, max_size=2, unique=True))
    allowed = [writer.pick(*NUMBERS) for _ in range(3)]
    outputs = allowed if policy == "PRIORITY" else [*allowed, "x", "y + 1", "null"]
    if aggregation:
        outputs = [*allowed, "n", "n * 2", "w"]
    rules = []
    for _ in range(draw(st.integers(1, 5))):
        cells = [writer.cell(name) if draw(st.integers(0, 3)) else "-" for name in inputs]
        rules.append((cells, [writer.pick(*outputs)]))
    if len(inputs) == 1 and draw(st.booleans()):
        split = writer.constant(inputs[0])
        ordered = TYPES[inputs[0]].kind in (Kind.NUMBER, Kind.DATE)
        ends = (f"< {split}", f">= {split}") if ordered else (split, f"not({split})")
        rules = [([end], [writer.pick(*outputs)]) for end in ends]
    defaults = {"out": writer.pick(*allowed)} if draw(st.booleans()) else {}
    ranked = {"out": ", ".join(dict.fromkeys(allowed))} if policy == "PRIORITY" else {}
    listed = {name: writer.cell(name) for name in inputs if not draw(st.integers(0, 5))}
    listed = {name: cell for name, cell in listed.items() if "?" not in cell and cell != "-"}
    return Table(
        inputs=inputs,
        rules=rules,
        policy=policy,
        aggregation=aggregation or None,
        defaults=defaults,
        allowed=ranked,
        listed=listed,
    )


def rows_around(text: str, *, count: int, seed: int) -> list[tuple[Any, ...]]:
    """Return rows in units: each value beside a constant of the text, at an end, or null."""
    chance = random.Random(seed)
    pools = [_around(type_, text) for type_ in TYPES.values()]
    return [tuple(chance.choice(pool) for pool in pools) for _ in range(count)]


def _around(type_: Type, text: str) -> list[Any]:
    values: set[Any] = set()
    if type_.kind is Kind.NUMBER:
        thresholds = [Decimal(one) for one in re.findall(r"\d+(?:\.\d+)?", text)]
        near = {int(c.scaleb(type_.scale)) * sign for c in thresholds for sign in (1, -1)}
        values = {0, type_.low, type_.high} | {n + step for n in near for step in (-1, 0, 1)}
        values = {value for value in values if type_.low <= value <= type_.high}
    elif type_.kind is Kind.DATE:
        days = [datetime.date.fromisoformat(one) for one in re.findall(r"\d{4}-\d\d-\d\d", text)]
        near_days = {day + datetime.timedelta(step) for day in days for step in (-1, 0, 1)}
        ends = {datetime.date.fromordinal(end) for end in (type_.low, type_.high)}
        values = near_days | ends | {datetime.date(2024, 2, 29)}
    elif type_.kind is Kind.BOOLEAN:
        values = {True, False}
    else:
        values = {"A", "B", "C"} | (set() if type_.values else {"Z", "", "unknown"})
    return [*sorted(values), *([None] * (1 + len(values) // 6) if type_.nullable else [])]
