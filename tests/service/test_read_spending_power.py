"""What a person can spend now, read from a real database: whichever decision stands, and no zero."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import msgspec
import polars as pl
import pytest

from tests.service.publishing import (
    Reader,
    add_consumer,
    be_known,
    consumers,
    decide_now,
    execute,
    make_run,
    owe,
    publish,
    with_pool,
)
from wherewithal.qualify.decide_frame import decide_frame
from wherewithal.qualify.exposure import NO_EXPOSURE, person_left
from wherewithal.qualify.merchants import ProgramBook
from wherewithal.qualify.person import PERSON_COLUMNS, person_inputs
from wherewithal.qualify.plans import Plans
from wherewithal.service.answers import ClaimType, ProductStatus
from wherewithal.service.applicant_facts import calendar_day
from wherewithal.service.person_left import whole_of
from wherewithal.service.standing import PersonStanding
from wherewithal.service.standing_products import ProductAnswers

PRODUCTS = ("pay_in_4", "monthly", "one_time_card", "card")
LONG_AGO = datetime(2001, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def people(borrowers: pl.DataFrame) -> pl.DataFrame:
    """Return the facts of 600 borrowers, among them declined ones and a typed failure."""
    return pl.concat([borrowers.head(599), borrowers[[517]].with_columns(applicant_id=pl.lit("x"))])


@pytest.fixture(scope="module")
def rows(people, bundle) -> dict[str, dict[str, Any]]:
    """Return the decision rows by applicant."""
    decided = decide_frame(people, bundle)
    return {row["applicant_id"]: row for row in decided.iter_rows(named=True)}


@pytest.fixture(scope="module")
def run(people, bundle, tmp_path_factory):
    return make_run(tmp_path_factory.mktemp("run"), people, bundle)


@pytest.fixture
def one(rows):
    """Return a function that gives the first applicant of an outcome."""
    return lambda outcome: next(row for row in rows.values() if row["outcome"] == outcome)


def test_what_stands_is_stored_by_the_names_of_the_core():
    assert set(PersonStanding.__struct_fields__) == {*PERSON_COLUMNS, "state"}


def test_who_does_not_exist_has_no_answer(database, bundle):
    async def work(pool):
        return await Reader(pool, bundle)(uuid4())

    assert with_pool(database, work) is None


def test_who_was_never_asked_about_is_not_yet_assessed_and_never_zero(database, bundle):
    async def work(pool):
        return await Reader(pool, bundle)(await add_consumer(pool))

    answer = with_pool(database, work)
    assert (answer.status, answer.power_total_cents, answer.claim) == (
        "not_yet_assessed",
        None,
        None,
    )
    assert [(one.product, one.status, one.power_cents) for one in answer.products] == [
        (name, ProductStatus.NOT_YET_ASSESSED, None) for name in PRODUCTS
    ]


def test_what_a_run_decided_is_what_is_read(database, bundle, run, rows):
    async def work(pool):
        await publish(pool, run)
        await be_known(pool)
        known, read = await consumers(pool), Reader(pool, bundle)
        return {name: await read(consumer_id) for name, consumer_id in known.items()}

    answers = with_pool(database, work)
    assert set(answers) == set(rows)
    for name, answer in answers.items():
        row = rows[name]
        if row["outcome"] != "approved":
            assert answer.power_total_cents is None
            continue
        assert (answer.status, answer.claim, answer.tempo) == ("available", "estimate", "offline")
        assert answer.power_total_cents == row["power_total_cents"]
        # Nobody asked: a "no" about the person is not told, and neither is why.
        assert {one.product: one.power_cents for one in answer.products} == {
            product: row[f"power_{product}_cents"] or None for product in PRODUCTS
        }
        assert answer.reasons == ()


def test_a_newcomer_reads_what_holds_at_the_till(database, bundle, run, rows):
    """By the house programs, from what a newcomer's share leaves of the decision."""

    async def work(pool):
        await publish(pool, run)
        known, read = await consumers(pool), Reader(pool, bundle)
        return {name: await read(consumer_id) for name, consumer_id in known.items()}

    lowered, answers = 0, with_pool(database, work)
    today = calendar_day(datetime.now(UTC))
    book = ProgramBook(bundle, today)
    for name, answer in answers.items():
        row = rows[name]
        if row["outcome"] != "approved":
            continue
        left = person_left(row, NO_EXPOSURE, catalogue=bundle.catalogue, on=today)
        assert {one.product: one.power_cents or 0 for one in answer.products} == {
            one.code.value: book.function(one.house_program)(*person_inputs(left), 0, 10_000)[0]
            for one in bundle.catalogue.products
        }
        assert [one.code for one in answer.lowered_by] == ["P_FIRST"]
        lowered += answer.power_total_cents < row["power_total_cents"]
    assert lowered


@pytest.mark.parametrize(
    ("outcome", "status", "product_status"),
    [
        ("declined", "not_yet_assessed", ProductStatus.NOT_YET_ASSESSED),
        ("bureau_block_missing", "not_decided", ProductStatus.UNKNOWN),
    ],
)
def test_a_run_says_yes_and_never_no(
    database, bundle, run, one, *, outcome, status, product_status
):
    async def work(pool):
        await publish(pool, run)
        known = await consumers(pool)
        return await Reader(pool, bundle)(known[one(outcome)["applicant_id"]])

    answer = with_pool(database, work)
    assert (answer.status, answer.power_total_cents, answer.reasons) == (status, None, ())
    assert {product.status for product in answer.products} == {product_status}


def test_every_number_of_a_plan_is_disclosed(database, bundle, run, rows):
    async def work(pool):
        await publish(pool, run, claim=ClaimType.PREQUALIFIED)
        await be_known(pool)
        known = await consumers(pool)
        name = max(rows, key=lambda name: rows[name]["power_monthly_cents"] or 0)
        return rows[name], await Reader(pool, bundle)(known[name])

    row, answer = with_pool(database, work)
    monthly = next(one for one in answer.products if one.product == "monthly")
    plan = monthly.best_plan
    assert answer.claim is ClaimType.PREQUALIFIED
    assert (plan.plan, plan.basket_cents) == (row["plan_monthly"], row["power_monthly_cents"])
    assert plan.amount_financed_cents + plan.finance_charge_cents == plan.total_of_payments_cents


@pytest.mark.parametrize(
    ("as_of", "tempo"),
    [
        (datetime(2026, 1, 1, tzinfo=UTC), "now"),
        (LONG_AGO, "offline"),
    ],
)
def test_the_newer_decision_stands_whichever_tempo_made_it(
    database, bundle, run, one, *, as_of, tempo
):
    async def work(pool):
        await publish(pool, run)
        row = one("approved")
        consumer_id = (await consumers(pool))[row["applicant_id"]]
        await decide_now(pool, consumer_id, row, as_of=as_of, total_cents=123)
        await be_known(pool)
        return row, await Reader(pool, bundle)(consumer_id)

    row, answer = with_pool(database, work)
    expected = 123 if tempo == "now" else row["power_total_cents"]
    assert (answer.tempo, answer.power_total_cents) == (tempo, expected)


def test_of_equal_moments_the_decision_made_now_stands(database, bundle, run, one):
    async def work(pool):
        await publish(pool, run)
        row = one("approved")
        consumer_id = (await consumers(pool))[row["applicant_id"]]
        midnight = datetime.combine(row["as_of"], datetime.min.time(), UTC)
        await decide_now(pool, consumer_id, row, as_of=midnight)
        return await Reader(pool, bundle)(consumer_id)

    assert with_pool(database, work).tempo == "now"


def test_what_was_answered_is_passed_on_as_it_was(database, bundle, one):
    async def work(pool):
        read, row = Reader(pool, bundle), one("declined")
        consumer_id = await add_consumer(pool)
        answers = (
            msgspec.structs.replace(
                read.products.unassessed(ProductStatus.NOT_ELIGIBLE)[0], power_cents=0
            ),
        )
        await decide_now(pool, consumer_id, row, answers=answers)
        return row, answers, await read(consumer_id)

    row, answers, answer = with_pool(database, work)
    assert (answer.status, answer.power_total_cents) == ("available", 0)
    assert answer.products == answers
    assert [reason.code for reason in answer.reasons] == row["reasons"]
    assert "cannot offer you credit now" in answer.wording


def test_a_block_counts_from_the_next_read_on_and_says_nothing_of_its_kind(
    database, bundle, run, one
):
    async def work(pool):
        await publish(pool, run)
        consumer_id = (await consumers(pool))[one("approved")["applicant_id"]]
        read = Reader(pool, bundle)
        before = await read(consumer_id)
        await execute(
            pool,
            "update consumer set blocks_credit = '{deceased}' where consumer_id = %s",
            consumer_id,
        )
        return before, await read(consumer_id)

    before, answer = with_pool(database, work)
    assert (before.status, answer.status) == ("available", "blocked")
    assert (answer.power_total_cents, answer.reasons, answer.outcome) == (None, (), None)
    assert {one.status for one in answer.products} == {ProductStatus.UNKNOWN}
    assert "deceased" not in str(msgspec.to_builtins(answer))


def test_what_has_expired_is_not_yet_assessed_again(database, bundle, one):
    async def work(pool):
        consumer_id = await add_consumer(pool)
        await decide_now(pool, consumer_id, one("approved"), expires_at=LONG_AGO)
        return await Reader(pool, bundle)(consumer_id)

    answer = with_pool(database, work)
    assert (answer.status, answer.expires_at, answer.power_total_cents) == (
        "expired",
        LONG_AGO,
        None,
    )
    assert {one.status for one in answer.products} == {ProductStatus.NOT_YET_ASSESSED}


def test_a_product_may_expire_before_the_others(database, bundle, rows):
    row = max(rows.values(), key=lambda row: row["power_total_cents"] or 0)

    async def work(pool):
        read, consumer_id = Reader(pool, bundle), await add_consumer(pool)
        later = datetime.now(UTC) + timedelta(days=1)
        told = tuple(
            msgspec.structs.replace(one, expires_at=LONG_AGO if one.product == "monthly" else later)
            for one in read.products.unassessed(ProductStatus.AVAILABLE)
        )
        await decide_now(pool, consumer_id, row, answers=told)
        return await read(consumer_id)

    answer = with_pool(database, work)
    others = [row[f"power_{name}_cents"] for name in PRODUCTS if name != "monthly"]
    monthly = next(one for one in answer.products if one.product == "monthly")
    assert answer.power_total_cents == max(others) < row["power_monthly_cents"]
    assert (monthly.status, monthly.power_cents) == (ProductStatus.NOT_YET_ASSESSED, None)


def test_what_is_used_lowers_every_limit(database, bundle, rows):
    row = max(rows.values(), key=lambda row: row["power_total_cents"] or 0)

    async def work(pool):
        consumer_id = await add_consumer(pool)
        await decide_now(pool, consumer_id, row)
        read, found = Reader(pool, bundle), []
        for cents in (123_400, row["limit_total_cents"]):
            await owe(pool, consumer_id, cents)
            found.append(await read(consumer_id))
        return found

    some, all_of_it = with_pool(database, work)
    by_limit = row["limit_total_cents"] - 123_400
    assert some.power_total_cents <= by_limit
    assert (some.used.drawn_cents, some.used.held_cents) == (123_400, 0)
    assert all_of_it.power_total_cents == 0
    assert {(one.status, one.reason.code) for one in all_of_it.products} == {
        (ProductStatus.USED_UP, "P_USED")
    }


def test_the_products_are_the_core_s_own_for_everyone(bundle, rows):
    answers = ProductAnswers(bundle, Plans(bundle))
    for row in rows.values():
        if row["outcome"] not in {"approved", "declined"}:
            continue
        standing = PersonStanding(**{name: row[name] for name in PersonStanding.__struct_fields__})
        found = answers.answers(
            standing,
            left=whole_of(standing),
            on=row["as_of"],
            expires_at=LONG_AGO,
            is_asked=True,
        )
        assert {one.product: one.power_cents for one in found} == {
            name: row[f"power_{name}_cents"] for name in PRODUCTS
        }
        assert {one.product: one.reason and one.reason.code for one in found} == {
            name: row[f"reason_{name}"] for name in PRODUCTS
        }
