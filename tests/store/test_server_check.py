"""A server that is not durable, too old or not in UTF-8 is refused, with everything that is wrong."""

from __future__ import annotations

import asyncio
import shlex
from pathlib import Path

import psycopg
import pytest

from tests.postgres import running_server
from wherewithal.store.embedded_account import choose_account, run_as
from wherewithal.store.errors import StoreRefused
from wherewithal.store.server_check import check_server


def check(dsn: str) -> None:
    async def run():
        async with await psycopg.AsyncConnection.connect(dsn) as connection:
            await check_server(connection)

    asyncio.run(run())


def refused(dsn: str) -> list[tuple[str, str]]:
    with pytest.raises(StoreRefused) as caught:
        check(dsn)
    return [(problem.code, problem.path) for problem in caught.value.problems]


def test_our_own_server_is_durable(own_database):
    check(own_database)


def test_a_role_or_an_address_that_weakens_commits_is_refused(own_database):
    with pytest.raises(StoreRefused) as caught:
        check(f"{own_database}&options=-c%20synchronous_commit%3Doff")
    assert str(caught.value) == (
        "postgres: synchronous_commit: is 'off'; acknowledged work needs 'on' [not_durable]"
    )


def test_everything_that_is_wrong_is_named(folder):
    with running_server() as server:
        with psycopg.connect(server.dsn, autocommit=True) as connection:
            create = "create database latin encoding latin1 locale 'C' locale_provider libc"
            connection.execute(f"{create} template template0".encode())
        server.stop()
        cluster = server.folder / "cluster"
        socket = server.dsn.split("host=")[1].split("&")[0].replace("%2F", "/")
        weak = ["fsync=off", "full_page_writes=off", "listen_addresses="]
        options = shlex.join(
            [*(f"--{word}" for word in weak), f"--unix_socket_directories={folder}"]
        )
        folder.chmod(0o777)
        account = choose_account(cluster)
        control: list[str | Path] = [server.bin_folder / "pg_ctl", "-D", cluster]
        start = run_as(
            account, [*control, "-w", "-l", folder / "log", "-o", options, "start"], wait_s=30
        )
        assert start.returncode == 0
        try:
            dsn = server.dsn_of("latin").replace(socket.replace("/", "%2F"), str(folder))
            assert refused(dsn) == [
                ("not_durable", "postgres: fsync"),
                ("not_durable", "postgres: full_page_writes"),
                ("not_utf8", "postgres: server_encoding"),
            ]
        finally:
            run_as(account, [*control, "-m", "immediate", "stop"], wait_s=30)
