"""The server's process: what `postmaster.pid` says, whether it lives, what a dead one left behind.

Postgres guards its data folder itself, by that file and by a shared memory segment that its
processes hold. We help it over two cases in which the guard is mistaken, and never take the guard
away: a killed server whose parent has not reaped it still counts as alive, and so does a process of
another kind that was given the same number after a restart of the machine.
"""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import msgspec

from wherewithal.store.embedded_account import Account
from wherewithal.store.embedded_folder import write_private

_PROC = Path("/proc")
#: No system gives out such a number, so nothing ever lives under it.
_NOBODY_PID = 2**31 - 1


class Postmaster(msgspec.Struct, frozen=True, kw_only=True):
    """What a running server wrote down of itself."""

    pid: int
    port: int
    #: Empty while the server is still starting.
    socket_folder: str
    is_ready: bool


def read_postmaster(cluster: Path) -> Postmaster | None:
    """Return what `postmaster.pid` says, or None if it is not there or not whole."""
    try:
        lines = (cluster / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        return Postmaster(
            pid=int(lines[0]),
            port=int(lines[3]),
            socket_folder=lines[4].strip() if len(lines) > 4 else "",
            is_ready=len(lines) > 7 and lines[7].strip() == "ready",
        )
    except (OSError, ValueError, IndexError):
        return None


def is_alive(pid: int, cluster: Path) -> bool:
    """Return whether a process lives and works in this cluster; a zombie does not.

    Where the machine has no /proc, every process that takes a signal counts as alive.
    """
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    if not _PROC.joinpath("self").exists():
        return True
    return _state(pid) not in {"Z", "X", ""} and _works_in(pid, cluster)


def orphans_of(cluster: Path) -> list[int]:
    """Return the numbers of all living processes that work in a cluster; none without /proc."""
    numbers = [int(entry.name) for entry in _PROC.glob("[0-9]*")]
    return [pid for pid in numbers if _works_in(pid, cluster) and _state(pid) not in {"Z", "X", ""}]


def end_orphans(cluster: Path, *, until: float) -> list[int]:
    """End what a killed server left running, and return what still runs at `until` (monotonic).

    Most leave by themselves when their server dies; one that computes does not. None can commit any
    more: the commit of a transaction that was not acknowledged may be lost, as after any crash.
    """
    started = time.monotonic()
    while (left := orphans_of(cluster)) and time.monotonic() < until:
        waited_s = time.monotonic() - started
        if waited_s > 0.5:
            for pid in left:
                _send(pid, signal.SIGKILL if waited_s > 2 else signal.SIGQUIT)
        time.sleep(0.05)
    return left


def mark_dead(cluster: Path, account: Account) -> None:
    """Write into `postmaster.pid` that its process is dead, and leave the rest of it.

    The rest names the shared memory, by which the new server still checks for itself that nobody
    works on the data.
    """
    path = cluster / "postmaster.pid"
    _, *rest = path.read_text(encoding="utf-8").splitlines(keepends=True)
    new = path.with_name("postmaster.pid.new")
    write_private(new, f"{_NOBODY_PID}\n{''.join(rest)}", account)
    new.rename(path)


def _send(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except (ProcessLookupError, PermissionError):
        return


def _state(pid: int) -> str:
    """Return the state of a process as a letter, empty if there is none."""
    try:
        text = (_PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    return text.rpartition(")")[2].split()[0]


def _works_in(pid: int, folder: Path) -> bool:
    """Return whether a process is one of Postgres and is in a folder, as all of one server are."""
    try:
        name = (_PROC / str(pid) / "comm").read_text(encoding="utf-8", errors="replace").strip()
        return name == "postgres" and (_PROC / str(pid) / "cwd").readlink() == folder
    except OSError:
        return False
