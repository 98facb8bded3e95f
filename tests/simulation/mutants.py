"""Ledgers with a bug put in on purpose: the checker must catch each, or it proves nothing.

Each changes as little of the real one as its bug needs. `decisions.py` and `outbox.py` hold the two
that are no ledgers.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import Any, Final
from uuid import UUID, uuid4

import msgspec

from wherewithal.service.hold_refusals import HoldRefused
from wherewithal.service.ledger_ports import LookFor, OpenAccount
from wherewithal.service.ledger_records import Changes
from wherewithal.store import ledger as real
from wherewithal.store.ledger import LedgerInStore
from wherewithal.store.ledger_changes import changes_statement
from wherewithal.store.pool import Connection, Pool
from wherewithal.store.unavailable import as_unavailable

_CLOCK: Final = "(select clock_timestamp() as at offset 0) clock"


class ReadThenInsert(LedgerInStore):
    """Reads what is used and then inserts, with no lock in between."""

    @contextlib.asynccontextmanager
    async def open_account(
        self, consumer_id: UUID, look_for: LookFor
    ) -> AsyncIterator[OpenAccount | None]:
        look = real._look_statement(look_for)
        async with _unlocked(self._pool, consumer_id, look_for, look=look) as found:
            yield found


class OneConditionalUpdate(LedgerInStore):
    """Checks the limit and releases what has expired in one UPDATE.

    Whoever waits for the row has its condition evaluated again on the new row, but what has expired
    is still what it was in the statement's own snapshot: it is released twice.
    """

    @contextlib.asynccontextmanager
    async def open_account(
        self, consumer_id: UUID, look_for: LookFor
    ) -> AsyncIterator[OpenAccount | None]:
        look = real._look_statement(look_for)
        async with _unlocked(self._pool, consumer_id, look_for, look=look) as found:
            yield (
                None if found is None else _ConditionalAccount(found._connection, found.view, uuid4)
            )


class CheckBeforeTheLock(LedgerInStore):
    """Asks the clock, waits for the lock, and then decides expiry by what the clock had said."""

    @contextlib.asynccontextmanager
    async def open_account(
        self, consumer_id: UUID, look_for: LookFor
    ) -> AsyncIterator[OpenAccount | None]:
        whole = real._look_statement(look_for)
        look = whole.replace(_CLOCK, "(select %(checked_at)s::timestamptz as at) clock")
        assert look != whole, "the look has changed: change the mutant with it"
        async with _unlocked(
            self._pool, consumer_id, look_for, look=look, before="select clock_timestamp()"
        ) as found:
            yield found


#: `system` of a run -> its ledger; systems that are not here have the real one.
LEDGERS: Final[dict[str, type[LedgerInStore]]] = {
    "read_then_insert": ReadThenInsert,
    "one_conditional_update": OneConditionalUpdate,
    "check_then_act_expiry": CheckBeforeTheLock,
}
#: Every deliberate bug, and the promises of which it must break one.
MUTANTS: Final = {
    "read_then_insert": {"over_limit", "order"},
    "one_conditional_update": {"over_limit", "order", "wrong_effect", "sums", "crash"},
    "unconditional_upsert": {"stale"},
    "id_over_last": {"events"},
    "check_then_act_expiry": {"order", "wrong_answer", "over_limit"},
}


def ledger_of(system: str, pool: Pool) -> LedgerInStore:
    """Return the ledger of a system: the real one, but for those with a bug in it."""
    return LEDGERS.get(system, LedgerInStore)(pool, new_uuid=uuid4)


@contextlib.asynccontextmanager
async def _unlocked(
    pool: Pool, consumer_id: UUID, look_for: LookFor, *, look: str, before: str | None = None
) -> AsyncIterator[real._Account | None]:
    """Read an account as the real one does, but lock it only after `before`, or not at all."""
    parameters: dict[str, Any] = {
        "consumer_id": consumer_id,
        **msgspec.structs.asdict(look_for),
    }
    with as_unavailable():
        async with pool.transaction() as connection:
            if before is not None:
                row = await (await connection.execute(before)).fetchone()
                parameters["checked_at"] = row and row[0]
                await connection.execute(real._QUERIES["lock"], parameters)
            cursor = connection.cursor(binary=True)
            await cursor.execute(look, parameters, prepare=True)
            found = await cursor.fetchone()
            if found is None:
                yield None
            else:
                view = real._view(consumer_id, found, look_for)
                yield real._Account(connection, view, uuid4)


_UPDATE: Final = """
update consumer c
   set held_cents = c.held_cents + %(cents)s - {expired}
 where c.consumer_id = %(consumer_id)s
   and c.drawn_cents + c.held_cents + %(cents)s - {expired} <= %(limit_cents)s
""".format(
    expired="(select coalesce(sum(h.held_cents), 0) from hold h where h.consumer_id = c.consumer_id"
    " and h.status = 'held' and h.expires_at <= %(at)s)"
)


class _ConditionalAccount(real._Account):
    """Writes a new hold behind one conditional UPDATE, which alone moves the account."""

    async def write(self, changes: Changes) -> None:
        placed, decision = changes.placed, self.view.person.decision
        if placed is None or decision is None:
            await super().write(changes)
            return
        given = {"consumer_id": self.view.consumer_id, "at": self.view.at}
        limit_cents = msgspec.json.decode(decision.standing)["limit_total_cents"]
        connection: Connection = self._connection
        updated = await connection.execute(
            _UPDATE, {**given, "cents": placed.held_cents, "limit_cents": limit_cents}
        )
        if updated.rowcount == 0:
            raise HoldRefused("over_power")
        statement, values = changes_statement(changes, new_uuid=uuid4)
        await connection.execute(statement, {**values, **given, "held_delta_cents": 0})
