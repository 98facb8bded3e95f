"""`wherewithal up`: database, API, worker and simulated bureau on one machine, until Control-C."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import urllib.request
from collections.abc import Callable, Iterator
from functools import partial
from types import FrameType
from urllib.error import URLError

from wherewithal.store.directory import DirectoryInStore
from wherewithal.store.migrate import migrate
from wherewithal.store.pool import open_pool
from wherewithal.surfaces.cli.service import LOOPBACK, Started, Up
from wherewithal.vocabulary.errors import InputRefused, Problem
from wherewithal.wiring import processes
from wherewithal.wiring.database import keys_of, open_watched_database
from wherewithal.wiring.directory import PROGRAMS, made_directory, sample_directory
from wherewithal.wiring.service_keys import keep_local_key
from wherewithal.wiring.service_settings import BUREAU, DATA, SIMULATION, settings_at_start

_READY_WITHIN_S = 60.0
#: In-flight work may take as long as a request may.
_GRACE_S = 35.0
_PROBE_S = 1.0
#: Control-C, a service manager, a terminal that is closed.
_ENDS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def run_up(up: Up, *, say: Callable[[str], None], on_started: Callable[[Started], None]) -> None:
    """Run everything until SIGINT or SIGTERM; then stop it in the other order.

    What is sealed, decided and generated stays in the data folder for the next time. An embedded
    server that dies meanwhile is started again.

    Errors: ProcessEnded if one of the processes dies, StoreNotStarted if the server cannot be
            started: the others are stopped, and nothing is lost.
    """
    say = _unheard(say)
    settings = settings_at_start(os.environ, data=up.data)
    bureau_url = f"http://{LOOPBACK}:{up.bureau_port}/"
    environment = {DATA: str(settings.data), BUREAU: bureau_url, SIMULATION: "1"}
    _check_ports(up)
    keys_of(settings)
    with _until_stopped() as is_stopped, open_watched_database(settings) as database:
        dsn = database.dsn
        say("Database is up; bringing its schema up to date ...")
        asyncio.run(migrate(dsn))
        keep_local_key(dsn, settings.service_key_file)
        merchants = asyncio.run(_fill_directory(dsn, up, say))
        logs = settings.data / "logs"
        with contextlib.ExitStack() as stack:

            def start(name: str, *arguments: str) -> processes.Running:
                say(f"Starting {name} ...")
                running = processes.start(
                    name, [name, *arguments], environment=environment, logs=logs
                )
                stack.callback(_stop, running, say)
                return running

            # The first started is the last stopped: who asks goes before who is asked.
            bureau = start("bureau-simulator", "--port", str(up.bureau_port))
            worker = start("worker")
            api = start("api", "--port", str(up.port))
            url = f"http://{LOOPBACK}:{up.port}"
            for running, probe in ((bureau, f"{bureau_url}personas"), (api, f"{url}/readyz")):
                processes.wait_until(running, partial(_answers, probe), wait_s=_READY_WITHIN_S)
            started = Started(
                url=url,
                bureau_url=bureau_url,
                service_key_file=settings.service_key_file,
                logs=logs,
                merchants=merchants,
            )
            on_started(started)

            def tend() -> None:
                if database.has_died():
                    say("The database's server has died; starting it again. Nothing is lost.")
                    database.revive()

            processes.watch([bureau, worker, api], until=is_stopped, tend=tend)
            say("Stopping; what is being worked on is finished first ...")
    say("Stopped. Start again with the same command; everything is kept.")


def _unheard(say: Callable[[str], None]) -> Callable[[str], None]:
    """Return the same, but for a terminal that is closed: stopping goes on without it."""

    def said(line: str) -> None:
        with contextlib.suppress(OSError):
            say(line)

    return said


@contextlib.contextmanager
def _until_stopped() -> Iterator[Callable[[], bool]]:
    """Yield a test whether one of `_ENDS` came; the second one interrupts whatever goes on."""
    came: list[int] = []

    def handle(number: int, _frame: FrameType | None) -> None:
        if came:
            raise KeyboardInterrupt
        came.append(number)

    before = {number: signal.signal(number, handle) for number in _ENDS}
    try:
        yield lambda: bool(came)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _stop(running: processes.Running, say: Callable[[str], None]) -> None:
    if not processes.stop(running, grace_s=_GRACE_S):
        say(f"{running.name} did not end by itself and was ended; nothing acknowledged is lost.")


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=_PROBE_S) as answer:  # noqa: S310 - our own address
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def _check_ports(up: Up) -> None:
    """Refuse ports that are taken, all at once, before anything starts."""
    problems = []
    for flag, port in (("--port", up.port), ("--bureau-port", up.bureau_port)):
        try:
            with socket.create_server((LOOPBACK, port)):
                pass
        except OverflowError:
            message = "expected a port from 1 to 65535"
            problems.append(Problem(code="out_of_range", path=flag, message=message))
        except OSError:
            message = (
                f"port {port} cannot be used: somebody listens there. Does an earlier `wherewithal"
                " up` still run? End it, or choose another port"
            )
            problems.append(Problem(code="port_taken", path=flag, message=message))
    if up.port == up.bureau_port:
        message = "must be another port than the API's"
        problems.append(Problem(code="same_port", path="--bureau-port", message=message))
    if up.merchants is not None and not 1 <= up.merchants <= 2_000_000:
        message = "expected 1 to 2,000,000 merchants"
        problems.append(Problem(code="out_of_range", path="--merchants", message=message))
    if problems:
        raise InputRefused(problems)


async def _fill_directory(dsn: str, up: Up, say: Callable[[str], None]) -> int:
    """Write merchants if none are there, or if others were asked for; return how many there are."""
    async with open_pool(dsn, max_size=1) as pool:
        store = DirectoryInStore(pool)
        found = (await store.read_directory()).merchants.height
        if found and up.merchants in (None, found):
            return found
        if up.merchants is None:
            directory = sample_directory()
        else:
            say(f"Making {up.merchants:,} fictional merchants and {PROGRAMS:,} programs ...")
            directory = made_directory(up.merchants)
        await store.replace_directory(directory.merchants, directory.programs)
        return directory.merchants.height
