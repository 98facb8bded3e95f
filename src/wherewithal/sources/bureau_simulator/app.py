"""The simulator over HTTP, as a bare ASGI application.

`POST /` is the bureau: TU4 XML in, TU4 XML out. Everything else is the simulator's own and answers
this machine only: people to ask for, the very bytes that they get, counts, a switch for outages.
Every response says `X-Simulation: true`.
"""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from wherewithal.sources.bureau_simulator.asking import BYTES_MAX, Asked, read_request
from wherewithal.sources.bureau_simulator.bureau import Reply, SimulatedBureau
from wherewithal.sources.bureau_simulator.manner import Manner, Mode, Pace
from wherewithal.sources.bureau_simulator.personas import PERSONAS
from wherewithal.sources.bureau_simulator.tu4_writer import write_error

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
#: Resets the connection that a client's address names; nothing happens if it is unknown.
Abort = Callable[[tuple[str, int]], None]
_XML = "application/xml; charset=utf-8"
_JSON = "application/json"
_ABOUT = "Wherewithal bureau simulator: a simulation. Every person and every report is made up."


class SimulatorApp:
    """One simulator; the ASGI callable."""

    def __init__(self, bureau: SimulatedBureau, *, pace: Pace) -> None:
        """Take the bureau and how long slow manners take."""
        self.bureau = bureau
        self._pace = pace
        #: Set by the server that runs this; without it a reset is an unfinished body.
        self.abort: Abort = lambda _client: None

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        call = _Call(scope=scope, receive=receive, send=send)
        if scope["method"] == "POST" and scope["path"] in ("/", "/report"):
            await self._report(call)
        elif not _is_here(scope.get("client")):
            await call.respond(403, b'{"error": "these paths answer this machine only"}', _JSON)
        else:
            status, content, kind = await self._own(call)
            await call.respond(status, content, kind)

    async def _report(self, call: _Call) -> None:
        body = await call.body(bytes_max=BYTES_MAX)
        if body is None:
            await call.respond(413, b"", _XML)
            return
        asked = read_request(body)
        if isinstance(asked, str):
            content = write_error(reported_on=self.bureau.today(), code="001", description=asked)
            await call.respond(200, content, _XML)
        elif self.bureau.mode is Mode.UP:
            await self._deliver(call, self.bureau.reply(asked))
        else:
            await self._outage(call, asked)

    async def _outage(self, call: _Call, asked: Asked) -> None:
        self.bureau.note_attempt(asked)
        match self.bureau.mode:
            case Mode.DOWN:
                await self._reset(call)
            case Mode.FAILING:
                await call.respond(503, b"", _XML)
            case _:
                await call.wait_until_left(self._pace.hang_s)

    async def _deliver(self, call: _Call, reply: Reply) -> None:
        content = reply.content
        match reply.manner:
            case Manner.SLOW:
                await asyncio.sleep(self._pace.slow_s)
                await call.respond(200, content, _XML)
            case Manner.DRIPPING:
                await self._drip(call, content)
            case Manner.HANGING:
                await call.start(200, _XML, length=len(content))
                await call.wait_until_left(self._pace.hang_s)
                await self._reset(call)
            case Manner.SILENT:
                await call.wait_until_left(self._pace.hang_s)
                await self._reset(call)
            case Manner.RESETTING | Manner.FLAKY:
                await call.start(200, _XML, length=len(content))
                await call.write(content[: len(content) // 2])
                await self._reset(call)
            case Manner.REFUSING:
                await call.respond(500, b"<html><body>Internal error</body></html>", "text/html")
            case Manner.REDIRECTING:
                await call.start(307, _XML, length=0, location="http://127.0.0.1:9/elsewhere")
                await call.write(b"", is_last=True)
            case Manner.PROMPT:
                await call.respond(200, content, _XML)

    async def _drip(self, call: _Call, content: bytes) -> None:
        await call.start(200, _XML, length=len(content))
        for index in range(len(content)):
            await call.write(content[index : index + 1])
            if await call.wait_until_left(self._pace.drip_s):
                return
        await call.write(b"", is_last=True)

    async def _reset(self, call: _Call) -> None:
        client = call.scope.get("client")
        if client is not None:
            self.abort((client[0], client[1]))
        await call.wait_until_left(1.0)

    async def _own(self, call: _Call) -> tuple[int, bytes, str]:
        """Return status, content and type of what is not the bureau's."""
        method, path = call.scope["method"], call.scope["path"]
        match method, path.strip("/").split("/"):
            case "GET", [""]:
                return 200, _json({"simulation": True, "about": _ABOUT}), _JSON
            case "GET", ["personas"]:
                return 200, _json([_shown(one.name, one.meaning) for one in PERSONAS]), _JSON
            case "GET", ["people", key] if (person := self.bureau.person(key)) is not None:
                identity, stated = person
                return 200, _json({"identity": identity, "stated": stated}), _JSON
            case "GET", ["document", key] if (found := self.bureau.document(key)) is not None:
                return 200, found, _XML
            case "GET", ["requests"]:
                return 200, _json(self.bureau.counts()), _JSON
            case "DELETE", ["requests"]:
                self.bureau.forget_counts()
                return 200, _json({}), _JSON
            case "POST", ["control"]:
                return await self._control(call)
        return 404, b'{"error": "no such path or person"}', _JSON

    async def _control(self, call: _Call) -> tuple[int, bytes, str]:
        body = await call.body(bytes_max=1_000)
        try:
            self.bureau.mode = msgspec.json.decode(body or b"", type=_Control).mode
        except msgspec.MsgspecError:
            modes = ", ".join(mode.value for mode in Mode)
            return 400, _json({"error": f'expected {{"mode": ...}}, one of {modes}'}), _JSON
        return 200, _json({"mode": self.bureau.mode.value}), _JSON


class _Control(msgspec.Struct, forbid_unknown_fields=True):
    mode: Mode


class _Call:
    """One request and its response."""

    def __init__(self, *, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        self.scope = scope
        self._receive = receive
        self._send = send

    async def body(self, *, bytes_max: int) -> bytes | None:
        """Return the whole body, or None if it is larger."""
        body = bytearray()
        while True:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                return bytes(body)
            body += message.get("body", b"")
            if len(body) > bytes_max:
                return None
            if not message.get("more_body"):
                return bytes(body)

    async def respond(self, status: int, content: bytes, kind: str) -> None:
        await self.start(status, kind, length=len(content))
        await self.write(content, is_last=True)

    async def start(self, status: int, kind: str, *, length: int, **headers: str) -> None:
        named = {
            "content-type": kind,
            "content-length": str(length),
            "x-simulation": "true",
            **headers,
        }
        listed = [(name.encode(), value.encode()) for name, value in named.items()]
        await self._send({"type": "http.response.start", "status": status, "headers": listed})

    async def write(self, content: bytes, *, is_last: bool = False) -> None:
        await self._send({"type": "http.response.body", "body": content, "more_body": not is_last})

    async def wait_until_left(self, seconds: float) -> bool:
        """Return whether the client left within the time; its body must have been read."""
        try:
            async with asyncio.timeout(seconds):
                while (await self._receive())["type"] != "http.disconnect":
                    pass
        except TimeoutError:
            return False
        return True


def _shown(key: str, meaning: str) -> dict[str, str]:
    return {"name": key, "meaning": meaning, "person": f"/people/{key}"}


def _json(value: object) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=2)


def _is_here(client: tuple[str, int] | None) -> bool:
    try:
        return client is not None and ipaddress.ip_address(client[0]).is_loopback
    except ValueError:
        return False
