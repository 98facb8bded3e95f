"""Ask without applying: whether this much can be spent there, and where the most can be.

Free, and answered from what is there: a decision that still stands and the account as it is.
Nothing is decided, pulled or evaluated anew; who has no such decision is told to ask first, which
is no decline. That somebody asked is no fact about them: it goes into a receipt, which no policy
reads.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

import msgspec

from wherewithal.service.asking_rate import AskingRate
from wherewithal.service.browse_merchants import browse_merchants
from wherewithal.service.directory import HeldDirectory
from wherewithal.service.merchant_answers import MerchantAnswer, MerchantsPage, MerchantsQuery
from wherewithal.service.person_shelves import PersonShelves
from wherewithal.service.read_merchant import merchant_for
from wherewithal.service.receipts import Receipt, ReceiptBook
from wherewithal.service.shown import shown_at_merchant, shown_page
from wherewithal.service.standing import ReadsPeople
from wherewithal.service.standing_products import ProductAnswers
from wherewithal.vocabulary.product import ProductCode


@dataclass(frozen=True, slots=True, kw_only=True)
class AskingPorts:
    """Everything that asking reaches for; wiring makes one a process."""

    people: ReadsPeople
    directory: HeldDirectory
    products: ProductAnswers
    shelves: PersonShelves
    rate: AskingRate
    receipts: ReceiptBook
    new_uuid: Callable[[], UUID]


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked about one merchant."""

    merchant_id: str
    #: None: the most that can be bought there.
    amount_cents: int | None = None
    #: None: every product.
    product: ProductCode | None = None


async def ask_merchant(
    consumer_id: UUID, question: Question, *, credential_id: str, ports: AskingPorts
) -> MerchantAnswer | None:
    """Answer "can I spend $X at M with P?"; None: no such person, or no such merchant.

    Errors: TooMany; RequestRefused for an amount that is none; Unavailable.
    """
    ports.rate.take(consumer_id=consumer_id, credential_id=credential_id)
    answer = await merchant_for(
        consumer_id,
        question.merchant_id,
        amount_cents=question.amount_cents,
        product=question.product,
        people=ports.people,
        directory=ports.directory,
        products=ports.products,
    )
    if answer is None or answer.decision_id is None:
        return answer
    receipt_id = ports.new_uuid()
    ports.receipts.keep(
        Receipt(
            consumer_id=consumer_id,
            receipt_id=receipt_id,
            shown_at=answer.read_at,
            decision_id=answer.decision_id,
            merchant_id=question.merchant_id,
            product=question.product.value if question.product else None,
            amount_cents=question.amount_cents,
            answer=shown_at_merchant(answer),
        )
    )
    return msgspec.structs.replace(answer, receipt_id=str(receipt_id))


async def ask_merchants(
    consumer_id: UUID, query: MerchantsQuery, *, credential_id: str, ports: AskingPorts
) -> MerchantsPage | None:
    """Answer "what is the most, where, at what cost?", a page at a time; None: no such person.

    Errors: TooMany, and those of `browse_merchants`.
    """
    ports.rate.take(consumer_id=consumer_id, credential_id=credential_id)
    page = await browse_merchants(
        consumer_id,
        query,
        people=ports.people,
        directory=ports.directory,
        products=ports.products,
        shelves=ports.shelves,
    )
    if page is None or page.decision_id is None:
        return page
    receipt_id = ports.new_uuid()
    ports.receipts.keep(
        Receipt(
            consumer_id=consumer_id,
            receipt_id=receipt_id,
            shown_at=page.read_at,
            decision_id=page.decision_id,
            merchant_id=None,
            product=query.products[0] if len(query.products) == 1 else None,
            amount_cents=None,
            answer=shown_page(page),
        )
    )
    return msgspec.structs.replace(page, receipt_id=str(receipt_id))
