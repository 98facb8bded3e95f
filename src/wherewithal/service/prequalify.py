"""Prequalify one person now: the key, who it is, the stages, one write.

Reads as DESIGN 5 does. What was begun under a key is finished once: the claim on the key is looked
at again in the very statement that writes (docs/decisions/0017).
"""

from __future__ import annotations

from contextlib import suppress
from typing import Final
from uuid import UUID

from wherewithal.service.errors import (
    AmbiguousIdentity,
    InProgress,
    RequestRefused,
    TooMany,
    Unavailable,
)
from wherewithal.service.inquiry import Inquiry
from wherewithal.service.inquiry_consent import consent_of
from wherewithal.service.inquiry_records import (
    Account,
    Answered,
    IdentityUpdate,
    Opening,
    RequestKey,
)
from wherewithal.service.ports import PrequalifyPorts
from wherewithal.service.prequalify_answer import Case, recording_of
from wherewithal.service.prequalify_stages import find
from wherewithal.vocabulary.consumer import Likeness, compare
from wherewithal.vocabulary.errors import Problem

#: How often another process's work under the same key is looked for before we say 409.
_POLLS: Final = 10
_POLL_S: Final = 0.1
#: Two who ask at once for the same new person: the second finds the first one's consumer.
_RACES_MAX: Final = 3


async def prequalify(
    inquiry: Inquiry,
    *,
    credential_id: str,
    idempotency_key: str,
    request_digest: bytes,
    ports: PrequalifyPorts,
) -> Answered:
    """Answer an inquiry, once for a key; the same key gets the first answer's bytes again.

    Null:   an answer with status 202 is not final: a job finishes it.
    Errors: KeyReused, InProgress, AmbiguousIdentity, ConsentRefused, TooMany: nothing is recorded,
            and the key is free again. Unavailable: ask again with the same key.
    """
    key = RequestKey(
        credential_id=credential_id,
        idempotency_key=idempotency_key,
        request_digest=request_digest,
    )
    return await ports.flights.once(key, lambda: _answer(inquiry, key, ports))


async def _answer(inquiry: Inquiry, key: RequestKey, ports: PrequalifyPorts) -> Answered:
    opening = await _claim(inquiry, key, ports)
    if isinstance(opening, Answered):
        return opening
    try:
        return await _work(inquiry, opening, key, ports)
    except (RequestRefused, TooMany):
        with suppress(Unavailable):
            await ports.ledger.forget_claim(key, opening.claim)
        raise
    except Unavailable:
        # Another process need not wait for our lease to end; this one never does.
        with suppress(Unavailable):
            await ports.ledger.let_go(key, opening.claim)
        raise


async def _claim(inquiry: Inquiry, key: RequestKey, ports: PrequalifyPorts) -> Opening | Answered:
    """Claim the key, or wait a little for whoever has it."""
    token = ports.new_uuid()
    for attempt in range(_POLLS):
        opening = await _open(inquiry, key, token, ports)
        if opening is not None:
            return opening
        if (answered := await ports.ledger.find_answer(key)) is not None:
            return answered
        if attempt < _POLLS - 1:
            await ports.sleep(_POLL_S)
    message = "a request with this key is being worked on; ask again with the same key"
    raise InProgress(message, retry_after_s=1)


async def _open(
    inquiry: Inquiry, key: RequestKey, token: UUID, ports: PrequalifyPorts
) -> Opening | None:
    return await ports.ledger.open_inquiry(
        inquiry, key=key, at=ports.clock(), new_id=ports.new_uuid(), token=token
    )


async def _work(
    inquiry: Inquiry, opening: Opening, key: RequestKey, ports: PrequalifyPorts
) -> Answered:
    """Find out who it is, and work on them alone: who asks twice at once is pulled once."""
    for _ in range(_RACES_MAX):
        known = identified(inquiry, opening.accounts)
        if known is not None:
            async with ports.flights.alone(known.consumer_id) as has_waited:
                # Whoever was before us may have brought the report since we looked, and be gone.
                if has_waited or known.report is None:
                    opening = await _open_again(inquiry, opening, key, ports)
                    known = identified(inquiry, opening.accounts)
                if known is not None:
                    return await _decide(inquiry, opening, known, key, ports)
        # Who is refused for their consent leaves nothing behind, no new consumer either.
        consent_of(inquiry, None, opening.claim, credential_id=key.credential_id, at=ports.clock())
        account = await ports.ledger.add_consumer(
            inquiry.identity,
            consumer_id=ports.new_uuid(),
            reference=inquiry.reference,
            refuted=[one.consumer_id for one in opening.accounts if one.is_refuted],
        )
        if account is not None:
            async with ports.flights.alone(account.consumer_id) as has_waited:
                # Others find whom we have just added, and may be at work on them already.
                if not has_waited:
                    return await _decide(inquiry, opening, account, key, ports)
        opening = await _open_again(inquiry, opening, key, ports)
    raise Unavailable("database")


async def _open_again(
    inquiry: Inquiry, opening: Opening, key: RequestKey, ports: PrequalifyPorts
) -> Opening:
    """Look everything up again under the same claim, so that whoever began it can still end it."""
    again = await _open(inquiry, key, opening.claim.token, ports)
    if again is None:
        raise Unavailable("database")
    return again


async def _decide(
    inquiry: Inquiry, opening: Opening, account: Account, key: RequestKey, ports: PrequalifyPorts
) -> Answered:
    at = ports.clock()
    is_known = account in opening.accounts
    consent_id, new_consent = consent_of(
        inquiry,
        account if is_known else None,
        opening.claim,
        credential_id=key.credential_id,
        at=at,
    )
    case = Case(
        inquiry=inquiry,
        account=account,
        prequalification_id=opening.claim.inquiry_id,
        credential_id=key.credential_id,
        consent_id=consent_id,
        new_consent=new_consent,
        asked_at=at,
        at=at,
        update=_update(inquiry, account) if is_known else None,
    )
    finding = await find(case, ports, deadline_s=ports.settings.pull_deadline_s)
    recording = recording_of(case, finding, ports)
    if await ports.ledger.record(recording, key=key, claim=opening.claim):
        ports.count_outcome(finding.outcome or "pending")
        return Answered(
            status=recording.response_status,
            body=recording.response,
            consumer_id=account.consumer_id,
            prequalification_id=case.prequalification_id,
        )
    return await _first_answer(key, ports)


async def _first_answer(key: RequestKey, ports: PrequalifyPorts) -> Answered:
    """Return what somebody else wrote, who took the key over while we were too slow."""
    if (answered := await ports.ledger.find_answer(key)) is not None:
        return answered
    message = "a request with this key is being worked on; ask again with the same key"
    raise InProgress(message, retry_after_s=1)


def identified(inquiry: Inquiry, accounts: tuple[Account, ...]) -> Account | None:
    """Return the one consumer whom the inquiry is about; None is somebody new.

    Errors: AmbiguousIdentity where it may be somebody whom we know, or not, or one of two.
    """
    same = [account for account in accounts if _likeness(inquiry, account) is Likeness.SAME]
    # What a bureau said is nobody stands in nobody's way.
    proven = [account for account in accounts if not account.is_refuted or account in same]
    if len(proven) > 1 or len(same) < len(proven):
        message = (
            "these particulars fit a person whom we know only in part; check them, or let a"
            " person at the lender look at it"
        )
        raise AmbiguousIdentity(
            [Problem(code="ambiguous_identity", path="$.consumer", message=message)]
        )
    return same[0] if same else None


def _likeness(inquiry: Inquiry, account: Account) -> Likeness:
    """Compare; a row of a portfolio that nobody ever named is whom the lender says it is."""
    if account.identity is None:
        by_reference = account.found_by == frozenset({"reference"})
        return Likeness.SAME if by_reference else Likeness.AMBIGUOUS
    if account.identity == inquiry.identity:
        return Likeness.SAME
    return compare(account.identity, inquiry.identity)


def _update(inquiry: Inquiry, known: Account) -> IdentityUpdate | None:
    """Return what is new about a known person: a spelling, an address, the lender's number."""
    identity = None if known.identity == inquiry.identity else inquiry.identity
    is_named = inquiry.reference is None or "reference" in known.found_by
    reference = None if is_named else inquiry.reference
    if identity is None and reference is None:
        return None
    return IdentityUpdate(identity=identity, reference=reference)
