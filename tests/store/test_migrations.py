"""Migrations: once each, in order, alone, and to the same schema as schema.sql."""

from __future__ import annotations

import asyncio
import re
import subprocess

import psycopg
import pytest
from psycopg import sql

from wherewithal.store.errors import StoreRefused, StoreUnavailable
from wherewithal.store.migrate import Migration, check_migrated, migrate, read_migrations
from wherewithal.vocabulary.errors import InvariantBroken

NAMES = tuple(migration.name for migration in read_migrations())
#: What every migrated database has and no file makes.
RECORD = "schema_migration"


def step(name: str, text: str) -> Migration:
    return Migration(name=name, stage="post" if ".post." in name else "pre", text=text)


MAKE = step("0001_make.pre.sql", "create table t (a int)")
DROP = step("0002_drop.post.sql", "alter table t drop column a")
ADD = step("0003_add.pre.sql", "alter table t add column b int")


@pytest.fixture
def empty(own_databases):
    """Return the address of an empty database, on either version."""
    own_databases.server.ensure_running()
    with own_databases.fresh("template0") as dsn:
        yield dsn


def run(dsn, *steps, **options):
    return asyncio.run(migrate(dsn, migrations=steps or None, **options))


def codes(caught) -> list[tuple[str, str]]:
    return [(problem.code, problem.path) for problem in caught.value.problems]


def schema_of(dsn: str, server) -> str:
    """Return what pg_dump writes of a schema, without its own remarks."""
    command = [server.bin_folder / "pg_dump", "--schema-only", f"--exclude-table={RECORD}", dsn]
    dump = subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603
    # Newer ones write a key that is random in each run.
    return re.sub(r"^(--.*|\\(un)?restrict .*)?\n", "", dump, flags=re.MULTILINE)


def test_schema_and_migrations_come_to_the_same(empty, own_databases, repository):
    store = repository / "src" / "wherewithal" / "store"
    jobs = next(migration for migration in read_migrations() if "_jobs." in migration.name)
    with psycopg.connect(empty, autocommit=True) as connection:
        connection.execute((store / "schema.sql").read_bytes())
        connection.execute(jobs.text.encode())
    with own_databases.fresh() as migrated:
        expected = schema_of(migrated, own_databases.server)
        assert schema_of(empty, own_databases.server) == expected
    assert expected.count("CREATE TABLE") > 15


def test_all_is_run_once(empty):
    assert run(empty) == NAMES
    assert run(empty) == ()


def test_several_at_once_wait_for_one_another(empty):
    async def crowd():
        return await asyncio.gather(*(migrate(empty) for _ in range(5)))

    outcomes = asyncio.run(crowd())
    assert sorted(name for applied in outcomes for name in applied) == sorted(NAMES)


def test_a_file_that_fails_leaves_nothing_and_quotes_nothing(database):
    text = "create table half (id int); select 'Ann Canary'::int"
    first = step("0001_a.pre.sql", "create table whole (id int)")
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("delete from schema_migration")
    with pytest.raises(StoreRefused) as caught:
        run(database, first, step("0002_b.pre.sql", text))
    assert str(caught.value) == (
        "migrations/0002_b.pre.sql: fails on this database (InvalidTextRepresentation 22P02); "
        "nothing of it was kept [migration_failed]"
    )
    with psycopg.connect(database) as connection:
        query = "select to_regclass('whole')::text, to_regclass('half')::text"
        assert connection.execute(query).fetchone() == ("whole", None)


def test_a_changed_file_and_a_newer_database_are_refused_together(empty):
    run(empty, MAKE, step("0009_newer.pre.sql", "select 1"))
    with pytest.raises(StoreRefused) as caught:
        run(empty, step(MAKE.name, "create table t (a bigint)"))
    assert codes(caught) == [
        ("database_ahead", "migrations/0009_newer.pre.sql"),
        ("migration_changed", "migrations/0001_make.pre.sql"),
    ]


def test_stages_run_apart_and_in_order(empty):
    assert run(empty, MAKE, DROP, stages=["pre"]) == (MAKE.name,)
    with pytest.raises(StoreRefused) as caught:
        run(empty, MAKE, DROP, ADD, stages=["pre"])
    assert codes(caught) == [("migration_order", "migrations/0002_drop.post.sql")]
    assert run(empty, MAKE, DROP, ADD, stages=["post"]) == (DROP.name,)
    assert run(empty, MAKE, DROP, ADD) == (ADD.name,)


def test_a_lock_that_is_not_to_be_had_is_given_up(empty):
    run(empty, MAKE)
    with psycopg.connect(empty) as other:
        other.execute("lock table t in access share mode")
        with pytest.raises(StoreUnavailable, match=r"LockNotAvailable 55P03\); nothing is half"):
            run(empty, MAKE, DROP, lock_wait_ms_max=100)
    assert run(empty, MAKE, DROP) == (DROP.name,)


def test_a_statement_that_takes_too_long_is_given_up(empty):
    with pytest.raises(StoreUnavailable, match="QueryCanceled 57014"):
        run(empty, step("0001_slow.pre.sql", "select pg_sleep(9)"), statement_ms_max=100)


def test_a_turn_that_does_not_come_is_given_up(empty):
    run(empty, MAKE)
    with psycopg.connect(empty) as other:
        other.execute(sql.SQL("select pg_advisory_xact_lock({})").format(0x57_48_45_52_45))
        with pytest.raises(StoreUnavailable, match="LockNotAvailable"):
            run(empty, MAKE, turn_wait_ms_max=100)


def test_no_server_is_said(folder):
    with pytest.raises(StoreUnavailable, match="did not answer"):
        run(f"postgresql:///none?host={folder}")


def test_a_program_starts_on_a_database_that_has_what_it_needs(empty):
    async def check(dsn):
        async with await psycopg.AsyncConnection.connect(dsn) as connection:
            await check_migrated(connection)

    with pytest.raises(StoreRefused) as caught:
        asyncio.run(check(empty))
    assert codes(caught) == [("migration_missing", f"migrations/{name}") for name in NAMES]
    run(empty)
    asyncio.run(check(empty))


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"1_a.sql": ""}, "name it NNNN_words"),
        ({"0001_a.pre.sql": "", "0001_b.pre.sql": ""}, "0001_a.pre.sql and 0001_b.pre.sql have"),
        (
            {"0001_a.pre.sql": f"-- include: procrastinate.sql/schema.sql sha256:{'0' * 64}\n"},
            "not the file that was pinned",
        ),
    ],
)
def test_a_mistake_in_the_files_is_named(tmp_path, files, message):
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    with pytest.raises(InvariantBroken, match=message):
        read_migrations(tmp_path)


def test_post_comes_after_pre_of_the_same_number(tmp_path):
    for name in ("0002_b.pre.sql", "0001_z.post.sql", "0001_a.pre.sql", "README.md"):
        (tmp_path / name).write_text("")
    names = [migration.name for migration in read_migrations(tmp_path)]
    assert names == ["0001_a.pre.sql", "0001_z.post.sql", "0002_b.pre.sql"]
