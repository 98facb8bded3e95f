"""What an attempt on a commitment must come to, from docs/commitments.md alone: no code is shared.

Money is integer cents, moments are the database's own. A later decision, however low, is no input of
it: that is the promise.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

NEVER = datetime.max.replace(tzinfo=UTC)


class Came(NamedTuple):
    """What is written down of an attempt."""

    is_within: bool = False
    is_honoured: bool = False
    #: Every precondition was looked at again; of what was none of the promise's, nothing is open.
    is_same_facts: bool = True
    cause: str | None = None


class Row(NamedTuple):
    """A row of hold_attempt."""

    at: datetime
    reference: str
    product: str
    basket_cents: int
    came: Came


@dataclass(kw_only=True)
class Promise:
    """A commitment and everything that may stop it, each from its moment on."""

    product: str
    amount_cents: int
    expires_at: datetime = NEVER
    reported_at: datetime = NEVER
    bankrupt_at: datetime = NEVER
    blocked_at: datetime = NEVER
    #: When the decision fell below every basket: for counting alone.
    lowered_at: datetime = NEVER

    def expected(self, row: Row) -> Came:
        """Return what must have come of an attempt at its moment."""
        if row.product != self.product:
            return Came(cause="other_product")
        if row.at >= self.expires_at:
            return Came(cause="expired")
        is_same = row.at >= self.reported_at
        if row.basket_cents > self.amount_cents:
            return Came(is_same_facts=is_same, cause="above_amount")
        if row.at >= self.bankrupt_at:
            return Came(is_within=True, is_same_facts=is_same, cause="C_BANKRUPTCY")
        if row.at >= self.blocked_at:
            return Came(is_within=True, is_same_facts=is_same, cause="C_IDENTITY")
        return Came(is_within=True, is_honoured=True, is_same_facts=is_same)

    def findings(self, rows: Iterable[Row]) -> list[tuple[Row, Came]]:
        """Return rows that say something else, each with what they must say."""
        return [(row, self.expected(row)) for row in rows if row.came != self.expected(row)]

    def rate(self, rows: Iterable[Row]) -> Counter[Came]:
        """Return the attempts within time and amount, each reference by its first answer."""
        first: dict[str, Row] = {}
        for row in sorted(rows):
            first.setdefault(row.reference, row)
        came = [self.expected(row) for row in first.values()]
        return Counter(one for one in came if one.is_within)

    def reached(self, rows: Iterable[Row]) -> Counter[str]:
        """Count what was come through."""
        counts: Counter[str] = Counter()
        for row in rows:
            came = row.came
            counts["honoured"] += came.is_honoured
            counts["honoured after a lower decision"] += (
                came.is_honoured and row.at >= self.lowered_at
            )
            counts["refused for its cause"] += came.is_within and not came.is_honoured
            counts["expired"] += came.cause == "expired"
        return counts
