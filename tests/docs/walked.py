"""Walks a page: writes the files that it shows, runs its commands, and holds what they print.

A block whose first line names a file (```toml my-policy/checks.toml) is that file. In a block of
`console` a line with `$` is a command, and what follows is its output; `...` stands for lines that
the page leaves out. `python -m tests.docs.walked PAGE` prints what the commands print now.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from wherewithal.surfaces.cli.app import run
from wherewithal.wiring.command import app_of, ports

ROOT = Path(__file__).resolve().parents[2]
_BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ELSEWHERE = "..."


class Ran(NamedTuple):
    """A command of the page, what the page says that it prints, and what it printed."""

    command: str
    said: str
    printed: str


def walk(page: str, folder: Path) -> Iterator[Ran]:
    """Yield every command of a page, run in a folder that has the page's files by then."""
    (folder / "policies").symlink_to(ROOT / "policies")
    (folder / "examples").symlink_to(ROOT / "examples")
    app = app_of(replace(ports(), now=lambda: datetime(2026, 3, 2, tzinfo=UTC), workers=1))
    with contextlib.chdir(folder):
        for language, name, body in _BLOCK.findall(page):
            if name:
                path = folder / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(body, "utf-8")
            elif language == "console":
                for command, said in _commands(body):
                    yield Ran(command, said, _run(command, lambda words: run(app, words)))


def _commands(body: str) -> Iterator[tuple[str, str]]:
    for part in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
        command, _, said = part.partition("\n")
        yield command, said


def _run(command: str, ours: Callable[[list[str]], int]) -> str:
    words = shlex.split(command)
    if words[0] != "wherewithal":
        # The page's own commands: mkdir, cp, sed.
        done = subprocess.run(words, capture_output=True, text=True, check=True, timeout=10)  # noqa: S603
        return done.stdout
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        ours(words[1:])
    return out.getvalue()


def agrees(ran: Ran) -> bool:
    """Say whether the page tells what was printed, save the lines that it leaves out."""
    pattern = "".join(
        "(?:.*\n)*?" if line.strip() == ELSEWHERE else re.escape(line) + "\n"
        for line in ran.said.splitlines()
    )
    return re.fullmatch(pattern, ran.printed) is not None


if __name__ == "__main__":
    os.environ["COLUMNS"] = "200"
    with tempfile.TemporaryDirectory() as made:
        for one in walk(Path(sys.argv[1]).read_text("utf-8"), Path(made)):
            mark = "" if agrees(one) else "   <- not as on the page"
            sys.stdout.write(f"$ {one.command}{mark}\n{one.printed}")
