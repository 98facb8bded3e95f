"""Ports of prequalifying, named by need; `store`, `sources` and `wiring` implement them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

import msgspec

from wherewithal.qualify.bundle import PolicyBundle
from wherewithal.qualify.plans import Plans
from wherewithal.service.answers import ConsentAnswer, DecisionAnswer
from wherewithal.service.bureau import PullsReports, ReadsReports
from wherewithal.service.flights import Flights
from wherewithal.service.inquiry import Channel, Inquiry, Purpose, Reference
from wherewithal.service.inquiry_records import (
    Account,
    Answered,
    Claim,
    Opening,
    PendingInquiry,
    PullRecord,
    Recording,
    RequestKey,
)
from wherewithal.service.standing_products import ProductAnswers
from wherewithal.vocabulary.consumer import Identity
from wherewithal.vocabulary.redaction import nothing_for_rich, redacted


class RecordsInquiries(Protocol):
    """Keeps consumers, inquiries and decisions. Every method: Unavailable if it does not answer."""

    async def open_inquiry(
        self, inquiry: Inquiry, *, key: RequestKey, at: datetime, new_id: UUID, token: UUID
    ) -> Opening | None:
        """Claim the key and return all that the free stages need, in one statement.

        `new_id` becomes the inquiry's id if the key is new. None: somebody else holds the key, or
        it is answered.
        """
        ...

    async def find_answer(self, key: RequestKey) -> Answered | None:
        """Return the first answer to a key; None while there is none.

        Errors: KeyReused if the key stands for another request.
        """
        ...

    async def forget_claim(self, key: RequestKey, claim: Claim) -> None:
        """Delete an unanswered key: the request was refused and had no effect."""
        ...

    async def let_go(self, key: RequestKey, claim: Claim) -> None:
        """Let anybody go on with an unanswered key at once."""
        ...

    async def add_consumer(
        self,
        identity: Identity,
        *,
        consumer_id: UUID,
        reference: Reference | None,
        refuted: Sequence[UUID],
    ) -> Account | None:
        """Add a new consumer; None if somebody of this identity was added meanwhile.

        The accounts `refuted` give up the keys that they share with this identity.
        """
        ...

    async def own_accounts(self, consumer_id: UUID) -> frozenset[str]:
        """Return the numbers under which the consumer's loans are furnished to a bureau.

        Errors: Unavailable.
        """
        ...

    async def begin_pull(self, pull: PullRecord) -> bool:
        """Record consent and intent before a bureau is asked; to repeat it changes nothing.

        False: another inquiry is asking for this person's report just now; its answer will serve.
        Errors: ConsentRefused where the consent does not allow a pull now; TooMany if the
                consumer's budget of pulls is spent.
        """
        ...

    async def record(self, recording: Recording, *, key: RequestKey, claim: Claim) -> bool:
        """Write an inquiry and all that it changed, at once; False if the claim was lost."""
        ...

    async def open_pending(
        self, *, consumer_id: UUID, prequalification_id: UUID, at: datetime
    ) -> PendingInquiry | None:
        """Return what waits for its answer; None if it does not, or does not exist."""
        ...

    async def finish(self, recording: Recording) -> bool:
        """Write what came of a pending inquiry, at once; False if it is decided already."""
        ...


class ReadsInquiries(Protocol):
    """Reads what was answered. Not yours and absent are the same: None."""

    async def find_prequalification(
        self, *, consumer_id: UUID, prequalification_id: UUID
    ) -> tuple[str, bytes] | None:
        """Return status (`pending`, `decided`) and the answer as it is now."""
        ...

    async def find_decision(self, *, consumer_id: UUID, decision_id: str) -> DecisionAnswer | None:
        """Return the last recorded decision of this id, its reasons by code alone."""
        ...


class KeepsConsents(Protocol):
    """Reads and revokes consents."""

    async def list_consents(self, consumer_id: UUID) -> tuple[ConsentAnswer, ...] | None:
        """Return a consumer's consents, the last given first; None: no such consumer."""
        ...

    async def revoke_consent(
        self, *, consumer_id: UUID, consent_id: UUID, at: datetime
    ) -> ConsentAnswer | None:
        """Revoke a consent, once; the first moment of revoking stays. None: no such consent."""
        ...


class GateVerdict(StrEnum):
    """What the identity and fraud gate says."""

    CLEAR = "clear"
    #: More proof of who asks is needed first.
    STEP_UP = "step_up"
    REFUSE = "refuse"
    #: It did not answer; ask it again later.
    UNAVAILABLE = "unavailable"


class GateQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """What the gate is told."""

    identity: Identity
    channel: Channel
    purpose: Purpose
    #: Inquiries about this consumer in 24 hours, this one not counted.
    inquiries_24h: int
    #: Pulls in 30 days.
    pulls_30d: int

    __repr__ = redacted
    __rich_repr__ = nothing_for_rich


class GateAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The verdict, and the codes of the rules that led to it: for us, never for the person."""

    verdict: GateVerdict
    codes: tuple[str, ...] = ()


class GatesIdentity(Protocol):
    """Says whether who asks is who they say they are, as far as that costs nothing."""

    async def check(self, question: GateQuestion) -> GateAnswer:
        """Return the verdict; never raises for what a person said."""
        ...


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Numbers that an operator may choose."""

    #: Of the whole pull, while somebody waits for the answer, and when a job asks.
    pull_deadline_s: float = 2.5
    job_pull_deadline_s: float = 20.0
    #: Until when a late answer is final.
    final_within_s: int = 900
    #: How long a claim holds; longer than any call takes.
    lease_s: int = 30
    pulls_max_30d: int = 4
    #: Names the program that decided: recorded, never hashed.
    code_build: str = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class PrequalifyPorts:
    """Everything that prequalifying reaches for; wiring makes one a process."""

    ledger: RecordsInquiries
    gate: GatesIdentity
    reports: PullsReports
    reader: ReadsReports
    bundle: PolicyBundle
    plans: Plans
    products: ProductAnswers
    flights: Flights
    clock: Callable[[], datetime]
    new_uuid: Callable[[], UUID]
    sleep: Callable[[float], Awaitable[None]]
    #: Called with the outcome of each answer that was recorded, or `pending`; for counters.
    count_outcome: Callable[[str], None]
    settings: Settings
