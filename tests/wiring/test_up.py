"""`wherewithal up` as a person runs it: it says what to try, what it says works, and it stops."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from tests.postgres import open_folder, running_server
from wherewithal.store.migrate import migrate
from wherewithal.surfaces.cli.service import EXAMPLE_BODY, EXAMPLE_HOLD
from wherewithal.wiring import processes

WITHIN_S = 90
COMMAND = [sys.executable, "-m", "wherewithal.wiring.command"]
SERVICE_OF_ONES_OWN = {
    "WHEREWITHAL_KEY": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
    "WHEREWITHAL_BUREAU_URL": "http://127.0.0.1:9/",
    "WHEREWITHAL_ALLOW_SIMULATION": "1",
}


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
                [*COMMAND, *map(str, arguments)],
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


def worker_of(up: Up) -> int:
    """Return the number of its worker process."""
    children = subprocess.run(  # noqa: S603 - ps
        ["/bin/ps", "--ppid", str(up.process.pid), "-o", "pid=,args="],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    return int(next(line for line in children if line.rstrip().endswith("worker")).split()[0])


def postmaster_of(data: Path) -> int:
    """Return the number of the first process of the folder's own server."""
    return int((data / "postgres" / "cluster" / "postmaster.pid").read_text().split()[0])


def eventually(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.1)


def said(log: Path) -> dict[str, int]:
    """Return how often a worker said that it waits, and that it goes on."""
    text = log.read_text()
    return {"waiting": text.count("waiting for it"), "back": text.count("answers again")}


def leave_a_job(dsn: str) -> int:
    """Leave a job as a worker that died in it leaves it; return its number."""
    query = (
        "insert into procrastinate_jobs (task_name, args, status, queue_name) values"
        " ('purge_idempotency', '{\"timestamp\": 1}', 'doing', 'default') returning id"
    )
    with psycopg.connect(dsn, autocommit=True) as connection:
        row = connection.execute(query).fetchone()
    assert row is not None
    return int(row[0])


def is_there(dsn: str, job: int) -> bool:
    with psycopg.connect(dsn, autocommit=True) as connection:
        query = "select from procrastinate_jobs where id = %s"
        return connection.execute(query, [job]).fetchone() is not None


def as_url(dsn: str) -> str:
    """Return an address as DATABASE_URL holds it."""
    parts = conninfo_to_dict(dsn)
    query = "&".join(f"{name}={quote(str(value), safe='')}" for name, value in parts.items())
    return f"postgresql:///?{query}"


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


def filled(example: str, ids: dict[str, str]) -> str:
    """Return an example with ids put in."""
    for name, value in ids.items():
        example = example.replace(f'"{name}"', f'"{value}"')
    return example


def test_what_it_says_works_and_is_kept(data):
    up = Up(data)
    up.wait()
    status, asked = up.call("/v1/prequalifications", EXAMPLE_BODY, Idempotency_Key="one")
    assert (status, asked["outcome"], asked["power_total_cents"]) == (200, "approved", 12_000)
    consumer = f"/v1/consumers/{asked['consumer_id']}"
    status, page = up.call(f"{consumer}/spending-power/merchants?page_size=5")
    assert (status, len(page["rows"]), page["total"]) == (200, 5, 60)
    ids = {
        "CONSUMER_ID": asked["consumer_id"],
        "PREQUALIFICATION_ID": asked["prequalification_id"],
        "MERCHANT_ID": page["rows"][0]["merchant_id"],
    }
    status, hold = up.call("/v1/holds", filled(EXAMPLE_HOLD, ids))
    assert (status, hold["status"], hold["basket_cents"]) == (201, "held", 6_000)
    status, voided = up.call(f"/v1/holds/{hold['hold_id']}/void", "{}")
    assert (status, voided["status"]) == (200, "voided")
    assert "Stopped." in up.stop()
    assert left_over(data) == []

    again = Up(data)
    again.wait()
    assert again.call("/v1/prequalifications", EXAMPLE_BODY, Idempotency_Key="one") == (200, asked)
    status, power = again.call(f"{consumer}/spending-power")
    assert (status, power["decision_id"]) == (200, asked["decision_id"])
    again.stop()
    assert left_over(data) == []


def test_a_server_that_is_killed_is_started_again(data):
    up = Up(data)
    up.wait()
    before, refused = worker_of(up), []
    os.kill(postmaster_of(data), signal.SIGKILL)
    until = time.monotonic() + 20
    for number in range(1_000):
        status, _ = up.call("/v1/prequalifications", EXAMPLE_BODY, Idempotency_Key=f"n{number}")
        if status == 503:
            refused.append(f"n{number}")
        elif refused and "starting it again" in up.log.read_text():
            break
        assert status in (200, 202, 503)
        assert time.monotonic() < until, up.log.read_text()
    for key in refused:
        status, asked = up.call("/v1/prequalifications", EXAMPLE_BODY, Idempotency_Key=key)
        assert (status, asked["outcome"]) == (200, "approved")
    eventually(lambda: "answers again" in (data / "logs" / "worker.log").read_text())
    assert worker_of(up) == before
    said = up.stop()
    assert said.count("The database's server has died") == 1
    assert "psycopg" not in said
    assert "connection to server" not in (data / "logs" / "worker.log").read_text()
    assert left_over(data) == []


def has_said(log: Path, *, waiting: int, back: int) -> bool:
    return said(log) == {"waiting": waiting, "back": back}


def is_gone(dsn: str, job: int) -> bool:
    return not is_there(dsn, job)


def test_the_worker_outlives_its_database(tmp_path):
    with running_server() as server:
        asyncio.run(migrate(server.dsn))
        log = tmp_path / "worker.log"
        environment = {"DATABASE_URL": as_url(server.dsn), **SERVICE_OF_ONES_OWN}
        server.stop()
        with log.open("wb") as file:
            worker = subprocess.Popen(  # noqa: S603 - our own program
                [*COMMAND, "worker"], stderr=file, env={**os.environ, **environment}
            )
        try:
            for number in (1, 2):
                eventually(partial(has_said, log, waiting=number, back=number - 1))
                server.ensure_running()
                eventually(partial(has_said, log, waiting=number, back=number))
                if number == 1:
                    left = leave_a_job(server.dsn)
                    eventually(partial(is_gone, server.dsn, left))
                    assert server.pid is not None
                    os.kill(server.pid, signal.SIGKILL)
            server.stop()
            eventually(partial(has_said, log, waiting=3, back=2))
            asked_at = time.monotonic()
            worker.send_signal(signal.SIGTERM)
            assert worker.wait(20) == 0
            assert time.monotonic() - asked_at < 5
        finally:
            worker.kill()
            worker.wait()


def test_a_process_that_dies_ends_the_rest(data):
    up = Up(data)
    up.wait()
    os.kill(worker_of(up), signal.SIGKILL)
    assert up.process.wait(60) == 70
    assert "worker ended with -9" in up.log.read_text()
    assert left_over(data) == []


def test_a_taken_port_is_said_before_anything_starts(data):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        arguments = ["up", "--data", data, "--port", port, "--bureau-port", port]
        done = subprocess.run(  # noqa: S603 - our own program
            [*COMMAND, *map(str, arguments)],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
    assert done.returncode == 2
    assert f"--port: port {port} cannot be used" in done.stderr
    assert "--bureau-port: must be another port than the API's" in done.stderr
    assert not data.exists()


def test_what_a_log_holds_stays(tmp_path):
    for _ in range(2):
        running = processes.start("key", ["key", "--help"], environment={}, logs=tmp_path)
        running.process.wait(30)
        assert processes.stop(running, grace_s=1)
        assert processes.last_words(running).count("starts") == 0
    assert (tmp_path / "key.log").read_text().count('"key starts"') == 2


@pytest.mark.parametrize("end", [signal.SIGHUP, signal.SIGKILL])
def test_a_closed_terminal_or_a_killed_parent_leaves_nothing_behind(data, end):
    up = Up(data)
    up.wait()
    up.process.send_signal(end)
    up.process.wait(60)
    until = time.monotonic() + 60
    while left_over(data) and time.monotonic() < until:
        time.sleep(0.2)
    assert left_over(data) == []
