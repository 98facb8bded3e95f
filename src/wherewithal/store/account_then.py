"""What a person owed and had promised at a moment that has passed, from the ledger's entries."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from wherewithal.qualify.exposure import NO_EXPOSURE, Due, Exposure, Position
from wherewithal.service.account_book import plan_payments
from wherewithal.service.replay_records import OFFLINE, KeptDecision
from wherewithal.store.fetch import fetch_one
from wherewithal.store.ledger import hold_of
from wherewithal.store.pool import Pool
from wherewithal.store.powers import exposure_of
from wherewithal.store.queries import load_queries
from wherewithal.vocabulary.program import PlanCode, ProductCode

_QUERIES: Final = load_queries("account_then.sql")


class _Lent(msgspec.Struct, frozen=True, array_like=True):
    """A loan as its entries have it."""

    at: datetime
    product: ProductCode
    plan: PlanCode
    merchant_id: str | None
    principal_cents: int
    payments: tuple[tuple[date, int], ...]


class _Held(msgspec.Struct, frozen=True, array_like=True):
    """A hold as its entries have it."""

    at: datetime
    hold: dict[str, Any]
    held_cents: int
    #: Of the last entry: from then on the payments of what is left are counted.
    since: datetime


_LOANS: Final = msgspec.json.Decoder(tuple[_Lent, ...])
_HOLDS: Final = msgspec.json.Decoder(tuple[_Held, ...])


class AccountsThenInStore:
    """Reads accounts as they were (`ReadsAccountsThen`)."""

    def __init__(self, pool: Pool) -> None:
        """Keep where connections come from."""
        self._pool = pool

    async def decided_at(self, kept: KeptDecision) -> datetime | None:
        """Return when a recorded decision was made."""
        given = {
            "consumer_id": kept.consumer_id,
            "number": kept.number,
            "is_offline": kept.tempo == OFFLINE,
        }
        row = await fetch_one(self._pool, _QUERIES["decided_at"], given)
        return None if row is None else row[0]

    async def account_then(self, consumer_id: UUID, at: datetime) -> Exposure:
        """Return the account at a moment; nothing of somebody whom we do not know."""
        given = {"consumer_id": consumer_id, "at": at}
        row = await fetch_one(self._pool, _QUERIES["account_then"], given)
        if row is None:
            return NO_EXPOSURE
        *known, held, lent = row
        dated = [(one.at, _held(one)) for one in (_HOLDS.decode(held) if held else ())]
        dated += [(one.at, _lent(one)) for one in (_LOANS.decode(lent) if lent else ())]
        positions = [one for _, one in sorted(dated, key=lambda pair: pair[0])]
        text = msgspec.json.encode(positions) if positions else None
        return exposure_of([text, *known, at])


def _held(one: _Held) -> Position:
    hold = hold_of(one.hold)
    is_as_kept = hold.held_cents == one.held_cents
    payments = hold.payments if is_as_kept else plan_payments(hold, one.held_cents, at=one.since)
    return Position(
        product=hold.product,
        plan=hold.plan,
        merchant_id=hold.merchant_id,
        principal_cents=one.held_cents,
        is_hold=True,
        payments=tuple(Due(due.due_on, due.amount_cents) for due in payments),
    )


def _lent(one: _Lent) -> Position:
    return Position(
        product=one.product,
        plan=one.plan,
        merchant_id=one.merchant_id,
        principal_cents=one.principal_cents,
        is_hold=False,
        payments=tuple(Due(day, cents) for day, cents in one.payments),
    )
