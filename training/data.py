"""The rows to train on: attributes from facts, and how each loan ended from the file itself.

This is the only place that reads an outcome column. The reader of facts cannot (`NEVER_READ`).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from wherewithal.sources.lendingclub import read_lendingclub

BAD_WORDS = ("Charged Off", "Default")
GOOD_WORD = "Fully Paid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Loans:
    """Loans that ended: attributes (n, any), bad (n,) of 0 and 1, year (n,) of issue."""

    attributes: pl.DataFrame
    bad: NDArray[np.int64]
    year: NDArray[np.int64]
    #: Rows of the file whose facts could not be read.
    left_out: int

    def of_years(self, first: int, last: int) -> Loans:
        """Return the loans issued in these years, both inclusive."""
        chosen = (self.year >= first) & (self.year <= last)
        return Loans(
            attributes=self.attributes.filter(chosen),
            bad=self.bad[chosen],
            year=self.year[chosen],
            left_out=self.left_out,
        )


def read_loans(path: Path) -> Loans:
    """Return every loan whose facts could be read.

    Errors: ValueError if a loan has not ended: its outcome is not known, and guessing is no data.
    """
    facts = read_lendingclub(path)
    status = pl.read_csv(path, columns=["loan_status"], infer_schema=False).to_series()
    is_bad = status.str.contains("|".join(BAD_WORDS))
    open_count = (~(is_bad | status.str.contains(GOOD_WORD))).sum()
    if open_count:
        raise ValueError(f"{open_count} loans have not ended; leave them out of the file")
    is_read = facts["failure"].is_null()
    return Loans(
        attributes=attributes_of(facts.filter(is_read)),
        bad=is_bad.filter(is_read).cast(pl.Int64).to_numpy(),
        year=facts["as_of"].dt.year().filter(is_read).cast(pl.Int64).to_numpy(),
        left_out=int((~is_read).sum()),
    )


def attributes_of(facts: pl.DataFrame) -> pl.DataFrame:
    """Return the attributes that the scorecard reads or was offered, as attributes.toml has them.

    Null: an attribute whose fact is unknown; a ratio to an income of 0.
    """
    income, as_of = pl.col("stated_income_cents"), pl.col("as_of")
    oldest = pl.col("oldest_trade_date")
    payments = pl.col("debt_to_income_bps") * income // 120_000
    obligations = pl.col("scheduled_payments_cents").fill_null(payments)
    used = pl.when(pl.col("revolving_limit_cents") > 0).then(
        10_000 * pl.col("revolving_balance_cents") // pl.col("revolving_limit_cents")
    )
    months = (as_of.dt.year() - oldest.dt.year()) * 12 + (
        as_of.dt.month().cast(pl.Int32) - oldest.dt.month().cast(pl.Int32)
    )
    ratio = pl.when(income > 0).then(120_000 * obligations // income)
    return facts.select(
        inquiries_6m="inquiries_6m",
        utilisation_bps=pl.col("revolving_utilisation_bps").fill_null(used),
        annual_income_cents=income,
        obligations_to_income_bps=ratio.clip(upper_bound=1_000_000),
        oldest_trade_months=months.cast(pl.Int64).clip(lower_bound=0),
        total_trades="total_trades",
        public_records="public_records",
        home_ownership="home_ownership",
        employment_years="stated_employment_years",
        open_trades="open_trades",
        delinquencies_24m="delinquencies_24m",
    )
