"""One API for all tests that leave nothing behind."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.surfaces.http.serving import Served, served


@pytest.fixture(scope="session")
def api() -> Iterator[Served]:
    """Return an API over plain doors, on a socket."""
    with served() as running:
        yield running
