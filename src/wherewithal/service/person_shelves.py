"""A person's answers at all merchants, kept for the next page, and what may be told of each."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from wherewithal.qualify.browse import Row
from wherewithal.qualify.merchant_index import MerchantIndex
from wherewithal.qualify.shelf import Shelf, ShelfAnswer, shelf_of
from wherewithal.service.answers import ProductStatus
from wherewithal.service.directory import Held
from wherewithal.service.merchant_answers import MerchantProduct
from wherewithal.service.person_left import PersonLeft, whole_of
from wherewithal.service.products_answer import product_status
from wherewithal.service.read_spending_power import standing_of
from wherewithal.service.standing import CurrentDecision
from wherewithal.service.standing_products import is_about_the_person
from wherewithal.vocabulary.errors import InvariantBroken

#: Shelves that are kept; one of 1,000 programs takes a few hundred kilobytes.
_SHELVES_MAX: Final = 64


class PersonShelf(msgspec.Struct, frozen=True, kw_only=True):
    """What is left for one person everywhere, and what there would be if nothing were used."""

    left: Shelf
    #: What there would be by the decision alone, worked out when it is asked for; None where that
    #: is what is left.
    whole: Callable[[], Shelf] | None
    #: Why there is no power where there would be some.
    reason: str
    #: Whether the person asked; where nobody did, no "no" about them is told.
    is_asked: bool

    def told_rows(self, rows: Sequence[Row]) -> list[tuple[MerchantProduct, ...]]:
        """Return what may be told of the answers of each row, in their order."""
        if self.whole is None or not any(_is_no(one) for row in rows for one in row.answers):
            # Merchants that offer alike share their answers, so most are told once.
            known: dict[int, MerchantProduct] = {}
            for row in rows:
                for one in row.answers:
                    if id(one) not in known:
                        known[id(one)] = self.told(one, had_cents=0)
            return [tuple(known[id(one)] for one in row.answers) for row in rows]
        whole = self.whole()
        places = [whole.index.position(row.merchant_id) for row in rows]
        had = whole.answers_at([place or 0 for place in places])
        powers = [{one.product: one.power_cents for one in there} for there in had]
        return [
            tuple(self.told(one, had_cents=own[one.product]) for one in row.answers)
            for row, own in zip(rows, powers, strict=True)
        ]

    def told(self, answer: ShelfAnswer, *, had_cents: int) -> MerchantProduct:
        """Return what may be told of one answer; `had_cents` is its power by the decision alone."""
        reason = answer.reason
        if _is_no(answer) and had_cents:
            reason = self.reason
        status = product_status(answer.power_cents, reason)
        is_hidden = not self.is_asked and status is ProductStatus.NOT_ELIGIBLE
        return MerchantProduct(
            product=answer.product.value,
            status=ProductStatus.NOT_YET_ASSESSED if is_hidden else status,
            power_cents=None if is_hidden else answer.power_cents,
            program_id=answer.program_id,
            plan=answer.plan,
            apr_bps=answer.apr_bps,
            reason_code=None if is_hidden else reason,
        )


class PersonShelves:
    """Makes shelves, and keeps the last ones: the next page is mostly for the same person."""

    def __init__(self) -> None:
        """Keep none yet."""
        self._kept: OrderedDict[tuple[PersonLeft, str], tuple[MerchantIndex, Shelf]]
        self._kept = OrderedDict()

    def of(self, left: PersonLeft, decision: CurrentDecision, held: Held) -> PersonShelf:
        """Return the shelf of a person who is decided, under the directory that is held."""

        def whole() -> Shelf:
            return self._shelf(whole_of(standing_of(decision)), decision, held)

        return PersonShelf(
            left=self._shelf(left, decision, held),
            whole=None if left.is_whole else whole,
            reason=left.reason,
            is_asked=decision.tempo == "now",
        )

    def _shelf(self, left: PersonLeft, decision: CurrentDecision, held: Held) -> Shelf:
        key = (left, decision.outcome)
        index, shelf = self._kept.get(key, (None, None))
        if shelf is None or index is not held.index:
            person = left.columns() | {"outcome": decision.outcome}
            shelf = shelf_of(held.index, person, used_at=dict(left.used_at))
            if shelf is None:
                message = "a shelf was asked for of a person who was not decided"
                raise InvariantBroken(message)
            self._kept[key] = (held.index, shelf)
        self._kept.move_to_end(key)
        if len(self._kept) > _SHELVES_MAX:
            self._kept.popitem(last=False)
        return shelf


def _is_no(answer: ShelfAnswer) -> bool:
    return is_about_the_person(answer.power_cents, answer.reason)
