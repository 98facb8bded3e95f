"""Loans in Postgres: whose one is, and how it stands with its instalments."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from wherewithal.service.applicant_facts import CALENDAR_TIME_ZONE
from wherewithal.service.ledger_ports import LookFor
from wherewithal.service.ledger_records import EntryKind, Loan, LoanState, Made
from wherewithal.service.loan_records import Instalment
from wherewithal.store.fetch import fetch_all, fetch_one
from wherewithal.store.pool import Connection, Pool
from wherewithal.store.queries import load_queries

QUERIES: Final = load_queries("loans.sql")
_LOAN: Final = msgspec.json.Decoder(Loan)
_INSTALMENTS: Final = msgspec.json.Decoder(tuple[Instalment, ...])
_json: Final = msgspec.json.Decoder().decode


async def look_at_loans(
    connection: Connection, consumer_id: UUID, look_for: LookFor
) -> tuple[tuple[LoanState, ...], Made | None]:
    """Return the loans that are looked for, under the account's lock, and what was done to one."""
    if look_for.loan_id is None and not look_for.has_late_loans:
        return (), None
    parameters = {
        "consumer_id": consumer_id,
        "loan_id": look_for.loan_id,
        "is_all": False,
        "has_late_loans": look_for.has_late_loans,
        "zone": CALENDAR_TIME_ZONE,
    }
    cursor = connection.cursor(binary=True)
    await cursor.execute(QUERIES["states"], parameters, prepare=True)
    states = tuple(map(_state, await cursor.fetchall()))
    if look_for.entry_kind is None:
        return states, None
    asked = {
        "consumer_id": consumer_id,
        "loan_id": look_for.loan_id,
        "entry_kind": look_for.entry_kind.value,
        "entry_reference": look_for.entry_reference,
    }
    await cursor.execute(QUERIES["made"], asked, prepare=True)
    row = await cursor.fetchone()
    return states, None if row is None else _made(row)


async def find_loan(pool: Pool, loan_id: UUID) -> tuple[UUID, str | None] | None:
    """Return whose a loan is and at which merchant it was lent; None: no such loan."""
    row = await fetch_one(pool, QUERIES["find_loan"], {"loan_id": loan_id})
    return None if row is None else (row[0], row[1])


async def late_consumers(pool: Pool, *, rows_max: int) -> tuple[UUID, ...]:
    """Return consumers with an instalment that is late and not yet written down as late."""
    given = {"rows_max": rows_max, "zone": CALENDAR_TIME_ZONE}
    return tuple(row[0] for row in await fetch_all(pool, QUERIES["late"], given))


async def read_loans(
    pool: Pool, consumer_id: UUID
) -> tuple[tuple[LoanState, ...], datetime] | None:
    """Return all loans, newest first, and when they were read; None: no such consumer."""
    head = await fetch_one(pool, QUERIES["at"], {"consumer_id": consumer_id})
    if head is None:
        return None
    parameters = {
        "consumer_id": consumer_id,
        "loan_id": None,
        "is_all": True,
        "has_late_loans": False,
        "zone": CALENDAR_TIME_ZONE,
    }
    rows = await fetch_all(pool, QUERIES["states"], parameters)
    return tuple(map(_state, rows)), head[0]


def _state(row: tuple[Any, ...]) -> LoanState:
    loan, instalments, refunded_cents = row
    return LoanState(
        loan=_LOAN.decode(loan),
        instalments=() if instalments is None else _INSTALMENTS.decode(instalments),
        refunded_cents=refunded_cents,
    )


def _made(row: tuple[Any, ...]) -> Made:
    kind, reference, amount_cents, at, detail = row
    return Made(
        kind=EntryKind(kind),
        reference=reference,
        amount_cents=amount_cents,
        at=at,
        detail=_json(detail),
    )
