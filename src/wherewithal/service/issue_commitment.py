"""Commit: promise what a person can spend with one product, for at most seven days.

Opt-in, from the decision made now that answers the prequalification: its identity was clear, or
nothing would have been decided. The promise is worked out under the account's lock, by the function
that answers what can be spent; it is signed before it is written.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

import msgspec

from wherewithal.qualify.commitment import Promised, own_days_late, promised
from wherewithal.qualify.exposure import closed_reason
from wherewithal.qualify.preconditions import CommitmentClaim
from wherewithal.service.account_book import AccountBook
from wherewithal.service.applicant_facts import calendar_day
from wherewithal.service.commitment_document import canonical_json
from wherewithal.service.commitment_records import UNCLEAR, Commitment, Promisable
from wherewithal.service.errors import RequestRefused
from wherewithal.service.ledger_ports import KeepsLedger, LookFor
from wherewithal.service.ledger_records import AccountView, Event
from wherewithal.service.promises import facts_of, promises_of
from wherewithal.service.read_spending_power import expired_products, standing_of
from wherewithal.service.standing import CurrentDecision
from wherewithal.service.standing_products import ProductAnswers
from wherewithal.vocabulary.errors import Problem
from wherewithal.vocabulary.outcome import Outcome
from wherewithal.vocabulary.program import ProductCode

ISSUER: Final = "wherewithal"
RULE: Final = "what was not re-checked holds"
#: code -> where in the request, and what to do.
COMMITMENT_REFUSALS: Final = MappingProxyType(
    {
        "unknown_prequalification": (
            "$.prequalification_id",
            "the consumer has no such prequalification; ask for one first",
        ),
        "prequalification_superseded": (
            "$.prequalification_id",
            "a newer decision stands; name the prequalification that it answers",
        ),
        "not_decided_now": (
            "$.prequalification_id",
            "nothing was decided on this inquiry, so nothing can be promised; ask again",
        ),
        "prequalification_expired": (
            "$.prequalification_id",
            "it has expired for this product; ask for a new one",
        ),
        "not_approved": ("$.prequalification_id", "nothing was approved that could be promised"),
        "not_available": ("$", "nothing can be promised to the consumer now"),
        "unknown_product": ("$.product", "the lender does not offer this product"),
        "no_power": ("$.product", "nothing can be bought with this product now"),
        "no_preconditions": (
            "$",
            "the policy that is served has no preconditions (commitments.toml): it cannot commit",
        ),
    }
)


class CommitmentRefused(RequestRefused):
    """Nothing is promised, and nothing was changed."""

    def __init__(self, code: str) -> None:
        """Take one of COMMITMENT_REFUSALS."""
        path, message = COMMITMENT_REFUSALS[code]
        self.code = code
        super().__init__([Problem(code=code, path=path, message=message)])


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitPorts:
    """What committing reaches for; wiring makes one a process."""

    ledger: KeepsLedger
    products: ProductAnswers
    #: Returns a detached JWS over the bytes.
    sign: Callable[[bytes], str]
    new_uuid: Callable[[], UUID]


async def issue_commitment(
    consumer_id: UUID, prequalification_id: UUID, product: ProductCode, *, ports: CommitPorts
) -> tuple[Commitment, bool] | None:
    """Return the commitment, and whether it is new; None if there is no such consumer.

    Asked again while it lives, the same decision and product have the same commitment.
    Errors: CommitmentRefused with one code; nothing is promised then. Unavailable.
    """
    look_for = LookFor(prequalification_id=prequalification_id)
    async with ports.ledger.open_account(consumer_id, look_for) as account:
        if account is None:
            return None
        found = await account.read_promisable(prequalification_id, product)
        made = _committed(account.view, prequalification_id, product, found, ports)
        if isinstance(made, CommitmentRefused):
            raise made
        if found is not None and found.live is not None:
            return found.live, False
        book = AccountBook(account.view)
        book.changes.commitment = made
        payload = {
            "consumer_id": consumer_id,
            "prequalification_id": prequalification_id,
            "commitment_id": made.commitment_id,
            "amount_cents": made.amount_cents,
        }
        book.changes.events.append(
            Event(type="commitment.issued", merchant_id=None, payload=payload)
        )
        await account.write(book.changes)
    return made, True


def _committed(
    view: AccountView,
    prequalification_id: UUID,
    product: ProductCode,
    found: Promisable | None,
    ports: CommitPorts,
) -> Commitment | CommitmentRefused:
    bundle, decision = ports.products.bundle, view.person.decision
    if found is None:
        return CommitmentRefused("unknown_prequalification")
    refusal = _refusal(view, decision, product, found, ports.products)
    if refusal is not None or decision is None or found.facts is None:
        return CommitmentRefused(refusal or "not_decided_now")
    standing, on = standing_of(decision), calendar_day(view.at)
    columns = msgspec.structs.asdict(standing)
    amount_cents = promises_of(ports.products).power_cents(
        product, columns, view.exposure, on=on, as_of=on
    )
    if amount_cents <= 0:
        return CommitmentRefused("no_power")
    measured = promises_of(ports.products).measures.of(facts_of(found.facts))
    terms = bundle.commitments
    kept = Commitment(
        commitment_id=ports.new_uuid(),
        prequalification_id=prequalification_id,
        decision_seq=decision.seq,
        bundle_digest=bundle.digest,
        product=product,
        amount_cents=amount_cents,
        issued_at=view.at,
        expires_at=min(
            _product_expiry(decision, product), view.at + timedelta(days=terms.days_max)
        ),
        preconditions=promised(
            terms.preconditions, measured, own_days_late=own_days_late(view.exposure, on=on)
        ),
        standing=standing,
        document=b"",
        signature="",
    )
    document = _document(kept, view, decision, ports.products)
    return msgspec.structs.replace(kept, document=document, signature=ports.sign(document))


def _refusal(
    view: AccountView,
    decision: CurrentDecision | None,
    product: ProductCode,
    found: Promisable,
    products: ProductAnswers,
) -> str | None:
    """Return the first code of the ladder that stands in the way."""
    bundle = products.bundle
    if bundle.catalogue.product(product) is None:
        return "unknown_product"
    if not bundle.commitments.preconditions:
        return "no_preconditions"
    if view.person.is_blocked or found.last_outcome in UNCLEAR:
        # Who asks has to be clear now, not only when it was decided.
        return "not_available"
    if found.decision_seq is None or decision is None:
        return "not_decided_now"
    if decision.tempo != "now" or decision.seq != found.decision_seq:
        return "prequalification_superseded"
    if not decision.is_decided:
        return "not_decided_now"
    if decision.outcome != Outcome.APPROVED.value:
        return "not_approved"
    is_old = decision.expires_at <= view.at or not products.knows(standing_of(decision))
    if is_old or product.value in expired_products(view.person, decision):
        return "prequalification_expired"
    tier = standing_of(decision).pricing_tier
    reason = closed_reason(
        view.exposure, catalogue=bundle.catalogue, pricing_tier=tier, on=calendar_day(view.at)
    )
    return "no_power" if reason else None


class _Told(msgspec.Struct, frozen=True):
    product: str
    expires_at: datetime | None = None


_TOLD: Final = msgspec.json.Decoder(tuple[_Told, ...])


def _product_expiry(decision: CurrentDecision, product: ProductCode) -> datetime:
    told = _TOLD.decode(decision.products) if decision.products else ()
    ends = (one.expires_at for one in told if one.product == product.value)
    return next((end for end in ends if end is not None), decision.expires_at)


def _document(
    kept: Commitment, view: AccountView, decision: CurrentDecision, products: ProductAnswers
) -> bytes:
    """Return what is signed: everything that was promised, and nothing of who the person is."""
    causes = products.bundle.commitments.causes_of(CommitmentClaim.COMMITTED)
    document: dict[str, Any] = {
        "version": 1,
        "issuer": ISSUER,
        "claim": CommitmentClaim.COMMITTED.value,
        "commitment_id": str(kept.commitment_id),
        "consumer_id": str(view.consumer_id),
        "prequalification_id": str(kept.prequalification_id),
        "decision_id": decision.decision_id,
        "bundle_digest": kept.bundle_digest,
        "product": kept.product.value,
        "amount_cents": kept.amount_cents,
        "currency": "USD",
        "issued_at": as_text(kept.issued_at),
        "expires_at": as_text(kept.expires_at),
        "rule": RULE,
        "preconditions": [precondition_json(one) for one in kept.preconditions],
        "causes": [
            {"code": one.code, "class": one.cause_class.value, "wording": one.wording}
            for one in causes
        ],
    }
    return canonical_json(document)


def precondition_json(one: Promised) -> dict[str, Any]:
    """Return a precondition as its document shows it."""
    found: dict[str, Any] = msgspec.to_builtins(one)
    return found


def as_text(at: datetime) -> str:
    """Return a moment as documents write it: UTC, to the microsecond."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
