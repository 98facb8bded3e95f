"""Merchants for a person and for anyone, over a real database: lists, baskets, advertisements."""

from __future__ import annotations

import asyncio
from datetime import date
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import msgspec
import polars as pl
import pytest

from tests.service.publishing import (
    Reader,
    add_consumer,
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
from wherewithal.qualify.merchant_index import merchants_frame
from wherewithal.qualify.merchants import ProgramBook, merchant_answers
from wherewithal.service.advertise import LABEL, advertise
from wherewithal.service.answers import ProductStatus
from wherewithal.service.applicant_facts import calendar_day
from wherewithal.service.browse_merchants import browse_merchants
from wherewithal.service.directory import HeldDirectory
from wherewithal.service.errors import DirectoryChanged, RequestRefused
from wherewithal.service.merchant_answers import MerchantSort, MerchantsQuery
from wherewithal.service.person_shelves import PersonShelves
from wherewithal.service.read_merchant import merchant_for
from wherewithal.sources.catalogue import load_directory, load_mcc_codes
from wherewithal.store.directory import DirectoryInStore
from wherewithal.vocabulary.merchant import Directory


@pytest.fixture(scope="module")
def directory(repository) -> Directory:
    examples = repository / "examples"
    codes = load_mcc_codes(examples / "mcc" / "mcc_codes.csv")
    return load_directory(examples / "merchants.csv", examples / "programs.csv", mcc_codes=codes)


@pytest.fixture(scope="module")
def people(borrowers: pl.DataFrame) -> pl.DataFrame:
    return borrowers.head(300)


@pytest.fixture(scope="module")
def rows(people, bundle) -> list[dict[str, Any]]:
    """Return the decided rows, those who can spend most first."""
    decided = decide_frame(people, bundle).filter(pl.col("outcome") == "approved")
    return decided.sort("power_total_cents", "applicant_id", descending=True).to_dicts()


@pytest.fixture(scope="module")
def run(people, bundle, tmp_path_factory):
    return make_run(tmp_path_factory.mktemp("run"), people, bundle)


@pytest.fixture
def shop(database, bundle, directory):
    """Return a function that runs `work` where the sample merchants are loaded."""

    def run(work):
        async def inside(pool):
            stored = DirectoryInStore(pool)
            await stored.replace_directory(merchants_frame(directory), directory.programs)
            reader = Reader(pool, bundle)
            held = HeldDirectory(reads=stored, bundle=bundle)
            shelves = PersonShelves()

            async def page(consumer_id, **query):
                return await browse_merchants(
                    consumer_id,
                    MerchantsQuery(**query),
                    people=reader.people,
                    directory=held,
                    products=reader.products,
                    shelves=shelves,
                )

            async def at(consumer_id, merchant_id, amount_cents=None):
                return await merchant_for(
                    consumer_id,
                    merchant_id,
                    amount_cents=amount_cents,
                    people=reader.people,
                    directory=held,
                    products=reader.products,
                )

            async def advertised(merchant_id, state=None, amount_cents=None):
                return await advertise(
                    merchant_id,
                    state=state,
                    amount_cents=amount_cents,
                    directory=held,
                    products=reader.products,
                )

            return await work(
                SimpleNamespace(
                    pool=pool,
                    stored=stored,
                    held=held,
                    read=reader,
                    page=page,
                    at=at,
                    advertised=advertised,
                )
            )

        return with_pool(database, inside)

    return run


async def asked(shop, row, *, is_known=True):
    """Return a consumer for whom `row` was decided now."""
    consumer_id = await add_consumer(shop.pool, is_known=is_known)
    await decide_now(shop.pool, consumer_id, row)
    return consumer_id


@pytest.mark.parametrize("is_known", [True, False], ids=["known", "newcomer"])
def test_the_list_is_brute_force_for_everyone(shop, rows, bundle, directory, *, is_known):
    async def work(shop):
        found = {}
        for row in rows[::30]:
            page = await shop.page(await asked(shop, row, is_known=is_known), page_size=100)
            found[row["applicant_id"]] = page
        return found

    pages = shop(work)
    on = date.fromisoformat(
        f"{(last := next(iter(pages.values())).directory_version.split('.')[-1])[:4]}"
        f"-{last[4:6]}-{last[6:]}"
    )
    book = ProgramBook(bundle, on)
    for row in rows[::30]:
        page = pages[row["applicant_id"]]
        left = person_left(row, NO_EXPOSURE, catalogue=bundle.catalogue, on=on)
        person = row if is_known else left
        whole = merchant_answers(row, directory, book)
        expected = {
            (one.merchant_id, one.product.value): (
                one.power_cents,
                one.plan,
                "P_FIRST" if had.power_cents and not one.power_cents else one.reason,
            )
            for one, had in zip(merchant_answers(person, directory, book), whole, strict=True)
        }
        assert page.total == len(page.rows) == len(directory.merchants)
        assert {
            (one.merchant_id, product.product): (
                product.power_cents,
                product.plan,
                product.reason_code,
            )
            for one in page.rows
            for product in one.products
        } == expected


def test_pages_follow_each_other_and_make_one_list(shop, rows):
    async def work(shop):
        consumer_id, cursor, seen = await asked(shop, rows[0]), None, []
        for _ in range(10):
            page = await shop.page(consumer_id, page_size=7, cursor=cursor)
            seen += [(row.power_cents, row.merchant_id) for row in page.rows]
            if (cursor := page.next_cursor) is None:
                break
        whole = await shop.page(consumer_id, page_size=100)
        return seen, [(row.power_cents, row.merchant_id) for row in whole.rows]

    seen, whole = shop(work)
    assert seen == whole
    assert [power for power, _ in whole] == sorted((power for power, _ in whole), reverse=True)


def test_the_list_is_searched_and_filtered(shop, rows):
    async def work(shop):
        consumer_id = await asked(shop, rows[0])
        named = await shop.page(consumer_id, name="loom LANTERN")
        able = await shop.page(
            consumer_id,
            products=("monthly",),
            power_min_cents=100_000,
            apr_max_bps=1_500,
            sort=MerchantSort.APR,
        )
        return named, able

    named, able = shop(work)
    assert [row.name for row in named.rows] == ["Lantern & Loom"]
    assert able.rows
    assert all(row.power_cents >= 100_000 and row.apr_bps <= 1_500 for row in able.rows)
    assert [row.apr_bps for row in able.rows] == sorted(row.apr_bps for row in able.rows)
    assert {one.product for row in able.rows for one in row.products} == {"monthly"}


def test_who_may_not_be_told_has_no_rows_and_no_zero(shop, rows):
    async def work(shop):
        stranger, blocked = await add_consumer(shop.pool), await asked(shop, rows[0])
        await execute(
            shop.pool,
            "update consumer set blocks_credit = '{fraud}' where consumer_id = %s",
            blocked,
        )
        pages = [await shop.page(one) for one in (stranger, blocked)]
        at = [await shop.at(one, "lantern-and-loom") for one in (stranger, blocked)]
        return [*pages, *at, await shop.page(uuid4()), await shop.at(uuid4(), "lantern-and-loom")]

    *pages, stranger, blocked, nobody, nothing = shop(work)
    assert [(page.status, page.cause, page.rows, page.total) for page in pages] == [
        ("ask_first", "not_yet_assessed", (), None),
        ("blocked", None, (), None),
    ]
    assert {one.status for one in stranger.products} == {ProductStatus.NOT_YET_ASSESSED}
    assert {one.status for one in blocked.products} == {ProductStatus.UNKNOWN}
    assert (stranger.power_cents, blocked.power_cents, nobody, nothing) == (None, None, None, None)


def test_where_nobody_asked_no_no_is_told(shop, rows, run):
    """A run approved someone whose tier closes a product: that is not yet assessed, not zero."""
    low = rows[-1]

    async def work(shop):
        await publish(shop.pool, run)
        consumer_id = (await consumers(shop.pool))[low["applicant_id"]]
        return await shop.page(consumer_id, page_size=100), await shop.at(
            consumer_id, "lantern-and-loom"
        )

    page, at = shop(work)
    told = {(one.status, one.power_cents, one.reason_code) for r in page.rows for one in r.products}
    assert ProductStatus.NOT_ELIGIBLE not in {status for status, _, _ in told}
    assert (ProductStatus.NOT_YET_ASSESSED, None, None) in told
    assert ProductStatus.NOT_ELIGIBLE not in {one.status for one in at.products}


def test_a_basket_has_its_plans_with_their_schedules(shop, rows):
    async def work(shop):
        return await shop.at(await asked(shop, rows[0]), "lantern-and-loom", 60_000)

    answer = shop(work)
    assert (answer.is_within_power, answer.amount_cents) == (True, 60_000)
    plans = [plan for product in answer.products for plan in product.plans]
    assert len(plans) > 5
    for plan in plans:
        assert plan.plan.basket_cents == 60_000
        paid = sum(payment.amount_cents for payment in plan.payments)
        assert paid == 60_000 + plan.plan.finance_charge_cents - (
            0 if plan.plan.plan == "pay_in_4" else plan.plan.down_payment_cents
        )


def test_a_basket_beyond_reach_says_why_and_the_most_that_would_work(shop, rows):
    async def work(shop):
        consumer_id = await asked(shop, rows[0])
        beyond = await shop.at(consumer_id, "lantern-and-loom", 9_999_999)
        most = [one.power_cents for one in beyond.products]
        again = [await shop.at(consumer_id, "lantern-and-loom", one) for one in most if one]
        return beyond, again

    beyond, again = shop(work)
    assert beyond.is_within_power is False
    for product in beyond.products:
        assert product.plans == ()
        assert product.reason.code.startswith("AMOUNT_ABOVE")
        assert product.power_plan.basket_cents == product.power_cents
    assert all(answer.is_within_power for answer in again)


def test_without_a_basket_every_product_says_the_most_at_its_quoted_plan(shop, rows):
    async def work(shop):
        consumer_id = await asked(shop, rows[0])
        return await shop.at(consumer_id, "lantern-and-loom"), await shop.page(
            consumer_id, name="lantern loom"
        )

    answer, page = shop(work)
    assert answer.is_within_power is None
    assert [(one.product, one.power_cents) for one in answer.products] == [
        (one.product, one.power_cents) for one in page.rows[0].products
    ]
    for one in answer.products:
        assert one.power_plan.basket_cents == one.power_cents
        assert one.plans == ()


def test_what_is_used_up_is_told_so_everywhere(shop, rows):
    row = rows[0]

    async def work(shop):
        consumer_id = await asked(shop, row)
        await owe(shop.pool, consumer_id, row["limit_total_cents"])
        return await shop.page(consumer_id, name="lantern loom"), await shop.at(
            consumer_id, "lantern-and-loom"
        )

    page, at = shop(work)
    assert {(one.status, one.reason_code) for one in page.rows[0].products} == {
        (ProductStatus.USED_UP, "P_USED")
    }
    assert {(one.status, one.reason.code) for one in at.products} == {
        (ProductStatus.USED_UP, "P_USED")
    }


def test_a_change_of_programs_is_seen_by_the_next_request(shop, rows, directory):
    paused = [msgspec.structs.replace(one, is_paused=True) for one in directory.programs]

    async def work(shop):
        consumer_id = await asked(shop, rows[0])
        before = await shop.page(consumer_id, products=("pay_in_4",), power_min_cents=1)
        await shop.stored.put_programs(paused)
        after = await shop.page(consumer_id, products=("pay_in_4",), power_min_cents=1)
        at = await shop.at(consumer_id, "lantern-and-loom")
        return before, after, at.products[0]

    before, after, pay_in_4 = shop(work)
    assert before.total > 0
    assert after.total == 0
    assert (pay_in_4.status, pay_in_4.power_cents) == (ProductStatus.PAUSED, 0)


def test_a_change_of_merchants_is_read_beside_what_is_held(shop, rows, directory):
    fewer = Directory(merchants=directory.merchants[:9], programs=directory.programs)

    async def work(shop):
        consumer_id = await asked(shop, rows[0])
        first = await shop.page(consumer_id, page_size=5)
        await shop.stored.replace_directory(merchants_frame(fewer), fewer.programs)
        second = await shop.page(consumer_id, page_size=100)
        with pytest.raises(DirectoryChanged):
            await shop.page(consumer_id, page_size=5, cursor=first.next_cursor)
        return first.directory_version, second

    version, second = shop(work)
    assert (second.total, second.directory_version > version) == (9, True)


@pytest.mark.parametrize("change", ["programs", "decision", "used"])
def test_a_cursor_ends_where_what_the_list_is_made_from_changes(shop, rows, directory, *, change):
    paused = [msgspec.structs.replace(one, is_paused=True) for one in directory.programs]

    async def work(shop):
        consumer_id = await asked(shop, rows[0])
        first = await shop.page(consumer_id, page_size=5)
        assert (await shop.page(consumer_id, page_size=9, cursor=first.next_cursor)).rows
        if change == "programs":
            await shop.stored.put_programs(paused)
        elif change == "decision":
            await execute(shop.pool, "delete from power where consumer_id = %s", consumer_id)
            await decide_now(shop.pool, consumer_id, rows[1])
        else:
            await owe(shop.pool, consumer_id, 100)
        with pytest.raises(DirectoryChanged, match="begin with its first page"):
            await shop.page(consumer_id, page_size=5, cursor=first.next_cursor)

    shop(work)


def test_a_cursor_of_another_person_is_of_another_query(shop, rows):
    async def work(shop):
        one, other = await asked(shop, rows[0]), await asked(shop, rows[0])
        first = await shop.page(one, page_size=5)
        with pytest.raises(RequestRefused) as error:
            await shop.page(other, page_size=5, cursor=first.next_cursor)
        return [(problem.path, problem.code) for problem in error.value.problems]

    assert shop(work) == [("$query.cursor", "cursor_of_another_query")]


def test_many_requests_read_a_new_directory_once(shop, rows):
    async def work(shop):
        consumer_id, reads = await asked(shop, rows[0]), 0
        whole = shop.stored.read_directory

        async def counted():
            nonlocal reads
            reads += 1
            return await whole()

        shop.stored.read_directory = counted
        await asyncio.gather(*(shop.page(consumer_id) for _ in range(20)))
        return reads

    assert shop(work) == 1


@pytest.mark.parametrize(
    ("query", "path", "code"),
    [
        ({"page_size": 0}, "$query.page_size", "out_of_range"),
        ({"page_size": 101}, "$query.page_size", "out_of_range"),
        ({"power_min_cents": -1}, "$query.power_min_cents", "out_of_range"),
        ({"products": ("monthley",)}, "$query.product", "unknown_product"),
        ({"name": "?!"}, "$query.name", "unusable_name"),
        ({"cursor": "AAAA"}, "$query.cursor", "cursor_malformed"),
    ],
)
def test_a_query_that_cannot_be_is_refused_with_its_place(shop, rows, *, query, path, code):
    async def work(shop):
        with pytest.raises(RequestRefused) as error:
            await shop.page(await asked(shop, rows[0]), **query)
        return [(problem.path, problem.code) for problem in error.value.problems]

    assert shop(work) == [(path, code)]


def test_what_is_advertised_stands_with_its_companions(shop):
    offers = shop(lambda shop: shop.advertised("lantern-and-loom", "OH", 60_000))
    assert (offers.is_offer_to_a_person, offers.label, offers.reason) == (False, LABEL, None)
    assert {one.product for one in offers.offers} >= {"pay_in_4", "monthly", "card"}
    for one in offers.offers:
        assert one.basket_cents == one.plan.basket_cents == 60_000
        # 12 CFR 1026.24(d)(2): the down payment, the terms of repayment, the APR by that name.
        for companion in (" down, then ", " payments", "% annual percentage rate (APR)"):
            assert companion in one.disclosure
        assert all(term.text in one.disclosure for term in one.trigger_terms)
        assert one.headline.removeprefix("As low as ") in one.disclosure


def test_what_is_advertised_is_had_by_somebody(shop, rows):
    """The terms exist: whoever has the best tier there is offered the same plan."""

    async def work(shop):
        row = next(one for one in rows if one["pricing_tier"] == "A" and one["state"])
        offers = await shop.advertised("lantern-and-loom", row["state"], 40_000)
        return offers, await shop.at(await asked(shop, row), "lantern-and-loom", 40_000)

    offers, at = shop(work)
    had = {plan.plan for product in at.products for plan in product.plans}
    assert {one.plan for one in offers.offers} <= had


@pytest.mark.parametrize(
    ("state", "amount_cents", "reason"),
    [("OH", 1, "no_plan_for_amount"), (None, 10**10, "no_plan_for_amount"), ("OH", None, None)],
)
def test_why_nothing_is_advertised(shop, *, state, amount_cents, reason):
    offers = shop(lambda shop: shop.advertised("lantern-and-loom", state, amount_cents))
    assert (offers.reason, bool(offers.offers)) == (reason, reason is None)


def test_nothing_is_advertised_for_a_merchant_that_is_paused_or_none(shop, directory):
    paused = next((one for one in directory.merchants if one.is_paused), None)
    assert paused is not None

    async def work(shop):
        return await shop.advertised(paused.merchant_id), await shop.advertised("nobody")

    offers, nothing = shop(work)
    assert (offers.reason, offers.offers, nothing) == ("paused", (), None)


def test_a_state_and_an_amount_are_refused_together(shop):
    async def work(shop):
        with pytest.raises(RequestRefused) as error:
            await shop.advertised("lantern-and-loom", "XX", 0)
        return [problem.code for problem in error.value.problems]

    assert shop(work) == ["unknown_state", "out_of_range"]


def test_the_day_is_that_of_the_calendar_zone(shop, rows):
    async def work(shop):
        _, read_at = await shop.held.latest()
        page = await shop.page(await asked(shop, rows[0]))
        return page.directory_version, f"{calendar_day(read_at):%Y%m%d}"

    version, day = shop(work)
    assert version.endswith(day)
