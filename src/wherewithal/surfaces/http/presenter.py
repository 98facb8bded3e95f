"""The one place where an exception becomes an answer: its base class decides the status.

No words of an exception are ever sent; what we do not know is a 500 with the request's id alone.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from litestar.exceptions import HTTPException

from wherewithal.service.errors import (
    AmbiguousIdentity,
    Conflicting,
    ConsentRefused,
    DirectoryChanged,
    InProgress,
    KeyReused,
    RequestRefused,
    TooMany,
    Unavailable,
)
from wherewithal.service.hold_refusals import CommitmentNotHonoured, HoldRefused, UnknownHold
from wherewithal.service.issue_commitment import CommitmentRefused
from wherewithal.service.loan_refusals import LoanRefused, UnknownLoan
from wherewithal.surfaces.http.problem import Mistake, Refused, mistake_of
from wherewithal.surfaces.http.reply import Headers
from wherewithal.vocabulary.errors import Problem

#: More specific classes first.
_REFUSALS: tuple[tuple[type[RequestRefused], str], ...] = (
    (ConsentRefused, "consent-refused"),
    (KeyReused, "key-reused"),
    (AmbiguousIdentity, "ambiguous-identity"),
    (CommitmentRefused, "commitment-refused"),
    (UnknownHold, "not-found"),
    (HoldRefused, "hold-refused"),
    (UnknownLoan, "not-found"),
    (LoanRefused, "loan-refused"),
    (RequestRefused, "invalid-request"),
)
_CONFLICTS: tuple[tuple[type[Conflicting], str], ...] = (
    (InProgress, "request-in-progress"),
    (DirectoryChanged, "directory-changed"),
    (Conflicting, "conflict"),
)
_BY_STATUS = {
    404: "not-found",
    405: "method-not-allowed",
    406: "not-acceptable",
    413: "body-too-large",
    415: "unsupported-media-type",
}


def refusal_of(error: Exception) -> Refused:
    """Return what is answered for an exception."""
    if isinstance(error, Refused):
        return error
    if isinstance(error, CommitmentNotHonoured):
        return Refused("hold-refused", mistakes=[_not_honoured(error)])
    if isinstance(error, RequestRefused):
        return Refused(_name(error, _REFUSALS), mistakes=_mistakes(error.problems))
    if isinstance(error, Conflicting):
        return Refused(_name(error, _CONFLICTS), headers=_retry_after(error.retry_after_s))
    if isinstance(error, TooMany):
        mistake = Mistake(path="$", code=error.code, expected=str(error))
        headers = _retry_after(error.retry_after_s)
        return Refused("too-many-requests", mistakes=[mistake], headers=headers)
    if isinstance(error, Unavailable):
        return Refused("unavailable", headers=_retry_after(error.retry_after_s))
    if isinstance(error, HTTPException) and error.status_code < 500:
        return _of_litestar(error)
    return Refused("internal-error")


def _not_honoured(error: CommitmentNotHonoured) -> Mistake:
    """Return all that a merchant hears: a class, and an amount where the person shares amounts."""
    mistake = mistake_of(error.problems[0])
    return msgspec.structs.replace(
        mistake, cause_class=error.cause_class, still_stands_cents=error.still_stands_cents
    )


def _of_litestar(error: HTTPException) -> Refused:
    if error.status_code == 405:
        allowed = (error.headers or {}).get("allow", "")
        methods = sorted(set(allowed.replace(" ", "").split(",")) - {"OPTIONS", ""})
        headers = ((b"allow", ", ".join(methods).encode("ascii")),)
        return Refused("method-not-allowed", headers=headers)
    return Refused(_BY_STATUS.get(error.status_code, "bad-request"))


def _name(error: Exception, names: Sequence[tuple[type[Exception], str]]) -> str:
    return next(name for kind, name in names if isinstance(error, kind))


def _mistakes(problems: Sequence[Problem]) -> list[Mistake]:
    return [mistake_of(problem) for problem in problems]


def _retry_after(seconds: int | None) -> Headers:
    """Return the header; whole seconds, never none at all where waiting helps."""
    return () if seconds is None else ((b"retry-after", b"%d" % max(1, seconds)),)
