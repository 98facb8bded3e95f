"""Consents: what a consumer agreed to, and taking it back.

A consent is given with an inquiry (`prequalify`). Revoking it stops new pulls and the reuse of
reports that were pulled under it; what was decided before stays decided.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from wherewithal.service.answers import ConsentAnswer
from wherewithal.service.ports import KeepsConsents


async def list_consents(
    consumer_id: UUID, *, consents: KeepsConsents
) -> tuple[ConsentAnswer, ...] | None:
    """Return a consumer's consents, the last given first; None if there is no such consumer."""
    return await consents.list_consents(consumer_id)


async def revoke_consent(
    consumer_id: UUID, consent_id: UUID, *, consents: KeepsConsents, clock: Callable[[], datetime]
) -> ConsentAnswer | None:
    """Revoke a consent and return it as it stands; None if this consumer has no such consent.

    To revoke twice is to revoke once: the first moment stays.
    """
    return await consents.revoke_consent(consumer_id=consumer_id, consent_id=consent_id, at=clock())
