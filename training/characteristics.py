"""The characteristics that may earn points: their bins, direction and reason code.

Every one is known before a loan is chosen (POLICY.md §3). Left out on purpose: amount, term,
purpose, grade, rate and verification status, which follow the loan; age, state and ZIP, which law
forbids or which stand in for what it forbids (12 CFR 1002.6).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Direction(Enum):
    """What the field expects of points as the value grows."""

    RISING = "more is better"
    FALLING = "less is better"
    FREE = "no order"


@dataclass(frozen=True, slots=True, kw_only=True)
class Characteristic:
    """One attribute, cut into bins that are disjoint and cover every value that is not null."""

    attribute: str
    reason: str
    label: str
    direction: Direction
    #: Upper ends of the bins, inclusive; one more bin lies above the last. Empty for words.
    cuts: tuple[int, ...] = ()
    #: The words of each bin, where the attribute is a word and not a number.
    words: tuple[tuple[str, ...], ...] = ()
    #: How many of the lowest bins stand outside the direction (no use of credit is not good use).
    free_bins: int = 0
    #: Whether null earns points of its own; elsewhere a missing value earns none.
    scores_null: bool = False

    @property
    def type_ref(self) -> str:
        """Return the FEEL type of the attribute."""
        return "string" if self.words else "number"

    @property
    def bin_count(self) -> int:
        """Return how many bins there are, null not counted."""
        return len(self.words) or len(self.cuts) + 1


CHARACTERISTICS: tuple[Characteristic, ...] = (
    Characteristic(
        attribute="inquiries_6m",
        reason="S_INQUIRIES",
        label="Inquiries in six months",
        direction=Direction.FALLING,
        cuts=(0, 1, 2, 3, 4, 6),
    ),
    Characteristic(
        attribute="utilisation_bps",
        reason="S_UTILISATION",
        label="Use of revolving credit (bps of limits)",
        direction=Direction.FALLING,
        cuts=(0, 1_000, 3_000, 5_000, 7_000, 9_000),
        free_bins=1,
        scores_null=True,
    ),
    Characteristic(
        attribute="annual_income_cents",
        reason="S_INCOME",
        label="Income a year (cents)",
        direction=Direction.RISING,
        cuts=(2_000_000, 3_000_000, 4_000_000, 5_000_000, 6_000_000, 8_000_000, 10_000_000),
    ),
    Characteristic(
        attribute="obligations_to_income_bps",
        reason="S_OBLIGATIONS",
        label="Payments without housing to income (bps)",
        direction=Direction.FALLING,
        cuts=(500, 1_000, 1_500, 2_000),
    ),
    Characteristic(
        attribute="oldest_trade_months",
        reason="S_OLDEST_TRADE",
        label="Months since the oldest trade was opened",
        direction=Direction.RISING,
        cuts=(23, 35, 59, 119, 239),
    ),
    Characteristic(
        attribute="total_trades",
        reason="S_TRADES",
        label="Trades ever on file",
        direction=Direction.RISING,
        cuts=(4, 7, 10, 15),
    ),
    Characteristic(
        attribute="public_records",
        reason="S_PUBLIC_RECORD",
        label="Public records",
        direction=Direction.FALLING,
        cuts=(0,),
    ),
)

#: Measured by the report, each on top of the characteristics above; none is in the shipped table.
CANDIDATES: tuple[Characteristic, ...] = (
    Characteristic(
        attribute="home_ownership",
        reason="S_HOUSING",
        label="Housing",
        direction=Direction.FREE,
        words=(("OWN",), ("MORTGAGE",), ("RENT",), ("OTHER",)),
    ),
    Characteristic(
        attribute="employment_years",
        reason="S_EMPLOYMENT",
        label="Years with the employer",
        direction=Direction.RISING,
        cuts=(0, 5),
    ),
    Characteristic(
        attribute="open_trades",
        reason="S_TRADES",
        label="Open trades",
        direction=Direction.RISING,
        cuts=(3, 5),
    ),
    Characteristic(
        attribute="delinquencies_24m",
        reason="S_DELINQUENCY",
        label="Times 30 days late in two years",
        direction=Direction.FALLING,
        cuts=(0, 1),
    ),
)
