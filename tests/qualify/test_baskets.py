"""A basket at a merchant against every plan tried cent by cent around each edge, by hand."""

from __future__ import annotations

import random
from datetime import date

import polars as pl
import pytest

from tests.qualify import by_hand
from wherewithal.qualify.advertised import LABEL, advertised_at
from wherewithal.qualify.baskets import Refusal, basket_at, offer_at
from wherewithal.qualify.merchant_index import merchant_index, merchants_frame
from wherewithal.vocabulary.errors import DomainError
from wherewithal.vocabulary.program import PlanCode

ON = date(2010, 12, 1)


@pytest.fixture(scope="module")
def index(bundle, directory):
    return merchant_index(merchants_frame(directory), directory.programs, bundle=bundle, on=ON)


@pytest.fixture(scope="module")
def people(borrowers, decisions):
    whole = decisions.drop("state", strict=False).with_columns(borrowers["state"])
    rows = pl.concat(
        [whole.filter(pl.col("tier") == tier).sample(4, seed=9) for tier in "ABCDEX"]
    ).to_dicts()
    chance = random.Random(12)
    states = ["OH", "CA", "VT", "AR", "HI", "ME", "NY"]
    return [{**row, "state": chance.choice(states)} | _in_use(row, chance) for row in rows]


def _in_use(row, chance) -> dict[str, int]:
    """Return what is left of somebody who bought elsewhere and at the merchant, or nothing."""
    if chance.random() < 0.5:
        return {}
    total = row["limit_total_cents"]
    there = chance.randrange(0, 1 + total // 2)
    used = there + chance.randrange(0, 1 + total // 4)
    lowered = {name: max(0, row[name] - used) for name in row if name.startswith("limit_")}
    return {**lowered, "merchant_base_cents": total, "merchant_used_cents": there}


def _by_hand(row) -> by_hand.Person:
    return by_hand.Person(
        tier=row["tier"],
        points=row["score_points"],
        state=row["state"],
        limits={node: row[f"limit_{node}_cents"] for node in by_hand.NODES},
        capacity=row["capacity_cents"],
        small_capacity=row["small_ticket_capacity_cents"],
        merchant_base=row.get("merchant_base_cents"),
        merchant_used=row.get("merchant_used_cents", 0),
    )


def _plans_by_hand(row, merchant, product, book, basket) -> set[tuple[str, str]]:
    """Return (program, plan) of every plan that carries a basket: rule by rule, for this amount."""
    person, found = _by_hand(row), set()
    for program in book.programs_at(merchant, product):
        if (
            merchant["is_paused"] == "true"
            or merchant["mcc"] in program["mcc_exclusions"]
            or program["is_paused"]
        ):
            continue
        if not program["date_from"] <= ON < (program["date_to"] or date.max):
            continue
        if program["states"] and person.state not in program["states"]:
            continue
        if not program["basket_min_cents"] <= basket <= program["basket_max_cents"]:
            continue
        for plan in program["plans"]:
            if by_hand.grid_rate(person, plan) is None:
                continue
            down = by_hand._down(program, plan)
            lent = 3 * (basket // 4) if plan == "pay_in_4" else basket - basket * down // 10_000
            room = by_hand._headroom(person, book.products[product], plan, book.share_bps(merchant))
            for low, high, rate in by_hand.amounts(person, program, plan, book):
                most = min(room, high, by_hand.affordable(person, program, plan, rate, book))
                # A power is the basket of a whole amount financed; more than it is not offered.
                if low - (plan == "pay_in_4") * 2 <= lent and basket <= most * 10_000 // (
                    10_000 - down
                ):
                    found.add((program["program_id"], plan))
    return found


def _edges(found, chance) -> set[int]:
    edges = {1, 3_500, 15_000, 100_000, 10**8}
    for one in found:
        edges |= {cents for cents in (one.least_cents, one.most_cents) if cents}
        edges |= {one.answer.power_cents, one.answer.financed_cents}
        edges |= {offer.basket_cents for offer in one.offers}
    around = {edge + step for edge in edges for step in (-2, -1, 0, 1, 2)}
    return {cents for cents in around if cents >= 1} | {
        chance.randrange(1, 600_000) for _ in range(4)
    }


def test_every_plan_that_fits_is_offered_and_no_other(index, people, repository):
    book, chance = by_hand.Book(repository, ON), random.Random(3)
    tried = 0
    for row in people:
        for merchant in chance.sample(book.merchants, 2):
            position = index.position(merchant["merchant_id"])
            for basket in sorted(
                _edges(basket_at(index, row, position, basket_cents=50_000), chance)
            ):
                for one in basket_at(index, row, position, basket_cents=basket):
                    have = {(offer.program_id, offer.plan.value) for offer in one.offers}
                    where = (row["applicant_id"], merchant["merchant_id"], one.product, basket)
                    assert have == _plans_by_hand(row, merchant, one.product.value, book, basket), (
                        where
                    )
                    tried += bool(have)
    assert tried > 200


def test_offers_are_whole_and_the_most_is_an_offer_too(index, people):
    for row in people:
        for position in range(0, index.count, 7):
            for one in basket_at(index, row, position, basket_cents=60_000):
                for offer in one.offers:
                    assert (
                        offer.basket_cents
                        == 60_000
                        == offer.down_payment_cents + offer.amount_financed_cents
                    )
                    assert (
                        sum(payment.principal_cents for payment in offer.payments)
                        == 60_000 - (offer.plan != "pay_in_4") * offer.down_payment_cents
                    )
                if one.most_offer is not None and one.most_cents is not None:
                    assert one.most_offer.basket_cents == one.most_cents >= one.answer.power_cents
                assert (one.refusal is None) == bool(one.offers or one.most_cents is None)


def test_one_offer_alone_is_the_first_of_its_plan_among_all(index, people):
    found = 0
    for row in people[:20]:
        for position in range(0, index.count, 9):
            for one in basket_at(index, row, position, basket_cents=60_000):
                for plan in PlanCode:
                    first = next((offer for offer in one.offers if offer.plan is plan), None)
                    alone = offer_at(
                        index, row, position, product=one.product, plan=plan, basket_cents=60_000
                    )
                    assert alone == first
                    found += alone is not None
    assert found > 20


def test_a_refusal_says_on_which_side_of_the_plans_a_basket_lies(index, people):
    seen = set()
    for row in people:
        for position in range(0, index.count, 15):
            for basket in (100, 16_000, 200_000, 5_000_000):
                for one in basket_at(index, row, position, basket_cents=basket):
                    if one.refusal is Refusal.BELOW_LEAST:
                        assert basket < (one.least_cents or 0)
                    elif one.refusal not in (None, Refusal.BETWEEN_PLANS):
                        assert basket > (one.most_cents or basket)
                    seen.add(one.refusal)
    assert seen >= {
        None,
        Refusal.BELOW_LEAST,
        Refusal.ABOVE_LIMITS,
        Refusal.ABOVE_CAPACITY,
        Refusal.ABOVE_PROGRAM,
    }


@pytest.mark.parametrize("basket", [0, -1, 10**10 + 1, 1.0, True])
def test_a_basket_outside_its_domain_is_refused(index, people, basket):
    with pytest.raises(DomainError, match="basket_cents must be a whole number"):
        basket_at(index, people[0], 0, basket_cents=basket)


def test_nothing_is_said_to_a_person_who_was_not_decided(index, people):
    assert basket_at(index, {**people[0], "outcome": "no_hit"}, 0, basket_cents=100) == ()


def test_what_is_advertised_is_the_lowest_that_any_tier_has(index):
    position = index.position("oakmere-furnishings")
    _, monthly, one_time, card = advertised_at(index, position, state="OH", amount_cents=100_000)
    lowest = monthly.lowest_apr
    assert lowest is not None
    # A year without interest on furniture, a tenth down.
    assert (lowest.offer.program_id, lowest.apr_bps, lowest.down_payment_bps) == (
        "zero-12-furniture",
        0,
        1_000,
    )
    assert {(one.offer.program_id, one.offer.plan.value) for one in monthly.terms} >= {
        ("standard-monthly", "36m"),
        ("zero-12-furniture", "6m"),
        ("zero-12-furniture", "12m"),
    }
    # The standard plan of 36 months at tier A, 13.99%.
    longest = next(one for one in monthly.terms if one.offer.plan == "36m")
    assert (longest.payments_count, longest.payment_cents, longest.apr_bps) == (36, 3_418, 1_399)
    assert monthly.lowest_payment == longest
    assert (monthly.claim, monthly.label, longest.payment_days) == ("advertisement", LABEL, None)
    assert "OH" in longest.states
    assert [len(one.terms) for one in (one_time, card)] == [4, 4]


def test_what_is_not_offered_is_not_advertised(index):
    position = index.position("copperfin-tackle")  # paused
    found = advertised_at(index, position, state=None, amount_cents=None)
    assert [(one.terms, one.lowest_apr, one.reason) for one in found] == [
        ((), None, "P_PAUSED")
    ] * 4
    large = advertised_at(
        index, index.position("harbour-tailoring"), state="OH", amount_cents=10**7
    )
    assert [one.reason for one in large] == [
        "no_plan_for_amount",
        "P_NOT_OFFERED",
        *["no_plan_for_amount"] * 2,
    ]


@pytest.mark.parametrize(
    "given", [{"state": "XX", "amount_cents": 1}, {"state": None, "amount_cents": 0}]
)
def test_an_advertisement_outside_its_domain_is_refused(index, given):
    with pytest.raises(DomainError):
        advertised_at(index, 0, **given)


def test_a_basket_of_one_product_is_that_of_all_products_narrowed(index, people):
    chance, told = random.Random(8), 0
    for row in people:
        position, basket = chance.randrange(index.count), chance.randrange(5_000, 200_000)
        whole = basket_at(index, row, position, basket_cents=basket)
        for one in whole:
            alone = basket_at(index, row, position, basket_cents=basket, products=(one.product,))
            assert alone == (one,)
            told += bool(one.offers)
    assert told > 10
