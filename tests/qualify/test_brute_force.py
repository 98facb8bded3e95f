"""Every person at every merchant, by hand, against the factored answers of both executors."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from tests.qualify import by_hand
from wherewithal.qualify.merchants import ANSWER, ProgramBook, merchant_answers, merchant_frame

#: A day in a year of the loans, and one on which other programs, shares and law rows hold.
DAYS = (date(2010, 12, 1), date(2022, 2, 1), date(2026, 3, 2))
BY_TIER = 12
PERSON = ("tier", "limit_total_cents", "capacity_cents", "small_ticket_capacity_cents")


@pytest.fixture(scope="module")
def people(borrowers, decisions) -> pl.DataFrame:
    """Return decided borrowers: some of each tier, and some of each state with law of its own."""
    whole = decisions.with_columns(borrowers["state"]).with_row_index("row")
    decided = whole.filter(pl.col("tier").is_not_null())
    chance = random.Random(2_010)
    rows: set[int] = set()
    for tier in "ABCDE":
        rows.update(chance.sample(decided.filter(pl.col("tier") == tier)["row"].to_list(), BY_TIER))
    rows.update(decided.filter(pl.col("tier") == "X")["row"][:2])
    least = decided.filter(pl.col("tier") == "C").sort("limit_total_cents", "row")
    rows.update(least["row"][:3])
    # Loans were not made in every state: the law of a state holds for whoever lives there.
    elsewhere = chance.sample(sorted(rows), 40)
    moved = dict(zip(elsewhere, ["VT", "AR", "HI", "ME", "IA", "NM", "NY", "OH"] * 5, strict=True))
    chosen = whole.filter(pl.col("row").is_in(sorted(rows)))
    state: pl.Expr = pl.col("row").replace_strict(moved, default=pl.col("state")).alias("state")
    found: pl.DataFrame = chosen.with_columns(state)
    return found


def test_limits_and_capacity_of_every_borrower(borrowers, decisions):
    facts = borrowers.to_dicts()
    for row, decided in zip(facts, decisions.to_dicts(), strict=True):
        if decided["tier"] is None:
            continue
        person = by_hand.person_of(row, decided["score_points"])
        assert {
            "tier": person.tier,
            **{f"limit_{node}_cents": cents for node, cents in person.limits.items()},
            "capacity_cents": person.capacity,
            "small_ticket_capacity_cents": person.small_capacity,
        }.items() <= decided.items()


@pytest.mark.parametrize("on", DAYS, ids=str)
def test_persons_by_merchants_by_products(on, people, bundle, directory, repository):
    book, factored = by_hand.Book(repository, on), ProgramBook(bundle, on)
    frame = merchant_frame(people, directory, factored)
    rows = iter(frame.iter_rows(named=True))
    seen: Counter[str] = Counter()
    for row in people.to_dicts():
        person = _person(row)
        one_by_one = iter(merchant_answers(row, directory, factored))
        for merchant in book.merchants:
            for product in book.products:
                expected = by_hand.answer_at(person, merchant, product, book)
                one, many = next(one_by_one), next(rows)
                fields = [getattr(expected, name) for name in ("program_id", *ANSWER)]
                where = (row["applicant_id"], merchant["merchant_id"], product)
                assert [one.program_id, *(getattr(one, name) for name in ANSWER)] == fields, where
                assert [many[name] for name in ("program_id", *ANSWER)] == fields, where
                assert (many["applicant_id"], many["merchant_id"], many["product"]) == where
                seen[expected.reason or f"{product} {expected.plan}"] += 1
    assert next(rows, None) is None
    _assert_reached(seen)


def test_what_is_in_use_at_a_merchant_counts_there_and_nowhere_else(
    people, bundle, directory, repository
):
    """Shares of merchants are of what was assigned, whatever of the total is in use elsewhere."""
    on = DAYS[-1]
    book, factored, chance = by_hand.Book(repository, on), ProgramBook(bundle, on), random.Random(4)
    lowered = 0
    for row in people.sample(20, seed=6).to_dicts():
        total = row["limit_total_cents"]
        shops = chance.sample([one["merchant_id"] for one in book.merchants], 4)
        used_at = {shop: chance.choice([0, total // 8, total // 3, total]) for shop in shops}
        left = {name: chance.randrange(1 + row[name]) for name in row if name.startswith("limit_")}
        left |= {"merchant_base_cents": total}
        found = iter(merchant_answers(row | left, directory, factored, used_at=used_at))
        for merchant in book.merchants:
            shop = merchant["merchant_id"]
            person = replace(
                _person(row | left), merchant_base=total, merchant_used=used_at.get(shop, 0)
            )
            for product in book.products:
                expected, one = by_hand.answer_at(person, merchant, product, book), next(found)
                fields = [getattr(expected, name) for name in ("program_id", *ANSWER)]
                assert [one.program_id, *(getattr(one, name) for name in ANSWER)] == fields, shop
                without = by_hand.answer_at(
                    replace(person, merchant_used=0), merchant, product, book
                )
                lowered += without.power_cents > expected.power_cents
    assert lowered


def _person(row) -> by_hand.Person:
    return by_hand.Person(
        tier=row["tier"],
        points=row["score_points"],
        state=row["state"],
        limits={node: row[f"limit_{node}_cents"] for node in by_hand.NODES},
        capacity=row["capacity_cents"],
        small_capacity=row["small_ticket_capacity_cents"],
    )


def _assert_reached(seen: Counter[str]) -> None:
    """See that the sample tried what there is: every product, plan and reason."""
    plans = [
        f"{product} {plan}" for product in ("card", "one_time_card") for plan in ("pay_in_4", "12m")
    ]
    plans += ["pay_in_4 pay_in_4", "monthly 36m", "monthly 24m", "monthly 12m", "monthly 6m"]
    reasons = [
        "P_NOT_OFFERED",
        "P_PAUSED",
        "P_MCC",
        "P_STATE",
        "P_TIER",
        "L_STATE",
        "P_LIMIT",
        "R09",
    ]
    assert [name for name in (*plans, *reasons) if not seen[name]] == []
