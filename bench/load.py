"""A load over loopback: keep-alive connections that each send the next request when answered.

Raw sockets, because a client library would cost more than the servers that are measured. Runs in a
process of its own, so that client and server have a core each.
"""

from __future__ import annotations

import asyncio
import gc
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(slots=True, kw_only=True)
class Answers:
    """What came back."""

    seconds: float = 0.0
    statuses: Counter[int] = field(default_factory=Counter)
    #: One a request, in the order of the answers.
    milliseconds: list[float] = field(default_factory=list)
    #: The body of the last answer that was no 2xx, to be shown when something is wrong.
    strange: bytes = b""

    @property
    def per_second(self) -> float:
        """Return answers a second."""
        return sum(self.statuses.values()) / self.seconds

    def percentile(self, share: float) -> float:
        """Return the milliseconds that a share of the answers did not exceed."""
        ordered = sorted(self.milliseconds)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


class _Connection(asyncio.Protocol):
    """Sends a request, waits for its answer, sends the next."""

    def __init__(self, requests: Sequence[bytes], take: _Counter, answers: Answers) -> None:
        self._requests, self._take, self._answers = requests, take, answers
        self._buffer = bytearray()
        self._sent_at = 0.0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - TCP gives one
        self._transport = transport
        self._send()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head_end = self._buffer.find(b"\r\n\r\n")
        if head_end < 0:
            return
        head = bytes(self._buffer[:head_end]).lower()
        start = head.find(b"content-length:")
        length = int(head[start + 15 :].split(b"\r\n", 1)[0]) if start >= 0 else 0
        if len(self._buffer) < head_end + 4 + length:
            return
        self._answers.milliseconds.append((time.perf_counter() - self._sent_at) * 1_000)
        status = int(head[9:12])
        self._answers.statuses[status] += 1
        if not 200 <= status < 300:
            self._answers.strange = bytes(self._buffer[head_end + 4 :])
        self._buffer.clear()
        self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(exc or ConnectionError("the server closed the connection"))

    def _send(self) -> None:
        place = self._take.next(len(self._requests))
        if place is None:
            if not self.done.done():
                self.done.set_result(None)
            self._transport.close()
            return
        self._sent_at = time.perf_counter()
        self._transport.write(self._requests[place])


class _Counter:
    """The place of the next request, shared by all connections."""

    def __init__(self) -> None:
        self._place = -1

    def next(self, end: int) -> int | None:
        self._place += 1
        return self._place if self._place < end else None


async def send_all(
    requests: Sequence[bytes], *, port: int, connections: int = 16, host: str = "127.0.0.1"
) -> Answers:
    """Send every request once, over so many connections at a time, and return the answers.

    Each request is a whole HTTP/1.1 message; each answer must have a Content-Length.
    """
    answers, take = Answers(), _Counter()
    loop = asyncio.get_running_loop()
    gc.collect()
    began = time.perf_counter()
    made = [
        await loop.create_connection(lambda: _Connection(requests, take, answers), host, port)
        for _ in range(min(connections, len(requests)))
    ]
    await asyncio.gather(*(protocol.done for _, protocol in made))
    answers.seconds = time.perf_counter() - began
    return answers


def request(
    method: str, path: str, *, headers: dict[str, str] | None = None, body: bytes = b""
) -> bytes:
    """Return a whole HTTP/1.1 message."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    if body or method == "POST":
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body
