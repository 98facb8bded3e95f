"""The API as it is in production, over sockets: real Postgres, real use cases, a simulated bureau."""

from __future__ import annotations

import asyncio
import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx

from tests.surfaces.http.serving import Served
from wherewithal.service.applicant_facts import CALENDAR_TIME_ZONE
from wherewithal.sources.bureau_simulator import Pace, SimulatorServer, build_app
from wherewithal.store.directory import DirectoryInStore
from wherewithal.store.pool import open_pool
from wherewithal.surfaces.cli.service import AskedKey
from wherewithal.surfaces.http import app, log, metrics, serve, settings, tokens
from wherewithal.wiring.api import make_doors
from wherewithal.wiring.asking import receipt_book
from wherewithal.wiring.desk import now, open_desk
from wherewithal.wiring.directory import sample_directory
from wherewithal.wiring.keys import Keys, keys_of
from wherewithal.wiring.places import needed
from wherewithal.wiring.service_commands import PUBLISHED_REPORT
from wherewithal.wiring.service_keys import add_key
from wherewithal.wiring.service_settings import ServiceSettings

KEYS: Keys = keys_of(b"live" * 8)


@contextmanager
def simulated_bureau() -> Iterator[str]:
    """Run a bureau simulator; yield its address."""
    simulator = build_app(
        published_report=needed(PUBLISHED_REPORT),
        loans=None,
        clock=now,
        pace=Pace(),
        is_redated=True,
    )
    server = SimulatorServer(simulator, host="127.0.0.1", port=0)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield server.url
    finally:
        server.stop()
        thread.join(10)


async def fill(dsn: str) -> str:
    """Write the sample merchants and a service key with every scope; return the key."""
    directory = sample_directory()
    async with open_pool(dsn, max_size=1) as pool:
        await DirectoryInStore(pool).replace_directory(directory.merchants, directory.programs)
    return await add_key(dsn, AskedKey(name="test", scopes=list(tokens.Scope)))


@contextmanager
def live(dsn: str, data: Path, *, clock_off: timedelta = timedelta(0)) -> Iterator[Served]:
    """Run the API over a database and a simulated bureau, and end both.

    `clock_off` is by how much the process's own clock is wrong.
    """
    key = asyncio.run(fill(dsn))
    logged = io.BytesIO()
    found: list[tuple[app.Api, serve.ApiServer, int]] = []
    is_listening = threading.Event()

    async def run(bureau_url: str) -> None:
        service = ServiceSettings(
            data=data, database_url=dsn, bureau_url=bureau_url, is_simulation_allowed=True
        )
        counts = metrics.Metrics()
        opened = open_desk(
            service,
            KEYS,
            dsn=dsn,
            pool_size=8,
            count_bureau=lambda event: counts.on_bureau_call(bureau="transunion", outcome=event),
            count_outcome=lambda outcome: counts.on_decision(outcome=outcome),
        )
        async with opened as desk, receipt_book(desk.pool, count=counts.on_receipts) as book:
            doors = make_doors(desk, KEYS, count_hold=counts.on_hold, receipts=book)
            api = app.build_app(
                replace(doors, clock=lambda: now() + clock_off),
                settings=settings.HttpSettings(
                    calendar_zone=ZoneInfo(CALENDAR_TIME_ZONE), allow_test_ssns=True
                ),
                metrics=counts,
                log=log.make_log(logged, clock=now),
            )
            server = serve.make_server(api, host="127.0.0.1", port=0, drain_s=5)

            def listening(port: int) -> None:
                found.append((api, server, port))
                is_listening.set()

            server.on_listening = listening
            await server.serve()

    with simulated_bureau() as bureau_url, httpx.Client(timeout=20) as client:
        thread = threading.Thread(target=lambda: asyncio.run(run(bureau_url)))
        thread.start()
        try:
            assert is_listening.wait(60)
            api, server, port = found[0]
            yield Served(
                api=api, server=server, port=port, logged=logged, client=client, key=key, dsn=dsn
            )
        finally:
            if found:
                found[0][1].begin_drain()
            thread.join(30)
        assert not thread.is_alive()
