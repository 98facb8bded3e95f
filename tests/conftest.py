"""Fixtures that every test may use, and the fence around the network."""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.postgres import database, databases, postgres_server

__all__ = ["database", "databases", "postgres_server"]

REPOSITORY = Path(__file__).resolve().parent.parent

# A machine under load may be slow, and slowness is not what properties are about. Where a failure
# must be repeatable by everyone, the cases are the same in each run.
settings.register_profile("local", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "local")


@pytest.fixture(scope="session")
def repository() -> Path:
    """Return the root of the repository."""
    return REPOSITORY


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of data that we read but do not ship; skip where it is not at hand."""
    folder = Path(os.environ.get("WHEREWITHAL_SHARED", REPOSITORY.parent / "shared"))
    if not (folder / "data").is_dir():
        pytest.skip("no shared data: put it beside the repository or set WHEREWITHAL_SHARED")
    return folder


@pytest.fixture(scope="session")
def tck_home() -> Path:
    """Return the folder of the DMN TCK; skip where it is not at hand."""
    folder = Path(os.environ.get("TCK_HOME", REPOSITORY.parent / "shared" / "tck"))
    if not (folder / "compliance-level-2").is_dir():
        pytest.skip("no DMN TCK: set TCK_HOME to a folder that has compliance-level-2")
    return folder


def _is_at_home(address: object) -> bool:
    """Return whether an address lies on this machine: a unix socket or loopback."""
    if isinstance(address, (str, bytes)):  # a unix socket
        return True
    host = address[0] if isinstance(address, tuple) else None
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(str(host)).is_loopback
    except ValueError:
        return False


@pytest.fixture(autouse=True, scope="session")
def _loopback_only() -> Iterator[None]:
    """Let sockets connect to this machine only."""

    class Leaves(RuntimeError):
        """A test tried to leave this machine."""

    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex"):
            original = getattr(socket.socket, name)

            def guarded(self: socket.socket, address: object, original=original) -> object:
                if not _is_at_home(address):
                    raise Leaves(f"tests connect to this machine only, not to {address!r}")
                return original(self, address)

            patch.setattr(socket.socket, name, guarded)
        yield
