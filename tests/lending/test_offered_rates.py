"""Many plans at once say what the exact functions say, to the basis point."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from wherewithal.lending.offered_rates import _BPS_ERROR, _estimate, _exact, offered_rates

PLANS = st.tuples(
    # Small and round amounts are where roundings decide.
    st.integers(1, 5_000)
    | st.integers(1, 2_000_000)
    | st.integers(1, 2_000).map(lambda n: n * 5_000),
    st.integers(0, 40) | st.integers(0, 3_600),
    st.sampled_from([1, 3, 6, 12, 18, 24, 36, 48, 60, 120]),
    st.integers(0, 3_600),
)


@given(st.lists(PLANS, min_size=1, max_size=30))
def test_they_are_those_of_the_exact_functions(plans):
    _assert_exact(np.array(plans, np.int64))


def test_twenty_thousand_plans_of_a_lender_s_grid():
    chance = np.random.default_rng(20_814)
    size = 20_000
    rates = chance.choice([799, 999, 1_399, 1_499, 1_899, 2_199, 2_299, 2_999, 3_600], size)
    cap = np.where(chance.random(size) < 0.3, rates, 3_600)
    principal = chance.integers(2_600, 2_000_000, size) // chance.choice([1, 100, 5_000], size)
    plans = [
        np.maximum(principal, 1),
        rates,
        chance.choice([3, 6, 12, 18, 24, 36, 48, 60], size),
        cap,
    ]
    _assert_exact(np.stack(plans, axis=1)[::10])
    estimate, is_sure = _estimate(plans[0], rates, plans[2])
    assert is_sure[plans[0] >= 15_000].mean() > 0.97
    # The bound that the kernel states is wide: a hundred plans against exact APRs.
    for place in np.flatnonzero(is_sure)[:100].tolist():
        exact = _exact(
            principal_cents=int(plans[0][place]),
            note_rate_bps=int(rates[place]),
            term_months=int(plans[2][place]),
            apr_cap_bps=10_000,
        )
        assert abs(estimate[place] - exact[1]) <= 0.5 + _BPS_ERROR


def _assert_exact(plans) -> None:
    principal, rate, term, cap = plans.T
    found = offered_rates(
        principal_cents=principal, note_rate_bps=rate, term_months=term, apr_cap_bps=cap
    )
    expected = [
        _exact(principal_cents=a, note_rate_bps=b, term_months=c, apr_cap_bps=d)
        for a, b, c, d in plans.tolist()
    ]
    assert list(zip(*(column.tolist() for column in found), strict=True)) == expected
