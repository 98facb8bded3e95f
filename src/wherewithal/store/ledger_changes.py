"""Puts together the one statement that writes what changed in an account."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

import msgspec

from wherewithal.service.ledger_records import Changes
from wherewithal.store.queries import load_queries
from wherewithal.store.statements import statement_of

_BLOCKS: Final = load_queries("ledger.sql") | load_queries("loans.sql")
_encode = msgspec.json.Encoder().encode


def changes_statement(
    changes: Changes, *, new_uuid: Callable[[], UUID]
) -> tuple[str, dict[str, Any]]:
    """Return the statement and its parameters, but for consumer and moment."""
    blocks = ["account"]
    values: dict[str, Any] = {
        "held_delta_cents": changes.held_delta_cents,
        "drawn_delta_cents": changes.drawn_delta_cents,
        "first_booked_on": changes.first_booked_on,
        "on_time_payments": changes.on_time_payments,
        "has_charge_off": changes.has_charge_off,
        "sets_own_cap": changes.sets_own_cap,
        "own_cap_cents": changes.own_cap_cents,
        "entries": _text(changes.entries),
        "events": _text(
            [{"event_id": new_uuid(), **msgspec.structs.asdict(one)} for one in changes.events]
        ),
    }
    if changes.entries:
        blocks.append("entries")
    if changes.events:
        blocks.append("events")
    if changes.placed is not None:
        blocks.append("placed")
        placed = msgspec.structs.asdict(changes.placed)
        # Bytes as Postgres reads them from JSON: in hexadecimal.
        for name in ("request_digest", "response"):
            placed[name] = "\\x" + placed[name].hex()
        values["placed"] = _text(placed)
    if changes.moves:
        blocks.append("moves")
        values["moves"] = _text(changes.moves)
    if changes.loans:
        blocks.append("loans")
        values["loans"] = _text(changes.loans)
    if changes.loan_moves:
        blocks.append("moved_loans")
        values["loan_moves"] = _text(changes.loan_moves)
    _add_promises(changes, blocks, values, new_uuid=new_uuid)
    return _statement(tuple(blocks)), values


def _add_promises(
    changes: Changes, blocks: list[str], values: dict[str, Any], *, new_uuid: Callable[[], UUID]
) -> None:
    """Add a commitment, an attempt to use one, and the duty that it opened."""
    if (made := changes.commitment) is not None:
        blocks.append("promised")
        commitment = msgspec.structs.asdict(made) | {"document": "\\x" + made.document.hex()}
        values["commitment"] = _text(commitment)
    if changes.attempt is not None:
        blocks.append("attempted")
        values["attempt"] = _text(changes.attempt)
        if changes.notice is not None:
            blocks.append("unhonoured")
            values |= {"notice": _text(changes.notice), "notice_id": new_uuid()}


@lru_cache(maxsize=256)
def _statement(blocks: tuple[str, ...]) -> str:
    return statement_of([_BLOCKS[name] for name in blocks], _BLOCKS["result"])


def _text(value: object) -> str:
    return _encode(value).decode()
