"""Sealing: what names a person is stored encrypted, each consumer under a data key of their own.

A data key is random and stored only wrapped, under a master key that the database never sees
(envelope encryption). Rotating the master key rewraps data keys and touches no sealed field;
deleting a wrapped key makes everything of that consumer unreadable, in backups too.

AES-256-GCM throughout. The associated data are the consumer, the field and the layout's version, so
that a text copied to another row, column or layout does not open. GCM alone does not commit to a
key: one text can be made to open under two. So each text has a key of its own, derived together
with a commitment that is stored before it, as in the committing suites of the AWS Encryption SDK.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from wherewithal.vocabulary.errors import DomainError, WherewithalError

KEY_BYTES = 32
#: Layout of a wrapped key: version, length of the key id, key id, then as a sealed text.
#: Layout of a sealed text: version, salt, commitment, ciphertext with its tag.
VERSION = b"\x01"
_SALT_BYTES = 32
_COMMITMENT_BYTES = 32
#: Each salt gives another AES key, which encrypts once; so its nonce may be constant.
_NONCE = bytes(12)
_KEY_ID_BYTES_MAX = 64


class SealingError(WherewithalError):
    """What was sealed cannot be opened; the message never says what it was."""


class SealBroken(SealingError):
    """A sealed text was changed, cut, moved, or sealed under another key."""


class MasterKeyUnknown(SealingError):
    """A data key is wrapped under a master key that this process does not have."""


class KeyDeleted(SealingError):
    """The consumer's data key was deleted; what it sealed is gone, as was asked for."""


class Sealer:
    """Seals and opens fields; knows the master keys, never stores anything."""

    def __init__(
        self, master_keys: Mapping[str, bytes], *, active: str, random_bytes: Callable[[int], bytes]
    ) -> None:
        """Keep 32-byte master keys by id; new data keys are wrapped under `active`.

        `random_bytes` must be fit for keys: `os.urandom`, which wiring passes.
        Errors: DomainError for a key of another length, an id that is empty or longer than 64
                bytes, an unknown `active`.
        """
        for key_id, key in master_keys.items():
            if len(key) != KEY_BYTES:
                message = f"a master key must have {KEY_BYTES} bytes"
                raise DomainError(message)
            if not 1 <= len(key_id.encode()) <= _KEY_ID_BYTES_MAX:
                message = f"the id of a master key must have 1 to {_KEY_ID_BYTES_MAX} bytes"
                raise DomainError(message)
        if active not in master_keys:
            message = "the active master key must be one of the master keys"
            raise DomainError(message)
        self._master_keys = dict(master_keys)
        self._active = active
        self._random_bytes = random_bytes

    def new_data_key(self, consumer_id: str) -> bytes:
        """Return a fresh data key for a consumer, wrapped under the active master key."""
        return self._wrap(self._random_bytes(KEY_BYTES), consumer_id)

    def rewrap(self, wrapped: bytes, consumer_id: str) -> bytes:
        """Return the same data key wrapped under the active master key.

        What stands under it already comes back as it is, so a rotation can be repeated.
        Errors: as `open`.
        """
        data_key = self._unwrap(wrapped, consumer_id)
        is_active = _key_id_and_rest(wrapped)[0] == self._active
        return wrapped if is_active else self._wrap(data_key, consumer_id)

    def knows(self, wrapped: bytes) -> bool:
        """Return whether the master key of a wrapped key is at hand.

        A start against a database of another key must stop here: the blind indexes differ too, and
        everybody would be taken for a new person.
        """
        return _key_id_and_rest(wrapped)[0] in self._master_keys

    def seal(
        self, wrapped: bytes | None, *, consumer_id: str, field: str, plaintext: bytes
    ) -> bytes:
        """Return `plaintext` sealed for one field of one consumer; 81 bytes longer.

        Errors: as `open`.
        """
        key = self._unwrap(wrapped, consumer_id)
        return self._encrypt(key, _context("field", consumer_id, field), plaintext)

    def open(self, wrapped: bytes | None, *, consumer_id: str, field: str, sealed: bytes) -> bytes:
        """Return what was sealed for this field of this consumer.

        Null:   `wrapped` is None where the data key was deleted.
        Errors: KeyDeleted, MasterKeyUnknown, or SealBroken for everything that does not open.
        """
        key = self._unwrap(wrapped, consumer_id)
        return _decrypt(key, _context("field", consumer_id, field), sealed)

    def seal_own(self, place: str, plaintext: bytes) -> bytes:
        """Return a secret of the service itself, of no consumer, under the active master key.

        `place` names the row and field; what is copied to another does not open.
        """
        key_id = self._active.encode()
        context = _context("service", place, self._active)
        inner = self._encrypt(self._master_keys[self._active], context, plaintext)
        return VERSION + bytes([len(key_id)]) + key_id + inner

    def open_own(self, place: str, sealed: bytes) -> bytes:
        """Return what `seal_own` sealed for this place.

        Errors: MasterKeyUnknown, or SealBroken for everything else that does not open.
        """
        key_id, inner = _key_id_and_rest(sealed)
        if key_id not in self._master_keys:
            raise MasterKeyUnknown("a secret is sealed under a master key that is not at hand")
        return _decrypt(self._master_keys[key_id], _context("service", place, key_id), inner)

    def _wrap(self, data_key: bytes, consumer_id: str) -> bytes:
        key_id = self._active.encode()
        context = _context("data key", consumer_id, self._active)
        inner = self._encrypt(self._master_keys[self._active], context, data_key)
        return VERSION + bytes([len(key_id)]) + key_id + inner

    def _unwrap(self, wrapped: bytes | None, consumer_id: str) -> bytes:
        if wrapped is None:
            raise KeyDeleted("the data key was deleted; what it sealed cannot be read")
        key_id, inner = _key_id_and_rest(wrapped)
        if key_id not in self._master_keys:
            raise MasterKeyUnknown(
                "a data key is wrapped under a master key that is not at hand; start with the key"
                " that this database was made with"
            )
        context = _context("data key", consumer_id, key_id)
        return _decrypt(self._master_keys[key_id], context, inner)

    def _encrypt(self, key: bytes, context: bytes, plaintext: bytes) -> bytes:
        salt = self._random_bytes(_SALT_BYTES)
        text_key, commitment = _derive(key, salt, context)
        ciphertext = AESGCM(text_key).encrypt(_NONCE, plaintext, context)
        return VERSION + salt + commitment + ciphertext


def _decrypt(key: bytes, context: bytes, sealed: bytes) -> bytes:
    start = len(VERSION) + _SALT_BYTES
    version, salt = sealed[: len(VERSION)], sealed[len(VERSION) : start]
    commitment = sealed[start : start + _COMMITMENT_BYTES]
    if version != VERSION or len(commitment) != _COMMITMENT_BYTES:
        raise _broken()
    text_key, expected = _derive(key, salt, context)
    if not hmac.compare_digest(commitment, expected):
        raise _broken()
    try:
        return AESGCM(text_key).decrypt(_NONCE, sealed[start + _COMMITMENT_BYTES :], context)
    except InvalidTag:
        raise _broken() from None


def _broken() -> SealBroken:
    return SealBroken("a sealed text does not open: changed, cut, moved or of another key")


def _derive(key: bytes, salt: bytes, context: bytes) -> tuple[bytes, bytes]:
    """Return the key of one text, and the commitment to it."""
    length = KEY_BYTES + _COMMITMENT_BYTES
    derived = HKDF(algorithm=SHA256(), length=length, salt=salt, info=context).derive(key)
    return derived[:KEY_BYTES], derived[KEY_BYTES:]


def _context(kind: str, consumer_id: str, name: str) -> bytes:
    """Return the associated data; lengths stand before the parts, so no two lists look alike."""
    parts = (b"wherewithal sealing", VERSION, kind.encode(), consumer_id.encode(), name.encode())
    return b"".join(len(part).to_bytes(2, "big") + part for part in parts)


def _key_id_and_rest(wrapped: bytes) -> tuple[str, bytes]:
    length = wrapped[1] if len(wrapped) > 1 else 0
    key_id, rest = wrapped[2 : 2 + length], wrapped[2 + length :]
    if wrapped[:1] != VERSION or not key_id:
        raise _broken()
    # An id that was damaged names no key that is at hand.
    return key_id.decode("utf-8", "replace"), rest
