"""A real Postgres for tests: one server a session, a fresh database a test.

`database` is the address of a database that holds the whole schema and nothing else. It is a copy of
a template that was migrated once, so it takes tens of milliseconds. The fixtures reach every test by
`tests/conftest.py`.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from wherewithal.store.embedded import EmbeddedPostgres
from wherewithal.store.migrate import migrate

#: Waits until the tests' process is gone, however it went, then ends its server and its data.
_WATCH = """
trap '' INT TERM HUP
read -r _
[ -f "$1/pg/cluster/postmaster.pid" ] || { rm -rf "$1"; exit; }
socket=$(sed -n 5p "$1/pg/cluster/postmaster.pid")
kill -QUIT "$(head -n 1 "$1/pg/cluster/postmaster.pid")"
for _ in 1 2 3 4 5 6 7 8 9 10; do
    [ -f "$1/pg/cluster/postmaster.pid" ] || break
    sleep 0.5
done
rmdir "$socket"
rm -rf "$1"
"""


@contextlib.contextmanager
def open_folder() -> Iterator[Path]:
    """Yield a folder that the server's account can enter, in memory if there is room, removed later."""
    memory = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
    is_roomy = os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 2**31
    folder = Path(tempfile.mkdtemp(prefix="wherewithal-test-", dir=memory if is_roomy else None))
    folder.chmod(0o711)  # as root the server is another account, and passes through
    watch = subprocess.Popen(  # noqa: S603 - our own few lines
        ["/bin/sh", "-c", _WATCH, "sh", folder], stdin=subprocess.PIPE, start_new_session=True
    )
    try:
        yield folder
    finally:
        watch.communicate(timeout=30)


@contextlib.contextmanager
def running_server(bin_folder: Path | None = None) -> Iterator[EmbeddedPostgres]:
    """Yield a server of its own, with all its durability; it and its data go afterwards."""
    with (
        open_folder() as folder,
        EmbeddedPostgres.start(folder / "pg", bin_folder=bin_folder) as server,
    ):
        yield server


class Databases:
    """Makes databases on a server, as copies of one that holds the schema."""

    def __init__(self, server: EmbeddedPostgres) -> None:
        self.server = server
        self._numbers = itertools.count(1)
        with psycopg.connect(server.dsn, autocommit=True) as admin:
            admin.execute("create database template_of_tests")
        asyncio.run(migrate(server.dsn_of("template_of_tests")))

    @contextlib.contextmanager
    def fresh(self, template: str = "template_of_tests") -> Iterator[str]:
        """Yield the address of a new database, and drop it, whoever is still connected."""
        name = sql.Identifier(f"test_{next(self._numbers)}")
        with psycopg.connect(self.server.dsn, autocommit=True) as admin:
            copy = sql.SQL("create database {} template {}")
            admin.execute(copy.format(name, sql.Identifier(template)))
            yield self.server.dsn_of(name.as_string().strip('"'))
            admin.execute(sql.SQL("drop database {} with (force)").format(name))


def debian_bin_folder() -> Path | None:
    """Return the programs of the newest Postgres that the system has, if it has any."""
    found = Path("/usr/lib/postgresql").glob("*/bin/postgres")
    return max((path.parent for path in found), key=lambda p: int(p.parent.name), default=None)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[EmbeddedPostgres]:
    """Return the session's server, of the wheel."""
    with running_server() as server:
        yield server


@pytest.fixture(scope="session")
def databases(postgres_server: EmbeddedPostgres) -> Databases:
    """Return the maker of fresh databases on the session's server."""
    return Databases(postgres_server)


@pytest.fixture
def database(databases: Databases) -> Iterator[str]:
    """Return the address of a fresh database with the whole schema."""
    with databases.fresh() as dsn:
        yield dsn
