"""Appendix J again, written from its text and sharing nothing with what it is held against.

Slow and plain: months are walked one by one, the equation is solved by bisection, first in floats
to come near and then in decimals of 40 digits. An APR is good to 1e-12 of itself.
"""

from __future__ import annotations

import datetime
from collections import Counter
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

Day = datetime.date
Money = list[tuple[Day, int]]
ONE_DAY = datetime.timedelta(days=1)

#: (days by which sizes are compared, 0 before 1 where they are equal, name, unit-periods a year).
Unit = tuple[int, int, str, Fraction]
YEAR: Unit = (365, 0, "12m", Fraction(1))


def months(count: int) -> Unit:
    return YEAR if count == 12 else (30 * count, 0, f"{count}m", Fraction(12, count))


def days(count: int) -> Unit:
    per_year = Fraction(52 * 7, count) if count % 7 == 0 else Fraction(365, count)
    return (count, 1, f"{count}d", per_year)


SEMIMONTH: Unit = (15, 0, "semi", Fraction(24))


def ends_a_month(day: Day) -> bool:
    return (day + ONE_DAY).day == 1


def month_back(day: Day, wanted: int) -> Day:
    """Go to the wanted day of the month before, or to its last day."""
    last = day.replace(day=1) - ONE_DAY
    return last if last.day < wanted else last.replace(day=wanted)


def walk_back(start: Day, end: Day, wanted: int) -> tuple[int, int]:
    """Return whole months back from the end, and the days from the start that remain."""
    count, at = 0, end
    while (before := month_back(at, wanted)) >= start:
        count, at = count + 1, before
    return count, (at - start).days


def wanted_days(series: list[Day], begin: Day) -> dict[Day, int]:
    """Return for each day of a series the day of the month that it stands for."""
    found = {day: day.day for day in series}
    late = [day for day in series if day.day > 27]
    if len(late) < 2:
        return found
    top = max(day.day for day in late)
    if all(ends_a_month(day) for day in late) and (top == 31 or ends_a_month(begin)):
        return found | dict.fromkeys(late, 31)
    if all(day.day == top or (day.month == 2 and ends_a_month(day)) for day in late):
        return found | dict.fromkeys(late, top)
    return found


def unit_period(begin: Day, advanced: list[Day], paid: list[Day]) -> tuple[Unit, dict[Day, int]]:
    """Return the unit-period, and the days of the month of payments."""
    wanted = wanted_days(paid, begin)
    wanted_advanced = wanted_days(advanced, begin)
    after = [day for day in paid if day > begin]
    advanced_after = [day for day in advanced if day > begin]
    if len(after) == 1 and not advanced_after:
        whole, rest = walk_back(begin, after[0], wanted[after[0]])
        if whole >= 12:
            return YEAR, wanted
        if whole and not rest:
            return months(whole), wanted
        term = (after[0] - begin).days
        return (term, 2, f"{term}t", Fraction(365, term)), wanted
    spans = []
    for series, meaning in (([begin, *after], wanted), ([begin, *advanced_after], wanted_advanced)):
        for place in range(1, len(series)):
            a, b = series[place - 1], series[place]
            whole, rest = walk_back(a, b, meaning[b])
            is_between_payments = meaning is wanted and place > 1
            spans.append(((b - a).days, 0 if rest else whole, is_between_payments))
    between = [whole for _, whole, is_between in spans if is_between]
    only_months = bool(between) and all(between)
    tally: Counter[Unit] = Counter()
    for length, whole, _ in spans:
        if whole:
            tally[months(whole)] += 1
        if not whole or not only_months:
            tally[days(length)] += 1
    tally[SEMIMONTH] += half_months([begin, *after], wanted)
    most = max(tally.values())
    if most >= 2:
        unit = min(unit for unit, count in tally.items() if count == most)
        return (unit if unit[0] <= 365 else YEAR), wanted
    mean = Fraction(sum(length for length, _, _ in spans), len(spans))
    standard = [days(1), SEMIMONTH, *map(months, range(1, 13)), *map(days, range(7, 364, 7))]
    return min(standard, key=lambda unit: (abs(unit[0] - mean), unit[:2])), wanted


def half_months(series: list[Day], wanted: dict[Day, int]) -> int:
    count = 0
    for place in range(1, len(series)):
        pairs = [(place - 2, place), (place - 1, place + 1)]
        is_month = any(
            a >= 0 and b < len(series) and walk_back(series[a], series[b], wanted[series[b]]) == (1, 0)
            for a, b in pairs
        )  # fmt: skip
        count += is_month and 13 <= (series[place] - series[place - 1]).days <= 18
    return count


def time_since(begin: Day, end: Day, unit: Unit, wanted: int) -> tuple[int, Fraction]:
    """Return the whole unit-periods and the part of one, appendix J(b)(5)."""
    name = unit[2]
    if name[-1] in "dt":
        return divmod((end - begin).days, unit[0])[0], Fraction(
            (end - begin).days % unit[0], unit[0]
        )
    whole, rest = walk_back(begin, end, wanted)
    if name == "12m":
        if not rest:
            return whole // 12, Fraction(whole % 12, 12)
        first = end
        for _ in range(whole - whole % 12):
            first = month_back(first, wanted)
        return whole // 12, Fraction((first - begin).days, 365)
    size = 30 if name == "1m" else unit[0]
    total = 30 * whole + rest
    if name == "1m":
        # A month's days may be 30: they stay a part.
        return whole, Fraction(rest, 30)
    return total // size, Fraction(total % size, size)


def worth_of(times: list[tuple[int, Any, int]], rate: Any) -> Any:
    one = rate * 0 + 1
    return sum(
        cents / ((one + part * rate) * (one + rate) ** whole) for whole, part, cents in times
    )


def merged(money: Money) -> Money:
    total: dict[Day, int] = {}
    for day, cents in sorted(money):
        total[day] = total.get(day, 0) + cents
    return [*total.items()]


def apr(advances: Money, payments: Money) -> tuple[float, str]:
    """Return the APR in percent, and a short name of the unit-period."""
    advances, payments = merged(advances), merged(payments)
    begin = min(advances[0][0], payments[0][0])
    unit, wanted = unit_period(begin, [a for a, _ in advances], [p for p, _ in payments])
    wanted_advanced = wanted_days([a for a, _ in advances], begin)
    times = [(*time_since(begin, day, unit, wanted_advanced[day]), c) for day, c in advances]
    times += [(*time_since(begin, day, unit, wanted[day]), -c) for day, c in payments]
    if sum(cents for *_, cents in times) == 0:
        return 0.0, unit[2]
    low, high = 0.0, 1e-3
    rough = [(whole, float(part), cents) for whole, part, cents in times]
    while worth_of(rough, high) < 0:
        low, high = high, 4 * high
    for _ in range(50):
        half = (low + high) / 2
        low, high = (half, high) if worth_of(rough, half) < 0 else (low, half)
    with localcontext() as context:
        context.prec = 40
        exact = [(w, Decimal(p.numerator) / p.denominator, c) for w, p, c in times]
        # Floats find a rate to the digits of a unit, not of a tiny rate.
        near, width = Decimal(low), Decimal(high) * Decimal("1e-10") + Decimal("1e-13")
        below, above = max(Decimal(0), near - width), near + width
        assert worth_of(exact, below) < 0 <= worth_of(exact, above)
        for _ in range(12):
            middle = (below + above) / 2
            below, above = (middle, above) if worth_of(exact, middle) < 0 else (below, middle)
        return float(below * 100 * unit[3].numerator / unit[3].denominator), unit[2]
