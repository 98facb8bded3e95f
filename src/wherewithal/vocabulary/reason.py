"""Reason: a coded cause with the consumer's wording, its Regulation B number and its cure."""

from collections.abc import Iterable
from enum import StrEnum
from functools import cached_property

import msgspec

from wherewithal.vocabulary.outcome import Outcome

#: Form C-1, part I, verbatim and in order (12 CFR 1002, appendix C); number 1 comes first.
REGB_C1_TEXTS = (
    "Credit application incomplete",
    "Insufficient number of credit references provided",
    "Unacceptable type of credit references provided",
    "Unable to verify credit references",
    "Temporary or irregular employment",
    "Unable to verify employment",
    "Length of employment",
    "Income insufficient for amount of credit requested",
    "Excessive obligations in relation to income",
    "Unable to verify income",
    "Length of residence",
    "Temporary residence",
    "Unable to verify residence",
    "No credit file",
    "Limited credit experience",
    "Poor credit performance with us",
    "Delinquent past or present credit obligations with others",
    "Collection action or judgment",
    "Garnishment or attachment",
    "Foreclosure or repossession",
    "Bankruptcy",
    "Number of recent inquiries on credit bureau report",
    "Value or type of collateral not sufficient",
    "Other, specify",
)

#: The reason that a typed failure carries.
FAILURE_CODES = {
    Outcome.NO_HIT: "F_NO_HIT",
    Outcome.FROZEN: "F_FROZEN",
    Outcome.MINOR: "F_MINOR",
    Outcome.DECEASED: "F_DECEASED",
    Outcome.IDENTITY_MISMATCH: "F_MISMATCH",
    Outcome.SUPPRESSED: "F_SUPPRESSED",
    Outcome.UNKNOWN_SCHEMA_VERSION: "F_SCHEMA",
    Outcome.MALFORMED: "F_MALFORMED",
    Outcome.IMPLAUSIBLE: "F_IMPLAUSIBLE",
    Outcome.BUREAU_BLOCK_MISSING: "F_BUREAU_BLOCK",
    Outcome.UNREADABLE_ROW: "F_ROW",
}


class ReasonKind(StrEnum):
    """What a reason explains."""

    #: Nothing is offered, for a risk that the policy names.
    DECLINE = "decline"
    #: The tier is held down, and with it limits and plans.
    CAP = "cap"
    #: Points lost in one characteristic of the scorecard.
    SCORE = "score"
    #: One product, program or merchant answers zero.
    PRODUCT = "product"
    #: A law row, or none, says no.
    LAW = "law"
    #: Something that the applicant can give is missing.
    INCOMPLETE = "incomplete"
    #: No decision could be made on what was received; never a decline.
    FAILURE = "failure"
    #: More proof is asked for first; never a decline.
    STEP_UP = "step_up"


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """One coded cause."""

    code: str
    kind: ReasonKind
    #: One sentence for the consumer.
    wording: str
    #: Number and verbatim text in form C-1; None where no adverse action on credit is explained.
    regb_number: int | None
    regb_text: str | None
    #: What may change the answer; None where waiting or asking changes nothing.
    cure: str | None
    #: Its place in the ladder: where several apply, the lowest comes first.
    precedence: int


class Reasons(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """All reasons of a bundle, in order of precedence."""

    reasons: tuple[Reason, ...]

    @cached_property
    def by_code(self) -> dict[str, Reason]:
        """Return the reasons by their code."""
        return {reason.code: reason for reason in self.reasons}

    def ordered(self, codes: Iterable[str]) -> tuple[Reason, ...]:
        """Return the reasons of `codes`, each once, the first of the ladder first."""
        found = {code: self.by_code[code] for code in codes}
        return tuple(sorted(found.values(), key=lambda reason: reason.precedence))
