"""Commitments: made now, honoured whatever policy says later, and every attempt written down."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import msgspec
import pytest

from tests.service.committing import SIGNER, at_counter
from tests.service.desk import everyday
from tests.sources.bureau_talk import simulator
from wherewithal.qualify.commitment import State
from wherewithal.qualify.preconditions import NO_COMMITMENTS
from wherewithal.service.commitment_document import verify_document
from wherewithal.service.errors import TooMany, Unavailable
from wherewithal.service.hold_refusals import CommitmentNotHonoured, HoldRefused
from wherewithal.service.issue_commitment import COMMITMENT_REFUSALS, CommitmentRefused
from wherewithal.vocabulary.program import PlanCode, ProductCode


@pytest.fixture(scope="module")
def simulated():
    with simulator(clock=lambda: datetime.now(UTC)) as server:
        yield server


@pytest.fixture
def counter(database, simulated, directory):
    """Return a function that runs `work(counter)` for a person who was decided now."""

    def run(work, **given):
        return at_counter(database, simulated.url, directory, work, **given)

    return run


async def code_of(working) -> str:
    try:
        await working
    except (HoldRefused, CommitmentRefused) as refused:
        return refused.code
    return "placed"


async def not_honoured(working) -> CommitmentNotHonoured:
    with pytest.raises(CommitmentNotHonoured) as refused:
        await working
    return refused.value


def stricter():
    """Return the everyday policy, under which a newcomer may use a hundredth of each limit."""
    bundle = everyday()
    rules = msgspec.structs.replace(bundle.catalogue.exposure_limits, first_purchases_share_bps=100)
    catalogue = msgspec.structs.replace(bundle.catalogue, exposure_limits=rules)
    return replace(bundle, digest="5" * 64, catalogue=catalogue, _editions={})


def test_a_commitment_is_signed_and_promises_what_can_be_spent(counter):
    async def work(counter):
        power = await counter.till.read(counter.who[0])
        made = await counter.commit()
        again = await counter.commit()
        return power, made, again, await counter.buy(made), await counter.attempts(made)

    power, made, again, hold, attempts = counter(work)
    document = msgspec.json.decode(made.document)
    told = next(one for one in power.products if one.product == "pay_in_4")
    assert made.amount_cents == told.power_cents == document["amount_cents"]
    assert made.commitment_id == again.commitment_id
    assert (made.expires_at - made.issued_at).days == 7
    assert verify_document(document, made.signature, jwks=SIGNER.public_jwks()).is_valid
    assert [one["code"] for one in document["preconditions"]] == [
        one.code for one in everyday().commitments.preconditions
    ]
    assert [one["code"] for one in document["causes"]] == ["X_SANCTIONS", "X_LAW"]
    assert hold.commitment_id == str(made.commitment_id)
    (attempt,) = attempts
    assert (attempt.is_within, attempt.is_honoured, attempt.cause) == (True, True, None)
    assert attempt.hold_id is not None


def test_a_later_stricter_policy_changes_nothing_of_it(counter):
    """Under the new policy alone the same basket would be refused; a promise of it is kept."""

    async def work(counter):
        made = await counter.commit()
        await counter.serve(stricter())
        await counter.change("power", "outcome = 'declined', standing = standing || '{}'")
        alone = await code_of(counter.till.hold(counter.who, basket_cents=made.amount_cents))
        return made, alone, await counter.buy(made), await counter.attempts(made)

    made, alone, hold, (attempt,) = counter(work)
    assert alone == "not_available"
    assert (hold.basket_cents, attempt.is_honoured) == (made.amount_cents, True)


def test_limits_and_plans_are_those_of_the_policy_that_promised(counter):
    async def work(counter):
        made = await counter.commit(ProductCode.MONTHLY)
        await counter.serve(stricter())
        basket = {"basket_cents": 100_000, "plan": PlanCode.M12}
        alone = await code_of(counter.till.hold(counter.who, product=ProductCode.MONTHLY, **basket))
        return alone, await counter.buy(made, **basket)

    alone, hold = counter(work)
    assert (alone, hold.basket_cents) == ("over_power", 100_000)


async def nothing(_counter, _made):
    """Change nothing."""


def decided(**given):
    async def change(counter, _made):
        await counter.decide_again(**given)

    return change


def changed(table, change):
    async def work(counter, _made):
        await counter.change(table, change)

    return work


async def refused_at_the_gate(counter, _made):
    """Have somebody ask in the person's name, and be refused."""
    await counter.till.prequalify(counter.who[0])
    await counter.change(
        "prequalification",
        "response = case when response = '' then '{\"outcome\": \"refused_identity\"}'"
        " else response end",
    )


async def pause(counter, _made):
    await counter.change_all("merchant", "is_paused = true")


async def close_law(counter, _made):
    """Go on under law rows that allow the product nowhere."""
    bundle = everyday()
    law = msgspec.structs.replace(
        bundle.law,
        rows=tuple(one for one in bundle.law.rows if ProductCode.PAY_IN_4 not in one.products),
    )
    await counter.serve(replace(bundle, digest="6" * 64, law=law, _editions={}, _begins=()))


@pytest.mark.parametrize(
    ("change", "cause", "cause_class"),
    [
        (decided(delinquencies_24m=1), "C_DELINQUENCY", "changed_facts"),
        (decided(worst_past_due_days=30), "C_DELINQUENCY", "changed_facts"),
        (decided(inquiries_6m=9), "C_POINTS", "changed_facts"),
        (decided(scheduled_payments_cents=900_000), "C_OBLIGATIONS", "changed_facts"),
        (decided(bankruptcies=1), "C_BANKRUPTCY", "changed_facts"),
        (decided(state="NV", is_report_new=False), "C_STATE", "changed_facts"),
        (decided(has_fraud_alert=True), "C_IDENTITY", "identity"),
        (refused_at_the_gate, "C_IDENTITY", "identity"),
        (changed("consumer", "blocks_credit = '{fraud}'"), "C_IDENTITY", "identity"),
        (changed("consumer", "blocks_credit = '{sanctions}'"), "X_SANCTIONS", "identity"),
        (changed("consumer", "has_charge_off = true"), "C_DELINQUENCY", "changed_facts"),
        (pause, "C_TERMS", "terms_closed"),
        (close_law, "X_LAW", "terms_closed"),
    ],
)
def test_a_merchant_hears_a_class_and_the_person_the_cause(counter, change, cause, cause_class):
    async def work(counter):
        made = await counter.commit()
        await change(counter, made)
        refused = await not_honoured(counter.buy(made, basket_cents=10_000))
        account = await counter.till.account(counter.who[0])
        return refused, await counter.attempts(made), account, await counter.notices()

    refused, (attempt,), account, notices = counter(work)
    assert (refused.cause_class, refused.still_stands_cents) == (cause_class, None)
    assert (attempt.is_within, attempt.is_honoured, attempt.cause) == (True, False, cause)
    failing = [one.code for one in attempt.preconditions if one.state is State.FAILS]
    assert failing[:1] == [cause] or cause.startswith("X_")
    assert account == {"held": 0, "drawn": 0}
    assert bool(notices) == (cause_class != "terms_closed")


@pytest.mark.parametrize(
    "change",
    [
        nothing,
        decided(delinquencies_24m=5, bankruptcies=5, is_report_new=False),
        decided(inquiries_6m=1),
    ],
)
def test_facts_within_the_thresholds_or_not_looked_at_again_hold(counter, change):
    async def work(counter):
        made = await counter.commit()
        await change(counter, made)
        await counter.buy(made, basket_cents=10_000)
        return await counter.attempts(made)

    (attempt,) = counter(work)
    assert attempt.is_honoured


def test_the_person_reads_the_value_then_and_now_and_what_still_stands(counter):
    async def work(counter):
        made = await counter.commit()
        await counter.decide_again(delinquencies_24m=1)
        refusals = [await not_honoured(counter.buy(made, basket_cents=10_000)) for _ in range(2)]
        await counter.share_amounts()
        refusals.append(await not_honoured(counter.buy(made, basket_cents=10_000)))
        return refusals, await counter.attempts(made), await counter.notices()

    refusals, attempts, notices = counter(work)
    failed = next(one for one in attempts[0].preconditions if one.code == "C_DELINQUENCY")
    assert (failed.state, failed.value_then, failed.value_now) == (State.FAILS, 0, 30)
    still = attempts[0].still_stands
    assert (still.product, still.basket_cents, still.plan) == ("pay_in_4", 10_000, "pay_in_4")
    # The merchant hears an amount with the person's consent alone.
    assert [one.still_stands_cents for one in refusals] == [None, None, 10_000]
    # One duty, however often it is tried.
    assert notices == [("counteroffer", "pay_in_4", ["R17d"])]


def test_outside_of_time_amount_and_product_it_is_no_attempt_of_the_rate(counter):
    async def work(counter):
        made = await counter.commit()
        codes = [
            await code_of(counter.buy(made, basket_cents=made.amount_cents + 1)),
            await code_of(counter.buy(made, product=ProductCode.MONTHLY, plan=PlanCode.M6)),
        ]
        await counter.change(
            "commitment",
            "issued_at = clock_timestamp() - interval '1 day',"
            " expires_at = clock_timestamp() - interval '1 microsecond'",
        )
        codes.append(await code_of(counter.buy(made)))
        codes.append(await code_of(counter.buy(made, commitment_id=uuid4())))
        return codes, await counter.attempts(made)

    codes, attempts = counter(work)
    assert codes == [
        "over_power",
        "commitment_of_another_product",
        "commitment_expired",
        "unknown_commitment",
    ]
    assert [(one.is_within, one.cause) for one in attempts] == [
        (False, "expired"),
        (False, "other_product"),
        (False, "above_amount"),
    ]


def test_what_was_used_of_it_is_gone_and_merchants_terms_are_a_cause(counter):
    async def work(counter):
        made = await counter.commit()
        await counter.buy(made, basket_cents=made.amount_cents - 10_000)
        codes = [
            await code_of(counter.buy(made, basket_cents=20_000)),
            await code_of(counter.buy(made, basket_cents=100)),
        ]
        return codes, await counter.attempts(made)

    codes, attempts = counter(work)
    assert codes == ["over_power", "below_least"]
    assert [(one.is_within, one.cause) for one in attempts] == [
        (True, "merchant_terms"),
        (False, "above_amount"),
        (True, None),
    ]


def test_a_merchant_without_room_keeps_no_promise_and_it_counts(counter):
    async def work(counter):
        made = await counter.commit()

        async def has_room(_merchant_id):
            return False

        ports = counter.till.ports
        counter.till.ports = replace(ports, has_room=has_room)
        with pytest.raises(TooMany):
            await counter.buy(made, basket_cents=10_000)
        counter.till.ports = ports
        rate = await counter.store.count_attempts(weeks=1, product=None, merchant_id=None)
        account = await counter.till.account(counter.who[0])
        return await counter.attempts(made), rate, account, await counter.notices()

    (attempt,), (counted,), account, notices = counter(work)
    assert (attempt.is_within, attempt.is_honoured, attempt.cause) == (
        True,
        False,
        "too_many_holds",
    )
    assert (counted.is_honoured, counted.attempts) == (False, 1)
    assert (account, notices) == ({"held": 0, "drawn": 0}, [])


def test_two_products_have_a_promise_each(counter):
    async def work(counter):
        short, long = [
            await counter.commit(one) for one in (ProductCode.PAY_IN_4, ProductCode.MONTHLY)
        ]
        first = await counter.buy(short, basket_cents=10_000)
        second = await counter.buy(long, basket_cents=50_000, plan=PlanCode.M6)
        swapped = await code_of(counter.buy(long, product=ProductCode.PAY_IN_4))
        return first.commitment_id, second.commitment_id, short, long, swapped

    first, second, short, long, swapped = counter(work)
    assert (first, second) == (str(short.commitment_id), str(long.commitment_id))
    assert swapped == "commitment_of_another_product"


def test_another_persons_commitment_is_unknown(counter):
    async def work(counter):
        made = await counter.commit()
        counter.who = await counter.ask("published")
        return await code_of(counter.buy(made)), await counter.store.read_commitment(
            counter.who[0], made.commitment_id
        )

    assert counter(work) == ("unknown_commitment", None)


@pytest.mark.parametrize(
    ("change", "given", "code"),
    [
        (nothing, {"who": "stranger"}, "unknown_prequalification"),
        (changed("consumer", "blocks_credit = '{legal_hold}'"), {}, "not_available"),
        (refused_at_the_gate, {}, "not_available"),
        (changed("prequalification", "decision_seq = null"), {}, "not_decided_now"),
        (changed("power", "seq = seq + 1"), {}, "prequalification_superseded"),
        (changed("power", "outcome = 'declined'"), {}, "not_approved"),
        (
            changed("power", "expires_at = clock_timestamp() - interval '1 microsecond'"),
            {},
            "prequalification_expired",
        ),
        (changed("consumer", "has_charge_off = true"), {}, "no_power"),
        (nothing, {"bundle": "without preconditions"}, "no_preconditions"),
    ],
)
def test_what_cannot_be_promised_has_its_own_code_and_changes_nothing(counter, change, given, code):
    async def work(counter):
        await change(counter, None)
        asked: dict[str, Any] = {}
        if "who" in given:
            asked["who"] = (counter.who[0], uuid4())
        if "bundle" in given:
            asked["bundle"] = replace(everyday(), commitments=NO_COMMITMENTS)
        return await code_of(counter.commit(**asked)), await counter.desk.count("commitment")

    assert counter(work) == (code, 0)
    assert code in COMMITMENT_REFUSALS


def test_the_honour_rate_counts_each_reference_once(counter):
    async def work(counter):
        made = await counter.commit()
        await counter.buy(made, basket_cents=10_000)
        await counter.decide_again(delinquencies_24m=1)
        for reference in ("A-1", "A-1", "A-2"):
            await not_honoured(counter.buy(made, basket_cents=10_000, reference=reference))
        await code_of(counter.buy(made, basket_cents=10**7))
        return await counter.store.count_attempts(weeks=2, product=None, merchant_id=None)

    found = counter(work)
    assert [(one.is_honoured, one.cause, one.attempts) for one in found] == [
        (True, None, 1),
        (False, "C_DELINQUENCY", 2),
    ]


def test_attempts_at_once_are_each_written_down_and_never_more_is_held(counter):
    async def work(counter):
        made = await counter.commit()
        half = made.amount_cents // 2

        async def one(number):
            """Try until it is answered: a busy machine may keep an account locked for long."""
            while True:
                try:
                    buying = counter.buy(made, basket_cents=half, reference=f"at-once-{number}")
                    return (await buying).basket_cents
                except HoldRefused as refused:
                    return refused.code
                except Unavailable:
                    await asyncio.sleep(0.1)

        found = await asyncio.gather(*(one(number) for number in range(5)))
        return found, await counter.attempts(made)

    found, attempts = counter(work)
    assert sorted(map(str, found))[2:] == ["over_power"] * 3
    assert sum(one.is_honoured for one in attempts) == 2
    assert len(attempts) == 5
