"""The person's part of power at a merchant: f in power = f o g, as columns and as inputs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wherewithal.dmn.ir import Graph, Node
from wherewithal.dmn.types import Type, number
from wherewithal.qualify import contract
from wherewithal.qualify.bundle import PolicyBundle
from wherewithal.qualify.edition import STANDING_COLUMNS, standing_of
from wherewithal.qualify.exposure import MERCHANT_BASE, MERCHANT_USED
from wherewithal.qualify.price_nodes import Standing
from wherewithal.qualify.pricing import UNREACHABLE_CENTS
from wherewithal.vocabulary.product import LimitNode

#: What a program's answer needs of a decision row, besides the state and the merchant's part.
PERSON_COLUMNS = STANDING_COLUMNS[:-1]
MERCHANT_SHARE = "merchant_share_bps"
#: What is the same at every merchant, then what is not.
PERSON_INPUTS = (*PERSON_COLUMNS, "state", MERCHANT_BASE)
INPUTS = (*PERSON_INPUTS, MERCHANT_USED, MERCHANT_SHARE)


def person_inputs(person: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return the values of PERSON_INPUTS.

    A decision row has no base of merchants' shares: then nothing is in use, and it is the total.
    """
    base_cents = person.get(MERCHANT_BASE, person["limit_total_cents"])
    return (*(person[name] for name in (*PERSON_COLUMNS, "state")), base_cents)


def merchant_used_cents(person: Mapping[str, Any]) -> int:
    """Return what a person uses at the merchant that is asked about; 0 in a decision row."""
    used_cents: int = person.get(MERCHANT_USED, 0)
    # More than any limit changes nothing.
    return min(used_cents, UNREACHABLE_CENTS)


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
        merchant_base=given(MERCHANT_BASE, own.merchant_base.type),
        merchant_share_bps=graph.input(MERCHANT_SHARE, number(0, 10_000)),
        merchant_used=graph.input(MERCHANT_USED, number(0, UNREACHABLE_CENTS)),
    )


def tiers_of(bundle: PolicyBundle) -> tuple[str, ...]:
    """Return the pricing tiers of a bundle, in the order of cells."""
    return tuple(sorted(bundle.program.node(contract.PRICING_TIER).type.values or ()))
