"""Spending power as nodes of the IR, so that one person and a frame of persons get the same cents.

power = basket of min(headroom, affordable, the program's maximum), at the first plan in order of
preference that tier, law, amount and capacity allow; 0 with the reason where there is none.
What a program allows and costs comes as nodes too, constants or inputs: see `price_nodes`.
Source: DESIGN 4, power.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from wherewithal.dmn.ir import Graph, Node, Rounding
from wherewithal.qualify.price_nodes import (
    LegNodes,
    PriceNodes,
    Standing,
    families,
    is_short,
    table_nodes,
)
from wherewithal.qualify.pricing import REFUSALS, PriceTable
from wherewithal.vocabulary.program import LimitNode, PlanCode

__all__ = ["ZERO_REASONS", "Power", "Standing", "power_of", "program_power"]

#: Why power may be zero under a program.
ZERO_REASONS = (*REFUSALS, "P_LIMIT", "R09")


@dataclass(frozen=True, slots=True, kw_only=True)
class Power:
    """The answer for one program: nodes, null where the person's own facts are missing."""

    power_cents: Node
    financed_cents: Node
    #: Of the chosen leg, what bounds it besides the program: any number where none was chosen.
    headroom_cents: Node
    affordable_cents: Node
    #: The leg of the price table that was chosen, counted from 1; 0 where power is zero.
    leg: Node
    plan: Node
    note_rate_bps: Node
    #: Null where there is power.
    reason: Node


def program_power(graph: Graph, table: PriceTable, person: Standing) -> Power:
    """Return the nodes of a person's power under one program."""
    return power_of(graph, table_nodes(graph, table, person), person)


def power_of(graph: Graph, prices: PriceNodes, person: Standing) -> Power:
    """Return the nodes of a person's power at these prices."""
    return _Builder(graph=graph, prices=prices, person=person).build()


@dataclass(slots=True, kw_only=True)
class _Builder:
    graph: Graph
    prices: PriceNodes
    person: Standing

    def build(self) -> Power:
        graph, legs = self.graph, self.prices.legs
        fits = [self._fits(leg) for leg in legs]
        chosen = graph.case(
            [(one, graph.constant(n)) for n, one in enumerate(fits, 1)], graph.constant(0)
        )
        terms = self.prices.chosen(chosen, fits)
        headroom = self._by_family(chosen, self._headroom)
        available = self._by_family(chosen, self._available)
        affordable = graph.divide(
            graph.multiply(available, terms.denominator), terms.numerator, Rounding.FLOOR
        )
        financed = graph.least([headroom, affordable, terms.financed_max_cents])
        basket = graph.divide(
            graph.multiply(financed, graph.constant(10_000)),
            terms.financed_share_bps,
            Rounding.FLOOR,
        )
        is_zero = graph.equal(chosen, graph.constant(0))
        return Power(
            power_cents=graph.case([(is_zero, graph.constant(0))], basket),
            financed_cents=graph.case([(is_zero, graph.constant(0))], financed),
            headroom_cents=headroom,
            affordable_cents=affordable,
            leg=chosen,
            plan=graph.lookup(chosen, [None, *(leg.plan.value for leg in legs)]),
            note_rate_bps=terms.note_rate_bps,
            reason=self._reason(is_zero),
        )

    def _fits(self, leg: LegNodes) -> Node:
        graph = self.graph
        return graph.all_of(
            [
                graph.less(leg.financed_min_cents, self._headroom(leg.plan), or_equal=True),
                graph.less(leg.least_payment_cents, self._available(leg.plan), or_equal=True),
            ]
        )

    def _headroom(self, plan: PlanCode) -> Node:
        """Return the least that remains under every limit that the purchase falls under."""
        graph, limits = self.graph, self.person.limits
        share = graph.multiply(self.person.merchant_base, self.person.merchant_share_bps)
        merchant = graph.divide(share, graph.constant(10_000), Rounding.FLOOR)
        if self.person.merchant_used is not None:
            left = graph.subtract(merchant, self.person.merchant_used)
            merchant = graph.greatest([left, graph.constant(0)])
        nodes = self.prices.product.nodes_of(plan)
        return graph.least([*(limits[node] for node in nodes), merchant])

    def _available(self, plan: PlanCode) -> Node:
        """Return the payments in 30 days that the plan may take up."""
        person, full = self.person, self.prices.requires_full_ability
        if not is_short(plan):
            return person.capacity
        if full is None:
            return person.small_ticket_capacity
        return self.graph.case([(full, person.capacity)], person.small_ticket_capacity)

    def _by_family(self, chosen: Node, value_of: Callable[[PlanCode], Node]) -> Node:
        """Return the value for pay in four or for months, as the chosen leg is."""
        graph, plans = self.graph, [leg.plan for leg in self.prices.legs]
        # A program whose amounts leave no leg has no power; whichever family then stands here.
        values = [value_of(family) for family in families(plans) or (PlanCode.PAY_IN_4,)]
        if len(values) == 1:
            return values[0]
        short = graph.lookup(chosen, [False, *map(is_short, plans)])
        return graph.case([(short, values[0])], values[1])

    def _reason(self, is_zero: Node) -> Node:
        """Return why power is zero: the cell refuses, the limits are too low, or capacity is."""
        graph, limits, refusal = self.graph, self.person.limits, self.prices.refusal
        below = [
            graph.less(self._headroom(family), least) for family, least in self.prices.least_cents
        ]
        # The tier's row may close a product by a limit of its own, though the total is open.
        own = [limits[node] for node in self.prices.product.limit_nodes]
        is_closed = graph.all_of(
            [
                graph.less(graph.constant(0), limits[LimitNode.TOTAL]),
                graph.any_of([graph.equal(limit, graph.constant(0)) for limit in own]),
            ]
        )
        reason = graph.case(
            [
                (graph.negation(is_zero), graph.constant(None)),
                (self.prices.is_unknown, graph.constant("L_UNKNOWN")),
                (graph.negation(graph.is_null(refusal)), refusal),
                (is_closed, graph.constant("P_TIER")),
                (graph.all_of(below), graph.constant("P_LIMIT")),
            ],
            graph.constant("R09"),
        )
        # One type in every edition: rows of a run may span several, and its files are one table.
        return graph.among(reason, ZERO_REASONS)
