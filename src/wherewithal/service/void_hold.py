"""Void a hold, read holds, and write down those that are past their time."""

from __future__ import annotations

from typing import Final
from uuid import UUID

import msgspec

from wherewithal.service.account_book import AccountBook
from wherewithal.service.capture_hold import ENDED
from wherewithal.service.errors import Unavailable
from wherewithal.service.hold_answers import HoldAnswer, HoldsAnswer, hold_as_it_stands
from wherewithal.service.hold_refusals import HoldRefused, UnknownHold
from wherewithal.service.ledger_ports import KeepsLedger, LookFor
from wherewithal.service.ledger_records import AccountView, Hold, HoldStatus
from wherewithal.service.open_hold import open_hold

#: Of a person's holds that have ended, so many are listed.
_ENDED_MAX: Final = 20


async def void_hold(hold_id: UUID, *, merchant_id: str | None, ledger: KeepsLedger) -> HoldAnswer:
    """Give back what a hold still holds, and return it; to void twice is to void once.

    What was captured of it stays owed. `merchant_id`: the only merchant that may; None: any.
    Errors: HoldRefused for one that was captured or has expired; nothing is changed. Unavailable.
    """
    look_for = LookFor(hold_id=hold_id)
    async with open_hold(look_for, merchant_id=merchant_id, ledger=ledger) as (account, hold):
        book = AccountBook(account.view)
        result = _voided(account.view, hold, book)
        await account.write(book.changes)
    if isinstance(result, HoldRefused):
        raise result
    return hold_as_it_stands(result, at=account.view.at)


def _voided(view: AccountView, hold: Hold, book: AccountBook) -> Hold | HoldRefused:
    if hold.status is HoldStatus.VOIDED:
        return hold
    if hold.status is not HoldStatus.HELD:
        return HoldRefused(ENDED[hold.status])
    if hold in view.lapsed:
        return HoldRefused("hold_expired")
    book.void(hold)
    return msgspec.structs.replace(hold, status=HoldStatus.VOIDED, held_cents=0, ended_at=view.at)


async def read_hold(hold_id: UUID, *, merchant_id: str | None, ledger: KeepsLedger) -> HoldAnswer:
    """Return a hold as it stands.

    Errors: HoldRefused if there is no such one, or it is another merchant's. Unavailable.
    """
    found = await ledger.read_hold(hold_id)
    if found is None or merchant_id not in (None, found[0].merchant_id):
        raise UnknownHold
    hold, at = found
    return hold_as_it_stands(hold, at=at)


async def list_holds(consumer_id: UUID, *, ledger: KeepsLedger) -> HoldsAnswer | None:
    """Return a person's own holds, newest first: all open ones and the last that ended.

    None: there is no such person.
    """
    found = await ledger.read_holds(consumer_id, ended_max=_ENDED_MAX)
    if found is None:
        return None
    holds, at = found
    return HoldsAnswer(
        consumer_id=str(consumer_id), holds=tuple(hold_as_it_stands(one, at=at) for one in holds)
    )


async def sweep_expired(*, ledger: KeepsLedger, consumers_max: int) -> int:
    """Write down as expired what is past its time; return for how many consumers that was tried.

    Power came back when the time had passed, whether or not anybody sweeps. An account that is
    locked for too long is left for the next time.
    Errors: Unavailable if no account could be opened at all.
    """
    consumers = await ledger.lapsed_consumers(rows_max=consumers_max)
    failures: list[Unavailable] = []
    for consumer_id in consumers:
        try:
            async with ledger.open_account(consumer_id, LookFor()) as account:
                if account is not None:
                    await account.write(AccountBook(account.view).changes)
        except Unavailable as failure:
            failures.append(failure)
    if failures and len(failures) == len(consumers):
        raise failures[-1]
    return len(consumers)
