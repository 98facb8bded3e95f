"""Facts as a source would read them after a move: what hangs together moves together.

Whatever a step leaves open is taken as the worse: shares of payments are rounded so that too little
falls away, and late payments stay on file until they must be gone.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

import polars as pl

from wherewithal.qualify.raise_moves import Effect, How, Move, RaiseTerms
from wherewithal.vocabulary.facts import FACTS, FACTS_BY_NAME, FactType
from wherewithal.vocabulary.money import ceil_divide, floor_divide

Facts = Mapping[str, Any]
_WHOLE_BPS: Final = 10_000
_DTYPES: Final = {
    FactType.INTEGER: pl.Int64(),
    FactType.BOOLEAN: pl.Boolean(),
    FactType.DATE: pl.Date(),
}


class Taken(NamedTuple):
    """One move by an amount."""

    move: Move
    amount: int


class Path(NamedTuple):
    """Moves at once, and the facts as they would be read then."""

    taken: tuple[Taken, ...]
    facts: dict[str, Any]
    #: From 0, nothing, to 1 for each move: how much of what is possible.
    effort: float


def grid_of(facts: Facts, terms: RaiseTerms) -> list[Path]:
    """Return every path that is tried for a person, those of one move first, the smallest first."""
    amounts = {move.code: amounts_of(move, facts) for move in terms.moves}
    paths = [path for m in terms.moves for path in _together(facts, [m], [amounts[m.code]])]
    for row in terms.together:
        moves = [terms.move(code) for code in row.moves]
        paths += _together(facts, moves, [_thinned(amounts[m.code], row.at_most) for m in moves])
    return paths


def _together(
    facts: Facts, moves: Sequence[Move], amounts: Sequence[Sequence[int]]
) -> Iterator[Path]:
    """Yield the paths of all amounts; what the first moves come to is made once for the others."""
    (move, *others), (tried, *rest) = moves, amounts
    for place, amount in enumerate(tried, 1):
        moved, taken = _moved(facts, move, amount), (Taken(move, amount),)
        if moved is None:
            continue
        effort = place / len(tried)
        if not others:
            yield Path(taken, moved, effort)
            continue
        for path in _together(moved, others, rest):
            yield Path(taken + path.taken, path.facts, effort + path.effort)


def amounts_of(move: Move, facts: Facts) -> Sequence[int]:
    """Return the amounts that are tried for a person, ascending; none where there is nothing."""
    if move.steps is None:
        return move.amounts
    base = base_of(move, facts)
    if not base:
        return ()
    every, at_most = move.steps.every, move.steps.at_most
    step = every * ceil_divide(base, every * at_most)
    return (*range(step, base, step), base)


def step_of(amounts: Sequence[int]) -> int:
    """Return how far apart the amounts are."""
    return amounts[1] - amounts[0] if len(amounts) > 1 else amounts[0]


def base_of(move: Move, facts: Facts) -> int | None:
    """Return all that there is to be moved; None is unknown."""
    for effect in move.effects:
        value = facts[effect.fact]
        if value is None:
            continue
        if effect.how is How.LESS:
            return int(value)
        if effect.how is How.RATIO_LESS and effect.share_bps == _WHOLE_BPS:
            income = facts["stated_income_cents"]
            return floor_divide(value * income, 120_000) if income else None
    return None


def moved_facts(facts: Facts, taken: Sequence[Taken]) -> dict[str, Any] | None:
    """Return the facts after all moves, one after the other; None where one cannot be made."""
    now: dict[str, Any] | None = dict(facts)
    for move, amount in taken:
        now = None if now is None else _moved(now, move, amount)
    return now


def _moved(facts: Facts, move: Move, amount: int) -> dict[str, Any] | None:
    if any(facts[name] for name in move.not_while):
        return None
    changes: dict[str, Any] = {}
    for effect in move.effects:
        value = facts[effect.fact]
        if value is None:
            continue
        after = _EFFECTS[effect.how](facts, move, effect, amount)
        fact = FACTS_BY_NAME[effect.fact]
        if fact.type is FactType.INTEGER and not fact.minimum <= after <= fact.maximum:
            return None
        if after != value:
            changes[effect.fact] = after
    # What is late with us may have fallen late since the facts were read.
    return {**facts, **changes} if changes or move.pays_late else None


def frame_of(facts: Facts, paths: Sequence[Path]) -> pl.DataFrame:
    """Return the facts frame of the paths, in their order.

    Shapes: (paths, facts + 4). Columns that no path moves are one value, repeated.
    """
    moved = {name for path in paths for one in path.taken for name in _names(one.move)}
    columns = []
    for fact in FACTS:
        dtype = _DTYPES.get(fact.type) or pl.Enum(fact.values)
        if fact.name in moved:
            values = [path.facts[fact.name] for path in paths]
            columns.append(pl.Series(fact.name, values, dtype))
        else:
            one = pl.Series(fact.name, [facts[fact.name]], dtype)
            columns.append(one.new_from_index(0, len(paths)))
    nothing = pl.Series("failure", [None], pl.String).new_from_index(0, len(paths))
    nobody = pl.Series("applicant_id", [""], pl.String).new_from_index(0, len(paths))
    return pl.DataFrame([nobody, *columns, nothing, nothing.alias("failure_cause")])


def _names(move: Move) -> list[str]:
    return [effect.fact for effect in move.effects]


def _thinned(amounts: Sequence[int], at_most: int) -> Sequence[int]:
    """Return at most so many of the amounts, evenly, the last among them."""
    count = len(amounts)
    if count <= at_most:
        return amounts
    return [amounts[ceil_divide(count * place, at_most) - 1] for place in range(1, at_most + 1)]


def _less(before: Facts, _: Move, effect: Effect, amount: int) -> int:
    return int(before[effect.fact]) - amount


def _in_proportion(before: Facts, move: Move, effect: Effect, amount: int) -> int:
    base, value = before[move.effects[0].fact], int(before[effect.fact])
    if not base:
        return value
    return ceil_divide(value * max(0, base - amount), base)


def _payment_less(before: Facts, _: Move, effect: Effect, amount: int) -> int:
    return max(0, int(before[effect.fact]) - _payment(effect, amount))


def _ratio_less(before: Facts, _: Move, effect: Effect, amount: int) -> int:
    value, income = int(before[effect.fact]), before["stated_income_cents"]
    if not income:
        return value
    return max(0, value - floor_divide(120_000 * _payment(effect, amount), income))


def _payment(effect: Effect, amount: int) -> int:
    return floor_divide(amount * (effect.share_bps or 0), _WHOLE_BPS)


def _older(before: Facts, _: Move, effect: Effect, amount: int) -> int:
    return int(before[effect.fact]) + amount


def _earlier(before: Facts, _: Move, effect: Effect, amount: int) -> datetime.date:
    day: datetime.date = before[effect.fact]
    years, month = divmod(day.year * 12 + day.month - 1 - amount, 12)
    # Every month has a 28th; the policy counts calendar months.
    return datetime.date(max(years, 1), month + 1, min(day.day, 28))


def _gone_after(before: Facts, _: Move, effect: Effect, amount: int) -> int:
    since = 0 if effect.since is None else before[effect.since] or 0
    return 0 if since + amount >= (effect.months or 0) else int(before[effect.fact])


def _none(_before: Facts, _: Move, _effect: Effect, _amount: int) -> int:
    return 0


def _one_less(before: Facts, _: Move, effect: Effect, _amount: int) -> int:
    return max(0, int(before[effect.fact]) - 1)


_EFFECTS: Final[Mapping[How, Callable[[Facts, Move, Effect, int], Any]]] = {
    How.LESS: _less,
    How.IN_PROPORTION: _in_proportion,
    How.PAYMENT_LESS: _payment_less,
    How.RATIO_LESS: _ratio_less,
    How.OLDER: _older,
    How.EARLIER: _earlier,
    How.GONE_AFTER: _gone_after,
    How.NONE: _none,
    How.ONE_LESS: _one_less,
}
