"""Void a hold, and write down those that are past their time."""

from __future__ import annotations

from uuid import UUID

import msgspec

from wherewithal.service.account_book import AccountBook
from wherewithal.service.capture_hold import ENDED
from wherewithal.service.hold_answers import HoldAnswer, hold_answer
from wherewithal.service.hold_refusals import HoldRefused
from wherewithal.service.ledger_ports import KeepsLedger, LookFor
from wherewithal.service.ledger_records import AccountView, Hold, HoldStatus


async def void_hold(hold_id: UUID, *, merchant_id: str | None, ledger: KeepsLedger) -> HoldAnswer:
    """Give back what a hold still holds, and return it; to void twice is to void once.

    What was captured of it stays owed. `merchant_id`: the only merchant that may; None: any.
    Errors: HoldRefused for one that was captured or has expired; nothing is changed. Unavailable.
    """
    found = await ledger.find_hold(hold_id)
    if found is None or merchant_id not in (None, found[1]):
        raise HoldRefused("unknown_hold")
    consumer_id, _ = found
    async with ledger.open_account(consumer_id, LookFor(hold_id=hold_id)) as account:
        if account is None or account.view.hold is None:
            raise HoldRefused("unknown_hold")
        book = AccountBook(account.view)
        result = _voided(account.view, account.view.hold, book)
        await account.write(book.changes)
    if isinstance(result, HoldRefused):
        raise result
    return hold_answer(result, consumer_id=consumer_id)


def _voided(view: AccountView, hold: Hold, book: AccountBook) -> Hold | HoldRefused:
    if hold.status is HoldStatus.VOIDED:
        return hold
    if hold.status is not HoldStatus.HELD:
        return HoldRefused(ENDED[hold.status])
    if hold in view.lapsed:
        return HoldRefused("hold_expired")
    book.void(hold)
    return msgspec.structs.replace(hold, status=HoldStatus.VOIDED, held_cents=0, ended_at=view.at)


async def read_hold(
    hold_id: UUID, *, merchant_id: str | None, ledger: KeepsLedger
) -> HoldAnswer | None:
    """Return a hold as it stands; None if there is no such one, or it is another merchant's."""
    found = await ledger.find_hold(hold_id)
    if found is None or merchant_id not in (None, found[1]):
        return None
    consumer_id, _ = found
    async with ledger.open_account(consumer_id, LookFor(hold_id=hold_id)) as account:
        if account is None or account.view.hold is None:
            return None
        hold = account.view.hold
        if hold in account.view.lapsed:
            hold = msgspec.structs.replace(
                hold, status=HoldStatus.EXPIRED, held_cents=0, ended_at=hold.expires_at
            )
    return hold_answer(hold, consumer_id=consumer_id)


async def sweep_expired(*, ledger: KeepsLedger, consumers_max: int) -> int:
    """Write down as expired what is past its time; return for how many consumers.

    Power came back when the time had passed, whether or not anybody sweeps.
    """
    consumers = await ledger.lapsed_consumers(rows_max=consumers_max)
    for consumer_id in consumers:
        async with ledger.open_account(consumer_id, LookFor()) as account:
            if account is not None:
                await account.write(AccountBook(account.view).changes)
    return len(consumers)
