"""One API process: the doors of the HTTP surface, each bound to its use case."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Sequence
from functools import partial
from uuid import uuid4
from zoneinfo import ZoneInfo

from wherewithal.service.advertise import advertise
from wherewithal.service.applicant_facts import CALENDAR_TIME_ZONE, calendar_day
from wherewithal.service.asking import ask_merchant, ask_merchants
from wherewithal.service.consents import list_consents, revoke_consent
from wherewithal.service.directory import HeldDirectory
from wherewithal.service.errors import Unavailable
from wherewithal.service.prequalify import prequalify
from wherewithal.service.read_back import find_decision, find_prequalification
from wherewithal.service.read_spending_power import read_spending_power
from wherewithal.service.receipts import ReceiptBook
from wherewithal.sources.bureau_transunion.client import BUREAU
from wherewithal.store.credentials import CredentialsInStore
from wherewithal.store.directory import DirectoryInStore
from wherewithal.store.pool import Pool
from wherewithal.store.powers import PeopleInStore
from wherewithal.store.read_back import InquiriesReadBack
from wherewithal.surfaces.http.app import Api, build_app
from wherewithal.surfaces.http.doors import Doors
from wherewithal.surfaces.http.metrics import Metrics
from wherewithal.surfaces.http.serve import make_server
from wherewithal.surfaces.http.settings import HttpSettings
from wherewithal.surfaces.http.tokens import TokenKeys
from wherewithal.wiring.asking import asking_doors, asking_ports, receipt_book
from wherewithal.wiring.commitments import commitment_doors
from wherewithal.wiring.desk import Desk, now, open_desk
from wherewithal.wiring.holds import CountHold, hold_doors, hold_ports
from wherewithal.wiring.keys import Keys
from wherewithal.wiring.loans import loan_doors
from wherewithal.wiring.logs import process_log
from wherewithal.wiring.service_settings import ServiceSettings
from wherewithal.wiring.webhooks import webhook_doors
from wherewithal.wiring.why import why_doors

POOL_SIZE = 16
_READY_WITHIN_S = 1.0


async def serve_api(
    settings: ServiceSettings, keys: Keys, *, dsn: str, host: str, port: int
) -> None:
    """Serve until SIGTERM or SIGINT, then finish what is in the air."""
    metrics, log = Metrics(), process_log()
    opened = open_desk(
        settings,
        keys,
        dsn=dsn,
        pool_size=POOL_SIZE,
        count_bureau=partial(_count_bureau, metrics),
        count_outcome=lambda outcome: metrics.on_decision(outcome=outcome),
    )
    async with opened as desk, receipt_book(desk.pool, count=metrics.on_receipts) as receipts:
        http = HttpSettings(
            calendar_zone=ZoneInfo(CALENDAR_TIME_ZONE),
            allow_test_ssns=settings.is_simulation_allowed,
        )
        doors = make_doors(desk, keys, count_hold=metrics.on_hold, receipts=receipts)
        await warm_up(desk, doors)
        api = build_app(doors, settings=http, metrics=metrics, log=log)
        await serve(api, host=host, port=port)


async def warm_up(desk: Desk, doors: Doors) -> None:
    """Compile today's edition and read the directory, so that nobody's request waits for them."""
    edition = desk.bundle.edition(calendar_day(now()))
    await asyncio.to_thread(lambda: (edition.scalar, edition.standing_columnar))
    await doors.merchant_offers("", state=None, amount_cents=None)
    # What is there now stays: the collector need not walk bundle and directory at every turn.
    gc.collect()
    gc.freeze()


async def serve(api: Api, *, host: str, port: int) -> None:
    """Run uvicorn in the loop that is there."""
    server = make_server(api, host=host, port=port, drain_s=api.settings.drain_s)
    await server.serve()


def make_doors(desk: Desk, keys: Keys, *, count_hold: CountHold, receipts: ReceiptBook) -> Doors:
    """Return the doors of one process."""
    people, products = PeopleInStore(desk.pool), desk.ports.products
    directory = HeldDirectory(reads=DirectoryInStore(desk.pool), bundle=desk.bundle)
    inquiries, credentials = InquiriesReadBack(desk.pool), CredentialsInStore(desk.pool)
    asking = asking_ports(desk.pool, receipts, directory=directory, products=products)
    return Doors(
        ask=partial(prequalify, ports=desk.ports),
        find_prequalification=partial(
            find_prequalification, inquiries=inquiries, sleep=asyncio.sleep
        ),
        find_decision=partial(find_decision, inquiries=inquiries, bundle=desk.bundle),
        revoke_consent=partial(revoke_consent, consents=inquiries, clock=now),
        list_consents=partial(list_consents, consents=inquiries),
        find_reference=inquiries.find_reference,
        spending_power=partial(read_spending_power, people=people, products=products),
        merchants_page=partial(ask_merchants, ports=asking),
        merchant=partial(ask_merchant, ports=asking),
        merchant_offers=partial(advertise, directory=directory, products=products),
        holds=hold_doors(
            hold_ports(desk.pool, directory=directory, products=products), count=count_hold
        ),
        commitments=commitment_doors(desk.pool, products=products, keys=keys),
        loans=loan_doors(desk.pool),
        asking=asking_doors(desk.pool),
        why=why_doors(desk.pool, products=products),
        webhooks=webhook_doors(desk.pool, keys, is_simulation_allowed=desk.is_simulation_allowed),
        find_credential=credentials.find,
        readiness=partial(_readiness, desk.pool),
        clock=now,
        new_uuid=uuid4,
        token_keys=TokenKeys({keys.key_id: keys.tokens}, active=keys.key_id),
        digest_key=keys.idempotency,
    )


async def _readiness(pool: Pool) -> Sequence[tuple[str, bool]]:
    """Return whether the database answers within a second."""
    try:
        async with asyncio.timeout(_READY_WITHIN_S), pool.connection() as connection:
            await connection.execute("select 1")
    except (TimeoutError, Unavailable, Exception):  # noqa: BLE001 - not ready, whatever it is
        return [("database", False)]
    return [("database", True)]


def _count_bureau(metrics: Metrics, event: str) -> None:
    metrics.on_bureau_call(bureau=BUREAU, outcome=event)
    if event == "attempt":
        metrics.on_pull(bureau=BUREAU)
