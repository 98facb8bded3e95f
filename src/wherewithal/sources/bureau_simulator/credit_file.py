"""What a simulated credit file says, as records: the writer turns it into a TU4 answer.

Amounts are whole dollars, as in the schema. Every person is made up.
"""

from __future__ import annotations

from datetime import date

import msgspec

from wherewithal.vocabulary.consumer import Identity


class FiledTrade(msgspec.Struct, frozen=True, kw_only=True):
    """One account; None leaves its element out."""

    portfolio_type: str
    account_type: str
    industry_code: str
    opened_on: date
    #: When the lender last reported it.
    effective_on: date
    closed_on: date | None = None
    balance: int | None = 0
    limit: int | None = None
    #: Scheduled payment a month.
    payment: int | None = None
    past_due: int = 0
    #: 01 as agreed, 02 to 05 late by 30 to 120 days, 09 charged off.
    rating: str = "01"
    #: One rating a month, newest first, from `effective_on` on backwards.
    pattern: str | None = None
    #: Day of the worst delinquency, where no pattern reaches so far.
    worst_on: date | None = None


class FiledInquiry(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody asked for the file."""

    asked_on: date
    industry_code: str


class FiledRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A public record, such as 7X, a discharged bankruptcy of chapter 7, or FT, a tax lien."""

    record_type: str
    filed_on: date | None


class CreditFile(msgspec.Struct, frozen=True, kw_only=True):
    """One answer of the bureau."""

    identity: Identity
    reported_on: date
    version: str = "2.33"
    hit: str = "regularHit"
    ssn_match: str = "exact"
    is_frozen: bool = False
    is_minor: bool = False
    is_suppressed: bool = False
    is_disputed: bool = False
    #: Messages of the High Risk Fraud Alert: 4001 deceased, 9004 active duty, 9005 and 9006 fraud.
    alert_codes: tuple[str, ...] = ()
    trades: tuple[FiledTrade, ...] = ()
    inquiries: tuple[FiledInquiry, ...] = ()
    public_records: tuple[FiledRecord, ...] = ()
    score: int | None = None
    score_factors: tuple[str, ...] = ()
