"""Loan records: where a loan stands, its instalments, and what becomes of them.

Money is integer cents, moments are UTC and the database's own, days are of the calendar zone.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import msgspec


class LoanStatus(StrEnum):
    """Where a loan stands; only an open one weighs on power."""

    OPEN = "open"
    REPAID = "repaid"
    REFUNDED = "refunded"
    #: Written off. What is still paid of it is taken; it never opens again.
    CHARGED_OFF = "charged_off"


class Instalment(msgspec.Struct, frozen=True, kw_only=True):
    """A payment of a loan that falls due, and what was paid of it."""

    number: int
    due_on: date
    #: Principal and interest; falls where something is refunded.
    amount_cents: int
    principal_cents: int
    interest_cents: int
    paid_cents: int = 0
    #: The day of the last payment on it.
    paid_on: date | None = None
    #: When it was written down that it is late, or that nobody waits for it any more.
    late_at: datetime | None = None

    @property
    def unpaid_cents(self) -> int:
        """Return what is still to be paid."""
        return self.amount_cents - self.paid_cents

    @property
    def unpaid_interest_cents(self) -> int:
        """Return the interest still to be paid: interest is paid before principal."""
        return max(0, self.interest_cents - self.paid_cents)

    @property
    def unpaid_principal_cents(self) -> int:
        """Return the principal still to be paid."""
        return self.unpaid_cents - self.unpaid_interest_cents


class LoanMove(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of a loan, with the instalments that change."""

    loan_id: UUID
    outstanding_cents: int
    status: LoanStatus
    instalments: tuple[Instalment, ...]
