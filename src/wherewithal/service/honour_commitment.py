"""Honour a commitment at the till, or name the precondition that failed.

It is honoured from its own standing less what is owed and held by now, on the merchant's terms as
they are; a later policy or decision has no say. Every attempt is written down, with every value
then and now; a merchant hears a class of causes, the person all of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

import msgspec

from wherewithal.qualify.baskets import BasketProduct, Refusal, basket_at
from wherewithal.qualify.commitment import (
    OPEN,
    Measured,
    Promised,
    Since,
    State,
    Verdict,
    judge,
    own_days_late,
)
from wherewithal.qualify.exposure import MERCHANT_USED, Exposure, closed_reason, person_left
from wherewithal.qualify.merchant_index import MerchantIndex
from wherewithal.qualify.offers import Offer
from wherewithal.qualify.preconditions import CauseClass, Check
from wherewithal.service.applicant_facts import calendar_day
from wherewithal.service.commitment_records import (
    UNCLEAR,
    Attempt,
    Commitment,
    CommitmentFile,
    NewerDecision,
    StillStands,
)
from wherewithal.service.hold_refusals import CommitmentNotHonoured, HoldRefused
from wherewithal.service.hold_states import HOLDS_AT_MERCHANT_MAX
from wherewithal.service.ledger_records import AccountView, HoldRequest
from wherewithal.service.notice_records import NoticeCase
from wherewithal.service.notices import ReportUsed, unhonoured_case
from wherewithal.service.promised_terms import Terms
from wherewithal.service.promises import facts_of
from wherewithal.service.read_spending_power import standing_of, status_of
from wherewithal.service.standing_products import ProductAnswers
from wherewithal.vocabulary.outcome import Outcome

#: Causes that no bundle names: the attempt was not for what was promised.
EXPIRED, OTHER_PRODUCT, ABOVE_AMOUNT = "expired", "other_product", "above_amount"
#: Within what was promised, but this merchant's terms do not carry the basket, or too many holds
#: are open there.
MERCHANT_TERMS, TOO_MANY_HOLDS = "merchant_terms", "too_many_holds"
#: Fixed causes of the bundle's file, by name.
SANCTIONS, LAW = "X_SANCTIONS", "X_LAW"
#: Reasons of an offer that is closed to everyone there; those of the law begin with `L_`.
_CLOSED: Final = frozenset({"P_NOT_OFFERED", "P_PAUSED", "P_MCC", "P_CLOSED", "P_STATE"})
_REFUSALS: Final = {
    Refusal.BELOW_LEAST: "below_least",
    Refusal.BETWEEN_PLANS: "between_plans",
    Refusal.ABOVE_LIMITS: "over_power",
    Refusal.ABOVE_CAPACITY: "over_power",
    Refusal.ABOVE_PROGRAM: "over_program",
}


class Honoured(msgspec.Struct, frozen=True, kw_only=True):
    """What came of an attempt."""

    found: Offer | HoldRefused
    #: None where there is no such commitment.
    attempt: Attempt | None = None
    notice: NoticeCase | None = None
    #: The promise that a hold keeps; None where none was named, or it is not honoured.
    commitment: Commitment | None = None


def honour(
    request: HoldRequest,
    view: AccountView,
    file: CommitmentFile | None,
    *,
    terms: Terms,
    index: MerchantIndex,
    products: ProductAnswers,
    attempt_id: UUID,
) -> Honoured:
    """Return the offer that the basket is lent under, or why there is none, and what to write down.

    `terms` are what the promise is judged and priced by; `index` and `products` are served now, and
    say what else still stands.
    Pure: the same account, file, merchant and request have the same answer.
    """
    if index.position(request.merchant_id) is None:
        return Honoured(found=HoldRefused("unknown_merchant"))
    if view.is_reference_taken:
        return Honoured(found=HoldRefused("reference_reused"))
    if file is None or file.commitment.prequalification_id != request.prequalification_id:
        return Honoured(found=HoldRefused("unknown_commitment"))
    case = _Case(request, view, file, terms=terms, index=index, products=products)
    refused, cause, verdicts = case.outcome()
    found = refused or case.offer or HoldRefused("plan_not_offered")
    still_stands = None if isinstance(found, Offer) else case.still_stands()
    if isinstance(refused, CommitmentNotHonoured) and still_stands and file.shares_amounts:
        found = CommitmentNotHonoured(
            refused.cause_class, still_stands_cents=still_stands.basket_cents
        )
    attempt = Attempt(
        attempt_id=attempt_id,
        commitment_id=file.commitment.commitment_id,
        hold_id=None,
        merchant_id=request.merchant_id,
        reference=request.reference,
        product=request.product,
        amount_cents=request.basket_cents,
        is_within=cause not in (EXPIRED, OTHER_PRODUCT, ABOVE_AMOUNT),
        is_honoured=isinstance(found, Offer),
        is_same_facts=all(one.state is not State.NOT_RECHECKED for one in verdicts),
        cause=cause,
        preconditions=verdicts,
        still_stands=still_stands,
    )
    is_adverse = isinstance(refused, CommitmentNotHonoured) and (
        refused.cause_class != CauseClass.TERMS_CLOSED.value
    )
    notice = _notice(case, verdicts, still_stands) if is_adverse else None
    kept = file.commitment if isinstance(found, Offer) else None
    return Honoured(found=found, attempt=attempt, notice=notice, commitment=kept)


def without_room(honoured: Honoured) -> Honoured:
    """Return what comes of an attempt where the merchant may have no other hold.

    A promise that would have been kept is not: it stays in the rate, by its cause.
    """
    if honoured.attempt is None or not isinstance(honoured.found, Offer):
        return honoured
    attempt = msgspec.structs.replace(honoured.attempt, is_honoured=False, cause=TOO_MANY_HOLDS)
    return Honoured(found=HoldRefused("too_many_holds"), attempt=attempt)


class _Case:
    """One attempt, looked at step by step."""

    def __init__(
        self,
        request: HoldRequest,
        view: AccountView,
        file: CommitmentFile,
        *,
        terms: Terms,
        index: MerchantIndex,
        products: ProductAnswers,
    ) -> None:
        self.request, self.view, self.file = request, view, file
        self.terms, self.index, self.products = terms, index, products
        self.promises = terms.promises
        self.commitment: Commitment = file.commitment
        self.on = calendar_day(view.at)
        self.columns = msgspec.structs.asdict(file.commitment.standing)
        # Being late with us is a precondition of its own, with a threshold; it takes no power.
        self.exposure: Exposure = msgspec.structs.replace(
            view.exposure, late_since=None, has_charge_off=False
        )
        self.product: BasketProduct | None = self._at_merchant()

    @property
    def offer(self) -> Offer | None:
        """Return the offer of the plan that was asked for."""
        return _offer_of(self.product, self.request)

    def outcome(self) -> tuple[HoldRefused | None, str | None, tuple[Verdict, ...]]:
        """Return the refusal, its cause, and a verdict on each precondition."""
        if self.request.product is not self.commitment.product:
            return HoldRefused("commitment_of_another_product"), OTHER_PRODUCT, ()
        if self.view.at >= self.commitment.expires_at:
            return HoldRefused("commitment_expired"), EXPIRED, ()
        verdicts = judge(self.commitment.preconditions, self._since())
        if self._is_above_amount():
            return HoldRefused("over_power"), ABOVE_AMOUNT, verdicts
        if failed := self._failed(verdicts):
            cause, cause_class = failed
            return CommitmentNotHonoured(cause_class.value), cause, verdicts
        if self._holds_there() >= HOLDS_AT_MERCHANT_MAX:
            return HoldRefused("too_many_holds"), TOO_MANY_HOLDS, verdicts
        if self.offer is None:
            return HoldRefused(self._why_not_here()), MERCHANT_TERMS, verdicts
        return None, None, verdicts

    def still_stands(self) -> StillStands | None:
        """Return the best that the decision which stands now carries there; None: nothing."""
        decision, person = self.view.person.decision, self.view.person
        if decision is None or status_of(person, self.products) != "available":
            return None
        if decision.outcome != Outcome.APPROVED.value:
            return None
        standing = msgspec.structs.asdict(standing_of(decision))
        found = self._baskets(standing, self.view.exposure, self.index)
        # The product that was asked for stands before others, and others by what they carry.
        ranked = sorted(
            (one for one in found if one.most_offer is not None),
            key=lambda one: (one.product is not self.request.product, -(one.most_cents or 0)),
        )
        if not ranked:
            return None
        best = _offer_of(ranked[0], self.request) or ranked[0].most_offer
        return _still_stands(self.request.merchant_id, ranked[0], best)

    def _failed(self, verdicts: Sequence[Verdict]) -> tuple[str, CauseClass] | None:
        """Return the cause that weighs most: the law's own, then preconditions in their order."""
        if "sanctions" in self.file.blocks_credit:
            return SANCTIONS, CauseClass.IDENTITY
        reason = self._closed_reason()
        failing = {one.code for one in verdicts if one.state is State.FAILS}
        classes = {one.code: one for one in self.commitment.preconditions}
        first = next((classes[one.code] for one in verdicts if one.code in failing), None)
        is_terms = first is not None and first.check is Check.TERMS
        if reason is not None and reason.startswith("L_") and (first is None or is_terms):
            return LAW, CauseClass.TERMS_CLOSED
        if first is not None:
            return first.code, first.cause_class
        # A bundle may leave a precondition out; what nobody may do is a cause all the same.
        if self.file.blocks_credit:
            return _code_of(self.commitment.preconditions, Check.IDENTITY), CauseClass.IDENTITY
        if reason is not None:
            return _code_of(self.commitment.preconditions, Check.TERMS), CauseClass.TERMS_CLOSED
        return None

    def _closed_reason(self) -> str | None:
        """Return why nobody of this tier and state may buy with the product there, if so."""
        if not self._is_known:
            return "P_NOT_OFFERED"
        if self.product is None:
            # As many plans are open as may be: that is of the amount, not of the terms.
            return None
        reason = self.product.answer.reason
        is_closed = reason is not None and (reason in _CLOSED or reason.startswith("L_"))
        return reason if is_closed else None

    def _since(self) -> Since:
        newer, view = self.file.newer, self.view
        measured = None if newer is None else self._measured(newer)
        has_new_alert = bool(measured and measured.has_alert and newer and newer.is_report_new)
        is_clear = (
            not self.file.blocks_credit
            and self.file.last_outcome not in UNCLEAR
            and not has_new_alert
        )
        return Since(
            measured=measured,
            is_report_new=newer is not None and newer.is_report_new,
            own_days_late=own_days_late(view.exposure, on=self.on),
            is_identity_clear=is_clear,
            terms=self._closed_reason() or OPEN,
        )

    def _measured(self, newer: NewerDecision) -> Measured:
        """Measure newer facts by the bundle that promised; without it its points are unknown."""
        found = self.promises.measures.of(facts_of(newer.facts))
        if self._is_own:
            return found
        is_own = newer.bundle_digest == self.commitment.bundle_digest
        points = newer.points if is_own else None
        return msgspec.structs.replace(
            found, points=points, obligations_cents=None, monthly_income_cents=None
        )

    def _is_above_amount(self) -> bool:
        """Return whether the basket is more than was promised, or than is left of it.

        What is left goes by the terms of the day of issue: a program that has closed since is a
        cause of its own, and takes nothing from what was promised.
        """
        if not self._is_known or not self._is_own:
            return self.request.basket_cents > self.commitment.amount_cents
        issued_on = calendar_day(self.commitment.issued_at)
        left_cents = self.promises.power_cents(
            self.commitment.product, self.columns, self.exposure, on=self.on, as_of=issued_on
        )
        return self.request.basket_cents > min(self.commitment.amount_cents, left_cents)

    def _holds_there(self) -> int:
        there = self.request.merchant_id
        positions = self.view.exposure.positions
        return sum(one.is_hold and one.merchant_id == there for one in positions)

    def _why_not_here(self) -> str:
        if self.product is None or self.product.offers:
            return "plan_not_offered"
        return (
            _REFUSALS.get(self.product.refusal, "over_power")
            if self.product.refusal
            else (
                "over_power"
                if self.product.answer.reason in {"P_LIMIT", "R09"}
                else "not_available"
            )
        )

    @property
    def _is_own(self) -> bool:
        """Return whether the bundle at hand is the one that promised."""
        return self.promises.bundle.digest == self.commitment.bundle_digest

    @property
    def _is_known(self) -> bool:
        """Return whether the bundle at hand has the product and the tier that were promised."""
        promised = self.commitment
        product = self.promises.bundle.catalogue.product(promised.product)
        return product is not None and self.promises.knows(promised.standing.pricing_tier)

    def _at_merchant(self) -> BasketProduct | None:
        if not self._is_known:
            return None
        answers = self._baskets(self.columns, self.exposure, self.terms.index)
        return next((one for one in answers if one.product is self.commitment.product), None)

    def _baskets(
        self, standing: dict[str, Any], exposure: Exposure, index: MerchantIndex
    ) -> tuple[BasketProduct, ...]:
        catalogue, there = index.bundle.catalogue, self.request.merchant_id
        tier, position = standing["pricing_tier"], index.position(there)
        if position is None or closed_reason(
            exposure, catalogue=catalogue, pricing_tier=tier, on=self.on
        ):
            return ()
        left = person_left(standing, exposure, catalogue=catalogue, on=self.on)
        left[MERCHANT_USED] = exposure.used_at_cents(there)
        left["outcome"] = Outcome.APPROVED.value
        return basket_at(index, left, position, basket_cents=self.request.basket_cents)


def _code_of(preconditions: Sequence[Promised], check: Check) -> str:
    return next((one.code for one in preconditions if one.check is check), check.value)


def _offer_of(product: BasketProduct | None, request: HoldRequest) -> Offer | None:
    if product is None or product.product is not request.product:
        return None
    return next((one for one in product.offers if one.plan is request.plan), None)


def _still_stands(
    merchant_id: str, product: BasketProduct, offer: Offer | None
) -> StillStands | None:
    if offer is None:
        return None
    return StillStands(
        merchant_id=merchant_id,
        product=product.product,
        plan=offer.plan,
        basket_cents=offer.basket_cents,
        amount_financed_cents=offer.amount_financed_cents,
        payment_cents=offer.payments[0].amount_cents,
        payments_count=len(offer.payments),
        apr_bps=offer.apr_bps,
    )


def _notice(
    case: _Case, verdicts: Sequence[Verdict], still_stands: StillStands | None
) -> NoticeCase:
    """Return the duty that an unhonoured promise opens: a counteroffer, or a refusal."""
    failing = {one.code for one in verdicts if one.state is State.FAILS}
    newer = case.file.newer
    reasons: list[str] = []
    for one in case.commitment.preconditions:
        if one.code in failing:
            # Points have no reason of their own: the attributes that lost them are the reasons.
            own = newer.reasons if newer and one.check is Check.POINTS else ()
            reasons += [one.reason] if one.reason else [*own] or [one.code]
    used = None
    if newer is not None and newer.bureau is not None:
        used = ReportUsed(
            bureau=newer.bureau,
            score=newer.score,
            score_model=newer.score_model,
            score_factors=newer.score_factors,
        )
    return unhonoured_case(
        tuple(dict.fromkeys(reasons))[:4],
        product=case.commitment.product.value,
        is_counteroffer=still_stands is not None,
        report=used,
        on=case.on,
    )
