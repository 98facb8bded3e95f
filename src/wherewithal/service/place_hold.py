"""Place a hold: reserve power for a basket at a merchant, once for each of its references.

What is offered is worked out by the functions that told the person, on the account as it is under
its lock; so what was shown holds, and nothing else does.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import msgspec

from wherewithal.qualify.baskets import BasketProduct, Refusal, basket_at, offer_at
from wherewithal.qualify.exposure import closed_reason, person_left
from wherewithal.qualify.merchant_index import MerchantIndex
from wherewithal.qualify.offers import Offer
from wherewithal.service.account_book import AccountBook
from wherewithal.service.applicant_facts import calendar_day
from wherewithal.service.directory import Held, HeldDirectory
from wherewithal.service.errors import TooMany, Unavailable
from wherewithal.service.hold_answers import hold_answer
from wherewithal.service.hold_refusals import HoldRefused
from wherewithal.service.hold_states import FIRST_CAPTURE_WITHIN, HOLDS_AT_MERCHANT_MAX, RAIL_OF
from wherewithal.service.honour_commitment import Honoured, honour, without_room
from wherewithal.service.ledger_ports import KeepsLedger, LookFor, OpenAccount
from wherewithal.service.ledger_records import AccountView, Due, Hold, HoldRequest, HoldStatus
from wherewithal.service.promised_terms import PromisedTerms, Terms
from wherewithal.service.promises import promises_of
from wherewithal.service.read_spending_power import expired_products, standing_of, status_of
from wherewithal.service.standing import CurrentDecision, PersonRow
from wherewithal.service.standing_products import ProductAnswers
from wherewithal.vocabulary.outcome import Outcome
from wherewithal.vocabulary.program import PlanCode

_ENCODER: Final = msgspec.json.Encoder()
#: How often the directory may change between a look and the lock, before it is given up.
_TRIES_MAX: Final = 3
#: Why nothing may be told or lent, by what stands for the person; a merchant hears no more.
_STANDING: Final = {
    "blocked": "not_available",
    "not_decided": "ask_first",
    "not_yet_assessed": "ask_first",
    "expired": "prequalification_expired",
}
_REFUSALS: Final = {
    Refusal.BELOW_LEAST: "below_least",
    Refusal.BETWEEN_PLANS: "between_plans",
    Refusal.ABOVE_LIMITS: "over_power",
    Refusal.ABOVE_CAPACITY: "over_power",
    Refusal.ABOVE_PROGRAM: "over_program",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldPorts:
    """Everything that holds reach for; wiring makes one a process."""

    ledger: KeepsLedger
    directory: HeldDirectory
    products: ProductAnswers
    new_uuid: Callable[[], UUID]
    #: Whether a merchant may place another hold; counted by somebody who remembers for a while.
    has_room: Callable[[str], Awaitable[bool]]
    #: Finds the terms of commitments that an older bundle made; None: by the served one alone.
    promised: PromisedTerms | None = None


async def place_hold(
    request: HoldRequest, *, credential_id: str, request_digest: bytes, ports: HoldPorts
) -> tuple[bytes, bool]:
    """Return the answer encoded, and whether the hold is new.

    The same reference with the same request returns the first answer, byte for byte, for ever.
    Errors: HoldRefused with one code; nothing is reserved then, and what has lapsed is given back.
            TooMany if the merchant has too many active holds. Unavailable.
    """
    held = await ports.directory.at_hand()
    look_for = LookFor(
        merchant_id=request.merchant_id,
        reference=request.reference,
        prequalification_id=request.prequalification_id,
    )
    has_room = await ports.has_room(request.merchant_id)
    for _ in range(_TRIES_MAX):
        terms = await _terms(request, held, ports)
        # Under the lock nothing is waited for but the database.
        async with ports.ledger.open_account(request.consumer_id, look_for) as account:
            if account is None:
                is_known = held.index.position(request.merchant_id) is not None
                raise HoldRefused("unknown_consumer" if is_known else "unknown_merchant")
            view = account.view
            if view.hold is not None:
                return _again(view.hold, request_digest), False
            if not has_room and request.commitment_id is None:
                raise _no_room()
            if _is_current(held, view):
                book = AccountBook(view)
                honoured = await _honoured(request, account, held, terms, ports)
                if not has_room:
                    honoured = without_room(honoured)
                found = honoured.found
                hold_id = ports.new_uuid()
                if isinstance(found, Offer):
                    hold = _hold(request, view, found, credential_id, hold_id)
                    hold = _promised(hold, honoured)
                    book.place(_with_answer(hold, request_digest, found, request.consumer_id))
                book.attempt(honoured.attempt, notice=honoured.notice, hold_id=hold_id)
                # A refusal commits what has lapsed.
                await account.write(book.changes)
                break
        # Terms or the day changed since: they are read with no lock held.
        held = await ports.directory.at(
            view.person.directory, on=calendar_day(view.at), is_exact=True
        )
    else:
        what = "directory"
        raise Unavailable(what)
    if isinstance(found, HoldRefused):
        raise found if has_room or found.code != "too_many_holds" else _no_room()
    placed = book.changes.placed
    return placed.response if placed else b"", True


async def _terms(request: HoldRequest, held: Held, ports: HoldPorts) -> Terms:
    """Return what the commitment that is named is honoured on; as served where none is."""
    if request.commitment_id is None or ports.promised is None:
        return Terms(promises=promises_of(ports.products), index=held.index)
    return await ports.promised.at(
        request.consumer_id,
        request.commitment_id,
        merchant_id=request.merchant_id,
        held=held,
    )


async def _honoured(
    request: HoldRequest, account: OpenAccount, held: Held, terms: Terms, ports: HoldPorts
) -> Honoured:
    """Return what is offered: by the commitment that is named, else by the decision that stands."""
    if request.commitment_id is None:
        return Honoured(found=offer_or_refusal(request, account.view, held.index, ports.products))
    file = await account.read_commitment(request.commitment_id, merchant_id=request.merchant_id)
    return honour(
        request,
        account.view,
        file,
        terms=terms,
        index=held.index,
        products=ports.products,
        attempt_id=ports.new_uuid(),
    )


def _promised(hold: Hold, honoured: Honoured) -> Hold:
    """Return the hold under the decision and the bundle of the promise that it keeps."""
    made = honoured.commitment
    if made is None:
        return hold
    return msgspec.structs.replace(
        hold, decision_seq=made.decision_seq, bundle_digest=made.bundle_digest
    )


def _is_current(held: Held, view: AccountView) -> bool:
    """Return whether what is held has the terms and the law of the moment of the lock."""
    is_of_today = held.on == calendar_day(view.at)
    return is_of_today and held.version.programs >= view.person.directory.programs


def _no_room() -> TooMany:
    message = "This merchant has as many active holds as it may have."
    return TooMany("holds_at_merchant", message, retry_after_s=60)


def _again(hold: Hold, request_digest: bytes) -> bytes:
    if hold.request_digest != request_digest:
        raise HoldRefused("reference_reused")
    return hold.response


def _with_answer(hold: Hold, request_digest: bytes, offer: Offer, consumer_id: UUID) -> Hold:
    answer = hold_answer(hold, consumer_id=consumer_id, offer=offer)
    return msgspec.structs.replace(
        hold, request_digest=request_digest, response=_ENCODER.encode(answer)
    )


def offer_or_refusal(
    request: HoldRequest, view: AccountView, index: MerchantIndex, products: ProductAnswers
) -> Offer | HoldRefused:
    """Return the offer that the basket is lent under, or the one code that says why there is none.

    Pure: the same account, merchant and request have the same answer.
    """
    person = view.person
    if index.position(request.merchant_id) is None:
        return HoldRefused("unknown_merchant")
    if view.is_reference_taken:
        return HoldRefused("reference_reused")
    if not view.has_prequalification:
        return HoldRefused("unknown_prequalification")
    status, decision = status_of(person, products), person.decision
    if status != "available" or decision is None:
        return HoldRefused(_STANDING.get(status, "not_available"))
    if decision.outcome != Outcome.APPROVED.value:
        return HoldRefused("not_available")
    if request.product.value in expired_products(person, decision):
        return HoldRefused("prequalification_expired")
    if len(_holds_at(person, request.merchant_id)) >= HOLDS_AT_MERCHANT_MAX:
        return HoldRefused("too_many_holds")
    return _offer(request, view, decision, index, products)


def _holds_at(person: PersonRow, merchant_id: str) -> list[object]:
    return [
        one for one in person.exposure.positions if one.is_hold and one.merchant_id == merchant_id
    ]


def _offer(
    request: HoldRequest,
    view: AccountView,
    decision: CurrentDecision,
    index: MerchantIndex,
    products: ProductAnswers,
) -> Offer | HoldRefused:
    exposure, position = view.exposure, index.position(request.merchant_id)
    catalogue, standing = products.bundle.catalogue, standing_of(decision)
    product = catalogue.product(request.product)
    if position is None:
        return HoldRefused("unknown_merchant")
    if product is None or request.plan not in product.plans:
        return HoldRefused("plan_not_offered")
    tier, on = standing.pricing_tier, calendar_day(view.at)
    if closed_reason(exposure, catalogue=catalogue, pricing_tier=tier, on=on):
        return HoldRefused("not_available")
    left = person_left(msgspec.structs.asdict(standing), exposure, catalogue=catalogue, on=on)
    left["merchant_used_cents"] = exposure.used_at_cents(request.merchant_id)
    left["outcome"] = decision.outcome
    offer = offer_at(
        index,
        left,
        position,
        product=request.product,
        plan=request.plan,
        basket_cents=request.basket_cents,
    )
    if offer is not None:
        return offer
    # Only a refusal says what else there is.
    answers = basket_at(index, left, position, basket_cents=request.basket_cents)
    return HoldRefused(_why(next(one for one in answers if one.product is request.product)))


def _why(one: BasketProduct) -> str:
    if one.refusal is not None:
        return _REFUSALS[one.refusal]
    if one.offers:
        # Another plan carries the basket.
        return "plan_not_offered"
    return "over_power" if one.answer.reason in {"P_LIMIT", "R09"} else "not_available"


def _hold(
    request: HoldRequest,
    view: AccountView,
    offer: Offer,
    credential_id: str,
    hold_id: UUID,
) -> Hold:
    lent = offer.payments[1:] if offer.plan is PlanCode.PAY_IN_4 else offer.payments
    decision = view.person.decision
    return Hold(
        hold_id=hold_id,
        merchant_id=request.merchant_id,
        reference=request.reference,
        request_digest=b"",
        credential_id=credential_id,
        prequalification_id=request.prequalification_id,
        decision_seq=decision.seq if decision else 0,
        bundle_digest=decision.bundle_digest if decision else "",
        commitment_id=request.commitment_id,
        product=request.product,
        plan=offer.plan,
        program_id=offer.program_id,
        originator=offer.originator,
        law_row_id=offer.law_row_id,
        rail=RAIL_OF[request.product],
        basket_cents=offer.basket_cents,
        down_payment_cents=offer.down_payment_cents,
        amount_financed_cents=offer.amount_financed_cents,
        note_rate_bps=offer.note_rate_bps,
        apr_bps=offer.apr_bps,
        apr_cap_bps=offer.apr_cap_bps,
        payments=tuple(
            Due(one.due_on, one.amount_cents, one.principal_cents, one.interest_cents)
            for one in lent
        ),
        status=HoldStatus.HELD,
        captured_cents=0,
        held_cents=offer.amount_financed_cents,
        placed_at=view.at,
        expires_at=view.at + FIRST_CAPTURE_WITHIN[request.product],
        ended_at=None,
        response=b"",
    )
