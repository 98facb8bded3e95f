"""The published TU4 report whole: every figure that POLICY.md section 0 names, and then all."""

import re
from datetime import date
from pathlib import Path

import rich.pretty

from wherewithal.sources.bureau_transunion import Flag, facts_of, parse_report
from wherewithal.sources.bureau_transunion.countable import countable_inquiries
from wherewithal.sources.stated import load_stated

EXAMPLES = Path(__file__).parents[2] / "examples" / "bureau"
PUBLISHED = (EXAMPLES / "transunion_tu4_creditReportResponse.xml").read_bytes()
REPORT = parse_report(PUBLISHED, own_member_codes=frozenset())
FACTS_WITHOUT_STATED = {
    "as_of": date(2022, 1, 27),
    "state": "MI",
    "age_years": 65,
    "stated_income_cents": None,
    "income_verified": False,
    "home_ownership": None,
    "stated_housing_cents": None,
    "stated_employment_years": None,
    "bureau_score": 667,
    "inquiries_6m": 0,  # the youngest that counts is of October 2020
    "revolving_balance_cents": 6_840_00,
    "revolving_limit_cents": 62_200_00,
    "revolving_utilisation_bps": None,
    "scheduled_payments_cents": 1_062_00,  # revolving 155, instalments 336 + 93 + 254 + 224
    "mortgage_payments_cents": 557_00,
    "debt_to_income_bps": None,
    "oldest_trade_date": date(1975, 10, 1),
    "total_trades": 32,
    "open_trades": 14,
    "delinquencies_24m": 1,  # now; the student loan's late month is of July 2018
    "months_since_delinquency": 0,
    "trades_past_due": 1,
    "past_due_cents": 189_00,
    "worst_past_due_days": 30,
    "chargeoffs_12m": 0,
    "collections_12m": 0,
    "public_records": 0,
    "months_since_public_record": None,
    "bankruptcies": 0,
    "months_since_bankruptcy": None,
    "has_fraud_alert": False,
    "has_active_duty_alert": False,
    "has_dispute": False,
    "own_days_late": None,
    "own_charged_off": None,
    "own_on_time_payments": None,
    "own_days_since_first": None,
}


def test_report_has_all_entries():
    header = REPORT.header
    assert (header.schema_version, header.reported_on) == ("2.33", date(2022, 1, 27))
    assert (len(REPORT.trades), len(REPORT.inquiries)) == (32, 5)
    assert (REPORT.public_records, REPORT.collections) == ((), ())
    assert REPORT.flags == {Flag.CONSUMER_STATEMENT}
    assert REPORT.statement_kinds == ("regular",)


def test_score_has_its_factors_in_order():
    [score] = REPORT.scores
    assert (score.model, score.value) == ("00V60", 667)
    assert score.factor_codes == ("09", "07", "85", "05")


def test_subject_is_only_what_facts_need():
    subject = REPORT.subject
    assert (subject.state, subject.date_of_birth) == ("MI", date(1956, 8, 1))
    assert subject.in_file_since == date(1993, 4, 1)


def test_joint_auto_trade_is_thirty_days_late():
    [late] = [trade for trade in REPORT.trades if trade.rating == "02"]
    assert (late.portfolio_type, late.account_type) == ("installment", "AU")
    assert late.ecoa_designator == "jointContractLiability"
    assert (late.balance_cents, late.past_due_cents) == (16_015_00, 189_00)
    assert (late.term_months, late.scheduled_payment_cents) == (72, 336_00)
    assert late.pattern is not None
    assert late.pattern.newest_month == date(2021, 10, 30)


def test_subscribers_own_inquiry_of_the_day_is_left_out():
    # The header asks as F4716628, the entry says 04716628. The file's own count is 4.
    assert [one.is_own for one in REPORT.inquiries] == [True, False, False, False, False]
    counted = countable_inquiries(REPORT.inquiries, as_of=date(2022, 1, 27), months=36)
    assert [one.asked_on.isoformat() for one in counted] == [
        "2020-02-24", "2020-02-24", "2020-05-13", "2020-10-04",
    ]  # fmt: skip


def test_every_fact_of_the_published_report():
    assert facts_of(REPORT, stated=None) == FACTS_WITHOUT_STATED


def test_what_is_stated_fills_what_no_bureau_knows():
    stated = load_stated(EXAMPLES / "stated.json")
    assert facts_of(REPORT, stated=stated) == FACTS_WITHOUT_STATED | {
        "stated_income_cents": 52_000_00,
        "home_ownership": "MORTGAGE",
        "stated_employment_years": 10,
    }


def summary_cents(section, name):
    """Return a figure of the file's own creditSummary, found by text and not by our reader."""
    found = re.search(rf"<{section}>.*?<{name}>(\d+)<", PUBLISHED.decode(), re.DOTALL)
    assert found
    return int(found[1]) * 100


def test_aggregates_agree_with_the_files_own_summary():
    facts = facts_of(REPORT, stated=None)
    cards, instalments = "revolvingAmount", "installmentAmount"
    assert {name: facts[name] for name in facts if name.endswith("_cents") and facts[name]} == {
        "revolving_balance_cents": summary_cents(cards, "currentBalance"),
        "revolving_limit_cents": summary_cents(cards, "creditLimit"),
        "scheduled_payments_cents": summary_cents(cards, "monthlyPayment")
        + summary_cents(instalments, "monthlyPayment"),
        "mortgage_payments_cents": summary_cents("mortgageAmount", "monthlyPayment"),
        "past_due_cents": summary_cents("totalAmount", "pastDue"),
    }


def test_no_record_shows_what_it_holds():
    records = [REPORT, REPORT.subject, REPORT.scores[0], REPORT.trades[0], REPORT.inquiries[0]]
    shown = "".join(repr(one) + str(one) + rich.pretty.pretty_repr(one) for one in records)
    for secret in ("1956", "UPHOLD", "666484418", "667", "189", "MI"):
        assert secret not in shown
