"""Processes of clients: started early, given one job after the other, killed without warning."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections import deque
from typing import Any

from tests.simulation.world import ROOT

_READY_WITHIN_S = 90
_DONE_WITHIN_S = 60


class Process:
    """One process of clients."""

    def __init__(self) -> None:
        """Start it; it says later that it is ready."""
        self._popen = subprocess.Popen(
            [sys.executable, "-m", "tests.simulation.worker"],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self._is_ready = False

    def be_ready(self) -> None:
        """Wait until it can take a job."""
        if not self._is_ready:
            self._hear(b"ready\n", within_s=_READY_WITHIN_S)
            self._is_ready = True

    def prepare(self, job: dict[str, Any]) -> None:
        """Give it a job, and wait until it could begin."""
        self._tell(job)
        self._hear(b"prepared\n", within_s=_READY_WITHIN_S)

    def work(self, *, until: float) -> None:
        """Let it work until a moment of the wall clock."""
        self._tell(until)

    def _tell(self, what: object) -> None:
        assert self._popen.stdin is not None
        self._popen.stdin.write(json.dumps(what).encode() + b"\n")
        self._popen.stdin.flush()

    def finish(self) -> None:
        """Wait until the job is done."""
        self._hear(b"done\n", within_s=_DONE_WITHIN_S)

    def kill(self) -> None:
        """Kill it, as a power cut would."""
        self._popen.send_signal(signal.SIGKILL)
        self._popen.communicate(timeout=30)

    def _hear(self, word: bytes, *, within_s: float) -> None:
        """Read one line. Errors: RuntimeError if it is another, or none comes in time."""
        until, said = time.monotonic() + within_s, b""
        assert self._popen.stdout is not None
        file = self._popen.stdout.fileno()
        while not said.endswith(b"\n"):
            if not select.select([file], [], [], max(0.0, until - time.monotonic()))[0]:
                raise RuntimeError(f"a process of clients did not say {word!r} in time")
            some = os.read(file, 100)
            if not some:
                raise RuntimeError("a process of clients has ended by itself")
            said += some
        if said != word:
            raise RuntimeError(f"a process of clients said {said!r} instead of {word!r}")


class Processes:
    """Processes that wait for a job."""

    def __init__(self, count: int) -> None:
        """Start them."""
        self._waiting = deque(Process() for _ in range(count))

    def take(self) -> Process:
        """Return the one that has waited longest."""
        one = self._waiting.popleft() if self._waiting else Process()
        one.be_ready()
        return one

    def give_back(self, one: Process) -> None:
        """Let it wait for another job."""
        self._waiting.appendleft(one)

    def replace(self) -> None:
        """Start another one for later."""
        self._waiting.append(Process())

    def end(self) -> None:
        """End all that wait."""
        for one in self._waiting:
            one.kill()
