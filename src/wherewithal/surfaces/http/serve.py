"""Serving: uvicorn with our bounds, and an end that breaks nothing off.

On SIGTERM readiness says no; after `notice_s`, for a balancer to see it, no connection is accepted
any more; what is being worked on is finished, for `drain_s` at most; then the process ends.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable
from types import FrameType
from typing import Any

import uvicorn

from wherewithal.surfaces.http.app import Api
from wherewithal.surfaces.http.log import StandardLog
from wherewithal.surfaces.http.protocol import bounded_protocol

_KEEP_ALIVE_S = 30
_BACKLOG = 2_048


class ApiServer(uvicorn.Server):
    """One server process of the API; `await serve()` in a loop of yours, or `run()` without one."""

    def __init__(self, api: Api, *, config: uvicorn.Config, notice_s: float) -> None:
        """Keep the API that drains, and how long it says so before it does."""
        super().__init__(config)
        self._api = api
        self._notice_s = notice_s
        self._drain_began_s: float | None = None
        #: Called once with the port that is listened on.
        self.on_listening: Callable[[int], None] | None = None

    def begin_drain(self) -> None:
        """Begin to end, as on SIGTERM."""
        if self._drain_began_s is None:
            self._drain_began_s = time.monotonic()
            self._api.begin_drain()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to end on the first signal, and end at once on the second."""
        del sig, frame
        if self._drain_began_s is not None:
            self.should_exit = True
            self.force_exit = True
        self.begin_drain()

    async def on_tick(self, counter: int) -> bool:
        """Go on to refuse connections when the notice has stood long enough."""
        began_s = self._drain_began_s
        if began_s is not None and time.monotonic() - began_s >= self._notice_s:
            self.should_exit = True
        return await super().on_tick(counter)

    async def startup(self, sockets: list[Any] | None = None) -> None:
        """Listen, and say where."""
        await super().startup(sockets)
        if self.on_listening is not None and self.started:
            self.on_listening(self.servers[0].sockets[0].getsockname()[1])


def make_server(api: Api, *, host: str, port: int, drain_s: float) -> ApiServer:
    """Return a server that listens on `host` and `port` (0: any free one) when it is run.

    Units:  `drain_s`, seconds, rounded up to whole ones.
    """
    config = uvicorn.Config(
        api,
        host=host,
        port=port,
        loop="uvloop",
        http=bounded_protocol(api.settings, new_request_id=api.new_request_id),
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        backlog=_BACKLOG,
        timeout_keep_alive=_KEEP_ALIVE_S,
        timeout_graceful_shutdown=math.ceil(drain_s),
    )
    logger = logging.getLogger("uvicorn.error")
    logger.handlers = [StandardLog(api.log)]
    logger.propagate = False
    return ApiServer(api, config=config, notice_s=api.settings.drain_notice_s)


def serve(api: Api, *, host: str, port: int, drain_s: float) -> None:
    """Serve until SIGTERM or SIGINT, then drain; returns when all is finished."""
    make_server(api, host=host, port=port, drain_s=drain_s).run()
