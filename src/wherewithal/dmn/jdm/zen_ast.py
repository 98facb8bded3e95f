"""The tree of zen's expression language, as far as it can be FEEL.

Source: the published reference of the ZEN language, and what zen-engine 2.1 answers when asked.
"""

from __future__ import annotations

from dataclasses import dataclass


class Unmapped(Exception):
    """A text has no exact FEEL form; the message says why and what to write instead."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number as FEEL writes it: digits, at most one point, no exponent."""

    text: str


@dataclass(frozen=True, slots=True)
class Text:
    """A string; zen knows no escapes, so this is every character between the quotes."""

    value: str


@dataclass(frozen=True, slots=True)
class Word:
    """`true`, `false` or `null`."""

    text: str


@dataclass(frozen=True, slots=True)
class Path:
    """A field by its names; `is_own` if it began with `$.`, and so was written in this node."""

    parts: tuple[str, ...]
    is_own: bool = False


@dataclass(frozen=True, slots=True)
class Current:
    """`$` in a cell: the value of its column."""


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list of expressions."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Range:
    """A range of numbers; each end may belong to it or not."""

    low: Node
    high: Node
    has_low: bool
    has_high: bool


@dataclass(frozen=True, slots=True)
class Prefix:
    """`-x` or `not x`."""

    operator: str
    operand: Node


@dataclass(frozen=True, slots=True)
class Binary:
    """Two operands; `not in` is one operator."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Choice:
    """`condition ? yes : no`."""

    condition: Node
    yes: Node
    no: Node


@dataclass(frozen=True, slots=True)
class Call:
    """A function by name."""

    name: str
    arguments: tuple[Node, ...]


Node = Number | Text | Word | Path | Current | Sequence | Range | Prefix | Binary | Choice | Call
