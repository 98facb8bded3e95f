"""Examples of loans, of the same story as `examples_hold`: the sofa is paid, a cushion returned."""

from __future__ import annotations

from datetime import UTC, date, datetime

import msgspec

from wherewithal.service.loan_answers import (
    ChargeOffRecorded,
    InstalmentAnswer,
    LoanAnswer,
    LoansAnswer,
    PaymentRecorded,
    RefundRecorded,
)
from wherewithal.surfaces.http.examples import CONSUMER
from wherewithal.surfaces.http.examples_hold import HOLD_ID

LOAN_ID = "4f0c2b7e-2f0a-4c54-8c4e-8a2c4a1f6e77"
_AT = datetime(2026, 12, 4, 15, 2, tzinfo=UTC)
PAYMENT_ASK = {
    "reference": "ach-2026-12-04-118",
    "amount_cents": 11_250,
    "paid_on": "2026-12-04",
}
PAYMENT = msgspec.to_builtins(
    PaymentRecorded(
        loan_id=LOAN_ID,
        reference="ach-2026-12-04-118",
        amount_cents=11_250,
        paid_on=date(2026, 12, 4),
        principal_cents=11_250,
        interest_cents=0,
        waived_interest_cents=0,
        on_time_payments=1,
        outstanding_cents=22_500,
        status="open",
        recorded_at=_AT,
    )
)
REFUND_ASK = {"reference": "return-31", "amount_cents": 12_000}
_REFUND = RefundRecorded(
    loan_id=LOAN_ID, reference="return-31", amount_cents=12_000, recorded_at=_AT
)
REFUND_FOR_MERCHANT = msgspec.to_builtins(_REFUND)
REFUND = msgspec.to_builtins(
    msgspec.structs.replace(
        _REFUND,
        principal_cents=12_000,
        waived_interest_cents=0,
        to_consumer_cents=0,
        outstanding_cents=10_500,
        status="open",
    )
)
CHARGE_OFF = msgspec.to_builtins(
    ChargeOffRecorded(
        loan_id=LOAN_ID, principal_cents=10_500, status="charged_off", recorded_at=_AT
    )
)
_DAYS = (date(2026, 12, 4), date(2026, 12, 18), date(2027, 1, 1))
LOANS = msgspec.to_builtins(
    LoansAnswer(
        consumer_id=CONSUMER,
        loans=(
            LoanAnswer(
                loan_id=LOAN_ID,
                hold_id=HOLD_ID,
                reference="shipment-1",
                merchant_id="lantern-and-loom",
                product="pay_in_4",
                plan="pay_in_4",
                originator="sample_bank",
                note_rate_bps=0,
                basket_cents=45_000,
                principal_cents=33_750,
                outstanding_cents=22_500,
                payoff_cents=22_500,
                status="open",
                booked_on=date(2026, 11, 20),
                days_late=0,
                instalments=tuple(
                    InstalmentAnswer(
                        number=number,
                        due_on=day,
                        amount_cents=11_250,
                        principal_cents=11_250,
                        interest_cents=0,
                        paid_cents=11_250 if number == 1 else 0,
                        paid_on=day if number == 1 else None,
                    )
                    for number, day in enumerate(_DAYS, 1)
                ),
            ),
        ),
    )
)
