"""Where and how to ask the bureau: address, subscriber, bounds."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

import msgspec

from wherewithal.sources.bureau_transunion.document import BYTES_MAX
from wherewithal.sources.bureau_transunion.request import Subscriber
from wherewithal.sources.circuit_breaker import BreakerSettings
from wherewithal.vocabulary.errors import DomainError


class Endpoint(msgspec.Struct, frozen=True, kw_only=True):
    """One bureau endpoint, checked when it is made. Durations are seconds."""

    url: str
    subscriber: Subscriber
    #: Whether an answer marked as a simulation counts; false wherever real people are asked for.
    is_simulation_allowed: bool = False
    #: Attempts of one call, the first among them.
    attempts_max: int = 3
    #: Retries as a share of all calls, and how many may be saved up.
    retries_pct: int = 10
    retries_max: int = 3
    pause_s: float = 0.05
    pause_s_max: float = 1.0
    connect_s: float = 2.0
    connections_max: int = 50
    keep_alive_s: float = 30.0
    bytes_max: int = BYTES_MAX
    breaker: BreakerSettings = BreakerSettings()

    def __post_init__(self) -> None:
        """Refuse an address that would send personal data in the clear, and bounds that are none.

        Errors: DomainError.
        """
        parts = urlsplit(self.url)
        if parts.username or parts.password:
            raise DomainError("the bureau's url must hold no user or password")
        is_local = parts.scheme == "http" and is_loopback(parts.hostname or "")
        if not parts.hostname or not (parts.scheme == "https" or is_local):
            raise DomainError("the bureau's url must begin with https:// (http:// on loopback)")
        if self.attempts_max not in (1, 2, 3):
            raise DomainError("attempts_max must be 1, 2 or 3")


def is_loopback(host: str) -> bool:
    """Return whether the host is this machine, without asking any name server.

    >>> [is_loopback(host) for host in ("localhost", "127.0.0.1", "::1", "bureau.example")]
    [True, True, True, False]
    """
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
