"""The products' part of an answer, computed from what stands for a person when it is read.

The core computes it (`qualify.merchants`), by the functions that compute power at a merchant, so
that a house program and a merchant's can never disagree about one person. What it says is said by
`products_answer`, as when a decision is made.
"""

from __future__ import annotations

import datetime
from functools import cached_property, lru_cache
from typing import Any, Final

import msgspec

from wherewithal.qualify import contract
from wherewithal.qualify.bundle import PolicyBundle
from wherewithal.qualify.merchants import ProgramBook
from wherewithal.qualify.person import person_inputs
from wherewithal.qualify.plans import Plans
from wherewithal.service.answers import ProductAnswer, ProductStatus, ReasonAnswer
from wherewithal.service.own_reasons import reason_answer
from wherewithal.service.person_left import PersonLeft
from wherewithal.service.products_answer import (
    decided_products,
    product_status,
    undecided_products,
)
from wherewithal.service.standing import PersonStanding

#: No merchant is named, so none has a share of its own.
_WHOLE_SHARE_BPS: Final = 10_000
#: Answers that are kept: most people of a run stand alike.
_ANSWERS_MAX: Final = 16_384
_ENCODER: Final = msgspec.json.Encoder()


class ProductAnswers:
    """Products under one bundle, by the house programs; safe to share within one thread."""

    def __init__(self, bundle: PolicyBundle, plans: Plans) -> None:
        """Keep the bundle and the plans that others use too; nothing is computed yet."""
        self.bundle, self.plans = bundle, plans
        self._books: dict[datetime.date, ProgramBook] = {}
        self._kept = lru_cache(maxsize=_ANSWERS_MAX)(self._answers)
        self._kept_reasons: dict[tuple[str, ...], bytes] = {}
        self._kept_unassessed: dict[ProductStatus, bytes] = {}

    def knows(self, standing: PersonStanding) -> bool:
        """Return whether the bundle has the pricing tier; another one may have named it."""
        return standing.pricing_tier in self._tiers

    def answers(
        self,
        standing: PersonStanding,
        *,
        left: PersonLeft,
        on: datetime.date,
        expires_at: datetime.datetime,
        is_asked: bool,
    ) -> tuple[ProductAnswer, ...]:
        """Return every product's answer on a day, in the catalogue's order.

        Units:  cents; of what is `left` of `standing`.
        Null:   `standing` is of a person who was decided; for others see `unassessed`. Where nobody
                asked, a "no" that is about the person is told as not yet assessed.
        """
        answers = self._kept(standing, left, on, expires_at)
        return answers if is_asked else tuple(map(as_unasked, answers))

    def unassessed(self, status: ProductStatus) -> tuple[ProductAnswer, ...]:
        """Return every product without a power: nobody asked, it has expired, or it is unknown."""
        return tuple(
            msgspec.structs.replace(one, status=status)
            for one in undecided_products(None, bundle=self.bundle)
        )

    def unassessed_json(self, status: ProductStatus) -> bytes:
        """Return `unassessed` as JSON; there are as many as statuses, so all are kept."""
        if status not in self._kept_unassessed:
            self._kept_unassessed[status] = _ENCODER.encode(self.unassessed(status))
        return self._kept_unassessed[status]

    def reasons_json(self, codes: tuple[str, ...]) -> bytes:
        """Return reasons as JSON; the orders that occur are few."""
        found = self._kept_reasons.get(codes)
        if found is None:
            found = _ENCODER.encode([self.reason(code) for code in codes])
            if len(self._kept_reasons) < _ANSWERS_MAX:
                self._kept_reasons[codes] = found
        return found

    def reason(self, code: str) -> ReasonAnswer:
        """Return a reason in the consumer's words."""
        return reason_answer(code, self.bundle)

    @cached_property
    def _tiers(self) -> frozenset[str]:
        return frozenset(self.bundle.program.node(contract.PRICING_TIER).type.values or ())

    def _book(self, on: datetime.date) -> ProgramBook:
        begin = self.bundle.edition_begin(on)
        if begin not in self._books:
            self._books[begin] = ProgramBook(self.bundle, begin)
        return self._books[begin]

    def _answers(
        self,
        standing: PersonStanding,
        left: PersonLeft,
        on: datetime.date,
        expires_at: datetime.datetime,
    ) -> tuple[ProductAnswer, ...]:
        decided_at = datetime.datetime.combine(on, datetime.time.min, datetime.UTC)
        answers = decided_products(
            self.row(standing, left, on=on),
            as_of=on,
            decided_at=decided_at,
            bundle=self.bundle,
            plans=self.plans,
        )
        return tuple(
            msgspec.structs.replace(one, expires_at=expires_at if one.best_plan else None)
            for one in answers
        )

    def row(
        self, standing: PersonStanding, left: PersonLeft, *, on: datetime.date
    ) -> dict[str, Any]:
        """Return the columns of a decision row that are about products, by what is left."""
        whole, book = msgspec.structs.asdict(standing), self._book(on)
        row = dict(whole)
        for product in self.bundle.catalogue.products:
            code, function = product.code.value, book.function(product.house_program)
            power_cents, _, plan, _, reason = function(
                *person_inputs(left.columns()), 0, _WHOLE_SHARE_BPS
            )
            if not left.is_whole and is_about_the_person(power_cents, reason):
                had_cents = function(*person_inputs(whole), 0, _WHOLE_SHARE_BPS)[0]
                reason = left.reason if had_cents else reason
            row |= {
                f"power_{code}_cents": power_cents,
                f"plan_{code}": plan,
                f"reason_{code}": reason,
            }
        return row


def as_unasked(answer: ProductAnswer) -> ProductAnswer:
    """Return what may be told of a product where nobody asked: never a "no" about the person."""
    if answer.status is not ProductStatus.NOT_ELIGIBLE:
        return answer
    return msgspec.structs.replace(
        answer, status=ProductStatus.NOT_YET_ASSESSED, power_cents=None, reason=None
    )


def is_about_the_person(power_cents: int, reason: str | None) -> bool:
    """Return whether a zero is for the person's own limits, tier or capacity."""
    return product_status(power_cents, reason) is ProductStatus.NOT_ELIGIBLE
