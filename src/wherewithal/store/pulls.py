"""Pulls in Postgres: consent and intent are on record before a bureau is asked.

The schema itself makes a pull without a live consent impossible; here its refusals get their words.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final

import msgspec
import psycopg

from wherewithal.service.errors import TooMany
from wherewithal.service.inquiry_consent import refused_consent
from wherewithal.service.inquiry_records import PullRecord
from wherewithal.store.pool import Pool
from wherewithal.store.queries import load_queries
from wherewithal.store.unavailable import as_unavailable

_QUERIES: Final = load_queries("pulls.sql")
#: Constraints by which the database itself refuses, with the code that says why.
_REFUSALS: Final = {
    "report_consent_is_live": "consent_revoked",
    "report_consent_is_unused": "consent_used",
    "report_consent_has_not_expired": "consent_expired",
    "consent_ends_after_it_is_given": "consent_expired",
}
_BUDGET_DAYS: Final = 30


async def begin_pull(pool: Pool, pull: PullRecord) -> bool:
    """Record consent and intent, counted under the consumer's lock; to repeat it changes nothing.

    False, and nothing is recorded, while another inquiry asks for the same person's report.

    Errors: ConsentRefused, TooMany, Unavailable; see `RecordsInquiries.begin_pull`.
    """
    parameters = msgspec.structs.asdict(pull)
    consent = parameters.pop("new_consent")
    with as_unavailable(), consent_refusals():
        async with pool.transaction() as connection:
            await connection.execute(_QUERIES["lock_consumer"], parameters)
            cursor = await connection.execute(_QUERIES["count_pulls"], parameters)
            number, oldest_at, in_flight = await cursor.fetchone() or (0, None, 0)
            if in_flight:
                return False
            if number >= pull.pulls_max:
                raise _budget_spent(pull.asked_at, oldest_at)
            if consent is not None:
                given = {**msgspec.structs.asdict(consent), "consumer_id": pull.consumer_id}
                await connection.execute(_QUERIES["add_consent"], given)
            added = await connection.execute(_QUERIES["add_pull"], parameters)
            if not added.rowcount:
                raise refused_consent("unknown_consent")
    return True


@contextmanager
def consent_refusals() -> Iterator[None]:
    """Say in the words of consents what the database refused."""
    try:
        yield
    except (psycopg.errors.CheckViolation, psycopg.errors.ForeignKeyViolation) as error:
        code = _REFUSALS.get(error.diag.constraint_name or "")
        if code is None:
            raise
        raise refused_consent(code) from None


def _budget_spent(at: datetime, oldest_at: datetime | None) -> TooMany:
    room_at = (oldest_at or at) + timedelta(days=_BUDGET_DAYS)
    return TooMany(
        "pull_budget_spent",
        "this person's credit report was asked for too often in 30 days",
        retry_after_s=max(1, int((room_at - at).total_seconds())),
    )
