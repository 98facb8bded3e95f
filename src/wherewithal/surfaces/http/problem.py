"""Problem details (RFC 9457): one mistake, all mistakes, and the bytes that are sent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import msgspec

from wherewithal.surfaces.http.codes import TYPES
from wherewithal.surfaces.http.reply import Headers, Reply
from wherewithal.vocabulary.errors import Problem, WherewithalError

_MEDIA_TYPE = b"application/problem+json"
Found = TypeVar("Found")
_ENCODER = msgspec.json.Encoder()


class Mistake(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that is wrong with a request. It never repeats a value."""

    #: `$.consumer.ssn` in the body, `$query.amount_cents`, `$header.Prefer`, `$path.consumer_id`.
    path: str
    #: One of `codes.CODES`.
    code: str
    expected: str | None = None
    hint: str | None = None
    #: Of a commitment that is not honoured: changed_facts, terms_closed or identity.
    cause_class: str | None = None
    #: The basket that the consumer could still buy there; only where they share amounts with you.
    still_stands_cents: int | None = None


class ProblemDetails(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What every answer that is not a success says."""

    type: str
    title: str
    status: int
    detail: str
    #: The request's id, as in `X-Request-Id`.
    instance: str
    errors: tuple[Mistake, ...] = ()


class Refused(WherewithalError):
    """The surface itself refuses a request; `problem_type` is a name of `codes.TYPES`."""

    def __init__(
        self,
        problem_type: str,
        detail: str = "",
        *,
        mistakes: Sequence[Mistake] = (),
        headers: Headers = (),
    ) -> None:
        """Keep what the answer says."""
        self.problem_type = problem_type
        self.detail = detail
        self.mistakes = tuple(mistakes)
        self.headers = headers
        super().__init__(problem_type)


def or_not_found(answer: Found | None) -> Found:
    """Return the answer of a door.

    Errors: Refused `not-found` for None, which is both what is not there and what is another's.
    """
    if answer is None:
        raise Refused("not-found")
    return answer


def mistake_of(problem: Problem) -> Mistake:
    """Return a problem of another room as one of ours: what was expected, and a hint apart."""
    expected, _, hint = problem.message.removeprefix("expected ").partition("; ")
    return Mistake(
        path=problem.path, code=problem.code, expected=expected or None, hint=hint or None
    )


def problem_reply(refused: Refused, *, request_id: str) -> Reply:
    """Return the answer that a refusal stands for."""
    kind = TYPES[refused.problem_type]
    title = kind.title
    if (count := len(refused.mistakes)) > 1 and kind.name == "invalid-request":
        title = f"{count} fields need another look"
    details = ProblemDetails(
        type=kind.urn,
        title=title,
        status=kind.status,
        detail=refused.detail or f"{kind.meaning[0].upper()}{kind.meaning[1:]}.",
        instance=request_id,
        errors=refused.mistakes,
    )
    return Reply(
        status=kind.status,
        body=_ENCODER.encode(details),
        media_type=_MEDIA_TYPE,
        headers=refused.headers,
    )
