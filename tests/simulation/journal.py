"""What happened, line by line: written at once, so that it outlives a process that is killed.

Each attempt of an operation is invoked, may see the account under its lock (`look`), and may end;
one that never ends, or ends `unknown`, may have taken effect or not.
"""

from __future__ import annotations

import contextlib
import contextvars
import json
import os
import time
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from wherewithal.service.ledger_ports import LookFor, OpenAccount
from wherewithal.store.ledger import LedgerInStore

#: The attempt that the current task works on.
ATTEMPT: contextvars.ContextVar[str] = contextvars.ContextVar("attempt", default="")


def micros(at: datetime) -> int:
    """Return a moment as microseconds since 1970, exactly."""
    return int(at.timestamp()) * 1_000_000 + at.microsecond


class Journal:
    """Appends lines to a file."""

    def __init__(self, path: Path, who: str) -> None:
        """Open it; `who` makes attempts' names its own."""
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._who, self._numbers = who, 0

    def write(self, event: str, attempt: str, **more: Any) -> None:
        """Write one line in one call."""
        line = {"event": event, "attempt": attempt, "t": time.time_ns() // 1_000, **more}
        os.write(self._file, json.dumps(line).encode() + b"\n")

    def invoke(self, **asked: Any) -> str:
        """Write that an attempt begins, make it the task's own, and return its name."""
        self._numbers += 1
        attempt = f"{self._who}-{self._numbers}"
        self.write("invoke", attempt, **asked)
        ATTEMPT.set(attempt)
        return attempt

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)


def read_journals(paths: list[Path]) -> list[dict[str, Any]]:
    """Return all lines of several journals; a line that a kill cut short is left out."""
    lines: list[dict[str, Any]] = []
    for path in paths:
        for line in path.read_bytes().splitlines():
            with contextlib.suppress(ValueError):
                lines.append(json.loads(line))
    return lines


class WatchedLedger:
    """A ledger that says in the journal when an account was seen under its lock; else the same."""

    def __init__(self, ledger: LedgerInStore, journal: Journal) -> None:
        """Keep both."""
        self._ledger, self._journal = ledger, journal

    def __getattr__(self, name: str) -> Any:
        """Pass on everything else."""
        return getattr(self._ledger, name)

    @contextlib.asynccontextmanager
    async def open_account(
        self, consumer_id: UUID, look_for: LookFor
    ) -> AsyncIterator[OpenAccount | None]:
        """Open the account and note the moment."""
        async with self._ledger.open_account(consumer_id, look_for) as account:
            if account is not None:
                at = micros(account.view.at)
                who = str(consumer_id)
                self._journal.write("look", ATTEMPT.get(), consumer=who, at=at)
            yield account
