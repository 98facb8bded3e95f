"""The fence around the network holds, and lets through what it should."""

from __future__ import annotations

import socket

import pytest


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("example.org", 443), ("::2", 80)])
def test_a_connection_that_leaves_this_machine_is_refused(address):
    with socket.socket() as probe, pytest.raises(RuntimeError, match="this machine only"):
        probe.connect(address)


def test_loopback_is_open():
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname(), timeout=1) as client,
    ):
        assert client.getpeername() == server.getsockname()
