"""Offers at a merchant without a person: "as low as", with every term that must stand beside it.

The best that the grid gives to anyone in a state, for an example amount. It is an advertisement: a
representative example, no offer to anybody, and worded so by whoever shows it.
Source: 12 CFR 1026.24(c), (d)(1) and (d)(2).
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from wherewithal.qualify.merchant_index import MerchantIndex
from wherewithal.qualify.offers import Offer, carries, offer_of_leg
from wherewithal.qualify.pricing import Leg, PriceTable
from wherewithal.vocabulary.errors import DomainError
from wherewithal.vocabulary.facts import STATES
from wherewithal.vocabulary.product import ProductCode

CLAIM = "advertisement"
LABEL = "Representative example, not an offer to you."
#: The example where nobody names an amount, moved into the range of the program.
EXAMPLE_CENTS = 50_000
#: Why a product has nothing to advertise, besides the reasons of a gate.
NO_PLAN = "no_plan_for_amount"


class AdvertisedTerms(msgspec.Struct, frozen=True, kw_only=True):
    """One plan at its best, with the companions that any trigger term asks for."""

    offer: Offer
    #: 1026.24(d)(2)(i): the down payment, of the basket.
    down_payment_bps: int
    #: 1026.24(d)(2)(ii): the terms of repayment over the full term; the last may be smaller.
    payments_count: int
    payment_cents: int
    last_payment_cents: int
    #: Days between payments of pay in four; None: a month.
    payment_days: int | None
    #: 1026.24(d)(2)(iii): by the name "annual percentage rate"; the offer's own.
    apr_bps: int
    #: States of residence in which somebody can have exactly these terms.
    states: tuple[str, ...]


class AdvertisedProduct(msgspec.Struct, frozen=True, kw_only=True):
    """What a merchant may say of one product to anyone."""

    product: ProductCode
    claim: str = CLAIM
    label: str = LABEL
    #: The best terms of each plan of each program, in the merchant's and the product's order.
    terms: tuple[AdvertisedTerms, ...]
    #: Of these: the lowest APR, then the lowest payment; and the other way round.
    lowest_apr: AdvertisedTerms | None
    lowest_payment: AdvertisedTerms | None
    #: Why there are none.
    reason: str | None


def advertised_at(
    index: MerchantIndex, position: int, *, state: str | None, amount_cents: int | None
) -> tuple[AdvertisedProduct, ...]:
    """Return what may be advertised at a merchant, in the order of the catalogue.

    `state` is one of residence, or None for the best in any; `amount_cents` is a basket, or None
    for an example that each program carries.
    Errors: DomainError for a state that is none, or an amount below 1.
    """
    if state is not None and state not in STATES:
        raise DomainError("state must be a USPS code of a state or DC")
    if amount_cents is not None and amount_cents < 1:
        raise DomainError("amount_cents must be at least 1")
    found: list[AdvertisedProduct] = []
    for number, offers in enumerate(index.products):
        _, gates = index.gates_at(position, number)
        terms: list[AdvertisedTerms] = []
        reason: str | None = None
        for gate in gates:
            if gate.program is None or gate.reason is not None:
                reason = gate.reason
                continue
            column = offers.program_ids.index(gate.program.program_id)
            table = offers.prices.tables[column]
            terms += _of_program(index, table, state=state, amount_cents=amount_cents)
            reason = _refusal(table, state) or NO_PLAN
        found.append(
            AdvertisedProduct(
                product=offers.product.code,
                terms=tuple(terms),
                lowest_apr=min(terms, key=_by_apr, default=None),
                lowest_payment=min(terms, key=_by_payment, default=None),
                reason=None if terms else reason,
            )
        )
    return tuple(found)


def _by_apr(terms: AdvertisedTerms) -> tuple[int, int]:
    return terms.apr_bps, terms.payment_cents


def _by_payment(terms: AdvertisedTerms) -> tuple[int, int]:
    return terms.payment_cents, terms.apr_bps


def _of_program(
    index: MerchantIndex, table: PriceTable, *, state: str | None, amount_cents: int | None
) -> list[AdvertisedTerms]:
    program = table.program
    basket_cents = amount_cents
    if basket_cents is None:
        basket_cents = min(max(EXAMPLE_CENTS, program.basket_min_cents), program.basket_max_cents)
    if not program.basket_min_cents <= basket_cents <= program.basket_max_cents:
        return []
    found: dict[str, AdvertisedTerms] = {}
    for leg in table.legs:
        if leg.plan.value not in found and carries(leg, basket_cents):
            best = _best(index, table, leg, state=state, basket_cents=basket_cents)
            if best is not None:
                found[leg.plan.value] = best
    return list(found.values())


def _best(
    index: MerchantIndex, table: PriceTable, leg: Leg, *, state: str | None, basket_cents: int
) -> AdvertisedTerms | None:
    """Return the leg at the lowest APR that any tier has; of equal ones, the lowest payment."""
    cells: dict[int, list[int]] = {}
    for cell, kind in enumerate(leg.kind_of):
        if kind and (state is None or STATES[cell % len(STATES)] == state):
            cells.setdefault(kind, []).append(cell)
    by_cost: dict[tuple[int, int], list[int]] = {}
    for kind, own in cells.items():
        terms = leg.kinds[kind]
        if terms is not None:
            by_cost.setdefault((terms.note_rate_bps, terms.apr_cap_bps), []).extend(own)
    # The lowest note rate is the lowest APR but for cents of rounding: those above it by a point
    # cannot win.
    lowest = min((rate for rate, _ in by_cost), default=0)
    offers = [
        (
            offer_of_leg(table, leg, cell=own[0], basket_cents=basket_cents, start_on=index.on),
            own,
        )
        for (rate, _), own in by_cost.items()
        if rate <= lowest + 100
    ]
    if not offers:
        return None
    best = min(offers, key=lambda one: (one[0].apr_bps, one[0].payment_cents))[0]
    same = [own for offer, own in offers if _cost(offer) == _cost(best)]
    return _terms(best, [cell for own in same for cell in own])


def _cost(offer: Offer) -> tuple[int, int]:
    return offer.apr_bps, offer.payment_cents


def _terms(offer: Offer, cells: Sequence[int]) -> AdvertisedTerms:
    later = offer.payments[1:] if offer.plan.term_months is None else offer.payments
    places = sorted({cell % len(STATES) for cell in cells})
    return AdvertisedTerms(
        offer=offer,
        down_payment_bps=offer.down_payment_cents * 10_000 // offer.basket_cents,
        payments_count=len(later),
        payment_cents=later[0].amount_cents,
        last_payment_cents=later[-1].amount_cents,
        payment_days=14 if offer.plan.term_months is None else None,
        apr_bps=offer.apr_bps,
        states=tuple(STATES[place] for place in places),
    )


def _refusal(table: PriceTable, state: str | None) -> str | None:
    """Return why the program has no leg for anyone there; None where it has one for somebody."""
    own = [
        refusal
        for cell, refusal in enumerate(table.refusals)
        if state is None or STATES[cell % len(STATES)] == state
    ]
    known = [refusal for refusal in own if refusal is not None]
    return known[0] if len(known) == len(own) else None
