"""Plans: offers by the name of a program, for everybody who answers with them.

A price table is made when its program is first asked about, and a plan is computed once for each
amount, tier and state: people share them. Both are kept, within bounds, by the program's terms and
not by its id alone: a program may change.
"""

from __future__ import annotations

import datetime
from collections import OrderedDict
from typing import Final

from wherewithal.qualify import contract
from wherewithal.qualify.bundle import PolicyBundle
from wherewithal.qualify.merchants import product_of
from wherewithal.qualify.offers import Offer, offer_for
from wherewithal.qualify.pricing import PriceTable, price_table
from wherewithal.vocabulary.program import PlanCode, Program

#: Offers that are kept; one with 60 payments takes about 15 kB.
OFFERS_MAX: Final = 4_096
#: Price tables that are kept: one a program and edition.
TABLES_MAX: Final = 4_096


class Plans:
    """Offers under one bundle; safe to share between requests of one thread."""

    def __init__(self, bundle: PolicyBundle) -> None:
        """Keep the bundle; nothing is computed yet."""
        self._bundle = bundle
        self._tables: OrderedDict[tuple[Program, datetime.date], PriceTable] = OrderedDict()
        self._offers: OrderedDict[tuple[object, ...], Offer | None] = OrderedDict()

    def offer(
        self,
        program: Program,
        *,
        plan: PlanCode,
        basket_cents: int,
        pricing_tier: str,
        state: str,
        on: datetime.date,
    ) -> Offer | None:
        """Return the plan for a basket bought on a day; None where the program does not allow it.

        Units:  cents. Its first payment falls due a month, or two weeks, after `on`.
        Errors: as `offer_for`.
        """
        key = (program, plan, basket_cents, pricing_tier, state, on)
        if key in self._offers:
            self._offers.move_to_end(key)
            return self._offers[key]
        found = offer_for(
            self.table(program, on=on),
            plan=plan,
            basket_cents=basket_cents,
            pricing_tier=pricing_tier,
            state=state,
            start_on=on,
        )
        self._offers[key] = found
        if len(self._offers) > OFFERS_MAX:
            self._offers.popitem(last=False)
        return found

    def table(self, program: Program, *, on: datetime.date) -> PriceTable:
        """Return what a program allows and costs on a day."""
        key = (program, on)
        if key in self._tables:
            self._tables.move_to_end(key)
            return self._tables[key]
        bundle = self._bundle
        table = price_table(
            program,
            product=product_of(bundle, program.product),
            grid=bundle.grid,
            tiers=sorted(bundle.program.node(contract.PRICING_TIER).type.values or ()),
            law=bundle.law,
            on=on,
        )
        self._tables[key] = table
        if len(self._tables) > TABLES_MAX:
            self._tables.popitem(last=False)
        return table
