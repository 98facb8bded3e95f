"""Where the embedded server listens: one unix socket in a short, private folder, and no port.

The path of a socket may have 107 bytes, so it does not lie in the data folder, whose path may be
long, but below the system's folder for temporary files, under a name made of the data folder's. So
it is the same after each start, and those who were connected find the server again.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import tempfile
from pathlib import Path
from urllib.parse import quote

from wherewithal.store.embedded_account import Account, unreachable_part
from wherewithal.store.embedded_folder import OWNER
from wherewithal.store.errors import StoreNotStarted

#: Part of the socket's name only; nothing listens on a network.
PORT = 5432
_SOCKET = f".s.PGSQL.{PORT}"
_SOCKET_PATH_BYTES_MAX = 107
#: Needs no quoting for the server or for a shell.
_PLAIN = re.compile(r"[A-Za-z0-9._/-]+")


def socket_folder_of(cluster: Path, account: Account) -> Path:
    """Return where the socket of a cluster goes, there or not."""
    digest = hashlib.sha256(os.fsencode(cluster)).hexdigest()[:12]
    return _root(account) / f"wherewithal-{account.uid}-{digest}"


def make_socket_folder(cluster: Path, account: Account) -> Path:
    """Return the private folder for the socket of a cluster, made if it is not there.

    Errors: StoreNotStarted if somebody else has put something in its place.
    """
    folder = socket_folder_of(cluster, account)
    try:
        folder.mkdir(mode=0o700)
        if account.is_other:
            os.chown(folder, account.uid, account.gid, follow_symlinks=False)
    except FileExistsError:
        pass
    except OSError as error:
        raise StoreNotStarted(f"{folder}: cannot be made ({error.strerror})") from None
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != account.uid or found.st_mode & 0o077:
        raise StoreNotStarted(
            f"{folder}: is not a private folder of {account.name}, as the server's socket needs; "
            "find out who made it, and remove it"
        )
    return folder


def clear_socket_folder(folder: Path) -> None:
    """Remove what a dead server left in its socket folder."""
    for name in (_SOCKET, f"{_SOCKET}.lock"):
        (folder / name).unlink(missing_ok=True)


def remove_socket_folder(folder: Path) -> None:
    """Remove the socket folder of a server that has stopped, if it is there and holds no more."""
    try:
        clear_socket_folder(folder)
        folder.rmdir()
    except OSError:
        return


def dsn_of(database: str, *, socket_folder: Path | str, port: int = PORT) -> str:
    """Return the address of a database of the embedded server, as libpq and psycopg read it."""
    where = quote(str(socket_folder), safe="")
    return f"postgresql://{OWNER}@/{quote(database, safe='')}?host={where}&port={port}"


def _root(account: Account) -> Path:
    """Return the folder for temporary files, or the system's own where that one does not serve."""
    longest = _SOCKET_PATH_BYTES_MAX - len(f"/wherewithal-{account.uid}-{'0' * 12}/{_SOCKET}.lock")
    root = Path(tempfile.gettempdir()).resolve()
    is_fit = _PLAIN.fullmatch(str(root)) and len(str(root)) <= longest
    if is_fit and not unreachable_part(root, account):
        return root
    return Path("/tmp")  # noqa: S108 - the folder in it is private, and checked
