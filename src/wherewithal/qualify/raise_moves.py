"""What a bundle says could raise a power, in `raises.toml`: moves, how facts go with them, bounds.

    [[move]]
    code = "fewer_inquiries"
    unit = "count"
    steps = { every = 1, at_most = 12 }
    wording = "If {amount} of the inquiries by other lenders no longer counted"
    effects = [{ fact = "inquiries_6m", how = "less" }]

The file is part of the bundle and of its digest. Without it nothing is told.
Source: DESIGN 4, explain; POLICY 6; 12 CFR 1002.6(b): no prohibited basis.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Final

import msgspec

from wherewithal.dmn.diagnostics import near_miss
from wherewithal.qualify.toml_rows import read_document, read_rows, read_table
from wherewithal.vocabulary.errors import Problem
from wherewithal.vocabulary.facts import FACTS_BY_NAME, FactType, Use

FILE: Final = "raises.toml"
#: Nobody is told to state these anew, or to be another person; no bundle can say otherwise.
NEVER_MOVED: Final = frozenset(
    {
        *(name for name, fact in FACTS_BY_NAME.items() if fact.use is not Use.CREDIT),
        "as_of",
        "stated_income_cents",
        "income_verified",
        "home_ownership",
        "stated_housing_cents",
        "mortgage_payments_cents",
        "stated_employment_years",
        "bureau_score",
        "has_fraud_alert",
        "has_active_duty_alert",
        "has_dispute",
    }
)
#: Rows of a grid at most; more would not be decided in the time of an answer.
GRID_ROWS_MAX: Final = 2_000
AMOUNT: Final = "{amount}"


class How(StrEnum):
    """What an effect does to its fact; `raises.toml` says it in words."""

    LESS = "less"
    IN_PROPORTION = "in_proportion"
    PAYMENT_LESS = "payment_less"
    RATIO_LESS = "ratio_less"
    OLDER = "older"
    EARLIER = "earlier"
    GONE_AFTER = "gone_after"
    NONE = "none"
    ONE_LESS = "one_less"


class Unit(StrEnum):
    """What an amount counts."""

    CENTS = "cents"
    MONTHS = "months"
    COUNT = "count"


_Text = Annotated[str, msgspec.Meta(min_length=1, pattern=r"\S")]
_Whole = Annotated[int, msgspec.Meta(ge=1, le=10**10)]
_Few = Annotated[int, msgspec.Meta(ge=1, le=200)]
_Share = Annotated[int, msgspec.Meta(ge=1, le=10_000)]


class Steps(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Amounts in even steps, wider where there would be too many."""

    every: _Whole
    at_most: _Few


class Effect(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How one fact goes with a move."""

    fact: str
    how: How
    share_bps: _Share | None = None
    months: _Whole | None = None
    since: str | None = None


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a person could do, or wait for."""

    code: _Text
    unit: Unit
    #: With {amount}; the condition of a sentence.
    wording: _Text
    effects: Annotated[tuple[Effect, ...], msgspec.Meta(min_length=1)]
    steps: Steps | None = None
    amounts: tuple[_Whole, ...] = ()
    not_while: tuple[str, ...] = ()
    #: Whether what is late with us is paid by it: then the account is as if nothing were.
    pays_late: bool = False


class Together(msgspec.Struct, frozen=True, kw_only=True):
    """Moves that are tried at once, in their order."""

    moves: Annotated[tuple[str, ...], msgspec.Meta(min_length=2, max_length=3)]
    #: Amounts of each.
    at_most: _Few


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """What of it is told."""

    notice_cents: _Whole
    shown_max: _Few


class RaiseTerms(msgspec.Struct, frozen=True, kw_only=True):
    """A bundle's word on what could raise a power."""

    notice_cents: int = 1
    shown_max: int = 0
    #: None: the bundle tells nothing.
    moves: tuple[Move, ...] = ()
    together: tuple[Together, ...] = ()

    def move(self, code: str) -> Move:
        """Return a move by its code."""
        return next(one for one in self.moves if one.code == code)


NO_RAISES: Final = RaiseTerms()
_NUMBERS: Final = (FactType.INTEGER,)
_TYPES: Final[Mapping[How, tuple[FactType, ...]]] = {
    **dict.fromkeys(How, _NUMBERS),
    How.EARLIER: (FactType.DATE,),
}
#: What an effect needs besides its fact, by what it does.
_NEEDS: Final[Mapping[How, str]] = {
    How.PAYMENT_LESS: "share_bps",
    How.RATIO_LESS: "share_bps",
    How.GONE_AFTER: "months",
}


def read_raises(toml: bytes | None) -> tuple[RaiseTerms, list[Problem]]:
    """Return what a bundle says of raises, and everything that is wrong with the file."""
    if toml is None:
        return NO_RAISES, []
    tables = ("raises", "move", "together")
    document, problems = read_document(toml, file=FILE, tables=tables)
    if problems and not document:
        return NO_RAISES, problems
    shown, wrong = read_table(document, "raises", Shown, file=FILE)
    moves, wrong_moves = read_rows(document, "move", Move, file=FILE)
    together, wrong_together = read_rows(document, "together", Together, file=FILE)
    problems += [*wrong, *wrong_moves, *wrong_together]
    for place, move in moves:
        problems += _move_problems(place, move)
    problems += _named(moves, together)
    if shown is None or problems:
        return NO_RAISES, problems
    terms = RaiseTerms(
        notice_cents=shown.notice_cents,
        shown_max=shown.shown_max,
        moves=tuple(move for _, move in moves),
        together=tuple(row for _, row in together),
    )
    rows = rows_max(terms)
    if rows > GRID_ROWS_MAX:
        message = f"comes to {rows:,} rows for a person; at most {GRID_ROWS_MAX:,} are decided"
        return NO_RAISES, [_problem("too_many_steps", FILE, message)]
    return terms, []


def rows_max(terms: RaiseTerms) -> int:
    """Return the most rows that a grid can have."""
    single = {move.code: _count(move) for move in terms.moves}
    total = sum(single.values())
    for row in terms.together:
        product = 1
        for code in row.moves:
            product *= min(row.at_most, single[code])
        total += product
    return total


def _count(move: Move) -> int:
    return len(move.amounts) if move.steps is None else move.steps.at_most + 1


def _move_problems(place: str, move: Move) -> Iterator[Problem]:
    if (move.steps is None) == (not move.amounts):
        yield _problem("bad_value", f"{place} steps", "expected either steps or amounts")
    if move.steps is not None and move.effects[0].how is not How.LESS:
        yield _problem("bad_value", f"{place} steps", "needs a first effect that is 'less'")
    if list(move.amounts) != sorted(set(move.amounts)):
        yield _problem("bad_value", f"{place} amounts", "expected each once, the least first")
    is_counted = move.unit is Unit.COUNT and move.amounts == (1,)
    if move.wording.count(AMOUNT) != (0 if is_counted else 1):
        yield _problem("bad_value", f"{place} wording", f"expected {AMOUNT} once")
    for number, effect in enumerate(move.effects, 1):
        yield from _effect_problems(f"{place} effects[{number}]", effect)
    for name in move.not_while:
        yield from _unknown_fact(f"{place} not_while", name)


def _effect_problems(place: str, effect: Effect) -> Iterator[Problem]:
    yield from _unknown_fact(f"{place} fact", effect.fact)
    if effect.since is not None:
        yield from _unknown_fact(f"{place} since", effect.since)
    fact = FACTS_BY_NAME.get(effect.fact)
    if fact is None:
        return
    if effect.fact in NEVER_MOVED:
        message = f"'{effect.fact}' is nothing that a person is told to change"
        yield _problem("not_actionable", f"{place} fact", message)
    if fact.type not in _TYPES[effect.how]:
        message = f"'{effect.how.value}' does not go with '{effect.fact}', a {fact.type.value}"
        yield _problem("bad_value", f"{place} how", message)
    needed = _NEEDS.get(effect.how)
    if needed is not None and getattr(effect, needed) is None:
        yield _problem("missing_field", f"{place} {needed}", f"'{effect.how.value}' needs it")


def _unknown_fact(place: str, name: str) -> Iterator[Problem]:
    if name not in FACTS_BY_NAME:
        message = f"there is no fact '{name}'{near_miss(name, FACTS_BY_NAME)}"
        yield _problem("unknown_fact", place, message)


def _named(
    moves: Sequence[tuple[str, Move]], together: Sequence[tuple[str, Together]]
) -> Iterator[Problem]:
    codes: set[str] = set()
    for place, move in moves:
        if move.code in codes:
            yield _problem("duplicate_name", f"{place} code", f"'{move.code}' stands above already")
        codes.add(move.code)
    for place, row in together:
        for code in row.moves:
            if code not in codes:
                message = f"there is no move '{code}'{near_miss(code, codes)}"
                yield _problem("unknown_value", f"{place} moves", message)
        if len(set(row.moves)) < len(row.moves):
            yield _problem("bad_value", f"{place} moves", "expected each once")


def _problem(code: str, path: str, message: str) -> Problem:
    return Problem(code=code, path=path, message=message)
