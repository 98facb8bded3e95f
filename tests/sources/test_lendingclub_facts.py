"""The real loan file, whole, and the traps that change decisions (POLICY.md §0), one a test."""

import csv
import gzip
import random
from datetime import date

import polars as pl
import pytest

from tests.sources.lendingclub_rows import HEADER, REAL, csv_text, row, write
from wherewithal.sources.lendingclub import read_lendingclub
from wherewithal.sources.lendingclub.columns import COLUMNS, NEVER_READ
from wherewithal.vocabulary.facts import FACTS


@pytest.fixture(scope="module")
def real():
    return read_lendingclub(REAL)


def one(tmp_path, **cells):
    return read_lendingclub(write(tmp_path, csv_text(row(**cells)))).row(0, named=True)


def test_every_row_is_there_in_the_order_of_the_contract(real):
    assert real.height == 20_814
    assert real.columns == ["applicant_id", *(f.name for f in FACTS), "failure", "failure_cause"]
    assert real["applicant_id"].to_list() == [str(i) for i in range(20_814)]


def test_a_real_row_becomes_facts_in_cents_and_basis_points(real):
    known = {k: v for k, v in real.row(2, named=True).items() if v is not None}
    assert known == {
        "applicant_id": "2",
        "as_of": date(2007, 12, 1),
        "state": "NC",
        "stated_income_cents": 2_400_000,  # 24000.0
        "income_verified": False,
        "home_ownership": "RENT",
        "stated_employment_years": 10,  # 10+ years
        "inquiries_6m": 1,
        "revolving_balance_cents": 94_900,
        "revolving_utilisation_bps": 5_580,  # 0.5579999999999999
        "debt_to_income_bps": 240,  # 2.4 percent
        "oldest_trade_date": date(2001, 9, 1),
        "total_trades": 8,
        "open_trades": 5,
        "delinquencies_24m": 0,
        "trades_past_due": 0,
        "past_due_cents": 0,
        "chargeoffs_12m": 0,
        "collections_12m": 0,
        "public_records": 0,
    }


def test_zero_months_since_a_delinquency_means_never(real):
    # 1,228 rows read naively; 820 zeros have no delinquency in two years, one zero is real.
    assert (real["months_since_delinquency"] <= 6).sum() == 408
    assert (real["months_since_delinquency"] == 0).sum() == 1


def test_a_real_zero_stays(tmp_path):
    facts = one(tmp_path, mths_since_last_delinq="0", delinq_2yrs="1")
    assert facts["months_since_delinquency"] == 0


def test_zero_months_since_a_record_means_no_record(real):
    assert real["months_since_public_record"].min() == 5
    assert real.filter(real["public_records"] == 0)["months_since_public_record"].is_null().all()


def test_bankruptcies_missing_by_vintage_are_unknown_and_not_zero(real):
    assert real["bankruptcies"].null_count() == 1_365
    assert (real["bankruptcies"] > 0).sum() == 885


def test_a_bankruptcy_is_dated_only_where_every_record_is_one(tmp_path):
    cells = {"pub_rec": "1", "mths_since_last_record": "80", "pub_rec_bankruptcies": "1"}
    assert one(tmp_path, **cells)["months_since_bankruptcy"] == 80
    assert one(tmp_path, **{**cells, "pub_rec": "2"})["months_since_bankruptcy"] is None


def test_rows_without_a_bureau_block_are_a_failure_and_no_decline(real):
    failed = real.filter(pl.col("failure") == "bureau_block_missing")
    assert failed.height == 29
    assert real["failure"].drop_nulls().unique().to_list() == ["bureau_block_missing"]
    assert failed["failure_cause"].unique().item() == (
        "bureau columns without a value: inq_last_6mths, earliest_cr_line, total_acc, open_acc, "
        "delinq_2yrs, acc_now_delinq, delinq_amnt, pub_rec"
    )


def test_income_that_was_not_stated_is_unknown(tmp_path):
    facts = one(tmp_path, annual_inc="")
    assert (facts["stated_income_cents"], facts["failure"]) == (None, None)


@pytest.mark.parametrize(
    ("status", "verified"),
    [("Verified", True), ("Source Verified", True), ("Not Verified", False)],
)
def test_verification_status_says_only_whether_income_was_verified(tmp_path, status, verified):
    assert one(tmp_path, verification_status=status)["income_verified"] is verified


def test_dti_holds_no_housing_so_no_payment_is_made_of_it(real):
    names = ["scheduled_payments_cents", "mortgage_payments_cents", "stated_housing_cents"]
    assert real.select(pl.col(names).is_null().all()).row(0) == (True, True, True)


def test_columns_that_follow_the_loan_cannot_become_facts():
    read = {column.name for column in COLUMNS}
    assert read & NEVER_READ == set()
    assert set(HEADER) - read - NEVER_READ == {"tax_liens"}  # no longer on bureau files


def test_garbling_every_other_column_changes_no_fact(tmp_path, real):
    read = {column.name for column in COLUMNS}
    with gzip.open(REAL, "rt", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    seed = random.Random(7)
    for name in set(HEADER) - read:
        column = [r[name] for r in rows]
        seed.shuffle(column)
        for r, cell in zip(rows, column, strict=True):
            r[name] = seed.choice((cell, "", "NaN", "Charged Off", "x" * 400, 'a "quoted", cell'))
    assert read_lendingclub(write(tmp_path, csv_text(*rows))).equals(real)


def test_without_the_columns_that_are_not_read_the_frame_is_the_same(tmp_path, real):
    # Order turned round, outcome columns gone, a column of a later vintage in their place.
    names = [c.name for c in reversed(COLUMNS)]
    table = pl.read_csv(REAL, infer_schema=False).select(names).with_columns(fico=pl.lit("700"))
    path = tmp_path / "loans.csv"
    table.write_csv(path)
    assert read_lendingclub(path).equals(real)
