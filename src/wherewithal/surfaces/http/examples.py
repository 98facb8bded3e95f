"""Examples of the document: the lines of one story, of a person who does not exist.

The person is `prime` of the simulated bureau (docs/personas.md), so that what is copied works.

They are records where an answer is a record, so that an example which no answer could be does not
even import; a test encodes each and checks it against its schema. What is said to a person is said
in the words of the service itself.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import msgspec

from wherewithal.service.answers import (
    ClaimType,
    ConsentAnswer,
    DecisionAnswer,
    PlanAnswer,
    Prequalification,
    ProductAnswer,
    ProductStatus,
    ReasonAnswer,
    SpendingPower,
    Used,
)
from wherewithal.service.merchant_answers import (
    AdvertisedOffer,
    AdvertisedOffers,
    BasketAnswer,
    BasketPlan,
    MerchantAnswer,
    MerchantProduct,
    MerchantRow,
    MerchantsPage,
    PaymentAnswer,
    TriggerTerm,
)
from wherewithal.service.prequalify_words import pending_of, wording_of
from wherewithal.service.read_spending_power import WORDINGS

CONSUMER = "7b1b1a3e-5a52-4a0b-9a6a-3d6f0d3f6c11"
INQUIRY = "0d0f3c55-0a0e-4f0e-8a39-52f3f8f2a7b4"
_DECISION = "5f3d1a0c9b8e7f6a5d4c3b2a19080706"
_BUNDLE = "0b2f" * 16
_ASKED = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
_UNTIL = datetime(2026, 12, 20, 9, 30, tzinfo=UTC)
_VERSION = "3.7"

ASKS = {
    "consent given now": {
        "consumer": {
            "given_name": "Paula",
            "family_name": "Prime",
            "date_of_birth": "1981-02-02",
            "ssn": "999010001",
            "address": {
                "street": "1 Persona Street",
                "city": "Columbus",
                "state": "OH",
                "postal_code": "43215",
            },
        },
        "stated": {
            "income_cents": 6_000_000,
            "housing_cents": 120_000,
            "home_ownership": "RENT",
            "employment_years": 6,
            "income_verified": False,
        },
        "consent": {"scope": "once", "text_version": "2026-11-01", "text_sha256": "a1" * 32},
        "purpose": "prequalification",
        "channel": "app",
        "requested_amount_cents": 150_000,
    }
}

_PLAN = PlanAnswer(
    program_id="standard-pay-in-4",
    originator="cedar-bank",
    plan="pay_in_4",
    payments_count=4,
    payment_cents=11_250,
    apr_bps=0,
    apr_is_voluntary=True,
    note_rate_bps=0,
    basket_cents=45_000,
    down_payment_cents=11_250,
    amount_financed_cents=33_750,
    finance_charge_cents=0,
    total_of_payments_cents=45_000,
)
_PRODUCT = ProductAnswer(
    product="pay_in_4",
    name="Pay in 4",
    status=ProductStatus.AVAILABLE,
    power_cents=45_000,
    best_plan=_PLAN,
    reason=None,
    expires_at=_UNTIL,
)
_REASON = ReasonAnswer(
    code="R22a",
    kind="decline",
    wording=(
        "You applied for credit with other lenders six times or more within the last six months."
    ),
    regb_number=22,
    regb_text="Number of recent inquiries on credit bureau report",
    cure=("Inquiries stop counting after six months; asking us does not add one that others see."),
)
_PAYMENTS = tuple(
    PaymentAnswer(due_on=day, amount_cents=11_250, principal_cents=11_250, interest_cents=0)
    for day in (
        date(2026, 11, 20),
        date(2026, 12, 4),
        date(2026, 12, 18),
        date(2027, 1, 1),
    )
)


def _built(record: Any) -> Any:
    return msgspec.to_builtins(record)


_ANSWER = Prequalification(
    prequalification_id=INQUIRY,
    consumer_id=CONSUMER,
    status="decided",
    is_final=True,
    final_by=None,
    asked_at=_ASKED,
    decided_at=_ASKED,
    is_repeat=False,
    outcome="approved",
    claim=ClaimType.PREQUALIFIED,
    expires_at=_UNTIL,
    decision_id=_DECISION,
    as_of=_ASKED.date(),
    bundle_digest=_BUNDLE,
    calendar_time_zone="America/New_York",
    reasons=(),
    power_total_cents=45_000,
    lowered_by=(),
    products=(_PRODUCT,),
    pending=(),
    wording=wording_of("approved"),
)
APPROVED = _built(_ANSWER)
PENDING = _built(
    msgspec.structs.replace(
        _ANSWER,
        status="pending",
        is_final=False,
        final_by=datetime(2026, 11, 20, 9, 45, tzinfo=UTC),
        decided_at=None,
        outcome=None,
        claim=None,
        expires_at=None,
        decision_id=None,
        as_of=None,
        bundle_digest=None,
        power_total_cents=None,
        products=(),
        pending=pending_of(None, (), "bureau_report"),
        wording=wording_of(None),
    )
)
POWER = _built(
    SpendingPower(
        consumer_id=CONSUMER,
        status="available",
        claim=ClaimType.PREQUALIFIED,
        tempo="now",
        outcome="approved",
        decision_id=_DECISION,
        as_of=_ASKED,
        expires_at=_UNTIL,
        power_total_cents=45_000,
        used=Used(drawn_cents=0, held_cents=0),
        lowered_by=(),
        reasons=(),
        products=(_PRODUCT,),
        wording=WORDINGS["prequalified"],
    )
)
DECISION = _built(
    DecisionAnswer(
        consumer_id=CONSUMER,
        seq=1,
        decision_id=_DECISION,
        tempo="now",
        as_of=_ASKED.date(),
        decided_at=_ASKED,
        expires_at=_UNTIL,
        bundle_digest=_BUNDLE,
        code_build="0.1.0",
        outcome="declined",
        failure_cause=None,
        reasons=(_REASON,),
        row={"outcome": "declined", "tier": "X", "capacity_cents": 0},
        facts={"as_of": "2026-11-20", "state": "OH", "inquiries_6m": 7},
        matched={"Knock-outs": (3,)},
    )
)
_CONSENT = ConsentAnswer(
    consumer_id=CONSUMER,
    consent_id=INQUIRY,
    scope="once",
    purpose="prequalification",
    text_version="2026-11-01",
    channel="app",
    given_at=_ASKED,
    expires_at=_UNTIL,
    revoked_at=None,
)
CONSENTS = {"consumer_id": CONSUMER, "consents": [_built(_CONSENT)]}
REVOKED = _built(
    msgspec.structs.replace(_CONSENT, revoked_at=datetime(2026, 11, 21, 8, 0, tzinfo=UTC))
)
TOKEN = {
    "access_token": "header.claims.signature",
    "token_type": "Bearer",
    "expires_in": 600,
    "scope": "read",
}
MERCHANTS = _built(
    MerchantsPage(
        consumer_id=CONSUMER,
        status="available",
        cause=None,
        read_at=_ASKED,
        decision_id=_DECISION,
        receipt_id="5e0c8f0a-7d43-4c55-9b1f-0d5a3f9c2e11",
        claim=ClaimType.PREQUALIFIED,
        expires_at=_UNTIL,
        directory_version=_VERSION,
        total=1,
        rows=(
            MerchantRow(
                merchant_id="lantern-and-loom",
                name="Lantern & Loom",
                mcc="5712",
                power_cents=45_000,
                product="pay_in_4",
                plan="pay_in_4",
                apr_bps=0,
                products=(
                    MerchantProduct(
                        product="pay_in_4",
                        status=ProductStatus.AVAILABLE,
                        power_cents=45_000,
                        program_id="standard-pay-in-4",
                        plan="pay_in_4",
                        apr_bps=0,
                        reason_code=None,
                    ),
                ),
            ),
        ),
        next_cursor=None,
        wording=WORDINGS["prequalified"],
    )
)
MERCHANT = _built(
    MerchantAnswer(
        consumer_id=CONSUMER,
        merchant_id="lantern-and-loom",
        name="Lantern & Loom",
        mcc="5712",
        is_paused=False,
        status="available",
        cause=None,
        read_at=_ASKED,
        decision_id=_DECISION,
        receipt_id="5e0c8f0a-7d43-4c55-9b1f-0d5a3f9c2e11",
        claim=ClaimType.PREQUALIFIED,
        expires_at=_UNTIL,
        directory_version=_VERSION,
        amount_cents=45_000,
        is_within_power=True,
        power_cents=45_000,
        products=(
            BasketAnswer(
                product="pay_in_4",
                name="Pay in 4",
                status=ProductStatus.AVAILABLE,
                plans=(BasketPlan(plan=_PLAN, payments=_PAYMENTS),),
                power_cents=45_000,
                power_plan=_PLAN,
                reason=None,
            ),
        ),
        wording=WORDINGS["prequalified"],
    )
)
OFFERS = _built(
    AdvertisedOffers(
        merchant_id="lantern-and-loom",
        merchant_name="Lantern & Loom",
        state="OH",
        amount_cents=45_000,
        directory_version=_VERSION,
        is_offer_to_a_person=False,
        label="Representative terms; who qualifies is decided for each person.",
        offers=(
            AdvertisedOffer(
                product="pay_in_4",
                name="Pay in 4",
                program_id="standard-pay-in-4",
                originator="cedar-bank",
                basket_cents=45_000,
                plan=_PLAN,
                payments=_PAYMENTS,
                headline="As low as $112.50 every two weeks",
                trigger_terms=(TriggerTerm(term="amount_of_payment", text="$112.50"),),
                disclosure=(
                    "For a purchase of $450.00: $112.50 down, then 3 payments of $112.50 every two "
                    "weeks. 0.00% annual percentage rate (APR)."
                ),
            ),
        ),
        reason=None,
    )
)
