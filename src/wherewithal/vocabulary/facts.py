"""Facts: the flat typed values that every source yields, one catalogue for all of them.

A fact that a source cannot know is null; null is never zero. `Use` says what a fact may serve: a
policy table can read only facts for credit, so that where a person lives or how old they are
reaches the law rows and nothing else (12 CFR 1002.5-1002.6; POLICY.md §0).
"""

from __future__ import annotations

from enum import Enum

import msgspec


class FactType(Enum):
    """The type of a fact: whole numbers in the unit of its name, never floats."""

    INTEGER = "integer"
    BOOLEAN = "boolean"
    DATE = "date"
    ENUMERATION = "enumeration"


class Use(Enum):
    """What a fact may be used for."""

    #: Score, eligibility, limits, capacity, price.
    CREDIT = "credit"
    #: Which law rows and programs apply; nothing else.
    JURISDICTION = "jurisdiction"
    #: Whether a person may contract; nothing else.
    LEGAL_CAPACITY = "legal_capacity"


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of the catalogue."""

    name: str
    type: FactType
    #: Inclusive bounds of an integer; a value outside makes the row unreadable.
    minimum: int = 0
    maximum: int = 0
    #: The words of an enumeration.
    values: tuple[str, ...] = ()
    use: Use = Use.CREDIT
    meaning: str


# fmt: off
STATES = (
    "AL", "AK", "AZ", "AR", "CA", "CO", "CT", "DE", "DC", "FL", "GA", "HI", "ID",
    "IL", "IN", "IA", "KS", "KY", "LA", "ME", "MD", "MA", "MI", "MN", "MS", "MO",
    "MT", "NE", "NV", "NH", "NJ", "NM", "NY", "NC", "ND", "OH", "OK", "OR", "PA",
    "RI", "SC", "SD", "TN", "TX", "UT", "VT", "VA", "WA", "WV", "WI", "WY",
)
# fmt: on
HOME_OWNERSHIP = ("OWN", "MORTGAGE", "RENT", "OTHER")
CENTS_MAX = 10**10


def _integer(name: str, maximum: int, meaning: str, use: Use = Use.CREDIT) -> Fact:
    return Fact(name=name, type=FactType.INTEGER, maximum=maximum, meaning=meaning, use=use)


def _flag(name: str, meaning: str) -> Fact:
    return Fact(name=name, type=FactType.BOOLEAN, meaning=meaning)


FACTS: tuple[Fact, ...] = (
    Fact(
        name="as_of",
        type=FactType.DATE,
        meaning="the day on which the facts were true: the application's or report's own date",
    ),
    Fact(
        name="state",
        type=FactType.ENUMERATION,
        values=STATES,
        use=Use.JURISDICTION,
        meaning="state of residence, USPS code; reaches law rows and programs only",
    ),
    _integer("age_years", 130, "whole years of age on as_of", Use.LEGAL_CAPACITY),
    # What the applicant states.
    _integer("stated_income_cents", CENTS_MAX, "gross income a year, all lawful sources"),
    _flag("income_verified", "whether the income was verified; false where nobody did"),
    Fact(
        name="home_ownership",
        type=FactType.ENUMERATION,
        values=HOME_OWNERSHIP,
        meaning="how the applicant lives",
    ),
    _integer("stated_housing_cents", CENTS_MAX, "rent or mortgage a month, as stated"),
    _integer("stated_employment_years", 80, "whole years with the employer; the loan file caps 10"),
    # What a bureau file says; aggregates without own, authorised-user and duplicate entries.
    _integer("bureau_score", 1_000, "the bureau's own score, for notices; not read by the policy"),
    _integer("inquiries_6m", 999, "inquiries by others in the six months before as_of"),
    _integer("revolving_balance_cents", 10**12, "balance of open revolving trades"),
    _integer("revolving_limit_cents", 10**12, "credit limits of open revolving trades"),
    _integer("revolving_utilisation_bps", 1_000_000, "balance to limit, where the file states it"),
    _integer("scheduled_payments_cents", CENTS_MAX, "a month, open trades, without mortgages"),
    _integer("mortgage_payments_cents", CENTS_MAX, "a month, open mortgages; null where none"),
    _integer("debt_to_income_bps", 1_000_000, "payments without housing to income, where stated"),
    Fact(name="oldest_trade_date", type=FactType.DATE, meaning="day the oldest trade was opened"),
    _integer("total_trades", 9_999, "trades ever on file"),
    _integer("open_trades", 9_999, "trades open on as_of"),
    _integer("delinquencies_24m", 9_999, "times 30 or more days late in two years"),
    _integer("months_since_delinquency", 1_200, "null: never delinquent; a real 0 is this month"),
    _integer("trades_past_due", 9_999, "trades past due on as_of"),
    _integer("past_due_cents", CENTS_MAX, "amount past due on as_of, all trades"),
    _integer("worst_past_due_days", 999, "30, 60, 90, 120: worst trade now; null where unstated"),
    _integer("chargeoffs_12m", 9_999, "trades charged off in twelve months"),
    _integer("collections_12m", 9_999, "non-medical collections in twelve months"),
    _integer("public_records", 999, "public records on file (a bureau file: bankruptcies only)"),
    _integer("months_since_public_record", 1_200, "null: no record, or its date is unknown"),
    _integer("bankruptcies", 999, "bankruptcies on file; null where the vintage did not record"),
    _integer("months_since_bankruptcy", 1_200, "null: none, or its date is unknown"),
    _flag("has_fraud_alert", "a fraud alert stands on the file: step up, never decline"),
    _flag("has_active_duty_alert", "an active-duty alert stands on the file: step up"),
    _flag("has_dispute", "the consumer disputes an entry: a flag for review"),
    # What we know ourselves; no file knows it.
    _integer("own_days_late", 9_999, "days that the worst account with us is late"),
    _flag("own_charged_off", "an account with us was ever charged off"),
    _integer("own_on_time_payments", 99_999, "payments made to us by their day"),
    _integer("own_days_since_first", 99_999, "days since the first loan with us was booked"),
)

FACTS_BY_NAME = {fact.name: fact for fact in FACTS}
