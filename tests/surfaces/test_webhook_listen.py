"""`webhook listen` prints what verifies, and nothing else."""

from __future__ import annotations

import asyncio
import json
import threading

import pytest

from tests.service.receivers import sender
from wherewithal.surfaces.cli.webhook import make_listener
from wherewithal.vocabulary.errors import InputRefused

OURS, OTHERS = "whsec_" + "A" * 32, "whsec_" + "B" * 32


def test_what_verifies_is_printed_and_what_does_not_is_refused(capsys):
    server = make_listener(OURS, port=0)

    def answer_both():
        server.handle_request()
        server.handle_request()

    thread = threading.Thread(target=answer_both)
    with server:
        thread.start()
        url, body = f"http://127.0.0.1:{server.server_port}/", b'{"type":"hold.placed"}'
        found = [
            asyncio.run(sender()(url, message_id="m1", secrets=(secret,), body=body)).status
            for secret in (OTHERS, OURS)
        ]
        thread.join(10)
    assert (found, server.heard) == ([401, 204], 1)
    assert json.loads(capsys.readouterr().out) == {"type": "hold.placed"}


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_!"])
def test_a_secret_that_is_none_is_refused(secret):
    with pytest.raises(InputRefused, match="whsec_"):
        make_listener(secret, port=0)
