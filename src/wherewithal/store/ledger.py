"""The ledger in Postgres (`KeepsLedger`): a short transaction a change, under the consumer's lock.

READ COMMITTED: the row is locked first, and only then, by a new statement, is anything read.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import datetime
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

import msgspec
from psycopg.errors import UniqueViolation

from wherewithal.service.commitment_records import CommitmentFile, Promisable
from wherewithal.service.hold_refusals import HoldRefused
from wherewithal.service.ledger_ports import LookFor, OpenAccount
from wherewithal.service.ledger_records import AccountView, Changes, Hold, Loan, LoanState
from wherewithal.store import loans
from wherewithal.store.commitments import read_commitment_file, read_promisable
from wherewithal.store.fetch import fetch_all, fetch_one
from wherewithal.store.ledger_changes import changes_statement
from wherewithal.store.pool import Connection, Pool
from wherewithal.store.powers import PERSON_STATEMENT, PERSON_WIDTH, person_of
from wherewithal.store.queries import load_queries
from wherewithal.store.statements import spaced_once
from wherewithal.store.unavailable import as_unavailable
from wherewithal.vocabulary.program import ProductCode

_QUERIES: Final = load_queries("ledger.sql")
_REFERENCE_KEY: Final = "hold_reference_pkey"
_LOAN: Final = msgspec.json.Decoder(Loan)


class LedgerInStore:
    """Opens accounts, and says whose a hold is."""

    def __init__(self, pool: Pool, *, new_uuid: Callable[[], UUID]) -> None:
        """Keep where connections come from."""
        self._pool, self._new_uuid = pool, new_uuid

    @contextlib.asynccontextmanager
    async def open_account(
        self, consumer_id: UUID, look_for: LookFor
    ) -> AsyncIterator[OpenAccount | None]:
        """Lock an account and read it; what was written is committed at the end, or nothing is."""
        parameters = {"consumer_id": consumer_id, **msgspec.structs.asdict(look_for)}
        with as_unavailable(), _as_reference_taken():
            async with (
                self._pool.turns.turn(consumer_id),
                self._pool.pipelined_transaction() as connection,
            ):
                look = connection.cursor(binary=True)
                # Sent together; the server begins the second only when the first has the lock. The
                # end of this pipeline lets it count us as idle, and end us if we stay so too long.
                async with connection.pipeline():
                    lock = connection.cursor(binary=True)
                    await lock.execute(_QUERIES["lock"], parameters, prepare=True)
                    await look.execute(_look_statement(look_for), parameters, prepare=True)
                row = await look.fetchone()
                if row is None:
                    yield None
                else:
                    view = _view(consumer_id, row, look_for)
                    found, made = await loans.look_at_loans(connection, consumer_id, look_for)
                    if found:
                        view = msgspec.structs.replace(view, loans=found, made=made)
                    yield _Account(connection, view, self._new_uuid)

    async def find_hold(self, hold_id: UUID) -> tuple[UUID, str] | None:
        """Return whose a hold is and at which merchant; None if there is no such hold."""
        row = await fetch_one(self._pool, _QUERIES["find_hold"], {"hold_id": hold_id})
        return None if row is None else (row[0], row[1])

    async def read_hold(self, hold_id: UUID) -> tuple[Hold, datetime] | None:
        """Return a hold as it is written down, and the moment; None: no such hold."""
        row = await fetch_one(self._pool, _QUERIES["read_hold"], {"hold_id": hold_id})
        return None if row is None else (hold_of(msgspec.json.decode(row[0])), row[1])

    async def read_holds(
        self, consumer_id: UUID, *, ended_max: int
    ) -> tuple[tuple[Hold, ...], datetime] | None:
        """Return a consumer's holds, newest first, and the moment; None: no such consumer."""
        given = {"consumer_id": consumer_id, "ended_max": ended_max}
        row = await fetch_one(self._pool, _QUERIES["read_holds"], given)
        if row is None:
            return None
        found = [] if row[1] is None else msgspec.json.decode(row[1])
        return tuple(map(hold_of, found)), row[0]

    async def find_loan(self, loan_id: UUID) -> tuple[UUID, str | None] | None:
        """Return whose a loan is and at which merchant it was lent; None: no such loan."""
        return await loans.find_loan(self._pool, loan_id)

    async def late_consumers(self, *, rows_max: int) -> tuple[UUID, ...]:
        """Return consumers with an instalment that is late and not yet written down as late."""
        return await loans.late_consumers(self._pool, rows_max=rows_max)

    async def read_loans(self, consumer_id: UUID) -> tuple[tuple[LoanState, ...], datetime] | None:
        """Return all loans, newest first, and when they were read; None: no such consumer."""
        return await loans.read_loans(self._pool, consumer_id)

    async def lapsed_consumers(self, *, rows_max: int) -> tuple[UUID, ...]:
        """Return consumers with a hold that is past its time and still written down as held."""
        rows = await fetch_all(self._pool, _QUERIES["lapsed"], {"rows_max": rows_max})
        return tuple(row[0] for row in rows)

    async def active_at_merchant(self, merchant_id: str, *, rows_max: int) -> int:
        """Return how many holds are active at a merchant, counted up to `rows_max`."""
        parameters = {"merchant_id": merchant_id, "rows_max": rows_max}
        row = await fetch_one(self._pool, _QUERIES["active_at_merchant"], parameters)
        return 0 if row is None else int(row[0])


@contextlib.contextmanager
def _as_reference_taken() -> Iterator[None]:
    """Refuse where another consumer's hold took the merchant's reference while one was decided."""
    try:
        yield
    except UniqueViolation as error:
        if error.diag.constraint_name != _REFERENCE_KEY:
            raise
        raise HoldRefused("reference_reused") from None


class _Account:
    """An account under its lock."""

    def __init__(
        self, connection: Connection, view: AccountView, new_uuid: Callable[[], UUID]
    ) -> None:
        self._connection, self.view, self._new_uuid = connection, view, new_uuid

    async def read_promisable(
        self, prequalification_id: UUID, product: ProductCode
    ) -> Promisable | None:
        """Return what a commitment would rest on; None: no such prequalification."""
        return await read_promisable(
            self._connection,
            consumer_id=self.view.consumer_id,
            prequalification_id=prequalification_id,
            product=product,
        )

    async def read_commitment(
        self, commitment_id: UUID, *, merchant_id: str
    ) -> CommitmentFile | None:
        """Return a commitment with what has come up since; None: the consumer has none such."""
        return await read_commitment_file(
            self._connection,
            consumer_id=self.view.consumer_id,
            commitment_id=commitment_id,
            merchant_id=merchant_id,
        )

    async def write(self, changes: Changes) -> None:
        """Write what changed; committed when the account is closed."""
        if changes.is_empty:
            return
        statement, values = changes_statement(changes, new_uuid=self._new_uuid)
        values |= {"consumer_id": self.view.consumer_id, "at": self.view.at}
        # Its result is that of the commit, which goes out with it.
        await self._connection.cursor(binary=True).execute(statement, values, prepare=True)


def _look_statement(look_for: LookFor) -> str:
    return _look(
        is_at_till=look_for.reference is not None,
        is_by_id=look_for.hold_id is not None,
        has_prequalification=look_for.prequalification_id is not None,
        is_capture=look_for.capture_reference is not None,
    )


@lru_cache
def _look(*, is_at_till: bool, is_by_id: bool, has_prequalification: bool, is_capture: bool) -> str:
    asked = [_QUERIES["asked_by_id"]] * is_by_id + [_QUERIES["asked_by_reference"]] * is_at_till
    more = (
        _QUERIES["look"]
        .partition(",\n")[2]
        .format(
            has_prequalification=_QUERIES["has_prequalification"]
            if has_prequalification
            else "false",
            is_reference_taken=_QUERIES["is_reference_taken"] if is_at_till else "false",
            is_asked="".join(asked),
            captured=_QUERIES["captured"] if is_capture else "null",
        )
    )
    return spaced_once(PERSON_STATEMENT.format(more=f", {more}"))


def _view(consumer_id: UUID, row: Any, look_for: LookFor) -> AccountView:
    _, _, has_prequalification, is_reference_taken, holds, captured = row[PERSON_WIDTH:]
    person = person_of(row)
    found = tuple(map(hold_of, msgspec.json.decode(holds))) if holds else ()
    return AccountView(
        consumer_id=consumer_id,
        at=person.read_at,
        person=person,
        has_prequalification=has_prequalification,
        is_reference_taken=is_reference_taken,
        captured=None if captured is None else _LOAN.decode(captured),
        hold=next((one for one in found if _is_asked(one, look_for)), None),
        lapsed=tuple(one for one in found if _has_lapsed(one, person.read_at)),
    )


def hold_of(stored: dict[str, Any]) -> Hold:
    """Return the hold of a row of the table as JSON."""
    for name in ("request_digest", "response"):
        stored[name] = bytes.fromhex(stored[name].removeprefix("\\x"))
    return msgspec.convert(stored, Hold, strict=False)


def _is_asked(hold: Hold, look_for: LookFor) -> bool:
    is_by_reference = (hold.merchant_id, hold.reference) == (
        look_for.merchant_id,
        look_for.reference,
    )
    return hold.hold_id == look_for.hold_id or is_by_reference


def _has_lapsed(hold: Hold, at: datetime) -> bool:
    return hold.status == "held" and hold.expires_at <= at
