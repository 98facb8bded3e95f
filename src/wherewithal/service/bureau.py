"""Bureau: asking for a credit report, and what was read in it. Two ports and their words.

A pull is a conversation that may be late or fail: those are errors, and nothing is decided on them.
A report that came is data of unknown honesty: reading it never raises, and what cannot be decided
on is a typed failure, never zero.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Protocol

import msgspec

from wherewithal.vocabulary.consumer import Identity
from wherewithal.vocabulary.errors import WherewithalError
from wherewithal.vocabulary.outcome import Outcome
from wherewithal.vocabulary.redaction import nothing_for_rich, redacted
from wherewithal.vocabulary.stated import Stated


class BureauUnavailable(WherewithalError):
    """The bureau could not be reached, or refused; ask again later, with the same inquiry id.

    `cause` is one of a few fixed words (`CAUSES` of the client); no error holds personal data.
    """

    def __init__(self, *, bureau: str, cause: str, retry_after_s: float | None = None) -> None:
        """Keep who did not answer, why, and how long to wait where that is known."""
        self.bureau = bureau
        self.cause = cause
        #: Seconds; None where nobody knows.
        self.retry_after_s = retry_after_s
        super().__init__(f"{bureau} is unavailable: {cause}")


class BureauLate(WherewithalError):
    """The bureau did not answer whole by the deadline; it may have counted the inquiry.

    Ask again with the same inquiry id: the bureau then knows the inquiry and bills it once.
    """

    def __init__(self, *, bureau: str, deadline_s: float) -> None:
        """Keep who was late, and the deadline in seconds."""
        self.bureau = bureau
        self.deadline_s = deadline_s
        super().__init__(f"{bureau} did not answer within {deadline_s:g} s")


class PullsReports(Protocol):
    """Asks a bureau for one person's report by a soft inquiry, which no other lender sees."""

    @property
    def bureau(self) -> str:
        """Return the bureau's name, such as `transunion`."""
        ...

    async def pull(self, identity: Identity, *, inquiry_id: str, deadline_s: float) -> bytes:
        """Return the bureau's answer, unread.

        `inquiry_id` names the inquiry, not the attempt: whoever asks again for the same inquiry
        gives the same id, so that it is billed once. `deadline_s` bounds the whole call in
        seconds: connecting, retries, headers and body.
        Errors: BureauLate, BureauUnavailable; after either nothing may be decided.
        """
        ...


class ReadReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a bureau's answer says, or why it cannot be decided on."""

    #: Every name of FACTS; None is unknown. After a failure only `as_of` is known.
    facts: dict[str, Any]
    failure: Outcome | None
    #: Free of personal data.
    failure_cause: str | None
    #: The day of the report's own time stamp; None where it could not be read.
    reported_on: date | None
    #: The bureau's own score, for notices; no policy reads it.
    score: int | None
    score_model: str | None
    #: The bureau's codes, in its order of weight.
    score_factors: tuple[str, ...]
    #: `thin`, `fraud_alert`, `active_duty_alert`, `disputed`, `consumer_statement`,
    #: `do_not_promote`: what a policy may cap or step up on, and marketing must heed.
    flags: frozenset[str]

    __repr__ = redacted
    __rich_repr__ = nothing_for_rich


class ReadsReports(Protocol):
    """Reads a bureau's answer to facts."""

    def read(
        self,
        raw: bytes,
        *,
        identity: Identity,
        stated: Stated,
        on: date,
        own_accounts: frozenset[str] | None = None,
    ) -> ReadReport:
        """Return what the answer says about the person on a day.

        `identity` is who was asked for: another person's file is `identity_mismatch`, and nothing
        of it is kept. `stated` fills what no bureau knows. `on` is the day of the decision: facts
        are as of it, and a report from after it, or too old for it, is a failure.
        `own_accounts` are the numbers under which our ledger's loans are furnished: such a trade
        line is in the person's exposure and counts for nothing here; another line of ours counts
        as anybody's. None: all of ours count for nothing.
        Errors: none. Bytes that are no report are a failure too.
        """
        ...
