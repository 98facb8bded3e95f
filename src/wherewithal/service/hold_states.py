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
#: For how long power is reserved.
LIVES: Final = MappingProxyType({Rail.DIRECT: timedelta(days=1), Rail.CARD: timedelta(days=7)})
#: Active holds of one consumer at one merchant.
HOLDS_AT_MERCHANT_MAX: Final = 5
