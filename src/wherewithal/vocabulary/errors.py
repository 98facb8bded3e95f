"""The one error tree.

WherewithalError
├── DomainError          an argument lies outside the domain of a function
│   └── CursorRefused    a list cannot be continued from there; `.code` says why
├── InputRefused         a file or document cannot be used; all problems in `.problems`
│   ├── BundleRefused    a policy bundle
│   ├── CatalogueRefused products, programs, merchants or law rows
│   └── SourceRefused    an applicant file as a whole (a bad row is an outcome, not an error)
└── InvariantBroken      our own bug, found at a boundary; crash rather than continue

`dmn` has its own root, `DmnError`, which `qualify` maps to BundleRefused.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is wrong: where, what was expected, what to do. No personal data."""

    #: Stable, snake_case, found by grep.
    code: str
    #: `$.programs[3].terms`, `merchants.csv:17 mcc`, `everyday.dmn: decision 'Tier', rule 3`.
    path: str
    message: str

    def __str__(self) -> str:
        """Return one line for people."""
        return f"{self.path}: {self.message} [{self.code}]"


class WherewithalError(Exception):
    """Root of everything that Wherewithal raises on purpose."""


class DomainError(WherewithalError, ValueError):
    """An argument lies outside the domain of a function; the message names it and the domain."""


class CursorRefused(DomainError):
    """A list cannot be continued from this cursor; ask for its first page again."""

    def __init__(self, code: str, message: str) -> None:
        """Keep the code: `cursor_malformed`, `cursor_of_another_query`, `directory_changed`."""
        self.code = code
        super().__init__(message)


class InvariantBroken(WherewithalError):
    """A rule that the program itself must keep does not hold; report it, with the message."""


class InputRefused(WherewithalError):
    """An input cannot be used, and nothing of it was; mend every problem and try again."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        """Keep all problems; the message lists them, one a line."""
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class BundleRefused(InputRefused):
    """A policy bundle cannot be used."""


class CatalogueRefused(InputRefused):
    """A catalogue of products, programs, merchants or law rows cannot be used."""


class SourceRefused(InputRefused):
    """An applicant file cannot be read at all; rows that cannot are outcomes instead."""
