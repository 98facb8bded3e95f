"""The picture of the honour rate, as SVG that is the same bytes for the same numbers.

Drawn by hand: the program itself has no plotting library, and two lines need none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Final
from xml.sax.saxutils import escape

import msgspec

from wherewithal.service.read_commitments import HonouredWeek, HonourRate

#: Two colours that the colour-blind tell apart, and grey for what is only compared with.
BLUE, ORANGE, GREY = "#0072b2", "#d55e00", "#888888"
_WIDTH, _HEIGHT = 720, 360
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 24, 40, 64
#: What the rate is held against: 95% of all attempts, 99% on the same facts.
_AIMS: Final = ((9_500, BLUE), (9_900, ORANGE))


class _Week(msgspec.Struct, frozen=True, kw_only=True):
    week: date
    attempts: int
    honoured: int
    same: int
    same_honoured: int


def honour_plot(found: HonourRate) -> str:
    """Return the rate by week, of all attempts and of those on the same facts, over their number.

    The axis begins at the highest ten percent below every point, and says so by its marks.
    """
    weeks = _by_week(found.rows)
    series = (
        ("all attempts", BLUE, [_rate(one.honoured, one.attempts) for one in weeks]),
        ("same facts", ORANGE, [_rate(one.same_honoured, one.same) for one in weeks]),
    )
    rates = [rate for _, _, line in series for rate in line if rate is not None]
    floor = min([9_000, *(rate // 1_000 * 1_000 for rate in rates)])

    def x_of(place: int) -> float:
        return _LEFT + (_WIDTH - _LEFT - _RIGHT) * (place + 0.5) / max(1, len(weeks))

    def y_of(rate_bps: int) -> float:
        share = (rate_bps - floor) / (10_000 - floor)
        return _HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * share

    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}"'
            ' font-family="sans-serif" font-size="12" role="img">'
        ),
        "<title>Honour rate of commitments by week</title>",
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="white"/>',
        _text(_LEFT, 20, "Commitments honoured, % of attempts within time and amount", "start"),
    ]
    for rate in range(floor, 10_001, max(200, (10_000 - floor) // 5)):
        y = y_of(rate)
        parts.append(_line(_LEFT, y, _WIDTH - _RIGHT, y, "#dddddd"))
        parts.append(_text(_LEFT - 6, y + 4, f"{rate / 100:g}", "end"))
    parts += [
        _line(_LEFT, y_of(aim), _WIDTH - _RIGHT, y_of(aim), colour, dashes="4 4")
        for aim, colour in _AIMS
        if aim >= floor
    ]
    every = max(1, -(-len(weeks) // 10))
    for place, one in enumerate(weeks):
        if place % every == 0:
            parts.append(_text(x_of(place), _HEIGHT - 44, one.week.isoformat(), "middle"))
            parts.append(_text(x_of(place), _HEIGHT - 28, f"n {one.attempts:,}", "middle", GREY))
    for number, (name, colour, line) in enumerate(series):
        parts += _points(line, colour, x_of, y_of)
        parts.append(_text(_LEFT + 150 * number, _HEIGHT - 8, f"● {name}", "start", colour))
    parts.append(_text(_LEFT + 300, _HEIGHT - 8, "dashed: aims 95% and 99%", "start", GREY))
    return "\n".join([*parts, "</svg>"]) + "\n"


def _by_week(rows: Sequence[HonouredWeek]) -> list[_Week]:
    """Return the sums of each week, in order."""
    weeks: dict[date, list[HonouredWeek]] = {}
    for row in rows:
        weeks.setdefault(row.week, []).append(row)
    return [
        _Week(
            week=week,
            attempts=sum(one.attempts for one in of),
            honoured=sum(one.honoured for one in of),
            same=sum(one.same_facts_attempts for one in of),
            same_honoured=sum(one.same_facts_honoured for one in of),
        )
        for week, of in sorted(weeks.items())
    ]


def _rate(part: int, whole: int) -> int | None:
    return None if whole == 0 else part * 10_000 // whole


def _points(
    rates: Sequence[int | None],
    colour: str,
    x_of: Callable[[int], float],
    y_of: Callable[[int], float],
) -> list[str]:
    places = [(x_of(n), y_of(rate)) for n, rate in enumerate(rates) if rate is not None]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    marks = [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>' for x, y in places]
    return [f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>', *marks]


def _line(x1: float, y1: float, x2: float, y2: float, colour: str, *, dashes: str = "none") -> str:
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"'
        f' stroke-dasharray="{dashes}"/>'
    )


def _text(x: float, y: float, text: str, anchor: str, colour: str = "#222222") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">'
        f"{escape(text)}</text>"
    )
