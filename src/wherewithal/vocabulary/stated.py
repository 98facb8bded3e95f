"""Stated: what an applicant says of their own means, and no bureau knows."""

from __future__ import annotations

import msgspec

from wherewithal.vocabulary.redaction import nothing_for_rich, redacted


class Stated(msgspec.Struct, frozen=True, kw_only=True):
    """What the applicant states; None where they do not."""

    #: Gross income a year, all lawful sources.
    income_cents: int | None = None
    #: Rent or mortgage a month.
    housing_cents: int | None = None
    #: OWN, MORTGAGE, RENT or OTHER.
    home_ownership: str | None = None
    employment_years: int | None = None
    #: Whether the lender verified the income; None counts as false.
    income_verified: bool | None = None
    #: USPS code; stands before the address on the bureau's file.
    state: str | None = None

    __repr__ = redacted
    __rich_repr__ = nothing_for_rich
