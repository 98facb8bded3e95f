"""Every quoted power can be bought with, and a cent more cannot."""

from __future__ import annotations

import random
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from wherewithal.lending import level_payment_cents
from wherewithal.qualify import contract
from wherewithal.qualify.merchants import ProgramBook, merchant_frame, product_of, share_bps
from wherewithal.qualify.offers import offer_for
from wherewithal.qualify.pricing import basket_of, price_table
from wherewithal.vocabulary.program import PlanCode

ON = date(2010, 12, 1)
PERSONS = 40
OFFERS = 400


@pytest.fixture(scope="module")
def powers(borrowers, decisions, bundle, directory) -> list[dict[str, Any]]:
    """Return people with a power at a merchant: one each of person, program and share."""
    whole = decisions.with_columns(borrowers["state"])
    tiers = [whole.filter(pl.col("tier") == tier) for tier in "ABCDE"]
    people = pl.concat([one.sample(PERSONS // 5, seed=7) for one in tiers])
    # Ceilings bind where the sample law rows have them.
    people = people.with_columns(
        pl.Series("state", [["VT", "AR", "HI", "ME", None][row % 5] for row in range(len(people))])
        .fill_null(people["state"])
    )  # fmt: skip
    book = ProgramBook(bundle, ON)
    shares = {one.merchant_id: share_bps(one, book) for one in directory.merchants}
    found = merchant_frame(people, directory, book).filter(pl.col("power_cents") > 0)
    share = pl.col("merchant_id").replace_strict(shares).alias("share_bps")
    distinct = found.with_columns(share).unique(
        ["applicant_id", "program_id", "share_bps"], maintain_order=True
    )
    joined = distinct.join(people.drop("reasons"), on="applicant_id")
    return random.Random(7).sample(joined.to_dicts(), OFFERS)


@pytest.fixture(scope="module")
def tables(bundle, directory):
    programs = [product.house_program for product in bundle.catalogue.products]
    tiers = sorted(bundle.program.node(contract.PRICING_TIER).type.values or ())
    return {
        program.program_id: price_table(
            program,
            product=product_of(bundle, program.product),
            grid=bundle.grid,
            tiers=tiers,
            law=bundle.law,
            on=ON,
        )
        for program in (*programs, *directory.programs)
    }


def _offer(row, tables, *, basket_cents):
    return offer_for(
        tables[row["program_id"]],
        plan=PlanCode(row["plan"]),
        basket_cents=basket_cents,
        pricing_tier=row["pricing_tier"],
        state=row["state"],
        start_on=ON,
    )


def _nodes(row, tables) -> list[int]:
    nodes = tables[row["program_id"]].product.nodes_of(PlanCode(row["plan"]))
    merchant = row["limit_total_cents"] * row["share_bps"] // 10_000
    return [merchant, *(row[f"limit_{node.value}_cents"] for node in nodes)]


def _leg(row, tables):
    """Return the plan's legs that hold the amount, with the terms where the person lives."""
    table = tables[row["program_id"]]
    cell = table.cell(pricing_tier=row["pricing_tier"], state=row["state"])
    return next(
        (leg, leg.terms[cell])
        for leg in table.legs
        if leg.plan.value == row["plan"]
        and leg.terms[cell]
        and leg.financed_min_cents <= row["financed_cents"] <= leg.financed_max_cents
    )


def _available(row, terms) -> int:
    is_small = row["plan"] == "pay_in_4" and not terms.requires_full_ability
    return int(row["small_ticket_capacity_cents"] if is_small else row["capacity_cents"])


def test_there_is_an_offer_for_every_power_and_it_fits(powers, tables):
    for row in powers:
        offer = _offer(row, tables, basket_cents=row["power_cents"])
        assert offer is not None, row
        # Quarters of pay in four are whole cents, so that up to 2 cents fewer are lent.
        slack = 2 if row["plan"] == "pay_in_4" else 0
        assert row["financed_cents"] - slack <= offer.amount_financed_cents
        assert offer.amount_financed_cents <= row["financed_cents"]
        assert offer.amount_financed_cents <= min(_nodes(row, tables))
        assert offer.down_payment_cents + offer.amount_financed_cents == row["power_cents"]


def test_its_payments_fit_what_the_person_can_bear(powers, tables):
    for row in powers:
        offer = _offer(row, tables, basket_cents=row["power_cents"])
        _, terms = _leg(row, tables)
        # The three payments after a pay-in-four purchase fall within 28 days; a month has one.
        due = offer.payments[1:] if row["plan"] == "pay_in_4" else offer.payments[:1]
        assert sum(one.amount_cents for one in due) <= _available(row, terms)


def test_its_apr_is_within_the_cap_and_its_rate_is_the_one_quoted_or_less(powers, tables):
    capped = 0
    for row in powers:
        offer = _offer(row, tables, basket_cents=row["power_cents"])
        _, terms = _leg(row, tables)
        assert offer.apr_pct <= Decimal(terms.apr_cap_bps) / 100
        assert offer.note_rate_bps <= row["note_rate_bps"] <= terms.apr_cap_bps
        capped += offer.note_rate_bps == terms.apr_cap_bps
    assert capped


def test_a_cent_more_fits_no_limit_or_no_capacity_or_not_the_program(powers, tables):
    stopped = {"limit": 0, "capacity": 0, "program": 0}
    for row in powers:
        leg, terms = _leg(row, tables)
        more = row["financed_cents"] + 1
        payment = more
        if row["plan"] != "pay_in_4":
            payment = level_payment_cents(
                principal_cents=more,
                note_rate_bps=row["note_rate_bps"],
                term_months=PlanCode(row["plan"]).term_months or 0,
            )
        by_limit, by_capacity = more > min(_nodes(row, tables)), payment > _available(row, terms)
        by_program = more > leg.financed_max_cents
        assert by_limit or by_capacity or by_program, row
        stopped["limit"] += by_limit
        stopped["capacity"] += by_capacity
        stopped["program"] += by_program
    assert min(stopped.values()) > 0


def test_the_basket_is_the_largest_of_its_amount_financed(powers, tables):
    for row in powers:
        leg, _ = _leg(row, tables)
        share, financed = 10_000 - leg.down_payment_bps, row["financed_cents"]
        assert row["power_cents"] * share <= financed * 10_000 < (row["power_cents"] + 1) * share
        assert row["power_cents"] == basket_of(
            financed_cents=financed, down_payment_bps=leg.down_payment_bps
        )
