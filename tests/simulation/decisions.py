"""Decisions made now: each writes what is spent by, and the newer one wins whichever comes late.

What writes a power is the product's own block of SQL; the mutant is the same without its condition.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

import msgspec

from tests.simulation.journal import Journal, micros
from tests.simulation.world import standing_json
from wherewithal.store.errors import StoreBusy, StoreUnavailable
from wherewithal.store.pool import Pool
from wherewithal.store.queries import load_queries
from wherewithal.store.statements import statement_of

_BLOCKS: Final = load_queries("recording.sql")
_GUARD: Final = "where (power.as_of, power.seq) < (excluded.as_of, excluded.seq)"
_ACCOUNT: Final = (
    "account as (update consumer set seq = seq + %(decisions)s where consumer_id = %(consumer_id)s"
    " returning seq, clock_timestamp() as at)"
)
#: So that a decision whose answer was lost is known to have been written, and when.
TABLES: Final = (
    """create table simulated_decision
       (consumer_id uuid, decision_id text, seq bigint, at timestamptz)""",
)
_NOTED: Final = (
    "noted as (insert into simulated_decision"
    " select %(consumer_id)s, %(decision_id)s, seq, at from account)"
)


def _statement(system: str) -> str:
    power = _BLOCKS["power"]
    if system == "unconditional_upsert":
        assert _GUARD in power, "the block has changed: change the mutant with it"
        power = power.replace(_GUARD, "")
    return statement_of([_ACCOUNT, _NOTED, power], "select seq, at from account")


async def decide(
    pool: Pool, journal: Journal, *, system: str, asked: dict[str, Any], as_of: datetime
) -> None:
    """Write a decision as of a moment that may have passed; once: nobody asks it again.

    `asked`: consumer, outcome, tier and limits.
    """
    decision_id = uuid4().hex
    attempt = journal.invoke(kind="decide", decision=decision_id, as_of=micros(as_of), **asked)
    values = _values(decision_id, as_of, asked)
    try:
        async with pool.transaction() as connection:
            cursor = await connection.execute(_statement(system), values)
            row = await cursor.fetchone()
            assert row is not None
            journal.write("look", attempt, consumer=asked["consumer"], at=micros(row[1]))
    except (StoreUnavailable, StoreBusy):
        journal.write("end", attempt, result="unknown")
    else:
        journal.write("end", attempt, result="ok", seq=row[0])


def _values(decision_id: str, as_of: datetime, asked: dict[str, Any]) -> dict[str, Any]:
    return {
        "decisions": 1,
        "consumer_id": UUID(asked["consumer"]),
        "decision_id": decision_id,
        "decided_at": as_of,
        "expires_at": as_of + timedelta(days=30),
        "bundle_digest": "simulated",
        "outcome": asked["outcome"],
        "reasons": [],
        "claim": "prequalified",
        "total_cents": asked["limits"]["total"],
        "standing": standing_json(asked["limits"], asked["tier"]),
        "products": msgspec.json.encode([]),
    }
