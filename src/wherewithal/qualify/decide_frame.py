"""A frame of decisions, by the columnar executor."""

from __future__ import annotations

import datetime

import polars as pl

from wherewithal.qualify.bundle import PolicyBundle
from wherewithal.qualify.edition import Edition
from wherewithal.qualify.identity import decision_ids

_ROW = "_row"


def decide_frame(facts: pl.DataFrame, bundle: PolicyBundle) -> pl.DataFrame:
    """Decide for every row of a facts frame.

    Shapes: facts (n, facts + 4); result (n, columns of a decision row), in the same order.
    Null:   unknown facts are null and stay so; a typed failure has null powers, not zero ones.
    Source: DESIGN 4, pipeline. The same graph as `decide`, rendered as Polars expressions.
    """
    begins = _begins(facts, bundle)
    if len(begins) == 1:
        return _decided(facts, bundle, bundle.edition(begins[0]))
    facts = facts.with_row_index(_ROW)
    parts = [
        _decided(part, bundle, bundle.edition(begin)).with_columns(part[_ROW])
        for begin in begins
        if (part := facts.filter(_holds(begin, bundle))).height
    ]
    return pl.concat(parts, how="vertical_relaxed").sort(_ROW).drop(_ROW)


def _begins(facts: pl.DataFrame, bundle: PolicyBundle) -> list[datetime.date]:
    """Return the editions that the rows need: one, unless law or programs changed among their days."""
    known = facts["as_of"].drop_nulls()
    days = [known.min(), known.max()]
    bounds = [day if isinstance(day, datetime.date) else datetime.date.min for day in days]
    first, last = (bundle.edition_begin(day) for day in bounds)
    if first == last and not facts["as_of"].null_count():
        return [first]
    return [datetime.date.min, *bundle.edition_begins]


def _holds(begin: datetime.date, bundle: PolicyBundle) -> pl.Expr:
    later = [other for other in bundle.edition_begins if other > begin]
    holds = pl.col("as_of") >= begin
    if later:
        holds &= pl.col("as_of") < later[0]
    return holds | pl.col("as_of").is_null() if begin == datetime.date.min else holds


def _decided(facts: pl.DataFrame, bundle: PolicyBundle, edition: Edition) -> pl.DataFrame:
    decided = edition.columnar.run(facts)
    keys = decided["reason_key"].unique()
    reasons = pl.DataFrame(
        {
            "reason_key": keys,
            "reasons": pl.Series(
                [list(edition.signature.explain(key)) for key in keys], dtype=pl.List(pl.String)
            ),
        }
    )
    decided = decided.join(reasons, on="reason_key", how="left", maintain_order="left")
    return decided.select(
        decision_ids(facts, bundle_digest=bundle.digest),
        facts["applicant_id"],
        pl.col("outcome"),
        pl.col("reasons"),
        pl.col("score_points", "tier", "limit_total_cents", "capacity_cents", "power_total_cents"),
        *[
            pl.col(name)
            for name in decided.columns
            if name.startswith("power_") and name != "power_total_cents"
        ],
        *[
            pl.col(name)
            for name in decided.columns
            if name.startswith(_DETAILS) and name not in ("limit_total_cents", "reason_key")
        ],
        pl.col("pricing_tier", "small_ticket_capacity_cents"),
        facts["failure_cause"],
        pl.lit(bundle.digest).alias("bundle_digest"),
        facts["as_of"],
    )


_DETAILS = ("limit_", "plan_", "note_rate_", "reason_")
