"""Power made concrete: the plan behind a number, its payment, APR, charge and schedule."""

from __future__ import annotations

import datetime
import functools
from decimal import Decimal

import msgspec

from wherewithal.lending import (
    check_plan,
    monthly_schedule,
    note_rate_within_cap,
    pay_in_4_financed_cents,
    pay_in_4_schedule,
    schedule_apr_pct,
)
from wherewithal.lending.apr import bps_of_percent
from wherewithal.lending.schedule import Payment, Schedule
from wherewithal.qualify.pricing import Leg, PriceTable, Terms
from wherewithal.vocabulary.errors import InvariantBroken
from wherewithal.vocabulary.money import Cents
from wherewithal.vocabulary.program import PlanCode
from wherewithal.vocabulary.rate import BasisPoints

#: Schedules that are kept; one of 60 payments takes some 10 kilobytes.
_SCHEDULES_MAX = 1_024


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """One plan for one basket, as it would be disclosed."""

    program_id: str
    originator: str
    plan: PlanCode
    basket_cents: int
    down_payment_cents: int
    amount_financed_cents: int
    note_rate_bps: int
    #: Regulation Z, from the rounded schedule. For pay in four it is 0 and voluntary.
    apr_bps: int
    apr_pct: Decimal
    apr_is_voluntary: bool
    finance_charge_cents: int
    payment_cents: int
    total_of_payments_cents: int
    is_paid_early: bool
    payments: tuple[Payment, ...]
    law_row_id: str
    apr_cap_bps: int


def offer_for(
    table: PriceTable,
    *,
    plan: PlanCode,
    basket_cents: int,
    pricing_tier: str,
    state: str,
    start_on: datetime.date,
) -> Offer | None:
    """Return the offer of a plan for a basket, or None where the program does not allow it.

    Errors: InvariantBroken if an offer would leave above its cap; no offer leaves unchecked.
    Source: 12 CFR 1026.17(c), appendix J; DESIGN 4, power.
    """
    cell = table.cell(pricing_tier=pricing_tier, state=state)
    for leg in table.legs:
        if leg.plan is plan and leg.at(cell) is not None and carries(leg, basket_cents):
            return offer_of_leg(table, leg, cell=cell, basket_cents=basket_cents, start_on=start_on)
    return None


def carries(leg: Leg, basket_cents: int) -> bool:
    """Return whether what a basket lends lies within a leg's band."""
    financed = amount_financed_cents(leg, basket_cents)
    # Quarters are whole cents, so that a pay-in-four basket may lend up to 2 cents less.
    least = leg.financed_min_cents - (2 if leg.plan is PlanCode.PAY_IN_4 else 0)
    return least <= financed <= leg.financed_max_cents


def amount_financed_cents(leg: Leg, basket_cents: int) -> int:
    """Return what is lent of a basket."""
    if leg.plan is PlanCode.PAY_IN_4:
        return pay_in_4_financed_cents(basket_cents)
    return basket_cents - _down_payment_cents(basket_cents, leg.down_payment_bps)


def offer_of_leg(
    table: PriceTable, leg: Leg, *, cell: int, basket_cents: int, start_on: datetime.date
) -> Offer:
    """Return the offer of a leg for a basket that it carries, where a cell allows the leg.

    Errors: InvariantBroken if the cell does not allow it, or if the offer were above its cap.
    """
    terms = leg.at(cell)
    if terms is None:
        message = f"program {table.program.program_id}: a leg was offered where it is not allowed"
        raise InvariantBroken(message)
    if leg.plan is PlanCode.PAY_IN_4:
        offer = _pay_in_4(table, terms, basket_cents=basket_cents, start_on=start_on)
    else:
        offer = _monthly(
            table,
            terms,
            plan=leg.plan,
            down_cents=_down_payment_cents(basket_cents, leg.down_payment_bps),
            basket_cents=basket_cents,
            start_on=start_on,
        )
    check_offer(offer, start_on=start_on)
    return offer


def check_offer(offer: Offer, *, start_on: datetime.date) -> None:
    """Refuse an offer that is not sound in itself, or is above its cap: none leaves unchecked.

    Errors: InvariantBroken, a mistake of ours; nothing is shown then.
    """
    down_payments = offer.payments[: 1 if offer.plan is PlanCode.PAY_IN_4 else 0]
    paid_cents = sum(payment.amount_cents for payment in offer.payments)
    down_cents = sum(payment.amount_cents for payment in down_payments)
    on_credit = offer.payments[len(down_payments) :]
    if (
        offer.basket_cents != offer.down_payment_cents + offer.amount_financed_cents
        or offer.total_of_payments_cents != paid_cents - down_cents
        or offer.total_of_payments_cents != offer.amount_financed_cents + offer.finance_charge_cents
        or (down_payments and down_cents != offer.down_payment_cents)
        or any(one.amount_cents > offer.payment_cents for one in on_credit)
        or offer.apr_bps != bps_of_percent(offer.apr_pct)
    ):
        message = f"program {offer.program_id}: an offer's amounts do not add up"
        raise InvariantBroken(message)
    check_plan(
        start_on=start_on,
        financed_cents=offer.amount_financed_cents,
        payments=on_credit,
        apr_cap_bps=offer.apr_cap_bps,
        apr_bps=offer.apr_bps,
        finance_charge_cents=offer.finance_charge_cents,
    )


def _down_payment_cents(basket_cents: int, down_payment_bps: int) -> int:
    """Return what is paid at the till, rounded down: exactly a power's amount is lent."""
    return basket_cents * down_payment_bps // 10_000


def _monthly(
    table: PriceTable,
    terms: Terms,
    *,
    plan: PlanCode,
    down_cents: int,
    basket_cents: int,
    start_on: datetime.date,
) -> Offer:
    principal_cents = basket_cents - down_cents
    schedule, apr_pct = _schedule(
        principal_cents,
        term_months=plan.term_months or 0,
        note_rate_bps=terms.note_rate_bps,
        apr_cap_bps=terms.apr_cap_bps,
        start_on=start_on,
    )
    return Offer(
        program_id=table.program.program_id,
        originator=table.program.originator,
        plan=plan,
        basket_cents=basket_cents,
        down_payment_cents=down_cents,
        amount_financed_cents=principal_cents,
        note_rate_bps=schedule.note_rate_bps,
        apr_bps=bps_of_percent(apr_pct),
        apr_pct=apr_pct,
        apr_is_voluntary=False,
        finance_charge_cents=schedule.finance_charge_cents,
        payment_cents=schedule.payment_cents,
        total_of_payments_cents=schedule.total_of_payments_cents,
        is_paid_early=schedule.is_paid_early,
        payments=schedule.payments,
        law_row_id=terms.law_row_id,
        apr_cap_bps=terms.apr_cap_bps,
    )


@functools.lru_cache(maxsize=_SCHEDULES_MAX)
def _schedule(
    principal_cents: Cents,
    *,
    term_months: int,
    note_rate_bps: BasisPoints,
    apr_cap_bps: BasisPoints,
    start_on: datetime.date,
) -> tuple[Schedule, Decimal]:
    """Return the schedule within a cap, and its APR in percent.

    Products and programs of one merchant carry a basket on the same terms, and what a person can
    spend at the most is asked for at one merchant after another: the last schedules are kept.
    """
    rate_bps = note_rate_within_cap(
        principal_cents=principal_cents,
        note_rate_bps=note_rate_bps,
        term_months=term_months,
        apr_cap_bps=apr_cap_bps,
    )
    schedule = monthly_schedule(
        principal_cents=principal_cents,
        note_rate_bps=rate_bps,
        term_months=term_months,
        start_on=start_on,
    )
    return schedule, schedule_apr_pct(schedule)


def _pay_in_4(
    table: PriceTable, terms: Terms, *, basket_cents: int, start_on: datetime.date
) -> Offer:
    schedule = pay_in_4_schedule(basket_cents=basket_cents, purchased_on=start_on)
    return Offer(
        program_id=table.program.program_id,
        originator=table.program.originator,
        plan=PlanCode.PAY_IN_4,
        basket_cents=basket_cents,
        down_payment_cents=schedule.payments[0].amount_cents,
        amount_financed_cents=schedule.principal_cents,
        note_rate_bps=0,
        apr_bps=0,
        apr_pct=Decimal(0),
        apr_is_voluntary=True,
        finance_charge_cents=0,
        payment_cents=schedule.payments[1].amount_cents,
        total_of_payments_cents=schedule.total_of_payments_cents,
        is_paid_early=False,
        payments=schedule.payments,
        law_row_id=terms.law_row_id,
        apr_cap_bps=terms.apr_cap_bps,
    )
