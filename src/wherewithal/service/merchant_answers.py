"""What is asked and answered about merchants, for a person and for anyone, as records.

Amounts are integer cents, rates integer basis points, moments UTC. Null is unknown, never zero.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

import msgspec

from wherewithal.service.answers import (
    ClaimType,
    PlanAnswer,
    ProductStatus,
    ReasonAnswer,
)

#: A page of the list of merchants has at most so many rows.
PAGE_SIZE_MAX = 100


class MerchantSort(StrEnum):
    """The order of the list; merchants that are equal in it follow by their key."""

    #: Most power first.
    POWER = "power"
    NAME = "name"
    #: Least APR of the plan that power names first; merchants without a plan last.
    APR = "apr"


class MerchantsQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which merchants of the list, in which order, from where on."""

    #: Words of a name, in any case and order; None: every name.
    name: str | None = None
    #: Merchant category codes, four digits each; empty: every category.
    mccs: tuple[str, ...] = ()
    #: Product codes; a merchant's power is then the most by one of these. Empty: every product.
    products: tuple[str, ...] = ()
    #: Least power there, and most APR of the plan that it names.
    power_min_cents: int | None = None
    apr_max_bps: int | None = None
    sort: MerchantSort = MerchantSort.POWER
    #: `next_cursor` of the page before, with the same query; None: the first page.
    cursor: str | None = None
    #: 1 to PAGE_SIZE_MAX.
    page_size: int = 50


class MerchantProduct(msgspec.Struct, frozen=True, kw_only=True):
    """What one product can buy at a merchant."""

    product: str
    status: ProductStatus
    #: Null where nobody asked yet whether this person could have it.
    power_cents: int | None
    program_id: str | None
    plan: str | None
    #: Regulation Z APR of the plan at this power; null where there is no power.
    apr_bps: int | None
    #: Why power is zero; the words stand in the merchant's own answer.
    reason_code: str | None


class MerchantRow(msgspec.Struct, frozen=True, kw_only=True):
    """One merchant of the list."""

    merchant_id: str
    name: str
    mcc: str
    #: The largest single purchase there, by one of the products asked for; null where every one of
    #: them is not yet assessed.
    power_cents: int | None
    #: The product and the plan of that power, and its APR; null where power is zero.
    product: str | None
    plan: str | None
    apr_bps: int | None
    products: tuple[MerchantProduct, ...]


class MerchantsPage(msgspec.Struct, frozen=True, kw_only=True):
    """A page of the list of merchants for one person, as one version of the directory has it."""

    consumer_id: str
    #: Anything but `available` has no rows: unknown is not zero.
    #: available | ask_first | blocked. `ask_first` is no decline: nothing stands that could answer,
    #: and `cause` says why; a prequalification makes it stand.
    status: str
    #: not_yet_assessed | expired | not_decided; null unless it is `ask_first`.
    cause: str | None
    #: When it was read, and the decision that it rests on: none is made by asking.
    read_at: datetime
    decision_id: str | None
    #: The receipt of what is shown; null where nothing is.
    receipt_id: str | None
    claim: ClaimType | None
    expires_at: datetime | None
    #: `<merchants>.<programs>`: pages of one version are one list.
    directory_version: str
    #: How many merchants the query finds; null where nobody counted, or nothing is decided.
    total: int | None
    rows: tuple[MerchantRow, ...]
    #: None on the last page.
    next_cursor: str | None
    wording: str


class PaymentAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One payment of a schedule; the first of pay in four falls due at the till."""

    due_on: date
    amount_cents: int
    principal_cents: int
    interest_cents: int


class BasketPlan(msgspec.Struct, frozen=True, kw_only=True):
    """One plan for the basket that was asked about, disclosed, with its schedule."""

    plan: PlanAnswer
    payments: tuple[PaymentAnswer, ...]


class BasketAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What one product says to one basket."""

    product: str
    name: str
    status: ProductStatus
    #: The plans that carry this basket, in the order in which power is quoted; empty if none does.
    plans: tuple[BasketPlan, ...]
    #: The most that would work by this product here, and the plan of it.
    power_cents: int | None
    power_plan: PlanAnswer | None
    #: Why there is no plan for the basket.
    reason: ReasonAnswer | None


class MerchantAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One merchant for one person: what each product buys there, and for a basket, its plans."""

    consumer_id: str
    merchant_id: str
    name: str
    mcc: str
    is_paused: bool
    #: available | ask_first | blocked. `ask_first` is no decline: nothing stands that could answer,
    #: and `cause` says why; a prequalification makes it stand.
    status: str
    #: not_yet_assessed | expired | not_decided; null unless it is `ask_first`.
    cause: str | None
    #: When it was read, and the decision that it rests on: none is made by asking.
    read_at: datetime
    decision_id: str | None
    #: The receipt of what is shown; null where nothing is.
    receipt_id: str | None
    claim: ClaimType | None
    expires_at: datetime | None
    directory_version: str
    #: None: no basket was named, and each product answers for the most that it can buy.
    amount_cents: int | None
    #: Whether some plan carries the basket; null where no basket was named or nothing is decided.
    is_within_power: bool | None
    #: The largest single purchase here by any product; null where nothing is decided.
    power_cents: int | None
    products: tuple[BasketAnswer, ...]
    wording: str


class TriggerTerm(msgspec.Struct, frozen=True, kw_only=True):
    """A term whose mention asks for its companions, and where each of them stands.

    Source: 12 CFR 1026.24(d)(1) and (2).
    """

    #: down_payment | number_of_payments | amount_of_payment | finance_charge.
    term: str
    #: The term as it may be printed.
    text: str


class AdvertisedOffer(msgspec.Struct, frozen=True, kw_only=True):
    """The best terms of a product at a merchant that a person could have; nobody's offer.

    Every term that triggers is here with all that it asks for: the down payment, the terms of
    repayment over the whole schedule, and the annual percentage rate by that name.
    Source: 12 CFR 1026.24(c) and (d).
    """

    product: str
    name: str
    program_id: str
    originator: str
    #: The terms below hold for a purchase of this many cents.
    basket_cents: int
    plan: PlanAnswer
    payments: tuple[PaymentAnswer, ...]
    #: "As low as $51.67 a month", with its companions in `disclosure`.
    headline: str
    trigger_terms: tuple[TriggerTerm, ...]
    #: Everything that has to stand where the headline stands, as one text.
    disclosure: str


class AdvertisedOffers(msgspec.Struct, frozen=True, kw_only=True):
    """What a merchant may say to anyone: it is about no person, and an offer to none."""

    merchant_id: str
    merchant_name: str
    #: State of residence for which the terms hold; None: a state in which each program is open.
    state: str | None
    amount_cents: int | None
    directory_version: str
    #: Always false; a page that shows these terms shows `label` too.
    is_offer_to_a_person: bool
    label: str
    offers: tuple[AdvertisedOffer, ...]
    #: Why there is none: paused, not offered here, not in this state, no plan for this amount.
    reason: str | None
