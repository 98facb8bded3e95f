"""The person's part of power at a merchant: f in power = f o g, as columns and as inputs."""

from __future__ import annotations

from wherewithal.dmn.ir import Graph, Node
from wherewithal.dmn.types import Type, number
from wherewithal.qualify import contract
from wherewithal.qualify.bundle import PolicyBundle
from wherewithal.qualify.edition import standing_of
from wherewithal.qualify.price_nodes import Standing
from wherewithal.vocabulary.product import LimitNode

#: What a program's answer needs of a decision row, besides the state and the merchant's share.
PERSON_COLUMNS = (
    "pricing_tier",
    *(f"limit_{node.value}_cents" for node in contract.LIMITS),
    "capacity_cents",
    "small_ticket_capacity_cents",
)
MERCHANT_SHARE = "merchant_share_bps"
INPUTS = (*PERSON_COLUMNS, "state", MERCHANT_SHARE)


def standing_inputs(graph: Graph, bundle: PolicyBundle) -> Standing:
    """Return the person's part as inputs, typed as the policy's own results."""
    own = standing_of(bundle)

    def given(name: str, type_: Type) -> Node:
        return graph.input(name, type_.or_null())

    return Standing(
        pricing_tier=given("pricing_tier", own.pricing_tier.type),
        state=given("state", own.state.type),
        limits={
            node: given(f"limit_{node.value}_cents", own.limits[node].type) for node in LimitNode
        },
        capacity=given("capacity_cents", own.capacity.type),
        small_ticket_capacity=given("small_ticket_capacity_cents", own.small_ticket_capacity.type),
        merchant_share_bps=graph.input(MERCHANT_SHARE, number(0, 10_000)),
    )


def tiers_of(bundle: PolicyBundle) -> tuple[str, ...]:
    """Return the pricing tiers of a bundle, in the order of cells."""
    return tuple(sorted(bundle.program.node(contract.PRICING_TIER).type.values or ()))
