"""What a person can spend with each product by the house programs, after their account with us.

Columns of a decision row in, cents out; the functions are those of power at a merchant. So what is
explained, and what is told of a change, is the number that a person is shown.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from wherewithal.qualify.bundle import PolicyBundle
from wherewithal.qualify.edition import STANDING_COLUMNS
from wherewithal.qualify.exposure import Exposure, person_left
from wherewithal.qualify.merchants import ProgramBook
from wherewithal.qualify.person import person_inputs, tiers_of

#: Of somebody who has long been with us and owes nothing: a power is as it was decided.
AS_DECIDED: Final = Exposure(first_booked_on=datetime.date.min, on_time_payments=10**9)
#: No merchant is named: none has a share of its own, and nothing is used at it.
_NO_MERCHANT: Final = (0, 10_000)


@dataclass(slots=True)
class PowersLeft:
    """Powers under the terms of one bundle; what it compiled is kept."""

    terms: PolicyBundle
    _books: dict[datetime.date, ProgramBook] = field(default_factory=dict)

    def __call__(
        self,
        columns: Mapping[str, Any],
        exposure: Exposure,
        *,
        terms_on: datetime.date,
        account_on: datetime.date,
    ) -> dict[str, int] | None:
        """Return the power of each product by its code, in cents.

        `terms_on` is the day of law and programs, `account_on` that of the account.
        Null:   nothing was decided, or the terms know no such pricing tier: unknown, not zero.
        """
        if columns["pricing_tier"] not in tiers_of(self.terms):
            return None
        standing = {name: columns[name] for name in STANDING_COLUMNS}
        catalogue = self.terms.catalogue
        left = person_left(standing, exposure, catalogue=catalogue, on=account_on)
        given = (*person_inputs(left), *_NO_MERCHANT)
        book = self._book(terms_on)
        return {
            product.code.value: book.function(product.house_program)(*given)[0]
            for product in catalogue.products
        }

    def _book(self, on: datetime.date) -> ProgramBook:
        begin = self.terms.edition_begin(on)
        if begin not in self._books:
            self._books[begin] = ProgramBook(self.terms, begin)
        return self._books[begin]


def total_cents(powers: Mapping[str, int] | None) -> int | None:
    """Return the largest single purchase, never a sum; None is unknown."""
    return None if powers is None else max(powers.values(), default=0)
