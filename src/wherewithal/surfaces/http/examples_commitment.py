"""Examples of commitments, of the same story as `examples`: what can be spent, for a week."""

from __future__ import annotations

from typing import Any

from wherewithal.surfaces.http.examples import CONSUMER, INQUIRY

__all__ = ["COMMITMENT", "COMMITMENT_ID", "INQUIRY", "JWKS"]

COMMITMENT_ID = "b5b7a0a9-2f4e-4a53-9c3a-7a2f1d7b8e10"
TEXT_SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
_ISSUED, _EXPIRES = "2026-11-20T09:32:00Z", "2026-11-27T09:32:00Z"
_LATE = {
    "code": "C_DELINQUENCY",
    "source": "bureau report, own account",
    "wording": "No account, with others or with us, has since become 30 or more days late.",
}
DOCUMENT: dict[str, Any] = {
    "version": 1,
    "issuer": "wherewithal",
    "claim": "committed",
    "commitment_id": COMMITMENT_ID,
    "consumer_id": CONSUMER,
    "prequalification_id": INQUIRY,
    "product": "pay_in_4",
    "amount_cents": 66_600,
    "currency": "USD",
    "issued_at": "2026-11-20T09:32:00.000000Z",
    "expires_at": "2026-11-27T09:32:00.000000Z",
    "rule": "what was not re-checked holds",
    "preconditions": [
        {
            **_LATE,
            "check": "new_delinquency",
            "class": "changed_facts",
            "threshold": 30,
            "value_at_issue": 0,
        }
    ],
    "causes": [],
}
COMMITMENT: dict[str, Any] = {
    "commitment_id": COMMITMENT_ID,
    "consumer_id": CONSUMER,
    "prequalification_id": INQUIRY,
    "claim": "committed",
    "product": "pay_in_4",
    "amount_cents": 66_600,
    "issued_at": _ISSUED,
    "expires_at": _EXPIRES,
    "has_expired": False,
    "preconditions": [{**_LATE, "threshold": 30, "value_at_issue": 0}],
    "document": DOCUMENT,
    "signature": "eyJhbGciOiJFZDI1NTE5Iiwia2lkIjoiQlZVczREby1fNGRhM1hVbHRlSno3ZFZfWWRPQXRLM3NRcDE"
    "4NWwyai1NWSJ9..IkAtB8spiUkykpIsxAfDvlqLSlAosxcy03Y4WwCRVpo9fcqrgx-Y6nkpliqjgzHbOuXODBWBppomI"
    "1mAjI0-Cw",
    "attempts": [],
}
COMMITMENTS = {"consumer_id": CONSUMER, "commitments": [COMMITMENT]}
NOT_HONOURED = {
    **COMMITMENT,
    "attempts": [
        {
            "at": "2026-11-22T18:04:00Z",
            "merchant_id": "lantern-and-loom",
            "basket_cents": 45_000,
            "is_honoured": False,
            "is_within": True,
            "hold_id": None,
            "wording": f"This no longer holds: {_LATE['wording']}",
            "preconditions": [
                {
                    "code": _LATE["code"],
                    "wording": _LATE["wording"],
                    "state": "fails",
                    "value_then": 0,
                    "value_now": 30,
                }
            ],
            "still_stands": {
                "merchant_id": "lantern-and-loom",
                "product": "pay_in_4",
                "plan": "pay_in_4",
                "basket_cents": 20_000,
                "amount_financed_cents": 15_000,
                "payment_cents": 5_000,
                "payments_count": 4,
                "apr_bps": 0,
            },
        }
    ],
}
SHARING_ASK = {
    "merchant_id": "lantern-and-loom",
    "text_version": "sharing-2026-01",
    "text_sha256": TEXT_SHA256,
}
SHARING: dict[str, Any] = {
    "consumer_id": CONSUMER,
    "consent_id": INQUIRY,
    "merchant_id": "lantern-and-loom",
    "text_version": "sharing-2026-01",
    "given_at": "2026-11-20T09:33:00Z",
    "revoked_at": None,
}
SHARING_REVOKED = {**SHARING, "revoked_at": "2026-11-21T08:00:00Z"}
SHARINGS = {"consumer_id": CONSUMER, "consents": [SHARING]}
_RATE = {
    "attempts": 50,
    "honoured": 49,
    "honour_rate_bps": 9_800,
    "same_facts_attempts": 12,
    "same_facts_honoured": 12,
    "same_facts_rate_bps": 10_000,
    "causes": {"C_DELINQUENCY": 1},
}
HONOUR_RATE = {
    "weeks": 8,
    "calendar_time_zone": "America/New_York",
    **_RATE,
    "rows": [
        {
            "week": "2026-11-16",
            "product": "pay_in_4",
            "merchant_id": "lantern-and-loom",
            **_RATE,
        }
    ],
}
JWKS = {
    "keys": [
        {
            "kty": "OKP",
            "crv": "Ed25519",
            "x": "rwaj4ykXFOTzVsGcmxXNGVHsbmZiqne-B1R_KJODNB0",
            "kid": "BVUs4Do-_4da3XUlteJz7dV_YdOAtK3sQp185l2j-MY",
            "use": "sig",
            "alg": "Ed25519",
        }
    ]
}
