"""Random transactions of every rhythm that a consumer loan has, and of some that none has."""

from __future__ import annotations

import random
from calendar import monthrange
from datetime import date, timedelta

Money = list[tuple[date, int]]

BY_DAYS = (1, 7, 7, 14, 14, 28, 10, 30)
BY_MONTHS = (1, 1, 1, 1, 2, 3, 6, 12)
TWICE_A_MONTH = ((1, 15), (1, 16), (15, 31), (10, 25), (5, 20), (14, 28), (15, 30))


def on_day(month_number: int, day: int) -> date:
    year, month = divmod(month_number, 12)
    return date(year, month + 1, min(day, monthrange(year, month + 1)[1]))


def any_schedule(seed: int) -> tuple[Money, Money]:
    """Return advances and payments: days to years apart, odd first periods, leap days, month ends."""
    draw = random.Random(seed)
    begin = date(2019, 1, 1) + timedelta(days=draw.randrange(3_700))
    if draw.random() < 0.25:
        begin = on_day(12 * begin.year + begin.month - 1, draw.choice([28, 29, 30, 31]))
    amount, count = draw.randrange(5_000, 3_000_000), draw.randrange(1, 37)
    days = _days(draw, begin, count)
    total = int(amount * draw.uniform(1.0, 1.5)) + 1
    level = -(-total // count)
    payments = [(day, level) for day in days]
    if count > 1 and draw.random() < 0.5:
        payments[-1] = (days[-1], max(1, level - draw.randrange(level)))
    if count > 2 and draw.random() < 0.2:
        payments[0] = (days[0], level + draw.randrange(1, level + 1))
    short = amount - sum(cents for _, cents in payments)
    if short > 0:
        payments[-1] = (days[-1], payments[-1][1] + short)
    if draw.random() < 0.05:
        payments.append((begin, 1 + amount // 100))
    # Much soon after it would leave such a payment without any rate.
    if draw.random() < 0.03 and (days[-1] - begin).days > 90:
        payments.append((begin - timedelta(days=draw.randrange(1, 15)), 1 + amount // 200))
    return _advances(draw, begin, amount, days), payments


def _advances(draw: random.Random, begin: date, amount: int, days: list[date]) -> Money:
    room = (days[0] - begin).days
    if draw.random() > 0.15 or room < 2:
        return [(begin, amount)]
    later = begin + timedelta(days=draw.randrange(1, room))
    return [(begin, amount // 2), (later, amount - amount // 2)]


def _days(draw: random.Random, begin: date, count: int) -> list[date]:
    rhythm = draw.choice(["days", "months", "months", "semimonth", "single", "any", "skipped"])
    first = begin + timedelta(days=draw.randrange(1, 75))
    if rhythm == "single":
        return [begin + timedelta(days=draw.randrange(1, 900))] * count
    if rhythm == "days":
        step = draw.choice(BY_DAYS)
        first = draw.choice([begin + timedelta(days=step), first])
        return [first + timedelta(days=step * number) for number in range(count)]
    if rhythm == "semimonth":
        pair, month = draw.choice(TWICE_A_MONTH), 12 * begin.year + begin.month - 1
        every = [on_day(month + n // 2, pair[n % 2]) for n in range(count + 4)]
        return [day for day in every if day > begin][:count]
    if rhythm == "any":
        gaps = [draw.randrange(1, 90) for _ in range(count)]
        return [begin + timedelta(days=sum(gaps[: n + 1])) for n in range(count)]
    step = draw.choice(BY_MONTHS)
    start = draw.choice([on_day(12 * begin.year + begin.month - 1 + step, begin.day), first])
    day = draw.choice([start.day, begin.day, 31, 30, 1])
    month = 12 * start.year + start.month - 1
    every = [on_day(month + step * number, day) for number in range(2 * count + 2)]
    every = [due for due in every if due > begin]
    if rhythm == "skipped":
        kept = [due for due in every if draw.random() < 0.8]
        every = kept if len(kept) >= count else every
    return every[:count]
