"""A whole desk for tests: the use case on a real Postgres and a real bureau simulator."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import msgspec

from tests.sources.bureau_talk import NOW, endpoint
from wherewithal.qualify.bundle import PolicyBundle
from wherewithal.qualify.plans import Plans
from wherewithal.service.answers import Prequalification
from wherewithal.service.flights import Flights
from wherewithal.service.inquiry import Channel, ConsentScope, Inquiry, NewConsent, Purpose
from wherewithal.service.inquiry_records import Answered
from wherewithal.service.ports import PrequalifyPorts, Settings
from wherewithal.service.prequalify import prequalify
from wherewithal.service.standing_products import ProductAnswers
from wherewithal.sources.bundle import load_bundle
from wherewithal.sources.bureau_simulator.personas import PERSONAS_BY_NAME
from wherewithal.sources.bureau_transunion.client import TransUnionClient
from wherewithal.sources.bureau_transunion.reading import TransUnionReader
from wherewithal.sources.identity_rules import load_identity_rules
from wherewithal.store.blind_index import BlindIndex
from wherewithal.store.inquiries import InquiriesInStore
from wherewithal.store.pool import Connection, Pool, open_pool
from wherewithal.store.sealing import Sealer

ROOT = Path(__file__).resolve().parents[2]
INDEX_KEY, MASTER_KEY = b"i" * 32, b"m" * 32
CREDENTIAL = "key-1"


@lru_cache
def everyday() -> PolicyBundle:
    return load_bundle(ROOT / "policies" / "everyday")


@dataclass(kw_only=True)
class Clock:
    """A clock that tests move."""

    at: datetime = NOW

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **given: float) -> None:
        self.at += timedelta(**given)


@dataclass(kw_only=True)
class Desk:
    """What a test holds."""

    ports: PrequalifyPorts
    pool: Pool
    ledger: InquiriesInStore
    clock: Clock
    deferred: list[tuple[UUID, UUID]] = field(default_factory=list)
    #: What was counted.
    outcomes: list[str] = field(default_factory=list)

    async def ask(
        self, inquiry: Inquiry, *, key: str | None = None, digest: bytes | None = None
    ) -> Answered:
        """Ask under a key, by default one of its own."""
        return await prequalify(
            inquiry,
            credential_id=CREDENTIAL,
            idempotency_key=key or str(uuid4()),
            request_digest=digest or hashlib.sha256(msgspec.json.encode(inquiry)).digest(),
            ports=self.ports,
        )

    async def tell(self, inquiry: Inquiry, *, key: str | None = None) -> Prequalification:
        """Return the answer read."""
        return read(await self.ask(inquiry, key=key))

    async def rows(self, query: str, **parameters: Any) -> list[tuple[Any, ...]]:
        async with self.pool.connection() as connection:
            cursor = await connection.execute(query, parameters)
            return await cursor.fetchall() if cursor.description else []

    async def count(self, table: str, where: str = "true") -> int:
        rows = await self.rows(f"select count(*) from {table} where {where}")  # noqa: S608 - ours
        return int(rows[0][0])

    def with_ports(self, **changed: Any) -> Desk:
        return replace(self, ports=replace(self.ports, **changed))


def read(answered: Answered) -> Prequalification:
    return msgspec.json.decode(answered.body, type=Prequalification)


def inquiry_of(persona: str = "prime", **changed: Any) -> Inquiry:
    """Return a persona's own inquiry with a consent for once."""
    one = PERSONAS_BY_NAME[persona]
    known: dict[str, Any] = {
        "identity": one.identity,
        "stated": one.stated,
        "consent": NewConsent(
            scope=ConsentScope.ONCE, text_version="2026-01", text_sha256=b"t" * 32
        ),
        "purpose": Purpose.PREQUALIFICATION,
        "channel": Channel.APP,
    }
    return Inquiry(**(known | changed))


@contextlib.asynccontextmanager
async def open_desk(
    dsn: str,
    bureau_url: str,
    *,
    settings: Settings | None = None,
    clock: Clock | None = None,
    instance: UUID | None = None,
    lease: timedelta = timedelta(seconds=30),
    pool_size: int = 8,
) -> AsyncIterator[Desk]:
    """Open a desk of one process, and close it."""
    clock = clock or Clock()
    deferred: list[tuple[UUID, UUID]] = []
    outcomes: list[str] = []

    async def defer(_connection: Connection, consumer_id: UUID, inquiry_id: UUID) -> None:
        deferred.append((consumer_id, inquiry_id))

    bureau = TransUnionClient(
        endpoint(bureau_url),
        tls=None,
        monotonic=time.monotonic,
        uniform=random.Random(7).random,
        count=lambda _event: None,
    )
    async with open_pool(dsn, max_size=pool_size) as pool, bureau:
        ledger = InquiriesInStore(
            pool,
            sealer=Sealer({"k1": MASTER_KEY}, active="k1", random_bytes=os.urandom),
            index=BlindIndex(INDEX_KEY, 1),
            instance=instance or uuid4(),
            lease=lease,
            defer_finish=defer,
            new_uuid=uuid4,
        )
        ports = PrequalifyPorts(
            ledger=ledger,
            gate=load_identity_rules(
                ROOT / "policies" / "identity" / "rules.toml", with_samples=True
            ),
            reports=bureau,
            reader=TransUnionReader(own_member_codes=frozenset()),
            bundle=everyday(),
            plans=Plans(everyday()),
            products=ProductAnswers(everyday(), Plans(everyday())),
            flights=Flights(),
            clock=clock,
            new_uuid=uuid4,
            sleep=asyncio.sleep,
            count_outcome=outcomes.append,
            settings=settings or Settings(pull_deadline_s=0.5, code_build="test"),
        )
        yield Desk(
            ports=ports,
            pool=pool,
            ledger=ledger,
            clock=clock,
            deferred=deferred,
            outcomes=outcomes,
        )


def at_desk(
    dsn: str, bureau_url: str, work: Callable[[Desk], Awaitable[None]], **given: Any
) -> None:
    """Run a test's work at a desk of its own."""

    async def run() -> None:
        async with open_desk(dsn, bureau_url, **given) as desk:
            async with asyncio.timeout(60):
                await work(desk)

    asyncio.run(run())
