"""Product: a way to borrow, with its step, plans, limits and house program."""

from datetime import date, timedelta
from enum import StrEnum

import msgspec

from wherewithal.vocabulary.program import LimitNode, PlanCode, ProductCode, Program

__all__ = [
    "Catalogue",
    "ExposureLimits",
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


class ExposureLimits(msgspec.Struct, frozen=True, kw_only=True):
    """What a person's own history with the lender does to every limit."""

    #: The share of each limit that a newcomer may use.
    first_purchases_share_bps: int
    #: Someone is a newcomer for so many days from the first loan, and before so many payments were
    #: made on time.
    first_purchases_days: int
    first_purchases_payments: int
    #: With a payment more than this many days late, nothing more may be bought.
    late_days_max: int
    #: Loans and active holds at once, by pricing tier; a tier that is not named may have none.
    open_plans_max: dict[str, int]

    def share_bps(self, *, first_booked_on: date | None, on_time_payments: int, on: date) -> int:
        """Return the share of each limit that may be used on a day.

        >>> limits = ExposureLimits(
        ...     first_purchases_share_bps=6_000,
        ...     first_purchases_days=90,
        ...     first_purchases_payments=2,
        ...     late_days_max=5,
        ...     open_plans_max={"A": 5},
        ... )
        >>> new_year, april = date(2026, 1, 1), date(2026, 4, 1)
        >>> limits.share_bps(first_booked_on=new_year, on_time_payments=2, on=april)
        10000
        >>> limits.share_bps(first_booked_on=new_year, on_time_payments=1, on=april)
        6000
        """
        is_known = first_booked_on is not None and on >= first_booked_on + timedelta(
            days=self.first_purchases_days
        )
        has_paid = on_time_payments >= self.first_purchases_payments
        return 10_000 if is_known and has_paid else self.first_purchases_share_bps

    def is_late(self, late_since: date, *, on: date) -> bool:
        """Return whether a payment that fell due on `late_since` keeps from buying more."""
        return on > late_since + timedelta(days=self.late_days_max)


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
    """All products on offer, the merchant shares, and what own history does to limits."""

    products: tuple[Product, ...]
    merchant_limits: MerchantLimits
    exposure_limits: ExposureLimits

    def product(self, code: ProductCode) -> Product | None:
        """Return a product by its code; None where the lender does not offer it."""
        return next((product for product in self.products if product.code is code), None)
