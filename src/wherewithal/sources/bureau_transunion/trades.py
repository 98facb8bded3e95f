"""Read one trade: an account with its terms and its payment history."""

from __future__ import annotations

import re
from datetime import date

from wherewithal.sources.bureau_transunion.elements import Node, implausible, malformed
from wherewithal.sources.bureau_transunion.entries import is_own
from wherewithal.sources.bureau_transunion.report import Pattern, Trade, WorstDelinquency

#: The longest mortgage runs 40 years, a student loan with pauses less; the field holds 3 digits.
TERM_MONTHS_MAX = 999
#: The pattern holds 48 months in the published samples, and at most seven years elsewhere.
PATTERN_MONTHS_MAX = 120
MINIMUM_PAYMENT = "MIN"
_RATINGS = re.compile(r"[0-9A-Z]+")


def trade_of(
    node: Node,
    *,
    latest: date,
    own_keys: frozenset[str],
    own_accounts: frozenset[str] | None = None,
) -> Trade:
    """Return one trade; whatever the file leaves out is None.

    One of ours is our own if its number is among `own_accounts`: our ledger has it, and counts it.
    None: no ledger is at hand, and each of ours is.
    """
    history = node.get("paymentHistory")
    counters = None if history is None else history.get("historicalCounters")
    term_months, is_minimum_payment = _term(node)
    reviewed, late_30, late_60, late_90 = _late_counts(counters)
    return Trade(
        is_own=is_own(node, own_keys)
        and (own_accounts is None or node.text("accountNumber") in own_accounts),
        industry_code=node.code("subscriber", "industryCode"),
        portfolio_type=node.code("portfolioType"),
        account_type=node.code("account", "type"),
        ecoa_designator=node.code("ECOADesignator"),
        opened_on=node.day("dateOpened", latest=latest),
        effective_on=node.day("dateEffective", latest=latest),
        closed_on=node.day("dateClosed", latest=latest),
        paid_out_on=node.day("datePaidOut", latest=latest),
        closed_indicator=node.code("closedIndicator"),
        balance_cents=node.cents("currentBalance"),
        high_credit_cents=node.cents("highCredit"),
        limit_cents=node.cents("creditLimit"),
        past_due_cents=node.cents("pastDue"),
        rating=node.code("accountRating"),
        payment_frequency=node.code("terms", "paymentFrequency"),
        term_months=term_months,
        is_minimum_payment=is_minimum_payment,
        scheduled_payment_cents=node.cents("terms", "scheduledMonthlyPayment"),
        pattern=None if history is None else _pattern(history, latest=latest),
        months_reviewed=reviewed,
        late_30_count=late_30,
        late_60_count=late_60,
        late_90_count=late_90,
        worst_delinquencies=() if history is None else _worst(history, latest=latest),
        last_payment_on=node.day("mostRecentPayment", "date", latest=latest),
        remark_codes=tuple(filter(None, (remark.code("code") for remark in node.all("remark")))),
    )


def _term(node: Node) -> tuple[int | None, bool]:
    """Return the count of months, or that the schedule is a revolving minimum."""
    if node.text("terms", "paymentScheduleMonthCount") == MINIMUM_PAYMENT:
        return None, True
    return node.whole("terms", "paymentScheduleMonthCount", maximum=TERM_MONTHS_MAX), False


def _late_counts(counters: Node | None) -> tuple[int | None, int | None, int | None, int | None]:
    """Return months reviewed and how many were 30, 60 and 90 days late; late ones are a part."""
    if counters is None:
        return None, None, None, None
    reviewed = counters.whole("monthsReviewedCount", maximum=TERM_MONTHS_MAX)
    late = [
        counters.whole(f"late{days}DaysTotal", maximum=TERM_MONTHS_MAX) for days in (30, 60, 90)
    ]
    if reviewed is not None and sum(count or 0 for count in late) > reviewed:
        implausible(f"{counters.where}: more late months than months reviewed")
    return reviewed, late[0], late[1], late[2]


def _pattern(history: Node, *, latest: date) -> Pattern | None:
    start = history.day("paymentPattern", "startDate", latest=latest)
    ratings = history.text("paymentPattern", "text")
    if start is None or ratings is None:
        return None
    if not _RATINGS.fullmatch(ratings):
        malformed(f"{history.where} paymentPattern text: holds more than ratings")
    if len(ratings) > PATTERN_MONTHS_MAX:
        implausible(f"{history.where} paymentPattern text: above {PATTERN_MONTHS_MAX} months")
    return Pattern(newest_month=start, ratings=ratings)


def _worst(history: Node, *, latest: date) -> tuple[WorstDelinquency, ...]:
    """Return the dated ones of `maxDelinquency`, of which a trade may have several."""
    return tuple(
        WorstDelinquency(day=day, rating=node.code("accountRating"))
        for node in history.all("maxDelinquency")
        if (day := node.day("date", latest=latest)) is not None
    )
