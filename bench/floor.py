"""The floor of the service's benchmarks: a bare ASGI application and one SQL statement.

    python -m bench.floor write|read DSN PORT

`write` answers every POST by writing the rows of a prequalification in one statement, with the
values of one that was really made and new ids. `read` answers GET /<consumer_id> by one SELECT. No
route is looked up, nothing is checked, nobody is authenticated.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import uvicorn
from psycopg_pool import AsyncConnectionPool

POOL_SIZE = 16
_HEADERS = [(b"content-type", b"application/json")]
_READ = "select products from power where consumer_id = %s"
WRITE = (Path(__file__).parent / "floor_write.sql").read_text()
_TEMPLATE = (Path(__file__).parent / "floor_template.sql").read_text()


def main() -> None:
    """Serve until asked to end."""
    kind, dsn, port = sys.argv[1], sys.argv[2], int(sys.argv[3])
    pool = AsyncConnectionPool(
        dsn, min_size=POOL_SIZE, max_size=POOL_SIZE, open=False, kwargs={"autocommit": True}
    )
    answer = _writer(pool, dsn) if kind == "write" else _reader(pool)

    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            while True:
                message = await receive()
                if message["type"] == "lifespan.startup":
                    await pool.open()
                    await send({"type": "lifespan.startup.complete"})
                else:
                    await pool.close()
                    await send({"type": "lifespan.shutdown.complete"})
                    return
        while (await receive()).get("more_body"):
            pass
        body = await answer(scope["path"])
        length = (b"content-length", str(len(body)).encode())
        await send({"type": "http.response.start", "status": 200, "headers": [*_HEADERS, length]})
        await send({"type": "http.response.body", "body": body})

    uvicorn.run(
        app,
        host="127.0.0.1",
        port=port,
        loop="uvloop",
        http="httptools",
        log_config=None,
        access_log=False,
        server_header=False,
    )


def _reader(pool: AsyncConnectionPool[Any]) -> Callable[[str], Awaitable[bytes]]:
    async def answer(path: str) -> bytes:
        async with pool.connection() as connection:
            cursor = connection.cursor(binary=True)
            await cursor.execute(_READ, [UUID(path[1:])], prepare=True)
            row = await cursor.fetchone()
        return bytes(row[0]) if row else b"null"

    return answer


def _writer(pool: AsyncConnectionPool[Any], dsn: str) -> Callable[[str], Awaitable[bytes]]:
    with psycopg.connect(dsn) as connection:
        cursor = connection.cursor(row_factory=psycopg.rows.dict_row, binary=True)
        values = cursor.execute(_TEMPLATE).fetchone()
        consumers = connection.execute("select consumer_id from power").fetchall()
    if values is None:
        message = "the floor needs a prequalification to copy: make one first"
        raise RuntimeError(message)
    in_turn = itertools.cycle([row[0] for row in consumers])
    body = bytes(values["first_response"])

    async def answer(_path: str) -> bytes:
        new = {"consumer_id": next(in_turn), "inquiry_id": uuid4(), "key": uuid4().hex}
        async with pool.connection() as connection:
            cursor = connection.cursor(binary=True)
            await cursor.execute(WRITE, values | new, prepare=True)
            await cursor.fetchone()
        return body

    return answer


if __name__ == "__main__":
    main()
