"""Constructs asking: the ports of its use cases, the doors of the API, and the book of receipts."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from functools import partial
from uuid import uuid4

from wherewithal.service.asking import AskingPorts
from wherewithal.service.asking_rate import AskingRate
from wherewithal.service.directory import HeldDirectory
from wherewithal.service.own_cap import set_own_cap
from wherewithal.service.person_shelves import PersonShelves
from wherewithal.service.receipts import CountReceipts, ReceiptBook, read_receipts
from wherewithal.service.standing_products import ProductAnswers
from wherewithal.store.ledger import LedgerInStore
from wherewithal.store.pool import Pool
from wherewithal.store.powers import PeopleInStore
from wherewithal.store.receipts import ReceiptsInStore
from wherewithal.surfaces.http.routes_asking import AskingDoors


def asking_ports(
    pool: Pool, book: ReceiptBook, *, directory: HeldDirectory, products: ProductAnswers
) -> AskingPorts:
    """Return what asking reaches for."""
    return AskingPorts(
        people=PeopleInStore(pool),
        directory=directory,
        products=products,
        shelves=PersonShelves(),
        rate=AskingRate(monotonic=time.monotonic),
        receipts=book,
        new_uuid=uuid4,
    )


def asking_doors(pool: Pool) -> AskingDoors:
    """Return the doors of one process."""
    ledger = LedgerInStore(pool, new_uuid=uuid4)
    return AskingDoors(
        receipts=partial(read_receipts, receipts=ReceiptsInStore(pool)),
        set_own_cap=partial(set_own_cap, ledger=ledger),
    )


@contextlib.asynccontextmanager
async def receipt_book(pool: Pool, *, count: CountReceipts) -> AsyncIterator[ReceiptBook]:
    """Keep receipts written while the process serves, and write the last ones when it ends."""
    book = ReceiptBook(ReceiptsInStore(pool), count=count)
    writing = asyncio.create_task(book.run(sleep=asyncio.sleep))
    try:
        yield book
    finally:
        writing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await writing
        await book.drain(sleep=asyncio.sleep)
