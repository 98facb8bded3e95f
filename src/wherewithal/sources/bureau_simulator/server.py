"""Run the simulator under uvicorn, on a socket of its own."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from wherewithal.sources.bureau_simulator.app import SimulatorApp

#: Close at once and discard what was not sent: the peer sees a reset.
_LINGER_NONE = struct.pack("ii", 1, 0)
_DRAIN_S = 1


class SimulatorServer:
    """A simulator that listens from the moment it is made; `run` answers until it is stopped."""

    def __init__(self, app: SimulatorApp, *, host: str, port: int) -> None:
        """Listen; port 0 takes a free one.

        Errors: OSError if the address cannot be listened on.
        """
        self.app = app
        self._socket = socket.create_server((host, port))
        self.host, self.port = self._socket.getsockname()[:2]
        connections: dict[tuple[str, int], asyncio.Transport] = {}
        app.abort = lambda client: _reset(connections.get(client))
        config = uvicorn.Config(
            app,
            http=_remembering(connections),
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=_DRAIN_S,
        )
        self._server = uvicorn.Server(config)

    @property
    def url(self) -> str:
        """Return where reports are asked for."""
        return f"http://{self.host}:{self.port}/"

    def run(self) -> None:
        """Answer until SIGINT, SIGTERM or `stop`; in the main thread it takes those signals."""
        with contextlib.closing(self._socket):
            self._server.run(sockets=[self._socket])

    def stop(self) -> None:
        """Ask `run` to end; callable from another thread."""
        self._server.should_exit = True


def _reset(transport: asyncio.Transport | None) -> None:
    if transport is None:
        return
    connection = transport.get_extra_info("socket")
    if connection is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NONE)
    transport.abort()


def _remembering(
    connections: dict[tuple[str, int], asyncio.Transport],
) -> type[HttpToolsProtocol]:
    """Return uvicorn's protocol, with a note of which transport serves which client.

    ASGI has no word for a reset, and a bureau that resets is one of the things to be simulated.
    """

    class Remembering(HttpToolsProtocol):
        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            if self.client is not None:
                connections[self.client] = transport

        def connection_lost(self, exc: Exception | None) -> None:
            if self.client is not None:
                connections.pop(self.client, None)
            super().connection_lost(exc)

    return Remembering
