"""Payment schedules of monthly instalments: due dates, payments, principal and interest.

Interest is rounded cumulatively: what has accrued since the start, on the exact balance, is rounded
half-even, and a payment bears the difference to what was borne before. So no cent is lost or made
over the term, however many payments there are.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date

import msgspec

from wherewithal.lending.annuity import PRINCIPAL_CENTS_MAX, level_payment_cents, monthly_rate
from wherewithal.vocabulary.errors import DomainError, InvariantBroken
from wherewithal.vocabulary.money import Cents, divide_half_even, whole_number
from wherewithal.vocabulary.rate import BasisPoints


class Payment(msgspec.Struct, frozen=True, kw_only=True):
    """One payment; principal and interest sum to the amount."""

    due_on: date
    amount_cents: Cents
    principal_cents: Cents
    interest_cents: Cents


class Schedule(msgspec.Struct, frozen=True, kw_only=True):
    """A closed-end monthly plan, paid as agreed."""

    #: The amount financed: no fee is ever deducted from what is lent.
    principal_cents: Cents
    note_rate_bps: BasisPoints
    #: The term that was priced; `payments` has fewer where rounding up repays earlier.
    term_months: int
    start_on: date
    #: The level payment; every payment but the last has this amount, the last at most.
    payment_cents: Cents
    payments: tuple[Payment, ...]
    finance_charge_cents: Cents
    total_of_payments_cents: Cents
    is_paid_early: bool


def monthly_schedule(
    *, principal_cents: Cents, note_rate_bps: BasisPoints, term_months: int, start_on: date
) -> Schedule:
    """Return the schedule of level payments, the first one month after `start_on`.

    The last payment takes the difference and never exceeds the level one; no payment is zero.

    Units:  cents, 1 to PRINCIPAL_CENTS_MAX; basis points a year, 0 to 10_000; months, 1 to 120.
    Errors: DomainError outside these domains, or if a due date would lie beyond the year 9999.
    Source: DESIGN §4; docs/decisions/0003-rounding.md.

    >>> plan = monthly_schedule(
    ...     principal_cents=10_000, note_rate_bps=1_200, term_months=3, start_on=date(2025, 1, 31)
    ... )
    >>> [(str(one.due_on), one.amount_cents, one.interest_cents) for one in plan.payments]
    [('2025-02-28', 3401, 100), ('2025-03-31', 3401, 67), ('2025-04-30', 3399, 34)]
    """
    level_cents, interest_to_date = _rounded_course(
        principal_cents=principal_cents, note_rate_bps=note_rate_bps, term_months=term_months
    )
    count = len(interest_to_date)
    due_dates = monthly_due_dates(start_on=start_on, count=count)
    total_cents = principal_cents + interest_to_date[-1]
    payments: list[Payment] = []
    borne_cents = 0
    for number, due_on in enumerate(due_dates, start=1):
        amount = level_cents if number < count else total_cents - (count - 1) * level_cents
        interest = interest_to_date[number - 1] - borne_cents
        borne_cents += interest
        payments.append(
            Payment(
                due_on=due_on,
                amount_cents=amount,
                principal_cents=amount - interest,
                interest_cents=interest,
            )
        )
    return Schedule(
        principal_cents=principal_cents,
        note_rate_bps=note_rate_bps,
        term_months=term_months,
        start_on=start_on,
        payment_cents=level_cents,
        payments=tuple(payments),
        finance_charge_cents=interest_to_date[-1],
        total_of_payments_cents=total_cents,
        is_paid_early=count < term_months,
    )


def payment_amounts_cents(
    *, principal_cents: Cents, note_rate_bps: BasisPoints, term_months: int
) -> tuple[Cents, ...]:
    """Return only the amounts that `monthly_schedule` has, in order.

    Units:  as `monthly_schedule`, and the same errors.

    >>> payment_amounts_cents(principal_cents=10_000, note_rate_bps=1_200, term_months=3)
    (3401, 3401, 3399)
    """
    level_cents, interest_to_date = _rounded_course(
        principal_cents=principal_cents, note_rate_bps=note_rate_bps, term_months=term_months
    )
    before_last = len(interest_to_date) - 1
    last_cents = principal_cents + interest_to_date[-1] - before_last * level_cents
    return (*(level_cents,) * before_last, last_cents)


def monthly_due_dates(*, start_on: date, count: int) -> tuple[date, ...]:
    """Return `count` days one month apart, the first a month after `start_on`.

    Each falls on the day of the month of `start_on`, or on the last day of a month that lacks it.

    Errors: DomainError if `start_on` is not a date (or is a datetime), or the last is after 9999.

    >>> [str(day) for day in monthly_due_dates(start_on=date(2024, 1, 31), count=3)]
    ['2024-02-29', '2024-03-31', '2024-04-30']
    """
    if type(start_on) is not date:
        message = "start_on must be a date without a time"
        raise DomainError(message)
    first_month = 12 * start_on.year + start_on.month - 1
    if (first_month + count) // 12 > date.max.year:
        message = f"start_on must leave room for {count} months before the year 10000"
        raise DomainError(message)
    days: list[date] = []
    for month_number in range(first_month + 1, first_month + count + 1):
        year, month_before = divmod(month_number, 12)
        month = month_before + 1
        days.append(date(year, month, min(start_on.day, monthrange(year, month)[1])))
    return tuple(days)


def _rounded_course(
    *, principal_cents: Cents, note_rate_bps: BasisPoints, term_months: int
) -> tuple[Cents, list[Cents]]:
    """Return the level payment, and the rounded interest to date at each payment until the last.

    Exact integers: after k months amounts are whole numbers over base**k. A payment is the last
    when what is then owed, rounded, is at most the level payment. It is never zero: before it more
    than the level payment was owed, so at least a cent remained. At the full term it is reached,
    because the level payment is at least principal times the exact factor.
    """
    whole_number(principal_cents, name="principal_cents", minimum=1, maximum=PRINCIPAL_CENTS_MAX)
    level_cents = level_payment_cents(
        principal_cents=principal_cents, note_rate_bps=note_rate_bps, term_months=term_months
    )
    rise, base = monthly_rate(note_rate_bps)
    growth = base + rise
    interest_to_date: list[Cents] = []
    balance = principal_cents
    scale = 1
    unpaid_cents = principal_cents  # principal less all payments so far, interest not counted
    for _ in range(term_months):
        scale *= base
        owed = balance * growth
        interest_cents = divide_half_even(owed - unpaid_cents * scale, scale)
        interest_to_date.append(interest_cents)
        if unpaid_cents + interest_cents <= level_cents:
            return level_cents, interest_to_date
        balance = owed - level_cents * scale
        unpaid_cents -= level_cents
    message = "a level payment did not repay its principal within the term"
    raise InvariantBroken(message)
