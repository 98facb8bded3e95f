"""The embedded server: started, joined, left, stopped, killed and recovered, on both versions."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from tests.postgres import running_server
from wherewithal.store.embedded import EmbeddedPostgres, stop_embedded
from wherewithal.store.embedded_process import orphans_of, read_postmaster
from wherewithal.store.errors import StoreNotStarted

#: A process of its own that starts or joins a server, says what it found, and leaves when told.
JOIN = """
import json, sys
from pathlib import Path
from wherewithal.store.embedded import EmbeddedPostgres
folder, programs = Path(sys.argv[1]), Path(sys.argv[2]) if sys.argv[2] else None
with EmbeddedPostgres.start(folder, bin_folder=programs) as server:
    print(json.dumps({"was_running": server.was_running, "pid": server.pid, "dsn": server.dsn}), flush=True)
    sys.stdin.readline()
"""


@contextlib.contextmanager
def joined(folder: Path, bin_folder: Path | None):
    """Yield another process that uses the server of a folder; read a line to know what it found."""
    command = [sys.executable, "-c", JOIN, str(folder), str(bin_folder or "")]
    with subprocess.Popen(  # noqa: S603 - ourselves
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            with contextlib.suppress(BrokenPipeError):
                process.communicate("\n", timeout=30)


def said(process) -> dict[str, object]:
    answer: dict[str, object] = json.loads(process.stdout.readline())
    return answer


def lives(server: EmbeddedPostgres) -> bool:
    with contextlib.suppress(psycopg.OperationalError), psycopg.connect(server.dsn) as connection:
        return connection.execute("select 1").fetchone() == (1,)
    return False


@pytest.fixture(scope="module")
def mortal(bin_folder):
    """Return a server that tests of this file kill."""
    with running_server(bin_folder) as server:
        yield server


@pytest.fixture
def alive(mortal):
    mortal.ensure_running()
    return mortal


def test_a_server_is_durable_private_and_silent(alive):
    expected = {
        "data_checksums": "on",
        "fsync": "on",
        "full_page_writes": "on",
        "listen_addresses": "",
        "log_error_verbosity": "terse",
        "log_min_error_statement": "panic",
        "log_min_messages": "log",
        "log_parameter_max_length": "0",
        "log_parameter_max_length_on_error": "0",
        "log_statement": "none",
        "server_encoding": "UTF8",
        "synchronous_commit": "on",
        "TimeZone": "UTC",
        "unix_socket_permissions": "0700",
    }
    with psycopg.connect(alive.dsn) as connection:
        query = "select name, current_setting(name) from unnest(%s::text[]) name"
        assert dict(connection.execute(query, [list(expected)]).fetchall()) == expected


def test_text_orders_by_code_point_and_folds_case_beyond_ascii(alive):
    with psycopg.connect(alive.dsn) as connection:
        query = (
            "select lower('ÉA'), array(select * from unnest('{b,a,B,é,z}'::text[]) x order by x)"
        )
        assert connection.execute(query).fetchone() == ("éa", ["B", "a", "b", "z", "é"])


def test_the_log_quotes_no_statement_and_no_value(alive):
    log = alive.log
    size = log.stat().st_size
    with psycopg.connect(alive.dsn, autocommit=True) as connection:
        connection.execute("create table person (name text primary key, age int)")
        connection.execute("insert into person values ('Ann Canary', 1)")
        for statement, value in [
            ("insert into person values (%s, 1)", "Ann Canary"),
            ("insert into person values ('Bob', %s::text::int)", "Ann Canary"),
            ("select 1 / (length(%s) - 10)", "Ann Canary"),
        ]:
            with pytest.raises(psycopg.Error):
                connection.execute(statement, [value])
    assert "Canary" not in log.read_text(encoding="utf-8")[size:]


def test_a_second_process_joins_and_the_last_one_stops(folder):
    server = EmbeddedPostgres.start(folder / "pg")
    with joined(folder / "pg", None) as other:
        assert said(other) == {"was_running": True, "pid": server.pid, "dsn": server.dsn}
        assert server.leave() is False  # the other still uses it, though we started it
        assert lives(server)
    assert not lives(server)
    assert server.leave() is False
    assert read_postmaster(folder / "pg" / "cluster") is None
    assert not Path(str(psycopg.conninfo.conninfo_to_dict(server.dsn)["host"])).exists()


def test_one_that_was_killed_counts_no_more(folder):
    with joined(folder / "pg", None) as other:
        assert said(other)["was_running"] is False
        server = EmbeddedPostgres.start(folder / "pg")
        assert server.was_running
        other.kill()
        other.wait(timeout=10)
        assert server.leave() is True


def test_two_that_start_at_once_have_one_server(folder):
    with joined(folder / "pg", None) as one, joined(folder / "pg", None) as other:
        found = [said(one), said(other)]
    assert sorted(str(answer["was_running"]) for answer in found) == ["False", "True"]
    assert found[0]["pid"] == found[1]["pid"]


def test_a_folder_keeps_its_data_and_its_address(folder):
    long = folder / ("a long name, 'quoted' \"twice\" $HOME `id` " * 3) / "é" / ("x" * 100)
    addresses = []
    for expected in ([], [(1,)]):
        with EmbeddedPostgres.start(long) as server:
            addresses.append(server.dsn)
            with psycopg.connect(server.dsn) as connection:
                connection.execute("create table if not exists kept (id int)")
                assert connection.execute("select id from kept").fetchall() == expected
                connection.execute("insert into kept values (1)")
    assert addresses[0] == addresses[1]


def test_stop_stops_whoever_uses_it(folder):
    server = EmbeddedPostgres.start(folder / "pg")
    with psycopg.connect(server.dsn):  # fast: who is connected is sent away
        assert stop_embedded(folder / "pg") is True
    assert stop_embedded(folder / "pg") is False
    assert server.leave() is True
    assert stop_embedded(folder / "nothing here") is False


def test_a_killed_server_is_recovered_again_and_again(alive):
    for _ in range(5):
        os.kill(alive.pid, signal.SIGKILL)
        assert alive.ensure_running() is True
    assert alive.ensure_running() is False
    assert lives(alive)


def test_a_killed_backend_is_the_servers_own_business(alive):
    with psycopg.connect(alive.dsn) as connection:
        os.kill(connection.info.backend_pid, signal.SIGKILL)
        with pytest.raises(psycopg.OperationalError):
            connection.execute("select 1")
    deadline = time.monotonic() + 10
    while not lives(alive) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert lives(alive)


def test_a_backend_that_outlives_its_server_is_ended_first(alive):
    """It still holds the shared memory, so the new server would refuse to start beside it."""
    with psycopg.connect(alive.dsn) as connection:
        stuck = connection.info.backend_pid
        os.kill(stuck, signal.SIGSTOP)
        os.kill(alive.pid, signal.SIGKILL)
        assert alive.ensure_running() is True
    assert stuck not in orphans_of(alive.folder / "cluster")
    assert lives(alive)


def test_a_dead_server_that_nobody_reaps_is_seen_to_be_dead(bin_folder, folder):
    """Its parent is a process of ours that does not reap: the number still takes signals."""
    script = """
import ctypes, os, sys
from pathlib import Path
ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # orphans become our children
from wherewithal.store.embedded import EmbeddedPostgres
folder, programs = Path(sys.argv[1]), Path(sys.argv[2]) if sys.argv[2] else None
with EmbeddedPostgres.start(folder, bin_folder=programs) as server:
    for _ in range(3):
        pid = server.pid
        os.kill(pid, 9)
        while (state := Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]) != "Z":
            pass
        print(state, server.ensure_running(), server.pid != pid)
"""
    command = [sys.executable, "-c", script, folder / "pg", str(bin_folder or "")]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)  # noqa: S603
    assert (answer.stdout, answer.stderr) == ("Z True True\n" * 3, "")


def test_a_number_that_went_to_another_process_is_seen_to_be_another(alive):
    """After a restart of the machine, `postmaster.pid` may name anything."""
    path = alive.folder / "cluster" / "postmaster.pid"
    os.kill(alive.pid, signal.SIGKILL)
    owner = path.stat().st_uid
    with subprocess.Popen(["/bin/sleep", "60"], user=owner) as other:  # of the server's own account
        _, rest = path.read_text(encoding="utf-8").split("\n", 1)
        path.write_text(f"{other.pid}\n{rest}", encoding="utf-8")
        assert alive.ensure_running() is True
        assert other.poll() is None
        other.kill()
    assert lives(alive)


def test_an_empty_file_left_by_a_full_disk_is_no_obstacle(alive):
    alive.stop()
    (alive.folder / "cluster" / "postmaster.pid").touch()
    assert alive.ensure_running() is True


def test_a_server_that_hangs_is_named_in_time(alive):
    pid = alive.pid
    os.kill(pid, signal.SIGSTOP)
    try:
        started = time.monotonic()
        with pytest.raises(StoreNotStarted, match=f"process {pid} runs and does not answer"):
            alive.ensure_running(wait_s_max=2)
        assert time.monotonic() - started < 10
    finally:
        os.kill(pid, signal.SIGCONT)
    assert lives(alive)


def write_until_death(dsn: str, turn: int, numbers: list[int]) -> str:
    """Commit row after row, keep the number of each that is acknowledged, return where it ended."""
    state = "idle"
    with psycopg.connect(dsn, autocommit=True) as connection:
        try:
            for number in range(10**6):
                state = "sent"
                connection.execute("insert into acknowledged values (%s, %s)", [turn, number])
                state = "idle"
                numbers.append(number)
        except psycopg.OperationalError:
            return state
    return "never died"


def test_nothing_acknowledged_is_lost_when_the_server_is_killed():
    """Twenty kills in the middle of writing; each row is one commit."""
    acknowledged: set[tuple[int, int]] = set()
    ends = []
    with running_server() as server, ThreadPoolExecutor(max_workers=1) as pool:
        with psycopg.connect(server.dsn) as connection:
            connection.execute("create table acknowledged (round int, number int)")
        for turn in range(20):
            numbers: list[int] = []
            end = pool.submit(write_until_death, server.dsn, turn, numbers)
            while not numbers:
                time.sleep(0.005)
            time.sleep(0.01 * (turn % 5))
            os.kill(server.pid or 0, signal.SIGKILL)
            ends.append(end.result(timeout=30))
            acknowledged |= {(turn, number) for number in numbers}
            assert server.ensure_running() is True
        with psycopg.connect(server.dsn) as connection:
            found = connection.execute("select round, number from acknowledged").fetchall()
    assert acknowledged - set(found) == set()
    # At most the one that was sent and not answered may be there too, once.
    assert len(found) == len(set(found)) <= len(acknowledged) + 20
    # That it was worth something: most kills fell between sending and answer, many rows were written.
    assert set(ends) <= {"sent", "idle"}
    assert ends.count("sent") >= 10
    assert len(acknowledged) >= 200


def test_a_server_that_was_stopped_for_all_can_be_used_again(folder):
    with EmbeddedPostgres.start(folder / "pg") as server:
        server.stop()
        assert server.ensure_running() is True
        assert server.leave() is True  # and is stopped again by its last user
    assert read_postmaster(folder / "pg" / "cluster") is None


def test_an_interrupted_start_leaves_no_server(folder):
    script = """
import sys
from pathlib import Path
from wherewithal.store.embedded import EmbeddedPostgres
print("starting", flush=True)
server = EmbeddedPostgres.start(Path(sys.argv[1]))
try:
    print("started", flush=True)
finally:
    server.leave()
"""
    with EmbeddedPostgres.start(folder / "pg"):  # so that what is interrupted is the start itself
        pass
    command = [sys.executable, "-c", script, str(folder / "pg")]
    interrupted = 0
    for wait_s in (0.05, 0.15, 0.25, 0.35):
        with subprocess.Popen(  # noqa: S603 - ourselves
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            text=True,
        ) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(wait_s)
            os.killpg(process.pid, signal.SIGINT)  # as Ctrl-C does: to all in the foreground
            _, said_last = process.communicate(timeout=30)
        interrupted += said_last.endswith("KeyboardInterrupt\n")  # else it had ended before
        assert orphans_of(folder / "pg" / "cluster") == []
    assert interrupted
