"""What one person can buy everywhere: answers for every offer, from which every list is read.

A few thousand offers are answered at once; a merchant is looked at only when its row is shown. The
few merchants at which the person owes or holds something answer for themselves, beside the offers.
Equal to `merchant_answers`, field by field.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt

from wherewithal.lending.offered_rates import offered_rates
from wherewithal.qualify.merchant_index import FIXED, MerchantIndex, ProductOffers, own_offers
from wherewithal.qualify.merchants import NOTHING_USED, PASSED
from wherewithal.qualify.pricing import UNREACHABLE_CENTS
from wherewithal.qualify.program_powers import LegPower, Powers
from wherewithal.vocabulary.errors import InvariantBroken
from wherewithal.vocabulary.outcome import DECIDED
from wherewithal.vocabulary.product import ProductCode

Numbers = npt.NDArray[np.int64]
#: Amount financed, note rate, term in months (0: pay in four) and cap, of some answers.
Costs: TypeAlias = tuple[Numbers, Numbers, Numbers, Numbers]
_KEYED_MAX = 10**8
_DECIDED = tuple(outcome.value for outcome in DECIDED)


class ShelfAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What a product can buy at a merchant, and what it costs; zero has its reason."""

    product: ProductCode
    program_id: str | None
    power_cents: int
    financed_cents: int
    plan: str | None = None
    #: By tier and term, as `merchant_answers` has it; None where power is zero.
    note_rate_bps: int | None = None
    #: The note rate of the offer for this power: lower where a cap of the law asks for it.
    offered_rate_bps: int | None = None
    #: Regulation Z, from the rounded schedule for this power; 0 and voluntary for pay in four.
    apr_bps: int | None = None
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LegsAt:
    """What one person can buy with one product at one merchant, leg by leg."""

    #: Over the merchant's own programs.
    offers: ProductOffers
    #: Under all legs of each program.
    powers: Powers
    #: By program, then by the leg's place in its table; a leg with no power is left out.
    by_leg: tuple[dict[int, LegPower], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductShelf:
    """A product's answers for one person."""

    offers: ProductOffers
    cell: int
    powers: Powers
    #: By answer: power, and what tells which of several gates is chosen, the greatest.
    power_cents: Numbers
    score: Numbers

    def chosen(self, offers: Numbers) -> Numbers:
        """Return the answers that some offers give: of equal gates, the first."""
        places = self.offers.answer
        answer = places[0].take(offers)
        for others in places[1:]:
            having = np.flatnonzero(offers < len(others))
            other = others.take(offers[having])
            own = answer[having]
            better = self.score.take(other) > self.score.take(own)
            answer[having] = np.where(better, other, own)
        return answer

    def chosen_by_offer(self) -> Numbers:
        """Return the answers that all offers give."""
        places = self.offers.answer
        answer = places[0].copy()
        for others in places[1:]:
            own = answer[: len(others)]
            np.copyto(own, others, where=self.score.take(others) > self.score.take(own))
        return answer

    def most_by_offer(self, ranks: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return the greatest rank of each offer's gates, given one that grows with power."""
        places = self.offers.answer
        found = ranks.take(places[0])
        for others in places[1:]:
            own = found[: len(others)]
            np.maximum(own, ranks.take(others), out=own)
        return found

    def costs(self, answers: Numbers) -> Costs:
        """Return amount financed, note rate, term (0: pay in four) and cap, given power."""
        prices, powers = self.offers.prices, self.powers
        programs = answers % powers.leg.shape[1]
        if self.offers.only is not None:
            programs = np.array(self.offers.only, np.int64).take(programs)
        kinds = prices.kind[self.cell, powers.leg.ravel()[answers] - 1, 0, programs]
        return (
            powers.financed_cents.ravel()[answers],
            powers.note_rate_bps.ravel()[answers],
            prices.term_of_rate[kinds],
            prices.cap_of_rate[kinds],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """All answers of one person under one index."""

    index: MerchantIndex
    products: tuple[ProductShelf, ...]
    #: Where something is in use: positions, ascending; by product their own answers, one offer for
    #: each of these merchants.
    used_positions: tuple[int, ...] = ()
    used_products: tuple[ProductShelf, ...] = ()

    def answers_at(
        self, positions: Sequence[int], products: Sequence[ProductCode] = ()
    ) -> list[list[ShelfAnswer]]:
        """Return the answers at some merchants, by position; of all products, or of these."""
        numbers = [
            number
            for number, shelf in enumerate(self.products)
            if not products or shelf.offers.product.code in products
        ]
        classes = self.index.classes
        class_of = classes.class_of[np.array(positions, np.int64)]
        offers = [classes.offer_of[number][class_of].tolist() for number in numbers]
        shelves = [self.products[number] for number in numbers]
        columns = [sorted(set(column)) for column in offers]
        used = {one: place for place, one in enumerate(self.used_positions)}
        mine = sorted({used[one] for one in positions if one in used})
        if mine:
            shelves += [self.used_products[number] for number in numbers]
            columns += [mine] * len(numbers)
        rates = _rates(shelves, columns)
        made = [
            _made(shelf, column, known)
            for shelf, column, known in zip(shelves, columns, rates, strict=True)
        ]
        count = len(numbers)
        return [
            [known[used[one]] for known in made[count:]]
            if one in used
            else [known[offer] for known, offer in zip(made[:count], row, strict=True)]
            for one, row in zip(positions, zip(*offers, strict=True), strict=True)
        ]


def aprs_by_answer(shelf: ProductShelf, chosen: Numbers) -> Numbers:
    """Return the APR of the chosen answers in basis points; -1 without power, or if not chosen."""
    found = np.full(len(shelf.power_cents), -1, np.int64)
    needed = np.zeros(len(shelf.power_cents), np.bool_)
    needed[chosen] = True
    answers = np.flatnonzero(needed & (shelf.power_cents > 0))
    if len(answers):
        found[answers] = _rates_of(shelf.costs(answers))[1]
    return found


def shelf_of(
    index: MerchantIndex,
    person: Mapping[str, Any],
    *,
    used_at: Mapping[str, int] = NOTHING_USED,
) -> Shelf | None:
    """Return what a decided person can buy everywhere.

    `person` has the PERSON_COLUMNS, `state` and `outcome` of a decision row, or what is left of
    them (`person_left`); then `used_at` says what is used by key of merchant, in cents.
    Null:   None for a person who was not decided: unknown is not zero.
    """
    if not is_decided(person):
        return None
    shares = index.columns.shares_bps
    products = tuple(_product_shelf(offers, person, shares=shares) for offers in index.products)
    used = _used_positions(index, used_at)
    return Shelf(
        index=index,
        products=products,
        used_positions=tuple(used),
        used_products=_own_shelves(index, person, used) if used else (),
    )


def _used_positions(index: MerchantIndex, used_at: Mapping[str, int]) -> dict[int, int]:
    """Return what is used by position, ascending; a merchant that has left has none."""
    found = ((index.position(merchant_id), cents) for merchant_id, cents in used_at.items())
    return dict(sorted((one, cents) for one, cents in found if one is not None and cents))


def _own_shelves(
    index: MerchantIndex, person: Mapping[str, Any], used: Mapping[int, int]
) -> tuple[ProductShelf, ...]:
    """Return by product the answers of some merchants, each of them an offer of its own."""
    return tuple(
        _product_shelf(
            own,
            person,
            shares=[index.gates_at(position, number)[0] for position in used],
            used=[min(cents, UNREACHABLE_CENTS) for cents in used.values()],
        )
        for number, own in enumerate(index.offers_of(tuple(used)))
    )


def answers_at_merchant(
    index: MerchantIndex,
    person: Mapping[str, Any],
    position: int,
    products: Sequence[ProductCode] = (),
) -> tuple[ShelfAnswer, ...]:
    """Return the answer of every product, or of these, at one merchant, as a shelf would.

    What is in use there is a column of the person's: MERCHANT_USED. None if not decided.
    """
    return tuple(one for one, _ in products_at_merchant(index, person, position, products))


def products_at_merchant(
    index: MerchantIndex,
    person: Mapping[str, Any],
    position: int,
    products: Sequence[ProductCode] = (),
) -> list[tuple[ShelfAnswer, LegsAt]]:
    """Return `answers_at_merchant`, each with what its legs carry."""
    if not is_decided(person):
        return []
    found = [
        legs_at_merchant(index, person, position, number)
        for number, one in enumerate(index.products)
        if not products or one.product.code in products
    ]
    shelves = [_shelf_with(one.offers, person, one.powers) for one in found]
    rates = _rates(shelves, [[0]] * len(shelves))
    return [
        (_made(shelf, [0], known)[0], one)
        for shelf, known, one in zip(shelves, rates, found, strict=True)
    ]


def legs_at_merchant(
    index: MerchantIndex, person: Mapping[str, Any], position: int, product: int
) -> LegsAt:
    """Return what a product, counted in the order of the catalogue, carries at one merchant."""
    share_bps, gates = index.gates_at(position, product)
    offers = own_offers(index.products[product], [gates])
    prices = offers.prices
    found = prices.powers_at(person, share_bps=share_bps, programs=offers.only or ())
    return LegsAt(offers=offers, powers=found.powers, by_leg=found.by_leg)


def is_decided(person: Mapping[str, Any]) -> bool:
    """Return whether anything is known of a person's power."""
    outcome = person["outcome"]
    return getattr(outcome, "value", outcome) in _DECIDED


def _product_shelf(
    offers: ProductOffers,
    person: Mapping[str, Any],
    *,
    shares: Sequence[int],
    used: Sequence[int] | None = None,
) -> ProductShelf:
    powers = offers.prices.powers(person, shares=shares, used=used, only=offers.only)
    return _shelf_with(offers, person, powers)


def _shelf_with(offers: ProductOffers, person: Mapping[str, Any], powers: Powers) -> ProductShelf:
    each = len(offers.program_ids) + 1
    power = np.concatenate([powers.power_cents.ravel(), np.zeros(len(FIXED) * each, np.int64)])
    # The last stands for no reason: position -1.
    passed = np.array([*(PASSED[code] for code in powers.reasons), PASSED[None]], np.int64)
    fixed = np.repeat(np.array([PASSED[code] for code in FIXED], np.int64), each)
    # More power first; of zeros, the one that passed more gates.
    score = power * len(PASSED) + np.concatenate([passed[powers.reason.ravel()], fixed])
    return ProductShelf(
        offers=offers,
        cell=offers.prices.cell(person),
        powers=powers,
        power_cents=power,
        score=score,
    )


def _made(
    shelf: ProductShelf, offers: Sequence[int], rates: Mapping[int, tuple[int, int]]
) -> dict[int, ShelfAnswer]:
    """Return the answers of some offers; `rates` has those with power."""
    powers, prices = shelf.powers, shelf.offers.prices
    answers = shelf.chosen(np.array(offers, np.int64))
    # What stands after all programs is a fixed reason; any place will do for the rest of it.
    inside = np.minimum(answers, powers.leg.size - 1)
    columns = zip(
        offers,
        answers.tolist(),
        shelf.power_cents[answers].tolist(),
        powers.financed_cents.ravel()[inside].tolist(),
        powers.leg.ravel()[inside].tolist(),
        powers.note_rate_bps.ravel()[inside].tolist(),
        powers.reason.ravel()[inside].tolist(),
        strict=True,
    )
    found: dict[int, ShelfAnswer] = {}
    for offer, answer, power, financed, leg, rate, reason in columns:
        program_id = shelf.offers.program_of(answer)
        if power:
            offered, apr = rates[offer]
            found[offer] = ShelfAnswer(
                product=shelf.offers.product.code,
                program_id=program_id,
                power_cents=power,
                financed_cents=financed,
                plan=prices.legs[leg - 1].value,
                note_rate_bps=rate,
                offered_rate_bps=offered,
                apr_bps=apr,
                reason=None,
            )
        else:
            found[offer] = ShelfAnswer(
                product=shelf.offers.product.code,
                program_id=program_id,
                power_cents=0,
                financed_cents=0,
                reason=shelf.offers.fixed_reason_of(answer) or powers.reasons[reason],
            )
    return found


def _rates(
    shelves: Sequence[ProductShelf], offers: Sequence[Sequence[int]]
) -> list[dict[int, tuple[int, int]]]:
    """Return by product the offered note rate and APR of some of its offers, where power is."""
    able: list[list[int]] = []
    costs: list[Costs] = []
    for shelf, column in zip(shelves, offers, strict=True):
        answers = shelf.chosen(np.array(column, np.int64))
        has_power = shelf.power_cents[answers] > 0
        able.append(np.array(column, np.int64)[has_power].tolist())
        costs.append(shelf.costs(answers[has_power]))
    columns = [np.concatenate(column) for column in zip(*costs, strict=True)]
    rates, aprs = _rates_of((columns[0], columns[1], columns[2], columns[3]))
    both = iter(zip(rates.tolist(), aprs.tolist(), strict=True))
    return [{offer: next(both) for offer in column} for column in able]


def _rates_of(costs: Costs) -> tuple[Numbers, Numbers]:
    """Return offered note rates and APRs; equal plans are worked out once."""
    financed, rate, term, cap = costs
    # Terms up to 127 months, rates and caps up to 16,383 basis points; larger amounts do not fit.
    if not len(financed):
        return financed, financed
    if financed.max() > _KEYED_MAX:
        key = np.arange(len(financed))
    else:
        key = ((financed * 128 + term) * 16_384 + rate) * 16_384 + cap
    _, first, each = np.unique(key, return_index=True, return_inverse=True)
    rates, aprs = offered_rates(
        principal_cents=financed[first],
        # Pay in four carries no interest.
        note_rate_bps=np.where(term[first] > 0, rate[first], 0),
        term_months=np.maximum(term[first], 1),
        apr_cap_bps=cap[first],
    )
    if np.any(aprs > cap[first]):
        message = "an APR was about to leave above its cap"
        raise InvariantBroken(message)
    return rates[each], aprs[each]
