"""One merchant for one person: what each product buys there, and the plans for one basket.

Power is quoted at one plan; a basket may fit another. Each leg of each program is answered alone,
by the same graph, so that every plan that truly fits is found, and the most that would.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import msgspec

from wherewithal.qualify.merchant_index import MerchantIndex
from wherewithal.qualify.offers import Offer, amount_financed_cents, carries, offer_of_leg
from wherewithal.qualify.pricing import Leg, PriceTable
from wherewithal.qualify.program_powers import Bound
from wherewithal.qualify.shelf import (
    LegsAt,
    ShelfAnswer,
    legs_at_merchant,
    products_at_merchant,
)
from wherewithal.vocabulary.errors import DomainError
from wherewithal.vocabulary.product import ProductCode
from wherewithal.vocabulary.program import PlanCode

#: No basket is larger; far above every program.
BASKET_MAX_CENTS = 10**10


class Refusal(StrEnum):
    """Why no plan carries a basket, where some plan would carry another."""

    #: The basket is smaller than any plan carries.
    BELOW_LEAST = "below_least"
    #: It lies above some plans and below others.
    BETWEEN_PLANS = "between_plans"
    #: It is larger than any plan carries: by the person's limits, by what the person can bear each
    #: month, or by the program.
    ABOVE_LIMITS = "above_limits"
    ABOVE_CAPACITY = "above_capacity"
    ABOVE_PROGRAM = "above_program"


_ABOVE = {
    Bound.LIMITS: Refusal.ABOVE_LIMITS,
    Bound.CAPACITY: Refusal.ABOVE_CAPACITY,
    Bound.PROGRAM: Refusal.ABOVE_PROGRAM,
}


class BasketProduct(msgspec.Struct, frozen=True, kw_only=True):
    """What one product says to one basket at a merchant."""

    product: ProductCode
    #: What it buys at the most under the plan that power is quoted at; its reason where nothing.
    answer: ShelfAnswer
    #: Every plan that fits, in the merchant's order of programs and the product's of plans.
    offers: tuple[Offer, ...]
    #: Why there is none, where another basket would have one; None if the answer's reason says it.
    refusal: Refusal | None
    #: The least and the most that some plan carries, and the offer for the most; None if none does.
    least_cents: int | None
    most_cents: int | None
    most_offer: Offer | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fit:
    """The baskets that one leg carries for the person, both ends inclusive."""

    table: PriceTable
    leg: Leg
    least_cents: int
    most_cents: int
    bound: Bound


def basket_at(
    index: MerchantIndex,
    person: Mapping[str, Any],
    position: int,
    *,
    basket_cents: int,
    products: Sequence[ProductCode] = (),
) -> tuple[BasketProduct, ...]:
    """Return what every product, or each of these, says to a basket at a merchant.

    The order is that of the catalogue.

    A basket is offered where it lies between a leg's least and the person's power under that leg:
    then what is lent fits every limit, its payments fit capacity, and the law allows it.
    Null:   a person who was not decided gets nothing: unknown is not zero.
    Errors: DomainError for a basket that is not from 1 to BASKET_MAX_CENTS.
    """
    _check_basket(basket_cents)
    return tuple(
        _product(index, _fits(at), person, answer, basket_cents=basket_cents)
        for answer, at in products_at_merchant(index, person, position, products)
    )


def offer_at(
    index: MerchantIndex,
    person: Mapping[str, Any],
    position: int,
    *,
    product: ProductCode,
    plan: PlanCode,
    basket_cents: int,
) -> Offer | None:
    """Return the first offer of `basket_at` for a product and a plan, alone; None if it has none.

    It is asked while an account is locked: nothing else is worked out. `person` was decided.
    Errors: DomainError as of `basket_at`.
    """
    _check_basket(basket_cents)
    codes = [offers.product.code for offers in index.products]
    if product not in codes:
        return None
    for fit in _fits(legs_at_merchant(index, person, position, codes.index(product))):
        if fit.leg.plan is plan and fit.least_cents <= basket_cents <= fit.most_cents:
            return _offer(index, person, fit, basket_cents)
    return None


def _check_basket(basket_cents: int) -> None:
    if type(basket_cents) is not int or not 1 <= basket_cents <= BASKET_MAX_CENTS:
        raise DomainError(f"basket_cents must be a whole number from 1 to {BASKET_MAX_CENTS}")


def _offer(index: MerchantIndex, person: Mapping[str, Any], fit: _Fit, basket_cents: int) -> Offer:
    cell = fit.table.cell(pricing_tier=person["pricing_tier"], state=person["state"])
    return offer_of_leg(fit.table, fit.leg, cell=cell, basket_cents=basket_cents, start_on=index.on)


def _product(
    index: MerchantIndex,
    fits: Sequence[_Fit],
    person: Mapping[str, Any],
    answer: ShelfAnswer,
    *,
    basket_cents: int,
) -> BasketProduct:
    chosen: dict[tuple[str, PlanCode], _Fit] = {}
    for fit in fits:
        if fit.least_cents <= basket_cents <= fit.most_cents:
            # Of two bands of a plan that touch, the first is offered, as `offer_for` has it.
            chosen.setdefault((fit.table.program.program_id, fit.leg.plan), fit)
    most = max(fits, key=lambda fit: fit.most_cents, default=None)
    least = min((fit.least_cents for fit in fits), default=None)
    refusal = None
    if most is not None and least is not None and not chosen:
        refusal = Refusal.BETWEEN_PLANS
        if basket_cents < least:
            refusal = Refusal.BELOW_LEAST
        elif basket_cents > most.most_cents:
            refusal = _ABOVE[most.bound]
    return BasketProduct(
        product=answer.product,
        answer=answer,
        offers=tuple(_offer(index, person, fit, basket_cents) for fit in chosen.values()),
        refusal=refusal,
        least_cents=least,
        most_cents=most.most_cents if most else None,
        most_offer=_offer(index, person, most, most.most_cents) if most else None,
    )


def _fits(at: LegsAt) -> list[_Fit]:
    """Return what each leg carries for the person, in the merchant's order of programs."""
    offers, found = at.offers, list[_Fit]()
    for place in offers.answer:
        answer = int(place[0])
        if answer >= offers.answers_count:
            # What stands whoever asks: nothing is carried there.
            continue
        column = answer % len(offers.program_ids)
        table = offers.prices.tables[(offers.only or ())[column]]
        for number, power in at.by_leg[column].items():
            leg = table.legs[number]
            least = least_basket_cents(leg, table.program.basket_min_cents)
            if least <= power.power_cents:
                found.append(
                    _Fit(
                        table=table,
                        leg=leg,
                        least_cents=least,
                        most_cents=power.power_cents,
                        bound=power.bound,
                    )
                )
    return found


@functools.lru_cache(maxsize=4_096)
def _least_basket_cents(
    plan: PlanCode, band: tuple[int, int], *, down_payment_bps: int, basket_min_cents: int
) -> int:
    """Return `least_basket_cents`: programs share a few hundred bands, and requests ask again."""
    leg = Leg(
        plan=plan,
        financed_min_cents=band[0],
        financed_max_cents=band[1],
        down_payment_bps=down_payment_bps,
        kinds=(None,),
        kind_of=(),
    )
    low, high = basket_min_cents, max(basket_min_cents, 4 * leg.financed_max_cents)
    # What is lent never falls as the basket grows.
    while low < high:
        middle = (low + high) // 2
        if carries(leg, middle) or amount_financed_cents(leg, middle) > leg.financed_max_cents:
            high = middle
        else:
            low = middle + 1
    return low


def least_basket_cents(leg: Leg, basket_min_cents: int) -> int:
    """Return the smallest basket, not below a program's least, whose amount financed a leg takes.

    >>> leg = Leg(
    ...     plan=PlanCode.M12, financed_min_cents=30_000, financed_max_cents=90_000,
    ...     down_payment_bps=1_000, kinds=(None,), kind_of=(),
    ... )
    >>> least_basket_cents(leg, 15_000), amount_financed_cents(leg, 33_333)
    (33333, 30000)
    """
    return _least_basket_cents(
        leg.plan,
        (leg.financed_min_cents, leg.financed_max_cents),
        down_payment_bps=leg.down_payment_bps,
        basket_min_cents=basket_min_cents,
    )
