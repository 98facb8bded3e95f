"""What the person owes each month, and how much of their revolving credit is used.

The portfolio type decides, as in the bureau's own summary: `mortgage` is housing, everything else
is an obligation; so a home equity *loan* (portfolio `installment`, type HE) is an obligation, and
the published file's $1,062 and $557 come out. A home equity *line* (type HE, portfolio `revolving`
or `lineOfCredit`) is an obligation too, but stays out of revolving use: it is secured by the home
and would drown the cards.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from wherewithal.sources.bureau_transunion.countable import is_open
from wherewithal.sources.bureau_transunion.months import months_between
from wherewithal.sources.bureau_transunion.report import Trade

REVOLVING = frozenset({"revolving", "lineOfCredit"})
MORTGAGE = "mortgage"
#: A charge account that is due in full; without a stated payment it is treated as revolving.
OPEN_ACCOUNT = "open"
HOME_EQUITY = "HE"
#: POLICY.md section 4: a revolving trade without a scheduled payment, max($25, 3% of the balance).
REVOLVING_MINIMUM_CENTS = 2_500
REVOLVING_MINIMUM_BPS = 300
#: An instalment trade without one, mostly a deferred student loan: 1% of the balance, as mortgage
#: lenders reckon it. POLICY.md is silent; zero would be wrong, for the debt will be due.
INSTALMENT_MINIMUM_BPS = 100
#: A trade that states no balance is taken as running only while it is still being reported; the
#: published file's own summary leaves out such a trade, last reported two years before.
REPORTED_WITHIN_MONTHS = 6
_BPS = 10_000


def revolving_balance_cents(trades: Iterable[Trade]) -> int:
    """Return the balances of open revolving trades; a balance that is not stated adds nothing."""
    return sum(trade.balance_cents or 0 for trade in trades if _is_revolving(trade))


def revolving_limit_cents(trades: Iterable[Trade]) -> int:
    """Return the limits of open revolving trades; a card without a stated limit adds nothing."""
    return sum(trade.limit_cents or 0 for trade in trades if _is_revolving(trade))


def scheduled_payments_cents(trades: Iterable[Trade], *, as_of: date) -> int:
    """Return the monthly payments of open trades that are no mortgages."""
    return sum(
        _payment_cents(trade)
        for trade in trades
        if trade.portfolio_type != MORTGAGE and _is_running(trade, as_of=as_of)
    )


def mortgage_payments_cents(trades: Iterable[Trade], *, as_of: date) -> int | None:
    """Return the monthly payments of open mortgages.

    Null: no open mortgage, or none that states its payment; then what the applicant states decides.
    """
    stated = [
        trade.scheduled_payment_cents
        for trade in trades
        if trade.portfolio_type == MORTGAGE
        and _is_running(trade, as_of=as_of)
        and trade.scheduled_payment_cents
    ]
    return sum(stated) if stated else None


def _is_revolving(trade: Trade) -> bool:
    return (
        is_open(trade) and trade.portfolio_type in REVOLVING and trade.account_type != HOME_EQUITY
    )


def _is_running(trade: Trade, *, as_of: date) -> bool:
    """Return whether something is still to be paid: a trade that is closed or paid off is not."""
    if not is_open(trade):
        return False
    if trade.balance_cents is None:
        return (
            trade.effective_on is not None
            and months_between(trade.effective_on, as_of) < REPORTED_WITHIN_MONTHS
        )
    return trade.balance_cents > 0


def _payment_cents(trade: Trade) -> int:
    """Return the payment a month: as scheduled, else reckoned from the balance."""
    if trade.scheduled_payment_cents:
        return trade.scheduled_payment_cents
    balance_cents = trade.balance_cents or 0
    if trade.portfolio_type in REVOLVING | {OPEN_ACCOUNT}:
        return max(REVOLVING_MINIMUM_CENTS, _share(balance_cents, REVOLVING_MINIMUM_BPS))
    return _share(balance_cents, INSTALMENT_MINIMUM_BPS)


def _share(amount_cents: int, share_bps: int) -> int:
    """Return the share of an amount, rounded up to the cent."""
    return -(-amount_cents * share_bps // _BPS)
