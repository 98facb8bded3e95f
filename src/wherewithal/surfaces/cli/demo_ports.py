"""What the demo's second half needs from outside: a whole service of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol

from wherewithal.surfaces.cli.service import LOOPBACK


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoService:
    """A whole service, in a folder and on ports of its own."""

    port: int
    bureau_port: int
    #: A service key with every scope.
    key: str
    #: Publishes the offline run of a folder as a portfolio, until a day; the real command.
    publish: Callable[[Path, str, date], None]
    #: Replays a sample of so many decisions of both tempos; how many of them are not the same.
    replay: Callable[[int], int]

    @property
    def host(self) -> str:
        """Return where everything listens: this machine only."""
        return LOOPBACK


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeDirectory:
    """How large the directory is that the service was filled with."""

    merchants: int
    programs: int
    #: Groups of merchants whose answers are alike for everybody.
    classes: int
    #: What each merchant category code stands for, in the words of the public list.
    categories: Mapping[str, str]


class StartsDemoService(Protocol):
    """Starts a service with so many fictional merchants, and ends it, whatever happens."""

    def __call__(self, merchants: int) -> AbstractContextManager[Callable[[], DemoService]]:
        """Start it at once; the function that is yielded waits until it answers.

        Errors (of that function): ProcessEnded, with the last words of what did not start.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPorts:
    """What the demo reaches for beside the ports of all commands; wiring makes it."""

    start_service: StartsDemoService
    #: The directory that a service with so many merchants is filled with, counted.
    count_directory: Callable[[int], MadeDirectory]
