"""A till: merchants, people who were told what they can spend, and everything that holds take."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import msgspec

from tests.service.publishing import Reader, add_consumer, decide_now, execute, with_pool
from wherewithal.qualify.bundle import PolicyBundle
from wherewithal.qualify.merchant_index import merchants_frame
from wherewithal.service.capture_hold import CaptureRequest, capture_hold
from wherewithal.service.directory import HeldDirectory
from wherewithal.service.hold_answers import CaptureAnswer, HoldAnswer
from wherewithal.service.ledger_records import HoldRequest
from wherewithal.service.place_hold import HoldPorts, place_hold
from wherewithal.service.void_hold import read_hold, sweep_expired, void_hold
from wherewithal.store.directory import DirectoryInStore
from wherewithal.store.ledger import LedgerInStore
from wherewithal.store.pool import Pool
from wherewithal.vocabulary.merchant import Directory
from wherewithal.vocabulary.program import PlanCode, ProductCode

MERCHANT = "lantern-and-loom"


@dataclass(kw_only=True)
class Till:
    """What a merchant can do, over a real database."""

    pool: Pool
    ports: HoldPorts
    read: Reader
    stored: DirectoryInStore
    numbers: int = 0

    async def ask(self, row: dict[str, Any]) -> tuple[UUID, UUID]:
        """Return a consumer for whom `row` was decided now, and the prequalification."""
        consumer_id = await add_consumer(self.pool, is_known=False)
        await decide_now(self.pool, consumer_id, row)
        return consumer_id, await self.prequalify(consumer_id)

    async def prequalify(self, consumer_id: UUID) -> UUID:
        """Write an answered inquiry of a consumer."""
        consent_id, prequalification_id = uuid4(), uuid4()
        now = datetime.now(UTC)
        await execute(
            self.pool,
            "insert into consent (consumer_id, consent_id, scope, purpose, text_version,"
            " text_sha256, channel, credential_id, given_at, expires_at)"
            " values (%s, %s, 'once', 'p', 'v', sha256('t'), 'app', 'c', %s, %s)",
            *(consumer_id, consent_id, now, now + timedelta(days=1)),
        )
        await execute(
            self.pool,
            "insert into prequalification (consumer_id, prequalification_id, consent_id,"
            " credential_id, purpose, channel, stated, asked_at, status, decided_at, first_status,"
            " first_response, response) values"
            " (%s, %s, %s, 'c', 'p', 'app', '{}', %s, 'decided', %s, 200, '', '')",
            *(consumer_id, prequalification_id, consent_id, now, now),
        )
        return prequalification_id

    async def hold(self, who: tuple[UUID, UUID], **given: Any) -> HoldAnswer:
        """Place a hold for a pay-in-four basket of $100, unless it is said otherwise."""
        body, _ = await self.hold_bytes(who, **given)
        return msgspec.json.decode(body, type=HoldAnswer)

    async def hold_bytes(self, who: tuple[UUID, UUID], **given: Any) -> tuple[bytes, bool]:
        """Place a hold, and return the bytes and whether it is new."""
        self.numbers += 1
        digest = given.pop("request_digest", None)
        asked: dict[str, Any] = {
            "consumer_id": who[0],
            "prequalification_id": who[1],
            "merchant_id": MERCHANT,
            "reference": f"order-{self.numbers}",
            "product": ProductCode.PAY_IN_4,
            "plan": PlanCode.PAY_IN_4,
            "basket_cents": 10_000,
        }
        return await place_hold(
            HoldRequest(**asked | given),
            credential_id="till",
            request_digest=digest or bytes(32),
            ports=self.ports,
        )

    async def capture(
        self, hold: HoldAnswer, amount_cents: int | None = None, **given: Any
    ) -> CaptureAnswer:
        """Capture a hold; all of it, unless it is said otherwise."""
        self.numbers += 1
        asked: dict[str, Any] = {
            "hold_id": UUID(hold.hold_id),
            "reference": f"capture-{self.numbers}",
            "amount_cents": amount_cents,
        }
        return await capture_hold(
            CaptureRequest(**asked | given),
            merchant_id=None,
            ledger=self.ports.ledger,
            loan_id=uuid4(),
        )

    async def void(self, hold: HoldAnswer) -> HoldAnswer:
        """Void a hold."""
        return await void_hold(UUID(hold.hold_id), merchant_id=None, ledger=self.ports.ledger)

    async def look(self, hold: HoldAnswer) -> HoldAnswer:
        """Return a hold as it stands."""
        return await read_hold(UUID(hold.hold_id), merchant_id=None, ledger=self.ports.ledger)

    async def sweep(self) -> int:
        """Write down what has expired."""
        return await sweep_expired(ledger=self.ports.ledger, consumers_max=100)

    async def account(self, consumer_id: UUID) -> dict[str, int]:
        """Return what the account says is held and owed, and what its ledger adds up to."""
        async with self.pool.connection() as connection:
            cursor = await connection.execute(
                "select c.held_cents, c.drawn_cents, coalesce(sum(e.held_delta_cents), 0)::bigint,"
                " coalesce(sum(e.drawn_delta_cents), 0)::bigint, c.ledger_seq,"
                " count(e.entry_seq) from consumer c left join ledger_entry e using (consumer_id)"
                " where consumer_id = %s group by c.consumer_id",
                [consumer_id],
            )
            row = await cursor.fetchone()
        assert row is not None
        held, drawn, held_sum, drawn_sum, seq, entries = row
        assert (held, drawn, seq) == (held_sum, drawn_sum, entries)
        return {"held": held, "drawn": drawn}


def at_till(
    database: str,
    bundle: PolicyBundle,
    directory: Directory,
    work: Callable[[Till], Coroutine[Any, Any, Any]],
) -> Any:
    """Run `work` where the merchants are loaded."""

    async def has_room(merchant_id: str) -> bool:
        return bool(merchant_id)

    async def inside(pool: Pool) -> Any:
        stored = DirectoryInStore(pool)
        await stored.replace_directory(merchants_frame(directory), directory.programs)
        reader = Reader(pool, bundle)
        ports = HoldPorts(
            ledger=LedgerInStore(pool, new_uuid=uuid4),
            directory=HeldDirectory(reads=stored, bundle=bundle),
            products=reader.products,
            new_uuid=uuid4,
            has_room=has_room,
        )
        return await work(Till(pool=pool, ports=ports, read=reader, stored=stored))

    return with_pool(database, inside)
