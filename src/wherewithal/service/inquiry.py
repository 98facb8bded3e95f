"""Inquiry: someone asks for a person; what was said, by whom, and with which consent."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import msgspec

from wherewithal.vocabulary.consumer import Identity
from wherewithal.vocabulary.stated import Stated


class Purpose(StrEnum):
    """Under which a report is obtained; what is derived from it keeps to it."""

    #: The consumer asked, in writing, what they would be offered (15 U.S.C. 1681b(a)(2)).
    PREQUALIFICATION = "prequalification"


class Channel(StrEnum):
    """The surface that asked."""

    APP = "app"
    CHECKOUT = "checkout"
    WALLET = "wallet"
    PARTNER = "partner"
    BRANCH = "branch"


class ConsentScope(StrEnum):
    """How often a consent may be used."""

    ONCE = "once"
    STANDING = "standing"


class NewConsent(msgspec.Struct, frozen=True, kw_only=True):
    """A consent that is given with this inquiry."""

    scope: ConsentScope
    #: The version of the text that was shown, and the SHA-256 of that text.
    text_version: str
    text_sha256: bytes
    #: None: 30 days for once, a year for standing.
    expires_at: datetime | None = None


class GivenConsent(msgspec.Struct, frozen=True, kw_only=True):
    """A standing consent that was given before, by its id."""

    consent_id: str


class Reference(msgspec.Struct, frozen=True, kw_only=True):
    """The lender's own number for the person, in one of its portfolios."""

    portfolio: str
    reference: str


class Inquiry(msgspec.Struct, frozen=True, kw_only=True):
    """What a request for a prequalification says, checked in form."""

    identity: Identity
    stated: Stated
    consent: NewConsent | GivenConsent
    purpose: Purpose
    channel: Channel
    #: What the person would like to spend; a lower answer opens a notice case.
    requested_amount_cents: int | None = None
    reference: Reference | None = None
