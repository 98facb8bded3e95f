"""The check that a plan passes when it leaves, at the boundaries and for each thing that can break."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wherewithal.lending import (
    apr_bps,
    check_plan,
    is_apr_rounded,
    is_apr_within_cap,
    monthly_schedule,
    note_rate_within_cap,
)
from wherewithal.lending.schedule import Payment
from wherewithal.vocabulary.errors import InvariantBroken

START = date(2026, 1, 31)


def plan(principal_cents: int = 100_000, note_rate_bps: int = 1_200, term_months: int = 12):
    schedule = monthly_schedule(
        principal_cents=principal_cents,
        note_rate_bps=note_rate_bps,
        term_months=term_months,
        start_on=START,
    )
    amounts = [payment.amount_cents for payment in schedule.payments]
    return {
        "start_on": START,
        "financed_cents": principal_cents,
        "payments": schedule.payments,
        "apr_cap_bps": 3_600,
        "apr_bps": apr_bps(amount_financed_cents=principal_cents, payments_cents=amounts),
        "finance_charge_cents": schedule.finance_charge_cents,
    }


@given(
    st.integers(1, 5_000_000),
    st.integers(0, 3_600),
    st.sampled_from([1, 3, 6, 12, 24, 36, 60]),
    st.integers(0, 3_600),
)
def test_what_pricing_lowers_to_the_cap_passes(principal, rate, term, cap):
    lowered = note_rate_within_cap(
        principal_cents=principal, note_rate_bps=rate, term_months=term, apr_cap_bps=cap
    )
    check_plan(**plan(principal, lowered, term) | {"apr_cap_bps": cap})


def test_a_cap_that_is_reached_exactly_passes_and_a_basis_point_less_does_not():
    # $1,000.00 for a month at 12%: $1,010.00, an APR of 12% sharp.
    reached = plan(term_months=1)
    assert reached["apr_bps"] == 1_200
    check_plan(**reached | {"apr_cap_bps": 1_200})
    with pytest.raises(InvariantBroken, match="above its cap"):
        check_plan(**reached | {"apr_cap_bps": 1_199})


def test_an_apr_within_its_rounding_above_the_cap_does_not_pass():
    # $300.00 over six months at 36%: 36.0049%, told as 36.00%.
    above = plan(30_000, 3_600, 6)
    assert above["apr_bps"] == 3_600
    with pytest.raises(InvariantBroken, match="above its cap"):
        check_plan(**above)
    check_plan(**plan(30_000, 3_599, 6))


def test_no_cap_is_above_that_for_the_military():
    # 32 CFR 232.4(b); a status that nobody asked for counts as covered.
    check_plan(**plan() | {"apr_cap_bps": 3_600})
    with pytest.raises(InvariantBroken, match="32 CFR 232"):
        check_plan(**plan() | {"apr_cap_bps": 3_601})


def first_with(**changes: object) -> tuple[Payment, ...]:
    first, *others = plan()["payments"]
    return (msgspec.structs.replace(first, **changes), *others)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"payments": ()}, "there is no payment"),
        ({"payments": first_with(interest_cents=0)}, "not its two parts"),
        ({"payments": first_with(interest_cents=-1_000)}, "not its two parts"),
        ({"payments": first_with(due_on=START)}, "do not follow"),
        ({"payments": first_with(due_on=date(2026, 3, 31))}, "do not follow"),
        ({"financed_cents": 100_001}, "to the cent"),
        ({"finance_charge_cents": 0}, "not the interest"),
        ({"apr_bps": 1_199}, "not that of the payments"),
        ({"apr_bps": 0}, "not that of the payments"),
        ({"apr_cap_bps": 1_199}, "above its cap"),
        ({"payments": first_with(amount_cents=9_999)}, "there is no APR"),
    ],
)
def test_what_is_not_sound_does_not_leave(changes, message):
    with pytest.raises(InvariantBroken, match=message):
        check_plan(**plan() | changes)


def test_all_that_is_wrong_is_said_at_once():
    with pytest.raises(InvariantBroken) as broken:
        check_plan(**plan() | {"financed_cents": 99_999, "apr_cap_bps": 1_000, "apr_bps": 7})
    assert str(broken.value).count(";") == 2


def test_a_plan_without_charge_tells_no_apr():
    free = plan(note_rate_bps=0)
    check_plan(**free)
    with pytest.raises(InvariantBroken, match="no charge"):
        check_plan(**free | {"apr_bps": 1})


@given(
    st.integers(1, 10**7),
    st.integers(0, 10_000),
    st.sampled_from([1, 2, 3, 12, 36, 120]),
    st.integers(-1, 1),
)
def test_a_rounded_apr_is_known_without_solving_for_it(principal, rate, term, off):
    amounts = [
        payment.amount_cents for payment in plan(principal, min(rate, 9_000), term)["payments"]
    ]
    told = apr_bps(amount_financed_cents=principal, payments_cents=amounts)
    asked = max(0, told + off)
    assert is_apr_rounded(
        amount_financed_cents=principal, payments_cents=amounts, apr_bps=asked
    ) == (asked == told)


@given(st.integers(1, 10**7), st.integers(0, 3_600), st.sampled_from([1, 2, 3, 12, 60]))
def test_a_balance_grown_month_by_month_says_the_same(principal, cap, term):
    # The check has a closed form; this is what it stands for, in exact integers.
    amounts = [p.amount_cents for p in plan(principal, 1_799, term)["payments"]]
    balance, scale = principal, 1
    for amount in amounts:
        balance, scale = balance * (120_000 + cap), scale * 120_000
        balance -= amount * scale
    assert (balance >= 0) == is_apr_within_cap(
        amount_financed_cents=principal, payments_cents=amounts, apr_cap_bps=cap
    )
