"""Tables of what is told of a change and of raises: moves, effects and words of the bundle."""

from __future__ import annotations

from docs.tables.markdown import code, codes, dollars, percent, plain, table
from wherewithal.qualify.bundle import PolicyBundle
from wherewithal.qualify.raise_moves import Effect, How, Move, Unit

_HOW = {
    How.LESS: "lower by the amount",
    How.IN_PROPORTION: "lower in proportion",
    How.OLDER: "older by the amount",
    How.EARLIER: "earlier by the amount",
    How.NONE: "0",
    How.ONE_LESS: "lower by one",
}


def changes(bundle: PolicyBundle) -> str:
    """Return what may move, in the order of swapping, with its words."""
    rows = [
        (
            str(number),
            one.part.value,
            code(one.code),
            codes([*one.facts, *one.account]),
            " / ".join(plain(words) for words in (one.rose, one.fell, one.wording) if words),
        )
        for number, one in enumerate(bundle.changes, 1)
    ]
    return table(("order", "part", "what", "facts, account", "words: rose / fell / any"), rows)


def moves(bundle: PolicyBundle) -> str:
    """Return the moves that are tried, what each does to facts, and its words."""
    rows = [
        (
            code(move.code),
            _amounts(move),
            "; ".join(f"{code(one.fact)} {_effect(one)}" for one in move.effects),
            plain(move.wording),
        )
        for move in bundle.raises.moves
    ]
    together = "; ".join(" with ".join(map(code, row.moves)) for row in bundle.raises.together)
    return f"{table(('move', 'amounts', 'facts', 'words'), rows)}\n\nTogether: {together}."


def _amounts(move: Move) -> str:
    if move.steps is None:
        return ", ".join(map(str, move.amounts)) if move.unit is Unit.MONTHS else "all"
    every = dollars(move.steps.every) if move.unit is Unit.CENTS else str(move.steps.every)
    return f"in steps of {every}, or at most {move.steps.at_most} wider ones"


def _effect(effect: Effect) -> str:
    match effect.how:
        case How.PAYMENT_LESS:
            return f"lower by {percent(effect.share_bps or 0)} of the amount"
        case How.RATIO_LESS:
            return f"lower by {percent(effect.share_bps or 0)} of the amount, to income"
        case How.GONE_AFTER:
            return f"0 after {effect.months} months"
        case how:
            return _HOW[how]
