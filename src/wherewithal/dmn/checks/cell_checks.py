"""What is wrong with one cell by itself: it admits nothing, or names what cannot come."""

from __future__ import annotations

from collections.abc import Sequence

from wherewithal.dmn.checks.axis import ORDERED, Axis, shown
from wherewithal.dmn.checks.cells import CellReader
from wherewithal.dmn.diagnostics import Severity, near_miss
from wherewithal.dmn.model import Feel
from wherewithal.dmn.types import Kind

_VALUES_SHOWN = 8


def cell_problem(
    reader: CellReader, cell: Feel, axis: Axis, *, domain: int, true: int
) -> tuple[Severity, str, str] | None:
    """Return severity, code and message of what is wrong with a cell, or None.

    `true` are the atoms where it holds, `domain` those that may come.
    """
    constants = list(reader.constants(cell.node)) if cell.node is not None else []
    strange = sorted({c.kind.value for c in constants} - {axis.kind.value, Kind.NULL.value})
    if strange:
        message = f"a {axis.kind.value} is compared with a {strange[0]}"
        return Severity.ERROR, "type-mismatch", message
    if axis.kind is Kind.TEXT and constants:
        known = axis.names_within(domain)
        named = [c.value for c in constants if c.value is not None]
        if known is not None and (unknown := [name for name in named if name not in known]):
            hint = near_miss(unknown[0], known)
            values = _listed(sorted(known))
            message = f'"{unknown[0]}" is no value of this input{hint}; it may be {values}'
            return Severity.ERROR, "unknown-value", message
    if true & domain:
        return None
    if not true or _is_gap(axis, true):
        message = f"'{cell.text}' holds nothing: {_why(axis)}; mend its ends"
        return Severity.ERROR, "empty-test", message
    held = axis.described(domain) if domain != axis.whole else _range(axis)
    message = f"'{cell.text}' never holds: the input is {held}; take the rule out, or mend the cell"
    return Severity.WARNING, "never-holds", message


def _is_gap(axis: Axis, true: int) -> bool:
    """Return whether a test holds only between two neighbours: `(3..4)` of whole numbers."""
    if axis.kind not in ORDERED or axis.domain.step is None or true & axis.null_bit:
        return False
    last = len(axis.samples) - 2
    places = [place for place in range(len(axis.samples)) if true >> place & 1]
    return all(place % 2 == 0 and 0 < place < last for place in places)


def _why(axis: Axis) -> str:
    if axis.kind not in ORDERED:
        return "its tests exclude each other"
    step = axis.domain.step
    if axis.kind is Kind.NUMBER and step is not None:
        grid = "a whole number" if step == 1 else f"a multiple of {shown(step, Kind.NUMBER)}"
        return f"no value lies between its ends (the input is {grid})"
    return "no value lies between its ends"


def _range(axis: Axis) -> str:
    low, high = axis.domain.low, axis.domain.high
    if axis.kind not in ORDERED or low is None or high is None:
        return axis.described(axis.whole) or "null"
    null = " or null" if axis.domain.null else ""
    return f"{shown(low, axis.kind)} to {shown(high, axis.kind)}{null}"


def _listed(values: Sequence[str]) -> str:
    more = f" and {len(values) - _VALUES_SHOWN} more" if len(values) > _VALUES_SHOWN else ""
    return ", ".join(f'"{value}"' for value in values[:_VALUES_SHOWN]) + more
