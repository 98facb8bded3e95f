"""Pay in four: a quarter at the till, three equal payments two weeks apart, no charge.

A basket that four does not divide leaves its remainder in the first payment, so that the three
payments that are lent are equal and the amount financed is never above 75% of the basket.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

import msgspec

from wherewithal.lending.annuity import PRINCIPAL_CENTS_MAX
from wherewithal.lending.schedule import Payment
from wherewithal.vocabulary.errors import DomainError
from wherewithal.vocabulary.money import Cents, floor_divide, whole_number

PAYMENT_COUNT: Final = 4
#: Days after the purchase on which the payments fall due.
DUE_AFTER_DAYS: Final = (0, 14, 28, 42)


class PayIn4Schedule(msgspec.Struct, frozen=True, kw_only=True):
    """A pay-in-four plan; without a charge and in four payments its APR, 0, is voluntary."""

    #: The price at the till.
    basket_cents: Cents
    #: What is lent: the basket less the payment made at purchase.
    principal_cents: Cents
    purchased_on: date
    #: Four; the first is the down payment, made at purchase. Their sum is the basket.
    payments: tuple[Payment, ...]
    #: Always 0; here so that both kinds of plan read the same.
    finance_charge_cents: Cents
    #: What falls due after the purchase; a down payment is no payment on the credit.
    total_of_payments_cents: Cents


def pay_in_4_financed_cents(basket_cents: Cents) -> Cents:
    """Return the amount financed of a basket: three times its quarter, rounded down to the cent.

    Monotone in the basket, so that floor(4·financed / 3) is a basket that fits `financed`.

    Units:  cents, 0 to PRINCIPAL_CENTS_MAX.
    Errors: DomainError outside.

    >>> pay_in_4_financed_cents(40_000), pay_in_4_financed_cents(40_003)
    (30000, 30000)
    """
    whole_number(basket_cents, name="basket_cents", minimum=0, maximum=PRINCIPAL_CENTS_MAX)
    return (PAYMENT_COUNT - 1) * floor_divide(basket_cents, PAYMENT_COUNT)


def pay_in_4_schedule(*, basket_cents: Cents, purchased_on: date) -> PayIn4Schedule:
    """Return the four payments of a basket, on days 0, 14, 28 and 42.

    Units:  cents, 4 to PRINCIPAL_CENTS_MAX; less than 4 would leave a payment of zero.
    Errors: DomainError outside, if `purchased_on` is not a date, or lies too near the year 10000.
    Source: POLICY §5; docs/decisions/0003-rounding.md.

    >>> plan = pay_in_4_schedule(basket_cents=10_003, purchased_on=date(2025, 11, 28))
    >>> [(str(one.due_on), one.amount_cents) for one in plan.payments]
    [('2025-11-28', 2503), ('2025-12-12', 2500), ('2025-12-26', 2500), ('2026-01-09', 2500)]
    """
    whole_number(
        basket_cents, name="basket_cents", minimum=PAYMENT_COUNT, maximum=PRINCIPAL_CENTS_MAX
    )
    if type(purchased_on) is not date:
        message = "purchased_on must be a date without a time"
        raise DomainError(message)
    if date.max - purchased_on < timedelta(days=DUE_AFTER_DAYS[-1]):
        message = f"purchased_on must leave room for {DUE_AFTER_DAYS[-1]} days before year 10000"
        raise DomainError(message)
    financed = pay_in_4_financed_cents(basket_cents)
    quarter = floor_divide(basket_cents, PAYMENT_COUNT)
    amounts = (basket_cents - financed, quarter, quarter, quarter)
    return PayIn4Schedule(
        basket_cents=basket_cents,
        principal_cents=financed,
        purchased_on=purchased_on,
        payments=tuple(
            Payment(
                due_on=purchased_on + timedelta(days=days),
                amount_cents=amount,
                principal_cents=amount,
                interest_cents=0,
            )
            for days, amount in zip(DUE_AFTER_DAYS, amounts, strict=True)
        ),
        finance_charge_cents=0,
        total_of_payments_cents=financed,
    )
