"""The command line as its users see it: arguments in; exit code, output and errors out."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from wherewithal.surfaces.cli.app import run
from wherewithal.surfaces.cli.ports import Ports
from wherewithal.wiring.command import app_of, load_bundle_or_shipped, ports


class Answer(NamedTuple):
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Return standard output as JSON."""
        return json.loads(self.out)

    @property
    def errors(self) -> list[str]:
        """Return the lines of standard error without their mark."""
        return [line.removeprefix("error: ") for line in self.err.splitlines()]


@pytest.fixture(scope="session")
def real_ports() -> Ports:
    """Return the ports as wiring makes them, at a fixed moment; bundles are compiled once."""
    return replace(
        ports(),
        load_bundle=cache(load_bundle_or_shipped),
        now=lambda: datetime(2026, 1, 1, tzinfo=UTC),
        workers=1,
    )


@pytest.fixture
def command(real_ports, capfd) -> Callable[..., Answer]:
    """Return a function that runs one command in this process."""

    def answer(*arguments: object) -> Answer:
        code = run(app_of(real_ports), [str(argument) for argument in arguments])
        out, err = capfd.readouterr()
        return Answer(code, out, err)

    return answer


@pytest.fixture(scope="session")
def loans(repository) -> Path:
    """Return the loan file that ships."""
    return Path(repository) / "examples/loans/lendingclub_2007_2010.csv.gz"


@pytest.fixture(scope="session")
def bureau(repository) -> Path:
    """Return the folder of the bureau report that ships."""
    return Path(repository) / "examples/bureau"
