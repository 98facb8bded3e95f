"""What a payment or a refund does to a loan's instalments: arithmetic alone, nothing is written.

A payment goes to the oldest unpaid instalments, interest before principal within each. Interest
that has not been earned is not owed: whoever pays everything pays the principal, and the interest
of the instalments that are due or next. A refund lowers principal from the last instalment
backwards; what then falls due later bears interest on what is left, at payments no higher than
before.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

import msgspec
from msgspec.structs import replace

from wherewithal.service.loan_records import Instalment
from wherewithal.vocabulary.money import divide_half_even

_MONTHS_BPS = 120_000


class Course(msgspec.Struct, frozen=True, kw_only=True):
    """The instalments after something was done, and what it came to."""

    instalments: tuple[Instalment, ...]
    #: By how much unpaid principal falls.
    principal_cents: int
    #: Interest that was paid.
    interest_cents: int = 0
    #: Interest that nobody owes any more.
    waived_cents: int = 0
    #: Instalments that this payment completed by their day.
    on_time: int = 0


def principal_left_cents(instalments: Iterable[Instalment]) -> int:
    """Return the principal that is unpaid."""
    return sum(one.unpaid_principal_cents for one in instalments)


def payoff_cents(instalments: Sequence[Instalment], *, on: date) -> int:
    """Return what pays the loan off on a day: no interest of a time that has not begun.

    The instalment that falls due next is paid in full; those after it without their interest.
    """
    waived = sum(one.unpaid_interest_cents for one in _unearned(instalments, on=on))
    return sum(one.unpaid_cents for one in instalments) - waived


def after_payment(
    instalments: Sequence[Instalment], amount_cents: int, *, on: date
) -> Course | None:
    """Return the course after a payment made on a day; None if it is more than is owed.

    Units:  cents, above 0.
    Source: 15 U.S.C. 1615(a): who pays a loan off is not charged interest that is not earned.
    """
    owed_cents = payoff_cents(instalments, on=on)
    if amount_cents > owed_cents:
        return None
    waived_cents = 0
    if amount_cents == owed_cents:
        unearned = {one.number for one in _unearned(instalments, on=on)}
        waived_cents = sum(
            one.unpaid_interest_cents for one in instalments if one.number in unearned
        )
        instalments = [
            _without_interest(one) if one.number in unearned else one for one in instalments
        ]
    left_cents, principal_cents, on_time = amount_cents, 0, 0
    after: list[Instalment] = []
    for one in instalments:
        taken = min(left_cents, one.unpaid_cents)
        if taken == 0:
            after.append(one)
            continue
        left_cents -= taken
        paid = replace(one, paid_cents=one.paid_cents + taken, paid_on=_later(one.paid_on, on))
        principal_cents += one.unpaid_principal_cents - paid.unpaid_principal_cents
        on_time += paid.unpaid_cents == 0 and _later(one.paid_on, on) <= one.due_on
        after.append(paid)
    return Course(
        instalments=tuple(after),
        principal_cents=principal_cents,
        interest_cents=amount_cents - principal_cents,
        waived_cents=waived_cents,
        on_time=on_time,
    )


def after_refund(
    instalments: Sequence[Instalment], amount_cents: int, *, note_rate_bps: int, on: date
) -> Course:
    """Return the course after goods for so much were given back, or as much of it as is unpaid.

    Units:  cents; basis points a year. No instalment rises, and none has more interest than before.
    """
    before_cents = principal_left_cents(instalments)
    lowered_cents = min(amount_cents, before_cents)
    if lowered_cents == before_cents:
        # All of it is given back, and with it the interest that is unpaid.
        ended = tuple(_ended(one) for one in instalments)
        waived = sum(one.unpaid_interest_cents for one in instalments)
        return Course(instalments=ended, principal_cents=before_cents, waived_cents=waived)
    ahead = [one for one in instalments if one.due_on > on and not one.paid_cents]
    ahead_cents = principal_left_cents(ahead)
    rest = _backwards(
        [one for one in instalments if one not in ahead], max(0, lowered_cents - ahead_cents)
    )
    again = _again(ahead, max(0, ahead_cents - lowered_cents), note_rate_bps=note_rate_bps)
    after = tuple(sorted((*rest, *again), key=lambda one: one.number))
    waived = _interest(instalments) - _interest(after)
    return Course(instalments=after, principal_cents=lowered_cents, waived_cents=waived)


def _unearned(instalments: Sequence[Instalment], *, on: date) -> list[Instalment]:
    """Return the instalments whose time has not begun: all after the next one."""
    return [one for one in instalments if one.due_on >= on][1:]


def _without_interest(one: Instalment) -> Instalment:
    waived = one.unpaid_interest_cents
    return replace(
        one, amount_cents=one.amount_cents - waived, interest_cents=one.interest_cents - waived
    )


def _ended(one: Instalment) -> Instalment:
    """Return an instalment of which nothing is waited for but what was paid."""
    if one.unpaid_cents == 0:
        return one
    interest = min(one.interest_cents, one.paid_cents)
    return replace(
        one,
        amount_cents=one.paid_cents,
        interest_cents=interest,
        principal_cents=one.paid_cents - interest,
    )


def _backwards(instalments: list[Instalment], cents: int) -> list[Instalment]:
    """Return instalments with so much less principal, from the last one backwards."""
    after: list[Instalment] = []
    for one in reversed(instalments):
        taken = min(cents, one.unpaid_principal_cents)
        cents -= taken
        lowered = replace(
            one,
            amount_cents=one.amount_cents - taken,
            principal_cents=one.principal_cents - taken,
        )
        # No interest is waited for without principal.
        after.append(_ended(lowered) if lowered.unpaid_principal_cents == 0 else lowered)
    return after


def _again(ahead: list[Instalment], balance_cents: int, *, note_rate_bps: int) -> list[Instalment]:
    """Return the instalments ahead on what is left: the same payments, and fewer of them."""
    after: list[Instalment] = []
    for one in ahead:
        accrued = divide_half_even(balance_cents * note_rate_bps, _MONTHS_BPS)
        interest = min(accrued, one.interest_cents)
        amount = min(one.amount_cents, balance_cents + interest)
        if balance_cents == 0:
            amount = interest = 0
        balance_cents -= amount - interest
        after.append(
            replace(
                one,
                amount_cents=amount,
                principal_cents=amount - interest,
                interest_cents=interest,
            )
        )
    return after


def _interest(instalments: Iterable[Instalment]) -> int:
    return sum(one.interest_cents for one in instalments)


def _later(before: date | None, on: date) -> date:
    return on if before is None else max(before, on)
