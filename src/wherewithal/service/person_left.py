"""What is left for a person: what stands for them, less their account with us, and what lowers it.

Every door that tells a power reads it from here, and a hold is decided by the same columns; so the
number that is shown is the number at the till. Decisions themselves know nothing of it: they are
policy alone, in both tempos.
"""

from __future__ import annotations

import datetime
from typing import Any, Final

import msgspec

from wherewithal.qualify.exposure import (
    MERCHANT_BASE,
    MERCHANT_USED,
    NO_EXPOSURE,
    Exposure,
    closed_reason,
    person_left,
)
from wherewithal.service.standing import PersonStanding
from wherewithal.vocabulary.product import Catalogue

#: Why a power is lower than the decision has it, besides what `closed_reason` says: principal and
#: holds, the consumer's own cap, the share of limits that first purchases have.
USED: Final = "P_USED"
OWN_CAP: Final = "P_OWN_CAP"
FIRST_PURCHASES: Final = "P_FIRST"


class PersonLeft(msgspec.Struct, frozen=True, kw_only=True):
    """A person's columns when they are read; equal ones have equal powers everywhere."""

    #: What stands, with limits and capacity as they are left.
    standing: PersonStanding
    #: Of the assigned total, what a merchant's share is taken of.
    merchant_base_cents: int | None
    #: Principal and active holds by key of merchant, where there are any.
    used_at: tuple[tuple[str, int], ...] = ()
    #: Everything that lowers it, what counts most first: codes of reasons. Empty: it is as decided.
    lowered_by: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Return whether all that was decided is left."""
        return not self.lowered_by

    @property
    def reason(self) -> str:
        """Return why there is no power where the decision has some."""
        return self.lowered_by[0] if self.lowered_by else USED

    def columns(self) -> dict[str, Any]:
        """Return what the core asks of a person, wherever they shop."""
        return msgspec.structs.asdict(self.standing) | {MERCHANT_BASE: self.merchant_base_cents}

    def columns_at(self, merchant_id: str) -> dict[str, Any]:
        """Return what the core asks of a person at one merchant."""
        used_cents = dict(self.used_at).get(merchant_id, 0)
        return self.columns() | {MERCHANT_USED: used_cents}


def whole_of(standing: PersonStanding) -> PersonLeft:
    """Return a person as if they owed nothing and had long been with us: as decided."""
    return PersonLeft(standing=standing, merchant_base_cents=standing.limit_total_cents)


def left_of(
    standing: PersonStanding, exposure: Exposure, *, catalogue: Catalogue, on: datetime.date
) -> PersonLeft:
    """Return what is left of what stands for a person on a day."""
    assigned = msgspec.structs.asdict(standing)
    columns = person_left(assigned, exposure, catalogue=catalogue, on=on)
    base_cents = columns.pop(MERCHANT_BASE)
    used_at = tuple((name, cents) for name, cents in exposure.used_by_merchant.items() if cents)
    is_as_decided = columns == assigned and base_cents == standing.limit_total_cents
    if is_as_decided and not used_at:
        return whole_of(standing)
    lowered_by = _lowered_by(standing, exposure, base_cents, catalogue=catalogue, on=on)
    return PersonLeft(
        standing=PersonStanding(**columns),
        merchant_base_cents=base_cents,
        used_at=used_at,
        lowered_by=lowered_by or (USED,),
    )


def left_without_account(
    standing: PersonStanding, *, catalogue: Catalogue, on: datetime.date
) -> PersonLeft:
    """Return what is left for somebody who never had an account with us: a newcomer's share."""
    return left_of(standing, NO_EXPOSURE, catalogue=catalogue, on=on)


def _lowered_by(
    standing: PersonStanding,
    exposure: Exposure,
    base_cents: int | None,
    *,
    catalogue: Catalogue,
    on: datetime.date,
) -> tuple[str, ...]:
    tier, cap_cents = standing.pricing_tier, exposure.own_cap_cents
    closed = closed_reason(exposure, catalogue=catalogue, pricing_tier=tier, on=on)
    share_bps = catalogue.exposure_limits.share_bps(
        first_booked_on=exposure.first_booked_on, on_time_payments=exposure.on_time_payments, on=on
    )
    found = {
        closed: closed is not None,
        USED: bool(exposure.positions),
        OWN_CAP: cap_cents is not None and base_cents is not None and cap_cents < base_cents,
        FIRST_PURCHASES: share_bps < 10_000,
    }
    return tuple(code for code, is_so in found.items() if code is not None and is_so)
