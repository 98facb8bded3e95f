"""A line to Postgres that breaks just after a commit: the server has written, nobody is told."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from psycopg.conninfo import conninfo_to_dict, make_conninfo

_COMMIT = b"COMMIT\x00"


@dataclass(kw_only=True)
class Line:
    """What passes between clients and the server."""

    dsn: str
    #: Of the next commits, so many are answered to nobody.
    to_lose: int = 0
    lost: int = 0
    _writers: list[asyncio.StreamWriter] = field(default_factory=list)

    async def connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass bytes both ways until one side ends."""
        there = conninfo_to_dict(self.dsn)
        path = f"{there['host']}/.s.PGSQL.{there.get('port', 5432)}"
        from_server, to_server = await asyncio.open_unix_connection(path)
        self._writers += [writer, to_server]
        is_lost = False

        async def ask() -> None:
            nonlocal is_lost
            while data := await reader.read(65_536):
                if _COMMIT in data and self.to_lose:
                    self.to_lose -= 1
                    is_lost = True
                to_server.write(data)

        async def answer() -> None:
            while data := await from_server.read(65_536):
                if is_lost:
                    self.lost += 1
                    break
                writer.write(data)

        tasks = [asyncio.create_task(ask()), asyncio.create_task(answer())]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()
        for end in (writer, to_server):
            end.close()

    def close(self) -> None:
        """End what still passes."""
        for writer in self._writers:
            writer.close()


@contextlib.asynccontextmanager
async def line_to(dsn: str) -> AsyncIterator[tuple[Line, str]]:
    """Yield a line and the address at which clients reach it."""
    line = Line(dsn=dsn)
    server = await asyncio.start_server(line.connect, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        yield (
            line,
            make_conninfo(
                dsn, host="127.0.0.1", port=port, sslmode="disable", gssencmode="disable"
            ),
        )
    finally:
        server.close()
        line.close()
