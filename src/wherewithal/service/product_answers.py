"""The products' part of an answer, computed from what stands for a person.

The core computes it (`qualify.merchants`), by the same functions as power at a merchant, so that a
house program and a merchant's program can never disagree about one person.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

import msgspec

from wherewithal.qualify import contract
from wherewithal.qualify.bundle import PolicyBundle
from wherewithal.qualify.merchants import PERSON_COLUMNS, ProgramBook
from wherewithal.qualify.offers import Offer
from wherewithal.qualify.plans import Plans
from wherewithal.service.answers import PlanAnswer, ProductAnswer, ProductStatus, ReasonAnswer
from wherewithal.service.standing import PersonStanding
from wherewithal.vocabulary.product import Product
from wherewithal.vocabulary.program import PlanCode

#: What a power of zero means, by its reason; every other reason means "not eligible".
STATUS_OF_REASON: Final = {
    None: ProductStatus.AVAILABLE,
    "P_PAUSED": ProductStatus.PAUSED,
    "P_NOT_OFFERED": ProductStatus.NOT_OFFERED,
    "P_MCC": ProductStatus.NOT_OFFERED,
    "P_CLOSED": ProductStatus.NOT_OFFERED,
    "P_STATE": ProductStatus.NOT_OFFERED,
    "L_STATE": ProductStatus.NOT_OFFERED,
    "L_UNKNOWN": ProductStatus.NOT_OFFERED,
}
#: No merchant is named, so none has a share of its own.
WHOLE_SHARE_BPS: Final = 10_000
#: Answers that are kept: most people of a run stand alike.
_ANSWERS_MAX: Final = 16_384
_LIMITS: Final = tuple(f"limit_{node.value}_cents" for node in contract.LIMITS)


class ProductAnswers:
    """Products under one bundle, by the house programs; safe to share within one thread."""

    def __init__(self, bundle: PolicyBundle, plans: Plans) -> None:
        """Keep the bundle and the plans that others use too; nothing is computed yet."""
        self._bundle, self._plans = bundle, plans
        self._books: dict[datetime.date, ProgramBook] = {}
        self._kept = lru_cache(maxsize=_ANSWERS_MAX)(self._answers)

    @property
    def bundle(self) -> PolicyBundle:
        """Return the bundle."""
        return self._bundle

    def knows(self, standing: PersonStanding) -> bool:
        """Return whether the bundle has the pricing tier; another one may have named it."""
        return standing.pricing_tier in self._tiers

    def answers(
        self,
        standing: PersonStanding,
        *,
        used_cents: int,
        on: datetime.date,
        expires_at: datetime.datetime,
        is_asked: bool,
    ) -> tuple[ProductAnswer, ...]:
        """Return every product's answer on a day, in the catalogue's order.

        Units:  cents. What is used lowers every limit, since it is not known under which it falls:
                power is never told too high.
        Null:   `standing` is of a person who was decided; for others see `unassessed`. Where nobody
                asked, a "no" that is about the person is told as not yet assessed.
        """
        answers = self._kept(standing, used_cents, on, expires_at)
        if is_asked:
            return answers
        return tuple(
            msgspec.structs.replace(
                one, status=ProductStatus.NOT_YET_ASSESSED, power_cents=None, reason=None
            )
            if one.status is ProductStatus.NOT_ELIGIBLE
            else one
            for one in answers
        )

    def unassessed(self, status: ProductStatus) -> tuple[ProductAnswer, ...]:
        """Return every product without a power: nobody asked, it has expired, or it is unknown."""
        return tuple(
            _answer(product, status, expires_at=None) for product in self._bundle.catalogue.products
        )

    def reason(self, code: str) -> ReasonAnswer:
        """Return a reason in the consumer's words."""
        return reason_answer(code, self._bundle)

    def status_of(
        self, reason: str | None, unused: Callable[[], str | None], *, used_cents: int
    ) -> ProductStatus:
        """Return what a power means; `unused` gives the reason if nothing were used."""
        status = STATUS_OF_REASON.get(reason, ProductStatus.NOT_ELIGIBLE)
        if status is ProductStatus.NOT_ELIGIBLE and used_cents and unused() is None:
            return ProductStatus.USED_UP
        return status

    @property
    def _tiers(self) -> frozenset[str]:
        return frozenset(self._bundle.program.node(contract.PRICING_TIER).type.values or ())

    def _book(self, on: datetime.date) -> ProgramBook:
        begin = self._bundle.edition_begin(on)
        if begin not in self._books:
            self._books[begin] = ProgramBook(self._bundle, begin)
        return self._books[begin]

    def _answers(
        self,
        standing: PersonStanding,
        used_cents: int,
        on: datetime.date,
        expires_at: datetime.datetime,
    ) -> tuple[ProductAnswer, ...]:
        left, whole = inputs(standing, used_cents=used_cents), inputs(standing, used_cents=0)
        book = self._book(on)

        def answer(product: Product) -> ProductAnswer:
            function = book.function(product.house_program)
            power_cents, _, plan, _, reason = function(*left, WHOLE_SHARE_BPS)
            status = self.status_of(
                reason, lambda: function(*whole, WHOLE_SHARE_BPS)[4], used_cents=used_cents
            )
            best = None
            if plan is not None:
                best = self._plans.offer(
                    product.house_program,
                    plan=PlanCode(plan),
                    basket_cents=power_cents,
                    pricing_tier=standing.pricing_tier or "",
                    state=standing.state or "",
                    on=on,
                )
            return _answer(
                product,
                status,
                expires_at=expires_at,
                power_cents=power_cents,
                best_plan=plan_answer(best) if best else None,
                reason=self.reason(reason) if reason else None,
            )

        return tuple(answer(product) for product in self._bundle.catalogue.products)


def inputs(standing: PersonStanding, *, used_cents: int) -> tuple[Any, ...]:
    """Return what the core asks of a person: PERSON_COLUMNS, less what is used, and the state."""
    given = msgspec.structs.asdict(standing)
    if used_cents:
        for name in _LIMITS:
            given[name] = None if given[name] is None else max(0, given[name] - used_cents)
    return tuple(given[name] for name in (*PERSON_COLUMNS, "state"))


def plan_answer(offer: Offer) -> PlanAnswer:
    """Return an offer as it is answered."""
    return PlanAnswer(
        program_id=offer.program_id,
        originator=offer.originator,
        plan=offer.plan.value,
        payments_count=len(offer.payments),
        payment_cents=offer.payment_cents,
        apr_bps=offer.apr_bps,
        apr_is_voluntary=offer.apr_is_voluntary,
        note_rate_bps=offer.note_rate_bps,
        basket_cents=offer.basket_cents,
        down_payment_cents=offer.down_payment_cents,
        amount_financed_cents=offer.amount_financed_cents,
        finance_charge_cents=offer.finance_charge_cents,
        total_of_payments_cents=offer.total_of_payments_cents,
    )


def reason_answer(code: str, bundle: PolicyBundle) -> ReasonAnswer:
    """Return a reason of a bundle; one that it no longer has keeps its code alone."""
    reason = bundle.reasons.by_code.get(code)
    if reason is None:
        return ReasonAnswer(
            code=code, kind="other", wording="", regb_number=None, regb_text=None, cure=None
        )
    return ReasonAnswer(
        code=reason.code,
        kind=reason.kind.value,
        wording=reason.wording,
        regb_number=reason.regb_number,
        regb_text=reason.regb_text,
        cure=reason.cure,
    )


def _answer(
    product: Product,
    status: ProductStatus,
    *,
    expires_at: datetime.datetime | None,
    power_cents: int | None = None,
    best_plan: PlanAnswer | None = None,
    reason: ReasonAnswer | None = None,
) -> ProductAnswer:
    return ProductAnswer(
        product=product.code.value,
        name=product.name,
        status=status,
        power_cents=power_cents,
        best_plan=best_plan,
        reason=reason,
        expires_at=expires_at,
    )
