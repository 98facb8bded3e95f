"""Holds: how they may move, for how long they live, and why one is refused."""

from __future__ import annotations

from datetime import timedelta

from docs.tables.markdown import code, table
from wherewithal.service.hold_refusals import REFUSALS
from wherewithal.service.hold_states import (
    FIRST_CAPTURE_WITHIN,
    MOVES,
    RAIL_OF,
    REST_WITHIN,
    Move,
)
from wherewithal.service.ledger_records import HoldStatus


def moves() -> str:
    """Return the state machine: a row a state, a column for each thing that can happen."""
    rows = []
    for state in HoldStatus:
        ends = [MOVES.get((state, move)) for move in Move]
        rows.append([code(state), *(code(end) if end else "refused" for end in ends)])
    return table(["state", *(code(move) for move in Move)], rows)


def lives() -> str:
    """Return each product's rail, and for how long its holds stand."""
    rows = (
        (code(product), code(RAIL_OF[product]), _days(first), _days(max(first, REST_WITHIN)))
        for product, first in FIRST_CAPTURE_WITHIN.items()
    )
    head = ("product", "rail", "a first capture within", "the rest, after a capture in part")
    return table(head, rows)


def refusals() -> str:
    """Return every code of a refusal, and what a merchant reads."""
    rows = ((code(name), code(path), message) for name, (path, message) in REFUSALS.items())
    return table(("code", "where", "what it says"), rows)


def _days(life: timedelta) -> str:
    return "24 hours" if life.days == 1 else f"{life.days} days from when it was placed"
