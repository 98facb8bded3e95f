"""One worker process: finishes late answers, tidies up."""

from __future__ import annotations

import asyncio
import signal

from wherewithal.wiring.desk import open_desk
from wherewithal.wiring.keys import Keys
from wherewithal.wiring.logs import process_log
from wherewithal.wiring.service_settings import ServiceSettings

POOL_SIZE = 4
#: Inquiries that one process finishes at a time; each mostly waits for a bureau.
CONCURRENCY = 8
_GRACE_S = 25.0
_POLL_S = 2.0


async def work_until_stopped(settings: ServiceSettings, keys: Keys, *, dsn: str) -> None:
    """Work until SIGTERM or SIGINT; what is begun is finished, for some seconds."""
    log = process_log()
    opened = open_desk(
        settings,
        keys,
        dsn=dsn,
        pool_size=POOL_SIZE,
        count_bureau=lambda _event: None,
        count_outcome=lambda outcome: log.info("finished", outcome=outcome),
    )
    async with opened as desk, desk.jobs.open_async():
        worker = asyncio.create_task(
            desk.jobs.run_worker_async(
                concurrency=CONCURRENCY,
                install_signal_handlers=False,
                shutdown_graceful_timeout=_GRACE_S,
                fetch_job_polling_interval=_POLL_S,
                delete_jobs="successful",
            )
        )
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, worker.cancel)
        log.info("worker started")
        try:
            await worker
        except asyncio.CancelledError:
            log.info("worker stopped")
