"""Which addresses of endpoints we take: what a URL says, before anybody's name server is asked."""

from __future__ import annotations

import ipaddress
import re
from typing import Final
from urllib.parse import SplitResult, urlsplit

import msgspec

URL_CHARACTERS_MAX: Final = 2_048
#: Of the internet, and of this machine where the simulation is allowed.
PORTS: Final = (443, 8443)
_LOOPBACK_PORT_MIN: Final = 1_024
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_VISIBLE = re.compile(r"[\x21-\x7e]+")
#: Labels of letters, digits, hyphens; the last has a letter: no number passes for a name.
_NAME = re.compile(
    r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]*[a-z][a-z0-9-]*", re.IGNORECASE
)


class WebhookTarget(msgspec.Struct, frozen=True, kw_only=True):
    """A URL that was taken apart and found fit."""

    scheme: str
    host: str
    port: int
    #: Path and query, as they are sent.
    target: str
    #: On this machine: only where the simulation is allowed.
    is_loopback: bool

    @property
    def authority(self) -> str:
        """Return what the `Host` header says."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        default = 443 if self.scheme == "https" else 80
        return host if self.port == default else f"{host}:{self.port}"


def read_url(url: str, *, is_loopback_allowed: bool) -> WebhookTarget | str:
    """Return the target, or what was expected instead.

    Taken are https on a public name, ports 443 and 8443; and http on this machine, where that is
    allowed. Not checked here: where the name leads; who sends asks and checks each time.
    """
    if len(url) > URL_CHARACTERS_MAX or not _VISIBLE.fullmatch(url) or "\\" in url:
        return f"a URL of at most {URL_CHARACTERS_MAX:,} visible ASCII characters"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "a URL such as https://shop.example/webhooks"
    host = parts.hostname or ""
    if parts.username is not None or parts.password is not None or parts.fragment:
        return "no user, no password and no fragment in the URL"
    if is_loopback_allowed and host in _LOOPBACK:
        if parts.scheme != "http" or port is None or port < _LOOPBACK_PORT_MIN:
            return f"http and a port from {_LOOPBACK_PORT_MIN} on this machine"
        return _target(parts, port=port, is_loopback=True)
    if parts.scheme != "https":
        return "https://"
    if not _NAME.fullmatch(host) or len(host) > 253 or _is_address(host):
        return "a public name, not an address, such as shop.example"
    if (port or 443) not in PORTS:
        return f"port {' or '.join(map(str, PORTS))}"
    return _target(parts, port=port or 443, is_loopback=False)


def _target(parts: SplitResult, *, port: int, is_loopback: bool) -> WebhookTarget:
    path = parts.path or "/"
    return WebhookTarget(
        scheme=parts.scheme,
        host=parts.hostname or "",
        port=port,
        target=f"{path}?{parts.query}" if parts.query else path,
        is_loopback=is_loopback,
    )


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
