"""Law: dated rows that say where an originator may lend, and at what ceiling.

An unknown combination is a "no": `Law.find` returns None and the caller answers with a law reason.
Terms are whole months; pay in four's 42 days count as 1 (`PlanCode.law_term_months`).
"""

from datetime import date
from functools import cached_property
from typing import Final

import msgspec

from wherewithal.vocabulary.program import ProductCode

#: What a covered member of the military may be charged, 32 CFR 232.4(b). Nobody's status is asked,
#: and unknown counts as covered: it is the ceiling for everybody. Our plans have no fees beside the
#: finance charge, so that the military rate is the APR.
MILITARY_APR_CAP_BPS: Final = 3_600
#: Stands for every state that has no row of its own.
ANY_STATE = "*"


class LawRow(msgspec.Struct, frozen=True, kw_only=True):
    """What holds for an originator, some states and products, and ranges of amount, term, day."""

    row_id: str
    originator: str
    #: States of residence.
    states: tuple[str, ...]
    products: tuple[ProductCode, ...]
    #: Amounts financed, both inclusive.
    amount_min_cents: int
    amount_max_cents: int
    #: Both inclusive.
    term_min_months: int
    term_max_months: int
    #: First day on which the row holds, and the first on which it no longer does.
    date_from: date
    date_to: date | None
    is_allowed: bool
    #: Ceiling of the Regulation Z APR; 0 where the product is not allowed.
    apr_cap_bps: int
    #: The small-ticket allowance of capacity is off: every payment must fit the person's capacity.
    requires_full_ability_to_pay: bool
    citation: str
    #: Fictional; never to be used on real people.
    is_sample: bool

    @property
    def apr_ceiling_bps(self) -> int:
        """Return the ceiling that counts: the row's, and never above that for the military."""
        return min(self.apr_cap_bps, MILITARY_APR_CAP_BPS)

    def holds(self, *, amount_cents: int, term_months: int, on: date) -> bool:
        """Return whether the row covers an amount, a term and a day."""
        return (
            self.amount_min_cents <= amount_cents <= self.amount_max_cents
            and self.term_min_months <= term_months <= self.term_max_months
            and self.date_from <= on
            and (self.date_to is None or on < self.date_to)
        )


class ContractAge(msgspec.Struct, frozen=True, kw_only=True):
    """The age from which a resident of a state may contract."""

    #: A state, or `ANY_STATE`.
    state: str
    age_years: int
    citation: str


class Law(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """All law rows and ages of contract."""

    rows: tuple[LawRow, ...]
    contract_ages: tuple[ContractAge, ...]

    @cached_property
    def _rows_by_place(self) -> dict[tuple[str, str, str], tuple[LawRow, ...]]:
        rows: dict[tuple[str, str, str], tuple[LawRow, ...]] = {}
        for row in self.rows:
            for state in row.states:
                for product in row.products:
                    key = (row.originator, state, product.value)
                    rows[key] = (*rows.get(key, ()), row)
        return rows

    def rows_of(self, *, originator: str, state: str, product: ProductCode) -> tuple[LawRow, ...]:
        """Return the rows of one originator, state and product, of every amount, term and day."""
        return self._rows_by_place.get((originator, state, product.value), ())

    def find(
        self,
        *,
        originator: str,
        state: str,
        product: ProductCode,
        amount_cents: int,
        term_months: int,
        on: date,
    ) -> LawRow | None:
        """Return the row that holds; None for an unknown combination, which means "no".

        Units: amount financed in cents; term by `PlanCode.law_term_months`.
        """
        for row in self.rows_of(originator=originator, state=state, product=product):
            if row.holds(amount_cents=amount_cents, term_months=term_months, on=on):
                return row
        return None

    def bands(self, originator: str, product: ProductCode, on: date) -> tuple[int, ...]:
        """Return the amounts at which another band of rows begins, ascending.

        `(1, 100_000, 2_000_001)` means three bands: up to 99,999 cents, from 100,000 cents, and
        from 2,000,001, where no row holds. Within a band the row of a state and term, or that there
        is none, is the same for every amount.
        """
        rows = [
            row
            for row in self.rows
            if row.originator == originator
            and product in row.products
            and row.date_from <= on
            and (row.date_to is None or on < row.date_to)
        ]
        begins = {row.amount_min_cents for row in rows}
        return tuple(sorted(begins | {row.amount_max_cents + 1 for row in rows}))

    def contract_age(self, state: str) -> int | None:
        """Return from which age a resident of `state` may contract; None if no row says."""
        ages = {row.state: row.age_years for row in self.contract_ages}
        return ages.get(state, ages.get(ANY_STATE))
