"""The products' part of an answer: power, its plan, or why there is none."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from wherewithal.qualify.bundle import PolicyBundle
from wherewithal.qualify.offers import Offer
from wherewithal.qualify.plans import Plans
from wherewithal.service.answers import PlanAnswer, ProductAnswer, ProductStatus, ReasonAnswer
from wherewithal.service.own_reasons import reason_answer
from wherewithal.service.standing_decisions import product_expiry
from wherewithal.vocabulary.product import Product
from wherewithal.vocabulary.program import PlanCode

#: Reasons by which nobody in the person's place is offered the product: no adverse action.
NOT_OFFERED: Final = frozenset(
    {"P_NOT_OFFERED", "P_CLOSED", "P_STATE", "P_MCC", "L_STATE", "L_UNKNOWN"}
)
_STATUS: Final = {
    **dict.fromkeys(NOT_OFFERED, ProductStatus.NOT_OFFERED),
    "P_PAUSED": ProductStatus.PAUSED,
    # There is a limit; what is owed, too many plans or the person's own cap leave nothing of it.
    **dict.fromkeys(("P_USED", "P_OPEN_PLANS", "P_OWN_CAP"), ProductStatus.USED_UP),
}


def product_status(power_cents: int | None, reason: str | None) -> ProductStatus:
    """Return what a power and the reason for its being zero mean.

    >>> product_status(0, "P_TIER").value, product_status(0, "L_STATE").value
    ('not_eligible', 'not_offered')
    """
    if power_cents is None:
        return ProductStatus.UNKNOWN
    if power_cents > 0:
        return ProductStatus.AVAILABLE
    return _STATUS.get(reason or "", ProductStatus.NOT_ELIGIBLE)


def decided_products(
    row: Mapping[str, Any], *, as_of: date, decided_at: datetime, bundle: PolicyBundle, plans: Plans
) -> tuple[ProductAnswer, ...]:
    """Return every product of the catalogue for a decided person, by the house programs.

    `row` is that of the decision: `power_<product>_cents`, `plan_…`, `reason_…`, and the state.
    """
    return tuple(
        _decided(product, row, as_of=as_of, decided_at=decided_at, bundle=bundle, plans=plans)
        for product in bundle.catalogue.products
    )


def undecided_products(
    reasons: Mapping[str, str] | str | None, *, bundle: PolicyBundle
) -> tuple[ProductAnswer, ...]:
    """Return every product for whom nothing was decided: unknown, or not offered there at all.

    `reasons` is one code for all products, or a code by product where none of them is offered.
    """
    by_product = reasons if isinstance(reasons, Mapping) else {}
    common = None if isinstance(reasons, Mapping) else reasons
    found = []
    for product in bundle.catalogue.products:
        code = by_product.get(product.code.value, common)
        status = _STATUS.get(code or "", ProductStatus.UNKNOWN)
        found.append(
            _answer(
                product, status=status, reason=None if code is None else reason_answer(code, bundle)
            )
        )
    return tuple(found)


def plan_answer(offer: Offer) -> PlanAnswer:
    """Return what an offer discloses in short."""
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


def _answer(
    product: Product,
    *,
    status: ProductStatus,
    reason: ReasonAnswer | None,
    power_cents: int | None = None,
    best_plan: PlanAnswer | None = None,
    expires_at: datetime | None = None,
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


def _decided(
    product: Product,
    row: Mapping[str, Any],
    *,
    as_of: date,
    decided_at: datetime,
    bundle: PolicyBundle,
    plans: Plans,
) -> ProductAnswer:
    code = product.code.value
    power_cents, plan = row.get(f"power_{code}_cents"), row.get(f"plan_{code}")
    reason = row.get(f"reason_{code}")
    offer = None
    if plan is not None and power_cents:
        offer = plans.offer(
            product.house_program,
            plan=PlanCode(plan),
            basket_cents=power_cents,
            pricing_tier=row["pricing_tier"],
            state=row["state"],
            on=as_of,
        )
    return _answer(
        product,
        status=product_status(power_cents, reason),
        reason=None if reason is None else reason_answer(reason, bundle),
        power_cents=power_cents,
        best_plan=None if offer is None else plan_answer(offer),
        expires_at=product_expiry(product, row, decided_at=decided_at),
    )
