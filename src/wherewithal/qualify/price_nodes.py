"""What a program allows and costs as nodes, so that one graph of power serves in two ways.

Constants of one price table, looked up by cell: for one program, compiled into its own function.
Inputs: one graph for every program of a product, whose prices then come as columns.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wherewithal.dmn.ir import Graph, Node
from wherewithal.dmn.types import BOOLEAN, number
from wherewithal.qualify.pricing import REFUSALS, UNREACHABLE_CENTS, Leg, PriceTable, Terms
from wherewithal.vocabulary.facts import STATES
from wherewithal.vocabulary.product import Product
from wherewithal.vocabulary.program import PAY_IN_4_DOWN_PAYMENT_BPS, LimitNode, PlanCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What power needs to know of a person: nodes of their decision."""

    pricing_tier: Node
    state: Node
    limits: dict[LimitNode, Node]
    capacity: Node
    small_ticket_capacity: Node
    #: What one merchant may have: a share of this amount, in basis points, less what is used there.
    merchant_base: Node
    merchant_share_bps: Node
    #: None where nothing can be in use: in a decision, which no purchase has followed yet.
    merchant_used: Node | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LegNodes:
    """One plan within one band of amounts financed."""

    plan: PlanCode
    financed_min_cents: Node
    #: What has to fit into capacity for the least amount; out of reach where it is not allowed.
    least_payment_cents: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenNodes:
    """The terms of the leg that was chosen; any number where none was."""

    financed_max_cents: Node
    #: Level payment = ceil(principal x numerator / denominator).
    numerator: Node
    denominator: Node
    #: Null where no leg was chosen.
    note_rate_bps: Node
    #: What is lent of a basket, in basis points.
    financed_share_bps: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceNodes:
    """What a program allows and costs where the person is: g in power = f o g."""

    product: Product
    #: In order of preference.
    legs: tuple[LegNodes, ...]
    #: Whether pay in four must fit full capacity; None where it never has to.
    requires_full_ability: Node | None
    #: Whether the person's tier or state is unknown, so that nothing can be priced.
    is_unknown: Node
    #: A code of REFUSALS; null where some leg is allowed.
    refusal: Node
    #: By family, the least amount financed of any leg that is allowed: pay in four, then months.
    least_cents: tuple[tuple[PlanCode, Node], ...]
    #: From the number of the chosen leg, and whether each leg fits, to that leg's terms.
    chosen: Callable[[Node, Sequence[Node]], ChosenNodes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """All terms that programs of a product have in any cell, by number; 0 stands for none."""

    note_rate_bps: tuple[int | None, ...]
    numerators: tuple[int, ...]
    denominators: tuple[int, ...]


def is_short(plan: PlanCode) -> bool:
    """Return whether a plan is of the family of pay in four; the others are of months."""
    return plan is PlanCode.PAY_IN_4


def families(plans: Sequence[PlanCode]) -> tuple[PlanCode, ...]:
    """Return one plan for each family that occurs, pay in four first."""
    short = [plan for plan in plans if is_short(plan)][:1]
    return (*short, *[plan for plan in plans if not is_short(plan)][:1])


# ---------------------------------------------------------------------------- constants of a table


def table_nodes(graph: Graph, table: PriceTable, person: Standing) -> PriceNodes:
    """Return the prices of one table as constants, looked up by the person's cell."""
    tier = graph.position(person.pricing_tier, table.tiers)
    state = graph.position(person.state, STATES)
    cell = graph.add(graph.multiply(tier, graph.constant(len(STATES))), state)
    cells = range(len(table.tiers) * len(STATES))
    full = full_ability(table)
    least = []
    for family in families([leg.plan for leg in table.legs]):
        legs = [leg for leg in table.legs if is_short(leg.plan) is is_short(family)]
        least.append((family, graph.lookup(cell, [least_of(legs, one) for one in cells])))
    return PriceNodes(
        product=table.product,
        legs=tuple(
            LegNodes(
                plan=leg.plan,
                financed_min_cents=graph.constant(leg.financed_min_cents),
                least_payment_cents=graph.lookup(
                    cell,
                    [t.least_payment_cents if t else UNREACHABLE_CENTS for t in leg.terms],
                ),
            )
            for leg in table.legs
        ),
        requires_full_ability=graph.lookup(cell, full) if any(full) else None,
        is_unknown=graph.is_null(cell),
        refusal=graph.lookup(cell, table.refusals),
        least_cents=tuple(least),
        chosen=lambda chosen, _: _chosen_of_table(graph, table, chosen, cell),
    )


def full_ability(table: PriceTable) -> list[bool]:
    """Return by cell whether pay in four must fit full capacity there."""
    found = [False] * (len(table.tiers) * len(STATES))
    for leg in table.legs:
        if is_short(leg.plan):
            needs = [bool(terms and terms.requires_full_ability) for terms in leg.kinds]
            found = [a or needs[kind] for a, kind in zip(found, leg.kind_of, strict=True)]
    return found


def least_of(legs: Sequence[Leg], cell: int) -> int:
    """Return the least amount financed of any leg that a cell allows."""
    allowed = [leg.financed_min_cents for leg in legs if leg.kind_of[cell]]
    return min(allowed, default=UNREACHABLE_CENTS)


def _chosen_of_table(graph: Graph, table: PriceTable, chosen: Node, cell: Node) -> ChosenNodes:
    cells = len(table.tiers) * len(STATES)
    index = graph.add(graph.multiply(chosen, graph.constant(cells)), cell)

    def by_cell(none: Any, value_of: Callable[[Terms], int]) -> Node:
        values: list[Any] = [none] * cells
        for leg in table.legs:
            values += [value_of(terms) if terms else none for terms in leg.terms]
        return graph.lookup(index, values)

    shares = [10_000, *(10_000 - leg.down_payment_bps for leg in table.legs)]
    return ChosenNodes(
        numerator=by_cell(1, lambda terms: terms.numerator),
        denominator=by_cell(1, lambda terms: terms.denominator),
        note_rate_bps=by_cell(None, lambda terms: terms.note_rate_bps),
        financed_max_cents=graph.lookup(chosen, [0, *(g.financed_max_cents for g in table.legs)]),
        financed_share_bps=graph.lookup(chosen, shares),
    )


# ---------------------------------------------------------------------------- inputs, for columns

#: Names of the inputs; those of a leg have its number, from 0, appended.
LEAST, MOST, PAYMENT, KIND = "financed_min_", "financed_max_", "least_payment_", "kind_"
FULL, REFUSAL, SHARE = "requires_full_ability", "refusal", "financed_share_bps"
LEAST_SHORT, LEAST_MONTHS = "least_short_cents", "least_months_cents"


def input_nodes(
    graph: Graph, product: Product, legs: Mapping[int, PlanCode], rates: Rates
) -> PriceNodes:
    """Return the prices as inputs, for these legs by number; a missing one is out of reach.

    `kind_<n>` is the number of the leg's terms in `rates`, 0 where it is not allowed; `refusal` is
    the position in REFUSALS counted from 1, 0 for none. The person's cell is known to the caller.
    """
    cents = number(0, UNREACHABLE_CENTS)
    shorts = [is_short(plan) for plan in legs.values()]
    return PriceNodes(
        product=product,
        legs=tuple(
            LegNodes(
                plan=plan,
                financed_min_cents=graph.input(f"{LEAST}{leg}", cents),
                least_payment_cents=graph.input(f"{PAYMENT}{leg}", cents),
            )
            for leg, plan in legs.items()
        ),
        requires_full_ability=graph.input(FULL, BOOLEAN) if any(shorts) else None,
        is_unknown=graph.constant(value=False),
        refusal=graph.lookup(graph.input(REFUSAL, number(0, len(REFUSALS))), [None, *REFUSALS]),
        least_cents=tuple(
            (one, graph.input(LEAST_SHORT if is_short(one) else LEAST_MONTHS, cents))
            for one in families(product.plans)
        ),
        chosen=lambda chosen, fits: _chosen_of_inputs(graph, legs, rates, chosen, fits),
    )


def _chosen_of_inputs(
    graph: Graph,
    legs: Mapping[int, PlanCode],
    rates: Rates,
    chosen: Node,
    fits: Sequence[Node],
) -> ChosenNodes:
    def by_leg(name: str, high: int) -> Node:
        values = [graph.input(f"{name}{leg}", number(0, high)) for leg in legs]
        return graph.case(list(zip(fits, values, strict=True)), graph.constant(0))

    terms = by_leg(KIND, len(rates.numerators) - 1)
    share = graph.input(SHARE, number(1, 10_000))
    shorts = [is_short(plan) for plan in legs.values()]
    if any(shorts):
        quarter = graph.constant(10_000 - PAY_IN_4_DOWN_PAYMENT_BPS)
        share = graph.case([(graph.lookup(chosen, [False, *shorts]), quarter)], share)
    return ChosenNodes(
        numerator=graph.lookup(terms, rates.numerators),
        denominator=graph.lookup(terms, rates.denominators),
        note_rate_bps=graph.lookup(terms, rates.note_rate_bps),
        financed_max_cents=by_leg(MOST, UNREACHABLE_CENTS),
        financed_share_bps=share,
    )
