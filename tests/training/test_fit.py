"""The arithmetic of the fit, on rows small enough to count by hand."""

import math

import numpy as np
import polars as pl
import pytest

from training.characteristics import CANDIDATES, CHARACTERISTICS, Characteristic, Direction
from training.data import Loans, attributes_of
from training.dmn_file import unary_tests
from training.fit import (
    BinFit,
    FittedCharacteristic,
    Scorecard,
    bin_index,
    evidence_by_bin,
    fit_scorecard,
    points_of,
    pool_monotone,
)
from wherewithal.sources.facts_check import FRAME_SCHEMA

TRADES = Characteristic(
    attribute="trades", reason="S", label="Trades", direction=Direction.RISING, cuts=(4, 10)
)


def loans_of(values, bad):
    return Loans(
        attributes=pl.DataFrame({"trades": pl.Series(values, dtype=pl.Int64)}),
        bad=np.array(bad),
        year=np.full(len(bad), 2008),
        left_out=0,
    )


@pytest.mark.parametrize("characteristic", [*CHARACTERISTICS, *CANDIDATES], ids=lambda c: c.label)
def test_every_value_lies_in_the_bin_whose_test_admits_it(characteristic):
    edges = [cut + step for cut in characteristic.cuts for step in (-1, 0, 1)]
    values = edges or [word for words in characteristic.words for word in words]
    tests = unary_tests(characteristic)
    found = bin_index(characteristic, pl.Series(values)).tolist()
    admitting = [[i for i, test in enumerate(tests) if admits(test, v)] for v in values]
    assert admitting == [[i] for i in found]


def admits(test, value):
    """Say what FEEL says, for the few forms that the table has."""
    if test.startswith("<= "):
        return value <= int(test[3:])
    if test.startswith("> "):
        return value > int(test[2:])
    if test.startswith("["):
        low, high = test.strip("[]").split("..")
        return int(low) <= value <= int(high)
    return f'"{value}"' in test if isinstance(value, str) else value == int(test)


def test_null_lies_in_no_bin():
    assert bin_index(TRADES, pl.Series([None, 4, 5, 11])).tolist() == [-1, 0, 1, 2]


def test_bins_that_break_the_order_are_pooled():
    good, bad = np.array([70.0, 90.0, 80.0, 95.0]), np.array([30.0, 10.0, 20.0, 5.0])
    assert pool_monotone(good, bad, rising=True) == [0, 1, 1, 2]
    assert pool_monotone(good, bad, rising=False) == [0, 0, 0, 0]


def test_evidence_is_smoothed_by_rows_of_average_risk():
    # 100 rows, 20 bad; the lowest bin has 50 rows, 15 bad. With 100 rows of 20% added: 35 of 150.
    index = np.array([0] * 50 + [1] * 50)
    bad = np.array([1] * 15 + [0] * 35 + [1] * 5 + [0] * 45)
    evidence = evidence_by_bin(TRADES, index, bad)
    assert evidence[0] == pytest.approx(math.log(115 / 35) - math.log(80 / 20))
    assert evidence[1] == pytest.approx(math.log(125 / 25) - math.log(80 / 20))
    assert evidence.tolist()[2:] == [evidence[1], 0.0]  # an empty bin is its neighbour's; null


def test_points_are_base_and_bins_and_nothing_for_null():
    bins = tuple(BinFit(rows=1, bad=0, points=points) for points in (-5, 0, 3))
    null = BinFit(rows=0, bad=0, points=0)
    part = FittedCharacteristic(characteristic=TRADES, bins=bins, null=null)
    frame = pl.DataFrame({"trades": [1, 7, 11, None]})
    assert points_of(Scorecard(base=600, parts=(part,)), frame).tolist() == [595, 600, 603, 600]


def test_the_base_makes_the_loans_end_as_expected():
    # One bin of one risk: 1 of 7 is bad, so all stand at 600, odds of 6 to 1.
    loans = loans_of([1] * 700 + [20] * 700, ([1] + [0] * 6) * 200)
    loans = Loans(
        attributes=loans.attributes, bad=np.roll(loans.bad, 1), year=loans.year, left_out=0
    )
    loans.bad[:5] = 1  # a little evidence, so that there is a weight to fit
    scorecard = fit_scorecard(loans, (TRADES,))
    assert abs(int(points_of(scorecard, loans.attributes).mean()) - 600) <= 1


def test_a_weight_that_turns_the_order_round_is_refused():
    twin = pl.DataFrame({"trades": [1] * 100 + [20] * 100, "other": [20] * 60 + [1] * 140})
    bad = np.array([1] * 60 + [0] * 40 + [1] * 10 + [0] * 90)
    other = Characteristic(
        attribute="other", reason="S", label="Other", direction=Direction.RISING, cuts=(4,)
    )
    loans = Loans(attributes=twin, bad=bad, year=np.full(200, 2008), left_out=0)
    with pytest.raises(ValueError, match="weights that are not positive: other"):
        fit_scorecard(loans, (TRADES, other))


def test_attributes_of_a_bureau_file_come_from_balances_and_payments():
    facts = {
        "stated_income_cents": 6_000_000,
        "scheduled_payments_cents": 106_200,
        "revolving_balance_cents": 684_000,
        "revolving_limit_cents": 6_220_000,
    }
    row = attributes_of(
        pl.DataFrame({name: [facts.get(name)] for name in FRAME_SCHEMA}, schema=FRAME_SCHEMA)
    ).row(0, named=True)
    # 106,200 x 12 / 6,000,000 = 21.24%; 684,000 / 6,220,000 = 10.99%.
    assert (row["obligations_to_income_bps"], row["utilisation_bps"]) == (2_124, 1_099)
    assert row["oldest_trade_months"] is None
