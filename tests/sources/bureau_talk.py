"""A simulator on a real socket, a client that asks it, and what both need."""

from __future__ import annotations

import asyncio
import random
import ssl
import threading
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TypeVar

import httpx

from wherewithal.sources.bureau_simulator import Pace, SimulatorServer, build_app
from wherewithal.sources.bureau_transunion.client import TransUnionClient
from wherewithal.sources.bureau_transunion.endpoint import Endpoint
from wherewithal.sources.bureau_transunion.request import Subscriber

ROOT = Path(__file__).resolve().parents[2]
REPORT = ROOT / "examples/bureau/transunion_tu4_creditReportResponse.xml"
LOANS = ROOT / "examples/loans/lendingclub_2007_2010.csv.gz"
ON = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 17, tzinfo=UTC)
#: So quick that tests need not wait, and so slow that a deadline of 0.3 s is long past.
PACE = Pace(slow_s=1.5, drip_s=0.02, hang_s=5.0)
SUBSCRIBER = Subscriber(
    industry_code="F",
    member_code="F7654321",
    prefix_code="0622",
    password="canary-password",  # noqa: S106 - it must show nowhere
    environment="standardTest",
)
#: What a busy machine may add to a deadline, in seconds.
SLACK_S = 1.0
T = TypeVar("T")


@contextmanager
def simulator(
    *,
    loans: Path | None = None,
    is_redated: bool = True,
    clock: Callable[[], datetime] = lambda: NOW,
) -> Iterator[SimulatorServer]:
    """Run a simulator on a free port of this machine, and end it."""
    app = build_app(
        published_report=REPORT,
        loans=loans,
        clock=clock,
        pace=PACE,
        is_redated=is_redated,
    )
    server = SimulatorServer(app, host="127.0.0.1", port=0)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield server
    finally:
        server.stop()
        thread.join(timeout=10)
        assert not thread.is_alive()


def endpoint(url: str, **changed: Any) -> Endpoint:
    known: dict[str, Any] = {"is_simulation_allowed": True, "pause_s": 0.01, "pause_s_max": 0.05}
    return Endpoint(url=url, subscriber=SUBSCRIBER, **(known | changed))


def client_of(
    url: str,
    *,
    monotonic: Callable[[], float] = time.monotonic,
    counts: Counter[str] | None = None,
    tls: ssl.SSLContext | None = None,
    **changed: Any,
) -> TransUnionClient:
    counted = Counter[str]() if counts is None else counts
    return TransUnionClient(
        endpoint(url, **changed),
        tls=tls,
        monotonic=monotonic,
        uniform=random.Random(7).random,
        count=lambda event: counted.update([event]),
    )


def talk(url: str, conversation: Callable[[TransUnionClient], Awaitable[T]], **given: Any) -> T:
    """Return what a conversation with the bureau came to; the client is closed after it."""

    async def hold() -> T:
        async with client_of(url, **given) as client:
            return await conversation(client)

    return asyncio.run(hold())


def own(server: SimulatorServer, method: str, path: str, **given: Any) -> httpx.Response:
    """Ask what is the simulator's own."""
    with httpx.Client(base_url=server.url, trust_env=False) as client:
        return client.request(method, path, **given)
