"""Who the embedded server runs as.

Postgres refuses to run as root. Not as root, it runs as we do. As root, it runs as whoever owns the
data folder already, or as an unprivileged account that the machine has. We make no account, and
we change the mode and owner of nothing but our own data folder; what that account cannot reach is
named in an error with its remedy.
"""

from __future__ import annotations

import os
import pwd
import subprocess
from collections.abc import Iterable
from pathlib import Path

import msgspec

from wherewithal.store.errors import StoreNotStarted

#: Tried in this order as root: Postgres' own account, else the one that every machine has.
UNPRIVILEGED = ("postgres", "nobody")
#: What a child of ours sees; nothing of our environment reaches the server.
_ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """An account of the machine."""

    name: str
    uid: int
    gid: int
    #: Whether it is another one than ours, so that a child must change to it.
    is_other: bool


def choose_account(cluster: Path) -> Account:
    """Return the account for the server of a cluster folder, which need not exist.

    Errors: StoreNotStarted if the cluster belongs to somebody else, or to root, or if root finds no
            unprivileged account.
    """
    uid = os.geteuid()
    owner = cluster.stat().st_uid if cluster.exists() else None
    if uid != 0:
        if owner not in {None, uid}:
            raise StoreNotStarted(f"{cluster}: belongs to another account; start it as that one")
        return _account(uid, is_other=False)
    if owner == 0:
        raise StoreNotStarted(
            f"{cluster}: belongs to root, and Postgres does not run as root; give the folder to "
            "the account that it was made by (chown -R), or use an empty folder"
        )
    if owner is not None:
        return _account(owner, is_other=True)
    names = {entry.pw_name: entry.pw_uid for entry in pwd.getpwall()}
    for name in UNPRIVILEGED:
        if name in names:
            return _account(names[name], is_other=True)
    raise StoreNotStarted(
        "Postgres does not run as root, and this machine has no account "
        f"{' or '.join(UNPRIVILEGED)}: start as another account, or set DATABASE_URL"
    )


def own_name() -> str:
    """Return the name of the account that this process runs as."""
    return _account(os.geteuid(), is_other=False).name


def run_as(
    account: Account, command: Iterable[str | Path], *, wait_s: float, cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command as an account, without our environment, and return what it printed.

    Errors: OSError if it cannot be started, subprocess.TimeoutExpired after `wait_s` seconds.
    """
    return subprocess.run(  # noqa: S603 - Postgres' own programs, arguments as a list
        [str(word) for word in command],
        cwd=cwd or "/",
        env=_ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        encoding="utf-8",
        errors="replace",
        timeout=wait_s,
        umask=0o077,
        user=account.uid if account.is_other else None,
        group=account.gid if account.is_other else None,
        extra_groups=[] if account.is_other else None,
    )


def unreachable_part(path: Path, account: Account) -> Path | None:
    """Return the outermost folder on the way to `path` that an account cannot enter, or None."""
    for part in [*reversed(path.parents), path]:
        test = ["/bin/sh", "-c", 'cd -- "$1"', "sh", str(part)]
        if part.is_dir() and run_as(account, test, wait_s=10).returncode:
            return part
    return None


def _account(uid: int, *, is_other: bool) -> Account:
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        raise StoreNotStarted(
            f"account number {uid} has no name on this machine, and Postgres needs one: "
            "start as a named account, or set DATABASE_URL"
        ) from None
    return Account(name=entry.pw_name, uid=uid, gid=entry.pw_gid, is_other=is_other)
