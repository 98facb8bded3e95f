"""APRs of many plans at once equal those of each alone."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wherewithal.lending import Flow, apr_by_dates, level_aprs_pct, regular_apr_pct
from wherewithal.lending.unit_period import Due
from wherewithal.vocabulary.errors import DomainError

PLANS = st.tuples(
    st.integers(1_000, 10**9), st.integers(1, 120), st.floats(1.0, 3.0), st.integers(0, 100)
)


@given(st.lists(PLANS, min_size=1, max_size=40))
def test_each_is_what_forty_digits_say(plans):
    rows = []
    for amount, count, ratio, off in plans:
        level = max(1, int(amount * ratio / count) + 1)
        rows.append((amount, level, max(1, level - off) if count > 1 else level + off, count))
    rows = [row for row in rows if row[1] * (row[3] - 1) + row[2] >= row[0]]
    if not rows:
        return
    amounts, levels, lasts, counts = np.array(rows).T
    found = level_aprs_pct(
        amount_financed_cents=amounts,
        payment_cents=levels,
        last_payment_cents=lasts,
        payments_count=counts,
    )
    for row, percent in zip(rows, found, strict=True):
        payments = [row[1]] * (row[3] - 1) + [row[2]]
        exact = float(regular_apr_pct(amount_financed_cents=row[0], payments_cents=payments))
        assert abs(percent - exact) < 1e-9 * max(1.0, exact / 100)


def test_an_odd_first_period_is_as_by_dates():
    # From February 10 to April 1: a month and 19 days.
    first = Due(on=date(1978, 4, 1), day=1)
    assert first.months_and_days_since(date(1978, 2, 10)) == (1, 19)
    found = level_aprs_pct(
        amount_financed_cents=np.array([600_000]),
        payment_cents=np.array([20_000]),
        last_payment_cents=np.array([20_000]),
        payments_count=np.array([36]),
        first_full=1,
        first_fraction=19 / 30,
    )
    months = [divmod(1978 * 12 + 3 + n, 12) for n in range(36)]
    one = apr_by_dates(
        advances=[Flow(on=date(1978, 2, 10), amount_cents=600_000)],
        payments=[Flow(on=date(year, month + 1, 1), amount_cents=20_000) for year, month in months],
    )
    assert abs(found[0] - one.apr_pct) < 1e-9
    assert round(one.apr_pct, 2) == 11.82


def test_what_is_not_repaid_has_no_rate():
    with pytest.raises(DomainError, match="repay"):
        level_aprs_pct(
            amount_financed_cents=np.array([100, 100]),
            payment_cents=np.array([50, 49]),
            last_payment_cents=np.array([50, 49]),
            payments_count=np.array([2, 2]),
        )
