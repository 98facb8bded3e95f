"""What a client does on the wire, and what becomes of it: slow, large, broken, many, at the end."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from tests.surfaces.http.bodies import GOOD
from tests.surfaces.http.serving import ALL_SCOPES, CONSUMER, Served, plain_doors, received, served
from wherewithal.surfaces.http import examples

HEAD = (
    "POST /v1/prequalifications HTTP/1.1\r\nhost: x\r\nidempotency-key: k\r\n"
    f"authorization: Bearer {ALL_SCOPES.text}\r\ncontent-type: application/json\r\n"
)
READ = (
    f"GET /v1/consumers/{CONSUMER}/spending-power HTTP/1.1\r\nhost: x\r\n"
    f"authorization: Bearer {ALL_SCOPES.text}\r\n"
)
BODY = json.dumps(GOOD)


def parsed(raw: bytes) -> tuple[int, dict[str, str], Any]:
    """Return status, headers and decoded body of one answer."""
    head, _, body = raw.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    return int(first.split()[1]), headers, json.loads(body)


def problem(raw: bytes) -> tuple[int, str]:
    """Return status and kind of a problem; its own words agree with its status."""
    status, headers, body = parsed(raw)
    assert headers["content-type"] == "application/problem+json"
    assert (body["status"], body["instance"]) == (status, headers["x-request-id"])
    return status, body["type"].removeprefix("urn:wherewithal:problem:")


def send_10_megabytes(api: Served, head: str, *, is_chunked: bool) -> tuple[int, bytes]:
    """Send 10 MB until the other side ends it; return how much went out and what came back."""
    part = b" " * 65_536
    sent = 0
    with socket.create_connection(("127.0.0.1", api.port), timeout=10) as connection:
        connection.sendall(head.encode())
        with suppress(ConnectionError):
            for _ in range(160):
                chunk = b"%x\r\n%s\r\n" % (len(part), part) if is_chunked else part
                connection.sendall(chunk)
                sent += len(part)
        return sent, received(connection)


@pytest.mark.parametrize("is_chunked", [True, False])
def test_10_megabytes_are_cut_off_and_never_read(api, is_chunked):
    length = (
        "transfer-encoding: chunked\r\n\r\n" if is_chunked else "content-length: 10485760\r\n\r\n"
    )
    sent, answer = send_10_megabytes(api, HEAD + length, is_chunked=is_chunked)
    assert problem(answer) == (413, "body-too-large")
    assert sent < 8_000_000  # what the sockets of both sides hold, and not the rest


def test_a_body_is_not_read_of_somebody_who_may_not_send_it(api):
    head = HEAD.replace(ALL_SCOPES.text, "wk_nobody")
    sent, answer = send_10_megabytes(
        api, head + "transfer-encoding: chunked\r\n\r\n", is_chunked=True
    )
    assert problem(answer) == (401, "unauthorized")
    assert sent < 8_000_000


def test_64_kilobytes_are_read_and_one_more_is_not(api):
    for size, status in ((65_536, 200), (65_537, 413)):
        body = BODY + " " * (size - len(BODY))
        answer = api.send(
            f"{HEAD}connection: close\r\ncontent-length: {size}\r\n\r\n{body}".encode()
        )
        assert parsed(answer)[0] == status


def test_expect_100_continue_spares_sending_a_body_that_is_refused(api):
    head = HEAD + "expect: 100-continue\r\ncontent-length: 70000\r\n\r\n"
    assert problem(api.send(head.encode())) == (413, "body-too-large")
    head = (
        HEAD + f"expect: 100-continue\r\nconnection: close\r\ncontent-length: {len(BODY)}\r\n\r\n"
    )
    answer = api.send(f"{head}|||{BODY}".encode(), pause_s=0.1)
    assert answer.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 ")


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("nonsense\r\n\r\n", (400, "bad-request")),
        ("GET /healthz HTTP/1.1\r\nhost: \x01\r\n\r\n", (400, "bad-request")),
        ("GET /healthz HTTP/1.1\r\nhost: a b\r\n\r\n", (400, "bad-request")),
        (f"GET /{'x' * 40_000} HTTP/1.1\r\nhost: x\r\n\r\n", (431, "headers-too-large")),
        (f"GET / HTTP/1.1\r\nhost: x\r\na: {'x' * 40_000}\r\n\r\n", (431, "headers-too-large")),
        ("GET / HTTP/1.1\r\nhost: x\r\n" + "a: b\r\n" * 80_000, (431, "headers-too-large")),
        (HEAD + "content-length: 5\r\ncontent-length: 6\r\n\r\n", (400, "bad-request")),
        (HEAD + "content-length: -5\r\n\r\n", (400, "bad-request")),
        (
            HEAD + "content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n",
            (400, "bad-request"),
        ),
        ("\r\n\r\nBREW /healthz HTTP/1.1\r\nhost: x\r\n\r\n", (400, "bad-request")),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_what_is_no_request_is_a_problem_too(api, raw, expected):
    found = problem(api.send(raw.replace("\r\n\r\n", "\r\nconnection: close\r\n\r\n", 1).encode()))
    assert found == expected


def answers(raw: bytes) -> list[int]:
    """Return the statuses of all answers on a connection."""
    return [int(part[:3]) for part in raw.split(b"HTTP/1.1 ")[1:]]


WHOLE = f"{HEAD}content-length: {len(BODY)}\r\n\r\n{BODY}"
CHUNKED = HEAD + "transfer-encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (WHOLE + "garbage\r\n\r\n", [200, 400]),
        (WHOLE + "|||garbage\r\n\r\n", [200, 400]),
        (WHOLE + WHOLE + "garbage\r\n\r\n", [200, 200, 400]),
        (f"{HEAD}content-length: {len(BODY) - 1}\r\n\r\n{BODY}", [400, 400]),
        (HEAD + f"transfer-encoding: gzip\r\n\r\n{BODY}", [400]),
        (CHUNKED + "zz\r\n{}\r\n0\r\n\r\n", [400]),
        (CHUNKED + "|||zz\r\n{}\r\n0\r\n\r\n", [400]),
        (WHOLE + CHUNKED + "zz\r\n{}\r\n", [200, 400]),
        (f"{WHOLE}GET / HTTP/1.1\r\nhost: x\r\na: {'x' * 40_000}\r\n\r\n", [200, 431]),
        (WHOLE.replace("host: x", "host: x\r\nconnection: close") + "garbage\r\n\r\n", [200]),
    ],
    ids=lambda value: repr(value)[-30:],
)
def test_what_breaks_after_a_request_takes_nothing_from_its_answer(api, raw, expected):
    found = api.send(raw.encode(), pause_s=0.1)
    assert answers(found) == expected
    if expected[-1] != 200:
        status, kind = problem(found[found.rindex(b"HTTP/1.1 ") :])
        assert (status, kind) in {(400, "bad-request"), (431, "headers-too-large")}


def test_slow_headers_are_cut():
    with served(header_deadline_s=0.5) as api:
        began_s = time.monotonic()
        answer = api.send(b"GET / HT")
        assert problem(answer) == (408, "request-timeout")
        assert parsed(answer)[2]["title"] == "The request came too slowly"
        drip = b"|||".join([b"GET / HTTP/1.1\r\n", *[b"a: b\r\n"] * 8])
        assert problem(api.send(drip, pause_s=0.1)) == (408, "request-timeout")
        assert time.monotonic() - began_s < 5


def test_a_connection_without_a_request_is_closed_without_a_word():
    with served(header_deadline_s=0.3) as api:
        assert api.send(b"") == b""


def test_a_slow_body_is_cut():
    with served(body_deadline_s=0.5) as api:
        head = HEAD + "content-length: 1000\r\n\r\n"
        drip = head.encode() + b"|||{" * 8
        assert problem(api.send(drip, pause_s=0.1)) == (408, "request-timeout")


def test_a_client_that_goes_away_within_a_body_harms_nobody(api):
    with socket.create_connection(("127.0.0.1", api.port), timeout=5) as connection:
        connection.sendall(f"{HEAD}content-length: 1000\r\n\r\n{{".encode())
    assert api.ask("GET", "/healthz").status_code == 200


class Held:
    """A door that holds whoever comes until it is let go."""

    def __init__(self) -> None:
        self.entered = threading.Semaphore(0)
        self.may_go = threading.Event()
        self.body = json.dumps(examples.POWER).encode()

    async def __call__(self, *_: Any, **__: Any) -> bytes:
        self.entered.release()
        while not self.may_go.is_set():  # noqa: ASYNC110 - it is set by another thread
            await asyncio.sleep(0.01)
        return self.body


def in_thread(work: Callable[[], Any]) -> tuple[threading.Thread, list[Any]]:
    results: list[Any] = []
    thread = threading.Thread(target=lambda: results.append(work()))
    thread.start()
    return thread, results


def test_beyond_its_room_a_kind_of_request_is_refused_and_others_are_not():
    door = Held()
    with served(plain_doors(spending_power=door), reads_in_flight_max=1) as api:
        thread, results = in_thread(lambda: api.send((READ + "connection: close\r\n\r\n").encode()))
        assert door.entered.acquire(timeout=5)
        shed = api.ask("GET", f"/v1/consumers/{CONSUMER}/consents")
        asked = api.ask(
            "POST", "/v1/prequalifications", json=GOOD, headers={"idempotency-key": "k"}
        )
        live = [api.ask("GET", path).status_code for path in ("/healthz", "/readyz", "/metrics")]
        door.may_go.set()
        thread.join(5)
        again = api.ask("GET", f"/v1/consumers/{CONSUMER}/consents")
    assert problem_of(shed) == (503, "overloaded", "1")
    assert (asked.status_code, live, again.status_code) == (200, [200] * 3, 200)
    assert parsed(results[0])[0] == 200


def problem_of(answer: Any) -> tuple[int, str, str | None]:
    name = answer.json()["type"].removeprefix("urn:wherewithal:problem:")
    return answer.status_code, name, answer.headers.get("retry-after")


def test_a_request_that_takes_too_long_is_given_up():
    with served(plain_doors(spending_power=Held()), request_deadline_s=0.3) as api:
        late = api.ask("GET", f"/v1/consumers/{CONSUMER}/spending-power")
        assert problem_of(late) == (503, "timed-out", "1")
        assert api.lines[-1]["problem"] == "timed-out"


def test_draining_says_not_ready_finishes_what_goes_on_and_ends():
    door = Held()
    with served(plain_doors(spending_power=door), drain_notice_s=0.7) as api:
        thread, results = in_thread(lambda: api.send((READ + "\r\n").encode()))
        assert door.entered.acquire(timeout=5)
        api.server.begin_drain()
        assert problem_of(api.ask("GET", "/readyz")) == (503, "unavailable", "1")
        assert api.ask("GET", "/healthz").status_code == 200
        api.client.close()
        while _accepts(api.port):
            time.sleep(0.05)
        assert results == []
        door.may_go.set()
        thread.join(5)
        status, headers, _ = parsed(results[0])
        assert (status, headers["connection"]) == (200, "close")


def test_draining_ends_in_time_whatever_goes_on():
    door = Held()
    with served(plain_doors(spending_power=door), drain_s=1) as api:
        thread, results = in_thread(lambda: api.send((READ + "\r\n").encode()))
        assert door.entered.acquire(timeout=5)
        began_s = time.monotonic()
    assert time.monotonic() - began_s < 5
    thread.join(5)
    assert not results or b"200" not in results[0][:20]


def test_a_server_process_ends_with_zero_on_sigterm(tmp_path, repository):
    script = tmp_path / "serve.py"
    script.write_text(
        "import sys\n"
        f"sys.path.insert(0, {str(repository)!r})\n"
        "from tests.surfaces.http.serving import *\n"
        "api = build_app(plain_doors(), settings=SETTINGS, metrics=Metrics(),"
        " log=make_log(sys.stderr.buffer, clock=lambda: NOW))\n"
        "server = make_server(api, host='127.0.0.1', port=0, drain_s=5)\n"
        "server.on_listening = lambda port: print(port, flush=True)\n"
        "server.run()\n"
    )
    process = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, script], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    port = int(process.stdout.readline())
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n")
        assert connection.recv(20).startswith(b"HTTP/1.1 200")
        os.kill(process.pid, signal.SIGTERM)
        _, errors = process.communicate(timeout=15)
    assert process.returncode == 0
    assert all(json.loads(line) for line in errors.splitlines())


def _accepts(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False
