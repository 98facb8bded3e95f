"""What a bundle must decide, by name: the line between policy, which is data, and the core."""

from __future__ import annotations

from wherewithal.dmn.types import Kind
from wherewithal.vocabulary.outcome import Outcome
from wherewithal.vocabulary.product import LimitNode

KNOCK_OUTS = "Knock-outs"
POINTS = "Points"
POINTS_RANK = "Points rank"
TIER_RANK = "Tier rank"
TIER = "Tier"
PRICING_TIER = "Pricing tier"
OUTCOME = "Outcome"
CAPACITY = "Capacity"
SMALL_TICKET_CAPACITY = "Small ticket capacity"
PRICE = "Price"
#: An input of Price alone; the core asks for every term of the catalogue.
TERM_MONTHS = "term_months"

LIMITS = {
    LimitNode.TOTAL: "Limit total",
    LimitNode.INSTALMENT: "Limit instalment",
    LimitNode.SHORT_TERM: "Limit short term",
    LimitNode.CARD: "Limit card",
    LimitNode.ONE_TIME_CARD: "Limit one-time card",
}

#: The kind of value that each decision must yield.
REQUIRED: dict[str, Kind] = {
    KNOCK_OUTS: Kind.NUMBER,
    POINTS: Kind.NUMBER,
    POINTS_RANK: Kind.NUMBER,
    TIER_RANK: Kind.NUMBER,
    TIER: Kind.TEXT,
    PRICING_TIER: Kind.TEXT,
    OUTCOME: Kind.TEXT,
    CAPACITY: Kind.NUMBER,
    SMALL_TICKET_CAPACITY: Kind.NUMBER,
    **dict.fromkeys(LIMITS.values(), Kind.NUMBER),
}

#: Never null, whatever is unknown about a person.
ALWAYS = (POINTS, POINTS_RANK, TIER_RANK, TIER, PRICING_TIER, OUTCOME)
#: The rank of a knock-out that declines, and of points that do.
RANK_DECLINE = 5
RANKS = (KNOCK_OUTS, POINTS_RANK, TIER_RANK)
#: What a policy may decide; typed failures are found by sources, a zero power by the core.
WORDS = {
    OUTCOME: tuple(
        outcome.value
        for outcome in (
            Outcome.APPROVED,
            Outcome.DECLINED,
            Outcome.INCOMPLETE,
            Outcome.STEP_UP,
            Outcome.REFUSED_IDENTITY,
        )
    )
}
#: The annotation clause that names a rule's reason.
REASON = "reason"
#: The reasons that the core itself gives, besides those that the tables name.
CORE_REASONS = (
    "I_STATE",
    "L_AGE",
    "L_STATE",
    "L_UNKNOWN",
    "P_CLOSED",
    "P_LIMIT",
    "P_MCC",
    "P_NOT_OFFERED",
    "P_PAUSED",
    "P_STATE",
    "P_TIER",
    "R09",
)
