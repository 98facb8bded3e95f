"""Answers on why a power changed and on what would raise it, and the words that they are told in.

Amounts are integer cents, moments UTC. Null is unknown, never zero. Facts are told in the bundle's
words: never by name, never with a value.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

import msgspec

from wherewithal.qualify.raise_moves import AMOUNT, RaiseTerms, Unit
from wherewithal.qualify.raises import Raise, Step
from wherewithal.qualify.why_changed import Moved
from wherewithal.service.answers import ReasonAnswer

#: In words, by what came of the question.
CHANGE_WORDINGS: Final = {
    "explained": "What moved, in the order in which it was taken: our policy, the law and our"
    " terms, what we know of you, your account with us. The parts add up to the whole; in another"
    " order they could be divided otherwise.",
    "unchanged": "Nothing has changed that your spending power depends on.",
    "not_decided": "One of the two was no decision, so there are no amounts to compare. What moved"
    " is here.",
    "not_kept": "What one of the two was decided on is no longer kept, so it cannot be compared.",
}
RAISE_WORDINGS: Final = {
    "estimated": "By today's policy, each of these alone would raise what you can spend. They are"
    " estimates and no promise: other things may have changed by then.",
    "none": "We know of no single step that would raise what you can spend by today's policy.",
    "not_kept": "What your decision was made on cannot be read any more; ask again, and we will"
    " look anew.",
}


class ChangePoint(msgspec.Struct, frozen=True, kw_only=True):
    """One of the two moments that are compared."""

    decision_id: str
    #: When it was decided; of what stands now, when it was read.
    at: datetime
    outcome: str
    #: The largest single purchase, after what was in use; null where nothing was decided.
    power_total_cents: int | None


class ProductChange(msgspec.Struct, frozen=True, kw_only=True):
    """What a part did to one product."""

    product: str
    change_cents: int


class ChangePart(msgspec.Struct, frozen=True, kw_only=True):
    """Something that moved, and what the power did with it."""

    #: policy | terms | facts | account.
    part: str
    #: What moved; several where nothing could be decided between one and the next.
    codes: tuple[str, ...]
    #: Of the largest single purchase; null where there is nothing to compare.
    change_cents: int | None
    products: tuple[ProductChange, ...]
    wording: str


class ChangeAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Why a person's spending power is another than it was."""

    consumer_id: str
    #: explained | unchanged | not_decided | not_kept, or what stands instead of a decision now:
    #: not_yet_assessed | expired | blocked.
    status: str
    since: ChangePoint | None
    until: ChangePoint | None
    change_cents: int | None
    #: In the order of swapping; their changes sum to `change_cents`.
    parts: tuple[ChangePart, ...]
    reasons_gained: tuple[ReasonAnswer, ...]
    reasons_lost: tuple[ReasonAnswer, ...]
    wording: str


class RaiseStep(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that would have to be so."""

    code: str
    #: cents | months | count.
    unit: str
    amount: int


class RaisedProduct(msgspec.Struct, frozen=True, kw_only=True):
    """A product with which more could be spent then."""

    product: str
    name: str
    power_cents: int
    power_now_cents: int


class RaiseAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One way in which the power would rise."""

    #: Together; one in most cases.
    steps: tuple[RaiseStep, ...]
    outcome: str
    power_total_cents: int
    products: tuple[RaisedProduct, ...]
    wording: str


class RaisesAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What would raise a person's spending power, by today's policy."""

    consumer_id: str
    #: estimated | none | not_kept, or what stands instead of a decision: not_yet_assessed | expired
    #: | blocked | not_decided.
    status: str
    decision_id: str | None
    #: The day of the estimate.
    estimated_on: date
    bundle_digest: str
    power_total_cents: int | None
    raises: tuple[RaiseAnswer, ...]
    wording: str


def dollars(cents: int) -> str:
    """Return an amount as a person reads it.

    >>> dollars(120_000), dollars(28_133)
    ('$1,200', '$281.33')
    """
    whole, rest = divmod(cents, 100)
    return f"${whole:,}.{rest:02d}" if rest else f"${whole:,}"


def day_in_words(day: date) -> str:
    """Return a day as a person reads it, whatever the machine's language.

    >>> day_in_words(date(2026, 12, 1))
    '1 December 2026'
    """
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


# fmt: off
_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)
# fmt: on


def part_wording(moved: Moved) -> str:
    """Return what moved and what came of it, as sentences."""
    said = " ".join(moved.wordings)
    cents = moved.change_cents
    if cents is None:
        return said
    if cents == 0:
        what = "one way to pay" if moved.products else "what you can spend"
        effect = "moves" if moved.products else "makes no difference to"
        return f"{said} That {effect} {what}."
    verb = "raises" if cents > 0 else "lowers"
    return f"{said} That {verb} what you can spend at once by {dollars(abs(cents))}."


def raise_wording(
    raised: Raise, *, terms: RaiseTerms, best: RaisedProduct, is_total: bool, on: date
) -> str:
    """Return a path as a dated estimate; `best` is the product that gains most."""
    conditions = [_condition(step, terms) for step in raised.steps]
    told = ", and ".join([conditions[0], *(one[0].lower() + one[1:] for one in conditions[1:])])
    how = "" if is_total else f" with {best.name}"
    cents = max(raised.powers.values()) if is_total else best.power_cents
    return (
        f"{told}, then by today's policy you could spend up to {dollars(cents)}{how}."
        f" An estimate of {day_in_words(on)}, no promise."
    )


def _condition(step: Step, terms: RaiseTerms) -> str:
    return terms.move(step.code).wording.replace(AMOUNT, _amount(step))


def _amount(step: Step) -> str:
    match step.unit:
        case Unit.CENTS:
            return dollars(step.amount)
        case Unit.MONTHS:
            return f"{step.amount} month{'s' if step.amount > 1 else ''}"
        case Unit.COUNT:
            return str(step.amount)
