"""What stands for a person, in one statement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

import msgspec

from wherewithal.qualify.exposure import Exposure, Position
from wherewithal.service.answers import ClaimType
from wherewithal.service.applicant_facts import calendar_day
from wherewithal.service.standing import CurrentDecision, DirectoryVersion, PersonRow
from wherewithal.store.fetch import fetch_one
from wherewithal.store.pool import Pool
from wherewithal.store.queries import load_queries

#: One statement, to which others may add columns of their own after PERSON_WIDTH.
_QUERIES: Final = load_queries("powers.sql")
_EXPOSURE: Final = _QUERIES["exposure"].partition("\n")[2]
PERSON_STATEMENT: Final = _QUERIES["read_person"].replace(
    "{exposure}", _EXPOSURE.replace("{at}", "clock.at")
)
#: What another statement joins to its consumer `c`, as `x`, and the columns that it then selects.
EXPOSURE_JOIN: Final = _EXPOSURE.replace("{at}", "statement_timestamp()")
EXPOSURE_COLUMNS: Final = """x.positions::text, c.own_cap_cents, c.first_booked_on,
    c.on_time_payments, c.has_charge_off, statement_timestamp()"""
PERSON_WIDTH: Final = 21
_READ_PERSON: Final = PERSON_STATEMENT.format(more="")
_POSITIONS: Final = msgspec.json.Decoder(tuple[Position, ...])
_CLAIMS: Final = {claim.value: claim for claim in ClaimType}


class PeopleInStore:
    """Reads people (`ReadsPeople`)."""

    def __init__(self, pool: Pool) -> None:
        """Keep where connections come from."""
        self._pool = pool

    async def read_person(self, consumer_id: UUID) -> PersonRow | None:
        """Return what stands now; None if there is no such consumer."""
        row = await fetch_one(self._pool, _READ_PERSON, {"consumer_id": consumer_id})
        return None if row is None else person_of(row)


def person_of(row: Sequence[Any]) -> PersonRow:
    """Return the person of a row of `read_person`, in its order of columns."""
    read_at, is_blocked, *exposure = row[:7]
    merchants, programs, *decision = row[7:PERSON_WIDTH]
    return PersonRow(
        read_at=read_at,
        is_blocked=is_blocked,
        exposure=exposure_of([*exposure, read_at]),
        directory=DirectoryVersion(merchants, programs),
        decision=None if decision[0] is None else _decision(decision),
    )


def exposure_of(row: Sequence[Any]) -> Exposure:
    """Return the exposure of EXPOSURE_COLUMNS, in their order."""
    positions, own_cap, first_booked_on, on_time, has_charge_off, read_at = row
    found = () if positions is None else _POSITIONS.decode(positions)
    today = calendar_day(read_at)
    late = [
        due.due_on
        for one in found
        if not one.is_hold
        for due in one.payments[:1]
        if due.due_on < today
    ]
    return Exposure(
        positions=found,
        own_cap_cents=own_cap,
        first_booked_on=first_booked_on,
        on_time_payments=on_time,
        has_charge_off=has_charge_off,
        late_since=min(late, default=None),
    )


def _decision(row: list[Any]) -> CurrentDecision:
    (
        tempo,
        seq,
        as_of,
        decision_id,
        bundle_digest,
        claim,
        outcome,
        reasons,
        total_cents,
        expires_at,
        standing,
        products,
    ) = row
    return CurrentDecision(
        tempo=tempo,
        seq=seq,
        as_of=as_of,
        decision_id=decision_id,
        bundle_digest=bundle_digest,
        claim=_CLAIMS[claim],
        outcome=outcome,
        reasons=tuple(reasons),
        total_cents=total_cents,
        expires_at=expires_at,
        standing=standing,
        products=products,
    )
