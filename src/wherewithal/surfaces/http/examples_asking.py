"""Examples of receipts and of an own cap, as the document shows them."""

from __future__ import annotations

from typing import Any

from wherewithal.surfaces.http import examples

RECEIPTS: dict[str, Any] = {
    "consumer_id": examples.CONSUMER,
    "receipts": [
        {
            "receipt_id": "5e0c8f0a-7d43-4c55-9b1f-0d5a3f9c2e11",
            "shown_at": "2026-11-20T14:30:00Z",
            "decision_id": "5f3d1a0c9b8e7f6a5d4c3b2a19080706",
            "merchant_id": "lantern-and-loom",
            "product": "pay_in_4",
            "amount_cents": 45_000,
            "shown": {
                "claim": "prequalified",
                "expires_at": "2026-12-20T14:30:00Z",
                "directory_version": "1.1.20261120",
                "is_within_power": True,
                "merchants": [
                    {
                        "merchant_id": "lantern-and-loom",
                        "products": [
                            {
                                "product": "pay_in_4",
                                "status": "available",
                                "power_cents": 45_000,
                                "plan": "pay_in_4",
                                "payment_cents": 11_250,
                                "finance_charge_cents": 0,
                                "apr_bps": 0,
                                "plans": [["pay_in_4", 11_250, 0, 0]],
                            }
                        ],
                    }
                ],
            },
        }
    ],
}
CAP: dict[str, Any] = {
    "consumer_id": examples.CONSUMER,
    "own_cap_cents": 100_000,
    "used_cents": 33_750,
}
