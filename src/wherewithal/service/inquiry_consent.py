"""The consent that an inquiry stands on: a new one, or one that was given before.

Every inquiry needs one that is alive, also where no report is pulled for it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from wherewithal.service.errors import ConsentRefused
from wherewithal.service.inquiry import ConsentScope, GivenConsent, Inquiry, NewConsent
from wherewithal.service.inquiry_records import Account, Claim, ConsentRecord
from wherewithal.vocabulary.errors import Problem

#: For how long a consent stands that names no end.
CONSENT_DAYS: Final = {ConsentScope.ONCE: 30, ConsentScope.STANDING: 365}


def consent_of(
    inquiry: Inquiry, known: Account | None, claim: Claim, *, credential_id: str, at: datetime
) -> tuple[UUID, ConsentRecord | None]:
    """Return the consent that the inquiry stands on, with its record if it is a new one.

    Errors: ConsentRefused, with the code unknown_consent, consent_purpose, consent_expired or
            consent_revoked.
    """
    consent, kept = inquiry.consent, known.consent if known else None
    if isinstance(consent, GivenConsent):
        if kept is None:
            raise refused_consent("unknown_consent")
        if kept.purpose != inquiry.purpose.value:
            raise refused_consent("consent_purpose")
    else:
        record = _new_consent(consent, inquiry, claim, credential_id=credential_id, at=at)
        if record.expires_at <= at:
            raise refused_consent("consent_expired")
        if kept is None:
            return record.consent_id, record
    if kept.revoked_at is not None:
        raise refused_consent("consent_revoked")
    if kept.expires_at <= at:
        raise refused_consent("consent_expired")
    return kept.consent_id, None


_CONSENT_PROBLEMS: Final = {
    "unknown_consent": (
        "$.consent.consent_id",
        "no such consent of this person; ask for a new one",
    ),
    "consent_purpose": ("$.consent.consent_id", "this consent is for another purpose"),
    "consent_expired": ("$.consent", "the consent has expired; ask the person for a new one"),
    "consent_revoked": ("$.consent", "the consent was revoked; nothing may be asked under it"),
    "consent_used": ("$.consent", "the consent was for one report; ask the person for a new one"),
}


def refused_consent(code: str) -> ConsentRefused:
    """Return the refusal of a consent by its code."""
    path, message = _CONSENT_PROBLEMS[code]
    return ConsentRefused([Problem(code=code, path=path, message=message)])


def _new_consent(
    consent: NewConsent, inquiry: Inquiry, claim: Claim, *, credential_id: str, at: datetime
) -> ConsentRecord:
    return ConsentRecord(
        consent_id=claim.inquiry_id,
        scope=consent.scope.value,
        purpose=inquiry.purpose.value,
        text_version=consent.text_version,
        text_sha256=consent.text_sha256,
        channel=inquiry.channel.value,
        credential_id=credential_id,
        given_at=at,
        expires_at=consent.expires_at or at + timedelta(days=CONSENT_DAYS[consent.scope]),
    )
