"""What stands for a person when their power is read: one row, whichever tempo decided it.

Money is integer cents, moments are UTC and the database's. Null is unknown, never zero.
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol
from uuid import UUID

import msgspec

from wherewithal.qualify.exposure import Exposure
from wherewithal.service.answers import ClaimType
from wherewithal.vocabulary.outcome import DECIDED

_DECIDED = frozenset(outcome.value for outcome in DECIDED)


class PersonStanding(msgspec.Struct, frozen=True, kw_only=True):
    """The columns of a decision row that power is computed from, as `standing` is stored.

    Its fields are `qualify.merchants.PERSON_COLUMNS` and the state; equal ones have equal powers.
    """

    pricing_tier: str | None
    limit_total_cents: int | None
    limit_instalment_cents: int | None
    limit_short_term_cents: int | None
    limit_card_cents: int | None
    limit_one_time_card_cents: int | None
    capacity_cents: int | None
    small_ticket_capacity_cents: int | None
    state: str | None


class DirectoryVersion(msgspec.Struct, frozen=True, order=True):
    """Which merchants and which programs; each number only ever rises."""

    merchants: int
    programs: int

    def __str__(self) -> str:
        """Return the version as answers show it."""
        return f"{self.merchants}.{self.programs}"


class CurrentDecision(msgspec.Struct, frozen=True, kw_only=True):
    """The newest decision of a person, by (as_of, seq) over both tempos."""

    #: now | offline.
    tempo: str
    #: Among the decisions that were made now; 0 for one of an offline run.
    seq: int
    as_of: datetime
    decision_id: str
    bundle_digest: str
    claim: ClaimType
    outcome: str
    reasons: tuple[str, ...]
    total_cents: int | None
    expires_at: datetime
    #: JSON of a PersonStanding.
    standing: str
    #: JSON of the products' part as it was first answered; None where nobody was answered yet.
    products: bytes | None

    @property
    def is_decided(self) -> bool:
        """Return whether it says yes or no; anything else is unknown, not zero."""
        return self.outcome in _DECIDED


class PersonRow(msgspec.Struct, frozen=True, kw_only=True):
    """A consumer as one statement found them."""

    #: When it was read, by the database's clock; expiry is decided by it.
    read_at: datetime
    is_blocked: bool
    exposure: Exposure
    directory: DirectoryVersion
    #: None: nobody asked, and no run that stands has them.
    decision: CurrentDecision | None

    @property
    def used_cents(self) -> int:
        """Return what of the limits is in use."""
        return self.exposure.used_cents

    @property
    def drawn_cents(self) -> int:
        """Return the principal that is owed."""
        return sum(one.principal_cents for one in self.exposure.positions if not one.is_hold)

    @property
    def held_cents(self) -> int:
        """Return what is reserved at checkouts."""
        return sum(one.principal_cents for one in self.exposure.positions if one.is_hold)


class ReadsPeople(Protocol):
    """Finds what stands for a person, in one statement."""

    async def read_person(self, consumer_id: UUID) -> PersonRow | None:
        """Return what stands now; None if there is no such consumer.

        Errors: Unavailable if the database does not answer.
        """
        ...
