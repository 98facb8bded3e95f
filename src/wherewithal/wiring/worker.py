"""One worker process: finishes late answers, tidies up, and outlives its database's absences."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from typing import Any

import psycopg
from procrastinate import App
from procrastinate.exceptions import ConnectorException

from wherewithal.store.errors import StoreUnavailable
from wherewithal.wiring.desk import open_desk
from wherewithal.wiring.keys import Keys
from wherewithal.wiring.logs import process_log
from wherewithal.wiring.service_settings import ServiceSettings
from wherewithal.wiring.webhooks import event_delivery

POOL_SIZE = 6
#: Inquiries that one process finishes at a time; each mostly waits for a bureau.
CONCURRENCY = 8
_GRACE_S = 25.0
_POLL_S = 2.0
#: How long a database may take to answer at the start; once it has answered it may take any time.
_START_WITHIN_S = 60.0
_PAUSE_S_MAX = 5.0
#: A worker without a sign of life for longer is taken for dead, and its jobs are taken up.
_STALLED_S = 30
_LOOK_FOR_STALLED_S = 10.0
_AWAY = (ConnectorException, StoreUnavailable, psycopg.OperationalError)
#: What these say of an absence we say ourselves, once.
_HUSHED = ("psycopg.pool", "procrastinate.worker.worker")


async def work_until_stopped(settings: ServiceSettings, keys: Keys, *, dsn: str) -> None:
    """Work until SIGTERM or SIGINT; what is begun is finished, for some seconds.

    While the database is away it waits, and goes on by itself.

    Errors: StoreUnavailable if the database never answered in the first minute; those of
            `open_desk` otherwise.
    """
    log = process_log()
    for name in _HUSHED:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    give_up_at: float | None = loop.time() + _START_WITHIN_S
    is_away, pause_s = False, 0.5

    def on_connected() -> None:
        nonlocal give_up_at, is_away, pause_s
        log.info("the database answers again" if is_away else "worker started")
        give_up_at, is_away, pause_s = None, False, 0.5

    while not stop.is_set():
        error = await _until(stop, _work(settings, keys, dsn=dsn, log=log, tell=on_connected))
        if stop.is_set():
            break
        has_waited = give_up_at is not None and loop.time() > give_up_at
        if error is not None and (has_waited or not isinstance(error, _AWAY)):
            raise error
        if not is_away:
            kind = "lost" if error is None else type(error.__cause__ or error).__name__
            log.warning("the database does not answer; waiting for it", kind=kind)
        is_away = True
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), pause_s)
        pause_s = min(2 * pause_s, _PAUSE_S_MAX)
    log.info("worker stopped")


async def _until(stop: asyncio.Event, work: Coroutine[Any, Any, None]) -> BaseException | None:
    """Run work until it ends or `stop` is set; return what ended it, None if nothing went wrong."""
    working, stopping = asyncio.create_task(work), asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
        # The first time it finishes what is begun; the second time it leaves that to another.
        for wait_s in (_GRACE_S + 2, 3.0):
            if not working.done():
                working.cancel()
                await asyncio.wait({working}, timeout=wait_s)
    finally:
        stopping.cancel()
    return working.exception() if working.done() and not working.cancelled() else None


async def _work(
    settings: ServiceSettings, keys: Keys, *, dsn: str, log: Any, tell: Callable[[], None]
) -> None:
    """Work until cancelled, or until the database is away."""
    opened = open_desk(
        settings,
        keys,
        dsn=dsn,
        pool_size=POOL_SIZE,
        count_bureau=lambda _event: None,
        count_outcome=lambda outcome: log.info("finished", outcome=outcome),
    )
    async with opened as desk, desk.jobs.open_async():
        tell()
        looking = asyncio.create_task(_take_up_stalled(desk.jobs))
        delivery = event_delivery(
            desk.pool,
            keys,
            is_simulation_allowed=settings.is_simulation_allowed,
            count=_log_events(log),
        )
        delivering = asyncio.create_task(delivery.run())
        delivering.add_done_callback(_log_end(log))
        try:
            await desk.jobs.run_worker_async(
                concurrency=CONCURRENCY,
                install_signal_handlers=False,
                shutdown_graceful_timeout=_GRACE_S,
                fetch_job_polling_interval=_POLL_S,
                delete_jobs="successful",
                stalled_worker_timeout=_STALLED_S,
            )
        finally:
            looking.cancel()
            delivery.stop()
            await asyncio.wait({delivering}, timeout=_GRACE_S)
            delivering.cancel()


def _log_events(log: Any) -> Callable[[str], None]:
    """Return what notes the deliveries that somebody may want to look at."""

    def count(what: str) -> None:
        if what in ("dead", "overtaken"):
            log.warning("webhook", outcome=what)

    return count


def _log_end(log: Any) -> Callable[[asyncio.Task[None]], None]:
    """Return what notes a fault of ours that ended the delivering; the next worker goes on."""

    def ended(task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("events are not delivered any more", kind=type(error).__name__)

    return ended


async def _take_up_stalled(jobs: App) -> None:
    """Give back, again and again, the jobs of workers that died or lost the database with them.

    Two may give back the same one; finishing an inquiry is done once, whoever does it.
    """
    while True:
        # The worker notices itself when the database is away.
        with contextlib.suppress(ConnectorException):
            found = await jobs.job_manager.get_stalled_jobs(seconds_since_heartbeat=_STALLED_S)
            for job in found:
                if job.id is not None:
                    await jobs.job_manager.retry_job_by_id_async(job.id, datetime.now(UTC))
        await asyncio.sleep(_LOOK_FOR_STALLED_S)
