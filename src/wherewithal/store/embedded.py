"""Our own small Postgres: started on a folder, shared by those who use it, stopped by the last.

    with EmbeddedPostgres.start(folder) as server:
        asyncio.run(serve(server.dsn))

The programs come with a wheel (`embedded_binaries`). Who the server runs as is in
`embedded_account`, what lies in the folder in `embedded_folder`, the socket in `embedded_socket`,
and what is done about a server that was killed in `embedded_process`. Synchronous: it runs before
a process's event loop and after it.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Self

from wherewithal.store.embedded_account import choose_account
from wherewithal.store.embedded_binaries import find_programs
from wherewithal.store.embedded_folder import (
    OWNER,
    Folder,
    check_version,
    claim_folder,
    make_cluster,
    open_to,
    write_access,
)
from wherewithal.store.embedded_process import is_alive
from wherewithal.store.embedded_server import Server
from wherewithal.store.embedded_socket import dsn_of
from wherewithal.store.errors import StoreNotStarted

_POLL_S = 0.05


class EmbeddedPostgres:
    """A running server on a data folder, and this process's part in it."""

    def __init__(self, *, server: Server, users: int, was_running: bool) -> None:
        """Keep the server and the lock that says that we use it; made by `start` alone."""
        self._server = server
        self._users: int | None = users
        #: Whether another process had started it.
        self.was_running = was_running

    @classmethod
    def start(
        cls,
        folder: Path,
        *,
        bin_folder: Path | None = None,
        wait_s_max: float = 60.0,
    ) -> Self:
        """Start the server of a data folder, or join the one that runs there.

        A folder that is missing or empty becomes a data folder. A server that was killed is
        recovered by Postgres itself, from its log. `bin_folder` holds the programs of Postgres, by
        default the wheel's.

        Errors: StoreNotStarted within about `wait_s_max` seconds, with what to do.
        """
        deadline = time.monotonic() + wait_s_max
        try:
            parts = claim_folder(folder)
            with _start_lock(parts, deadline=deadline):
                server = _prepare(parts, bin_folder)
                users = _open_lock(parts.path / "users.lock")
                was_running = _bring_up(server, users, deadline=deadline)
        except OSError as error:
            where = error.filename or folder
            raise StoreNotStarted(
                f"{where}: {error.strerror or 'cannot be used'}; mend it and start again"
            ) from error
        return cls(server=server, users=users, was_running=was_running)

    @property
    def dsn(self) -> str:
        """Return the address of our database; it stays the same when the server starts again."""
        return self.dsn_of(OWNER)

    def dsn_of(self, database: str) -> str:
        """Return the address of a database of this server."""
        return dsn_of(database, socket_folder=self._server.socket_folder)

    @property
    def pid(self) -> int | None:
        """Return the number of the server's first process, None if none is written down."""
        return self._server.pid

    @property
    def is_alive(self) -> bool:
        """Return whether the server's first process lives; cheap, and says not that it answers."""
        pid = self.pid
        return pid is not None and is_alive(pid, self._server.folder.cluster)

    @property
    def folder(self) -> Path:
        """Return the data folder."""
        return self._server.folder.path

    @property
    def log(self) -> Path:
        """Return the file of what the server says."""
        return self._server.folder.log

    @property
    def version(self) -> str:
        """Return the version of Postgres, such as `18.4`."""
        return self._server.programs.version

    @property
    def bin_folder(self) -> Path:
        """Return the folder of the server's programs, `pg_dump` among them."""
        return self._server.programs.bin_folder

    def ensure_running(self, *, wait_s_max: float = 60.0) -> bool:
        """Start the server again if it has died; return whether it had."""
        deadline = time.monotonic() + wait_s_max
        with _start_lock(self._server.folder, deadline=deadline):
            if self._users is None:
                self._users = _open_lock(self.folder / "users.lock")
            return not _bring_up(self._server, self._users, deadline=deadline)

    def leave(self, *, wait_s_max: float = 30.0) -> bool:
        """Use the server no more, and stop it if nobody else does; return whether it was stopped.

        Whoever was killed counts no more. To leave twice is to leave once.
        """
        if self._users is None:
            return False
        users, self._users = self._users, None
        deadline = time.monotonic() + wait_s_max
        try:
            with _start_lock(self._server.folder, deadline=deadline):
                if not _is_taken(users):
                    self._server.stop(deadline=deadline)
                    return True
        finally:
            os.close(users)
        return False

    def stop(self, *, wait_s_max: float = 30.0) -> None:
        """Stop the server, whoever else uses it: fast, and if that does not do, at once."""
        deadline = time.monotonic() + wait_s_max
        with _start_lock(self._server.folder, deadline=deadline):
            self._server.stop(deadline=deadline)
        if self._users is not None:
            os.close(self._users)
            self._users = None

    def __enter__(self) -> Self:
        """Use the server."""
        return self

    def __exit__(self, *_: object) -> None:
        """Leave it."""
        self.leave()


def stop_embedded(
    folder: Path, *, bin_folder: Path | None = None, wait_s_max: float = 30.0
) -> bool:
    """Stop the server of a data folder, whoever uses it; return whether one ran.

    Errors: StoreNotStarted if it does not stop in time, or if the folder is none of ours.
    """
    parts = claim_folder(folder)
    if not parts.cluster.exists():
        return False
    deadline = time.monotonic() + wait_s_max
    with _start_lock(parts, deadline=deadline):
        return _prepare(parts, bin_folder).stop(deadline=deadline)


def _prepare(folder: Folder, bin_folder: Path | None) -> Server:
    """Return the server of a folder, not yet running, with a cluster in it."""
    account = choose_account(folder.cluster)
    open_to(folder, account)
    programs = find_programs(bin_folder, account, cache=folder.programs)
    if not check_version(folder, programs):
        make_cluster(folder, account, programs)
        write_access(folder, account)
    return Server(folder=folder, account=account, programs=programs)


def _bring_up(server: Server, users: int, *, deadline: float) -> bool:
    """Return whether the server had been running, once it answers and we are among its users."""
    try:
        was_running = server.bring_up(deadline=deadline)
        fcntl.flock(users, fcntl.LOCK_SH)
    except (KeyboardInterrupt, SystemExit):
        # Whoever changes their mind leaves no server behind that nobody uses.
        if not _is_taken(users):
            server.abandon()
        raise
    return was_running


def _open_lock(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)


def _is_taken(lock: int) -> bool:
    """Return whether another process holds a lock; take it alone if none does."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False


@contextlib.contextmanager
def _start_lock(folder: Folder, *, deadline: float) -> Iterator[None]:
    """Let one process at a time start or stop the server; the system frees it if that one dies."""
    lock = _open_lock(folder.path / "start.lock")
    try:
        while _is_taken(lock):
            if time.monotonic() > deadline:
                raise StoreNotStarted(
                    f"{folder.path}: another process has been starting or stopping the server for "
                    "too long; look into server.log there, and try again"
                )
            time.sleep(_POLL_S)
        yield
    finally:
        os.close(lock)
