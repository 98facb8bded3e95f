"""The keyed hash of what a request means: whether another one under the same key is the same."""

from __future__ import annotations

import hmac
from hashlib import sha256

import msgspec

_CANONICAL = msgspec.json.Encoder(order="sorted")


def request_digest(data: object, *, key: bytes) -> bytes:
    """Return the keyed hash of what a body means.

    The order of keys and spaces do not count, nor whether an optional field is null or left out.
    """
    return hmac.digest(key, _CANONICAL.encode(_without_nulls(data)), sha256().name)


def _without_nulls(data: object) -> object:
    if not isinstance(data, dict):
        return data
    return {name: _without_nulls(value) for name, value in data.items() if value is not None}
