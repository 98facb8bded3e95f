"""What of an answer was shown, as a receipt keeps it: amounts and what they cost, no wording."""

from __future__ import annotations

from datetime import datetime

import msgspec

from wherewithal.service.merchant_answers import MerchantAnswer, MerchantsPage

_ENCODER = msgspec.json.Encoder()


class ShownProduct(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One product: its power, and the plan that named it or the plans for the basket."""

    product: str
    status: str
    power_cents: int | None
    #: The plan that names the power; of one merchant, its payment and its finance charge too.
    plan: str | None = None
    payment_cents: int | None = None
    finance_charge_cents: int | None = None
    apr_bps: int | None = None
    #: For a basket: plan, its payment and its finance charge in cents, its APR.
    plans: tuple[tuple[str, int, int, int], ...] = ()
    reason: str | None = None


class ShownMerchant(msgspec.Struct, frozen=True, kw_only=True):
    """A merchant, and what was shown of each product there."""

    merchant_id: str
    products: tuple[ShownProduct, ...]


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """The answer of a receipt."""

    claim: str
    expires_at: datetime
    directory_version: str
    is_within_power: bool | None
    merchants: tuple[ShownMerchant, ...]


def shown_at_merchant(answer: MerchantAnswer) -> bytes:
    """Return what was shown of one merchant, as JSON."""
    products = tuple(
        ShownProduct(
            product=one.product,
            status=one.status.value,
            power_cents=one.power_cents,
            plan=one.power_plan.plan if one.power_plan else None,
            payment_cents=one.power_plan.payment_cents if one.power_plan else None,
            finance_charge_cents=one.power_plan.finance_charge_cents if one.power_plan else None,
            apr_bps=one.power_plan.apr_bps if one.power_plan else None,
            plans=tuple(
                (
                    each.plan.plan,
                    each.plan.payment_cents,
                    each.plan.finance_charge_cents,
                    each.plan.apr_bps,
                )
                for each in one.plans
            ),
            reason=one.reason.code if one.reason else None,
        )
        for one in answer.products
    )
    merchant = ShownMerchant(merchant_id=answer.merchant_id, products=products)
    return _encoded(answer, (merchant,), is_within_power=answer.is_within_power)


def shown_page(page: MerchantsPage) -> bytes:
    """Return what was shown of a page of the list, as JSON."""
    merchants = tuple(
        ShownMerchant(
            merchant_id=row.merchant_id,
            products=tuple(
                ShownProduct(
                    product=one.product,
                    status=one.status.value,
                    power_cents=one.power_cents,
                    plan=one.plan,
                    apr_bps=one.apr_bps,
                    reason=one.reason_code,
                )
                for one in row.products
            ),
        )
        for row in page.rows
    )
    return _encoded(page, merchants, is_within_power=None)


def _encoded(
    answer: MerchantAnswer | MerchantsPage,
    merchants: tuple[ShownMerchant, ...],
    *,
    is_within_power: bool | None,
) -> bytes:
    shown = Shown(
        claim=answer.claim.value if answer.claim else "",
        expires_at=answer.expires_at or answer.read_at,
        directory_version=answer.directory_version,
        is_within_power=is_within_power,
        merchants=merchants,
    )
    return _ENCODER.encode(shown)
