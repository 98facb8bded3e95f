"""What a file could not know, and what a decision takes for it: said, never silently filled in."""

from __future__ import annotations

import polars as pl

#: Fact -> what a decision takes where the fact is unknown. In the order in which they are told.
ASSUMED_IF_UNKNOWN = {
    "age_years": "age is unknown: taken to be old enough to contract",
    "own_days_late": "accounts with us are unknown: taken to be none that is late",
    "own_charged_off": "our own losses are unknown: taken to be none",
    "has_fraud_alert": "fraud alerts are unknown: taken to be none",
    "has_active_duty_alert": "active-duty alerts are unknown: taken to be none",
    "scheduled_payments_cents": "payments on file are unknown: taken from the debt-to-income ratio"
    " as stated, housing not counted in it",
    "worst_past_due_days": "how late the worst trade is now is unknown: taken from what else the"
    " file says of delinquency",
}


def assumptions_of(frame: pl.DataFrame) -> list[str]:
    """Return what is assumed for at least one readable row of a facts frame, one sentence each.

    Null:   an empty list where nothing is assumed, or where no row can be read.
    """
    readable = frame.filter(pl.col("failure").is_null())
    if not readable.height:
        return []
    unknown = [
        sentence
        for fact, sentence in ASSUMED_IF_UNKNOWN.items()
        if readable[fact].null_count() and _is_needed(fact, readable)
    ]
    housing = (
        readable["mortgage_payments_cents"].is_null() & readable["stated_housing_cents"].is_null()
    )
    if housing.any():
        unknown.append("housing is unknown: estimated from income and how the applicant lives")
    if (
        readable["stated_income_cents"].is_not_null().any()
        and not readable["income_verified"].all()
    ):
        unknown.append("income is as stated: nobody verified it")
    return unknown


def _is_needed(fact: str, readable: pl.DataFrame) -> bool:
    """Return whether an unknown leaves a gap: how late a trade is matters where one is past due."""
    if fact != "worst_past_due_days":
        return True
    late = (readable["trades_past_due"] > 0) & readable[fact].is_null()
    return bool(late.any())
