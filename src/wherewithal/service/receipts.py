"""Receipts: what was shown to whom, kept beside the request that showed it.

A request never waits for its receipt. It stands in a bounded queue in memory, and all that wait are
written by one COPY about every second, and at the drain of the process. What could not be kept is
counted, never lost silently: the queue was full, or the database refused it. Receipts are evidence
of what we said; no attribute, score or policy ever reads them.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Final, Protocol
from uuid import UUID

import msgspec

from wherewithal.service.errors import Unavailable
from wherewithal.service.shown import Shown
from wherewithal.vocabulary.redaction import nothing_for_rich, redacted

#: Receipts that wait in one process: some seconds of the most that it can answer.
WAITING_MAX: Final = 20_000
#: Of all that wait, what one COPY writes.
BATCH_MAX: Final = 5_000
FLUSH_EVERY_S: Final = 1.0
#: How often a drain tries where the database does not answer.
_DRAIN_TRIES: Final = 3
#: Receipts of a person that are read at once, newest first.
READ_MAX: Final = 100
_SHOWN: Final = msgspec.json.Decoder(Shown)


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """Amounts that were shown to, or about, one person."""

    consumer_id: UUID
    receipt_id: UUID
    #: When the answer was read, by the database's clock.
    shown_at: datetime
    #: What it rested on.
    decision_id: str
    #: None for the list of all merchants.
    merchant_id: str | None
    #: None where all products were asked about.
    product: str | None
    #: The basket that was asked about; None: none was.
    amount_cents: int | None
    #: JSON of what was shown (`service.shown`).
    answer: bytes

    __repr__ = redacted
    __rich_repr__ = nothing_for_rich


class ReceiptAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A receipt as it is read back."""

    receipt_id: str
    shown_at: datetime
    decision_id: str
    merchant_id: str | None
    product: str | None
    amount_cents: int | None
    shown: Shown


class Receipts(msgspec.Struct, frozen=True, kw_only=True):
    """The last receipts of a person, newest first."""

    consumer_id: str
    receipts: tuple[ReceiptAnswer, ...]


class KeepsReceipts(Protocol):
    """Writes and reads receipts. Every method: Unavailable if the database does not answer."""

    async def write_receipts(self, receipts: Sequence[Receipt]) -> None:
        """Write all of them, or none."""
        ...

    async def read_receipts(self, consumer_id: UUID, *, rows_max: int) -> list[Receipt] | None:
        """Return the newest first; None: no such consumer."""
        ...


#: Called with `kept`, `full`, `refused` or `lost`, and how many.
CountReceipts = Callable[[str, int], None]


class ReceiptBook:
    """The queue of one process."""

    def __init__(
        self,
        receipts: KeepsReceipts,
        *,
        count: CountReceipts,
        waiting_max: int = WAITING_MAX,
    ) -> None:
        """Keep where receipts go."""
        self._receipts, self._count, self._waiting_max = receipts, count, waiting_max
        self._waiting: deque[Receipt] = deque()
        self._writing = asyncio.Lock()

    @property
    def waiting(self) -> int:
        """Return how many are not written yet."""
        return len(self._waiting)

    def keep(self, receipt: Receipt) -> None:
        """Take a receipt to be written soon; where there is no room it is counted instead."""
        if len(self._waiting) >= self._waiting_max:
            self._count("full", 1)
            return
        self._waiting.append(receipt)

    async def flush(self) -> bool:
        """Write what waits; False if the database does not answer, and it waits on."""
        async with self._writing:
            for _ in range(-(-len(self._waiting) // BATCH_MAX)):
                batch = [self._waiting.popleft() for _ in range(min(BATCH_MAX, self.waiting))]
                written = False
                try:
                    await self._receipts.write_receipts(batch)
                    written = True
                except Unavailable:
                    return False
                except Exception:  # noqa: BLE001 - whatever it is, it must not end the writing
                    self._count("refused", len(batch))
                    written = True
                    continue
                finally:
                    if not written:
                        # Whoever is cancelled or cut off gives back what they took.
                        self._waiting.extendleft(reversed(batch))
                self._count("kept", len(batch))
        return True

    async def run(self, *, sleep: Callable[[float], Awaitable[None]]) -> None:
        """Write about every second, until cancelled."""
        while True:
            await sleep(FLUSH_EVERY_S)
            await self.flush()

    async def drain(self, *, sleep: Callable[[float], Awaitable[None]]) -> None:
        """Write all that waits before the process ends; what then remains is counted as lost."""
        for attempt in range(_DRAIN_TRIES):
            if await self.flush():
                return
            if attempt < _DRAIN_TRIES - 1:
                await sleep(FLUSH_EVERY_S)
        self._count("lost", self.waiting)


async def read_receipts(consumer_id: UUID, *, receipts: KeepsReceipts) -> Receipts | None:
    """Return a person's last receipts; None: no such consumer.

    One that was shown within the last second or two may not be there yet.
    """
    found = await receipts.read_receipts(consumer_id, rows_max=READ_MAX)
    if found is None:
        return None
    return Receipts(
        consumer_id=str(consumer_id),
        receipts=tuple(
            ReceiptAnswer(
                receipt_id=str(one.receipt_id),
                shown_at=one.shown_at,
                decision_id=one.decision_id,
                merchant_id=one.merchant_id,
                product=one.product,
                amount_cents=one.amount_cents,
                shown=_SHOWN.decode(one.answer),
            )
            for one in found
        ),
    )
