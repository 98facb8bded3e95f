"""The processes of one machine: start them in order, watch them, stop them in the other order."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from wherewithal.vocabulary.errors import WherewithalError

_POLL_S = 0.1
_LOG_LINES_SHOWN = 12
_LOG_BYTES_MAX = 10_000_000


#: Tells a process that its standard input is a line to whoever started it.
ENDS_WITH_PARENT = "WHEREWITHAL_ENDS_WITH_PARENT"


class ProcessEnded(WherewithalError):
    """A process that must run has ended, or did not get ready; the message has its last words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A process of ours."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path
    #: Where in the log its own words begin, in bytes.
    log_from: int


def start(
    name: str, arguments: Sequence[str], *, environment: Mapping[str, str], logs: Path
) -> Running:
    """Start a command of this program as a process of its own, its output in `logs/<name>.log`.

    What the log holds stays: a process of an earlier start, or another's, may still write there.

    The process leads a session of its own, so that Control-C in a terminal reaches us alone and the
    order of stopping is ours.
    """
    logs.mkdir(parents=True, exist_ok=True)
    log = logs / f"{name}.log"
    if log.exists() and log.stat().st_size > _LOG_BYTES_MAX:
        log.replace(log.with_name(f"{name}.log.1"))
    with log.open("ab") as file:
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        file.write(b"%s\n" % json.dumps({"event": f"{name} starts", "at": at}).encode())
        log_from = file.tell()
        file.flush()
        process = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-m", "wherewithal.wiring.command", *arguments],
            # Held by us alone: it ends when we do, however we end, and the process sees that.
            stdin=subprocess.PIPE,
            stdout=file,
            stderr=subprocess.STDOUT,
            env={**os.environ, **environment, ENDS_WITH_PARENT: "1"},
            start_new_session=True,
        )
    return Running(name=name, process=process, log=log, log_from=log_from)


def wait_until(running: Running, is_ready: Callable[[], bool], *, wait_s: float) -> None:
    """Wait until a process is ready.

    Errors: ProcessEnded if it ends before, or is not ready in time.
    """
    deadline = time.monotonic() + wait_s
    while not is_ready():
        check(running)
        if time.monotonic() > deadline:
            message = f"{running.name} was not ready after {wait_s:g} s\n{last_words(running)}"
            raise ProcessEnded(message)
        time.sleep(_POLL_S)


def check(running: Running) -> None:
    """Raise ProcessEnded if a process has ended."""
    code = running.process.poll()
    if code is not None:
        raise ProcessEnded(f"{running.name} ended with {code}\n{last_words(running)}")


def watch(
    everyone: Sequence[Running], *, until: Callable[[], bool], tend: Callable[[], None]
) -> None:
    """Return when `until` says so; meanwhile call `tend` at every look, several times a second.

    Errors: ProcessEnded as soon as one of the processes ends.
    """
    while not until():
        tend()
        for running in everyone:
            check(running)
        time.sleep(_POLL_S)


def stop(running: Running, *, grace_s: float) -> bool:
    """Ask a process to end, and end it if it does not; return whether it ended by itself."""
    process, is_by_itself = running.process, True
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(grace_s)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            is_by_itself = False
    # Not before: to lose the line is a second SIGTERM, and a second one ends an API at once.
    if process.stdin is not None:
        process.stdin.close()
    return is_by_itself


def last_words(running: Running) -> str:
    """Return the end of what a process said in its log."""
    said = running.log.read_bytes()[running.log_from :] if running.log.is_file() else b""
    lines = said.decode(errors="replace").splitlines()[-_LOG_LINES_SHOWN:]
    return "\n".join([f"the end of {running.log}:", *lines])


def end_with_parent() -> None:
    """Ask this process to end, as SIGTERM does, when whoever started it is gone.

    A terminal that is closed, or a parent that was killed, tells its children nothing.
    """
    if not os.environ.get(ENDS_WITH_PARENT):
        return

    def watch() -> None:
        sys.stdin.buffer.read()
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True).start()
