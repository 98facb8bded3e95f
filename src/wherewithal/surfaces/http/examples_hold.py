"""Examples of holds, of the same story as `examples`: a sofa of $450 in four payments."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec

from wherewithal.service.answers import PlanAnswer
from wherewithal.service.hold_answers import CaptureAnswer, HoldAnswer
from wherewithal.service.merchant_answers import PaymentAnswer
from wherewithal.surfaces.http.examples import CONSUMER, INQUIRY, MERCHANT

HOLD_ID = "c8a0f6d2-6a58-4f7c-b7a5-0a8f6f1b2d39"
_AT = datetime(2026, 11, 20, 9, 41, tzinfo=UTC)
_PLAN = MERCHANT["products"][0]["plans"][0]

ASK = {
    "consumer_id": CONSUMER,
    "prequalification_id": INQUIRY,
    "merchant_id": "lantern-and-loom",
    "reference": "order-7781",
    "product": "pay_in_4",
    "plan": "pay_in_4",
    "basket_cents": 45_000,
    "currency": "USD",
}
_HOLD = HoldAnswer(
    hold_id=HOLD_ID,
    consumer_id=CONSUMER,
    merchant_id="lantern-and-loom",
    reference="order-7781",
    status="held",
    product="pay_in_4",
    rail="direct",
    basket_cents=45_000,
    captured_cents=0,
    open_cents=45_000,
    plan=msgspec.convert(_PLAN["plan"], PlanAnswer),
    payments=msgspec.convert(_PLAN["payments"], tuple[PaymentAnswer, ...]),
    placed_at=_AT,
    expires_at=_AT + timedelta(days=1),
)
HOLD = msgspec.to_builtins(_HOLD)
CAPTURED = msgspec.to_builtins(
    msgspec.structs.replace(
        _HOLD,
        status="captured",
        captured_cents=45_000,
        open_cents=0,
        expires_at=_AT + timedelta(days=7),
        ended_at=_AT + timedelta(hours=5),
    )
)
VOIDED = msgspec.to_builtins(
    msgspec.structs.replace(
        _HOLD, status="voided", open_cents=0, ended_at=_AT + timedelta(minutes=4)
    )
)
HOLDS = {"consumer_id": CONSUMER, "holds": [HOLD]}
CAPTURE_ASK = {"reference": "shipment-1", "amount_cents": 20_000, "is_last": False}
CAPTURE = msgspec.to_builtins(
    CaptureAnswer(
        hold_id=HOLD_ID,
        loan_id="4f0c2b7e-2f0a-4c54-8c4e-8a2c4a1f6e77",
        reference="shipment-1",
        amount_cents=20_000,
        principal_cents=15_000,
        is_over_limit=False,
        booked_at=_AT + timedelta(hours=5),
    )
)
