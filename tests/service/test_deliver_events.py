"""Events reach who listens: signed, to each what it may hear, again after failures."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.service.publishing import add_consumer, execute, with_pool
from tests.service.receivers import (
    SEALER,
    Receiver,
    deliver_until,
    endpoint,
    free_port,
    listening,
    make_due,
    managing,
    rows,
    sender,
    tell,
)
from wherewithal.service.deliver_events import (
    ATTEMPTS_MAX,
    LAST_AFTER_S,
    RETRIES,
    Pace,
    settlement_of,
)
from wherewithal.service.events import EventType, ToldEvent
from wherewithal.service.outbox_ports import Attempt, ClaimedDelivery, Settlement
from wherewithal.service.webhook_records import Replay
from wherewithal.service.webhooks import (
    disable_endpoint,
    enable_endpoint,
    list_endpoints,
    list_events,
    replay_events,
    rotate_secret,
)
from wherewithal.store.outbox import OutboxInStore

QUEUED = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.fixture
def receiver():
    with listening() as one:
        yield one


def hears_more(receiver: Receiver) -> Callable[[], bool]:
    """Return whether more is heard than until now."""
    count = len(receiver.heard)
    return lambda: len(receiver.heard) > count


def claimed(*, attempts=0, age_s=0.0):
    event = ToldEvent(
        event_id=UUID(int=1),
        consumer_id=UUID(int=2),
        type="hold.placed",
        sequence=1,
        created_at=QUEUED,
        payload={},
        is_for_merchant=False,
        may_know_amounts=False,
    )
    return ClaimedDelivery(
        endpoint_id=UUID(int=3),
        event_seq=1,
        event=event,
        claim=UUID(int=4),
        url="https://shop.example/",
        secrets=(),
        attempts=attempts,
        queued_at=QUEUED,
        claimed_at=QUEUED + timedelta(seconds=age_s),
    )


def walked(chance):
    """Return the seconds from queueing to each attempt of an endpoint that never answers."""
    at_s, status, found = 0.0, "", []
    for attempts in range(ATTEMPTS_MAX):
        found.append(at_s)
        settlement = settlement_of(
            Attempt(error="timed_out"),
            claimed(attempts=attempts, age_s=at_s),
            uniform=lambda: chance,
        )
        at_s += settlement.pause_s
        status = settlement.status
    assert status == "dead"
    return found


@pytest.mark.parametrize(("chance", "hours"), [(0.0, 72.0), (0.5, 75.6), (1.0, 113.4)])
def test_retries_go_on_for_three_days_whatever_chance_says(chance, hours):
    found = walked(chance)
    assert len(found) == 10
    assert found[-1] / 3_600 == pytest.approx(hours, abs=0.1)
    assert found[-1] >= LAST_AFTER_S
    assert all(0 < least < most for least, most in RETRIES)


@pytest.mark.parametrize(
    ("attempt", "expected"),
    [
        (Attempt(status=200), ("delivered", 0, False)),
        (Attempt(status=410, error="refused"), ("dead", 0, True)),
        (Attempt(status=503, error="refused", retry_after_s=90), ("waiting", 90, False)),
        (Attempt(status=503, error="refused", retry_after_s=10**6), ("waiting", 86_400, False)),
        (Attempt(error="unreachable"), ("waiting", 5, False)),
    ],
)
def test_what_becomes_of_a_delivery(attempt, expected):
    found = settlement_of(attempt, claimed(), uniform=lambda: 0.5)
    assert (found.status, found.pause_s, found.is_gone) == expected


def test_a_lender_hears_all_and_a_merchant_its_own_without_amounts(database, receiver):
    async def work(pool):
        ann = await add_consumer(pool)
        await endpoint(pool, f"{receiver.url}/lender")
        await endpoint(pool, f"{receiver.url}/loom", merchant_id="loom")
        await endpoint(pool, f"{receiver.url}/other", types=(EventType.HOLD_VOIDED,))
        await tell(pool, ann, "loom", "oak", None, "loom")
        await deliver_until(pool, lambda: len(receiver.heard) == 6)
        found = sorted((one["sequence"], "basket_cents" in one["data"]) for one in receiver.heard)
        # The lender's are 1 to 4 with amounts; the merchant's own are counted 1, 2, without.
        assert found == [(1, False), (1, True), (2, False), (2, True), (3, True), (4, True)]

        consent = (
            "insert into sharing_consent (consumer_id, consent_id, merchant_id, text_version,"
            " text_sha256, given_at) values (%s, %s, 'loom', 'v', sha256('t'), now())"
        )
        await execute(pool, consent, ann, uuid4())
        await tell(pool, ann, "loom")
        await deliver_until(pool, lambda: len(receiver.heard) == 8)
        of_loom = next(one for one in receiver.heard[6:] if one["sequence"] == 3)
        assert of_loom["data"] == {"merchant_id": "loom", "basket_cents": 500, "reference": "r5"}

        page = await list_events(
            ann, merchant_id="loom", after=1, page_size=1, ports=managing(pool)
        )
        assert ([one.sequence for one in page.events], page.next_after) == ([2], 2)
        nobody = await list_events(
            ann, merchant_id="elm", after=0, page_size=9, ports=managing(pool)
        )
        assert (nobody.events, nobody.next_after) == ((), None)

    with_pool(database, work)


def test_signatures_verify_while_a_secret_is_changed(database, receiver):
    async def work(pool):
        ann = await add_consumer(pool)
        endpoint_id, first = await endpoint(pool, receiver.url)
        changed = await rotate_secret(endpoint_id, merchant_id=None, ports=managing(pool))
        assert changed is not None
        for secret in (first, changed.secret):
            receiver.secret, has_more = secret, hears_more(receiver)
            await tell(pool, ann, "loom")
            await deliver_until(pool, has_more)
        assert (len(receiver.heard), receiver.unverified) == (2, 0)
        assert receiver.headers[0]["webhook-signature"].count("v1,") == 2
        # A day later the first is no secret any more, and nowhere is one readable.
        await execute(pool, "update webhook_endpoint set before_until = now()")
        receiver.secret = first
        await tell(pool, ann, "loom")
        await deliver_until(pool, lambda: len(receiver.heard) == 3)
        assert receiver.unverified == 1
        stored = repr(await rows(pool, "select * from webhook_endpoint"))
        assert not [one for one in (first, changed.secret) if one[6:] in stored]

    with_pool(database, work)


def test_who_was_down_hears_everything_when_it_is_back(database, receiver):
    async def work(pool):
        ann = await add_consumer(pool)
        counted: list[str] = []
        await endpoint(pool, receiver.url)
        receiver.status = lambda _path: 500
        await tell(pool, ann, *["loom"] * 20)
        failed = lambda: counted.count("waiting") == 20  # noqa: E731
        await deliver_until(pool, failed, counted=counted)
        assert await rows(
            pool, "select distinct status, attempts, last_status, last_error from delivery"
        ) == [("waiting", 1, 500, "refused")]
        receiver.status = lambda _path: 200
        await make_due(pool)
        await deliver_until(pool, lambda: counted.count("delivered") == 20, counted=counted)
        assert sorted(one["sequence"] for one in receiver.heard) == list(range(1, 21))
        ids = [one["webhook-id"] for one in receiver.headers]
        assert {ids.count(one) for one in ids} == {2}

    with_pool(database, work)


def test_dead_letters_are_had_again_and_who_is_gone_is_disabled(database, receiver):
    async def work(pool):
        ann, ports = await add_consumer(pool), managing(pool)
        counted: list[str] = []
        endpoint_id, _ = await endpoint(pool, receiver.url)
        receiver.status = lambda _path: 410
        await tell(pool, ann, "loom", "loom")
        await deliver_until(pool, lambda: counted.count("dead") >= 1, counted=counted)
        (shown,) = (await list_endpoints(merchant_id=None, ports=ports)).endpoints
        assert (shown.status, shown.disabled_why) == ("disabled", "gone")
        await tell(pool, ann, "loom")  # nobody is there to hear it
        await deliver_until(pool, lambda: counted.count("dispatched") == 3, counted=counted)
        receiver.status = lambda _path: 200
        await enable_endpoint(endpoint_id, merchant_id=None, ports=ports)
        since = datetime.now(UTC) - timedelta(hours=1)
        again = await replay_events(endpoint_id, Replay(since=since), merchant_id=None, ports=ports)
        assert again is not None
        assert (again.queued, again.next_since) == (3, None)
        await deliver_until(pool, lambda: len(receiver.heard) == 3)
        event_id = UUID(receiver.heard[0]["id"])
        for replay, count in (
            (Replay(event_ids=(event_id,)), 1),
            (Replay(is_of_dead=True), 0),
        ):
            answer = await replay_events(endpoint_id, replay, merchant_id=None, ports=ports)
            assert answer is not None
            assert answer.queued == count
        await deliver_until(pool, lambda: len(receiver.heard) == 4)
        assert receiver.heard[3]["id"] == str(event_id)
        # What is another's is as if it were not there.
        assert await disable_endpoint(endpoint_id, merchant_id="oak", ports=ports) is None
        assert (
            await replay_events(
                endpoint_id, Replay(is_of_dead=True), merchant_id="oak", ports=ports
            )
            is None
        )

    with_pool(database, work)


def test_ten_that_hang_or_are_not_there_delay_nobody(database, receiver):
    async def work(pool):
        ann = await add_consumer(pool)
        for n in range(10):
            await endpoint(
                pool, f"{receiver.url}/slow" if n % 2 else f"http://127.0.0.1:{free_port()}/"
            )
        await endpoint(pool, f"{receiver.url}/quick")
        quick: dict[int, float] = {}

        def status(path):
            if path == "/slow":
                time.sleep(1.5)
                return 200
            quick[len(quick)] = time.monotonic()
            return 204

        receiver.status = status
        for _ in range(5):
            await tell(pool, ann, *["loom"] * 10)
        begun = time.monotonic()
        await deliver_until(
            pool, lambda: len(quick) >= 50, pace=Pace(poll_s=0.05, in_air_max=64, grace_s=3.0)
        )
        # One after the other, what hangs alone would take 250 times a second and a half.
        assert max(quick.values()) - begun < 0.1 * 250 * 1.5

    with_pool(database, work)


def test_only_the_last_claim_says_what_came_of_it(database):
    async def work(pool):
        outbox = OutboxInStore(pool, sealer=SEALER)
        ann = await add_consumer(pool)
        await endpoint(pool, "http://127.0.0.1:9999/")
        await tell(pool, ann, "loom")
        assert [await outbox.dispatch(rows_max=10) for _ in range(2)] == [1, 0]
        take: dict[str, Any] = {"slots": {}, "slots_each": 8, "rows_max": 9}
        (slow,) = await outbox.claim(lease_s=0.05, **take)
        assert await outbox.claim(lease_s=0.05, **take) == ()
        await asyncio.sleep(0.1)
        (last,) = await outbox.claim(lease_s=30, **take)
        done = Settlement(status="delivered", pause_s=0, attempt=Attempt(status=200))
        assert [await outbox.settle(one, done) for one in (slow, last, last)] == [
            False,
            True,
            False,
        ]
        assert await rows(pool, "select status, attempts from delivery") == [("delivered", 1)]

    with_pool(database, work)


def test_two_processes_claim_no_delivery_twice(database):
    async def work(pool):
        outbox = OutboxInStore(pool, sealer=SEALER)
        for _ in range(4):
            await endpoint(pool, "http://127.0.0.1:9999/")
        ann = await add_consumer(pool)
        await tell(pool, ann, *["loom"] * 25)

        async def drain():
            found: list[ClaimedDelivery] = []
            for _ in range(20):
                await outbox.dispatch(rows_max=3)
                found += await outbox.claim(lease_s=60, slots={}, slots_each=3, rows_max=7)
            return found

        both = await asyncio.gather(drain(), drain())
        taken = [(one.endpoint_id, one.event_seq) for part in both for one in part]
        assert len(taken) == len(set(taken)) == 100
        assert all(both)

    with_pool(database, work)


def test_a_round_takes_one_of_each_before_two_of_any(database):
    async def work(pool):
        outbox = OutboxInStore(pool, sealer=SEALER)
        made = [(await endpoint(pool, "http://127.0.0.1:9999/"))[0] for _ in range(3)]
        await tell(pool, await add_consumer(pool), *["loom"] * 5)
        await outbox.dispatch(rows_max=10)
        first = await outbox.claim(lease_s=60, slots={made[0]: 0}, slots_each=4, rows_max=4)
        assert sorted(made.index(one.endpoint_id) for one in first) == [1, 1, 2, 2]

    with_pool(database, work)


def test_nothing_readable_is_sent_where_the_secret_cannot_be_opened():
    attempt = asyncio.run(
        sender()("http://127.0.0.1:9999/", message_id="m", secrets=(), body=b"{}")
    )
    assert attempt.error == "secret_unreadable"
