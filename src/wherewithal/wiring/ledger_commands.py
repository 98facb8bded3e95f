"""What `loans load` and `ledger check` do, each over a database of its own call."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from uuid import UUID, uuid4

from wherewithal.service.applicant_facts import calendar_day
from wherewithal.service.check_ledger import LedgerCheck
from wherewithal.service.import_loans import ImportAnswer, import_loans
from wherewithal.sources.loans_jsonl import read_loan_lines
from wherewithal.store.ledger_check import LedgerCheckInStore
from wherewithal.store.loan_import import LoanImportInStore
from wherewithal.wiring.desk import now
from wherewithal.wiring.service_commands import batch_pool


async def load_loans(file: Path, on_progress: Callable[[int, int], None]) -> ImportAnswer:
    """Import the loans of a file."""
    lines, problems = read_loan_lines(file, on=calendar_day(now()))
    async with batch_pool() as pool:
        return await import_loans(
            lines,
            problems,
            loans=LoanImportInStore(pool),
            new_uuid=uuid4,
            on_progress=on_progress,
        )


async def check_ledger(consumer_id: UUID | None, rows_max: int) -> LedgerCheck:
    """Recompute the ledger."""
    async with batch_pool() as pool:
        return await LedgerCheckInStore(pool).check(consumer_id=consumer_id, rows_max=rows_max)
