"""The pool's limits, what it makes of the driver's errors, and that it outlives its server."""

from __future__ import annotations

import asyncio
import os
import signal
import time

import psycopg
import pytest

from tests.postgres import running_server
from wherewithal.store.errors import StoreBusy, StoreUnavailable
from wherewithal.store.pool import open_pool


@pytest.fixture(scope="module")
def mortal():
    """Return a server that tests of this file kill."""
    with running_server() as server:
        yield server


def test_a_connection_has_a_limit_on_everything_that_waits(own_database):
    async def read():
        async with open_pool(own_database, max_size=1) as pool, pool.connection() as connection:
            names = ["TimeZone", "statement_timeout", "lock_timeout"]
            names += ["idle_in_transaction_session_timeout", "application_name"]
            query = "select current_setting(name) from unnest(%s::text[]) name"
            return [row[0] async for row in await connection.execute(query, [names])]

    assert asyncio.run(read()) == ["UTC", "5s", "2s", "10s", "wherewithal"]


def test_what_the_address_sets_is_kept(database):
    async def read():
        dsn = f"{database}&options=-c%20statement_timeout%3D7s"
        async with open_pool(dsn, max_size=1) as pool, pool.connection() as connection:
            return await (await connection.execute("show statement_timeout")).fetchone()

    assert asyncio.run(read()) == ("7s",)


def test_a_transaction_is_kept_whole_or_not_at_all(database):
    async def write():
        async with open_pool(database, max_size=1) as pool:
            async with pool.transaction() as connection:
                await connection.execute("create table kept (id int)")
            with pytest.raises(psycopg.errors.DivisionByZero):
                async with pool.transaction() as connection:
                    await connection.execute("insert into kept values (1); select 1 / 0")
            async with pool.connection() as connection:
                return await (await connection.execute("select count(*) from kept")).fetchone()

    assert asyncio.run(write()) == (0,)


def test_who_waits_too_long_for_a_connection_is_told_that_it_is_busy(database):
    async def wait():
        async with open_pool(database, max_size=1, wait_ms_max=100) as pool, pool.connection():
            started = time.monotonic()
            with pytest.raises(StoreBusy, match="every connection is in use"):
                async with pool.connection():
                    pass
            counts = {"connections": 1, "connections_max": 1, "in_use": 1, "waiting": 0}
            assert pool.counts() == counts
            return time.monotonic() - started

    assert 0.09 < asyncio.run(wait()) < 1


def test_a_full_queue_refuses_at_once(database):
    async def take(pool):
        async with pool.connection():
            await asyncio.sleep(0.3)

    async def crowd():
        async with open_pool(database, max_size=1, waiting_max=2) as pool:
            return await asyncio.gather(*(take(pool) for _ in range(8)), return_exceptions=True)

    outcomes = asyncio.run(crowd())
    assert [type(outcome) for outcome in outcomes] == [type(None)] * 3 + [StoreBusy] * 5


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("select pg_sleep(5), 'Ann Canary'", "QueryCanceled 57014"),
        ("lock table consumer", "LockNotAvailable 55P03"),
        (
            "do $$ begin raise 'Ann Canary' using errcode = '40P01'; end $$",
            "DeadlockDetected 40P01",
        ),
    ],
)
def test_what_passes_by_itself_is_busy_and_quotes_nothing(database, statement, kind):
    async def run():
        pools = open_pool(database, max_size=2, statement_ms_max=300, lock_ms_max=100)
        async with pools as pool, pool.transaction() as other:
            await other.execute("lock table consumer")
            async with pool.transaction() as connection:
                await connection.execute(statement)

    with pytest.raises(StoreBusy) as caught:
        asyncio.run(run())
    assert str(caught.value) == (
        f"the database could not finish ({kind}); try again, with the same idempotency key"
    )
    assert caught.value.__suppress_context__


def test_an_error_of_the_statement_itself_passes(database):
    async def run():
        async with open_pool(database, max_size=1) as pool, pool.transaction() as connection:
            await connection.execute("insert into directory_version default values")

    with pytest.raises(psycopg.errors.UniqueViolation):
        asyncio.run(run())


def test_a_limit_that_would_be_passed_again_is_not_called_busy(database):
    async def run():
        async with open_pool(database, max_size=1) as pool, pool.transaction() as connection:
            long = "select 'b', string_agg(md5(i::text), '') from generate_series(1, 500) i"
            insert = f"insert into consumer_reference (portfolio, reference) {long}"
            await connection.execute(
                "alter table consumer_reference alter consumer_id drop not null"
            )
            await connection.execute(insert.encode())

    with pytest.raises(psycopg.errors.ProgramLimitExceeded):
        asyncio.run(run())


def test_a_pool_that_is_closed_is_unavailable(database):
    async def run():
        async with open_pool(database, max_size=1) as pool:
            pass
        async with pool.connection():
            pass

    with pytest.raises(StoreUnavailable, match="this process is stopping"):
        asyncio.run(run())


def test_no_server_at_the_start_is_said(folder):
    async def start():
        async with open_pool(f"postgresql:///none?host={folder}", max_size=1, start_ms_max=200):
            pass

    with pytest.raises(StoreUnavailable, match="is its address right"):
        asyncio.run(start())


def test_a_pool_outlives_its_server(mortal):
    """Ten idle connections die with the server; each request after its return is served at once."""

    async def use(pool):
        async with pool.connection() as connection:
            await connection.execute("select pg_sleep(0.02)")

    async def run():
        async with open_pool(mortal.dsn, max_size=10, wait_ms_max=3_000) as pool:
            for _ in range(3):
                await asyncio.gather(*(use(pool) for _ in range(10)))
                os.kill(mortal.pid, signal.SIGKILL)
                assert await asyncio.to_thread(mortal.ensure_running)
                await asyncio.gather(*(use(pool) for _ in range(20)))

    asyncio.run(run())


def test_a_server_that_is_gone_is_unavailable_and_comes_back(mortal):
    async def die_in_a_transaction(pool):
        async with pool.transaction() as connection:
            os.kill(mortal.pid, signal.SIGKILL)
            await asyncio.sleep(0.3)
            await connection.execute("select 1")

    async def run():
        async with open_pool(mortal.dsn, max_size=2, wait_ms_max=500) as pool:
            with pytest.raises(StoreUnavailable, match="could not finish"):
                await die_in_a_transaction(pool)
            started = time.monotonic()
            with pytest.raises(StoreUnavailable, match="does not answer"):
                async with pool.connection():
                    pass
            assert time.monotonic() - started < 2
            await asyncio.to_thread(mortal.ensure_running)
            await asyncio.sleep(1.2)  # the pool tries again each second or so
            async with pool.connection() as connection:
                return await (await connection.execute("select 1")).fetchone()

    assert asyncio.run(run()) == (1,)


def test_after_a_long_absence_the_first_request_is_served(mortal):
    async def run():
        async with open_pool(mortal.dsn, max_size=2) as pool:
            mortal.stop()
            await asyncio.sleep(4)  # longer than the pool tries by itself
            await asyncio.to_thread(mortal.ensure_running)
            async with pool.connection() as connection:
                return await (await connection.execute("select 1")).fetchone()

    assert asyncio.run(run()) == (1,)
