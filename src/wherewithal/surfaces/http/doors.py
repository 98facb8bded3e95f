"""What the HTTP surface needs from outside; `wiring` constructs it, nothing here looks it up."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from wherewithal.service.answers import ConsentAnswer, DecisionAnswer
from wherewithal.service.asking import Question
from wherewithal.service.inquiry import Inquiry
from wherewithal.service.inquiry_records import Answered
from wherewithal.service.merchant_answers import (
    AdvertisedOffers,
    MerchantAnswer,
    MerchantsPage,
    MerchantsQuery,
)
from wherewithal.surfaces.http.routes_asking import AskingDoors
from wherewithal.surfaces.http.routes_commitment import CommitmentDoors
from wherewithal.surfaces.http.routes_hold import HoldDoors
from wherewithal.surfaces.http.routes_loan import LoanDoors
from wherewithal.surfaces.http.routes_webhook import WebhookDoors
from wherewithal.surfaces.http.routes_why import WhyDoors
from wherewithal.surfaces.http.tokens import TokenKeys


class Asks(Protocol):
    """Asks for a prequalification: one effect for one key of one credential."""

    async def __call__(
        self,
        inquiry: Inquiry,
        *,
        credential_id: str,
        idempotency_key: str,
        request_digest: bytes,
    ) -> Answered:
        """Return the first answer that this key was given, or make it.

        `request_digest` is the keyed hash of what the body means, 32 bytes.
        Errors: those of `service/errors.py`.
        """
        ...


class FindsPrequalification(Protocol):
    """Reads a prequalification."""

    async def __call__(
        self, consumer_id: UUID, prequalification_id: UUID, *, wait_s: float
    ) -> bytes | None:
        """Return it encoded, as it is now, or None where this consumer has no such one.

        While it is pending, waits up to `wait_s` seconds for it to be decided.
        """
        ...


class FindsMerchants(Protocol):
    """Reads a page of all merchants with what a consumer can spend at each."""

    async def __call__(
        self, consumer_id: UUID, query: MerchantsQuery, *, credential_id: str
    ) -> MerchantsPage | bytes | None:
        """Return a page, encoded or not; None where there is no such consumer.

        Errors: TooMany if this consumer is asked about, or this caller asks, too often.
                RequestRefused for a cursor that is not ours or is of another query,
                DirectoryChanged for one of another version.
        """
        ...


class FindsMerchant(Protocol):
    """Reads what a consumer can spend at one merchant."""

    async def __call__(
        self, consumer_id: UUID, question: Question, *, credential_id: str
    ) -> MerchantAnswer | bytes | None:
        """Return it, encoded or not; None where there is no such consumer or no such merchant.

        Errors: TooMany, as for the list.
        """
        ...


class FindsMerchantOffers(Protocol):
    """Reads what a merchant offers to nobody in particular."""

    async def __call__(
        self, merchant_id: str, *, state: str | None, amount_cents: int | None
    ) -> AdvertisedOffers | bytes | None:
        """Return them, encoded or not; None where there is no such merchant."""
        ...


class StoredCredential(Protocol):
    """A service key as it is stored, while it lives."""

    @property
    def credential_id(self) -> str:
        """Return the key's public part."""
        ...

    @property
    def secret_sha256(self) -> bytes:
        """Return the hash of its secret part."""
        ...

    @property
    def scopes(self) -> Iterable[str]:
        """Return what it may do, as words of `tokens.Scope`."""
        ...

    @property
    def merchant_id(self) -> str | None:
        """Return the one merchant that it speaks for; None: for all of them."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """Everything that the routes reach for."""

    ask: Asks
    find_prequalification: FindsPrequalification
    #: By consumer and decision id; None: this consumer has no such decision.
    find_decision: Callable[[UUID, str], Awaitable[DecisionAnswer | None]]
    #: By consumer and consent id; revoking twice is revoking once. None: no such consent.
    revoke_consent: Callable[[UUID, UUID], Awaitable[ConsentAnswer | None]]
    #: Newest first; None where there is no such consumer.
    list_consents: Callable[[UUID], Awaitable[Sequence[ConsentAnswer] | None]]
    #: By portfolio and the lender's own number; None where nobody has it.
    find_reference: Callable[[str, str], Awaitable[UUID | None]]
    #: The encoded `SpendingPower`; None where there is no such consumer.
    spending_power: Callable[[UUID], Awaitable[bytes | None]]
    merchants_page: FindsMerchants
    merchant: FindsMerchant
    merchant_offers: FindsMerchantOffers
    holds: HoldDoors
    commitments: CommitmentDoors
    loans: LoanDoors
    asking: AskingDoors
    why: WhyDoors
    webhooks: WebhookDoors
    #: None where no such credential lives: unknown, expired, revoked.
    find_credential: Callable[[str], Awaitable[StoredCredential | None]]
    #: Each thing that must answer for requests to be served, and whether it does; within a second.
    readiness: Callable[[], Awaitable[Sequence[tuple[str, bool]]]]
    clock: Callable[[], datetime]
    new_uuid: Callable[[], UUID]
    #: Sign and check consumers' tokens.
    token_keys: TokenKeys
    #: 32 bytes, for the keyed hash of a body: what a key of idempotency stands for.
    digest_key: bytes
