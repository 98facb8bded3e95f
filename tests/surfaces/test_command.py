"""The console command as a process: help, quiet pipes, faults of our own."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace

import pytest

from wherewithal.surfaces.cli.app import run
from wherewithal.vocabulary.errors import InvariantBroken
from wherewithal.wiring import places
from wherewithal.wiring.command import app_of, ports

START = "import sys; from wherewithal.wiring.command import main; sys.exit(main())"


def process(*arguments, **options):
    return subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-c", START, *map(str, arguments)],
        capture_output=True,
        check=False,
        text=True,
        timeout=60,
        **options,
    )


def test_a_wrong_argument_in_a_process():
    answer = process("decide", "--source", "jsn", "x")
    assert (answer.returncode, answer.stdout) == (2, "")
    assert answer.stderr.startswith("error: --source: expected one of transunion, lendingclub")
    assert "Traceback" not in answer.stderr


def test_a_command_that_needs_no_service_imports_none():
    """Half a second of each start: the database's driver, the API, the bureau's client."""
    service = {"psycopg", "litestar", "uvicorn", "httpx", "procrastinate"}
    asked = "import sys, wherewithal.wiring.command; print(*sys.modules)"
    told = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-c", asked], capture_output=True, check=True, text=True, timeout=60
    )
    assert service & set(told.stdout.split()) == set()


def test_a_reader_that_stops_reading_is_no_error():
    schedule = "lending schedule --principal-cents 900000 --note-rate-bps 999 --months 60"
    read_end, write_end = os.pipe()
    os.close(read_end)
    answer = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-c", START, *schedule.split(), "--start", "2026-01-31"],
        stdout=write_end,
        stderr=subprocess.PIPE,
        check=False,
        timeout=60,
    )
    os.close(write_end)
    assert (answer.returncode, answer.stderr) == (0, b"")


def test_a_file_that_may_not_be_read_says_so(command, tmp_path):
    answer = command("dmn", "run", tmp_path, "--inputs", tmp_path / "nix.json")
    assert answer.code == 2
    assert answer.errors == [
        f"{tmp_path}/nix.json: there is no such file or folder [unusable_file]"
    ]


@pytest.mark.parametrize(
    "arguments",
    ["", "decide", "demo", "offline run", "dmn run", "lending schedule", "policy check"],
)
def test_help_is_for_someone_new(command, arguments):
    answer = command(*arguments.split(), "--help")
    assert answer.code == 0
    assert answer.out.startswith("Usage: wherewithal")


def broken(error):
    def load(_folder):
        raise error

    return replace(ports(), load_bundle=load)


def test_a_fault_of_our_own_tells_no_personal_data(capfd, loans):
    app = app_of(broken(ValueError("Jane Q. Public")))
    assert run(app, ["decide", "--source", "lendingclub", str(loans)]) == 70
    out, err = capfd.readouterr()
    assert (out, "Jane" in err) == ("", False)
    assert err.startswith("error: a fault of our own (ValueError), not of your input")


def test_a_fault_of_our_own_can_be_looked_into(loans):
    app = app_of(broken(ValueError("Jane Q. Public")))
    with pytest.raises(ValueError, match="Jane"):
        run(app, ["decide", "--source", "lendingclub", str(loans)], with_traceback=True)


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (InvariantBroken("rows were lost"), 70, "error: rows were lost\n"),
        (PermissionError(13, "Permission denied", "law.toml"), 2, "error: law.toml: may not be read or written by this user [unusable_file]\n"),
        (OSError(5, "Input/output error", "law.toml"), 2, "error: law.toml: input/output error [unusable_file]\n"),
    ],
)  # fmt: skip
def test_errors_are_presented(capfd, loans, error, code, line):
    assert run(app_of(broken(error)), ["decide", "--source", "lendingclub", str(loans)]) == code
    assert capfd.readouterr().err == line


def test_a_stop_by_the_keyboard(loans):
    app = app_of(broken(KeyboardInterrupt()))
    assert run(app, ["decide", "--source", "lendingclub", str(loans)]) == 130


def test_what_ships_is_found_and_missed_in_plain_words(monkeypatch, tmp_path, capfd, loans):
    assert places.shipped("policies/everyday") is not None
    monkeypatch.setattr(places, "_CHECKOUT", tmp_path)
    monkeypatch.chdir(tmp_path)
    app = app_of(ports())
    assert run(app, ["decide", "--source", "lendingclub", str(loans)]) == 2
    assert capfd.readouterr().err == (
        "error: --bundle: policies/everyday is not beside this program; name a folder with"
        " --bundle [missing_bundle]\n"
    )


def test_without_merchants_products_are_told_all_the_same(real_ports, capfd, loans):
    app = app_of(replace(real_ports, load_directory=lambda _bundle: None))
    assert run(app, ["decide", "--source", "lendingclub", str(loans), "--row", "162"]) == 0
    out, _ = capfd.readouterr()
    assert '"merchants": []' in out
    assert "no merchants are at hand: power is told by product only" in out
