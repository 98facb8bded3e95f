"""What API and worker share: connections, keys, the bureau, the ports of prequalifying."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID, uuid4

import psycopg
from procrastinate import App, PsycopgConnector

from wherewithal.qualify.bundle import PolicyBundle
from wherewithal.qualify.plans import Plans
from wherewithal.service.applicant_facts import calendar_day
from wherewithal.service.finish_prequalification import finish_prequalification
from wherewithal.service.flights import Flights
from wherewithal.service.ports import PrequalifyPorts, Settings
from wherewithal.service.standing_products import ProductAnswers
from wherewithal.sources.bureau_transunion.client import TransUnionClient
from wherewithal.sources.bureau_transunion.endpoint import Endpoint
from wherewithal.sources.bureau_transunion.reading import TransUnionReader
from wherewithal.sources.bureau_transunion.request import Subscriber
from wherewithal.sources.identity_rules import load_identity_rules
from wherewithal.store.artefacts import ArtefactsInStore
from wherewithal.store.blind_index import BlindIndex
from wherewithal.store.errors import StoreUnavailable
from wherewithal.store.inquiries import InquiriesInStore
from wherewithal.store.migrate import check_migrated
from wherewithal.store.pool import Connection, Pool, open_pool
from wherewithal.store.sealing import Sealer
from wherewithal.store.server_check import check_server
from wherewithal.surfaces.jobs import JobPorts, build_jobs, defer_finish
from wherewithal.vocabulary.errors import InputRefused, Problem
from wherewithal.wiring.artefacts import keep_artefacts
from wherewithal.wiring.code_build import code_build
from wherewithal.wiring.holds import hold_sweeper
from wherewithal.wiring.keys import Keys
from wherewithal.wiring.loans import late_marker
from wherewithal.wiring.places import BUNDLE, needed
from wherewithal.wiring.served_bundle import served_bundle
from wherewithal.wiring.service_settings import BUREAU, ServiceSettings

IDENTITY_RULES = "policies/identity/rules.toml"
_INDEX_VERSION = 1
_CONNECT_S = 5
#: A network that drops everything is noticed within about ten seconds.
_KEEPALIVES = {"keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 3}
#: As the simulated bureau knows us; a lender's own stand in its contract with the bureau.
_SAMPLE_SUBSCRIBER = Subscriber(
    industry_code="F",
    member_code="5059996",
    prefix_code="0622",
    password="none",  # noqa: S106 - nothing is guarded by it
    environment="standardTest",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """One process's share of the service."""

    pool: Pool
    bundle: PolicyBundle
    ports: PrequalifyPorts
    ledger: InquiriesInStore
    jobs: App
    is_simulation_allowed: bool


def now() -> datetime:
    """Return this moment."""
    return datetime.now(UTC)


@contextlib.asynccontextmanager
async def open_desk(
    settings: ServiceSettings,
    keys: Keys,
    *,
    dsn: str,
    pool_size: int,
    count_bureau: Callable[[str], None],
    count_outcome: Callable[[str], None],
    tune: Settings | None = None,
) -> AsyncIterator[Desk]:
    """Open everything, and close it again; nothing is begun before the database has been checked.

    Errors: StoreRefused, StoreUnavailable, BundleRefused, InputRefused: each says what to mend.
    """
    bundle = served_bundle(needed(BUNDLE), on=calendar_day(now()))
    rules = load_identity_rules(needed(IDENTITY_RULES), with_samples=settings.is_simulation_allowed)
    sealer = Sealer({keys.key_id: keys.sealing}, active=keys.key_id, random_bytes=os.urandom)
    await _check(dsn, sealer)
    chance = random.SystemRandom().random
    client = _client(settings, uniform=chance, count=count_bureau)
    async with contextlib.AsyncExitStack() as stack:
        pool = await stack.enter_async_context(open_pool(dsn, max_size=pool_size))
        await stack.enter_async_context(client)
        tuned = tune or Settings(code_build=code_build())
        await keep_artefacts(ArtefactsInStore(pool), bundle, needed(BUNDLE))
        jobs: App
        # The ledger defers jobs, and a job's work is the ledger's: the first call comes later.
        ledger = InquiriesInStore(
            pool,
            sealer=sealer,
            index=BlindIndex(keys.blind_index, _INDEX_VERSION),
            instance=uuid4(),
            lease=timedelta(seconds=tuned.lease_s),
            defer_finish=lambda *ids: _defer(jobs, *ids),
            new_uuid=uuid4,
        )
        plans = Plans(bundle)
        ports = PrequalifyPorts(
            ledger=ledger,
            gate=rules,
            reports=client,
            reader=TransUnionReader(own_member_codes=frozenset({_SAMPLE_SUBSCRIBER.member_code})),
            bundle=bundle,
            plans=plans,
            products=ProductAnswers(bundle, plans),
            flights=Flights(),
            clock=now,
            new_uuid=uuid4,
            sleep=asyncio.sleep,
            count_outcome=count_outcome,
            settings=tuned,
        )
        work = JobPorts(
            finish=partial(_finish, ports),
            purge_keys=lambda rows_max: ledger.purge_keys(rows_max=rows_max),
            sweep_holds=hold_sweeper(pool),
            mark_late=late_marker(pool),
            uniform=chance,
        )
        jobs = build_jobs(_connector(dsn), work)
        yield Desk(
            pool=pool,
            bundle=bundle,
            ports=ports,
            ledger=ledger,
            jobs=jobs,
            is_simulation_allowed=settings.is_simulation_allowed,
        )
        await ports.flights.drain()


def _client(
    settings: ServiceSettings, *, uniform: Callable[[], float], count: Callable[[str], None]
) -> TransUnionClient:
    return TransUnionClient(
        _endpoint(settings), tls=None, monotonic=time.monotonic, uniform=uniform, count=count
    )


def _connector(dsn: str) -> PsycopgConnector:
    """Return the worker's way to the database, which gives up within seconds."""
    kwargs = {"connect_timeout": _CONNECT_S, "tcp_user_timeout": 10_000} | _KEEPALIVES
    return PsycopgConnector(conninfo=dsn, kwargs=kwargs, timeout=_CONNECT_S)


async def _finish(ports: PrequalifyPorts, consumer_id: UUID, prequalification_id: UUID) -> bool:
    return await finish_prequalification(
        consumer_id=consumer_id, prequalification_id=prequalification_id, ports=ports
    )


async def _defer(jobs: App, connection: Connection, consumer_id: UUID, inquiry_id: UUID) -> None:
    await defer_finish(jobs, connection, consumer_id=consumer_id, prequalification_id=inquiry_id)


async def _check(dsn: str, sealer: Sealer) -> None:
    """Refuse a database that is weakened, not migrated, or sealed under another master key.

    Errors: StoreUnavailable if it does not answer.
    """
    try:
        async with await psycopg.AsyncConnection.connect(
            dsn, autocommit=True, connect_timeout=_CONNECT_S
        ) as connection:
            await check_server(connection)
            await check_migrated(connection)
            found = await connection.execute(
                "select data_key from consumer where data_key is not null limit 1"
            )
            row = await found.fetchone()
    except psycopg.OperationalError:
        message = "the database does not answer; is its address right?"
        raise StoreUnavailable(message) from None
    if row is not None and not sealer.knows(bytes(row[0])):
        message = "is not the key under which this database was sealed; restore the right one"
        raise InputRefused([Problem(code="another_key", path="WHEREWITHAL_KEY", message=message)])


def _endpoint(settings: ServiceSettings) -> Endpoint:
    if settings.bureau_url is None:
        message = "is not set; name the bureau, or run `wherewithal up`, which simulates one"
        raise InputRefused([Problem(code="no_bureau", path=BUREAU, message=message)])
    return Endpoint(
        url=settings.bureau_url,
        subscriber=_SAMPLE_SUBSCRIBER,
        is_simulation_allowed=settings.is_simulation_allowed,
    )
