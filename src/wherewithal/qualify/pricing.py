"""What a program allows and costs, for every pricing tier and state: g in power = f o g.

A *leg* is one plan of a program within one band of amounts; the law may treat bands differently. A
*cell* is a pricing tier in a state. Per leg and cell everything is a constant: whether it is
allowed, the note rate, the annuity factor, the least payment. That table is small, made once.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Any

from wherewithal.lending import annuity_factor, level_payment_cents
from wherewithal.vocabulary.facts import STATES
from wherewithal.vocabulary.law import Law, LawRow
from wherewithal.vocabulary.product import Product
from wherewithal.vocabulary.program import RATE_MAX_BPS, PlanCode, Program

#: A law's cap may lower the grid by at most this much; beyond it the plan is not offered there.
CAP_CONCESSION_MAX_BPS = 300
#: Stands where a leg is not allowed: no capacity reaches it.
UNREACHABLE_CENTS = 10**15
#: Why a cell may have no leg; the first that applies is given.
REFUSALS = ("P_PAUSED", "P_CLOSED", "P_STATE", "P_TIER", "L_STATE", "L_UNKNOWN")

#: (pricing tier, term in months) -> note rate; pay in four counts as 1 month. Absent: not offered.
Grid = Mapping[tuple[str, int], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a leg means in one cell."""

    note_rate_bps: int
    #: Level payment = ceil(principal x numerator / denominator); 1 / 1 for pay in four.
    numerator: int
    denominator: int
    #: What has to fit into capacity for the least amount of the leg.
    least_payment_cents: int
    #: Ceiling of the APR of the rounded schedule.
    apr_cap_bps: int
    requires_full_ability: bool
    law_row_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """One plan within one band of amounts financed, both ends inclusive."""

    plan: PlanCode
    financed_min_cents: int
    financed_max_cents: int
    down_payment_bps: int
    #: The different terms that the leg has anywhere; the first is None, where it is not allowed.
    kinds: tuple[Terms | None, ...]
    #: By cell, which of them holds there.
    kind_of: tuple[int, ...]

    @property
    def terms(self) -> tuple[Terms | None, ...]:
        """Return the terms by cell; None where the leg is not allowed."""
        return tuple(map(self.kinds.__getitem__, self.kind_of))

    def at(self, cell: int) -> Terms | None:
        """Return the terms in one cell; None where the leg is not allowed."""
        return self.kinds[self.kind_of[cell]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceTable:
    """All legs of a program in order of preference, and why a cell has none."""

    program: Program
    product: Product
    tiers: tuple[str, ...]
    legs: tuple[Leg, ...]
    #: By cell: None where some leg is allowed, else the reason code.
    refusals: tuple[str | None, ...]

    def cell(self, *, pricing_tier: str, state: str) -> int:
        """Return the position of a cell."""
        return self.tiers.index(pricing_tier) * len(STATES) + STATES.index(state)


def price_table(
    program: Program, *, product: Product, grid: Grid, tiers: Sequence[str], law: Law, on: date
) -> PriceTable:
    """Return what the program allows on a day; for many programs keep one `Pricer`.

    Null:   an unknown combination of law is not allowed (reason L_UNKNOWN).
    Source: DESIGN 4, power; the credit policy's section 5.
    """
    return Pricer(grid=grid, tiers=tuple(tiers), law=law, on=on).table(program, product)


def preferred(product: Product, plans: Sequence[PlanCode]) -> tuple[PlanCode, ...]:
    """Return the plans in the order in which power is quoted: default, shorter, longer."""
    order = list(PlanCode)
    default = order.index(product.default_plan)
    shorter = sorted((p for p in plans if order.index(p) <= default), key=order.index, reverse=True)
    longer = sorted((p for p in plans if order.index(p) > default), key=order.index)
    return (*shorter, *longer)


def basket_of(*, financed_cents: int, down_payment_bps: int) -> int:
    """Return the largest basket whose financed part does not exceed `financed_cents`.

    Source: DESIGN 4, power. Rounds down, so that a purchase of the basket always fits.

    >>> basket_of(financed_cents=30_000, down_payment_bps=2_500)
    40000
    """
    return financed_cents * 10_000 // (10_000 - down_payment_bps)


@dataclass(slots=True, kw_only=True)
class Pricer:
    """Makes price tables of one day; what programs have in common is found once.

    Law rows are found once for each originator, product, term and range of amounts, and terms once
    for each rate and row: a lender's thousand programs have a few dozen of either.
    """

    grid: Grid
    tiers: tuple[str, ...]
    law: Law
    on: date
    _bands: dict[Any, tuple[int, ...]] = field(default_factory=dict)
    _edges: dict[Any, list[int]] = field(default_factory=dict)
    _rows: dict[Any, tuple[LawRow | None, ...]] = field(default_factory=dict)
    _shared: dict[Any, Any] = field(default_factory=dict)

    def table(self, program: Program, product: Product) -> PriceTable:
        """Return what the program allows on the day."""
        in_state = tuple(program.is_in_state(state) for state in STATES)
        legs: list[Leg] = []
        rows_by_leg: list[tuple[LawRow | None, ...]] = []
        for plan in preferred(product, program.plans):
            for low, high in _bands(program, product, plan, self._begins(program)):
                rows = self._rows_at(program, plan, low)
                rows_by_leg.append(rows)
                kinds, kind_of = self._kinds(program, plan, low, rows=rows, in_state=in_state)
                legs.append(
                    Leg(
                        plan=plan,
                        financed_min_cents=low,
                        financed_max_cents=high,
                        down_payment_bps=program.down_payment_bps_of(plan),
                        kinds=kinds,
                        kind_of=kind_of,
                    )
                )
        return PriceTable(
            program=program,
            product=product,
            tiers=self.tiers,
            legs=tuple(legs),
            refusals=self._refusals(program, legs, rows_by_leg),
        )

    def _begins(self, program: Program) -> tuple[int, ...]:
        key = (program.originator, program.product)
        if key not in self._bands:
            self._bands[key] = self.law.bands(*key, self.on)
        return self._bands[key]

    def _rows_at(
        self, program: Program, plan: PlanCode, amount_cents: int
    ) -> tuple[LawRow | None, ...]:
        """Return the law row of every state; between two edges it is the same for every amount."""
        whose = (program.originator, program.product)
        if whose not in self._edges:
            own = [
                row
                for row in self.law.rows
                if row.originator == whose[0] and whose[1] in row.products
            ]
            ends = {row.amount_max_cents + 1 for row in own}
            self._edges[whose] = sorted({row.amount_min_cents for row in own} | ends)
        term_months = plan.law_term_months
        key = (*whose, term_months, bisect_right(self._edges[whose], amount_cents))
        if key not in self._rows:
            self._rows[key] = tuple(
                self.law.find(
                    originator=program.originator,
                    state=state,
                    product=program.product,
                    amount_cents=amount_cents,
                    term_months=term_months,
                    on=self.on,
                )
                for state in STATES
            )
        return self._rows[key]

    def _kinds(
        self,
        program: Program,
        plan: PlanCode,
        least_cents: int,
        *,
        rows: tuple[LawRow | None, ...],
        in_state: tuple[bool, ...],
    ) -> tuple[tuple[Terms | None, ...], tuple[int, ...]]:
        """Return the leg's different terms, and which of them holds in each cell."""
        places: dict[Terms | None, int] = {None: 0}
        if program.is_paused or not program.is_open(self.on):
            return (None,), self._intern((0,) * (len(self.tiers) * len(STATES)))
        kind_of: list[int] = []
        for tier in self.tiers:
            by_row: dict[str | None, int] = {None: 0}
            for row in rows:
                if row is not None and row.row_id not in by_row:
                    rate_bps = self.grid.get((tier, plan.law_term_months))
                    if rate_bps is not None and program.note_rate_bps is not None:
                        rate_bps = min(rate_bps, program.note_rate_bps)
                    terms = self._terms(rate_bps, plan, least_cents, row)
                    by_row[row.row_id] = places.setdefault(terms, len(places))
            kind_of += [
                by_row[row.row_id] if row is not None and is_in else 0
                for row, is_in in zip(rows, in_state, strict=True)
            ]
        return tuple(places), self._intern(tuple(kind_of))

    def _terms(
        self, rate_bps: int | None, plan: PlanCode, least_cents: int, row: LawRow
    ) -> Terms | None:
        key = (rate_bps, plan, least_cents, row.row_id)
        if key not in self._shared:
            self._shared[key] = _terms(rate_bps, plan, least_cents, row)
        terms: Terms | None = self._shared[key]
        return terms

    def _intern(self, kind_of: tuple[int, ...]) -> tuple[int, ...]:
        known: tuple[int, ...] = self._shared.setdefault(kind_of, kind_of)
        return known

    def _refusals(
        self,
        program: Program,
        legs: Sequence[Leg],
        rows_by_leg: Sequence[tuple[LawRow | None, ...]],
    ) -> tuple[str | None, ...]:
        """Return why no leg is allowed, by cell; None where one is."""
        allowed = [False] * (len(self.tiers) * len(STATES))
        for leg in legs:
            allowed = [known or kind > 0 for known, kind in zip(allowed, leg.kind_of, strict=True)]
        has_row = [
            [rows[place] is not None for rows in rows_by_leg] for place in range(len(STATES))
        ]
        terms = [leg.plan.law_term_months for leg in legs]
        by_tier = [[(tier, term) in self.grid for term in terms] for tier in self.tiers]
        refusals: list[str | None] = []
        for number, is_allowed in enumerate(allowed):
            tier, place = divmod(number, len(STATES))
            if is_allowed:
                refusals.append(None)
                continue
            refusals.append(
                _refusal(
                    program,
                    state=STATES[place],
                    on=self.on,
                    is_offered=by_tier[tier],
                    has_row=has_row[place],
                )
            )
        return self._intern_refusals(tuple(refusals))

    def _intern_refusals(self, refusals: tuple[str | None, ...]) -> tuple[str | None, ...]:
        known: tuple[str | None, ...] = self._shared.setdefault(refusals, refusals)
        return known


def _bands(
    program: Program, product: Product, plan: PlanCode, begins: Sequence[int]
) -> list[tuple[int, int]]:
    """Return the ranges of amount financed of a plan, the largest first."""
    share = 10_000 - program.down_payment_bps_of(plan)
    low = max(
        -(-program.basket_min_cents * share // 10_000), product.plan_minimums_cents.get(plan, 0)
    )
    high = program.basket_max_cents * share // 10_000
    edges = [low, *(begin for begin in begins if low < begin <= high), high + 1]
    bands = [(a, b - 1) for a, b in pairwise(edges) if a < b]
    return bands[::-1]


def _terms(rate_bps: int | None, plan: PlanCode, least_cents: int, row: LawRow) -> Terms | None:
    """Return what a leg means at a rate under a law row; None where it is not allowed."""
    if rate_bps is None or not row.is_allowed:
        return None
    cap_bps = min(row.apr_ceiling_bps, RATE_MAX_BPS)
    if rate_bps > cap_bps + CAP_CONCESSION_MAX_BPS:
        return None
    rate_bps = min(rate_bps, cap_bps)
    numerator, denominator, least_payment = 1, 1, least_cents
    if plan.term_months is None:
        rate_bps = 0
    else:
        factor = annuity_factor(note_rate_bps=rate_bps, term_months=plan.term_months)
        numerator, denominator = factor.numerator, factor.denominator
        least_payment = level_payment_cents(
            principal_cents=least_cents, note_rate_bps=rate_bps, term_months=plan.term_months
        )
    return Terms(
        note_rate_bps=rate_bps,
        numerator=numerator,
        denominator=denominator,
        least_payment_cents=least_payment,
        apr_cap_bps=cap_bps,
        requires_full_ability=row.requires_full_ability_to_pay,
        law_row_id=row.row_id,
    )


def _refusal(
    program: Program,
    *,
    state: str,
    on: date,
    is_offered: Sequence[bool],
    has_row: Sequence[bool],
) -> str:
    """Return why no leg is allowed, the first that applies of: program, state, tier, law."""
    if program.is_paused:
        return "P_PAUSED"
    if not program.is_open(on):
        return "P_CLOSED"
    if not program.is_in_state(state):
        return "P_STATE"
    if not any(is_offered):
        return "P_TIER"
    known = any(row for row, offered in zip(has_row, is_offered, strict=True) if offered)
    return "L_STATE" if known else "L_UNKNOWN"
