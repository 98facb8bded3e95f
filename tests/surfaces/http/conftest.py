"""One API for all tests that leave nothing behind."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.surfaces.http.live import live
from tests.surfaces.http.serving import Served, served


@pytest.fixture(scope="session")
def api() -> Iterator[Served]:
    """Return an API over plain doors, on a socket."""
    with served() as running:
        yield running


@pytest.fixture(scope="session")
def live_api(databases, tmp_path_factory) -> Iterator[Served]:
    """Return the API as in production: real Postgres, real use cases, a simulated bureau."""
    with databases.fresh() as dsn, live(dsn, tmp_path_factory.mktemp("data")) as running:
        yield running
