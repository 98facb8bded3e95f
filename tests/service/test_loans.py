"""Loans over a real database: paid, refunded, late, written off, and every bad request."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.service.servicing import MONTHLY, Servicer, shape
from tests.service.tills import MERCHANT, at_till
from wherewithal.service.loan_refusals import LOAN_REFUSALS, LoanRefused


@pytest.fixture
def servicer(database, bundle, directory, row):
    """Return a function that runs `work(servicer)` for a person who was told their power."""

    def run(work):
        async def inside(till):
            return await work(Servicer(till=till, who=await till.ask(row)))

        return at_till(database, bundle, directory, inside)

    return run


async def refusal(working) -> str:
    with pytest.raises(LoanRefused) as refused:
        await working
    return refused.value.code


async def rows(servicer, query: str) -> Any:
    async with servicer.till.pool.connection() as connection:
        return await (await connection.execute(query)).fetchall()


def test_payments_lower_what_is_owed_and_the_last_ends_the_loan(servicer):
    async def work(s):
        loan = await s.lend(40_000)
        found = [await s.pay(loan, cents) for cents in (10_000, 5_000, 15_000)]
        return found, await s.loan(loan), await s.account(), await s.till.read(s.who[0])

    found, loan, account, power = servicer(work)
    assert [(one.outstanding_cents, one.status, one.on_time_payments) for one in found] == [
        (20_000, "open", 1),
        (15_000, "open", 0),
        (0, "repaid", 2),
    ]
    assert shape(loan) == [(10_000, 10_000, 0)] * 3
    assert account == {"held": 0, "drawn": 0}
    assert power.used.drawn_cents == 0


def test_interest_is_paid_before_principal(servicer):
    async def work(s):
        loan = await s.lend(100_000, **MONTHLY)
        first = (await s.loan(loan)).instalments[0]
        part = await s.pay(loan, first.interest_cents - 1)
        more = await s.pay(loan, 2)
        return first, part, more, await s.account()

    first, part, more, account = servicer(work)
    assert (part.principal_cents, part.interest_cents) == (0, first.interest_cents - 1)
    assert (more.principal_cents, more.interest_cents) == (1, 1)
    assert account["drawn"] == 99_999


def test_who_pays_off_early_does_not_pay_interest_that_is_not_earned(servicer):
    async def work(s):
        loan = await s.lend(100_000, **MONTHLY)
        before = await s.loan(loan)
        refused = await refusal(s.pay(loan, before.payoff_cents + 1))
        return before, refused, await s.pay(loan, before.payoff_cents), await s.loan(loan)

    before, refused, paid, after = servicer(work)
    first, *later = before.instalments
    # The principal, and the interest until the next payment.
    assert before.payoff_cents == 100_000 + first.interest_cents
    assert refused == "above_owed"
    assert paid.waived_interest_cents == sum(one.interest_cents for one in later)
    assert (paid.status, after.payoff_cents) == ("repaid", 0)


def test_a_refund_restores_power_once_from_the_last_payment_backwards(servicer):
    async def work(s):
        loan = await s.lend(40_000)
        before = await s.till.read(s.who[0])
        refunds = [await s.refund(loan, 15_000, reference="R-1") for _ in range(2)]
        after = await s.till.read(s.who[0])
        return before, refunds, after, await s.loan(loan), await s.account()

    before, refunds, after, loan, account = servicer(work)
    assert refunds[0] == refunds[1]
    assert (refunds[0].principal_cents, refunds[0].to_consumer_cents) == (15_000, 0)
    assert shape(loan) == [(0, 10_000, 0), (0, 5_000, 0), (0, 0, 0)]
    assert account == {"held": 0, "drawn": 15_000}
    assert after.power_total_cents > before.power_total_cents


def test_a_refund_lowers_the_interest_of_what_is_left(servicer):
    async def work(s):
        loan = await s.lend(100_000, **MONTHLY)
        before = await s.loan(loan)
        await s.refund(loan, 50_000)
        return before, await s.loan(loan)

    before, after = servicer(work)
    pairs = list(zip(before.instalments, after.instalments, strict=True))
    assert all(new.amount_cents <= old.amount_cents for old, new in pairs)
    assert all(new.interest_cents <= old.interest_cents for old, new in pairs)
    assert sum(one.principal_cents for one in after.instalments) == 50_000
    # On half of the balance the first month costs half, to the cent.
    halved = before.instalments[0].interest_cents / 2
    assert abs(after.instalments[0].interest_cents - halved) <= 1


def test_a_full_refund_ends_the_loan_and_gives_back_what_was_paid(servicer):
    async def work(s):
        loan = await s.lend(40_000)
        await s.pay(loan, 12_000)
        refund = await s.refund(loan, 40_000)
        again = await refusal(s.refund(loan, 1))
        return refund, again, await refusal(s.pay(loan, 1)), await s.account()

    refund, again, paid, account = servicer(work)
    # $100 at the till and $120 of the $300 that were lent.
    assert (refund.principal_cents, refund.to_consumer_cents) == (18_000, 22_000)
    assert (refund.status, again, paid) == ("refunded", "above_basket", "loan_ended")
    assert account == {"held": 0, "drawn": 0}


def test_goods_of_a_repaid_loan_may_come_back(servicer):
    async def work(s):
        loan = await s.lend(40_000)
        await s.pay(loan, 30_000)
        return [await s.refund(loan, cents) for cents in (10_000, 30_000)], await s.account()

    refunds, account = servicer(work)
    assert [(one.to_consumer_cents, one.status) for one in refunds] == [
        (10_000, "repaid"),
        (30_000, "refunded"),
    ]
    assert account == {"held": 0, "drawn": 0}


def test_a_merchant_hears_of_a_refund_and_of_nothing_else(servicer):
    async def work(s):
        loan = await s.lend(40_000)
        stranger = await refusal(s.refund(loan, 1_000, merchant_id="harbor-tires"))
        return stranger, await s.refund(loan, 1_000, merchant_id=MERCHANT, reference="R-1"), loan

    stranger, refund, loan = servicer(work)
    assert stranger == "unknown_loan"
    assert (refund.loan_id, refund.amount_cents) == (loan, 1_000)
    assert (refund.to_consumer_cents, refund.outstanding_cents, refund.status) == (None,) * 3


def test_late_is_computed_when_read_and_written_down_once(servicer):
    async def work(s):
        loan = await s.lend(40_000)
        await s.age(loan, 30)
        before = await s.till.read(s.who[0])
        marked = [await s.mark_late(), await s.mark_late()]
        entries = await rows(
            s,
            "select kind, reference, amount_cents, drawn_delta_cents from ledger_entry"
            " where kind = 'payment_late' order by entry_seq",
        )
        events = await rows(s, "select merchant_id, payload from event where type = 'loan.late'")
        return before, marked, entries, events, await s.loan(loan), await s.account()

    before, marked, entries, events, loan, account = servicer(work)
    # Due after 14, 28 and 42 days; two of them are past, and nothing more may be bought.
    assert [one.reason and one.reason.code for one in before.products][:1] == ["R16"]
    assert marked == [1, 0]
    assert entries == [
        ("payment_late", "1", 10_000, 0),
        ("payment_late", "2", 10_000, 0),
    ]
    assert [(merchant, payload["number"]) for merchant, payload in events] == [(None, 1), (None, 2)]
    assert (loan.days_late, account["drawn"]) == (16, 30_000)


def test_who_pays_what_is_late_may_buy_again_and_it_was_not_on_time(servicer):
    async def work(s):
        loan = await s.lend(40_000)
        due_on = await s.age(loan, 20)
        late = await s.till.read(s.who[0])
        paid = await s.pay(loan, 10_000)
        cured = await s.till.read(s.who[0])
        # The day it was paid counts, not the day on which we heard of it.
        posted = await s.pay(loan, 10_000, paid_on=due_on)
        return late, paid, cured, posted

    late, paid, cured, posted = servicer(work)
    assert late.power_total_cents == 0
    assert cured.power_total_cents > 0
    assert (paid.on_time_payments, posted.on_time_payments) == (0, 1)


def test_what_was_written_off_stays_so_and_is_still_paid(servicer):
    async def work(s):
        loan = await s.lend(40_000)
        await s.pay(loan, 10_000)
        await s.age(loan, 200)
        off = [await s.charge_off(loan) for _ in range(2)]
        paid = await s.pay(loan, 20_000)
        refund = await s.refund(loan, 40_000)
        power = await s.till.read(s.who[0])
        return off, paid, refund, power, await s.account(), await s.mark_late()

    off, paid, refund, power, account, marked = servicer(work)
    assert off[0] == off[1]
    assert (off[0].principal_cents, off[0].status) == (20_000, "charged_off")
    assert (paid.status, paid.outstanding_cents) == ("charged_off", 0)
    assert (refund.to_consumer_cents, refund.status) == (40_000, "charged_off")
    assert power.power_total_cents == 0
    assert (account, marked) == ({"held": 0, "drawn": 0}, 0)


def test_every_bad_request_has_its_code_and_changes_nothing(servicer):
    async def work(s):
        loan = await s.lend(40_000)
        first = await s.pay(loan, 1_000, reference="P-1")
        await s.refund(loan, 1_000, reference="P-1")
        before = await s.account()
        tomorrow, yesterday = (first.paid_on + timedelta(days=days) for days in (1, -1))
        codes = [
            await refusal(s.pay(str(uuid4()), 1)),
            await refusal(s.pay(loan, 2_000, reference="P-1")),
            await refusal(s.pay(loan, 29_000)),
            await refusal(s.pay(loan, 1, paid_on=tomorrow)),
            await refusal(s.pay(loan, 1, paid_on=yesterday)),
            await refusal(s.refund(loan, 39_001)),
        ]
        await s.pay(loan, 28_000)
        codes.append(await refusal(s.pay(loan, 1)))
        codes.append(await refusal(s.charge_off(loan)))
        assert before == {"held": 0, "drawn": 28_000}
        return codes

    codes = servicer(work)
    assert codes == [
        "unknown_loan",
        "loan_reference_reused",
        "above_owed",
        "paid_in_future",
        "paid_before_booked",
        "above_basket",
        "loan_ended",
        "loan_ended",
    ]
    assert set(codes) == set(LOAN_REFUSALS)
