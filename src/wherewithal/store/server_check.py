"""Whether a server is one that we may keep money's records on."""

from __future__ import annotations

import psycopg
from psycopg.rows import tuple_row

from wherewithal.store.errors import StoreRefused
from wherewithal.vocabulary.errors import Problem

#: The oldest Postgres that the schema is tested on, as `server_version_num` counts.
VERSION_MIN = 150_000
#: What each setting may be, so that what was acknowledged survives a crash of the machine.
_DURABLE = {
    "fsync": ("on",),
    "full_page_writes": ("on",),
    "synchronous_commit": ("on", "local", "remote_write", "remote_apply"),
}


async def check_server(connection: psycopg.AsyncConnection[object]) -> None:
    """Refuse a server that is too old, keeps text otherwise than in UTF-8, or may lose commits.

    Reads what holds for this connection: a role or a database can weaken `synchronous_commit` too.

    Errors: StoreRefused, with every setting that is wrong and what it should be.
    Source: a database with weakened durability loses acknowledged holds after a crash, and nothing
            in the data shows it.
    """
    names = ["server_version_num", "server_encoding", *_DURABLE]
    async with connection.cursor(row_factory=tuple_row) as cursor:
        query = "select name, current_setting(name) from unnest(%s::text[]) name"
        await cursor.execute(query, [names])
        found: dict[str, str] = dict(await cursor.fetchall())
    problems = [
        _problem("not_durable", name, f"is {found[name]!r}; acknowledged work needs {allowed[0]!r}")
        for name, allowed in _DURABLE.items()
        if found[name] not in allowed
    ]
    if int(found["server_version_num"]) < VERSION_MIN:
        problems.append(_problem("server_too_old", "server_version", "must be 15 or newer"))
    if found["server_encoding"] != "UTF8":
        encoding = found["server_encoding"]
        message = f"is {encoding}; make a database with encoding UTF8"
        problems.append(_problem("not_utf8", "server_encoding", message))
    if problems:
        raise StoreRefused(problems)


def _problem(code: str, name: str, message: str) -> Problem:
    return Problem(code=code, path=f"postgres: {name}", message=message)
