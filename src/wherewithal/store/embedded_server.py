"""Starting, probing and stopping the server of a cluster; the caller holds the start lock."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import time
from pathlib import Path

import psycopg
from psycopg import sql

from wherewithal.store.embedded_account import Account, own_name, run_as
from wherewithal.store.embedded_binaries import Programs
from wherewithal.store.embedded_folder import OWNER, Folder, last_words, room_hint, write_access
from wherewithal.store.embedded_process import (
    end_orphans,
    is_alive,
    mark_dead,
    read_postmaster,
)
from wherewithal.store.embedded_socket import (
    PORT,
    clear_socket_folder,
    dsn_of,
    make_socket_folder,
    remove_socket_folder,
    socket_folder_of,
)
from wherewithal.store.errors import StoreNotStarted

#: Given on the command line, so that no `alter system` weakens them.
_SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    # What was acknowledged is on the disk.
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    # The log holds no statement, no parameter and no value. A failed statement is logged where it
    # was made, by its code; its message may quote what a person said.
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "log_min_error_statement": "panic",
    "log_min_messages": "log",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_checkpoints": "off",
    "log_timezone": "UTC",
    "timezone": "UTC",
    # Short statements: compiling them costs more than it gains.
    "jit": "off",
}
#: A start that fails for such a reason is tried again until the time is up.
_PASSING = re.compile(r"lock file .* already exists|shared memory block|processes \[")
_FAILED_STARTS_MAX = 3
_LOG_BYTES_MAX = 10_000_000
_POLL_S = 0.05


class Server:
    """The server of one cluster, running or not."""

    def __init__(self, *, folder: Folder, account: Account, programs: Programs) -> None:
        """Keep what is needed to start it."""
        self.folder = folder
        self.account = account
        self.programs = programs
        #: Where it listens, or would; a running one may have been started with another.
        self.socket_folder = socket_folder_of(folder.cluster, account)

    @property
    def pid(self) -> int | None:
        """Return the number of the server's first process, None if none is written down."""
        found = read_postmaster(self.folder.cluster)
        return found.pid if found else None

    def bring_up(self, *, deadline: float) -> bool:
        """Return, once the server answers, whether it had been running before.

        Errors: StoreNotStarted at `deadline` (monotonic seconds), or sooner if it cannot start.
        """
        was_running, failures, said = True, 0, ""
        while True:
            found = read_postmaster(self.folder.cluster)
            if found and is_alive(found.pid, self.folder.cluster):
                self.socket_folder = Path(found.socket_folder or self.socket_folder)
                if self._answers(deadline=deadline):
                    return was_running
            else:
                was_running = False
                said = self._start(deadline=deadline)
                failures += bool(said) and not _PASSING.search(said)
            if failures >= _FAILED_STARTS_MAX or time.monotonic() > deadline:
                why = self._why_not(said)
                if not (found and is_alive(found.pid, self.folder.cluster)):
                    remove_socket_folder(self.socket_folder)
                raise StoreNotStarted(why)
            time.sleep(_POLL_S)

    def stop(self, *, deadline: float) -> bool:
        """Stop the server, and return whether it ran.

        Errors: StoreNotStarted if it still runs at `deadline` (monotonic seconds).
        """
        found = read_postmaster(self.folder.cluster)
        ran = bool(found and is_alive(found.pid, self.folder.cluster))
        if found and found.socket_folder:
            self.socket_folder = Path(found.socket_folder)
        for mode, share in (("fast", 0.6), ("immediate", 0.9)) if ran else ():
            wait_s = max(2, int((deadline - time.monotonic()) * share))
            if self._control("stop", "-m", mode, "-w", "-t", str(wait_s), wait_s=wait_s + 5) == 0:
                break
        found = read_postmaster(self.folder.cluster)
        if found and is_alive(found.pid, self.folder.cluster):
            raise StoreNotStarted(
                f"{self.folder.cluster}: the server (process {found.pid}) does not stop; "
                f"end it with `kill -QUIT {found.pid}`, it will recover at its next start"
            )
        remove_socket_folder(self.socket_folder)
        return ran

    def abandon(self) -> None:
        """End a server in the middle of its start, as far as it has come."""
        time.sleep(0.3)  # a process that was made just now is not yet known as one of ours
        self.stop(deadline=time.monotonic() + 10)
        end_orphans(self.folder.cluster, until=time.monotonic() + 10)
        remove_socket_folder(self.socket_folder)

    def _start(self, *, deadline: float) -> str:
        """Start the server, and return what it said if it did not start, else nothing."""
        cluster = self.folder.cluster
        if left := end_orphans(cluster, until=min(deadline, time.monotonic() + 10)):
            return f"processes {left} of a server that was killed still run"
        if read_postmaster(cluster):
            mark_dead(cluster, self.account)
        elif (rest := cluster / "postmaster.pid").exists() and not rest.stat().st_size:
            rest.unlink()  # the remains of a start on a full disk; nobody runs, see above
        self.socket_folder = make_socket_folder(cluster, self.account)
        clear_socket_folder(self.socket_folder)
        write_access(self.folder, self.account)
        log_from = self._open_log()
        settings = _SETTINGS | {"unix_socket_directories": str(self.socket_folder)}
        options = shlex.join(f"--{name}={value}" for name, value in settings.items())
        wait_s = max(2, int(deadline - time.monotonic()))
        command = ("start", "-s", "-w", "-t", str(wait_s), "-l", self.folder.log.name)
        code = self._control(*command, "-o", options, wait_s=wait_s + 5)
        with self.folder.log.open(encoding="utf-8", errors="replace") as log:
            log.seek(log_from)
            return last_words(log.read()) if code else ""

    def _control(self, *arguments: str, wait_s: float) -> int:
        """Run `pg_ctl` on the cluster, and return its exit code; 1 if it takes too long."""
        # Relative names: `pg_ctl` puts them into a command for a shell, whatever they hold.
        program = self.programs.bin_folder / "pg_ctl"
        command: list[str | Path] = [program, "-D", self.folder.cluster.name, *arguments]
        try:
            return run_as(self.account, command, wait_s=wait_s, cwd=self.folder.path).returncode
        except subprocess.TimeoutExpired:
            return 1

    def _open_log(self) -> int:
        """Make sure that the log is there and not too long, and return its length."""
        log = self.folder.log
        if log.exists() and log.stat().st_size > _LOG_BYTES_MAX:
            log.replace(log.with_name("server.log.1"))
        file = os.open(log, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        try:
            if self.account.is_other:
                os.fchown(file, self.account.uid, self.account.gid)
            return os.lseek(file, 0, os.SEEK_END)
        finally:
            os.close(file)

    def _answers(self, *, deadline: float) -> bool:
        """Return whether the server answers to a real connection, and has our database.

        Errors: StoreNotStarted if it answers and does not let us in.
        """
        # libpq counts whole seconds and takes less than two as two.
        wait_s = max(2, min(5, int(deadline - time.monotonic())))
        dsn = dsn_of("postgres", socket_folder=self.socket_folder)
        try:
            with psycopg.connect(dsn, connect_timeout=wait_s, autocommit=True) as connection:
                query = "select 1 from pg_catalog.pg_database where datname = %s"
                if connection.execute(query, [OWNER]).fetchone() is None:
                    connection.execute(sql.SQL("create database {}").format(sql.Identifier(OWNER)))
        except psycopg.OperationalError as error:
            if "authentication failed" in str(error) or "pg_hba.conf" in str(error):
                raise StoreNotStarted(
                    f"{self.folder.path}: the server that runs there was started by another "
                    f"account and does not let {own_name()} in; stop it first"
                ) from None
            return False
        return True

    def _why_not(self, said: str) -> str:
        where = f"{self.folder.path}: the server does not start"
        if said:
            return f"{where}: {said}{room_hint(self.folder.path)} (see {self.folder.log})"
        found = read_postmaster(self.folder.cluster)
        who = f"process {found.pid} runs and does not answer" if found else "no process runs"
        return f"{where} in time: {who} (see {self.folder.log})"
