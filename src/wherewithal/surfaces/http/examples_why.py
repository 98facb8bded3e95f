"""Examples of a change that is explained and of what would raise a power, as the document shows."""

from __future__ import annotations

from typing import Any

from wherewithal.surfaces.http import examples

CHANGES: dict[str, Any] = {
    "consumer_id": examples.CONSUMER,
    "status": "explained",
    "since": {
        "decision_id": examples.DECISION["decision_id"],
        "at": "2026-10-02T14:30:00Z",
        "outcome": "approved",
        "power_total_cents": 120_000,
    },
    "until": {
        "decision_id": "9c41d7d2a7c14f1b8a3e5f60718293a4",
        "at": "2026-11-20T14:30:00Z",
        "outcome": "approved",
        "power_total_cents": 90_000,
    },
    "change_cents": -30_000,
    "parts": [
        {
            "part": "facts",
            "codes": ["inquiries"],
            "change_cents": -40_000,
            "products": [{"product": "monthly", "change_cents": -40_000}],
            "wording": (
                "More lenders have looked at your credit file in the last six months. That lowers"
                " what you can spend at once by $400."
            ),
        },
        {
            "part": "account",
            "codes": ["used"],
            "change_cents": 10_000,
            "products": [{"product": "monthly", "change_cents": 10_000}],
            "wording": (
                "What you owe us, or have reserved at a checkout, has changed. That raises what you"
                " can spend at once by $100."
            ),
        },
    ],
    "reasons_gained": [],
    "reasons_lost": [],
    "wording": (
        "What moved, in the order in which it was taken: our policy, the law and our terms, what we"
        " know of you, your account with us. The parts add up to the whole; in another order they"
        " could be divided otherwise."
    ),
}
RAISES: dict[str, Any] = {
    "consumer_id": examples.CONSUMER,
    "status": "estimated",
    "decision_id": "9c41d7d2a7c14f1b8a3e5f60718293a4",
    "estimated_on": "2026-12-01",
    "bundle_digest": "4f0a1c" + "0" * 58,
    "power_total_cents": 90_000,
    "raises": [
        {
            "steps": [{"code": "pay_down", "unit": "cents", "amount": 120_000}],
            "outcome": "approved",
            "power_total_cents": 240_000,
            "products": [
                {
                    "product": "monthly",
                    "name": "Monthly payments",
                    "power_cents": 240_000,
                    "power_now_cents": 90_000,
                }
            ],
            "wording": (
                "If the balances on your cards and credit lines were $1,200 lower, then by today's"
                " policy you could spend up to $2,400. An estimate of 1 December 2026, no promise."
            ),
        }
    ],
    "wording": (
        "By today's policy, each of these alone would raise what you can spend. They are estimates"
        " and no promise: other things may have changed by then."
    ),
}
