"""Which entries count: not our own, not those of an authorised user, no shopping counted twice."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from wherewithal.sources.bureau_transunion.months import months_between
from wherewithal.sources.bureau_transunion.report import Collection, Inquiry, Trade

#: May use the account, does not owe on it.
AUTHORISED_USER = "authorizedUser"
#: Inquiries of the same type within so many days of the first are one (POLICY.md R22a).
SHOPPING_DAYS = 14
INQUIRY_MONTHS = 6


def countable_trades(trades: Iterable[Trade]) -> tuple[Trade, ...]:
    """Return the trades of others on which the person owes or owed."""
    return tuple(
        trade for trade in trades if not trade.is_own and trade.ecoa_designator != AUTHORISED_USER
    )


def countable_collections(collections: Iterable[Collection]) -> tuple[Collection, ...]:
    """Return the collections by others, of debts that are not medical."""
    return tuple(
        one
        for one in collections
        if not one.is_own and not one.is_medical and one.ecoa_designator != AUTHORISED_USER
    )


def is_open(trade: Trade) -> bool:
    """Return whether the file says nowhere that the trade was closed."""
    return trade.closed_on is None and trade.closed_indicator is None


def countable_inquiries(
    inquiries: Iterable[Inquiry], *, as_of: date, months: int = INQUIRY_MONTHS
) -> tuple[Inquiry, ...]:
    """Return the inquiries of others in the calendar months before `as_of`, shopping counted once.

    An inquiry is of the same type as another if the subscribers' industry codes are equal: a file
    names the loan asked for too seldom to rely on (one of the published five does). The window
    runs from the first inquiry counted, so that a long chain of them is not one. An inquiry without
    an industry code is like no other.
    """
    counted: list[Inquiry] = []
    first_of_type: dict[str, date] = {}
    for inquiry in sorted(inquiries, key=lambda one: one.asked_on):
        if inquiry.is_own or months_between(inquiry.asked_on, as_of) >= months:
            continue
        industry = inquiry.industry_code
        first = None if industry is None else first_of_type.get(industry)
        if first is not None and inquiry.asked_on - first <= timedelta(days=SHOPPING_DAYS):
            continue
        if industry is not None:
            first_of_type[industry] = inquiry.asked_on
        counted.append(inquiry)
    return tuple(counted)
