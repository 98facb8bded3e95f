"""Asking without applying: how often, what is kept of it, and that nothing else comes of it."""

from __future__ import annotations

import ast
import asyncio
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import msgspec
import polars as pl
import pytest

from tests.service.publishing import Reader, add_consumer, decide_now, with_pool
from wherewithal.qualify.decide_frame import decide_frame
from wherewithal.qualify.merchant_index import merchants_frame
from wherewithal.service.asking import AskingPorts, Question, ask_merchant, ask_merchants
from wherewithal.service.asking_rate import AskingRate, Rate
from wherewithal.service.directory import HeldDirectory
from wherewithal.service.errors import TooMany, Unavailable
from wherewithal.service.merchant_answers import MerchantsQuery
from wherewithal.service.own_cap import set_own_cap
from wherewithal.service.person_shelves import PersonShelves
from wherewithal.service.read_spending_power import WORDINGS
from wherewithal.service.receipts import Receipt, ReceiptBook, read_receipts
from wherewithal.sources.catalogue import load_directory, load_mcc_codes
from wherewithal.store.directory import DirectoryInStore
from wherewithal.store.ledger import LedgerInStore
from wherewithal.store.receipts import ReceiptsInStore
from wherewithal.vocabulary.errors import DomainError
from wherewithal.vocabulary.product import ProductCode

SHOP = "lantern-and-loom"
NOW = datetime(2026, 3, 2, tzinfo=UTC)
SOURCE = Path(__file__).resolve().parents[2] / "src" / "wherewithal"


@pytest.fixture(scope="module")
def row(borrowers: pl.DataFrame, bundle) -> dict[str, Any]:
    decided = decide_frame(borrowers.head(300), bundle).filter(pl.col("outcome") == "approved")
    return decided.sort("power_total_cents", descending=True).row(0, named=True)


@pytest.fixture
def desk(database, bundle, repository):
    """Return a function that runs `work` where the sample merchants may be asked about."""
    examples = repository / "examples"
    codes = load_mcc_codes(examples / "mcc" / "mcc_codes.csv")
    found = load_directory(examples / "merchants.csv", examples / "programs.csv", mcc_codes=codes)

    def run(work, *, rate: AskingRate | None = None):
        async def inside(pool):
            stored = DirectoryInStore(pool)
            await stored.replace_directory(merchants_frame(found), found.programs)
            reader, counted = Reader(pool, bundle), []
            receipts = ReceiptsInStore(pool)
            ports = AskingPorts(
                people=reader.people,
                directory=HeldDirectory(reads=stored, bundle=bundle),
                products=reader.products,
                shelves=PersonShelves(),
                rate=rate or AskingRate(monotonic=lambda: 0.0),
                receipts=ReceiptBook(receipts, count=lambda *given: counted.append(given)),
                new_uuid=uuid4,
            )

            async def ask(consumer_id, credential_id="k", **question):
                asked = Question(merchant_id=SHOP, **question)
                return await ask_merchant(
                    consumer_id, asked, credential_id=credential_id, ports=ports
                )

            async def cap(consumer_id, cents):
                ledger = LedgerInStore(pool, new_uuid=uuid4)
                return await set_own_cap(consumer_id, cents, ledger=ledger)

            return await work(
                SimpleNamespace(
                    pool=pool, ports=ports, ask=ask, cap=cap, counted=counted, receipts=receipts
                )
            )

        return with_pool(database, inside)

    return run


def test_what_was_shown_is_kept_and_read_back_newest_first(desk, row):
    async def work(desk):
        who = await add_consumer(desk.pool)
        await decide_now(desk.pool, who, row)
        one = await desk.ask(who, amount_cents=40_000, product=ProductCode.PAY_IN_4)
        page = await ask_merchants(
            who, MerchantsQuery(page_size=3), credential_id="k", ports=desk.ports
        )
        await desk.ports.receipts.flush()
        kept = await read_receipts(who, receipts=desk.receipts)
        return one, page, kept, desk.counted, await read_receipts(uuid4(), receipts=desk.receipts)

    one, page, kept, counted, nobody = desk(work)
    assert [product.product for product in one.products] == ["pay_in_4"]
    assert one.is_within_power is True
    assert [found.receipt_id for found in kept.receipts] == [page.receipt_id, one.receipt_id]
    listed, asked = (found.shown for found in kept.receipts)
    assert [shop.merchant_id for shop in listed.merchants] == [r.merchant_id for r in page.rows]
    shown, most = asked.merchants[0].products[0], one.products[0].power_plan
    assert most is not None
    assert (shown.power_cents, shown.plan, shown.payment_cents, shown.finance_charge_cents) == (
        one.products[0].power_cents,
        most.plan,
        most.payment_cents,
        most.finance_charge_cents,
    )
    assert shown.plans == tuple(
        (each.plan.plan, each.plan.payment_cents, each.plan.finance_charge_cents, each.plan.apr_bps)
        for each in one.products[0].plans
    )
    receipt = kept.receipts[1]
    assert (receipt.merchant_id, receipt.product, receipt.amount_cents, receipt.decision_id) == (
        SHOP,
        "pay_in_4",
        40_000,
        row["decision_id"],
    )
    assert (counted, nobody) == ([("kept", 2)], None)


def test_without_a_live_decision_one_is_told_to_ask_first_and_nothing_is_kept(desk, row):
    async def work(desk):
        stranger, old = await add_consumer(desk.pool), await add_consumer(desk.pool)
        await decide_now(desk.pool, old, row, expires_at=datetime(2001, 1, 1, tzinfo=UTC))
        answers = [await desk.ask(one, amount_cents=40_000) for one in (stranger, old)]
        return answers, desk.ports.receipts.waiting

    answers, waiting = desk(work)
    assert [(one.status, one.cause, one.is_within_power) for one in answers] == [
        ("ask_first", "not_yet_assessed", None),
        ("ask_first", "expired", None),
    ]
    assert {one.reason for answer in answers for one in answer.products} == {None}
    assert waiting == 0


def test_an_own_cap_lowers_what_is_shown_and_is_an_event(desk, row):
    async def work(desk):
        who = await add_consumer(desk.pool)
        await decide_now(desk.pool, who, row)
        before = await desk.ask(who)
        answer = await desk.cap(who, 50_000)
        capped = await desk.ask(who)
        again = await desk.cap(who, 50_000)
        removed = await desk.cap(who, None)
        after = await desk.ask(who)
        async with desk.pool.connection() as connection:
            cursor = await connection.execute("select type, payload from event order by event_seq")
            events = await cursor.fetchall()
        return before, answer, capped, again, removed, after, events, await desk.cap(uuid4(), 1)

    before, answer, capped, again, removed, after, events, nobody = desk(work)
    assert before.power_cents > capped.power_cents
    # What is lent, without the down payment.
    lent = {one.power_plan.amount_financed_cents for one in capped.products}
    # Pay in four lends three quarters that are whole cents.
    assert lent == {49_998, 50_000}
    assert (answer, removed.own_cap_cents, nobody) == (again, None, None)
    assert after.power_cents == before.power_cents
    assert [(type_, payload["own_cap_cents"]) for type_, payload in events] == [
        ("own_cap.set", 50_000),
        ("own_cap.set", None),
    ]


def test_who_can_buy_nothing_there_is_not_told_of_amounts(desk, row):
    async def work(desk):
        who = await add_consumer(desk.pool)
        await decide_now(desk.pool, who, row)
        some = await desk.ask(who)
        await desk.cap(who, 0)
        return some, await desk.ask(who), await desk.ask(who, amount_cents=40_000)

    some, *nothing = desk(work)
    assert some.wording == WORDINGS["prequalified"]
    assert [(one.power_cents, one.wording) for one in nothing] == [
        (0, "You can buy nothing here with us now; beside each way to pay stands why.")
    ] * 2
    reasons = {one.reason.code for answer in nothing for one in answer.products if one.reason}
    assert "P_OWN_CAP" in reasons


def test_a_negative_cap_is_refused():
    with pytest.raises(DomainError, match="must not be negative"):
        asyncio.run(set_own_cap(uuid4(), -1, ledger=None))  # type: ignore[arg-type]


def test_who_asks_too_often_is_told_when_there_is_room_again():
    now = [0.0]
    rate = AskingRate(
        monotonic=lambda: now[0],
        consumer=Rate(burst=3, per_second=0.5),
        caller=Rate(burst=5, per_second=1.0),
    )
    one, other = UUID(int=1), UUID(int=2)

    def waits(consumer_id: UUID, credential_id: str) -> int:
        try:
            rate.take(consumer_id=consumer_id, credential_id=credential_id)
        except TooMany as error:
            return error.retry_after_s
        return 0

    assert [waits(one, "a") for _ in range(4)] == [0, 0, 0, 2]
    assert [waits(other, "a") for _ in range(3)] == [0, 0, 1]
    assert waits(other, "b") == 0
    now[0] = 2.0
    assert [waits(one, "a"), waits(one, "a")] == [0, 2]


class Failing:
    """A store that does not answer, or answers otherwise than it should, as often as it is said."""

    def __init__(self, *errors: Exception) -> None:
        self.errors, self.written = list(errors), 0

    async def write_receipts(self, receipts) -> None:
        if self.errors:
            raise self.errors.pop(0)
        self.written += len(receipts)

    async def read_receipts(self, consumer_id, *, rows_max):
        del consumer_id, rows_max
        return ()


def receipt() -> Receipt:
    return Receipt(
        consumer_id=uuid4(),
        receipt_id=uuid4(),
        shown_at=NOW,
        decision_id="d",
        merchant_id=None,
        product=None,
        amount_cents=None,
        answer=b"{}",
    )


async def _no_time(_seconds: float) -> None:
    await asyncio.sleep(0)


@pytest.mark.parametrize(
    ("errors", "kept", "counted"),
    [
        ([Unavailable("database")], 3, [("full", 1), ("kept", 3)]),
        ([Unavailable("database")] * 3, 0, [("full", 1), ("lost", 3)]),
        ([ValueError("odd")], 0, [("full", 1), ("refused", 3)]),
    ],
)
def test_a_receipt_is_kept_or_counted(errors, kept, counted):
    async def work():
        store, seen = Failing(*errors), []
        book = ReceiptBook(store, count=lambda *given: seen.append(given), waiting_max=3)
        for _ in range(4):
            book.keep(receipt())
        await book.drain(sleep=_no_time)
        return store.written, seen

    assert asyncio.run(work()) == (kept, counted)


def test_the_same_receipts_written_twice_are_written_once(desk):
    async def work(desk):
        who = await add_consumer(desk.pool)
        batch = [msgspec.structs.replace(receipt(), consumer_id=who) for _ in range(5)]
        stranger = receipt()
        await desk.receipts.write_receipts([*batch, stranger])
        await desk.receipts.write_receipts(batch)
        return len(await desk.receipts.read_receipts(who, rows_max=100))

    assert desk(work) == 5


# ---------------------------------------------------------------------------- what it never does


def imports_of(module: str) -> set[str]:
    """Return the modules of ours that a module reaches, itself among them."""
    found, ahead = set(), [module]
    while ahead:
        name = ahead.pop()
        path = SOURCE.joinpath(*name.split(".")[1:])
        path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
        if name in found or not path.exists():
            continue
        found.add(name)
        # What stands under `if TYPE_CHECKING` is indented: it is never imported.
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("wherewithal"):
                ahead.append(node.module or "")
                ahead += [f"{node.module}.{one.name}" for one in node.names]
    return found


def test_asking_reaches_nothing_that_decides_or_pulls():
    reached = imports_of("wherewithal.service.asking")
    words = ("decide", "prequalify", "bureau", "applicant_pull", "offline", "capture", "place_hold")
    # `calendar_day` lives beside the facts of an applicant, and words of a decision are records.
    assert [
        name
        for name in sorted(reached)
        if name.split(".")[1] in {"qualify", "service"}
        and any(name.split(".")[-1].startswith(word) for word in words)
    ] == []


@pytest.mark.parametrize(
    "decider",
    [
        "qualify.decide",
        "qualify.decide_frame",
        "qualify.edition",
        "service.prequalify",
        "service.finish_prequalification",
        "service.offline",
        "service.place_hold",
    ],
)
def test_nothing_that_decides_reaches_what_was_asked(decider):
    reached = imports_of(f"wherewithal.{decider}")
    assert {one for one in reached if "receipt" in one or "asking" in one} == set()


def test_receipts_are_read_by_one_statement_and_by_no_other_file():
    readers = {
        path.relative_to(SOURCE).as_posix()
        for path in (SOURCE / "store").rglob("*")
        if path.suffix in {".sql", ".py"} and "receipt" in path.read_text(encoding="utf-8")
    }
    assert readers <= {
        "store/schema.sql",
        "store/migrations/0003_ledger.pre.sql",
        "store/queries/receipts.sql",
        "store/receipts.py",
    }
