"""A process that delivers events until it is killed: `python -m tests.service.outbox_worker DSN`."""

from __future__ import annotations

import asyncio
import random
import sys

from tests.service.receivers import QUICK, SEALER, sender
from wherewithal.service.deliver_events import EventDelivery
from wherewithal.store.outbox import OutboxInStore
from wherewithal.store.pool import open_pool


async def run(dsn: str) -> None:
    async with open_pool(dsn, max_size=3) as pool:
        await EventDelivery(
            outbox=OutboxInStore(pool, sealer=SEALER),
            send=sender(timeout_s=1.5),
            uniform=random.random,
            count=lambda _what: None,
            pace=QUICK,
        ).run()


if __name__ == "__main__":
    asyncio.run(run(sys.argv[1]))
