"""Ceilings by originator, state, product, amount, term and day; no offer leaves above its own."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

import msgspec
import pytest

from wherewithal.lending import apr_bps, is_apr_within_cap, payment_amounts_cents
from wherewithal.qualify import contract
from wherewithal.qualify.merchants import product_of
from wherewithal.qualify.offers import Offer, check_offer, offer_for
from wherewithal.qualify.pricing import PriceTable, price_table
from wherewithal.vocabulary.errors import InvariantBroken
from wherewithal.vocabulary.facts import STATES
from wherewithal.vocabulary.law import Law, LawRow
from wherewithal.vocabulary.program import PlanCode, ProductCode

ON = date(2026, 3, 2)


def table_of(bundle, law: Law | None = None, *, on: date = ON, code=ProductCode.MONTHLY):
    product = product_of(bundle, code)
    return price_table(
        product.house_program,
        product=product,
        grid=bundle.grid,
        tiers=sorted(bundle.program.node(contract.PRICING_TIER).type.values or ()),
        law=law or bundle.law,
        on=on,
    )


def one_row(bundle, **changes: Any) -> Law:
    """Return a law of a single row, for the house program of monthly payments in Ohio."""
    row = LawRow(
        row_id="only",
        originator=product_of(bundle, ProductCode.MONTHLY).house_program.originator,
        states=("OH",),
        products=(ProductCode.MONTHLY,),
        amount_min_cents=1,
        amount_max_cents=2_000_000,
        term_min_months=3,
        term_max_months=60,
        date_from=date(2026, 1, 1),
        date_to=date(2026, 7, 1),
        is_allowed=True,
        apr_cap_bps=3_600,
        requires_full_ability_to_pay=False,
        citation="none",
        is_sample=True,
    )
    return Law(rows=(msgspec.structs.replace(row, **changes),), contract_ages=())


def offer(table: PriceTable, *, on: date = ON, **changes: Any) -> Offer | None:
    asked: dict[str, Any] = {
        "plan": PlanCode.M12,
        "basket_cents": 100_000,
        "pricing_tier": "B",
        "state": "OH",
    }
    return offer_for(table, start_on=on, **asked | changes)


@pytest.mark.parametrize(
    ("changes", "asked", "is_made"),
    [
        ({}, {}, True),
        # Day: the first, the one before, the last, the one after.
        ({}, {"on": date(2026, 1, 1)}, True),
        ({}, {"on": date(2025, 12, 31)}, False),
        ({}, {"on": date(2026, 6, 30)}, True),
        ({}, {"on": date(2026, 7, 1)}, False),
        ({"date_to": None}, {"on": date(2099, 7, 1)}, True),
        # Amount financed, both ends inclusive.
        ({"amount_min_cents": 100_000}, {"basket_cents": 100_000}, True),
        ({"amount_min_cents": 100_001}, {"basket_cents": 100_000}, False),
        ({"amount_max_cents": 100_000}, {"basket_cents": 100_000}, True),
        ({"amount_max_cents": 99_999}, {"basket_cents": 100_000}, False),
        # Term, both ends inclusive.
        ({"term_min_months": 12}, {}, True),
        ({"term_min_months": 13}, {}, False),
        ({"term_max_months": 12}, {}, True),
        ({"term_max_months": 11}, {}, False),
        # State, product and originator.
        ({}, {"state": "KY"}, False),
        ({"products": (ProductCode.CARD,)}, {}, False),
        ({"originator": "another"}, {}, False),
        ({"is_allowed": False}, {}, False),
        # Tier B over 12 months is 14.99%: three points of concession and no more.
        ({"apr_cap_bps": 1_199}, {}, True),
        ({"apr_cap_bps": 1_198}, {}, False),
    ],
)
def test_where_a_row_holds(bundle, changes, asked, is_made):
    law = one_row(bundle, **changes)
    on = asked.get("on", ON)
    assert (offer(table_of(bundle, law, on=on), **asked) is not None) == is_made


@pytest.mark.parametrize(
    ("cap", "rate", "apr"),
    [
        # The grid's rate is below; it is reached exactly; it is a basis point above.
        (3_600, 1_499, 1_499),
        (1_500, 1_499, 1_499),
        (1_499, 1_498, 1_498),
        (1_498, 1_497, 1_497),
    ],
)
def test_the_note_rate_is_lowered_until_the_rounded_schedule_fits(bundle, cap, rate, apr):
    made = offer(table_of(bundle, one_row(bundle, apr_cap_bps=cap)))
    assert made is not None
    assert (made.note_rate_bps, made.apr_bps, made.apr_cap_bps) == (rate, apr, cap)


def test_the_note_rate_is_that_of_the_cap_where_rounding_allows_and_else_just_below(bundle):
    table = table_of(bundle, one_row(bundle, apr_cap_bps=1_400))
    made = [offer(table, basket_cents=100_000 + n) for n in range(200)]
    assert all(one is not None and one.apr_pct <= 14 for one in made)
    assert {one.note_rate_bps for one in made if one is not None} == {1_399, 1_400}


@pytest.mark.parametrize("cap", [3_600, 3_601, 4_500, 9_999])
def test_nobody_is_asked_about_the_military_and_all_are_covered(bundle, cap):
    # 32 CFR 232.4(b): 36%, whatever a row would allow; unknown counts as covered.
    row = one_row(bundle, apr_cap_bps=cap).rows[0]
    assert row.apr_ceiling_bps == 3_600
    made = offer(table_of(bundle, one_row(bundle, apr_cap_bps=cap)))
    assert made is not None
    assert made.apr_cap_bps == 3_600


def test_every_offer_is_under_the_row_that_holds_for_it(bundle):
    chance, count = random.Random(36), 0
    tables = [(code, table_of(bundle, code=code)) for code in ProductCode]
    for _ in range(1_500):
        code, table = chance.choice(tables)
        plan, state = chance.choice(table.legs).plan, chance.choice(STATES)
        asked = {"plan": plan, "state": state, "pricing_tier": chance.choice(table.tiers)}
        made = offer(table, basket_cents=chance.randrange(3_500, 1_000_000), **asked)
        if made is None:
            continue
        row = bundle.law.find(
            originator=made.originator,
            state=state,
            product=code,
            amount_cents=made.amount_financed_cents,
            term_months=plan.law_term_months,
            on=ON,
        )
        assert row is not None
        assert row.is_allowed
        assert (made.law_row_id, made.apr_cap_bps) == (row.row_id, row.apr_ceiling_bps)
        _assert_no_higher_rate_fits(
            made, grid=bundle.grid[asked["pricing_tier"], plan.law_term_months]
        )
        count += 1
    assert count > 300


def _assert_no_higher_rate_fits(made: Offer, *, grid: int) -> None:
    """Assert that the APR is within the cap, and that a basis point more would not be."""
    if made.plan is PlanCode.PAY_IN_4:
        assert made.apr_bps == 0
        return
    financed, term = made.amount_financed_cents, made.plan.term_months or 0
    for rate in (made.note_rate_bps, made.note_rate_bps + 1):
        amounts = payment_amounts_cents(
            principal_cents=financed, note_rate_bps=rate, term_months=term
        )
        fits = is_apr_within_cap(
            amount_financed_cents=financed, payments_cents=amounts, apr_cap_bps=made.apr_cap_bps
        )
        if rate == made.note_rate_bps:
            assert fits
            assert apr_bps(amount_financed_cents=financed, payments_cents=amounts) == made.apr_bps
        else:
            assert rate > min(grid, made.apr_cap_bps) or not fits


@pytest.mark.parametrize(
    "changes",
    [
        {"basket_cents": 100_001},
        {"down_payment_cents": 1},
        {"total_of_payments_cents": 1},
        {"finance_charge_cents": 0},
        {"payment_cents": 1},
        {"apr_bps": 1},
        {"apr_cap_bps": 1_498},
        {"apr_cap_bps": 3_601},
        {"payments": ()},
    ],
)
def test_no_offer_leaves_that_is_not_what_it_says(bundle, changes):
    made = offer(table_of(bundle))
    assert made is not None
    check_offer(made, start_on=ON)
    with pytest.raises(InvariantBroken):
        check_offer(msgspec.structs.replace(made, **changes), start_on=ON)


def test_no_offer_leaves_whose_payments_do_not_follow_its_start(bundle):
    made = offer(table_of(bundle))
    assert made is not None
    with pytest.raises(InvariantBroken, match="follow the start"):
        check_offer(made, start_on=made.payments[0].due_on)
