"""Readers of the outbox: one by what is not yet dispatched, and the bug that goes by the last one."""

from __future__ import annotations

from typing import Final

from wherewithal.store.pool import Pool

TABLES: Final = ("create table simulated_delivery (event_id uuid primary key)",)
_BY_MARK: Final = """
with waiting as (
    select consumer_id, event_seq, event_id from event
     where dispatched_at is null order by created_at limit 200 for update skip locked
), marked as (
    update event e set dispatched_at = clock_timestamp() from waiting w
     where e.consumer_id = w.consumer_id and e.event_seq = w.event_seq
)
insert into simulated_delivery select event_id from waiting on conflict do nothing
"""
_AFTER_LAST: Final = """
with waiting as (
    select created_at, event_id from event
     where (created_at, event_id) > (
        select created_at, event_id from event join simulated_delivery using (event_id)
         order by created_at desc, event_id desc limit 1)
        or not exists (select from simulated_delivery)
     order by created_at, event_id limit 200
)
insert into simulated_delivery select event_id from waiting on conflict do nothing
"""


async def receive(pool: Pool, *, system: str) -> int:
    """Receive what waits, in one transaction; return how many events that were."""
    async with pool.transaction() as connection:
        wrong = system == "id_over_last"
        cursor = await connection.execute(_AFTER_LAST if wrong else _BY_MARK)
        return cursor.rowcount
