"""A bundle as it stands on a day: one graph from facts to power, and its two executors.

What a table cannot say is added here, as nodes of the same graph: typed failures come first, then
the age of contract, a missing state, then the policy's outcome; power by the house programs; and a
key that packs the matched rules, from which the reasons are read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from wherewithal.dmn import types as t
from wherewithal.dmn.columnar import ColumnarPlan, compile_columnar
from wherewithal.dmn.ir import Node
from wherewithal.dmn.scalar import compile_scalar
from wherewithal.qualify import contract
from wherewithal.qualify.power import Power, Standing, program_power
from wherewithal.qualify.pricing import PriceTable, price_table
from wherewithal.qualify.signature import Screen, Signature, compile_signature, is_lowered
from wherewithal.vocabulary.facts import STATES
from wherewithal.vocabulary.outcome import Outcome
from wherewithal.vocabulary.product import LimitNode, ProductCode

if TYPE_CHECKING:
    from wherewithal.qualify.bundle import PolicyBundle

#: Of a decision row, what power is computed from, at any merchant: limits, capacity, tier, state.
STANDING_COLUMNS: Final = (
    "pricing_tier",
    *(f"limit_{node.value}_cents" for node in contract.LIMITS),
    "capacity_cents",
    "small_ticket_capacity_cents",
    "state",
)
#: An input besides the facts: the typed failure that a source found, or null.
FAILURE = "failure"


@dataclass(frozen=True, kw_only=True)
class Edition:
    """The compiled core of a bundle from one day on."""

    on: date
    #: Facts in catalogue order, then the failure.
    inputs: tuple[str, ...]
    #: What a decision row carries, by column name.
    outputs: Mapping[str, Node]
    #: Decision -> the groups of its table, as `<decision>#<group>` of `traces`.
    traces: Mapping[str, Node]
    price_tables: Mapping[ProductCode, PriceTable]
    signature: Signature

    @cached_property
    def scalar(self) -> Callable[..., tuple[Any, ...]]:
        """Return the function of the inputs that returns outputs, then traces."""
        return compile_scalar({**self.outputs, **self.traces}, inputs=self.inputs)

    @cached_property
    def columnar(self) -> ColumnarPlan:
        """Return the plan that computes the outputs of a frame."""
        return compile_columnar(self.outputs, inputs=self.inputs)

    @cached_property
    def standing_columnar(self) -> ColumnarPlan:
        """Return the plan of the columns alone that power is computed from; half the work."""
        outputs = {name: self.outputs[name] for name in STANDING_COLUMNS}
        return compile_columnar(outputs, inputs=self.inputs)


def compile_edition(bundle: PolicyBundle, *, on: date) -> Edition:
    """Return the bundle's edition of a day."""
    graph, program = bundle.graph, bundle.program
    failure = graph.input(FAILURE, t.text(frozenset(o.value for o in Outcome), nullable=True))
    standing = standing_of(bundle)
    tables = {
        product.code: price_table(
            product.house_program,
            product=product,
            grid=bundle.grid,
            tiers=sorted(program.node(contract.PRICING_TIER).type.values or ()),
            law=bundle.law,
            on=on,
        )
        for product in bundle.catalogue.products
    }
    powers = {code: program_power(graph, table, standing) for code, table in tables.items()}
    policy_outcome, screen = _screened(bundle, failure)
    is_open = graph.equal(policy_outcome, graph.constant(Outcome.APPROVED.value))
    total = graph.greatest([power.power_cents for power in powers.values()])
    is_zero = graph.all_of([is_open, graph.equal(total, graph.constant(0))])
    # An approval that can buy nothing is a decline, and says what stands in the way.
    outcome = graph.case([(is_zero, graph.constant(Outcome.DECLINED.value))], policy_outcome)
    outputs = _outputs(bundle, outcome, powers, total)
    signature = compile_signature(
        bundle, outcome=outcome, screen=screen, powers=powers, is_zero=is_zero
    )
    outputs["reason_key"] = signature.key
    outputs["has_reasons"] = _has_reasons(bundle, outcome, is_lowered(graph, powers))
    traces = {
        f"{compiled.decision}#{place}": group
        for compiled in program.tables
        for place, group in enumerate(compiled.groups)
    }
    return Edition(
        on=on,
        inputs=(*bundle.facts, FAILURE),
        outputs=outputs,
        traces=traces,
        price_tables=tables,
        signature=signature,
    )


def standing_of(bundle: PolicyBundle) -> Standing:
    """Return the nodes of a person's decision that power is computed from."""
    program, graph = bundle.program, bundle.graph
    limits = {node: program.node(name) for node, name in contract.LIMITS.items()}
    return Standing(
        pricing_tier=program.node(contract.PRICING_TIER),
        state=bundle.facts["state"],
        limits=limits,
        capacity=program.node(contract.CAPACITY),
        small_ticket_capacity=program.node(contract.SMALL_TICKET_CAPACITY),
        merchant_base=limits[LimitNode.TOTAL],
        merchant_share_bps=graph.constant(10_000),
        merchant_used=None,
    )


def _screened(bundle: PolicyBundle, failure: Node) -> tuple[Node, Node]:
    """Return the outcome before power, and the Screen that settled it.

    A typed failure comes first, then the age of contract, then a state that nobody stated: without
    it no law row is found, and what can still be asked for is no decline. Else the policy decides.
    """
    graph = bundle.graph
    ages = [bundle.law.contract_age(state) for state in STATES]
    state = graph.position(bundle.facts["state"], STATES)
    screens = {
        Screen.FAILURE: (graph.negation(graph.is_null(failure)), failure),
        Screen.AGE: (
            graph.less(bundle.facts["age_years"], graph.lookup(state, ages)),
            graph.constant(Outcome.MINOR.value),
        ),
        Screen.STATE: (graph.is_null(state), graph.constant(Outcome.INCOMPLETE.value)),
    }
    outcome = graph.case(list(screens.values()), bundle.program.node(contract.OUTCOME))
    by_number = [(holds, graph.constant(screen.value)) for screen, (holds, _) in screens.items()]
    return outcome, graph.case(by_number, graph.constant(Screen.NOTHING.value))


def _has_reasons(bundle: PolicyBundle, outcome: Node, lowered: Node) -> Node:
    """Return whether the key explains anything: all but full approvals at their points' tier."""
    graph, program = bundle.graph, bundle.program
    ranks = [program.node(name) for name in (contract.POINTS_RANK, contract.TIER_RANK)]
    approved = graph.equal(outcome, graph.constant(Outcome.APPROVED.value))
    full = graph.all_of([approved, graph.equal(*ranks), graph.negation(lowered)])
    return graph.negation(full)


def _outputs(
    bundle: PolicyBundle,
    outcome: Node,
    powers: Mapping[ProductCode, Power],
    total: Node,
) -> dict[str, Node]:
    """Return the columns of a decision row: null is unknown.

    A declined person's power is 0 already, because the tier has no limits or no leg fits; only
    what was not decided has to be made null.
    """
    graph, program = bundle.graph, bundle.program
    null = graph.constant(None)
    decided = graph.any_of(
        [
            graph.equal(outcome, graph.constant(Outcome.APPROVED.value)),
            graph.equal(outcome, graph.constant(Outcome.DECLINED.value)),
        ]
    )

    def if_decided(node: Node) -> Node:
        return graph.case([(decided, node)], null)

    outputs = {
        "outcome": outcome,
        # Power at a merchant depends on it too, so that a decision row is all that a reader needs.
        "state": if_decided(bundle.facts["state"]),
        "score_points": if_decided(program.node(contract.POINTS)),
        "tier": if_decided(program.node(contract.TIER)),
        "pricing_tier": if_decided(program.node(contract.PRICING_TIER)),
        "capacity_cents": if_decided(program.node(contract.CAPACITY)),
        "small_ticket_capacity_cents": if_decided(program.node(contract.SMALL_TICKET_CAPACITY)),
        "power_total_cents": if_decided(total),
    }
    for node, name in contract.LIMITS.items():
        outputs[f"limit_{node.value}_cents"] = if_decided(program.node(name))
    for code, power in powers.items():
        outputs[f"power_{code.value}_cents"] = if_decided(power.power_cents)
        outputs[f"plan_{code.value}"] = if_decided(power.plan)
        outputs[f"note_rate_{code.value}_bps"] = if_decided(power.note_rate_bps)
        outputs[f"reason_{code.value}"] = if_decided(power.reason)
    return outputs
