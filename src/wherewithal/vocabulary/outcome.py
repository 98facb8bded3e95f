"""Outcomes of a decision; one word, one meaning, in both tempos."""

from __future__ import annotations

from enum import Enum


class Outcome(Enum):
    """What a decision came to. A typed failure is no decline; its power is unknown, not 0."""

    APPROVED = "approved"
    DECLINED = "declined"
    #: Something the applicant can give is missing; the reasons name it.
    INCOMPLETE = "incomplete"
    #: More proof is asked for before anything is decided (alerts, verification).
    STEP_UP = "step_up"
    REFUSED_IDENTITY = "refused_identity"
    # Typed failures of a report.
    NO_HIT = "no_hit"
    FROZEN = "frozen"
    MINOR = "minor"
    DECEASED = "deceased"
    IDENTITY_MISMATCH = "identity_mismatch"
    SUPPRESSED = "suppressed"
    UNKNOWN_SCHEMA_VERSION = "unknown_schema_version"
    MALFORMED = "malformed"
    IMPLAUSIBLE = "implausible"
    #: The row's core bureau block is absent.
    BUREAU_BLOCK_MISSING = "bureau_block_missing"
    #: The row of a file could not be read; it keeps its place.
    UNREADABLE_ROW = "unreadable_row"


DECIDED = (Outcome.APPROVED, Outcome.DECLINED)


class Failure(Exception):
    """A report or row that cannot be decided on, with a cause free of personal data."""

    def __init__(self, outcome: Outcome, cause: str) -> None:
        """Keep the outcome and its cause, such as `score 9999 is outside 300..850`."""
        self.outcome = outcome
        self.cause = cause
        super().__init__(f"{outcome.value}: {cause}")
