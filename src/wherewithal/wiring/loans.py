"""Constructs loans: the doors of the API, and what marks them late."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from uuid import uuid4

from wherewithal.service.change_loan import (
    charge_off,
    list_loans,
    mark_late,
    record_payment,
    record_refund,
)
from wherewithal.store.ledger import LedgerInStore
from wherewithal.store.pool import Pool
from wherewithal.surfaces.http.routes_loan import LoanDoors


def loan_doors(pool: Pool) -> LoanDoors:
    """Return the doors of one process."""
    ledger = LedgerInStore(pool, new_uuid=uuid4)
    return LoanDoors(
        pay=partial(record_payment, ledger=ledger),
        refund=partial(record_refund, ledger=ledger),
        charge_off=partial(charge_off, ledger=ledger),
        list_of=partial(list_loans, ledger=ledger),
    )


def late_marker(pool: Pool) -> Callable[[int], Awaitable[int]]:
    """Return what writes down what has fallen late, of so many consumers at the most."""
    ledger = LedgerInStore(pool, new_uuid=uuid4)

    async def mark(consumers_max: int) -> int:
        return await mark_late(ledger=ledger, consumers_max=consumers_max)

    return mark
