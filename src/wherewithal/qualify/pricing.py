"""What a program allows and costs, for every pricing tier and state: g in power = f o g.

A *leg* is one plan of a program within one band of amounts; the law may treat bands differently. A
*cell* is a pricing tier in a state. Per leg and cell everything is a constant: whether it is
allowed, the note rate, the annuity factor, the least payment. That table is small, made once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

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
    #: By cell; None where the leg is not allowed.
    terms: tuple[Terms | None, ...]


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
    """Return what the program allows on a day.

    Null:   an unknown combination of law is not allowed (reason L_UNKNOWN).
    Source: DESIGN 4, power; the credit policy's section 5.
    """
    legs = tuple(
        Leg(
            plan=plan,
            financed_min_cents=low,
            financed_max_cents=high,
            down_payment_bps=program.down_payment_bps_of(plan),
            terms=tuple(
                _terms(
                    program,
                    plan=plan,
                    least_cents=low,
                    grid=grid,
                    tier=tier,
                    law=law,
                    place=(state, on),
                )
                for tier in tiers
                for state in STATES
            ),
        )
        for plan in preferred(product, program.plans)
        for low, high in _bands(
            program, product, plan, law.bands(program.originator, program.product, on)
        )
    )
    refusals = tuple(
        _refusal(program, legs=legs, cell=cell, tier=tier, state=state, grid=grid, law=law, on=on)
        for cell, (tier, state) in enumerate((tier, state) for tier in tiers for state in STATES)
    )
    return PriceTable(
        program=program, product=product, tiers=tuple(tiers), legs=legs, refusals=refusals
    )


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


def _law_row(
    program: Program, plan: PlanCode, least_cents: int, law: Law, place: tuple[str, date]
) -> LawRow | None:
    state, on = place
    return law.find(
        originator=program.originator,
        state=state,
        product=program.product,
        amount_cents=least_cents,
        term_months=plan.law_term_months,
        on=on,
    )


def _terms(
    program: Program,
    *,
    plan: PlanCode,
    least_cents: int,
    grid: Grid,
    tier: str,
    law: Law,
    place: tuple[str, date],
) -> Terms | None:
    rate_bps = grid.get((tier, plan.law_term_months))
    row = _law_row(program, plan, least_cents, law, place)
    if rate_bps is None or row is None or not row.is_allowed or not program.is_in_state(place[0]):
        return None
    if not program.is_open(place[1]) or program.is_paused:
        return None
    if program.note_rate_bps is not None:
        rate_bps = min(rate_bps, program.note_rate_bps)
    cap_bps = min(row.apr_cap_bps, RATE_MAX_BPS)
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
    legs: Sequence[Leg],
    cell: int,
    tier: str,
    state: str,
    grid: Grid,
    law: Law,
    on: date,
) -> str | None:
    """Return why no leg is allowed, the first that applies of: program, state, tier, law."""
    if any(leg.terms[cell] for leg in legs):
        return None
    if program.is_paused:
        return "P_PAUSED"
    if not program.is_open(on):
        return "P_CLOSED"
    if not program.is_in_state(state):
        return "P_STATE"
    offered = [leg for leg in legs if (tier, leg.plan.law_term_months) in grid]
    if not offered:
        return "P_TIER"
    rows = [
        _law_row(program, leg.plan, leg.financed_min_cents, law, (state, on)) for leg in offered
    ]
    return "L_STATE" if any(row is not None for row in rows) else "L_UNKNOWN"
