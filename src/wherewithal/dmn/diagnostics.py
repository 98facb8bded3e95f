"""What is wrong with a model, as data: all problems at once, each with its place and a remedy."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum


class Severity(Enum):
    """An error refuses the model; a warning is for its author's eyes; a note is no fault."""

    ERROR = "error"
    WARNING = "warning"
    #: True and worth knowing: where no rule of a list matches, or what could not be analysed.
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A row that shows a finding of a table."""

    #: The table's inputs by label, each value as a FEEL expression; what is not there may be any.
    row: tuple[tuple[str, str], ...]
    #: Rules that match it, the one that answers first where the order says so; none in a gap.
    rules: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnostic:
    """One problem: a stable code, where it is, and what to do."""

    code: str
    severity: Severity
    #: `everyday.dmn: decision 'Tier', rule 3, input 'Points'`.
    place: str
    message: str
    #: Of a finding that a row shows, that row.
    example: Example | None = None

    def __str__(self) -> str:
        """Return one line for people."""
        return f"{self.place}: {self.message} [{self.code}]"


def error(code: str, place: str, message: str) -> Diagnostic:
    """Return a diagnostic that refuses the model."""
    return Diagnostic(code=code, severity=Severity.ERROR, place=place, message=message)


def warning(code: str, place: str, message: str) -> Diagnostic:
    """Return a diagnostic that does not refuse the model."""
    return Diagnostic(code=code, severity=Severity.WARNING, place=place, message=message)


def note(code: str, place: str, message: str) -> Diagnostic:
    """Return a diagnostic that says what is so, and asks for nothing."""
    return Diagnostic(code=code, severity=Severity.NOTE, place=place, message=message)


def near_miss(name: str, known: Iterable[str]) -> str:
    """Return `; did you mean 'x'?` for the closest known name, or an empty string."""
    by_folded = {candidate.casefold(): candidate for candidate in known}
    found = get_close_matches(name.casefold(), list(by_folded), n=1, cutoff=0.6)
    return f"; did you mean '{by_folded[found[0]]}'?" if found else ""
