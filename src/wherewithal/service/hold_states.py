"""How a hold may move: one table, which docs/holds.md shows and every use case asks.

A hold is `held` until it is captured whole, voided or past its time; then it has ended, and holds
nothing. On card rails a clearing is booked whatever state its hold is in: the goods are gone.
"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from wherewithal.service.ledger_records import HoldStatus, Rail
from wherewithal.vocabulary.program import ProductCode


class Move(StrEnum):
    """What can happen to a hold."""

    CAPTURE_PART = "capture_part"
    CAPTURE_ALL = "capture_all"
    VOID = "void"
    EXPIRE = "expire"


#: (state, what happens) -> state. What is not here is refused, and nothing is changed.
MOVES: Final = MappingProxyType(
    {
        (HoldStatus.HELD, Move.CAPTURE_PART): HoldStatus.HELD,
        (HoldStatus.HELD, Move.CAPTURE_ALL): HoldStatus.CAPTURED,
        (HoldStatus.HELD, Move.VOID): HoldStatus.VOIDED,
        (HoldStatus.HELD, Move.EXPIRE): HoldStatus.EXPIRED,
    }
)
#: How each product's purchases clear.
RAIL_OF: Final = MappingProxyType(
    {
        ProductCode.PAY_IN_4: Rail.DIRECT,
        ProductCode.MONTHLY: Rail.DIRECT,
        ProductCode.ONE_TIME_CARD: Rail.CARD,
        ProductCode.CARD: Rail.CARD,
    }
)
#: For how long power is reserved from when a hold is placed, until its first capture. A card that
#: is used once lives for a day at its one merchant; a purchase with the reusable card is an
#: authorisation, which networks let clear for a week.
FIRST_CAPTURE_WITHIN: Final = MappingProxyType(
    {
        ProductCode.PAY_IN_4: timedelta(days=1),
        ProductCode.MONTHLY: timedelta(days=1),
        ProductCode.ONE_TIME_CARD: timedelta(days=1),
        ProductCode.CARD: timedelta(days=7),
    }
)
#: From when it is placed, until the rest of a hold that was captured in part is given back: goods
#: are sent in parts.
REST_WITHIN: Final = timedelta(days=7)
#: A part of a basket, unless it is all that is left. (On a few cents a rounded payment is so far
#: from its rate that the search for one within the cap takes long, and an account is locked
#: meanwhile.)
PART_CENTS_MIN: Final = 100
#: Active holds of one consumer at one merchant.
HOLDS_AT_MERCHANT_MAX: Final = 5
