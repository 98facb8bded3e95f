"""The check that every plan passes when it leaves: an offer that is shown, a loan that is booked.

It looks at the plan alone and at nothing that it was made with, so that a mistake in pricing, in a
schedule or in a rate cannot hide itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import Protocol

from wherewithal.lending.apr import is_apr_rounded, is_apr_within_cap
from wherewithal.vocabulary.errors import DomainError, InvariantBroken
from wherewithal.vocabulary.law import MILITARY_APR_CAP_BPS
from wherewithal.vocabulary.money import Cents
from wherewithal.vocabulary.rate import BasisPoints


class ScheduledPayment(Protocol):
    """What is looked at of a payment; principal and interest sum to the amount."""

    @property
    def due_on(self) -> date:
        """Return the day on which it falls due."""

    @property
    def amount_cents(self) -> Cents:
        """Return what is paid."""

    @property
    def principal_cents(self) -> Cents:
        """Return what of it is principal."""

    @property
    def interest_cents(self) -> Cents:
        """Return what of it is interest."""


def check_plan(
    *,
    start_on: date,
    financed_cents: Cents,
    payments: Sequence[ScheduledPayment],
    apr_cap_bps: BasisPoints,
    apr_bps: BasisPoints | None = None,
    finance_charge_cents: Cents | None = None,
) -> None:
    """Refuse a plan whose sums, dates or APR are not sound, or whose APR is above its cap.

    `payments` are those on the credit, a month apart where they bear interest; a down payment is
    none. The APR and the finance charge are checked where they are given.

    Errors: InvariantBroken with all that is wrong: a mistake of ours.
    Source: 12 CFR 1026.17(c) and 1026.22(a); docs/decisions/0012-caps-below-the-grid.md.
    """
    charge_cents = sum(payment.interest_cents for payment in payments)
    problems = [
        message
        for is_sound, message in (
            (bool(payments), "there is no payment"),
            (all(_is_sound(payment) for payment in payments), "a payment is not its two parts"),
            (_do_ascend(start_on, payments), "payments do not follow the start and each other"),
            (
                sum(payment.principal_cents for payment in payments) == financed_cents,
                "the payments do not repay what is financed, to the cent",
            ),
            (
                finance_charge_cents in (None, charge_cents),
                "the finance charge is not the interest of the payments",
            ),
            (apr_cap_bps <= MILITARY_APR_CAP_BPS, "the cap is above that of 32 CFR 232.4(b)"),
        )
        if not is_sound
    ]
    problems += _apr_problems(
        financed_cents,
        [payment.amount_cents for payment in payments],
        apr_cap_bps=apr_cap_bps,
        # Without a charge the APR is 0, however the payments lie.
        apr_bps=apr_bps,
        has_charge=charge_cents > 0,
    )
    if problems:
        raise InvariantBroken("a plan was about to leave: " + "; ".join(problems))


def _is_sound(payment: ScheduledPayment) -> bool:
    parts = (payment.principal_cents, payment.interest_cents)
    return min(parts) >= 0 and payment.amount_cents == sum(parts) > 0


def _do_ascend(start_on: date, payments: Sequence[ScheduledPayment]) -> bool:
    days = [start_on, *(payment.due_on for payment in payments)]
    return all(earlier < later for earlier, later in pairwise(days))


def _apr_problems(
    financed_cents: Cents,
    amounts_cents: Sequence[Cents],
    *,
    apr_cap_bps: BasisPoints,
    apr_bps: BasisPoints | None,
    has_charge: bool,
) -> list[str]:
    if not has_charge:
        return [] if apr_bps in (None, 0) else ["an APR is told where there is no charge"]
    found: list[str] = []
    try:
        if not is_apr_within_cap(
            amount_financed_cents=financed_cents,
            payments_cents=amounts_cents,
            apr_cap_bps=apr_cap_bps,
        ):
            found.append("the APR is above its cap")
        if apr_bps is not None and not is_apr_rounded(
            amount_financed_cents=financed_cents, payments_cents=amounts_cents, apr_bps=apr_bps
        ):
            found.append("the APR that is told is not that of the payments")
    except DomainError as error:
        found.append(f"there is no APR: {error}")
    return found
