"""APRs of many dated transactions at once are those of each alone, and those of decimals."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest

from tests.lending import appendix_j
from tests.lending.any_schedules import Money, any_schedule
from wherewithal.lending import DatedAprs, Flow, NoApr, apr_by_dates, dated_aprs, series_of
from wherewithal.lending.dated_aprs import REFUSALS
from wherewithal.lending.day_columns import Series, day_table
from wherewithal.lending.regular_columns import regular_of
from wherewithal.vocabulary.errors import DomainError


def series(sides: list[Money]) -> Series:
    return series_of(
        on=np.array([day for side in sides for day, _ in side], "datetime64[D]"),
        amount_cents=np.array([cents for side in sides for _, cents in side], np.int64),
        offsets=np.cumsum([0, *map(len, sides)]),
    )


def aprs_of(transactions: list[tuple[Money, Money]], *, has_fast_way: bool = True) -> DatedAprs:
    return dated_aprs(
        advances=series([advances for advances, _ in transactions]),
        payments=series([payments for _, payments in transactions]),
        has_fast_way=has_fast_way,
    )


def one_by_one(transaction: tuple[Money, Money]):
    advances, payments = (
        [Flow(on=day, amount_cents=cents) for day, cents in side] for side in transaction
    )
    return apr_by_dates(advances=advances, payments=payments)


@pytest.mark.parametrize("has_fast_way", [True, False])
def test_they_are_those_of_each_alone(has_fast_way):
    transactions = [any_schedule(seed) for seed in range(1_500)]
    found = aprs_of(transactions, has_fast_way=has_fast_way)
    for place, transaction in enumerate(transactions):
        alone = one_by_one(transaction)
        assert found.units.at(place) == alone.unit_period
        assert abs(found.apr_pct[place] - alone.apr_pct) < 1e-9 * max(1, alone.apr_pct)
    assert not found.refusal.any()


def largest_error(seeds: range) -> float:
    transactions = [any_schedule(seed) for seed in seeds]
    found = aprs_of(transactions)
    expected = np.array([appendix_j.apr(*transaction)[0] for transaction in transactions])
    return float(np.max(np.abs(found.apr_pct - expected) / np.maximum(1, expected)))


def test_an_independent_solver_finds_the_same():
    # The promise is 1e-6 percentage points.
    assert largest_error(range(40_000, 40_400)) < 1e-9


@pytest.mark.nightly
@pytest.mark.parametrize("tenth", range(10, 20))
def test_an_independent_solver_finds_the_same_of_many(tenth):
    assert largest_error(range(10_000 * tenth, 10_000 * (tenth + 1))) < 1e-9


@pytest.mark.nightly
def test_many_are_those_of_each_alone():
    transactions = [any_schedule(seed) for seed in range(1_000_000, 1_100_000)]
    found, slow = aprs_of(transactions), aprs_of(transactions, has_fast_way=False)
    for place, transaction in enumerate(transactions):
        if REFUSALS[found.refusal[place]] is NoApr.TOO_DEAR:
            # Some pay before the advance, and so much soon after it, that no rate is one.
            assert found.refusal[place] == slow.refusal[place]
            with pytest.raises(DomainError, match="no rate to disclose"):
                one_by_one(transaction)
            continue
        alone = one_by_one(transaction)
        for some in (found, slow):
            assert abs(some.apr_pct[place] - alone.apr_pct) < 1e-9 * max(1, alone.apr_pct)
            assert some.units.at(place) == alone.unit_period


def monthly(begin: str, *due: str) -> tuple[Money, Money]:
    days = [date.fromisoformat(day) for day in due]
    return [(date.fromisoformat(begin), 30_000)], [(day, 11_000) for day in days]


@pytest.mark.parametrize(
    "transaction",
    [
        monthly("2025-01-10", "2025-02-10", "2025-03-10", "2025-04-10"),
        monthly("2025-01-31", "2025-02-28", "2025-03-31", "2025-04-30"),
        monthly("2024-01-30", "2024-02-29", "2024-03-30", "2024-04-30"),
        monthly("2025-01-02", "2025-02-28", "2025-03-29", "2025-04-29"),
        monthly("2025-01-10", "2025-04-01", "2025-07-01", "2025-10-01"),
        monthly("2024-02-29", "2025-02-28", "2026-02-28", "2027-02-28"),
        monthly("2025-01-10", "2025-01-20", "2025-01-27", "2025-02-03"),
    ],
)
def test_regular_schedules_are_recognised(transaction):
    # Else they would only be slower, and no other test would say so.
    advances, payments = ([side] for side in transaction)
    first, last = (min(transaction[0])[0], max(transaction[1])[0])
    epoch = date(1970, 1, 1)
    table = day_table((first - epoch).days, (last - epoch).days)
    found = regular_of(series(advances), series(payments), table)
    assert found.is_regular.tolist() == [True]
    assert found.units.at(0) == one_by_one(transaction).unit_period


@pytest.mark.parametrize("has_fast_way", [True, False])
@pytest.mark.parametrize(("count", "payment"), [(1, 10**9), (3, 10**9), (3, 10**5), (300, 10**7)])
def test_the_dearest_have_a_rate_still(count, payment, has_fast_way):
    # Ten million times what was lent, a month later and on: each step goes a small part of the way.
    months = np.arange("2025-02", "2060-01", dtype="datetime64[M]").astype("datetime64[D]")
    dear = ([(START, 100)], [(day, payment) for day in months[:count].tolist()])
    found, alone = aprs_of([dear, dear], has_fast_way=has_fast_way), one_by_one(dear)
    assert found.apr_pct == pytest.approx([alone.apr_pct] * 2, rel=1e-9)


def test_order_and_days_that_come_twice_change_nothing():
    advances, payments = any_schedule(7)
    halves = [(day, cents // 2) for day, cents in payments]
    halves += [(day, cents - cents // 2) for day, cents in reversed(payments)]
    found = aprs_of([(advances, payments), (advances, halves), any_schedule(8)])
    assert found.apr_pct[0] == found.apr_pct[1]
    assert found.apr_pct[2] == aprs_of([any_schedule(8)]).apr_pct[0]


START, LATER = date(2025, 1, 1), date(2025, 2, 1)


def test_what_has_no_apr_keeps_its_place_and_says_why():
    good = ([(START, 100)], [(LATER, 110)])
    found = aprs_of(
        [
            good,
            ([], [(LATER, 110)]),
            ([(START, 100)], []),
            ([(START, 100)], [(LATER, 1)] * 10_000),
            ([(START, 100), (LATER, 0)], [(LATER, 110)]),
            ([(START, 100)], [(START, 110)]),
            ([(START, 100)], [(LATER, 99)]),
            ([(START, 1)], [(date(2025, 1, 2), 10**13), (date(2025, 1, 3), 10**13)]),
            good,
        ]
    )
    assert [REFUSALS[code] for code in found.refusal.tolist()] == [
        None,
        NoApr.ABSENT,
        NoApr.ABSENT,
        NoApr.TOO_MANY,
        NoApr.NOT_POSITIVE,
        NoApr.NEVER_PAID,
        NoApr.NOT_REPAID,
        NoApr.TOO_DEAR,
        None,
    ]
    assert np.isnan(found.apr_pct[1:-1]).all()
    # 10% in a month.
    assert found.apr_pct[[0, -1]] == pytest.approx([120.0, 120.0], abs=1e-9)


def test_a_regular_schedule_that_repays_less_has_no_apr_and_disturbs_no_other():
    advances, payments = monthly("2025-01-10", "2025-02-10", "2025-03-10", "2025-04-10")
    short = ([(advances[0][0], 33_001)], payments)
    even = ([(advances[0][0], 33_000)], payments)
    found = aprs_of([(advances, payments), short, even])
    assert [REFUSALS[code] for code in found.refusal.tolist()] == [None, NoApr.NOT_REPAID, None]
    assert found.apr_pct[0] == pytest.approx(one_by_one((advances, payments)).apr_pct, abs=1e-9)
    assert found.apr_pct[2] == 0


def test_nothing_at_all_is_no_error():
    assert len(aprs_of([]).apr_pct) == 0
    assert aprs_of([([], [])]).refusal.tolist() == [1]


@pytest.mark.parametrize(
    ("on", "amounts", "offsets", "message"),
    [
        (["2025-01-01", "NaT"], [1, 1], [0, 2], "none missing"),
        (["2025-01-01", "2025-01-02"], [1.0, 1.0], [0, 2], "whole numbers"),
        (["2025-01-01", "2025-01-02"], [1, 1], [0, 1], "offsets ascend"),
        (["2025-01-01", "2025-01-02"], [1, 1], [0, 2, 1, 2], "offsets ascend"),
        (["2025-01-01"], [1, 1], [0, 1], "offsets ascend"),
        (["12025-01-01"], [1], [0, 1], "years 1 to 9999"),
        (["2025-01-01"], [10**13 + 1], [0, 1], "10,000,000,000,000 cents"),
    ],
)
def test_columns_that_do_not_fit_are_refused(on, amounts, offsets, message):
    with pytest.raises(DomainError, match=message):
        series_of(
            on=np.array(on, "datetime64[D]"),
            amount_cents=np.array(amounts),
            offsets=np.array(offsets),
        )


def test_as_many_of_one_kind_as_of_the_other():
    with pytest.raises(DomainError, match="as many"):
        dated_aprs(advances=series([[(START, 1)]]), payments=series([]))


def test_columns_of_lists_are_this_form_already():
    # As a Parquet file has them; example (c)(5)(i) twice, once in two payments of a day.
    frame = pl.DataFrame(
        {
            "on": [[date(1978, 9, 15)], [date(1978, 9, 15)] * 2],
            "cents": [[108_000], [100_000, 8_000]],
        }
    )
    lengths = frame["on"].list.len().to_list()
    found = dated_aprs(
        advances=series([[(date(1978, 1, 3), 100_000)]] * 2),
        payments=series_of(
            on=frame["on"].explode().to_numpy().astype("datetime64[D]"),
            amount_cents=frame["cents"].explode().to_numpy(),
            offsets=np.cumsum([0, *lengths]),
        ),
    )
    assert found.apr_pct.round(2).tolist() == [11.45, 11.45]
