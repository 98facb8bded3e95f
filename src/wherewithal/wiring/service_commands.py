"""What the service's commands do: settings, keys and database, then one thing."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal, cast

import uvloop

from wherewithal.qualify.merchant_index import merchants_frame
from wherewithal.service.publish_generation import (
    PublishAnswer,
    PublishRequest,
    prune_generations,
    publish_generation,
    roll_back,
)
from wherewithal.service.standing import DirectoryVersion
from wherewithal.sources.bundle import load_bundle
from wherewithal.sources.bureau_simulator import Pace, SimulatorServer, build_app
from wherewithal.store.artefacts import ArtefactsInStore
from wherewithal.store.directory import DirectoryInStore
from wherewithal.store.generations import GenerationsInStore
from wherewithal.store.migrate import check_migrated, migrate
from wherewithal.store.pool import Pool, open_pool
from wherewithal.surfaces.cli.service import AskedKey, ListedKey
from wherewithal.vocabulary.errors import InputRefused, Problem
from wherewithal.vocabulary.merchant import Directory
from wherewithal.vocabulary.program import Program
from wherewithal.wiring import directory, service_keys
from wherewithal.wiring.api import serve_api
from wherewithal.wiring.artefacts import keep_run_artefacts
from wherewithal.wiring.database import keys_of, open_database
from wherewithal.wiring.desk import now
from wherewithal.wiring.offline import read_kept_facts
from wherewithal.wiring.places import BUNDLE, needed, shipped
from wherewithal.wiring.processes import end_with_parent
from wherewithal.wiring.service_settings import ServiceSettings, settings_at_start
from wherewithal.wiring.up import run_up
from wherewithal.wiring.worker import work_until_stopped

PUBLISHED_REPORT = "examples/bureau/transunion_tu4_creditReportResponse.xml"
LOANS = "examples/loans/lendingclub_2007_2010.csv.gz"
#: A batch takes few connections, and its statements longer than a request's.
_BATCH_STATEMENT_MS = 600_000
__all__ = [
    "add_service_key",
    "list_service_keys",
    "migrate_database",
    "prune_runs",
    "publish_run",
    "put_programs",
    "read_directory",
    "read_programs",
    "replace_directory",
    "revoke_service_key",
    "roll_back_run",
    "run_api",
    "run_bureau_simulator",
    "run_up",
    "run_worker",
]


def _settings(data: Path | None) -> ServiceSettings:
    return settings_at_start(os.environ, data=data)


def run_api(data: Path | None, host: str, port: int) -> None:
    """Run an API process until it is asked to end."""
    end_with_parent()
    settings = _settings(data)
    keys = keys_of(settings)
    with open_database(settings) as dsn:
        uvloop.run(serve_api(settings, keys, dsn=dsn, host=host, port=port))


def run_worker(data: Path | None) -> None:
    """Run a worker process until it is asked to end."""
    end_with_parent()
    settings = _settings(data)
    keys = keys_of(settings)
    with open_database(settings) as dsn:
        asyncio.run(work_until_stopped(settings, keys, dsn=dsn))


def run_bureau_simulator(host: str, port: int) -> None:
    """Run the simulated bureau until it is asked to end."""
    end_with_parent()
    app = build_app(
        published_report=needed(PUBLISHED_REPORT),
        loans=shipped(LOANS),
        clock=now,
        pace=Pace(),
        is_redated=True,
    )
    try:
        server = SimulatorServer(app, host=host, port=port)
    except (OSError, OverflowError) as error:
        message = f"port {port} cannot be listened on ({error}); choose another"
        raise InputRefused([Problem(code="port_taken", path="--port", message=message)]) from None
    server.run()


def migrate_database(data: Path | None, stages: Sequence[str]) -> Sequence[str]:
    """Bring the database to this program's schema; return what ran."""
    with open_database(_settings(data)) as dsn:
        wanted = cast("Sequence[Literal['pre', 'post']]", stages)
        return asyncio.run(migrate(dsn, stages=wanted))


def add_service_key(data: Path | None, asked: AskedKey) -> str:
    """Make a service key and return its text."""
    service_keys.check_key(asked)
    with open_database(_settings(data)) as dsn:
        return asyncio.run(service_keys.add_key(dsn, asked))


def list_service_keys(data: Path | None) -> Sequence[ListedKey]:
    """Return all service keys."""
    with open_database(_settings(data)) as dsn:
        return asyncio.run(service_keys.list_keys(dsn))


def revoke_service_key(data: Path | None, credential_id: str) -> bool:
    """Revoke a service key; False if there is none."""
    with open_database(_settings(data)) as dsn:
        return asyncio.run(service_keys.revoke_key(dsn, credential_id))


async def publish_run(
    request: PublishRequest, on_progress: Callable[[int, int], None]
) -> PublishAnswer:
    """Publish a finished offline run; what decided it is kept first."""
    async with batch_pool() as pool:
        await keep_run_artefacts(ArtefactsInStore(pool), request.run)
        return await publish_generation(
            request,
            generations=GenerationsInStore(pool),
            read_facts=read_kept_facts,
            random_bytes=os.urandom,
            on_progress=on_progress,
        )


async def roll_back_run(portfolio: str) -> PublishAnswer:
    """Make the generation before the current one current again."""
    async with batch_pool() as pool:
        return await roll_back(portfolio, generations=GenerationsInStore(pool))


async def prune_runs(portfolio: str, keep: int) -> list[int]:
    """Delete superseded generations but the last ones."""
    async with batch_pool() as pool:
        return await prune_generations(portfolio, keep=keep, generations=GenerationsInStore(pool))


def read_directory(merchants: Path, programs: Path) -> Directory:
    """Return merchants and programs of two files, checked with the bundle and its law."""
    return directory.read_directory(merchants, programs, bundle=load_bundle(needed(BUNDLE)))


def read_programs(programs: Path) -> Sequence[Program]:
    """Return programs of one file, checked alike."""
    bundle = load_bundle(needed(BUNDLE))
    return directory.read_directory(None, programs, bundle=bundle).programs


async def replace_directory(whole: Directory) -> DirectoryVersion:
    """Write all merchants and programs anew."""
    async with batch_pool() as pool:
        return await DirectoryInStore(pool).replace_directory(
            merchants_frame(whole), whole.programs
        )


async def put_programs(programs: Sequence[Program]) -> DirectoryVersion:
    """Add programs, and change those that are there."""
    async with batch_pool() as pool:
        return await DirectoryInStore(pool).put_programs(programs)


@asynccontextmanager
async def batch_pool() -> AsyncIterator[Pool]:
    """Yield connections to a database that has this program's schema."""
    with open_database(_settings(None)) as dsn:
        async with open_pool(dsn, max_size=2, statement_ms_max=_BATCH_STATEMENT_MS) as pool:
            async with pool.connection() as connection:
                await check_migrated(connection)
            yield pool
