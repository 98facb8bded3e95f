"""Bring a database to the schema of this program, by numbered files that run once each.

    NNNN_name.pre.sql    runs before the new program does, beside the old one
    NNNN_name.post.sql   runs when no old program is left

Each file is one transaction under an advisory lock, with limits on how long it may wait for a lock
and how long a statement may take; what ran is recorded with its digest in `schema_migration`.
A line `-- include: PACKAGE/FILE sha256:DIGEST` stands for a file of a library, for that text only.
"""

from __future__ import annotations

import hashlib
import itertools
import re
from collections.abc import Mapping, Sequence
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Literal

import msgspec
import psycopg
from psycopg.rows import tuple_row

from wherewithal.store.errors import StoreRefused, StoreUnavailable
from wherewithal.vocabulary.errors import InvariantBroken, Problem

Stage = Literal["pre", "post"]
STAGES: tuple[Stage, ...] = ("pre", "post")

_NAME = re.compile(r"(\d{4})_[a-z0-9_]+\.(pre|post)\.sql")
_INCLUDE = re.compile(r"^-- include: ([a-z_.]+)/([a-z_.]+) sha256:([0-9a-f]{64})\n", re.MULTILINE)
#: Any number; the same for every program that migrates this database.
_LOCK = 0x57_48_45_52_45
_RECORD = """
create table if not exists schema_migration (
    name        text        not null,
    sha256      bytea       not null check (octet_length(sha256) = 32),
    applied_at  timestamptz not null default now(),
    primary key (name)
)
"""


class Migration(msgspec.Struct, frozen=True, kw_only=True):
    """One file of the flow, with what it includes."""

    #: `0001_initial.pre.sql`; orders by number, and pre before post.
    name: str
    stage: Stage
    text: str

    @property
    def sha256(self) -> bytes:
        """Return the digest of the text that is run."""
        return hashlib.sha256(self.text.encode()).digest()

    @property
    def order(self) -> tuple[str, bool]:
        """Return the place in the flow."""
        return self.name[:4], self.stage == "post"


def read_migrations(folder: Traversable | None = None) -> tuple[Migration, ...]:
    """Return the migrations of a folder in their order, by default those of this program.

    Errors: InvariantBroken if a file is not named as it must be, if two have the same place, or if
            what a file includes is not what it names.
    """
    folder = folder or resources.files("wherewithal.store") / "migrations"
    found = []
    for path in folder.iterdir():
        if not path.name.endswith(".sql"):
            continue
        if not (match := _NAME.fullmatch(path.name)):
            raise InvariantBroken(
                f"migrations/{path.name}: name it NNNN_words.pre.sql or .post.sql"
            )
        text = _INCLUDE.sub(_included, path.read_text(encoding="utf-8"))
        stage: Stage = "pre" if match[2] == "pre" else "post"
        found.append(Migration(name=path.name, stage=stage, text=text))
    found.sort(key=lambda migration: migration.order)
    for one, next_one in itertools.pairwise(found):
        if one.order == next_one.order:
            raise InvariantBroken(f"migrations: {one.name} and {next_one.name} have one place")
    return tuple(found)


async def migrate(
    dsn: str,
    *,
    stages: Sequence[Stage] = STAGES,
    migrations: Sequence[Migration] | None = None,
    lock_wait_ms_max: int = 3_000,
    statement_ms_max: int = 60_000,
    turn_wait_ms_max: int = 120_000,
) -> tuple[str, ...]:
    """Run what a database has not seen yet, in order, and return the names of what was run.

    Several may migrate at once: each waits its turn, at most `turn_wait_ms_max`, and finds nothing
    left to do. What was run before an error stays; a file that fails leaves nothing.

    Errors: StoreRefused if the database is ahead of this program, if a file was changed after it
            had run, if files of the other stage must run first, or if a file fails;
            StoreUnavailable if the database does not answer, or if locks or time ran out.
    """
    flow = read_migrations() if migrations is None else tuple(migrations)
    applied: list[str] = []
    try:
        async with await psycopg.AsyncConnection.connect(
            dsn, autocommit=True, connect_timeout=10, application_name="wherewithal migrate"
        ) as connection:
            while True:
                async with connection.transaction():
                    await _limit(connection, lock_ms=turn_wait_ms_max, statement_ms=0)
                    await connection.execute("select pg_advisory_xact_lock(%s)", [_LOCK])
                    await connection.execute(_RECORD)
                    due = _next_due(flow, await _recorded(connection), stages)
                    if due is None:
                        return tuple(applied)
                    await _limit(
                        connection, lock_ms=lock_wait_ms_max, statement_ms=statement_ms_max
                    )
                    await _run(connection, due)
                applied.append(due.name)
    except psycopg.OperationalError as error:
        raise StoreUnavailable(
            "migrate: the database did not answer, or did not grant a lock in time "
            f"({_code(error)}); nothing is half done, so run it again"
        ) from None


async def check_migrated(connection: psycopg.AsyncConnection[object]) -> None:
    """Refuse a database in which this program cannot run: one that lacks a `pre` file.

    A `post` file that has not run, or files of a newer program, are as they should be while
    programs are being replaced.

    Errors: StoreRefused, with every missing file.
    """
    async with connection.cursor(row_factory=tuple_row) as cursor:
        await cursor.execute("select to_regclass('schema_migration') is not null")
        recorded = await _recorded(connection) if await cursor.fetchone() == (True,) else {}
    problems = [
        _problem("migration_missing", one.name, "has not run; run `wherewithal db migrate`")
        for one in read_migrations()
        if one.stage == "pre" and one.name not in recorded
    ]
    if problems:
        raise StoreRefused(problems)


def _included(match: re.Match[str]) -> str:
    package, name, digest = match.groups()
    text = (resources.files(package) / name).read_text(encoding="utf-8")
    if hashlib.sha256(text.encode()).hexdigest() != digest:
        raise InvariantBroken(
            f"migrations: {package}/{name} is not the file that was pinned; put the old text in "
            "the place of its include line, and what the library changed into a new migration"
        )
    return text


def _next_due(
    flow: Sequence[Migration], recorded: Mapping[str, bytes], stages: Sequence[Stage]
) -> Migration | None:
    """Return the next file to run, None if there is none for these stages."""
    known = {migration.name: migration for migration in flow}
    problems = [
        _problem("database_ahead", name, "was run by a newer program; use that one")
        for name in sorted(recorded.keys() - known.keys())
    ]
    problems += [
        _problem(
            "migration_changed",
            name,
            "was changed after it had run; restore it, and make the change in a new file",
        )
        for name, digest in sorted(recorded.items())
        if name in known and known[name].sha256 != digest
    ]
    if problems:
        raise StoreRefused(problems)
    pending = [migration for migration in flow if migration.name not in recorded]
    due = next((migration for migration in pending if migration.stage in stages), None)
    if due and due is not pending[0]:
        first = pending[0]
        message = f"must run before {due.name}; run the {first.stage} stage first"
        raise StoreRefused([_problem("migration_order", first.name, message)])
    return due


async def _recorded(connection: psycopg.AsyncConnection[object]) -> dict[str, bytes]:
    async with connection.cursor(row_factory=tuple_row) as cursor:
        await cursor.execute("select name, sha256 from schema_migration")
        return {name: bytes(digest) for name, digest in await cursor.fetchall()}


async def _limit(
    connection: psycopg.AsyncConnection[object], *, lock_ms: int, statement_ms: int
) -> None:
    query = "select set_config('lock_timeout', %s, true), set_config('statement_timeout', %s, true)"
    await connection.execute(query, [str(lock_ms), str(statement_ms)])


async def _run(connection: psycopg.AsyncConnection[object], migration: Migration) -> None:
    """Run one file in the transaction that is open, and record it.

    Errors: StoreRefused if it fails; never with what the rows held.
    """
    try:
        await connection.execute(migration.text.encode())
    except psycopg.OperationalError:
        raise
    except psycopg.Error as error:
        message = f"fails on this database ({_code(error)}); nothing of it was kept"
        raise StoreRefused([_problem("migration_failed", migration.name, message)]) from None
    insert = "insert into schema_migration (name, sha256) values (%s, %s)"
    await connection.execute(insert, [migration.name, migration.sha256])


def _code(error: psycopg.Error) -> str:
    """Return what kind of error it was, in words that hold no data."""
    where = error.diag.constraint_name or error.diag.table_name or error.diag.column_name
    return " ".join(filter(None, [type(error).__name__, error.sqlstate, where]))


def _problem(code: str, name: str, message: str) -> Problem:
    return Problem(code=code, path=f"migrations/{name}", message=message)
