"""Which columns of the loan file are read, and what each must look like.

Only `COLUMNS` is ever taken from a file. A row of the file is a loan that somebody chose, priced
and watched; what was known before any loan was chosen is an allow-list, so that a column that a
later vintage adds stays out until somebody judges it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """How the text of a column becomes a value; `conversions` has one expression for each."""

    #: `3`, `35.0`: a whole number.
    COUNT = "count"
    #: `24000.0`: dollars to cents.
    DOLLARS = "dollars"
    #: `14.04`, `14.04%`: percent to basis points.
    PERCENT = "percent"
    #: `0.537`, `53.7%`: a ratio, or a percentage where the sign says so, to basis points.
    RATIO = "ratio"
    #: `2010-12-01`, `Dec-2010`.
    DATE = "date"
    #: `10+ years`, `< 1 year`.
    YEARS = "years"
    #: One of the words of a table.
    WORD = "word"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of the file and the fact that it becomes."""

    name: str
    fact: str
    kind: Kind
    #: What a reader of the cause must know to mend the cell.
    expected: str
    #: Whether an empty cell is a row that cannot be read; elsewhere it is a fact not known.
    is_required: bool = False
    #: Whether the cell belongs to the bureau block: empty, nothing can be decided.
    is_core_bureau: bool = False


def _count(name: str, fact: str, *, is_core_bureau: bool = False) -> Column:
    return Column(
        name=name,
        fact=fact,
        kind=Kind.COUNT,
        expected="a whole number such as 3",
        is_core_bureau=is_core_bureau,
    )


def _dollars(name: str, fact: str, *, is_core_bureau: bool = False) -> Column:
    return Column(
        name=name,
        fact=fact,
        kind=Kind.DOLLARS,
        expected="dollars such as 24000 or 24000.00",
        is_core_bureau=is_core_bureau,
    )


ID_COLUMN = "id"
_DATE = "a day that exists, such as 2010-12-01 or Dec-2010"

COLUMNS: tuple[Column, ...] = (
    Column(name="issue_d", fact="as_of", kind=Kind.DATE, expected=_DATE, is_required=True),
    Column(
        name="addr_state",
        fact="state",
        kind=Kind.WORD,
        expected="a USPS state code such as MI",
        is_required=True,
    ),
    _dollars("annual_inc", "stated_income_cents"),
    # It follows the loan asked for, so no score may read it; limits may (POLICY.md §0).
    Column(
        name="verification_status",
        fact="income_verified",
        kind=Kind.WORD,
        expected="Verified, Source Verified or Not Verified",
        is_required=True,
    ),
    Column(
        name="home_ownership",
        fact="home_ownership",
        kind=Kind.WORD,
        expected="OWN, MORTGAGE, RENT, OTHER, NONE or ANY",
        is_required=True,
    ),
    Column(
        name="emp_length",
        fact="stated_employment_years",
        kind=Kind.YEARS,
        expected="years such as 10+ years, 3 years, < 1 year or n/a",
    ),
    _count("inq_last_6mths", "inquiries_6m", is_core_bureau=True),
    _dollars("revol_bal", "revolving_balance_cents"),
    Column(
        name="revol_util",
        fact="revolving_utilisation_bps",
        kind=Kind.RATIO,
        expected="a ratio up to 10, such as 0.537, or a percentage such as 53.7%",
    ),
    # Without housing, and on stated income (POLICY.md §0): no more than a ratio that was stated.
    Column(
        name="dti",
        fact="debt_to_income_bps",
        kind=Kind.PERCENT,
        expected="percent such as 14.04",
    ),
    Column(
        name="earliest_cr_line",
        fact="oldest_trade_date",
        kind=Kind.DATE,
        expected=_DATE,
        is_core_bureau=True,
    ),
    _count("total_acc", "total_trades", is_core_bureau=True),
    _count("open_acc", "open_trades", is_core_bureau=True),
    _count("delinq_2yrs", "delinquencies_24m", is_core_bureau=True),
    _count("mths_since_last_delinq", "months_since_delinquency"),
    _count("acc_now_delinq", "trades_past_due", is_core_bureau=True),
    _dollars("delinq_amnt", "past_due_cents", is_core_bureau=True),
    _count("chargeoff_within_12_mths", "chargeoffs_12m"),
    _count("collections_12_mths_ex_med", "collections_12m"),
    _count("pub_rec", "public_records", is_core_bureau=True),
    _count("mths_since_last_record", "months_since_public_record"),
    _count("pub_rec_bankruptcies", "bankruptcies"),
)

#: Columns that outcomes, the lender's own decision or the loan chosen fill, or that law keeps out.
#: The allow-list decides; this list is what a test holds it against.
NEVER_READ = (
    # The loan that was chosen.
    frozenset({"loan_amnt", "term", "purpose", "title", "desc", "url"})
    # The lender's own decision and price.
    | {"funded_amnt", "funded_amnt_inv", "int_rate", "installment", "grade", "sub_grade"}
    | {"initial_list_status", "policy_code"}
    # What came after: payments, how the loan ended, what was pulled later.
    | {"loan_status", "pymnt_plan", "out_prncp", "out_prncp_inv", "total_pymnt", "total_pymnt_inv"}
    | {"total_rec_prncp", "total_rec_int", "total_rec_late_fee", "recoveries"}
    | {"collection_recovery_fee", "last_pymnt_d", "last_pymnt_amnt", "next_pymnt_d"}
    | {"last_credit_pull_d", "last_fico_range_high", "last_fico_range_low", "hardship_flag"}
    | {"debt_settlement_flag", "debt_settlement_flag_date", "settlement_status"}
    | {"settlement_date", "settlement_amount", "settlement_percentage", "settlement_term"}
    # Who and where a person is, closer than the state.
    | {"zip_code", "emp_title", "member_id"}
    # A copy of the date's year, made later.
    | {"issue_year"}
)
