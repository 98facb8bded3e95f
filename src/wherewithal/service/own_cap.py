"""The consumer's own cap: the most that they want to owe, whatever they could."""

from __future__ import annotations

from uuid import UUID

import msgspec

from wherewithal.service.account_book import AccountBook
from wherewithal.service.events import EventType
from wherewithal.service.ledger_ports import KeepsLedger, LookFor
from wherewithal.service.ledger_records import Event
from wherewithal.vocabulary.errors import DomainError


class OwnCapAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The cap as it stands now."""

    consumer_id: str
    #: Null: there is none.
    own_cap_cents: int | None
    #: Principal and active holds; what is above the cap stays owed, and nothing more is lent.
    used_cents: int


async def set_own_cap(
    consumer_id: UUID, amount_cents: int | None, *, ledger: KeepsLedger
) -> OwnCapAnswer | None:
    """Set or remove the cap; it holds from the next question and the next hold on.

    Null:   None for `amount_cents` removes it; the answer is None if there is no such consumer.
    Errors: DomainError for a negative amount; Unavailable.
    """
    if amount_cents is not None and amount_cents < 0:
        message = "an own cap must not be negative"
        raise DomainError(message)
    async with ledger.open_account(consumer_id, LookFor()) as account:
        if account is None:
            return None
        book = AccountBook(account.view)
        if account.view.exposure.own_cap_cents != amount_cents:
            book.changes.sets_own_cap, book.changes.own_cap_cents = True, amount_cents
            payload = {"consumer_id": consumer_id, "own_cap_cents": amount_cents}
            event = Event(type=EventType.OWN_CAP_SET, merchant_id=None, payload=payload)
            book.changes.events.append(event)
        await account.write(book.changes)
        used_cents = account.view.exposure.used_cents
    return OwnCapAnswer(
        consumer_id=str(consumer_id), own_cap_cents=amount_cents, used_cents=used_cents
    )
