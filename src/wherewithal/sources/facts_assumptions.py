"""What a file could not know, and what a decision takes for it: said, never silently filled in."""

from __future__ import annotations

import polars as pl

from wherewithal.sources.facts_check import FRAME_SCHEMA

_FIRST_ROWS = 10_000
_IS_LATE = pl.col("trades_past_due") > 0
#: What is told -> the rows of which it holds. In the order in which it is told.
_ASSUMED = {
    "age is unknown: taken to be old enough to contract": pl.col("age_years").is_null(),
    "accounts with us are unknown: taken to be none that is late": pl.col(
        "own_days_late"
    ).is_null(),
    "purchases with us are unknown: no limit on first purchases, open plans or a cap of the"
    " consumer's own is applied": pl.col("own_days_late").is_null(),
    "our own losses are unknown: taken to be none": pl.col("own_charged_off").is_null(),
    "fraud alerts are unknown: taken to be none": pl.col("has_fraud_alert").is_null(),
    "active-duty alerts are unknown: taken to be none": pl.col("has_active_duty_alert").is_null(),
    "payments on file are unknown: taken from the debt-to-income ratio as stated, which does not"
    " count housing": pl.col("scheduled_payments_cents").is_null()
    & pl.col("debt_to_income_bps").is_not_null(),
    "how late a trade is now is unknown: taken from the amount past due": _IS_LATE
    & pl.col("worst_past_due_days").is_null(),
    "housing is unknown: estimated from income and how the applicant lives": pl.col(
        "mortgage_payments_cents"
    ).is_null()
    & pl.col("stated_housing_cents").is_null(),
    "income is as stated: nobody verified it": pl.col("stated_income_cents").is_not_null()
    & ~pl.col("income_verified").fill_null(value=False),
}


def assumptions_of(facts: pl.DataFrame | pl.LazyFrame) -> list[str]:
    """Return what is assumed for at least one row of a facts frame, one sentence each.

    Null:   an empty list where nothing is assumed, or where every row failed.
    A column that the frame does not have is unknown in every row.
    """
    lazy = facts.lazy()
    known = lazy.collect_schema().names()
    missing = [
        pl.lit(None, dtype).alias(name) for name, dtype in FRAME_SCHEMA.items() if name not in known
    ]
    found: set[str] = set()
    # What a file could not know, its first rows show; only what they do not is looked for in all.
    for part in (lazy.head(_FIRST_ROWS), lazy):
        held = part.with_columns(missing).filter(pl.col("failure").is_null())
        answers = held.select(
            condition.fill_null(value=False).any().alias(sentence)
            for sentence, condition in _ASSUMED.items()
            if sentence not in found
        ).collect(engine="streaming")
        found.update(sentence for sentence in answers.columns if answers[sentence][0])
    return [sentence for sentence in _ASSUMED if sentence in found]
