"""Payment schedules of monthly instalments: due dates, payments, principal and interest.

The first payment may fall due on another day than a month after the start. Its interest is then
that of the full months, measured back from it, and of the days that remain, a thirtieth of a month
each: the time of which the APR is computed, so that both rates stay next to each other.

Interest is rounded cumulatively: what has accrued since the start, on the exact balance, is rounded
half-even, and a payment bears the difference to what was borne before. So no cent is lost or made
over the term, however many payments there are.
"""

from __future__ import annotations

import functools
from datetime import date
from typing import Final

import msgspec

from wherewithal.lending.annuity import PRINCIPAL_CENTS_MAX, annuity_factor, monthly_rate
from wherewithal.lending.unit_period import MONTH_DAYS, Due
from wherewithal.vocabulary.errors import DomainError, InvariantBroken
from wherewithal.vocabulary.money import Cents, ceil_divide, divide_half_even, whole_number
from wherewithal.vocabulary.rate import BasisPoints

#: How long after the start a first payment may fall due.
FIRST_PERIOD_MONTHS_MAX: Final = 12


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
    #: From the start to the first payment: full months, and the days that remain.
    first_months: int
    first_days: int
    #: The level payment; every payment but the last has this amount, the last at most.
    payment_cents: Cents
    payments: tuple[Payment, ...]
    finance_charge_cents: Cents
    total_of_payments_cents: Cents
    is_paid_early: bool


def monthly_schedule(
    *,
    principal_cents: Cents,
    note_rate_bps: BasisPoints,
    term_months: int,
    start_on: date,
    first_payment_on: date | None = None,
) -> Schedule:
    """Return the schedule of level payments, the first one month after `start_on`, or when given.

    The last payment takes the difference and never exceeds the level one; no payment is zero.
    Payments bear interest before principal: after a long first period one may be all interest.

    Units:  cents, 1 to PRINCIPAL_CENTS_MAX; basis points a year, 0 to 10_000; months, 1 to 120. The
            first payment falls after the start, at most FIRST_PERIOD_MONTHS_MAX months.
    Errors: DomainError outside these domains, or if a due date would lie beyond the year 9999.
    Source: DESIGN §4; docs/decisions/0003-rounding.md and 0029-odd-first-periods.md.

    >>> plan = monthly_schedule(
    ...     principal_cents=10_000, note_rate_bps=1_200, term_months=3, start_on=date(2025, 1, 31)
    ... )
    >>> [(str(one.due_on), one.amount_cents, one.interest_cents) for one in plan.payments]
    [('2025-02-28', 3401, 100), ('2025-03-31', 3401, 67), ('2025-04-30', 3399, 34)]
    >>> plan = monthly_schedule(
    ...     principal_cents=10_000, note_rate_bps=1_200, term_months=3, start_on=date(2025, 1, 31),
    ...     first_payment_on=date(2025, 3, 15),
    ... )
    >>> [(str(one.due_on), one.amount_cents, one.interest_cents) for one in plan.payments]
    [('2025-03-15', 3418, 150), ('2025-04-15', 3418, 68), ('2025-05-15', 3416, 34)]
    """
    first = _first_due(start_on, first_payment_on)
    first_months, first_days = first.months_and_days_since(start_on)
    level_cents, interest_to_date = _rounded_course(
        principal_cents=principal_cents,
        note_rate_bps=note_rate_bps,
        term_months=term_months,
        first_months=first_months,
        first_days=first_days,
    )
    count = len(interest_to_date)
    due_dates = (first.on, *_due_dates_after(first, count - 1))
    total_cents = principal_cents + interest_to_date[-1]
    payments: list[Payment] = []
    borne_cents = 0
    for number, due_on in enumerate(due_dates, start=1):
        amount = level_cents if number < count else total_cents - (count - 1) * level_cents
        interest = min(interest_to_date[number - 1] - borne_cents, amount)
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
        first_months=first_months,
        first_days=first_days,
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
        principal_cents=principal_cents,
        note_rate_bps=note_rate_bps,
        term_months=term_months,
        first_months=1,
        first_days=0,
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
    _check_date("start_on", start_on)
    return _due_dates_after(Due(on=start_on, day=start_on.day), count)


@functools.lru_cache(maxsize=256, typed=True)
def _due_dates_after(first: Due, count: int) -> tuple[date, ...]:
    month_number = 12 * first.on.year + first.on.month - 1
    if (month_number + count) // 12 > date.max.year:
        message = f"start_on must leave room for {count} months before the year 10000"
        raise DomainError(message)
    return tuple(first.months_before(-months) for months in range(1, count + 1))


def _first_due(start_on: date, first_payment_on: date | None) -> Due:
    """Return the first payment with the day of the month on which all fall due.

    It is the start's where the first payment is a whole number of months after it: from 31 December
    to 28 February, then to 31 March. Else it is the first payment's own.
    """
    _check_date("start_on", start_on)
    start = Due(on=start_on, day=start_on.day)
    if first_payment_on is None:
        return Due(on=_due_dates_after(start, 1)[0], day=start.day)
    _check_date("first_payment_on", first_payment_on)
    if not start_on < first_payment_on <= latest_first_payment(start_on):
        message = (
            f"first_payment_on must fall after start_on, at most {FIRST_PERIOD_MONTHS_MAX} months"
        )
        raise DomainError(message)
    months = 12 * (first_payment_on.year - start_on.year) + first_payment_on.month - start_on.month
    is_whole = months > 0 and start.months_before(-months) == first_payment_on
    return Due(on=first_payment_on, day=start.day if is_whole else first_payment_on.day)


def latest_first_payment(start_on: date) -> date:
    """Return the last day on which a first payment may fall due.

    Errors: DomainError if that is after the year 9999.

    >>> str(latest_first_payment(date(2024, 2, 29)))
    '2025-02-28'
    """
    return monthly_due_dates(start_on=start_on, count=FIRST_PERIOD_MONTHS_MAX)[-1]


def _check_date(name: str, given: object) -> None:
    if type(given) is not date:
        message = f"{name} must be a date without a time"
        raise DomainError(message)


# A plan's amounts are asked for before its schedule: to find the rate that is within a cap.
@functools.lru_cache(maxsize=256, typed=True)
def _rounded_course(
    *,
    principal_cents: Cents,
    note_rate_bps: BasisPoints,
    term_months: int,
    first_months: int,
    first_days: int,
) -> tuple[Cents, tuple[Cents, ...]]:
    """Return the level payment, and the rounded interest to date at each payment until the last.

    Exact integers: amounts are whole numbers over a scale, base**k after k months. A payment is the
    last when what is then owed, rounded, is at most the level payment. It is never zero: before it
    more than the level payment was owed, so at least a cent remained. At the full term it is
    reached, because the level payment is at least principal times the exact factor.
    """
    whole_number(principal_cents, name="principal_cents", minimum=1, maximum=PRINCIPAL_CENTS_MAX)
    factor = annuity_factor(note_rate_bps=note_rate_bps, term_months=term_months)
    rise, base = monthly_rate(note_rate_bps)
    growth = base + rise
    owed, scale = principal_cents * growth**first_months, base**first_months
    if first_days:
        owed *= MONTH_DAYS * base + first_days * rise
        scale *= MONTH_DAYS * base
    # The factor is for a first period of a month; what is owed at the first payment corrects it.
    level_cents = ceil_divide(owed * base * factor.numerator, scale * growth * factor.denominator)
    interest_to_date: list[Cents] = []
    unpaid_cents = principal_cents  # principal less all payments so far, interest not counted
    for _ in range(term_months):
        interest_cents = divide_half_even(owed - unpaid_cents * scale, scale)
        interest_to_date.append(interest_cents)
        if unpaid_cents + interest_cents <= level_cents:
            return level_cents, tuple(interest_to_date)
        owed = (owed - level_cents * scale) * growth
        scale *= base
        unpaid_cents -= level_cents
    message = "a level payment did not repay its principal within the term"
    raise InvariantBroken(message)
