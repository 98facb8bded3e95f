"""Exposure: what a person owes and has promised, and what it leaves of limits and capacity.

The same function lowers a person's columns when power is read and when a hold is placed, so that a
number that was shown is the number at the till.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any, Final

import msgspec

from wherewithal.qualify import contract
from wherewithal.vocabulary.money import floor_divide
from wherewithal.vocabulary.product import Catalogue, LimitNode
from wherewithal.vocabulary.program import PlanCode, ProductCode

#: Payments that fall due within so many days of each other weigh together.
WINDOW: Final = timedelta(days=30)
#: Of the assigned total, what a merchant's share is taken of.
MERCHANT_BASE: Final = "merchant_base_cents"
#: Principal and active holds at the merchant that is asked about; nothing at nearly every one.
MERCHANT_USED: Final = "merchant_used_cents"
#: Why nothing more may be bought although limits are left: as many plans are open as may be, or an
#: account with us is late or was written off.
OPEN_PLANS: Final = "P_OPEN_PLANS"
OWN_ACCOUNT: Final = "R16"


class Due(msgspec.Struct, frozen=True, array_like=True):
    """A payment that has not been made yet; one that is late stands on its own day."""

    due_on: date
    amount_cents: int


class Position(msgspec.Struct, frozen=True, kw_only=True):
    """A loan that is owed, or a hold that is active."""

    product: ProductCode
    plan: PlanCode
    #: None where it was bought nowhere that we know.
    merchant_id: str | None
    #: Principal outstanding, or the amount financed that is held.
    principal_cents: int
    is_hold: bool
    #: In order of time.
    payments: tuple[Due, ...]


class Exposure(msgspec.Struct, frozen=True, kw_only=True):
    """One person's account as of a moment: a stock of principal and a flow of payments."""

    positions: tuple[Position, ...] = ()
    #: The most that the consumer wants to owe; None: no own cap.
    own_cap_cents: int | None = None
    #: The day of the first loan with us; None: there was none.
    first_booked_on: date | None = None
    #: Payments made by the day on which they fell due.
    on_time_payments: int = 0
    #: The oldest day on which a payment fell due that is not made; None: nothing is late.
    late_since: date | None = None
    #: Whether a loan with us was ever written off.
    has_charge_off: bool = False

    @property
    def used_cents(self) -> int:
        """Return principal outstanding and active holds."""
        return sum(one.principal_cents for one in self.positions)

    @property
    def used_by_merchant(self) -> dict[str, int]:
        """Return what of it was lent or is held for each merchant; those of nobody are left out."""
        used: dict[str, int] = {}
        for one in self.positions:
            if one.merchant_id is not None:
                used[one.merchant_id] = used.get(one.merchant_id, 0) + one.principal_cents
        return used

    def used_at_cents(self, merchant_id: str) -> int:
        """Return what of it was lent or is held for one merchant."""
        return sum(one.principal_cents for one in self.positions if one.merchant_id == merchant_id)


#: Of somebody who owes nothing and never bought with us.
NO_EXPOSURE: Final = Exposure()


def used_by_node(exposure: Exposure, catalogue: Catalogue) -> dict[LimitNode, int]:
    """Return what is in use under each limit, in cents; a product no longer offered has no own."""
    used = dict.fromkeys(LimitNode, 0)
    for one in exposure.positions:
        product = catalogue.product(one.product)
        own = product.limit_nodes if product else ()
        for node in (LimitNode.TOTAL, one.plan.family_node, *own):
            used[node] += one.principal_cents
    return used


def peak_payments_cents(positions: Iterable[Position], *, on: date) -> int:
    """Return the highest sum of payments already scheduled that fall due in any 30 days.

    A monthly plan counts with one payment in a window, as when it is granted (decision 0010); what
    is late falls due now.

    >>> sofa = Position(
    ...     product=ProductCode.MONTHLY, plan=PlanCode.M3, merchant_id=None, principal_cents=198,
    ...     is_hold=False, payments=(Due(date(2026, 1, 31), 100), Due(date(2026, 2, 28), 99)),
    ... )
    >>> peak_payments_cents([sofa, sofa], on=date(2026, 1, 1))
    200
    """
    flows = [
        (
            one.plan is PlanCode.PAY_IN_4,
            [(max(due.due_on, on), due.amount_cents) for due in one.payments],
        )
        for one in positions
    ]
    begins = {day for _, flow in flows for day, _ in flow}
    return max((_in_window(flows, begin) for begin in begins), default=0)


def _in_window(flows: list[tuple[bool, list[tuple[date, int]]]], begin: date) -> int:
    total = 0
    for is_summed, flow in flows:
        amounts = [cents for day, cents in flow if begin <= day < begin + WINDOW]
        total += sum(amounts) if is_summed else max(amounts, default=0)
    return total


def person_left(
    standing: Mapping[str, Any], exposure: Exposure, *, catalogue: Catalogue, on: date
) -> dict[str, Any]:
    """Return a person's columns less what is in use: what power is computed from.

    Takes:  `standing`, the columns of a decision row (PERSON_COLUMNS and the state).
    Units:  cents; nothing falls below zero, for a limit may be lowered below what is owed.
    Null:   what is null stays null: unknown is not zero.
    Source: DESIGN 4, headroom and affordable; POLICY 4 and 5.
    """
    left = dict(standing)
    used, rules = used_by_node(exposure, catalogue), catalogue.exposure_limits
    share_bps = rules.share_bps(
        first_booked_on=exposure.first_booked_on, on_time_payments=exposure.on_time_payments, on=on
    )
    tier = standing["pricing_tier"]
    is_closed = closed_reason(exposure, catalogue=catalogue, pricing_tier=tier, on=on) is not None
    left[MERCHANT_BASE] = None
    for node in contract.LIMITS:
        name = f"limit_{node.value}_cents"
        assigned_cents = left[name]
        if assigned_cents is None:
            continue
        assigned_cents = floor_divide(assigned_cents * share_bps, 10_000)
        if node is LimitNode.TOTAL:
            left[MERCHANT_BASE] = assigned_cents
            if exposure.own_cap_cents is not None:
                assigned_cents = min(assigned_cents, exposure.own_cap_cents)
        left[name] = 0 if is_closed else max(0, assigned_cents - used[node])
    peak_cents = peak_payments_cents(exposure.positions, on=on)
    for name in ("capacity_cents", "small_ticket_capacity_cents"):
        if left[name] is not None:
            left[name] = max(0, left[name] - peak_cents)
    return left


def closed_reason(
    exposure: Exposure, *, catalogue: Catalogue, pricing_tier: str | None, on: date
) -> str | None:
    """Return why nothing more may be bought, whatever the limits leave; None if it may be."""
    rules = catalogue.exposure_limits
    is_late = exposure.late_since is not None and rules.is_late(exposure.late_since, on=on)
    if is_late or exposure.has_charge_off:
        return OWN_ACCOUNT
    if pricing_tier is None:
        return None
    is_full = len(exposure.positions) >= rules.open_plans_max.get(pricing_tier, 0)
    return OPEN_PLANS if is_full else None
