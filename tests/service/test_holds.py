"""Holds over a real database: placed, captured, voided, expired, and every bad request."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest

from tests.service.publishing import execute
from tests.service.tills import Till
from wherewithal.service.hold_refusals import REFUSALS, HoldRefused
from wherewithal.vocabulary.program import PlanCode, ProductCode


async def refusal(working) -> str:
    with pytest.raises(HoldRefused) as refused:
        await working
    return str(refused.value.code)


async def expire(till: Till, hold, *, microseconds: int = 1) -> None:
    """Move a hold's time back, so that it ended so long ago."""
    await execute(
        till.pool,
        "update hold set placed_at = clock_timestamp() - interval '1 hour', expires_at ="
        " clock_timestamp() - %s * interval '1 microsecond' where hold_id = %s",
        microseconds,
        hold.hold_id,
    )


def test_a_hold_lowers_power_at_once_and_a_void_gives_it_back(till):
    async def work(till, who):
        before = await till.read(who[0])
        hold = await till.hold(who)
        during = await till.read(who[0])
        voided = await till.void(hold)
        return before, hold, during, voided, await till.read(who[0]), await till.account(who[0])

    before, hold, during, voided, after, account = till(work)
    assert (hold.status, hold.plan.amount_financed_cents, hold.open_cents) == (
        "held",
        7_500,
        10_000,
    )
    assert during.used.held_cents == 7_500
    assert during.power_total_cents == before.power_total_cents - 7_500
    assert (voided.status, account) == ("voided", {"held": 0, "drawn": 0})
    assert after.power_total_cents == before.power_total_cents


def test_a_capture_books_a_loan_with_its_payments(till):
    async def work(till, who):
        hold = await till.hold(who, basket_cents=40_003)
        capture = await till.capture(hold)
        async with till.pool.connection() as connection:
            cursor = await connection.execute(
                "select amount_cents, principal_cents, interest_cents from instalment order by number"
            )
            return (
                capture,
                await cursor.fetchall(),
                await till.look(hold),
                await till.account(who[0]),
            )

    capture, payments, hold, account = till(work)
    assert (capture.amount_cents, capture.principal_cents) == (40_003, 30_000)
    assert payments == [(10_000, 10_000, 0)] * 3
    assert (hold.status, hold.captured_cents, hold.open_cents) == ("captured", 40_003, 0)
    assert account == {"held": 0, "drawn": 30_000}


def test_parts_are_captured_until_the_last_and_the_rest_is_given_back(till):
    async def work(till, who):
        given = {"product": ProductCode.MONTHLY, "plan": PlanCode.M12, "basket_cents": 100_000}
        hold = await till.hold(who, **given)
        accounts = [await till.account(who[0])]
        for cents, is_last in ((33_333, False), (33_333, False), (20_000, True)):
            await till.capture(hold, cents, is_last=is_last)
            accounts.append(await till.account(who[0]))
        return accounts, await till.look(hold)

    accounts, hold = till(work)
    assert accounts == [
        {"held": 100_000, "drawn": 0},
        {"held": 66_667, "drawn": 33_333},
        {"held": 33_334, "drawn": 66_666},
        {"held": 0, "drawn": 86_666},
    ]
    assert (hold.status, hold.captured_cents) == ("captured", 86_666)


def test_the_same_reference_is_answered_the_same_for_ever(till):
    async def work(till, who):
        first = await till.hold_bytes(who, reference="A-1")
        again = await till.hold_bytes(who, reference="A-1")
        other = await refusal(till.hold_bytes(who, reference="A-1", request_digest=b"x" * 32))
        hold = await till.hold(who, reference="A-1")
        captures = [await till.capture(hold, reference="C-1") for _ in range(2)]
        later = await till.hold_bytes(who, reference="A-1")
        return first, again, other, captures, later, await till.account(who[0])

    first, again, other, captures, later, account = till(work)
    assert (first[1], again[1], again[0], later[0]) == (True, False, first[0], first[0])
    assert other == "reference_reused"
    assert captures[0] == captures[1]
    assert account == {"held": 0, "drawn": 7_500}


def test_a_reference_is_one_consumers_at_a_merchant(till, row):
    async def work(till, who):
        await till.hold(who, reference="A-1")
        other = await till.ask(row)
        return await refusal(till.hold(other, reference="A-1")), await till.account(other[0])

    assert till(work) == ("reference_reused", {"held": 0, "drawn": 0})


def test_expiry_is_by_the_databases_clock_with_nobody_sweeping(till):
    async def work(till, who):
        before = await till.read(who[0])
        hold = await till.hold(who)
        await expire(till, hold)
        after = await till.read(who[0])
        refused = [await refusal(till.capture(hold)), await refusal(till.void(hold))]
        return before, after, refused, await till.look(hold), await till.account(who[0])

    before, after, refused, hold, account = till(work)
    assert after.power_total_cents == before.power_total_cents
    assert refused == ["hold_expired", "hold_expired"]
    # The first who came by wrote it down.
    assert (hold.status, account) == ("expired", {"held": 0, "drawn": 0})


def test_the_sweeper_writes_down_what_has_expired_once(till):
    async def work(till, who):
        for hold in [await till.hold(who) for _ in range(2)]:
            await expire(till, hold)
        return [await till.sweep(), await till.sweep()], await till.account(who[0])

    assert till(work) == ([1, 0], {"held": 0, "drawn": 0})


def test_on_card_rails_a_clearing_is_booked_whatever_is_held(till):
    async def work(till, who):
        given = {"product": ProductCode.CARD, "plan": PlanCode.M3}
        above, late = [await till.hold(who, basket_cents=20_000, **given) for _ in range(2)]
        captures = [await till.capture(above, 25_000)]
        await expire(till, late)
        captures.append(await till.capture(late, 20_000))
        return captures, await till.look(late), await till.account(who[0])

    captures, late, account = till(work)
    assert [(one.principal_cents, one.is_over_limit) for one in captures] == [
        (25_000, True),
        (20_000, True),
    ]
    assert (late.status, account) == ("expired", {"held": 0, "drawn": 45_000})


def ruined(table: str, change: str):
    async def ruin(till, who):
        await execute(till.pool, f"update {table} set {change} where consumer_id = %s", who[0])  # noqa: S608

    return ruin


async def nothing(_till, _who):
    """Change nothing."""


@pytest.mark.parametrize(
    ("before", "given", "code"),
    [
        (nothing, {"consumer_id": uuid4()}, "unknown_consumer"),
        (nothing, {"prequalification_id": uuid4()}, "unknown_prequalification"),
        (nothing, {"merchant_id": "nowhere"}, "unknown_merchant"),
        (nothing, {"basket_cents": 100}, "below_least"),
        (nothing, {"basket_cents": 190_000, "plan": PlanCode.PAY_IN_4}, "over_power"),
        (nothing, {"plan": PlanCode.M60}, "plan_not_offered"),
        (nothing, {"product": ProductCode.MONTHLY, "basket_cents": 5_000_000}, "plan_not_offered"),
        (
            ruined("power", "expires_at = clock_timestamp() - interval '1 microsecond'"),
            {},
            "prequalification_expired",
        ),
        (ruined("consumer", "blocks_credit = '{fraud}'"), {}, "not_available"),
        (ruined("consumer", "has_charge_off = true"), {}, "not_available"),
        (ruined("power", "outcome = 'declined'"), {}, "not_available"),
    ],
)
def test_a_bad_request_has_its_own_code_and_changes_nothing(till, before, given, code):
    async def work(till, who):
        await before(till, who)
        return await refusal(till.hold(who, **given)), await till.account(who[0])

    assert till(work) == (code, {"held": 0, "drawn": 0})
    assert code in REFUSALS


def test_what_has_ended_is_not_captured_or_voided_again(till):
    async def work(till, who):
        captured, voided, part = [await till.hold(who) for _ in range(3)]
        await till.capture(captured)
        await till.void(voided)
        found = [
            await refusal(till.capture(captured)),
            await refusal(till.void(captured)),
            await refusal(till.capture(voided)),
            await refusal(till.capture(part, 10_001)),
            await refusal(till.capture(part, 3)),
        ]
        again = await till.void(voided)
        return found, again.status, await till.account(who[0])

    assert till(work) == (
        ["hold_captured", "hold_captured", "hold_voided", "above_hold", "too_small"],
        "voided",
        {"held": 7_500, "drawn": 7_500},
    )


def test_holds_of_a_person_at_a_merchant_are_bounded(till):
    async def work(till, who):
        for _ in range(5):
            await till.hold(who, basket_cents=3_500)
        return await refusal(till.hold(who, basket_cents=3_500))

    assert till(work) == "too_many_holds"


def test_many_at_once_never_reserve_more_than_there_is(till, row):
    """Sixteen clients ask for a third of what there is; a newcomer has three fifths of the limit."""
    limit_cents = row["limit_short_term_cents"] * 3 // 5
    basket_cents = limit_cents // 3 * 4 // 3

    async def work(till, who):
        async def ask():
            try:
                return (await till.hold(who, basket_cents=basket_cents)).plan.amount_financed_cents
            except HoldRefused as refused:
                return refused.code

        found = await asyncio.gather(*(ask() for _ in range(16)))
        return found, await till.account(who[0]), await ask()

    found, account, later = till(work)
    placed = [one for one in found if isinstance(one, int)]
    assert (sum(placed), 1 <= len(placed) <= 3) == (account["held"], True)
    assert account["held"] <= limit_cents
    assert {one for one in found if isinstance(one, str)} == {"over_power"} == {later}
