"""A servicer: pays, refunds and writes off the loans of a till."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from tests.service.publishing import execute
from tests.service.tills import Till
from wherewithal.service import change_loan as loans
from wherewithal.service.loan_answers import (
    ChargeOffRecorded,
    LoanAnswer,
    PaymentRecorded,
    RefundRecorded,
)
from wherewithal.vocabulary.program import PlanCode, ProductCode

MONTHLY = {"product": ProductCode.MONTHLY, "plan": PlanCode.M12}


@dataclass(kw_only=True)
class Servicer:
    """What is done with one person's loans."""

    till: Till
    who: tuple[UUID, UUID]
    numbers: int = field(default=0)

    async def lend(self, basket_cents: int = 40_000, **given: Any) -> str:
        """Return a loan of a captured basket: pay in four, unless it is said otherwise."""
        hold = await self.till.hold(self.who, basket_cents=basket_cents, **given)
        return (await self.till.capture(hold)).loan_id

    async def pay(self, loan_id: str, cents: int, **given: Any) -> PaymentRecorded:
        """Pay on a loan today, unless it is said otherwise."""
        answer, _ = await loans.record_payment(
            self._asked(loan_id, cents, given), ledger=self.ledger
        )
        return answer

    async def refund(self, loan_id: str, cents: int, **given: Any) -> RefundRecorded:
        """Refund a part of a basket."""
        merchant_id = given.pop("merchant_id", None)
        answer, _ = await loans.record_refund(
            self._asked(loan_id, cents, given), merchant_id=merchant_id, ledger=self.ledger
        )
        return answer

    async def charge_off(self, loan_id: str) -> ChargeOffRecorded:
        """Write a loan off."""
        return await loans.charge_off(UUID(loan_id), ledger=self.ledger)

    async def mark_late(self) -> int:
        """Write down what has fallen late."""
        return await loans.mark_late(ledger=self.ledger, consumers_max=100)

    async def loan(self, loan_id: str) -> LoanAnswer:
        """Return a loan as it stands."""
        found = await loans.list_loans(self.who[0], ledger=self.ledger)
        assert found is not None
        return next(one for one in found.loans if one.loan_id == loan_id)

    async def account(self) -> dict[str, int]:
        """Return what is held and owed."""
        return await self.till.account(self.who[0])

    async def age(self, loan_id: str, days: int) -> date:
        """Move a loan into the past; return the day on which its first payment fell due."""
        await execute(
            self.till.pool,
            "update loan set booked_on = booked_on - %s where loan_id = %s",
            *(days, loan_id),
        )
        await execute(
            self.till.pool,
            "update instalment set due_on = due_on - %s where loan_id = %s",
            *(days, loan_id),
        )
        return (await self.loan(loan_id)).instalments[0].due_on

    @property
    def ledger(self) -> Any:
        """Return the ledger."""
        return self.till.ports.ledger

    def _asked(self, loan_id: str, cents: int, given: dict[str, Any]) -> loans.LoanRequest:
        self.numbers += 1
        asked: dict[str, Any] = {"reference": f"r-{self.numbers}", "amount_cents": cents} | given
        return loans.LoanRequest(loan_id=UUID(loan_id), **asked)


def shape(loan: LoanAnswer) -> list[tuple[int, int, int]]:
    """Return what is paid, and principal and interest, of each instalment."""
    return [(one.paid_cents, one.principal_cents, one.interest_cents) for one in loan.instalments]


def days(count: int) -> timedelta:
    """Return so many days."""
    return timedelta(days=count)
