"""`wherewithal loans load` and `wherewithal ledger check`."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import msgspec
from cyclopts import App
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from wherewithal.service.check_ledger import LedgerCheck
from wherewithal.service.import_loans import ImportAnswer
from wherewithal.surfaces.cli.answer import print_json
from wherewithal.vocabulary.errors import InputRefused, Problem

Progressed = Callable[[int, int], None]
_ID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
#: Differences that are shown, of each part.
_SHOWN_MAX: Final = 1_000
_DIFFERS: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerPorts:
    """What these commands reach for; wiring opens the database for each call."""

    load: Callable[[Path, Progressed], Coroutine[Any, Any, ImportAnswer]]
    #: Of one consumer, or of all; at most so many differences of each part.
    check: Callable[[UUID | None, int], Coroutine[Any, Any, LedgerCheck]]


def add_ledger(app: App, ports: LedgerPorts) -> None:
    """Add the commands to the app."""
    loans = App(name="loans", help="Loans that were lent elsewhere.")
    ledger = App(name="ledger", help="What everybody owes and has promised.")
    app.command(loans)
    app.command(ledger)

    @loans.command(name="load")
    def load(file: Path) -> int:
        """Import loans from a file of JSON lines, each once.

        Every problem of the file is told, with its line, and nothing of such a file is loaded. The
        same file again loads what is missing: a load that was cut off is simply run again.

        Parameters
        ----------
        file
            One loan a line; see examples/loans/import.jsonl and docs/loans.md.
        """
        console = Console(file=sys.stderr)
        columns = (TextColumn("loading"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
            task = bar.add_task("loading", total=None)
            answer = asyncio.run(
                ports.load(file, lambda done, total: bar.update(task, completed=done, total=total))
            )
        print_json(msgspec.to_builtins(answer))
        return 0

    @ledger.command(name="check")
    def check(*, consumer: str | None = None) -> int:
        """Add up the ledger's entries and compare accounts, holds, loans and instalments with them.

        Ends with 1 if anything differs, and lists it by ids.

        Parameters
        ----------
        consumer
            Only this consumer's, by id.
        """
        found = asyncio.run(ports.check(_consumer(consumer), _SHOWN_MAX))
        print_json(msgspec.to_builtins(found))
        return _DIFFERS if found.differences else 0


def _consumer(text: str | None) -> UUID | None:
    if text is None:
        return None
    if _ID.fullmatch(text) is None:
        message = "expected a UUID in lower case with hyphens"
        raise InputRefused([Problem(code="not_an_id", path="--consumer", message=message)])
    return UUID(text)
