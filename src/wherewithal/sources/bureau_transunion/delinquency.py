"""Late payments, charge-offs and collections: now, lately, and how long ago.

What a trade tells of a month: its rating on `dateEffective`, and before that its payment pattern,
one character a month from `startDate` backwards. A month rated `2` or worse is late; `X` (unknown)
neither starts nor ends a run of late months. The counters of late months carry no dates, so they
prove nothing here.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from wherewithal.sources.bureau_transunion.countable import is_open
from wherewithal.sources.bureau_transunion.months import months_before, months_between
from wherewithal.sources.bureau_transunion.report import Collection, Trade

#: Days late that a rating stands for; 05 means 120 or more.
DAYS_LATE = {"02": 30, "03": 60, "04": 90, "05": 120}
DAYS_LATE_DEROGATORY = 120
#: Charged off or repossessed; TransUnion has one closed word for both.
CHARGED_OFF = frozenset({"08", "8A", "8P", "09", "9P"})
IN_COLLECTION = "9B"
WAGE_EARNER_PLAN = "07"
DEROGATORY = CHARGED_OFF | {IN_COLLECTION, WAGE_EARNER_PLAN}
CLOSED_CHARGED_OFF = "chargeOffRepo"
#: Remark: profit and loss write-off.
WRITTEN_OFF = "PRL"
LATE_MONTHS = frozenset("23456789")
AS_AGREED = "1"
TWO_YEARS = 24
ONE_YEAR = 12


def is_past_due(trade: Trade) -> bool:
    """Return whether it is past due now: by its amount, or by the rating of an open trade."""
    return bool(trade.past_due_cents) or (is_open(trade) and trade.rating in DAYS_LATE)


def worst_past_due_days(trades: Iterable[Trade]) -> int | None:
    """Return 0 if nothing is past due, else the worst rating of what is; None if unrated."""
    late = [trade for trade in trades if is_past_due(trade)]
    if not late:
        return 0
    return max(filter(None, map(_days_late, late)), default=None)


def delinquencies_in(trades: Iterable[Trade], *, as_of: date, months: int = TWO_YEARS) -> int:
    """Return how many times a trade ran late; an unbroken run of late months is one time."""
    return sum(
        any(months_between(day, as_of) < months for day in run)
        for trade in trades
        for run in _late_runs(trade)
    )


def months_since_delinquency(trades: Iterable[Trade], *, as_of: date) -> int | None:
    """Return whole months since the last late month: 0 if late now, None if never."""
    listed = tuple(trades)
    if any(map(is_past_due, listed)):
        return 0
    days = [day for trade in listed for run in _late_runs(trade) for day in run]
    return months_between(max(days), as_of) if days else None


def chargeoffs_in(trades: Iterable[Trade], *, as_of: date, months: int = ONE_YEAR) -> int:
    """Return the trades charged off or repossessed in the months before `as_of`."""
    return sum(
        _is_recent(_turned_bad_on(trade), as_of=as_of, months=months)
        for trade in trades
        if trade.rating in CHARGED_OFF
        or trade.closed_indicator == CLOSED_CHARGED_OFF
        or WRITTEN_OFF in trade.remark_codes
    )


def collections_in(
    trades: Iterable[Trade],
    collections: Iterable[Collection],
    *,
    as_of: date,
    months: int = ONE_YEAR,
) -> int:
    """Return collections placed in the months before `as_of`, and trades rated so since then."""
    placed = [one.opened_on or one.effective_on for one in collections]
    rated = [_turned_bad_on(trade) for trade in trades if trade.rating == IN_COLLECTION]
    return sum(_is_recent(day, as_of=as_of, months=months) for day in (*placed, *rated))


def _days_late(trade: Trade) -> int | None:
    if trade.rating in DEROGATORY:
        return DAYS_LATE_DEROGATORY
    return DAYS_LATE.get(trade.rating or "")


def _is_recent(day: date | None, *, as_of: date, months: int) -> bool:
    """Return whether it was in those months; a bad turn without a date is taken as recent."""
    return day is None or months_between(day, as_of) < months


def _turned_bad_on(trade: Trade) -> date | None:
    """Return the day that comes closest to when the trade was charged off or placed.

    `dateEffective` is the last choice: a furnisher moves it every month, for years after.
    """
    noted = max((one.day for one in trade.worst_delinquencies), default=None)
    return trade.closed_on or noted or trade.effective_on


def _late_runs(trade: Trade) -> list[list[date]]:
    """Return the trade's runs of late months, each as the days of its months, newest first."""
    runs: list[list[date]] = [[]]
    if trade.rating in DAYS_LATE.keys() | DEROGATORY or trade.past_due_cents:
        known = _turned_bad_on(trade) if trade.rating in DEROGATORY else trade.effective_on
        runs[-1] += [] if known is None else [known]
    if trade.pattern is not None:
        for index, rating in enumerate(trade.pattern.ratings):
            if rating in LATE_MONTHS:
                runs[-1].append(months_before(trade.pattern.newest_month, index))
            elif rating == AS_AGREED:
                runs.append([])
    elif not runs[-1]:
        runs += [[one.day] for one in trade.worst_delinquencies]
    return [run for run in runs if run]
