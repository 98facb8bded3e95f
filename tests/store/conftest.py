"""Servers of the newest and the oldest Postgres that we know, for tests of the store itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.postgres import Databases, debian_bin_folder, open_folder, running_server
from wherewithal.store.embedded import EmbeddedPostgres


@pytest.fixture(scope="session", params=["wheel", "system"])
def bin_folder(request) -> Path | None:
    """Return where the programs are: the wheel's newest, then those of the system."""
    if request.param == "wheel":
        return None
    folder = debian_bin_folder()
    if folder is None:
        pytest.skip("no Postgres of the system in /usr/lib/postgresql/*/bin")
    return folder


@pytest.fixture(scope="session")
def own_server(bin_folder) -> Iterator[EmbeddedPostgres]:
    """Return a server of either version; a test may kill it, and starts it again."""
    with running_server(bin_folder) as server:
        yield server


@pytest.fixture(scope="session")
def own_databases(own_server) -> Databases:
    """Return the maker of fresh databases on a server of either version."""
    return Databases(own_server)


@pytest.fixture
def own_database(own_databases) -> Iterator[str]:
    """Return the address of a fresh database on a server of either version."""
    own_databases.server.ensure_running()
    with own_databases.fresh() as dsn:
        yield dsn


@pytest.fixture
def folder() -> Iterator[Path]:
    """Return an empty folder that the server's account can enter."""
    with open_folder() as path:
        yield path
