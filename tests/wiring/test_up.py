"""`wherewithal up` as a person runs it: it says what to try, what it says works, and it stops."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.postgres import open_folder
from wherewithal.surfaces.cli.service import EXAMPLE_BODY

WITHIN_S = 90


def free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


class Up:
    """A running `wherewithal up`."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.port, bureau_port = free_ports(2)
        environment = {
            name: value
            for name, value in os.environ.items()
            if name not in ("DATABASE_URL", "WHEREWITHAL_KEY", "WHEREWITHAL_BUREAU_URL")
        }
        arguments = ["up", "--data", data, "--port", self.port, "--bureau-port", bureau_port]
        self.log = data.with_suffix(".log")
        with self.log.open("wb") as file:
            self.process = subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, "-m", "wherewithal.wiring.command", *map(str, arguments)],
                stdout=file,
                stderr=subprocess.STDOUT,
                env=environment,
            )

    def wait(self) -> None:
        until = time.monotonic() + WITHIN_S
        while "Wherewithal is up" not in self.log.read_text():
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < until, self.log.read_text()
            time.sleep(0.1)

    def call(self, path: str, body: str | None = None, **headers: str) -> tuple[int, Any]:
        key = (self.data / "service-key").read_text().strip()
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}",
            data=body.encode() if body else None,
            headers={"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
            | {name.replace("_", "-"): value for name, value in headers.items()},
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - loopback
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code, json.load(refused)

    def stop(self) -> str:
        self.process.send_signal(signal.SIGINT)
        assert self.process.wait(60) == 0, self.log.read_text()
        return self.log.read_text()


def left_over(data: Path) -> list[str]:
    """Return the command lines of processes that have to do with the folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = process.read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if str(data) in line:
            found.append(line)
    return found


@pytest.fixture
def data():
    with open_folder() as folder:
        yield folder / "data"


def test_what_it_says_works_and_is_kept(data):
    up = Up(data)
    up.wait()
    status, asked = up.call("/v1/prequalifications", EXAMPLE_BODY, Idempotency_Key="one")
    assert (status, asked["outcome"], asked["power_total_cents"]) == (200, "approved", 17_200)
    consumer = f"/v1/consumers/{asked['consumer_id']}"
    status, page = up.call(f"{consumer}/spending-power/merchants?page_size=5")
    assert (status, len(page["rows"]), page["total"]) == (200, 5, 60)
    assert "Stopped." in up.stop()
    assert left_over(data) == []

    again = Up(data)
    again.wait()
    assert again.call("/v1/prequalifications", EXAMPLE_BODY, Idempotency_Key="one") == (200, asked)
    status, power = again.call(f"{consumer}/spending-power")
    assert (status, power["decision_id"]) == (200, asked["decision_id"])
    again.stop()
    assert left_over(data) == []


def test_a_process_that_dies_ends_the_rest(data):
    up = Up(data)
    up.wait()
    children = subprocess.run(  # noqa: S603 - ps
        ["/bin/ps", "--ppid", str(up.process.pid), "-o", "pid=,args="],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    worker = next(line for line in children if line.rstrip().endswith("worker"))
    os.kill(int(worker.split()[0]), signal.SIGKILL)
    assert up.process.wait(60) == 70
    assert "worker ended with -9" in up.log.read_text()
    assert left_over(data) == []


def test_a_taken_port_is_said_before_anything_starts(data):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        arguments = ["up", "--data", data, "--port", port, "--bureau-port", port]
        done = subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-m", "wherewithal.wiring.command", *map(str, arguments)],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
    assert done.returncode == 2
    assert f"--port: port {port} cannot be used" in done.stderr
    assert "--bureau-port: must be another port than the API's" in done.stderr
    assert not data.exists()
