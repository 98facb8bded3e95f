"""Ports of the ledger, named by need; `store` implements them."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol
from uuid import UUID

import msgspec

from wherewithal.service.commitment_records import CommitmentFile, Promisable
from wherewithal.service.ledger_records import AccountView, Changes, EntryKind, Hold, LoanState
from wherewithal.vocabulary.program import ProductCode


class LookFor(msgspec.Struct, frozen=True, kw_only=True):
    """What else to read of an account: a hold by id, or by the merchant's reference."""

    hold_id: UUID | None = None
    merchant_id: str | None = None
    reference: str | None = None
    prequalification_id: UUID | None = None
    #: A capture of the hold, by the merchant's reference for it.
    capture_reference: str | None = None
    #: A loan with its instalments, and what was done to it under a reference.
    loan_id: UUID | None = None
    entry_kind: EntryKind | None = None
    entry_reference: str | None = None
    #: Loans with an instalment that is late and not yet written down as late.
    has_late_loans: bool = False


class OpenAccount(Protocol):
    """An account under its lock."""

    @property
    def view(self) -> AccountView:
        """Return the account as it was when the lock was had."""
        ...

    async def read_promisable(
        self, prequalification_id: UUID, product: ProductCode
    ) -> Promisable | None:
        """Return what a commitment would rest on; None: no such prequalification."""
        ...

    async def read_commitment(
        self, commitment_id: UUID, *, merchant_id: str
    ) -> CommitmentFile | None:
        """Return a commitment with what has come up since; None: the consumer has none such."""
        ...

    async def write(self, changes: Changes) -> None:
        """Write what changed; nobody sees it before the account is closed."""
        ...


class KeepsLedger(Protocol):
    """Keeps what consumers owe and have promised. Every method: Unavailable if it does not answer.

    Where the answer to a commit is lost, what was written may be there or not; the same request
    asked again finds it by its reference.
    """

    def open_account(
        self, consumer_id: UUID, look_for: LookFor
    ) -> AbstractAsyncContextManager[OpenAccount | None]:
        """Lock an account and read it; None if there is no such consumer.

        What was written is committed at the end; if the block raises, nothing is.
        """
        ...

    async def find_hold(self, hold_id: UUID) -> tuple[UUID, str] | None:
        """Return whose a hold is and at which merchant; None if there is no such hold."""
        ...

    async def read_hold(self, hold_id: UUID) -> tuple[Hold, datetime] | None:
        """Return a hold as it is written down, and the moment, with no lock; None: no such hold."""
        ...

    async def read_holds(
        self, consumer_id: UUID, *, ended_max: int
    ) -> tuple[tuple[Hold, ...], datetime] | None:
        """Return a consumer's holds, newest first, and the moment; None: no such consumer.

        All that are active, of which there are never many, and as many that ended last.
        """
        ...

    async def find_loan(self, loan_id: UUID) -> tuple[UUID, str | None] | None:
        """Return whose a loan is and at which merchant it was lent; None: no such loan."""
        ...

    async def late_consumers(self, *, rows_max: int) -> tuple[UUID, ...]:
        """Return consumers with an instalment that is late and not yet written down as late."""
        ...

    async def read_loans(self, consumer_id: UUID) -> tuple[tuple[LoanState, ...], datetime] | None:
        """Return all loans, newest first, and when they were read; None: no such consumer."""
        ...

    async def lapsed_consumers(self, *, rows_max: int) -> tuple[UUID, ...]:
        """Return consumers with a hold that is past its time and still written down as held."""
        ...

    async def active_at_merchant(self, merchant_id: str, *, rows_max: int) -> int:
        """Return how many holds are active at a merchant, counted up to `rows_max`."""
        ...
