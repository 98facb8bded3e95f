"""Blind index: finds a value without storing it, by a keyed hash of its normalised form.

There are fewer than 10^9 Social Security numbers: a plain or salted hash of one is reversed in
seconds. An HMAC under a key that the database never sees is not. It still leaks which rows are
equal; the table has one row a value, so that there is little to see. The hash has its full length:
it must be unique, and a cut one would take two people for one.
"""

from __future__ import annotations

import hmac
from hashlib import sha256

from wherewithal.vocabulary.errors import DomainError

KEY_BYTES = 32
#: What a `smallint` column holds.
VERSION_MAX = 32_767


class BlindIndex:
    """Computes indexes under one key, with one version of the normalising."""

    def __init__(self, key: bytes, version: int) -> None:
        """Keep a key used for nothing else; a version names key and normalising together.

        Errors: DomainError for a key that has not 32 bytes, or a version outside 1..32767.
        """
        if len(key) != KEY_BYTES:
            message = f"the key of a blind index must have {KEY_BYTES} bytes"
            raise DomainError(message)
        if not 1 <= version <= VERSION_MAX:
            message = f"the version of a blind index must be from 1 to {VERSION_MAX}"
            raise DomainError(message)
        self._key = key
        self.version = version

    def of(self, kind: str, value: str) -> bytes:
        """Return the index of a normalised value, 32 bytes.

        `kind` is that of `vocabulary.consumer.match_keys`, so that equal texts of two kinds differ.
        Lone surrogates are hashed as they are: no error may quote the value.
        """
        parts = (
            b"wherewithal blind index",
            self.version.to_bytes(2, "big"),
            kind.encode(),
            value.encode("utf-8", "surrogatepass"),
        )
        message = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
        return hmac.digest(self._key, message, sha256)
