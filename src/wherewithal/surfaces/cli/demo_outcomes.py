"""How the loans of the sample file ended, by the tier that we would have given.

The one place that reads `loan_status`, for the demo's table alone: no decision ever sees it.
"""

from __future__ import annotations

from pathlib import Path

import msgspec
import polars as pl

STATUS = "loan_status"
#: `Charged Off`, and the same under an older credit policy of the lender's.
DEFAULTED = r"Charged Off$|^Default$"


class TierOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """One tier, or the rows that none was given to."""

    name: str
    rows: int
    defaulted: int
    #: None where power is unknown.
    median_power_cents: int | None


def outcomes_by_tier(decisions: pl.DataFrame, loan_file: Path) -> list[TierOutcome]:
    """Return rows and defaults by tier, in the order of tiers; rows without one come last.

    Shapes: decisions (n, columns of a decision row) in the order of the file's n rows.
    """
    status = pl.read_csv(loan_file, columns=[STATUS], infer_schema=False)[STATUS]
    outcome, tier = pl.col("outcome").cast(pl.String), pl.col("tier").cast(pl.String)
    name = (
        pl.when(tier.is_null())
        .then(pl.lit("none: ") + outcome.str.replace_all("_", " "))
        .when((outcome == "declined") & (tier != "X"))
        .then(pl.lit("no room: declined for capacity"))
        .when(tier == "X")
        .then(pl.lit("X: declined for risk"))
        .otherwise(tier)
    )
    counted = (
        decisions.with_columns(status.str.contains(DEFAULTED).alias("_defaulted"))
        .group_by(name.alias("name"))
        .agg(
            pl.len().alias("rows"),
            pl.col("_defaulted").sum().alias("defaulted"),
            pl.col("power_total_cents").median().cast(pl.Int64).alias("median_power_cents"),
        )
    )
    rows = sorted(counted.iter_rows(named=True), key=lambda row: _rank(row["name"]))
    return [TierOutcome(**row) for row in rows]


def _rank(name: str) -> tuple[int, str]:
    """Return tiers first, then declines, then what was not decided."""
    if name.startswith("none"):
        return 3, name
    return (2 if name.startswith("X") else 1 if name.startswith("no room") else 0), name
