"""What stands in the database when everybody has ended, as plain rows."""

from __future__ import annotations

from collections import defaultdict
from typing import Any
from typing import Final as Constant

import psycopg
from psycopg.rows import dict_row

from tests.simulation.history import Final

_ACCOUNTS: Constant = (
    "select consumer_id::text as consumer, held_cents as held, drawn_cents as drawn, ledger_seq,"
    " event_seq, blocks_credit as blocks from consumer"
)
_ENTRIES: Constant = (
    "select e.consumer_id::text as consumer, e.entry_seq as seq, e.kind, e.hold_id::text as hold,"
    " l.hold_id || '/' || l.reference as loan, (extract(epoch from e.at) * 1000000)::bigint as at,"
    " e.amount_cents as amount, e.held_delta_cents as held, e.drawn_delta_cents as drawn"
    " from ledger_entry e left join loan l using (consumer_id, loan_id)"
    " order by e.consumer_id, e.entry_seq"
)
_HOLDS: Constant = (
    "select hold_id::text as hold, merchant_id as merchant, reference, status,"
    " held_cents as held, captured_cents as captured from hold"
)
_LOANS: Constant = "select hold_id || '/' || reference as loan, outstanding_cents as owed from loan"
_EVENTS: Constant = (
    "select consumer_id::text as consumer, event_seq as seq, type, event_id::text as id"
    " from event order by consumer_id, event_seq"
)
_DECISIONS: Constant = (
    "select consumer_id::text as consumer, (extract(epoch from at) * 1000000)::bigint as at, seq,"
    " decision_id as name from simulated_decision order by simulated_decision.at"
)
_POWERS: Constant = (
    "select consumer_id::text as consumer,"
    " (extract(epoch from as_of) * 1000000)::bigint as as_of, seq from power"
)


def read_final(dsn: str, as_of: dict[str, int]) -> Final:
    """Return everything; `as_of` is each decision's moment, by its name."""
    with psycopg.connect(dsn, row_factory=dict_row, options="-c TimeZone=UTC") as connection:

        def rows(query: str) -> list[dict[str, Any]]:
            return connection.execute(query).fetchall()

        entries: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for row in rows(_ENTRIES):
            entries[row["consumer"]].append(row)
        events: dict[str, list[tuple[int, str, str]]] = defaultdict(list)
        for row in rows(_EVENTS):
            events[row["consumer"]].append((row["seq"], row["type"], row["id"]))
        decisions: dict[str, list[tuple[int, int, int, str]]] = defaultdict(list)
        for row in rows(_DECISIONS):
            one = (row["at"], as_of[row["name"]], row["seq"], row["name"])
            decisions[row["consumer"]].append(one)
        received = rows("select event_id::text as id from simulated_delivery")
        return Final(
            accounts={row["consumer"]: row for row in rows(_ACCOUNTS)},
            entries=entries,
            holds={row["hold"]: row for row in rows(_HOLDS)},
            loans={row["loan"]: int(row["owed"]) for row in rows(_LOANS)},
            events=events,
            received={row["id"] for row in received},
            decisions=decisions,
            powers={row["consumer"]: (row["as_of"], row["seq"]) for row in rows(_POWERS)},
        )
