"""Recompute what everybody owes and has promised from the ledger's entries alone, and compare."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID

import msgspec


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that the entries do not add up to."""

    consumer_id: UUID
    #: account, hold, loan or instalment.
    part: str
    #: Of the part; an instalment's is its loan and its number.
    id: str
    #: The columns that differ.
    fields: tuple[str, ...]


class LedgerCheck(msgspec.Struct, frozen=True, kw_only=True):
    """What a recompute found."""

    consumers: int
    #: At most so many of each part as were asked for.
    differences: tuple[Difference, ...]


class ChecksLedger(Protocol):
    """Recomputes the ledger."""

    async def check(self, *, consumer_id: UUID | None, rows_max: int) -> LedgerCheck:
        """Compare one consumer's tables with their entries, or everybody's; all as of one moment.

        Errors: Unavailable.
        """
        ...
