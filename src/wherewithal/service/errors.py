"""What a use case refuses, by kind; a surface maps each base class to its own kind of answer.

WherewithalError
├── RequestRefused         the request cannot be served as it is; nothing was done (HTTP 422)
│   ├── ConsentRefused     the consent is unknown, expired, revoked or used up
│   ├── KeyReused          the idempotency key stands for another request
│   └── AmbiguousIdentity  the person may be one that we know, or not; nobody is guessed at
├── Conflicting            it cannot be served just now, because of another (HTTP 409)
│   ├── InProgress         the same key is being worked on
│   └── DirectoryChanged   the list that a cursor points into is another one now
├── TooMany                a budget is spent (HTTP 429)
└── Unavailable            something that we need does not answer; ask again (HTTP 503)
"""

from __future__ import annotations

from collections.abc import Sequence

from wherewithal.vocabulary.errors import Problem, WherewithalError


class RequestRefused(WherewithalError):
    """The request cannot be served as it is; mend every problem and send it again."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        """Keep all problems; none holds personal data."""
        self.problems = tuple(problems)
        super().__init__("; ".join(problem.code for problem in self.problems))


class ConsentRefused(RequestRefused):
    """The consent does not allow it: unknown, expired, revoked or used up."""


class KeyReused(RequestRefused):
    """The idempotency key was used for another request; choose a new one."""


class AmbiguousIdentity(RequestRefused):
    """What was said fits a person whom we know only in part; a person has to look at it."""


class Conflicting(WherewithalError):
    """It cannot be served just now; wait, or begin anew, as the code says."""

    code = "conflict"

    def __init__(self, message: str, *, retry_after_s: int | None = None) -> None:
        """Keep what to do, and after how long."""
        self.retry_after_s = retry_after_s
        super().__init__(message)


class InProgress(Conflicting):
    """A request with this key is being worked on."""

    code = "request_in_progress"


class DirectoryChanged(Conflicting):
    """The list has changed since the cursor was given; begin with its first page."""

    code = "directory_changed"


class TooMany(WherewithalError):
    """A budget is spent; `code` says which, `retry_after_s` when there is room again."""

    def __init__(self, code: str, message: str, *, retry_after_s: int) -> None:
        """Keep which budget, and when it has room again."""
        self.code = code
        self.retry_after_s = retry_after_s
        super().__init__(message)


class Unavailable(WherewithalError):
    """Something that we need does not answer; nothing is lost, ask again with the same key."""

    def __init__(self, what: str, *, retry_after_s: int = 1) -> None:
        """Keep what does not answer: database, worker."""
        self.what = what
        self.retry_after_s = retry_after_s
        super().__init__(f"{what} does not answer")
