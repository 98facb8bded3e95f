"""Open the account that a hold stands on: who captures or voids it need not know whose it is."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

from wherewithal.service.hold_refusals import UnknownHold
from wherewithal.service.ledger_ports import KeepsLedger, LookFor, OpenAccount
from wherewithal.service.ledger_records import Hold


@contextlib.asynccontextmanager
async def open_hold(
    look_for: LookFor, *, merchant_id: str | None, ledger: KeepsLedger
) -> AsyncIterator[tuple[OpenAccount, Hold]]:
    """Yield the account under its lock, and the hold that is looked for by its id.

    `merchant_id`: the only merchant that may; None: any.
    Errors: UnknownHold if there is no such hold, or it is another merchant's. Unavailable.
    """
    found = None if look_for.hold_id is None else await ledger.find_hold(look_for.hold_id)
    if found is None or merchant_id not in (None, found[1]):
        raise UnknownHold
    async with ledger.open_account(found[0], look_for) as account:
        if account is None or account.view.hold is None:
            raise UnknownHold
        yield account, account.view.hold
