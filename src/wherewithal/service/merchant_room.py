"""How many holds a merchant may have at once: counted now and then, and remembered for seconds.

The bound is against abandoned and abusive checkouts, not an amount that is promised to anybody:
some holds more than it, while a count is remembered, do no harm.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from wherewithal.service.ledger_ports import KeepsLedger

HOLDS_MAX: Final = 10_000
#: For how long a count is believed, in seconds: far below the bound, and at it. Between the two it
#: is counted for each hold.
_FAR_S: Final = 5.0
_FULL_S: Final = 1.0
#: Merchants whose counts are remembered; who was asked about longest ago is forgotten first.
_KNOWN_MAX: Final = 4_096


class MerchantRoom:
    """Says whether a merchant may place another hold."""

    def __init__(
        self, ledger: KeepsLedger, *, monotonic: Callable[[], float], holds_max: int = HOLDS_MAX
    ) -> None:
        """Keep who counts, a clock that only rises, in seconds, and the bound."""
        self._ledger, self._monotonic, self._holds_max = ledger, monotonic, holds_max
        self._known: OrderedDict[str, tuple[float, bool]] = OrderedDict()

    async def __call__(self, merchant_id: str) -> bool:
        """Return whether there is room. Errors: Unavailable if the database does not answer."""
        now_s = self._monotonic()
        known = self._known.get(merchant_id)
        if known is not None and now_s < known[0]:
            return known[1]
        count = await self._ledger.active_at_merchant(merchant_id, rows_max=self._holds_max)
        has_room = count < self._holds_max
        life_s = (_FAR_S if 2 * count < self._holds_max else 0.0) if has_room else _FULL_S
        self._known[merchant_id] = (now_s + life_s, has_room)
        self._known.move_to_end(merchant_id)
        if len(self._known) > _KNOWN_MAX:
            self._known.popitem(last=False)
        return has_room
