"""What is shown holds at the till: on random accounts, to the cent, without a database."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import polars as pl
import pytest

from wherewithal.qualify.decide_frame import decide_frame
from wherewithal.qualify.exposure import Due, Exposure, Position
from wherewithal.qualify.merchant_index import merchant_index, merchants_frame
from wherewithal.qualify.person import PERSON_COLUMNS
from wherewithal.qualify.plans import Plans
from wherewithal.service.answers import ClaimType, ProductStatus
from wherewithal.service.applicant_facts import calendar_day
from wherewithal.service.directory import Held
from wherewithal.service.hold_refusals import HoldRefused
from wherewithal.service.ledger_records import AccountView, HoldRequest
from wherewithal.service.person_shelves import PersonShelves
from wherewithal.service.place_hold import offer_or_refusal
from wherewithal.service.read_merchant import MerchantForPerson
from wherewithal.service.read_spending_power import left_now, standing_of
from wherewithal.service.standing import CurrentDecision, DirectoryVersion, PersonRow
from wherewithal.service.standing_products import ProductAnswers
from wherewithal.sources.catalogue import load_directory, load_mcc_codes
from wherewithal.vocabulary.program import PlanCode, ProductCode

AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
ON = calendar_day(AT)
WHO = UUID(int=7)
PEOPLE = 36


@pytest.fixture(scope="module")
def products(bundle) -> ProductAnswers:
    return ProductAnswers(bundle, Plans(bundle))


@pytest.fixture(scope="module")
def held(bundle, repository) -> Held:
    examples = repository / "examples"
    codes = load_mcc_codes(examples / "mcc" / "mcc_codes.csv")
    found = load_directory(examples / "merchants.csv", examples / "programs.csv", mcc_codes=codes)
    index = merchant_index(merchants_frame(found), found.programs, bundle=bundle, on=ON)
    return Held(version=DirectoryVersion(1, 1), on=ON, index=index)


@pytest.fixture(scope="module")
def people(borrowers, bundle) -> list[dict[str, Any]]:
    decided = decide_frame(borrowers.head(1_500), bundle).filter(pl.col("outcome") == "approved")
    return decided.sample(PEOPLE, seed=3).to_dicts()


def any_exposure(chance: random.Random, row: dict[str, Any], merchants: list[str]) -> Exposure:
    """Return an account: some positions here and there, a newcomer's or not, with a cap or not."""
    positions = []
    for _ in range(chance.choice([0, 0, 1, 1, 2, 3, 4])):
        product, plan = chance.choice(
            [
                (ProductCode.PAY_IN_4, PlanCode.PAY_IN_4),
                (ProductCode.MONTHLY, PlanCode.M12),
                (ProductCode.CARD, PlanCode.M3),
                (ProductCode.CARD, PlanCode.PAY_IN_4),
                (ProductCode.ONE_TIME_CARD, PlanCode.M6),
            ]
        )
        cents = chance.randrange(1, 2 + (row["limit_total_cents"] or 0) // 3)
        days = (14, 28, 42) if plan is PlanCode.PAY_IN_4 else (20, 51, 81)
        positions.append(
            Position(
                product=product,
                plan=plan,
                merchant_id=chance.choice([None, *merchants]),
                principal_cents=cents,
                is_hold=chance.random() < 0.3,
                payments=tuple(Due(ON + timedelta(days=day), 1 + cents // 24) for day in days),
            )
        )
    is_known = chance.random() < 0.6
    return Exposure(
        positions=tuple(positions),
        own_cap_cents=chance.choice([None, None, chance.randrange(0, 400_000)]),
        first_booked_on=date(2020, 1, 1) if is_known else None,
        on_time_payments=9 if is_known else 0,
        late_since=ON - timedelta(days=6) if chance.random() < 0.05 else None,
    )


def row_of(decided: dict[str, Any], exposure: Exposure) -> PersonRow:
    standing = {name: decided[name] for name in (*PERSON_COLUMNS, "state")}
    decision = CurrentDecision(
        tempo="now",
        seq=1,
        as_of=AT,
        decision_id=decided["decision_id"],
        bundle_digest=decided["bundle_digest"],
        claim=ClaimType.PREQUALIFIED,
        outcome="approved",
        reasons=(),
        total_cents=decided["power_total_cents"],
        expires_at=AT + timedelta(days=9),
        standing=msgspec.json.encode(standing).decode(),
        products=None,
    )
    return PersonRow(
        read_at=AT,
        is_blocked=False,
        exposure=exposure,
        directory=DirectoryVersion(1, 1),
        decision=decision,
    )


def at_till(row: PersonRow, held: Held, products: ProductAnswers, **asked: Any) -> Any:
    """Return the offer, or the code of the refusal."""
    view = AccountView(
        consumer_id=WHO,
        at=AT,
        person=row,
        has_prequalification=True,
        hold=None,
        captured=None,
        is_reference_taken=False,
        lapsed=(),
    )
    request = HoldRequest(consumer_id=WHO, prequalification_id=WHO, reference="r", **asked)
    found = offer_or_refusal(request, view, held.index, products)
    return found.code if isinstance(found, HoldRefused) else found


def test_every_power_that_is_shown_holds_and_no_more_does(people, held, products):
    chance, seen = random.Random(5), Counter[str]()
    for decided in people:
        near = chance.sample([held.index.merchant_ids[n] for n in range(held.index.count)], 3)
        row = row_of(decided, any_exposure(chance, decided, near[:2]))
        assert row.decision is not None
        for merchant_id in near:
            position = held.index.position(merchant_id) or 0
            shop = MerchantForPerson(row, row.decision, held, products, position)
            for quoted, beyond in zip(shop.answers(None), shop.answers(10**9), strict=True):
                asked: dict[str, Any] = {
                    "merchant_id": merchant_id,
                    "product": ProductCode(quoted.product),
                }
                if not quoted.power_cents:
                    assert quoted.reason is not None
                    seen[quoted.reason.code] += 1
                    continue
                assert quoted.power_plan is not None
                assert beyond.power_plan is not None
                assert beyond.power_cents is not None
                plan = PlanCode(quoted.power_plan.plan)
                offer = at_till(
                    row, held, products, plan=plan, basket_cents=quoted.power_cents, **asked
                )
                assert not isinstance(offer, str), (offer, quoted)
                assert (offer.apr_bps, offer.basket_cents) == (
                    quoted.power_plan.apr_bps,
                    quoted.power_cents,
                )
                # The most by any plan: all of it holds, and a cent more by none. Pay in four is
                # lent by quarters of a cent rounded up for the down payment: four cents more.
                most = at_till(
                    row,
                    held,
                    products,
                    plan=PlanCode(beyond.power_plan.plan),
                    basket_cents=beyond.power_cents,
                    **asked,
                )
                assert not isinstance(most, str), (most, beyond)
                more = beyond.power_cents + (4 if plan is PlanCode.PAY_IN_4 else 1)
                for one in held_plans(products, quoted.product):
                    refused = at_till(row, held, products, plan=one, basket_cents=more, **asked)
                    assert isinstance(refused, str), (quoted.product, one, more)
                seen[f"held at {row.exposure.used_at_cents(merchant_id) > 0}"] += 1
    assert seen["held at True"] > 10
    assert seen["held at False"] > 60
    assert {"P_USED", "P_OPEN_PLANS", "R16"} <= set(seen)


def held_plans(products: ProductAnswers, code: str) -> tuple[PlanCode, ...]:
    product = products.bundle.catalogue.product(ProductCode(code))
    assert product is not None
    return product.plans


def test_the_list_shows_what_the_merchant_s_own_page_shows(people, held, products):
    chance, shelves = random.Random(6), PersonShelves()
    for decided in people[::6]:
        near = chance.sample([held.index.merchant_ids[n] for n in range(held.index.count)], 5)
        row = row_of(decided, any_exposure(chance, decided, near[:3]))
        assert row.decision is not None
        shelf = shelves.of(left_now(row, row.decision, products), row.decision, held)
        positions = [held.index.position(one) or 0 for one in near]
        for position, answers in zip(positions, shelf.left.answers_at(positions), strict=True):
            shop = MerchantForPerson(row, row.decision, held, products, position)
            own = [one.power_cents for one in shop.answers(None)]
            assert [one.power_cents for one in answers] == own


def test_why_there_is_no_power_is_told_by_what_takes_it(people, products):
    decided = max(people, key=lambda row: row["power_card_cents"])
    whole = Exposure(first_booked_on=date(2020, 1, 1), on_time_payments=9)

    def reasons(exposure: Exposure) -> set[tuple[str, str]]:
        row = row_of(decided, exposure)
        assert row.decision is not None
        left = left_now(row, row.decision, products)
        answers = products.answers(
            row_standing(row), left=left, on=ON, expires_at=AT, is_asked=True
        )
        return {(one.status.value, one.reason.code) for one in answers if one.reason}

    def row_standing(row: PersonRow) -> Any:
        assert row.decision is not None
        return standing_of(row.decision)

    change = msgspec.structs.replace
    assert reasons(whole) == set()
    assert reasons(change(whole, own_cap_cents=0)) == {("used_up", "P_OWN_CAP")}
    late = change(whole, late_since=ON - timedelta(days=6))
    assert reasons(late) == {(ProductStatus.NOT_ELIGIBLE.value, "R16")}
    small = Position(
        product=ProductCode.PAY_IN_4,
        plan=PlanCode.PAY_IN_4,
        merchant_id=None,
        principal_cents=1,
        is_hold=False,
        payments=(),
    )
    assert reasons(change(whole, positions=(small,) * 5)) == {("used_up", "P_OPEN_PLANS")}
    large = msgspec.structs.replace(small, principal_cents=decided["limit_total_cents"])
    assert reasons(change(whole, positions=(large,))) == {("used_up", "P_USED")}
