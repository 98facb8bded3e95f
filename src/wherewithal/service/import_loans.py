"""Import loans that were lent elsewhere: all of a file's problems at once, or all of its loans.

A loan is there once for its consumer and the lender's own number, so a load that was cut off is
simply run again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Protocol
from uuid import UUID

import msgspec

from wherewithal.service.loan_records import LoanStatus
from wherewithal.vocabulary.errors import Problem, SourceRefused
from wherewithal.vocabulary.program import PlanCode, ProductCode

#: Consumers whose accounts are locked at once; a hold of one of them waits so long.
CONSUMERS_AT_ONCE = 200


class ImportedPayment(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A payment of a loan, as the lender's books have it."""

    due_on: date
    amount_cents: int
    principal_cents: int
    interest_cents: int
    paid_cents: int = 0
    #: The day of the last payment on it; None where nothing was paid.
    paid_on: date | None = None


class ImportedLoan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A loan of a file. The consumer is named by id, or by portfolio and the lender's number."""

    consumer_id: UUID | None = None
    portfolio: str | None = None
    consumer: str | None = None
    #: The lender's own number of the loan, under which it is furnished to a bureau.
    loan: str
    merchant_id: str | None = None
    product: ProductCode
    plan: PlanCode
    originator: str
    note_rate_bps: int
    principal_cents: int
    #: Principal that is unpaid.
    outstanding_cents: int
    booked_on: date
    #: Whether a bureau has it as a trade line of ours.
    is_furnished: bool
    is_charged_off: bool = False
    payments: tuple[ImportedPayment, ...]

    @property
    def names(self) -> tuple[str, str] | None:
        """Return portfolio and number of the consumer; None where they are named otherwise."""
        if self.portfolio is None or self.consumer is None:
            return None
        return self.portfolio, self.consumer


class LoanLine(msgspec.Struct, frozen=True, kw_only=True):
    """A loan and where it stands in the file."""

    number: int
    loan: ImportedLoan


class KnownLoan(msgspec.Struct, frozen=True, kw_only=True):
    """What does not change of a loan that was imported before."""

    product: str
    plan: str
    originator: str
    note_rate_bps: int
    principal_cents: int
    booked_on: date


class LoanRow(msgspec.Struct, frozen=True, kw_only=True):
    """A loan as it is written; the columns of `loan`, and its entry's detail."""

    consumer_id: UUID
    loan_id: UUID
    reference: str
    merchant_id: str | None
    product: str
    plan: str
    originator: str
    note_rate_bps: int
    principal_cents: int
    outstanding_cents: int
    status: str
    booked_on: date
    is_furnished: bool
    on_time: int
    is_charged_off: bool
    #: due_on, amount, principal, interest, paid, paid_on.
    payments: tuple[tuple[date, int, int, int, int, date | None], ...]


class ImportAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What a load came to."""

    loans: int
    #: Those that were there before.
    known: int


class ImportsLoans(Protocol):
    """Writes imported loans. Every method: Unavailable if the database does not answer."""

    async def find_consumers(
        self, names: Iterable[tuple[str, str]], ids: Iterable[UUID]
    ) -> Mapping[tuple[str, str] | UUID, UUID]:
        """Return the consumers that there are, by portfolio and number, and by id."""
        ...

    async def known_loans(self, ids: Iterable[UUID]) -> Mapping[tuple[UUID, str], KnownLoan]:
        """Return what these consumers have of imported loans, by the lender's number."""
        ...

    async def write(self, rows: Sequence[LoanRow]) -> int:
        """Write loans, each once, all of these or none; return how many are new."""
        ...


async def import_loans(
    lines: Sequence[LoanLine],
    problems: Sequence[Problem],
    *,
    loans: ImportsLoans,
    new_uuid: Callable[[], UUID],
    on_progress: Callable[[int, int], None],
) -> ImportAnswer:
    """Write the loans of a file, each consumer's together.

    `problems` are those of the file's form; `on_progress` gets loans done and loans in all.
    Errors: SourceRefused with every problem of form and of content; nothing was written then.
    """
    names = {names for line in lines if (names := line.loan.names)}
    ids = {line.loan.consumer_id for line in lines if line.loan.consumer_id}
    consumers = await loans.find_consumers(names, ids)
    known = await loans.known_loans(set(consumers.values()))
    found: list[Problem] = [*problems]
    rows: dict[UUID, list[LoanRow]] = {}
    seen: set[tuple[UUID, str]] = set()
    for line in lines:
        whose = consumers.get(line.loan.consumer_id or line.loan.names or ("", ""))
        problem = _problem(line, whose, known, seen)
        if problem is not None:
            found.append(problem)
        elif whose is not None:
            rows.setdefault(whose, []).append(row_of(line.loan, whose, new_uuid()))
    if found:
        raise SourceRefused(found)
    return await _write(rows, loans=loans, on_progress=on_progress)


def _problem(
    line: LoanLine,
    whose: UUID | None,
    known: Mapping[tuple[UUID, str], KnownLoan],
    seen: set[tuple[UUID, str]],
) -> Problem | None:
    where = f"line {line.number}"
    if whose is None:
        message = "there is no such consumer; publish a run of the portfolio first"
        return Problem(code="unknown_consumer", path=where, message=message)
    key = (whose, line.loan.loan)
    if key in seen:
        return Problem(
            code="repeated_loan", path=where, message="the file has this loan of theirs already"
        )
    seen.add(key)
    before = known.get(key)
    if before is None:
        return None
    differs = [
        name
        for name in KnownLoan.__struct_fields__
        if getattr(before, name) != getattr(line.loan, name)
    ]
    if not differs:
        return None
    message = f"it was imported before with another {', '.join(differs)}"
    return Problem(code="another_loan", path=where, message=message)


async def _write(
    rows: Mapping[UUID, Sequence[LoanRow]],
    *,
    loans: ImportsLoans,
    on_progress: Callable[[int, int], None],
) -> ImportAnswer:
    count = sum(map(len, rows.values()))
    done = new = 0
    ordered = sorted(rows)
    for first in range(0, len(ordered), CONSUMERS_AT_ONCE):
        batch = [row for one in ordered[first : first + CONSUMERS_AT_ONCE] for row in rows[one]]
        new += await loans.write(batch)
        done += len(batch)
        on_progress(done, count)
    return ImportAnswer(loans=count, known=count - new)


def row_of(loan: ImportedLoan, consumer_id: UUID, loan_id: UUID) -> LoanRow:
    """Return a loan as it is written; what was written off is no longer counted as owed."""
    owed = 0 if loan.is_charged_off else loan.outstanding_cents
    status = LoanStatus.OPEN if owed else LoanStatus.REPAID
    given: dict[str, Any] = {
        name: getattr(loan, name)
        for name in ("merchant_id", "originator", "note_rate_bps", "principal_cents", "booked_on")
    }
    return LoanRow(
        consumer_id=consumer_id,
        loan_id=loan_id,
        reference=loan.loan,
        product=loan.product.value,
        plan=loan.plan.value,
        outstanding_cents=owed,
        status=LoanStatus.CHARGED_OFF.value if loan.is_charged_off else status.value,
        is_furnished=loan.is_furnished,
        is_charged_off=loan.is_charged_off,
        on_time=sum(
            one.paid_cents == one.amount_cents
            and one.paid_on is not None
            and one.paid_on <= one.due_on
            for one in loan.payments
        ),
        payments=tuple(
            (
                one.due_on,
                one.amount_cents,
                one.principal_cents,
                one.interest_cents,
                one.paid_cents,
                one.paid_on,
            )
            for one in loan.payments
        ),
        **given,
    )
