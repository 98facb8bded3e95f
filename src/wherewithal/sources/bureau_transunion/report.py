"""A TransUnion TU4 credit report as typed records.

Names, Social Security and account numbers, streets and phone numbers are never kept. What is kept
is still about a person, so no record shows its values in `repr`. Amounts are integer cents; the
file's whole dollars are multiplied once, when they are read. `None` means that the file is silent.
"""

from __future__ import annotations

from datetime import date
from enum import Enum

import msgspec

from wherewithal.vocabulary.redaction import nothing_for_rich, redacted

#: Fewer countable trades than this make a thin file (POLICY.md R15a).
THIN_BELOW_TRADES = 3


class Flag(Enum):
    """What a policy may cap or step up on; a flag never fails a report."""

    THIN = "thin"
    FRAUD_ALERT = "fraud_alert"
    ACTIVE_DUTY_ALERT = "active_duty_alert"
    DISPUTED = "disputed"
    CONSUMER_STATEMENT = "consumer_statement"
    #: The consumer opted out of prescreening: no marketing, nothing else.
    DO_NOT_PROMOTE = "do_not_promote"


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """Who asked, and when the report was made."""

    schema_version: str
    product_code: str
    #: Day of the transaction's time stamp, in the time stamp's own zone.
    reported_on: date
    #: The asking subscriber's member code, see `member_key`.
    member_key: str
    industry_code: str


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """The two things about the person that facts need."""

    #: USPS code of the current address; reaches law rows only.
    state: str | None
    #: None if the bureau estimated the year.
    date_of_birth: date | None
    in_file_since: date | None

    __repr__ = redacted
    __rich_repr__ = nothing_for_rich


class Pattern(msgspec.Struct, frozen=True, kw_only=True):
    """Monthly ratings, newest first: `1` as agreed, `2`-`5` 30-120 days late, `X` unknown."""

    newest_month: date
    ratings: str

    __repr__ = redacted
    __rich_repr__ = nothing_for_rich


class WorstDelinquency(msgspec.Struct, frozen=True, kw_only=True):
    """The trade's own note of a delinquency (`maxDelinquency`; not in a published sample)."""

    day: date
    rating: str | None

    __repr__ = redacted
    __rich_repr__ = nothing_for_rich


class Trade(msgspec.Struct, frozen=True, kw_only=True):
    """One credit account on the file."""

    #: Ours, or the asking subscriber's: counts for nothing.
    is_own: bool
    industry_code: str | None
    #: revolving, installment, mortgage, open, lineOfCredit.
    portfolio_type: str | None
    #: Such as AU automobile, CC credit card, CV mortgage, HE home equity, ST student.
    account_type: str | None
    #: individual, jointContractLiability, coSigner, authorizedUser, ...
    ecoa_designator: str | None
    opened_on: date | None
    effective_on: date | None
    closed_on: date | None
    paid_out_on: date | None
    #: normal, chargeOffRepo, ...; present only on a closed trade.
    closed_indicator: str | None
    balance_cents: int | None
    high_credit_cents: int | None
    limit_cents: int | None
    past_due_cents: int | None
    #: 01 as agreed, 02-05 30-120 days late, 07 wage-earner plan, 08/8A/8P repossession,
    #: 09/9B/9P charge-off, collection, paying after it; UR and UC unrated.
    rating: str | None
    payment_frequency: str | None
    term_months: int | None
    #: The schedule is a revolving minimum (`MIN`), not a count of months.
    is_minimum_payment: bool
    scheduled_payment_cents: int | None
    pattern: Pattern | None
    months_reviewed: int | None
    late_30_count: int | None
    late_60_count: int | None
    late_90_count: int | None
    worst_delinquencies: tuple[WorstDelinquency, ...]
    last_payment_on: date | None
    remark_codes: tuple[str, ...]

    __repr__ = redacted
    __rich_repr__ = nothing_for_rich


class Inquiry(msgspec.Struct, frozen=True, kw_only=True):
    """Someone asked for this file."""

    is_own: bool
    asked_on: date
    industry_code: str | None
    account_type: str | None
    ecoa_designator: str | None

    __repr__ = redacted
    __rich_repr__ = nothing_for_rich


class PublicRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A public record (not in a published sample; since 2018 bankruptcies only)."""

    #: 7X chapter 7 discharged, 3F chapter 13 filed, 1D chapter 11 dismissed ...
    record_type: str
    filed_on: date | None
    paid_on: date | None
    reported_on: date | None

    __repr__ = redacted
    __rich_repr__ = nothing_for_rich


class Collection(msgspec.Struct, frozen=True, kw_only=True):
    """An account placed with a collection agency (not in a published sample)."""

    is_own: bool
    is_medical: bool
    ecoa_designator: str | None
    opened_on: date | None
    effective_on: date | None
    closed_on: date | None
    balance_cents: int | None
    past_due_cents: int | None
    rating: str | None

    __repr__ = redacted
    __rich_repr__ = nothing_for_rich


class Score(msgspec.Struct, frozen=True, kw_only=True):
    """A score that the bureau computed, with its factors in the bureau's order of weight."""

    #: The product that delivered it, such as 00V60.
    model: str
    value: int
    factor_codes: tuple[str, ...]

    __repr__ = redacted
    __rich_repr__ = nothing_for_rich


class BureauReport(msgspec.Struct, frozen=True, kw_only=True):
    """One person's credit report."""

    header: Header
    subject: Subject
    trades: tuple[Trade, ...]
    inquiries: tuple[Inquiry, ...]
    public_records: tuple[PublicRecord, ...]
    collections: tuple[Collection, ...]
    scores: tuple[Score, ...]
    #: Kinds of consumer statement, such as `regular`; their text is not kept.
    statement_kinds: tuple[str, ...]
    flags: frozenset[Flag]

    __repr__ = redacted
    __rich_repr__ = nothing_for_rich
