"""From a row of the loan file to a credit file that says the same.

Carried exactly: state, inquiries, trades and open trades, the oldest trade, revolving balance,
late payments of two years and the months since the last, trades past due, bankruptcies with their
dates. Carried in whole dollars: payments to others, from the row's ratio of debt to income, and a
limit by which the balance makes the row's utilisation. Not carried, because a TU4 report cannot say
them or its reader does not count them: income, employment and housing (they are stated); the ratio
itself and the utilisation itself; public records that are no bankruptcies; an amount past due
where no trade is; more open trades than trades; the months since a delinquency where a trade is
past due now (that is 0).
Unknown to the row and a plain 0 in the report: bankruptcies, charge-offs and collections of 2007.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from msgspec.structs import replace

from wherewithal.sources.bureau_simulator.credit_file import (
    CreditFile,
    FiledInquiry,
    FiledRecord,
    FiledTrade,
)
from wherewithal.sources.bureau_transunion.months import months_before
from wherewithal.vocabulary.consumer import Identity

#: The reader counts inquiries of one industry within 14 days once, so these never are that near.
_INDUSTRIES = "ABDFNQRUVYCEGHIJKLMOPSTWX"
_INQUIRY_DAYS_APART = 15
_INQUIRIES_EACH = 11
_LATE_MONTHS_MAX = 24
_DOLLARS_MAX = 99_999_999
#: A limit for a row whose cards are unused: utilisation is then 0 and not unknown.
_UNUSED_LIMIT = 1_000
_MINIMUM_PAYMENT = 25


def file_of_row(facts: dict[str, Any], identity: Identity, *, reported_on: date) -> CreditFile:
    """Return the credit file of a row's facts, moved by whole days to `reported_on`."""
    shift = reported_on - facts["as_of"]
    trades = _with_late_months(_trades(facts, shift=shift), facts, reported_on=reported_on)
    return CreditFile(
        identity=identity,
        reported_on=reported_on,
        trades=trades,
        inquiries=_inquiries(facts["inquiries_6m"], reported_on=reported_on),
        public_records=_public_records(facts, reported_on=reported_on),
    )


def limit_dollars(balance: int, utilisation_bps: int | None) -> int | None:
    """Return the limit in whole dollars that comes nearest to a utilisation.

    Null: the row states no utilisation, so no limit is stated either.

    >>> limit_dollars(13_648, 8_370), limit_dollars(0, 0), limit_dollars(500, None)
    (16305, 1000, None)
    """
    if utilisation_bps is None:
        return None
    if not balance:
        return _UNUSED_LIMIT
    # A utilisation of 0 with a balance is one below half a basis point: a very large limit.
    exact = 10_000 * balance // max(1, utilisation_bps)
    near = (max(1, min(limit, _DOLLARS_MAX)) for limit in (exact, exact + 1))
    return min(near, key=lambda limit: abs(10_000 * balance // limit - utilisation_bps))


def payments_dollars(facts: dict[str, Any]) -> int:
    """Return payments to others a month, from the stated ratio, in whole dollars.

    A running card is owed at least one dollar, for a report cannot say that it is owed nothing.
    """
    income, ratio = facts["stated_income_cents"], facts["debt_to_income_bps"]
    dollars = 0 if income is None or ratio is None else ratio * income // 12_000_000
    is_running = bool(facts["revolving_balance_cents"])
    return max(dollars, 1 if is_running else 0)


def _trades(facts: dict[str, Any], *, shift: timedelta) -> list[FiledTrade]:
    """Return as many trades as the row counts; amounts sit on the first two that are open."""
    count, open_count = facts["total_trades"], facts["open_trades"]
    as_of, oldest = facts["as_of"] + shift, facts["oldest_trade_date"] + shift
    days = (as_of - oldest).days
    opened = [oldest + timedelta(days=days * index // count) for index in reversed(range(count))]
    trades = [
        FiledTrade(
            portfolio_type="revolving",
            account_type="CC",
            industry_code="B",
            opened_on=day,
            effective_on=as_of,
            closed_on=None if index < open_count else day + (as_of - day) // 2,
        )
        for index, day in enumerate(opened)
    ]
    return _with_amounts(trades, facts)


def _with_amounts(trades: list[FiledTrade], facts: dict[str, Any]) -> list[FiledTrade]:
    balance = (facts["revolving_balance_cents"] or 0) // 100
    limit = limit_dollars(balance, facts["revolving_utilisation_bps"])
    payments = payments_dollars(facts)
    open_count = facts["open_trades"]
    if not open_count:
        return trades
    card = replace(trades[0], balance=balance, limit=limit)
    if open_count == 1:
        # One trade bears all. A card without a stated balance runs while it is reported.
        if payments and not balance:
            card = replace(card, balance=None)
        trades[0] = replace(card, payment=payments)
        return trades
    on_card = min(payments, max(_MINIMUM_PAYMENT, -(-balance * 3 // 100))) if balance else 0
    trades[0] = replace(card, payment=on_card)
    if rest := payments - on_card:
        trades[1] = replace(
            trades[1],
            portfolio_type="installment",
            account_type="AU",
            industry_code="F",
            balance=min(rest * 24, _DOLLARS_MAX),
            payment=rest,
        )
    return trades


def _with_late_months(
    trades: list[FiledTrade], facts: dict[str, Any], *, reported_on: date
) -> tuple[FiledTrade, ...]:
    """Write the late payments into payment patterns, each run of them a month long."""
    late_now = min(facts["trades_past_due"], facts["open_trades"])
    past_due = facts["past_due_cents"] // 100 if late_now else 0
    for index in range(late_now):
        trades[index] = replace(
            trades[index],
            rating="02",
            past_due=past_due if not index else 0,
            pattern="2" + "1" * (_LATE_MONTHS_MAX - 1),
        )
    months, late = facts["months_since_delinquency"], facts["delinquencies_24m"] - late_now
    if months is None:
        return tuple(trades)
    if months >= _LATE_MONTHS_MAX:
        trades[-1] = replace(trades[-1], worst_on=months_before(reported_on, months))
        return tuple(trades)
    for number in range(late):
        turn, place = divmod(number, len(trades))
        index = len(trades) - 1 - place
        pattern = list(trades[index].pattern or "1" * _LATE_MONTHS_MAX)
        pattern[min(months + 2 * turn, _LATE_MONTHS_MAX - 1)] = "2"
        trades[index] = replace(trades[index], pattern="".join(pattern))
    return tuple(trades)


def _inquiries(count: int, *, reported_on: date) -> tuple[FiledInquiry, ...]:
    return tuple(
        FiledInquiry(
            asked_on=reported_on
            - timedelta(days=2 + _INQUIRY_DAYS_APART * (number % _INQUIRIES_EACH)),
            industry_code=_INDUSTRIES[number // _INQUIRIES_EACH % len(_INDUSTRIES)],
        )
        for number in range(count)
    )


def _public_records(facts: dict[str, Any], *, reported_on: date) -> tuple[FiledRecord, ...]:
    """Return the bankruptcies, and as liens what else is on record; the reader leaves those out."""
    count, months = facts["bankruptcies"] or 0, facts["months_since_bankruptcy"]
    bankruptcies = [
        FiledRecord(
            record_type="7X",
            filed_on=None if months is None else months_before(reported_on, months + 12 * number),
        )
        for number in range(count)
    ]
    months_lien = facts["months_since_public_record"]
    filed = None if months_lien is None else months_before(reported_on, months_lien)
    liens = [FiledRecord(record_type="FT", filed_on=filed)] * (facts["public_records"] - count)
    return (*bankruptcies, *liens)
