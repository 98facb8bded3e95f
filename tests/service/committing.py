"""A desk with a till: people are decided by a bureau's file, promised, and buy at merchants."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import msgspec

from tests.service.desk import Desk, everyday, inquiry_of, open_desk
from tests.service.publishing import Reader, execute
from tests.service.tills import MERCHANT, Till
from wherewithal.qualify.bundle import PolicyBundle
from wherewithal.qualify.merchant_index import merchants_frame
from wherewithal.qualify.plans import Plans
from wherewithal.service.commitment_document import CommitmentSigner, signing_key
from wherewithal.service.commitment_records import Commitment, KeptAttempt, NewSharingConsent
from wherewithal.service.directory import HeldDirectory
from wherewithal.service.issue_commitment import CommitPorts, issue_commitment
from wherewithal.service.place_hold import HoldPorts
from wherewithal.service.promised_terms import PromisedTerms
from wherewithal.service.promises import promises_of
from wherewithal.service.standing_products import ProductAnswers
from wherewithal.store.commitments import CommitmentsInStore
from wherewithal.store.directory import DirectoryInStore
from wherewithal.store.ledger import LedgerInStore
from wherewithal.vocabulary.merchant import Directory
from wherewithal.vocabulary.program import ProductCode

SIGNER = CommitmentSigner([signing_key(b"s" * 32)])


@dataclass(kw_only=True)
class Counter:
    """A desk, a till and what was promised there."""

    desk: Desk
    till: Till
    store: CommitmentsInStore
    #: Consumer and prequalification.
    who: tuple[UUID, UUID]

    async def ask(self, persona: str = "prime", **changed: Any) -> tuple[UUID, UUID]:
        """Have a person decided now."""
        answer = await self.desk.tell(inquiry_of(persona, **changed))
        assert answer.outcome == "approved", (answer.outcome, answer.reasons, answer.pending)
        return UUID(answer.consumer_id), UUID(answer.prequalification_id)

    async def commit(
        self,
        product: ProductCode = ProductCode.PAY_IN_4,
        *,
        who: tuple[UUID, UUID] | None = None,
        bundle: PolicyBundle | None = None,
    ) -> Commitment:
        """Promise what the person can spend with a product."""
        consumer_id, prequalification_id = who or self.who
        issued = await issue_commitment(
            consumer_id,
            prequalification_id,
            product,
            ports=CommitPorts(
                ledger=self.till.ports.ledger,
                products=self.products(bundle),
                sign=SIGNER.sign,
                new_uuid=uuid4,
            ),
        )
        assert issued is not None
        return issued[0]

    def products(self, bundle: PolicyBundle | None) -> ProductAnswers:
        if bundle is None:
            return self.till.ports.products
        return ProductAnswers(bundle, Plans(bundle))

    async def serve(self, bundle: PolicyBundle) -> None:
        """Go on under another policy, as a process that was started with it."""
        self.till.ports = hold_ports(self.desk, bundle, older=[everyday()])

    async def buy(self, commitment: Commitment, **given: Any) -> Any:
        """Place a hold under a commitment, for its whole amount unless it is said otherwise."""
        asked = {
            "commitment_id": commitment.commitment_id,
            "product": commitment.product,
            "basket_cents": commitment.amount_cents,
        }
        return await self.till.hold(self.who, **asked | given)

    async def attempts(self, commitment: Commitment) -> tuple[KeptAttempt, ...]:
        return await self.store.list_attempts(self.who[0], commitment.commitment_id, rows_max=50)

    async def decide_again(self, *, is_report_new: bool = True, **facts: Any) -> None:
        """Write a newer decision whose facts differ so, under a report of its own."""
        report = "gen_random_uuid()" if is_report_new else "report_id"
        await execute(
            self.desk.pool,
            "insert into decision select (jsonb_populate_record(d, jsonb_build_object("  # noqa: S608
            f"'seq', d.seq + 1, 'facts', d.facts || %s::jsonb, 'report_id', {report}))).*"
            " from decision d where consumer_id = %s order by seq desc limit 1",
            msgspec.json.encode(facts).decode(),
            self.who[0],
        )

    async def change(self, table: str, change: str) -> None:
        await execute(
            self.desk.pool,
            f"update {table} set {change} where consumer_id = %s",  # noqa: S608
            self.who[0],
        )

    async def change_all(self, table: str, change: str) -> None:
        """Change every row; of the directory under a new version."""
        await execute(self.desk.pool, f"update {table} set {change}")  # noqa: S608
        await execute(
            self.desk.pool,
            "update directory_version set merchants_version = merchants_version + 1,"
            " programs_version = programs_version + 1",
        )

    async def share_amounts(self, merchant_id: str | None = None) -> UUID:
        """Let merchants know amounts."""
        consent = NewSharingConsent(
            merchant_id=merchant_id, text_version="2026-01", text_sha256=b"t" * 32
        )
        given = await self.store.give_sharing_consent(self.who[0], uuid4(), consent)
        assert given is not None
        return given.consent_id

    async def notices(self) -> list[tuple[Any, ...]]:
        return await self.desk.rows(
            "select kind, product, reasons from notice_case where kind in"
            " ('counteroffer', 'not_honoured') order by opened_at"
        )


def hold_ports(
    desk: Desk, bundle: PolicyBundle, *, older: Sequence[PolicyBundle] = ()
) -> HoldPorts:
    """Return a till's ports under a bundle, with others that are kept."""
    kept = {one.digest: one for one in older}

    async def find_bundle(digest: str) -> PolicyBundle | None:
        return kept.get(digest)

    async def has_room(merchant_id: str) -> bool:
        return bool(merchant_id)

    reader = Reader(desk.pool, bundle)
    return HoldPorts(
        ledger=LedgerInStore(desk.pool, new_uuid=uuid4),
        directory=HeldDirectory(reads=DirectoryInStore(desk.pool), bundle=bundle),
        products=reader.products,
        new_uuid=uuid4,
        has_room=has_room,
        promised=PromisedTerms(
            served=promises_of(reader.products),
            reads=CommitmentsInStore(desk.pool),
            find_bundle=find_bundle,
        ),
    )


def at_counter(
    dsn: str,
    bureau_url: str,
    directory: Directory,
    work: Callable[[Counter], Awaitable[Any]],
    *,
    persona: str = "prime",
) -> Any:
    """Run `work` where merchants are loaded and a person was decided now."""

    async def run() -> Any:
        async with open_desk(dsn, bureau_url) as desk, asyncio.timeout(60):
            # Expiry is by the database's clock, so decisions are of today.
            desk.clock.at = datetime.now(UTC)
            stored = DirectoryInStore(desk.pool)
            await stored.replace_directory(merchants_frame(directory), directory.programs)
            ports = hold_ports(desk, everyday())
            till = Till(
                pool=desk.pool, ports=ports, read=Reader(desk.pool, everyday()), stored=stored
            )
            nobody = (uuid4(), uuid4())
            counter = Counter(desk=desk, till=till, store=CommitmentsInStore(desk.pool), who=nobody)
            counter.who = await counter.ask(persona)
            return await work(counter)

    return asyncio.run(run())


__all__ = ["MERCHANT", "SIGNER", "Counter", "at_counter"]
