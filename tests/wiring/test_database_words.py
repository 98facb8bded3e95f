"""A database or a folder that cannot be used: what commands say of it, and how they end."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.postgres import Databases
from tests.wiring.test_up import SERVICE_OF_ONES_OWN, as_url
from wherewithal.surfaces.cli.service import AskedKey
from wherewithal.wiring.service_keys import check_key

NOWHERE = "postgresql://nobody:secret@127.0.0.1:9/none"
AWAY = (
    "error: the database does not answer; is DATABASE_URL right? "
    "Nothing was lost, try again in a moment\n"
)


def run(*arguments, url=NOWHERE):
    environment = {**os.environ, **SERVICE_OF_ONES_OWN, "DATABASE_URL": url}
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "wherewithal.wiring.command", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env=environment,
    )
    return done.returncode, done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("api", "--port", "0"),
        ("key", "list"),
        ("key", "add", "till", "--scope", "metrics"),
        ("key", "revoke", "x"),
        ("offline", "rollback", "--portfolio", "loans"),
    ],
)
def test_a_database_that_does_not_answer_is_said(arguments):
    assert run(*arguments) == (75, AWAY)


def test_a_database_without_tables_is_said(databases: Databases):
    with databases.fresh("template1") as dsn:
        code, said = run("key", "list", url=as_url(dsn))
        assert code == 2
        assert "run `wherewithal db migrate`" in said


def test_an_address_that_is_none_is_said_without_it():
    code, said = run("key", "list", url="postgresql://me:secret@/x?no_such=1")
    assert code == 2
    assert (
        said
        == "error: DATABASE_URL: cannot be read; expected postgresql://user@host/database [not_a_database]\n"
    )


@pytest.mark.parametrize("command", [("up",), ("key", "list")])
def test_a_data_folder_that_is_a_file_is_said(command, tmp_path):
    file = tmp_path / "file"
    file.touch()
    code, said = run(*command, "--data", file, url="")
    assert code == 2
    assert "is a file; name a folder" in said


@pytest.mark.parametrize("name", ["", " ", "x" * 101, "a\nb"])
def test_a_key_needs_a_name(name):
    code, said = run("key", "add", name, "--scope", "metrics")
    assert code == 2
    assert "name: expected 1 to 100 printable characters" in said


def test_a_long_name_is_fine():
    check_key(AskedKey(name="x" * 100, scopes=["metrics"], days=1))
