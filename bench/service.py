"""A whole service of its own for a benchmark, as `wherewithal up` runs it, and its floors."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wherewithal.store.embedded import EmbeddedPostgres

_READY_WITHIN_S = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """Where it answers, and by which key."""

    dsn: str
    port: int
    bureau_port: int
    key: str

    @property
    def headers(self) -> dict[str, str]:
        """Return the headers of every request."""
        return {"Authorization": f"Bearer {self.key}"}


@contextlib.contextmanager
def running_service(*, merchants: int | None = None) -> Iterator[Service]:
    """Run everything in a folder of its own, and take it away afterwards."""
    port, bureau_port = free_port(), free_port()
    with tempfile.TemporaryDirectory(prefix="wherewithal-bench-") as folder:
        Path(folder).chmod(0o711)
        data, log = Path(folder) / "data", Path(folder) / "up.log"
        arguments = ["up", "--data", data, "--port", port, "--bureau-port", bureau_port]
        arguments += ["--merchants", merchants] if merchants else []
        command = [sys.executable, "-m", "wherewithal.wiring.command", *map(str, arguments)]
        with log.open("wb") as file:
            up = subprocess.Popen(  # noqa: S603 - our own program
                command, stdout=file, stderr=subprocess.STDOUT, env=_environment()
            )
        try:
            until = time.monotonic() + _READY_WITHIN_S
            while b"Wherewithal is up" not in log.read_bytes():
                if up.poll() is not None or time.monotonic() > until:
                    raise RuntimeError(log.read_text())
                time.sleep(0.1)
            with EmbeddedPostgres.start(data / "postgres") as server:
                key = (data / "service-key").read_text().strip()
                yield Service(dsn=server.dsn, port=port, bureau_port=bureau_port, key=key)
        finally:
            up.send_signal(signal.SIGINT)
            up.wait(60)


@contextlib.contextmanager
def running_floor(kind: str, dsn: str) -> Iterator[int]:
    """Run a floor, and yield its port."""
    port = free_port()
    command = [sys.executable, "-m", "bench.floor", kind, dsn, str(port)]
    process = subprocess.Popen(command)  # noqa: S603 - our own module
    try:
        until = time.monotonic() + _READY_WITHIN_S
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            if process.poll() is not None or time.monotonic() > until:
                message = "the floor did not start"
                raise RuntimeError(message)
            time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait(30)


def person(service: Service, key: str) -> dict[str, Any]:
    """Return what a person of the simulated bureau says of themselves, as the API takes it."""
    url = f"http://127.0.0.1:{service.bureau_port}/people/{key}"
    with urllib.request.urlopen(url, timeout=10) as answer:
        found: dict[str, Any] = json.load(answer)
    stated = {name: value for name, value in found["stated"].items() if value is not None}
    stated.pop("income_verified", None)
    stated.pop("state", None)
    return {
        "consumer": found["identity"],
        "stated": stated,
        "consent": {"scope": "once", "text_version": "2026-11", "text_sha256": "ab" * 32},
        "purpose": "prequalification",
        "channel": "app",
    }


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port


def _environment() -> dict[str, str]:
    ours = ("DATABASE_URL", "WHEREWITHAL_KEY", "WHEREWITHAL_DATA", "WHEREWITHAL_BUREAU_URL")
    return {name: value for name, value in os.environ.items() if name not in ours}
