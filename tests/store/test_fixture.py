"""What the tests' own Postgres leaves behind: nothing, however the tests end."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

SCRIPT = """
import time
from tests.postgres import running_server
with running_server() as server:
    print(server.folder, server.dsn, server.pid, flush=True)
    time.sleep(60)
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_nothing_is_left_when_the_tests_are_killed(repository, number):
    with subprocess.Popen(  # noqa: S603 - ourselves
        [sys.executable, "-c", SCRIPT],
        cwd=repository,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        folder, dsn, _ = process.stdout.readline().split()
        assert Path(folder).is_dir()
        process.send_signal(number)
    socket_folder = Path(dsn.split("host=")[1].split("&")[0].replace("%2F", "/"))
    deadline = time.monotonic() + 20
    while Path(folder).parent.exists() or socket_folder.exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_two_tests_never_see_each_others_rows(databases):
    with databases.fresh() as one, databases.fresh() as other:
        with psycopg.connect(one) as connection:
            connection.execute("insert into program values ('p', '{}')")
        with psycopg.connect(other) as connection:
            assert connection.execute("select count(*) from program").fetchone() == (0,)
