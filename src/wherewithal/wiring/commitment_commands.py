"""What `wherewithal commitment` reaches for, imported when it is called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from wherewithal.service.applicant_facts import CALENDAR_TIME_ZONE
from wherewithal.service.commitment_document import verify_document
from wherewithal.service.read_commitments import HonourRate, read_honour_rate
from wherewithal.store.commitments import CommitmentsInStore
from wherewithal.wiring.service_commands import batch_pool


def verify(
    document: Mapping[str, Any], signature: str, jwks: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Return what a verification says, field by field."""
    return msgspec.structs.asdict(verify_document(document, signature, jwks=jwks))


async def honour_rate(weeks: int) -> HonourRate:
    """Return how often promises were kept in the last weeks."""
    async with batch_pool() as pool:
        return await read_honour_rate(
            weeks=weeks,
            product=None,
            merchant_id=None,
            time_zone=CALENDAR_TIME_ZONE,
            store=CommitmentsInStore(pool),
        )
