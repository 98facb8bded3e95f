"""The data folder of the embedded server: what is in it, and how it comes to be.

FOLDER/cluster      Postgres' own data, owned by the account that the server runs as
FOLDER/server.log   what the server says; never a statement, a parameter or a value
FOLDER/start.lock   held while a process starts or stops the server
FOLDER/users.lock   held, shared, by every process that uses the server
FOLDER/programs     a copy of the server's programs, only where it cannot read ours
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import msgspec

from wherewithal.store.embedded_account import Account, own_name, run_as, unreachable_part
from wherewithal.store.embedded_binaries import Programs
from wherewithal.store.errors import StoreNotStarted

#: Role and database that a new cluster has.
OWNER = "wherewithal"
#: Less than one segment of the server's log, so that a start may fail for want of it.
_ROOM_MB_MIN = 20
_OURS = frozenset({"cluster", "cluster.new", "server.log", "server.log.1"}) | {
    *("start.lock", "users.lock", "programs", "lost+found")
}


class Folder(msgspec.Struct, frozen=True, kw_only=True):
    """The parts of a data folder."""

    path: Path

    @property
    def cluster(self) -> Path:
        """Return the folder that Postgres calls its data directory."""
        return self.path / "cluster"

    @property
    def log(self) -> Path:
        """Return the file of what the server says."""
        return self.path / "server.log"

    @property
    def programs(self) -> Path:
        """Return the folder for a copy of the server's programs."""
        return self.path / "programs"


def claim_folder(path: Path) -> Folder:
    """Return a data folder, made if it is not there.

    Errors: StoreNotStarted if there is something else in it, or if it cannot be made or written.
    """
    path = path.absolute()
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        foreign = sorted(entry.name for entry in path.iterdir() if entry.name not in _OURS)
    except (FileExistsError, NotADirectoryError):
        raise StoreNotStarted(f"{path}: is a file, or lies below one; name a folder") from None
    except OSError as error:
        raise StoreNotStarted(f"{path}: {error.strerror}; name a folder that we may use") from None
    if "PG_VERSION" in foreign:
        version = (path / "PG_VERSION").read_text(encoding="ascii", errors="replace").strip()
        raise StoreNotStarted(
            f"{path}: is a data folder of Postgres {version[:8]} that this program did not make; "
            "name an empty folder, or start that server yourself and set DATABASE_URL"
        )
    if foreign:
        raise StoreNotStarted(
            f"{path}: holds something else already ({', '.join(foreign[:3])}); name an empty folder"
        )
    if not os.access(path, os.W_OK | os.X_OK):
        raise StoreNotStarted(f"{path}: may not be written by this account")
    return Folder(path=path.resolve())


def open_to(folder: Folder, account: Account) -> None:
    """Let the server's account pass through the data folder.

    Errors: StoreNotStarted if it cannot even come there: the folders above are not ours to change.
    """
    if not account.is_other:
        return
    folder.path.chmod(0o711)
    if part := unreachable_part(folder.path, account):
        raise StoreNotStarted(
            f"{part}: as root, the server runs as the account {account.name}, which may not enter "
            "it; name a data folder outside it, such as one below /var/lib, or allow passing "
            f"through it (chmod o+x {part})"
        )


def check_version(folder: Folder, programs: Programs) -> bool:
    """Return whether there is a cluster yet.

    Errors: StoreNotStarted if it is of another major version than the programs.
    """
    mark = folder.cluster / "PG_VERSION"
    if not folder.cluster.exists():
        return False
    try:
        version = mark.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        raise StoreNotStarted(
            f"{mark}: cannot be read, so this is no cluster of Postgres, or a damaged one; "
            "restore it from a backup, or name an empty folder"
        ) from None
    if version != str(programs.major):
        raise StoreNotStarted(
            f"{folder.cluster}: holds data of Postgres {version[:8]}, and the programs are of "
            f"{programs.version}; start with programs of {version[:8]}, or dump it with those "
            "(pg_dumpall), name an empty folder and restore it there"
        )
    return True


def make_cluster(folder: Folder, account: Account, programs: Programs) -> None:
    """Make a new cluster; it is there whole or not at all. Takes about a second."""
    half = folder.path / "cluster.new"
    # Text is compared by code point everywhere, whatever the machine speaks.
    locale = (
        ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        if programs.major >= 17
        else ["--locale=C.UTF-8"]
    )
    command: list[str | Path] = [
        *(programs.bin_folder / "initdb", "--pgdata", half, "--username", OWNER),
        *("--encoding=UTF8", "--data-checksums", "--no-instructions", *locale),
        *("--auth-local=peer", "--auth-host=reject"),
    ]
    try:
        shutil.rmtree(half, ignore_errors=True)
        half.mkdir(mode=0o700)
        if account.is_other:
            os.chown(half, account.uid, account.gid)
        answer = run_as(account, command, wait_s=300, cwd=folder.path)
        if answer.returncode:
            said = f"initdb failed: {last_words(answer.stderr)}"
            raise StoreNotStarted(f"{folder.path}: {said}{room_hint(folder.path)}")
        half.rename(folder.cluster)
    finally:
        shutil.rmtree(half, ignore_errors=True)


def write_access(folder: Folder, account: Account) -> None:
    """Say who may connect: over the socket alone, this process's account and root, as the owner.

    The kernel tells the server who is at the other end (`peer`), so there is no password to keep,
    and the account that the server runs as has no way in of its own.
    """
    users = dict.fromkeys([own_name(), "root"])
    lines = [f'house "{user}" {OWNER}' for user in users]
    write_private(folder.cluster / "pg_ident.conf", "\n".join(lines) + "\n", account)
    rule = f"local all {OWNER} peer map=house\n"
    write_private(folder.cluster / "pg_hba.conf", rule, account)


def room_hint(path: Path) -> str:
    """Return the remedy for a full disk where it is full, else nothing."""
    free = shutil.disk_usage(path).free // 1_000_000
    return f"; only {free} MB are left on that disk: make room" if free < _ROOM_MB_MIN else ""


def last_words(text: str) -> str:
    """Return the last two lines that say what went wrong, else the last three."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    loud = [line for line in lines if "FATAL" in line or "PANIC" in line or "error:" in line]
    return " | ".join(loud[-2:] or lines[-3:]) or "it said nothing"


def write_private(path: Path, text: str, account: Account) -> None:
    """Write a file that belongs to the server's account and that nobody else may read."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
    file = os.open(path, flags, 0o600)
    try:
        os.write(file, text.encode())
        if account.is_other:
            os.fchown(file, account.uid, account.gid)
    finally:
        os.close(file)
