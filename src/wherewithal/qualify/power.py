"""Spending power as nodes of the IR, so that one person and a frame of persons get the same cents.

power = basket of min(headroom, affordable, the program's maximum), at the first plan in order of
preference that tier, law, amount and capacity allow; 0 with the reason where there is none.
Source: DESIGN 4, power.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from wherewithal.dmn.ir import Graph, Node, Rounding
from wherewithal.qualify.pricing import REFUSALS, UNREACHABLE_CENTS, Leg, PriceTable, Terms
from wherewithal.vocabulary.facts import STATES
from wherewithal.vocabulary.program import LimitNode, PlanCode

#: Why power may be zero under a program.
ZERO_REASONS = (*REFUSALS, "P_LIMIT", "R09")


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What power needs to know of a person: nodes of their decision."""

    pricing_tier: Node
    state: Node
    limits: dict[LimitNode, Node]
    capacity: Node
    small_ticket_capacity: Node
    #: Share of the total limit that one merchant may have, in basis points.
    merchant_share_bps: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Power:
    """The answer for one program: nodes, null where the person's own facts are missing."""

    power_cents: Node
    financed_cents: Node
    #: The leg of the price table that was chosen, counted from 1; 0 where power is zero.
    leg: Node
    plan: Node
    note_rate_bps: Node
    #: Null where there is power.
    reason: Node


def program_power(graph: Graph, table: PriceTable, person: Standing) -> Power:
    """Return the nodes of a person's power under one program."""
    return _Builder(graph=graph, table=table, person=person).build()


@dataclass(slots=True, kw_only=True)
class _Builder:
    graph: Graph
    table: PriceTable
    person: Standing

    def build(self) -> Power:
        graph, legs = self.graph, self.table.legs
        cell = self._cell()
        chosen = graph.case(
            [(self._fits(leg, cell), graph.constant(n)) for n, leg in enumerate(legs, 1)],
            graph.constant(0),
        )
        financed = self._financed(chosen, cell)
        shares = [10_000, *(10_000 - leg.down_payment_bps for leg in legs)]
        basket = graph.divide(
            graph.multiply(financed, graph.constant(10_000)),
            graph.lookup(chosen, shares),
            Rounding.FLOOR,
        )
        is_zero = graph.equal(chosen, graph.constant(0))
        rate = self._by_leg_and_cell(chosen, cell, None, lambda terms: terms.note_rate_bps)
        return Power(
            power_cents=graph.case([(is_zero, graph.constant(0))], basket),
            financed_cents=graph.case([(is_zero, graph.constant(0))], financed),
            leg=chosen,
            plan=graph.lookup(chosen, [None, *(leg.plan.value for leg in legs)]),
            note_rate_bps=rate,
            reason=self._reason(is_zero, cell),
        )

    def _cell(self) -> Node:
        """Return the cell's position, null where tier or state is unknown."""
        graph, person = self.graph, self.person
        tier = graph.position(person.pricing_tier, self.table.tiers)
        state = graph.position(person.state, STATES)
        return graph.add(graph.multiply(tier, graph.constant(len(STATES))), state)

    def _fits(self, leg: Leg, cell: Node) -> Node:
        graph = self.graph
        least = graph.constant(leg.financed_min_cents)
        payments = [
            terms.least_payment_cents if terms else UNREACHABLE_CENTS for terms in leg.terms
        ]
        return graph.all_of(
            [
                graph.less(least, self._headroom(leg.plan), or_equal=True),
                graph.less(
                    graph.lookup(cell, payments), self._available(leg.plan, cell), or_equal=True
                ),
            ]
        )

    def _headroom(self, plan: PlanCode) -> Node:
        """Return the least that remains under every limit that the purchase falls under."""
        graph, limits = self.graph, self.person.limits
        share = graph.multiply(limits[LimitNode.TOTAL], self.person.merchant_share_bps)
        merchant = graph.divide(share, graph.constant(10_000), Rounding.FLOOR)
        return graph.least(
            [*(limits[node] for node in self.table.product.nodes_of(plan)), merchant]
        )

    def _available(self, plan: PlanCode, cell: Node) -> Node:
        """Return the payments in 30 days that the plan may take up."""
        person, graph = self.person, self.graph
        if plan is not PlanCode.PAY_IN_4:
            return person.capacity
        legs = [leg for leg in self.table.legs if leg.plan is PlanCode.PAY_IN_4]
        full = [
            any((t := leg.terms[c]) and t.requires_full_ability for leg in legs)
            for c in range(self._cells)
        ]
        if not any(full):
            return person.small_ticket_capacity
        return graph.case(
            [(graph.lookup(cell, full), person.capacity)], person.small_ticket_capacity
        )

    @property
    def _cells(self) -> int:
        return len(self.table.tiers) * len(STATES)

    def _financed(self, chosen: Node, cell: Node) -> Node:
        """Return min(headroom, affordable, maximum) of the chosen leg."""
        graph, legs = self.graph, self.table.legs
        numerator = self._by_leg_and_cell(chosen, cell, 1, lambda terms: terms.numerator)
        denominator = self._by_leg_and_cell(chosen, cell, 1, lambda terms: terms.denominator)
        headroom = self._by_family(chosen, self._headroom)
        available = self._by_family(chosen, lambda plan: self._available(plan, cell))
        affordable = graph.divide(graph.multiply(available, denominator), numerator, Rounding.FLOOR)
        maximum = graph.lookup(chosen, [0, *(leg.financed_max_cents for leg in legs)])
        return graph.least([headroom, affordable, maximum])

    def _by_family(self, chosen: Node, value_of: Callable[[PlanCode], Node]) -> Node:
        """Return the value for pay in four or for months, as the chosen leg is."""
        graph, legs = self.graph, self.table.legs
        short = [leg.plan is PlanCode.PAY_IN_4 for leg in legs]
        months = next((leg.plan for leg in legs if leg.plan is not PlanCode.PAY_IN_4), None)
        if months is None:
            return value_of(PlanCode.PAY_IN_4)
        if not any(short):
            return value_of(months)
        return graph.case(
            [(graph.lookup(chosen, [False, *short]), value_of(PlanCode.PAY_IN_4))], value_of(months)
        )

    def _by_leg_and_cell(
        self, chosen: Node, cell: Node, none: Any, value_of: Callable[[Terms], int]
    ) -> Node:
        graph = self.graph
        values: list[Any] = [none] * self._cells
        for leg in self.table.legs:
            values += [value_of(terms) if terms else none for terms in leg.terms]
        index = graph.add(graph.multiply(chosen, graph.constant(self._cells)), cell)
        return graph.lookup(index, values)

    def _reason(self, is_zero: Node, cell: Node) -> Node:
        """Return why power is zero: the cell refuses, the limits are too low, or capacity is."""
        graph, limits = self.graph, self.person.limits
        below = []
        for plan in (PlanCode.PAY_IN_4, PlanCode.M3):
            legs = [
                leg for leg in self.table.legs if (leg.plan is plan) == (plan is PlanCode.PAY_IN_4)
            ]
            if not legs:
                continue
            least = [_least_of(legs, place) for place in range(self._cells)]
            below.append(graph.less(self._headroom(legs[0].plan), graph.lookup(cell, least)))
        refusal = graph.lookup(cell, self.table.refusals)
        # The tier's row may close a product by a limit of its own, though the total is open.
        own = [limits[node] for node in self.table.product.limit_nodes]
        is_closed = graph.all_of(
            [
                graph.less(graph.constant(0), limits[LimitNode.TOTAL]),
                graph.any_of([graph.equal(limit, graph.constant(0)) for limit in own]),
            ]
        )
        reason = graph.case(
            [
                (graph.negation(is_zero), graph.constant(None)),
                (graph.is_null(cell), graph.constant("L_UNKNOWN")),
                (graph.negation(graph.is_null(refusal)), refusal),
                (is_closed, graph.constant("P_TIER")),
                (graph.all_of(below), graph.constant("P_LIMIT")),
            ],
            graph.constant("R09"),
        )
        # One type in every edition: rows of a run may span several, and its files are one table.
        return graph.among(reason, ZERO_REASONS)


def _least_of(legs: Sequence[Leg], cell: int) -> int:
    return min(
        (leg.financed_min_cents for leg in legs if leg.terms[cell]), default=UNREACHABLE_CENTS
    )
