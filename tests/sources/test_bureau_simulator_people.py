"""People of the loan file: their credit files say what their rows say."""

from datetime import date, timedelta

import polars as pl
import pytest

from tests.sources.bureau_talk import LOANS, ON
from wherewithal.sources.bureau_simulator.loan_file import (
    file_of_row,
    limit_dollars,
    payments_dollars,
)
from wherewithal.sources.bureau_simulator.loan_people import LoanPeople, identity_of_row
from wherewithal.sources.bureau_simulator.tu4_writer import write_report
from wherewithal.sources.bureau_transunion import TransUnionReader, facts_of, parse_report
from wherewithal.sources.lendingclub import read_lendingclub
from wherewithal.vocabulary.facts import FACTS
from wherewithal.vocabulary.stated import Stated

#: A thousand rows at even distances, and some with something rare on file.
ROWS, EVERY, RARE_ROWS = 1_000, 20, 60
#: As the report says them, to the value. The others of FACTS:
EXACT = (
    *("as_of", "state", "inquiries_6m", "revolving_balance_cents", "oldest_trade_date"),
    *("total_trades", "open_trades", "delinquencies_24m", "trades_past_due", "past_due_cents"),
    *("months_since_delinquency", "months_since_bankruptcy"),
)
#: unknown to the vintage of some rows; the report lists none, and that is 0;
ZERO_IF_UNKNOWN = ("chargeoffs_12m", "collections_12m", "bankruptcies")
#: only bankruptcies are counted;
BANKRUPTCIES = {"public_records": "bankruptcies", "months_since_public_record": "months_since_bankruptcy"}  # fmt: skip
#: said in whole dollars, by which the ratios of the row come out;
DOLLARS = ("revolving_limit_cents", "scheduled_payments_cents")
#: a bureau knows none of them, or its report has them and the row does not.
NOT_CARRIED = (
    *("stated_income_cents", "income_verified", "home_ownership", "stated_housing_cents"),
    *("stated_employment_years", "revolving_utilisation_bps", "debt_to_income_bps", "age_years"),
    *("bureau_score", "mortgage_payments_cents", "worst_past_due_days", "has_fraud_alert"),
    *("has_active_duty_alert", "has_dispute", "own_days_late", "own_charged_off"),
    *("own_on_time_payments", "own_days_since_first"),
)


@pytest.fixture(scope="module")
def people():
    return LoanPeople(read_lendingclub(LOANS))


@pytest.fixture(scope="module")
def rows():
    frame = read_lendingclub(LOANS).with_row_index("row")
    rare = pl.any_horizontal(
        pl.col("open_trades") < 2,
        pl.col("trades_past_due") > 0,
        pl.col("delinquencies_24m") > 4,
        pl.col("bankruptcies") > 1,
        pl.col("revolving_balance_cents") == 0,
    )
    known = frame.filter(pl.col("failure").is_null())
    rare_rows = known.filter(rare)["row"].head(RARE_ROWS)
    return sorted({*rare_rows, *known["row"].gather_every(EVERY)})


@pytest.fixture(scope="module")
def said_of(people, rows):
    """Return the facts of each row, and those that its report says."""
    return {row: read_back(people, row) for row in rows}


def read_back(people, row, *, reported_on=None):
    facts = people.facts(row)
    file = file_of_row(facts, people.identity(row), reported_on=reported_on or facts["as_of"])
    return facts, facts_of(parse_report(write_report(file), own_member_codes=frozenset()), stated=None)  # fmt: skip


def test_the_lists_hold_every_fact_once():
    listed = (*EXACT, *ZERO_IF_UNKNOWN, *BANKRUPTCIES, *DOLLARS, *NOT_CARRIED)
    assert sorted(listed) == sorted(fact.name for fact in FACTS)


def test_the_report_of_a_row_has_the_facts_of_the_row(said_of):
    assert len(said_of) > ROWS
    for row, (facts, said) in said_of.items():
        expected = {name: facts[name] for name in EXACT}
        expected |= {name: facts[name] or 0 for name in ZERO_IF_UNKNOWN}
        expected["public_records"] = facts["bankruptcies"] or 0
        expected["months_since_public_record"] = facts["months_since_bankruptcy"]
        expected["scheduled_payments_cents"] = payments_dollars(facts) * 100
        if facts["open_trades"] > facts["total_trades"]:  # two rows of the file say so
            expected["open_trades"] = facts["total_trades"]
        if facts["trades_past_due"]:  # the reader's rule: late now is late this month
            expected["months_since_delinquency"] = 0
        assert {name: said[name] for name in expected} == expected, row


def test_the_limit_makes_the_utilisation_of_the_row(said_of):
    for row, (facts, said) in said_of.items():
        used, balance = facts["revolving_utilisation_bps"], said["revolving_balance_cents"]
        if used is None:
            assert said["revolving_limit_cents"] == 0
            continue
        limit = said["revolving_limit_cents"]
        assert limit == (limit_dollars(balance // 100, used) or 0) * 100
        if balance and used:  # a dollar more or less of limit moves it by this much
            assert abs(10_000 * balance // limit - used) <= used * 100 // limit + 1, row


@pytest.mark.parametrize(
    ("balance", "used_bps", "limit"),
    [(13_648, 8_370, 16_305), (0, 0, 1_000), (0, 5_000, 1_000), (500, None, None), (7, 0, 70_001)],
)
def test_limits_by_hand(balance, used_bps, limit):
    assert limit_dollars(balance, used_bps) == limit


def test_a_report_of_today_moves_every_date_by_the_same_days(people):
    facts, said = read_back(people, 17, reported_on=ON)
    shift = ON - facts["as_of"]
    assert said["as_of"] == ON
    assert said["oldest_trade_date"] == facts["oldest_trade_date"] + shift
    assert said["inquiries_6m"] == facts["inquiries_6m"]


def test_row_and_person_are_one_to_one(people):
    numbers = {identity_of_row(row, state="OH", oldest=None).ssn for row in range(len(people))}
    assert len(numbers) == len(people) == 20_814
    assert all(number.startswith("9") and 1 <= int(number[3:5]) <= 49 for number in numbers)
    assert [people.row_of(people.identity(row).ssn) for row in (0, 9_999, 20_813)] == [0, 9_999, 20_813]  # fmt: skip
    strangers = ("123456789", "900500001", "900010000", "999010001", "998499999")
    assert [people.row_of(number) for number in strangers] == [None] * len(strangers)


def test_nobody_borrowed_as_a_child(people):
    for row in range(0, len(people), 50):
        facts = people.facts(row)
        if facts is not None:
            born = people.identity(row).date_of_birth
            assert timedelta(days=19 * 365) < facts["oldest_trade_date"] - born < timedelta(days=32 * 366)  # fmt: skip
            assert born > date(1900, 1, 1)


def test_what_the_reader_says_of_a_person_is_what_the_file_says(people):
    facts, identity, stated = people.facts(3), people.identity(3), people.stated(3)
    raw = write_report(file_of_row(facts, identity, reported_on=ON))
    reader = TransUnionReader(own_member_codes=frozenset())
    read = reader.read(raw, identity=identity, stated=stated, on=ON)
    report = parse_report(raw, own_member_codes=frozenset())
    assert read.failure is None
    assert read.facts == facts_of(report, stated=stated)
    assert read.facts["stated_income_cents"] == facts["stated_income_cents"]


def test_a_person_with_nothing_on_file_has_no_file(people):
    empty = next(row for row in range(len(people)) if people.facts(row) is None)
    assert people.stated(empty) == Stated(income_verified=None)
