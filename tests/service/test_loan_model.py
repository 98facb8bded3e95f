"""A loan against a plain model of one, written apart: whatever happens, in any order, comes out even.

The model keeps a list of [principal, interest, paid] and knows no dates but "is it due": it is what
a person would do on paper.
"""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from wherewithal.lending import monthly_schedule
from wherewithal.service.loan_course import (
    Course,
    after_payment,
    after_refund,
    payoff_cents,
    principal_left_cents,
)
from wherewithal.service.loan_records import Instalment

START = date(2026, 1, 31)


def booked(principal: int, rate_bps: int, months: int) -> tuple[Instalment, ...]:
    plan = monthly_schedule(
        principal_cents=principal, note_rate_bps=rate_bps, term_months=months, start_on=START
    )
    return tuple(
        Instalment(
            number=number,
            due_on=one.due_on,
            amount_cents=one.amount_cents,
            principal_cents=one.principal_cents,
            interest_cents=one.interest_cents,
        )
        for number, one in enumerate(plan.payments, 1)
    )


loans = st.builds(
    booked,
    st.integers(100, 2_000_000),
    st.integers(0, 3_600),
    st.sampled_from([3, 6, 12, 24]),
)
#: What happens, on which day, and how much of what could be at most, in thousandths.
happenings = st.lists(
    st.tuples(st.sampled_from(["pay", "refund"]), st.integers(0, 800), st.integers(1, 1_000)),
    max_size=12,
)


def owed_by_hand(instalments: tuple[Instalment, ...], on: date) -> int:
    """Return what pays off: each unpaid cent, but no interest after the next payment."""
    total, has_passed_next = 0, False
    for one in instalments:
        interest = max(one.interest_cents - one.paid_cents, 0)
        total += one.amount_cents - one.paid_cents - (interest if has_passed_next else 0)
        has_passed_next = has_passed_next or one.due_on >= on
    return total


def check(before: tuple[Instalment, ...], course: Course) -> None:
    """Fail if a cent was lost or made, or anything rose or fell below zero."""
    after = course.instalments
    assert principal_left_cents(before) - principal_left_cents(after) == course.principal_cents
    assert course.principal_cents >= 0
    assert course.waived_cents >= 0
    assert course.waived_cents == sum(one.interest_cents for one in before) - sum(
        one.interest_cents for one in after
    )
    for old, new in zip(before, after, strict=True):
        assert (old.number, old.due_on) == (new.number, new.due_on)
        assert 0 <= new.paid_cents <= new.amount_cents <= old.amount_cents
        assert new.amount_cents == new.principal_cents + new.interest_cents
        assert 0 <= new.interest_cents <= old.interest_cents
        assert new.paid_cents >= old.paid_cents
        # Interest is never waited for without principal, or nobody would know the loan is open.
        assert (new.unpaid_principal_cents == 0) == (new.unpaid_cents == 0)


@settings(max_examples=300, deadline=None)
@given(loan=loans, rate=st.integers(0, 3_600), happens=happenings)
def test_whatever_happens_no_cent_is_lost_or_made(loan, rate, happens):
    lent = principal_left_cents(loan)
    paid = restored = principal_paid = refunded = 0
    for what, day, share in happens:
        on = START + timedelta(days=day)
        owed = payoff_cents(loan, on=on)
        assert owed == owed_by_hand(loan, on)
        most = owed if what == "pay" else lent - refunded
        cents = max(1, most * share // 1_000)
        if what == "pay":
            course = after_payment(loan, cents, on=on)
            if cents > owed:
                assert course is None
                continue
            assert course is not None
            assert course.principal_cents + course.interest_cents == cents
            assert (cents == owed) == (principal_left_cents(course.instalments) == 0)
            paid += cents
            principal_paid += course.principal_cents
        else:
            if cents > most:
                continue
            course = after_refund(loan, cents, note_rate_bps=rate, on=on)
            assert course.principal_cents == min(cents, principal_left_cents(loan))
            refunded += cents
            restored += course.principal_cents
        check(loan, course)
        loan = course.instalments
    assert restored <= lent
    assert lent - principal_paid - restored == principal_left_cents(loan)
    assert paid == sum(one.paid_cents for one in loan)


@settings(max_examples=100, deadline=None)
@given(loan=loans, late=st.lists(st.booleans(), min_size=24, max_size=24))
def test_on_time_counts_each_payment_made_by_its_day(loan, late):
    expected = counted = 0
    for one, is_late in zip(loan, late, strict=False):
        on = one.due_on + timedelta(days=1 if is_late else 0)
        due = next(now for now in loan if now.number == one.number)
        course = after_payment(loan, due.unpaid_cents, on=on)
        assert course is not None
        counted += course.on_time
        expected += not is_late
        loan = course.instalments
    assert counted == expected
    assert payoff_cents(loan, on=START) == 0


def test_a_refund_by_hand():
    # 0.0 %: three payments of $100; $150 come back: the last is gone, the second is halved.
    loan = booked(30_000, 0, 3)
    course = after_refund(loan, 15_000, note_rate_bps=0, on=START)
    assert [one.amount_cents for one in course.instalments] == [10_000, 5_000, 0]
    # 12 %: 1 % of the $50 that are left is 50 cents, and one payment pays it all.
    loan = booked(10_000, 1_200, 3)
    course = after_refund(loan, 5_000, note_rate_bps=1_200, on=START)
    assert [(one.principal_cents, one.interest_cents) for one in course.instalments] == [
        (3_351, 50),
        (1_649, 16),
        (0, 0),
    ]
