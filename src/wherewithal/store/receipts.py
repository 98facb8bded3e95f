"""Receipts in Postgres (`KeepsReceipts`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from wherewithal.service.receipts import Receipt
from wherewithal.store.fetch import fetch_all
from wherewithal.store.pool import Pool
from wherewithal.store.queries import load_queries
from wherewithal.store.unavailable import as_unavailable

_QUERIES: Final = load_queries("receipts.sql")


class ReceiptsInStore:
    """Writes many receipts at once, and reads those of a person."""

    def __init__(self, pool: Pool) -> None:
        """Keep where connections come from."""
        self._pool = pool

    async def write_receipts(self, receipts: Sequence[Receipt]) -> None:
        """Write all of them, or none; one that was written before is left as it is."""
        with as_unavailable():
            async with self._pool.connection() as connection, connection.transaction():
                await connection.execute(_QUERIES["staged"])
                copying = connection.cursor().copy(_QUERIES["copy_receipts"].encode())
                async with copying as copy:
                    for one in receipts:
                        await copy.write_row(
                            (
                                one.consumer_id,
                                one.receipt_id,
                                one.shown_at,
                                one.decision_id,
                                one.merchant_id,
                                one.product,
                                one.amount_cents,
                                one.answer,
                            )
                        )
                await connection.execute(_QUERIES["write_receipts"])

    async def read_receipts(self, consumer_id: UUID, *, rows_max: int) -> list[Receipt] | None:
        """Return the newest first; None: no such consumer."""
        asked = {"consumer_id": consumer_id, "rows_max": rows_max}
        rows = await fetch_all(self._pool, _QUERIES["read_receipts"], asked)
        if not rows:
            return None
        return [
            Receipt(
                consumer_id=consumer_id,
                receipt_id=receipt_id,
                shown_at=shown_at,
                decision_id=decision_id,
                merchant_id=merchant_id,
                product=product,
                amount_cents=amount_cents,
                answer=answer,
            )
            for receipt_id, shown_at, *rest in rows
            for decision_id, merchant_id, product, amount_cents, answer in [rest]
            if receipt_id is not None
        ]
