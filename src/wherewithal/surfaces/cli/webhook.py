"""`wherewithal webhook listen`: a small receiver for those who try webhooks out."""

from __future__ import annotations

import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, Final

import msgspec
from cyclopts import App
from standardwebhooks import Webhook, WebhookVerificationError

from wherewithal.surfaces.cli.service import LOOPBACK
from wherewithal.vocabulary.errors import InputRefused, Problem

LISTEN_PORT: Final = 8282
_BODY_BYTES_MAX: Final = 1_048_576
_WAIT_S: Final = 10


def add_webhook(app: App) -> None:
    """Add the command to the app."""
    webhooks = App(name="webhook", help="Webhooks, for those who listen.")
    app.command(webhooks)

    @webhooks.command(name="listen")
    def listen(*, secret: str, port: int = LISTEN_PORT, count: int | None = None) -> int:
        """Listen for events on this machine, verify their signatures and print them.

        One event a line, as JSON, on standard output; what does not verify is answered with 401.
        Use it with `wherewithal up`, whose simulation may send to this machine: add an endpoint
        with the URL http://127.0.0.1:8282/ and give the secret that the answer shows.

        Parameters
        ----------
        secret
            The endpoint's secret, whsec_...
        port
            The port to listen on, on this machine only.
        count
            End after so many events; else at Control-C.
        """
        server = make_listener(secret, port=port)
        print(f"Listening at http://{LOOPBACK}:{server.server_port}/", file=sys.stderr)  # noqa: T201 - talk
        with server:
            while count is None or server.heard < count:
                server.handle_request()
        return 0


class Listener(HTTPServer):
    """A server that verifies what comes and prints it."""

    #: Events that verified.
    heard = 0


def make_listener(secret: str, *, port: int) -> Listener:
    """Return a server on loopback; port 0 takes a free one.

    Errors: InputRefused for a secret that is none, a port that cannot be had.
    """
    try:
        webhook = Webhook(secret)
    except Exception:  # noqa: BLE001 - the library raises what base64 raises, and its own
        message = "expected whsec_ and base64, as the endpoint's answer showed it"
        raise InputRefused(
            [Problem(code="not_a_secret", path="--secret", message=message)]
        ) from None

    class Handler(BaseHTTPRequestHandler):
        timeout = _WAIT_S
        server: Listener

        def do_POST(self) -> None:
            """Verify and print one event."""
            self._answer(self._hear())

        def _hear(self) -> int:
            length = self.headers.get("content-length", "")
            if not length.isdigit() or int(length) > _BODY_BYTES_MAX:
                return 413
            body = self.rfile.read(int(length))
            try:
                event = webhook.verify(body, dict(self.headers.items()))
            except (WebhookVerificationError, ValueError):
                print("a message that does not verify: 401", file=sys.stderr)  # noqa: T201 - talk
                return 401
            print(msgspec.json.encode(event).decode(), flush=True)  # noqa: T201 - the answer
            self.server.heard += 1
            return 204

        def _answer(self, status: int) -> None:
            self.send_response(status)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing; events are the output."""

    try:
        return Listener((LOOPBACK, port), Handler)
    except (OSError, OverflowError):
        message = f"port {port} cannot be listened on; choose another"
        raise InputRefused([Problem(code="port_taken", path="--port", message=message)]) from None
