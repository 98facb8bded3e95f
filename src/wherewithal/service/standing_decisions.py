"""Whether the last decision still stands, so that asking again returns it and decides nothing.

An approval stands until a product of it expires, or until something else is stated. A decline
stands for 30 days, or until a material fact changes: income verified since, or another state.
Stating another income alone changes no decline; who was declined would only have to guess upwards.
Typed failures, incomplete and step_up are no decisions and never stand.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from wherewithal.qualify.bundle import PolicyBundle
from wherewithal.vocabulary.outcome import Outcome
from wherewithal.vocabulary.product import Product
from wherewithal.vocabulary.program import PlanCode

if TYPE_CHECKING:
    # A record of the store alone: who reads a power need not reach what decides.
    from wherewithal.service.inquiry_records import StandingDecision

DECLINE_STANDS_DAYS: Final = 30


def does_stand(
    decision: StandingDecision, *, stated: Mapping[str, Any], at: datetime, bundle: PolicyBundle
) -> bool:
    """Return whether the decision answers a new inquiry that states `stated`."""
    before = {name: decision.facts.get(name) for name in stated}
    before["income_verified"] = bool(before["income_verified"])
    if at >= decision.expires_at:
        return False
    if decision.outcome == Outcome.DECLINED.value:
        is_verified_anew = stated["income_verified"] and (
            not before["income_verified"]
            or stated["stated_income_cents"] != before["stated_income_cents"]
        )
        return not is_verified_anew and stated["state"] == before["state"]
    if before != stated:
        return False
    ends = [
        end
        for product in bundle.catalogue.products
        if (end := product_expiry(product, decision.row, decided_at=decision.decided_at))
    ]
    return bool(ends) and at < min(ends)


def product_expiry(
    product: Product, row: Mapping[str, Any], *, decided_at: datetime
) -> datetime | None:
    """Return until when a product's power stands; None where there is none."""
    plan = row.get(f"plan_{product.code.value}")
    if plan is None:
        return None
    return decided_at + timedelta(days=product.ttl_days_of(PlanCode(plan)))


def decision_expiry(
    outcome: Outcome, row: Mapping[str, Any], *, decided_at: datetime, bundle: PolicyBundle
) -> datetime:
    """Return until when a decision stands: its last product's end; what is no decision, never."""
    if outcome is Outcome.DECLINED:
        return decided_at + timedelta(days=DECLINE_STANDS_DAYS)
    products = bundle.catalogue.products
    ends = [product_expiry(product, row, decided_at=decided_at) for product in products]
    return max((end for end in ends if end is not None), default=decided_at)
