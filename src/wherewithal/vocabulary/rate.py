"""Rates: whole basis points, and their percent text."""

from __future__ import annotations

from typing import TypeAlias

from wherewithal.vocabulary.errors import DomainError
from wherewithal.vocabulary.money import hundredths_from_text

#: A rate or share in hundredths of a percent: 2_999 is 29.99%. An alias, as `Cents` is.
BasisPoints: TypeAlias = int


def percent_text(rate_bps: BasisPoints) -> str:
    """Write basis points as percent with two decimals, without a sign for percent.

    Errors: DomainError unless it is an `int`.

    >>> percent_text(2_999), percent_text(-5)
    ('29.99', '-0.05')
    """
    if type(rate_bps) is not int:
        message = "rate_bps must be an int"
        raise DomainError(message)
    whole, hundredths = divmod(abs(rate_bps), 100)
    return f"{'-' if rate_bps < 0 else ''}{whole}.{hundredths:02d}"


def bps_from_percent_text(text: str, *, allow_sub_bps: bool = False) -> BasisPoints:
    """Read percent as decimal text, without a percent sign, as basis points.

    Parts of a basis point are refused, or rounded half-even where the caller allows them.
    Errors: DomainError as `cents_from_text` says.

    >>> bps_from_percent_text("83.7"), bps_from_percent_text("9.125", allow_sub_bps=True)
    (8370, 912)
    """
    return hundredths_from_text(text, name="percent", allow_finer=allow_sub_bps)
