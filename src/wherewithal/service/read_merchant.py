"""One merchant for one person: what each product buys there, and for a basket, the plans for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from wherewithal.qualify.baskets import BASKET_MAX_CENTS, BasketProduct, Refusal, basket_at
from wherewithal.qualify.offers import Offer
from wherewithal.qualify.shelf import ShelfAnswer, answers_at_merchant
from wherewithal.service.answers import PlanAnswer, ProductStatus, ReasonAnswer
from wherewithal.service.applicant_facts import calendar_day
from wherewithal.service.directory import Held, HeldDirectory
from wherewithal.service.errors import RequestRefused
from wherewithal.service.merchant_answers import (
    BasketAnswer,
    BasketPlan,
    MerchantAnswer,
    PaymentAnswer,
)
from wherewithal.service.person_left import PersonLeft, whole_of
from wherewithal.service.products_answer import plan_answer, product_status
from wherewithal.service.read_spending_power import (
    WORDINGS,
    Status,
    asking_status,
    expired_products,
    left_now,
    standing_of,
    status_of,
    wording_of,
)
from wherewithal.service.standing import CurrentDecision, PersonRow, ReadsPeople
from wherewithal.service.standing_products import ProductAnswers, is_about_the_person
from wherewithal.vocabulary.errors import Problem
from wherewithal.vocabulary.product import Product, ProductCode
from wherewithal.vocabulary.program import PlanCode
from wherewithal.vocabulary.reason import ReasonKind

#: Why no plan carries a basket, where one would carry another; about the amount, not the person.
_REFUSALS: Final = {
    Refusal.BELOW_LEAST: ("AMOUNT_BELOW_LEAST", "This amount is below what any plan here is for."),
    Refusal.BETWEEN_PLANS: ("AMOUNT_BETWEEN_PLANS", "No plan here is for just this amount."),
    Refusal.ABOVE_LIMITS: ("AMOUNT_ABOVE_LIMITS", "This amount is above what you can spend here."),
    Refusal.ABOVE_CAPACITY: (
        "AMOUNT_ABOVE_CAPACITY",
        "The payments for this amount would be above what you can bear each month.",
    ),
    Refusal.ABOVE_PROGRAM: (
        "AMOUNT_ABOVE_PROGRAM",
        "This amount is above what plans here are for.",
    ),
}


async def merchant_for(
    consumer_id: UUID,
    merchant_id: str,
    *,
    amount_cents: int | None,
    product: ProductCode | None = None,
    people: ReadsPeople,
    directory: HeldDirectory,
    products: ProductAnswers,
) -> MerchantAnswer | None:
    """Return what a person can buy at a merchant; None: no such person, or no such merchant.

    `product` narrows the answer to one product; None: all of them.
    Units:  cents; a plan's first payment falls due a month, or two weeks, after today.
    Null:   where nothing may be told of the person no product has a power; the status says why.
    Errors: RequestRefused for an amount that is none; Unavailable.
    """
    if amount_cents is not None and not 1 <= amount_cents <= BASKET_MAX_CENTS:
        message = f"from 1 to {BASKET_MAX_CENTS} cents"
        problem = Problem(code="out_of_range", path="$query.amount_cents", message=message)
        raise RequestRefused([problem])
    row = await people.read_person(consumer_id)
    if row is None:
        return None
    held = await directory.at(row.directory, on=calendar_day(row.read_at))
    position = held.index.position(merchant_id)
    if position is None:
        return None
    status, decision = status_of(row, products), row.decision
    is_told = decision is not None and status == "available"
    answers = _unassessed(status, products)
    if decision is not None and is_told:
        one = MerchantForPerson(row, decision, held, products, position)
        answers = one.answers(amount_cents, product)
    elif product is not None:
        answers = tuple(one for one in answers if one.product == product.value)
    powers = [one.power_cents for one in answers if one.power_cents is not None]
    means, cause = asking_status(status)
    is_within = any(one.plans for one in answers)
    return MerchantAnswer(
        consumer_id=str(consumer_id),
        merchant_id=merchant_id,
        name=held.index.merchant_names[position],
        mcc=held.index.mcc(position),
        is_paused=bool(held.index.columns.is_paused[position]),
        status=means,
        cause=cause,
        read_at=row.read_at,
        decision_id=decision.decision_id if decision and is_told else None,
        receipt_id=None,
        claim=decision.claim if decision and is_told else None,
        expires_at=decision.expires_at if decision and is_told else None,
        directory_version=held.name,
        amount_cents=amount_cents,
        is_within_power=is_within if is_told and amount_cents is not None else None,
        power_cents=max(powers, default=None),
        products=answers,
        wording=_wording(status, decision, powers),
    )


def _wording(status: Status, decision: CurrentDecision | None, powers: Sequence[int]) -> str:
    """Return what is said beside the amounts; none of nothing is one that can be spent."""
    said = wording_of(status, decision)
    is_promise = status == "available" and said != WORDINGS["declined"]
    return WORDINGS["nothing_here"] if is_promise and powers and not any(powers) else said


class MerchantForPerson:
    """A merchant as one person meets it."""

    def __init__(
        self,
        row: PersonRow,
        decision: CurrentDecision,
        held: Held,
        products: ProductAnswers,
        position: int,
    ) -> None:
        """Keep who asks, what was decided, the directory, and where the merchant stands in it."""
        self._row, self._decision = row, decision
        self._held, self._products, self._position = held, products, position
        self._standing = standing_of(decision)
        self._left = left_now(row, decision, products)

    def answers(
        self, amount_cents: int | None, product: ProductCode | None = None
    ) -> tuple[BasketAnswer, ...]:
        """Return every product's answer, or that of one, in the order of the catalogue."""
        wanted = () if product is None else (product,)
        catalogue = self._products.bundle.catalogue.products
        asked = [one for one in catalogue if not wanted or one.code in wanted]
        if amount_cents is None:
            baskets: Sequence[BasketProduct | None] = [None] * len(asked)
            found = self._answers(self._left, wanted)
        else:
            baskets = basket_at(
                self._held.index,
                self._person(self._left),
                self._position,
                basket_cents=amount_cents,
                products=wanted,
            )
            found = tuple(one.answer for one in baskets)
        whole = found
        if not self._left.is_whole and any(map(_is_no, found)):
            whole = self._answers(whole_of(self._standing), wanted)
        expired = expired_products(self._row, self._decision)
        return tuple(
            _nothing(one, ProductStatus.NOT_YET_ASSESSED)
            if one.code.value in expired
            else self._answer(one, answer, basket, had_cents=had.power_cents)
            for one, answer, basket, had in zip(asked, found, baskets, whole, strict=True)
        )

    def _person(self, left: PersonLeft) -> dict[str, Any]:
        person = left.columns_at(self._held.index.merchant_ids[self._position])
        return person | {"outcome": self._decision.outcome}

    def _answers(
        self, left: PersonLeft, wanted: tuple[ProductCode, ...]
    ) -> tuple[ShelfAnswer, ...]:
        person = self._person(left)
        return answers_at_merchant(self._held.index, person, self._position, wanted)

    def _answer(
        self,
        product: Product,
        answer: ShelfAnswer,
        basket: BasketProduct | None,
        *,
        had_cents: int,
    ) -> BasketAnswer:
        reason = answer.reason
        if _is_no(answer):
            if had_cents:
                reason = self._left.reason
            elif self._decision.tempo != "now":
                # Nobody asked: a "no" about the person is not told.
                return _nothing(product, ProductStatus.NOT_YET_ASSESSED)
        plans: tuple[BasketPlan, ...] = ()
        if basket is None:
            power_cents, most = answer.power_cents, self._quoted(answer)
        else:
            power_cents, most = basket.most_cents or 0, _plan_or_none(basket.most_offer)
            plans = tuple(map(_basket_plan, basket.offers))
        why = self._products.reason(reason) if reason and not plans else None
        if basket is not None and basket.refusal is not None:
            why = _refused(basket.refusal, is_asked=self._decision.tempo == "now")
        return BasketAnswer(
            product=product.code.value,
            name=product.name,
            status=product_status(power_cents, reason),
            plans=plans,
            power_cents=power_cents,
            power_plan=most,
            reason=why,
        )

    def _quoted(self, answer: ShelfAnswer) -> PlanAnswer | None:
        """Return the plan at which power is quoted, for all of it."""
        index = self._held.index
        if answer.plan is None or answer.program_id is None:
            return None
        program = index.tables[answer.program_id].program
        return _plan_or_none(
            self._products.plans.offer(
                program,
                plan=PlanCode(answer.plan),
                basket_cents=answer.power_cents,
                pricing_tier=self._standing.pricing_tier or "",
                state=self._standing.state or "",
                on=index.on,
            )
        )


def _is_no(answer: ShelfAnswer) -> bool:
    return is_about_the_person(answer.power_cents, answer.reason)


def _unassessed(status: str, products: ProductAnswers) -> tuple[BasketAnswer, ...]:
    known = status in {"not_yet_assessed", "expired"}
    meaning = ProductStatus.NOT_YET_ASSESSED if known else ProductStatus.UNKNOWN
    return tuple(_nothing(one, meaning) for one in products.bundle.catalogue.products)


def _nothing(product: Product, status: ProductStatus) -> BasketAnswer:
    return BasketAnswer(
        product=product.code.value,
        name=product.name,
        status=status,
        plans=(),
        power_cents=None,
        power_plan=None,
        reason=None,
    )


def _refused(refusal: Refusal, *, is_asked: bool) -> ReasonAnswer:
    if refusal is Refusal.ABOVE_CAPACITY and not is_asked:
        # What someone can bear is told to them alone, once they ask.
        refusal = Refusal.ABOVE_LIMITS
    code, wording = _REFUSALS[refusal]
    return ReasonAnswer(
        code=code,
        kind=ReasonKind.PRODUCT.value,
        wording=wording,
        regb_number=None,
        regb_text=None,
        cure="Choose an amount that the plans shown here carry.",
    )


def _plan_or_none(offer: Offer | None) -> PlanAnswer | None:
    return None if offer is None else plan_answer(offer)


def _basket_plan(offer: Offer) -> BasketPlan:
    return BasketPlan(plan=plan_answer(offer), payments=payments_of(offer))


def payments_of(offer: Offer) -> tuple[PaymentAnswer, ...]:
    """Return the schedule of an offer as it is answered."""
    return tuple(
        PaymentAnswer(
            due_on=payment.due_on,
            amount_cents=payment.amount_cents,
            principal_cents=payment.principal_cents,
            interest_cents=payment.interest_cents,
        )
        for payment in offer.payments
    )
