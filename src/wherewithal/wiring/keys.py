"""Keys: one master secret, from the environment or a file of our own, and what derives from it.

`WHEREWITHAL_KEY` is 32 random bytes in base64url. Each purpose has a key of its own, derived by
HKDF-SHA-256 with its own label, so that what one leaks says nothing of another. On a local start
without the variable, the secret is made once and kept in a file that nobody else may read. Who
loses it loses every identity; who changes it is refused by `Sealer.knows`, because under other
indexes everybody would be a new person.
"""

from __future__ import annotations

import errno
import os
import stat
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

import msgspec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from wherewithal.vocabulary.errors import InputRefused, Problem
from wherewithal.vocabulary.redaction import nothing_for_rich, redacted

VARIABLE = "WHEREWITHAL_KEY"
#: Raised by one, it rotates the key that signs commitments; at most once in a commitment's life.
SIGNING_VARIABLE = "WHEREWITHAL_SIGNING_VERSION"
SIGNING_VERSION_MAX = 10_000
MASTER_BYTES = 32
#: 32 random bytes have at least this many different ones, but for one time in 10^30.
_DIFFERENT_BYTES_MIN = 8
#: A file longer than this is no key of ours; it is not read.
_FILE_BYTES_MAX = 200
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_REMEDY = "make one with: openssl rand -base64 32 | tr '+/' '-_'"


class KeysRefused(InputRefused):
    """The master key cannot be used; no message repeats any of it."""


class Keys(msgspec.Struct, frozen=True, kw_only=True):
    """What derives from the master key; 32 bytes each."""

    #: Names the master key and tells nothing of it: the id of `sealing` and of `tokens`.
    key_id: str
    #: Wraps the data keys of consumers (store/sealing.py).
    sealing: bytes
    #: Finds consumers again (store/blind_index.py).
    blind_index: bytes
    #: Signs consumer tokens (surfaces/http/tokens.py).
    tokens: bytes
    #: Digests request bodies, which hold identity data, for the comparing of retries.
    idempotency: bytes
    #: Seeds of the keys that sign commitments, the newest first; the one before it is published
    #: too, as long as what it signed may live.
    signing: tuple[bytes, ...]

    __repr__ = redacted
    __rich_repr__ = nothing_for_rich


def keys_at_start(
    environment: Mapping[str, str],
    *,
    file: Path | None,
    may_make: bool,
    random_bytes: Callable[[int], bytes],
) -> Keys:
    """Return the keys of this process: from `WHEREWITHAL_KEY`, else from `file`.

    Null:   `file` is None where the database is not our own: several processes share it, and each
            needs the same key, so it must be in the environment.
    `may_make` says that there is no database yet; a new key beside an old database opens nothing.
    Errors: KeysRefused if there is no key, or it is not 32 random bytes in base64url, or others may
            read the file.
    """
    version = _signing_version(environment)
    if (text := environment.get(VARIABLE)) is not None:
        return keys_of(_master_of(text, place=VARIABLE), signing_version=version)
    if file is None:
        raise _refuse("key_missing", VARIABLE, f"is not set; {_REMEDY}")
    if may_make:
        with suppress(FileExistsError):
            _make(file, random_bytes(MASTER_BYTES))
    return keys_of(_master_of(_read(file), place=str(file)), signing_version=version)


def keys_of(master: bytes, *, signing_version: int = 1) -> Keys:
    """Return what derives from a master secret of 32 bytes (RFC 5869)."""
    return Keys(
        key_id=_derive(master, "key id")[:4].hex(),
        sealing=_derive(master, "sealing"),
        blind_index=_derive(master, "blind index"),
        tokens=_derive(master, "tokens"),
        idempotency=_derive(master, "idempotency"),
        signing=tuple(
            _derive(master, f"signing {number}")
            for number in range(signing_version, max(0, signing_version - 2), -1)
        ),
    )


def _signing_version(environment: Mapping[str, str]) -> int:
    """Return which key signs: one more, and another does, beside which the last is published."""
    text = environment.get(SIGNING_VARIABLE, "1")
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= SIGNING_VERSION_MAX:
        message = f"expected a whole number from 1 to {SIGNING_VERSION_MAX}"
        raise _refuse("out_of_range", SIGNING_VARIABLE, message)
    return int(text)


def _derive(master: bytes, purpose: str) -> bytes:
    label = f"wherewithal {purpose} v1".encode()
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=label).derive(master)


def _master_of(text: str, *, place: str) -> bytes:
    """Return the 32 bytes; white space around them and the padding at their end may be there."""
    written = text.strip().rstrip("=")
    try:
        master = urlsafe_b64decode(written.encode("ascii") + b"=" * (-len(written) % 4))
        is_whole = urlsafe_b64encode(master).rstrip(b"=") == written.encode("ascii")
    except (NotBase64, UnicodeEncodeError):
        master, is_whole = b"", False
    if not is_whole:
        message = f"is not base64url (A-Z a-z 0-9 - _); {_REMEDY}"
        raise _refuse("key_encoding", place, message)
    if len(master) != MASTER_BYTES:
        message = f"has {len(master)} bytes, expected {MASTER_BYTES}; {_REMEDY}"
        raise _refuse("key_length", place, message)
    if len(set(master)) < _DIFFERENT_BYTES_MIN:
        raise _refuse("key_not_random", place, f"is not random; {_REMEDY}")
    return master


def _read(file: Path) -> str:
    """Return the text of a key file that is ours alone."""
    try:
        # Not followed, so that nobody puts another file in its place by a link; not waited for,
        # where it is a pipe.
        descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise _unreadable(file, error) from None
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or status.st_size > _FILE_BYTES_MAX:
            raise _refuse("key_file", str(file), "is not a key file; move it away")
        if status.st_mode & _OTHERS:
            message = f"may be read by others; run: chmod 600 {file}"
            raise _refuse("key_file_open", str(file), message)
        if status.st_uid != os.geteuid():
            message = "belongs to another user; start as that user, or name another folder"
            raise _refuse("key_file_owner", str(file), message)
        return os.read(descriptor, _FILE_BYTES_MAX).decode("ascii", "replace")
    finally:
        os.close(descriptor)


def _unreadable(file: Path, error: OSError) -> KeysRefused:
    if error.errno == errno.ENOENT:
        message = (
            f"is missing, but the database that it belongs to is there; restore the file, or set"
            f" {VARIABLE} to the same key"
        )
        return _refuse("key_missing", str(file), message)
    if error.errno == errno.ELOOP:
        return _refuse("key_file", str(file), "is a link; put the key file itself there")
    return _refuse("key_file", str(file), f"cannot be read: {error.strerror}")


def _make(file: Path, master: bytes) -> None:
    """Write a new key file whole or not at all, for its owner alone; never over another.

    Errors: FileExistsError if there is one, made before or by a process that starts beside us.
    """
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Made with mode 0600 under another name, and gone from there in the end.
        with NamedTemporaryFile(dir=file.parent, prefix=f"{file.name}.new.") as stream:
            stream.write(urlsafe_b64encode(master) + b"\n")
            stream.flush()
            os.fsync(stream.fileno())
            os.link(stream.name, file)
        _sync_folder(file.parent)
    except FileExistsError:
        raise
    except OSError as error:
        raise _refuse("key_file", str(file), f"cannot be made: {error.strerror}") from None


def _sync_folder(folder: Path) -> None:
    """Make the new name last: identities are sealed under this key from now on."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _refuse(code: str, path: str, message: str) -> KeysRefused:
    return KeysRefused([Problem(code=code, path=path, message=message)])
