"""Product: a way to borrow, with its step, plans, limits and house program."""

from datetime import date, timedelta
from enum import StrEnum

import msgspec

from wherewithal.vocabulary.program import LimitNode, PlanCode, ProductCode, Program

__all__ = [
    "Catalogue",
    "LimitNode",
    "MerchantLimits",
    "ObligationRule",
    "PlanCode",
    "Product",
    "ProductCode",
]


class ObligationRule(StrEnum):
    """How a plan's payments weigh on capacity."""

    #: The highest sum of payments falling due in any 30 days.
    THIRTY_DAYS = "highest_sum_in_any_30_days"


class MerchantLimits(msgspec.Struct, frozen=True, kw_only=True):
    """What share of a consumer's total limit may be spent at one merchant."""

    default_bps: int
    #: For a merchant that joined fewer than this many days ago.
    new_merchant_bps: int
    new_merchant_days: int
    #: For merchant categories with many disputes or little recourse.
    high_risk_bps: int
    high_risk_mccs: tuple[str, ...]

    def share_bps(self, *, mcc: str, joined_on: date, on: date) -> int:
        """Return the least share that applies on a day.

        >>> shares = MerchantLimits(
        ...     default_bps=10_000,
        ...     new_merchant_bps=5_000,
        ...     new_merchant_days=90,
        ...     high_risk_bps=3_000,
        ...     high_risk_mccs=("5944",),
        ... )
        >>> shares.share_bps(mcc="5712", joined_on=date(2010, 1, 1), on=date(2010, 3, 31))
        5000
        >>> shares.share_bps(mcc="5712", joined_on=date(2010, 1, 1), on=date(2010, 4, 1))
        10000
        """
        share_bps = self.default_bps
        if on < joined_on + timedelta(days=self.new_merchant_days):
            share_bps = min(share_bps, self.new_merchant_bps)
        if mcc in self.high_risk_mccs:
            share_bps = min(share_bps, self.high_risk_bps)
        return share_bps


class Product(msgspec.Struct, frozen=True, kw_only=True):
    """One product of the catalogue."""

    code: ProductCode
    #: What the consumer reads.
    name: str
    #: Ascending.
    plans: tuple[PlanCode, ...]
    default_plan: PlanCode
    #: Limits of the product's own, besides those that every purchase falls under; see `nodes_of`.
    limit_nodes: tuple[LimitNode, ...]
    #: Limits are floored to this step when they are assigned; what remains is exact to the cent.
    limit_step_cents: int
    #: For how long a decision made now stands.
    ttl_days: int
    #: Where a plan's decision stands for fewer days.
    ttl_days_by_plan: dict[PlanCode, int]
    obligation_rule: ObligationRule
    #: Smallest amount financed of each plan.
    plan_minimums_cents: dict[PlanCode, int]
    #: The catalogue's own terms, used where no merchant is named.
    house_program: Program

    def nodes_of(self, plan: PlanCode) -> tuple[LimitNode, ...]:
        """Return the limits that a purchase falls under: total, the plan's family, our own."""
        return (LimitNode.TOTAL, plan.family_node, *self.limit_nodes)

    def ttl_days_of(self, plan: PlanCode) -> int:
        """Return for how many days a decision about `plan` stands."""
        return self.ttl_days_by_plan.get(plan, self.ttl_days)


class Catalogue(msgspec.Struct, frozen=True, kw_only=True):
    """All products on offer, and the merchant shares."""

    products: tuple[Product, ...]
    merchant_limits: MerchantLimits

    def product(self, code: ProductCode) -> Product | None:
        """Return a product by its code; None where the lender does not offer it."""
        return next((product for product in self.products if product.code is code), None)
