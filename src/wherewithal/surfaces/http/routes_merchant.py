"""Merchants: what a person can spend at all of them, at one, and what one offers to anyone."""

from __future__ import annotations

from wherewithal.service.asking import Question
from wherewithal.service.merchant_answers import (
    PAGE_SIZE_MAX,
    AdvertisedOffers,
    MerchantAnswer,
    MerchantSort,
    MerchantsPage,
    MerchantsQuery,
)
from wherewithal.surfaces.http import examples
from wherewithal.surfaces.http.doors import Doors
from wherewithal.surfaces.http.fields import Field
from wherewithal.surfaces.http.inquiry_json import AMOUNT
from wherewithal.surfaces.http.kinds import Integer, Text, Word
from wherewithal.surfaces.http.operation import Call, Operation, Success
from wherewithal.surfaces.http.parameters import Parameter, Parameters
from wherewithal.surfaces.http.path_fields import CONSUMER_ID, MERCHANT_ID
from wherewithal.surfaces.http.problem import or_not_found
from wherewithal.surfaces.http.reply import Reply, json_reply
from wherewithal.surfaces.http.tokens import Scope
from wherewithal.vocabulary.facts import CENTS_MAX, STATES
from wherewithal.vocabulary.product import ProductCode

_MCC = Text(characters_max=4, form=r"[0-9]{4}", described="four digits, ISO 18245")
_PRODUCT = Word(words=tuple(code.value for code in ProductCode))
_CURSOR = Text(
    characters_max=512, form=r"[A-Za-z0-9_.~=\-]+", described="`next_cursor` of the page before"
)


def _parameter(
    kind: Integer | Text | Word, meaning: str, *, example: object = None, count_max: int = 1
) -> Parameter:
    field = Field(kind=kind, meaning=meaning, example=example)
    return Parameter(field=field, count_max=count_max)


_AMOUNT = _parameter(AMOUNT, "a basket, in whole cents", example=45_000)
LIST: Parameters = {
    "name": _parameter(
        Text(characters_max=100), "words of a name, in any case and order", example="loom"
    ),
    "mcc": _parameter(_MCC, "merchant category codes; may repeat", example="5712", count_max=20),
    "product": _parameter(_PRODUCT, "products; may repeat", example="pay_in_4", count_max=10),
    "power_min_cents": _parameter(
        Integer(minimum=0, maximum=CENTS_MAX, unit="whole cents"),
        "least power there",
        example=20_000,
    ),
    "apr_max_bps": _parameter(
        Integer(minimum=0, maximum=100_000, unit="whole basis points"),
        "most APR of the plan that its power names",
        example=3_600,
    ),
    "sort": _parameter(Word.of(MerchantSort), "the order; by itself `power`", example="power"),
    "cursor": _parameter(_CURSOR, "`next_cursor` of the page before, with the same query"),
    "page_size": _parameter(
        Integer(minimum=1, maximum=PAGE_SIZE_MAX), "rows of a page; by itself 50", example=50
    ),
}
_RENAMED = {"mcc": "mccs", "product": "products"}


def merchant_operations(doors: Doors) -> tuple[Operation, ...]:
    """Return the routes of merchants."""
    return (_list(doors), _one(doors), _offers(doors))


def _list(doors: Doors) -> Operation:
    async def read(call: Call) -> Reply:
        named = {_RENAMED.get(name, name): value for name, value in call.query.items()}
        page = or_not_found(
            await doors.merchants_page(
                call.path["consumer_id"], MerchantsQuery(**named), credential_id=_caller(call)
            )
        )
        return json_reply(page)

    return Operation(
        operation_id="listMerchants",
        method="GET",
        path="/v1/consumers/{consumer_id}/spending-power/merchants",
        tag="Merchants",
        summary="All merchants, with what the person can spend at each",
        description=(
            "Searched, sorted and paged. A cursor belongs to one person, one query (`page_size` "
            "may change) and one state of the list; when merchants, programs, the day, the "
            "decision or what is used have changed since, the answer is 409 `directory-changed`."
        ),
        handle=read,
        scopes=frozenset({Scope.READ}),
        path_fields={"consumer_id": CONSUMER_ID},
        query=LIST,
        problems=("directory-changed", "too-many-requests"),
        successes={
            200: Success(
                meaning="A page of merchants",
                schema=MerchantsPage,
                examples={"page": examples.MERCHANTS},
                links={
                    "readMerchant": {
                        "operationId": "readMerchant",
                        "parameters": {
                            "consumer_id": "$response.body#/consumer_id",
                            "merchant_id": "$response.body#/rows/0/merchant_id",
                        },
                    },
                    "readMerchantOffers": {
                        "operationId": "readMerchantOffers",
                        "parameters": {"merchant_id": "$response.body#/rows/0/merchant_id"},
                    },
                },
            )
        },
    )


def _one(doors: Doors) -> Operation:
    async def read(call: Call) -> Reply:
        product = call.query.get("product")
        question = Question(
            merchant_id=call.path["merchant_id"],
            amount_cents=call.query.get("amount_cents"),
            product=ProductCode(product) if product else None,
        )
        answer = or_not_found(
            await doors.merchant(call.path["consumer_id"], question, credential_id=_caller(call))
        )
        return json_reply(answer)

    return Operation(
        operation_id="readMerchant",
        method="GET",
        path="/v1/consumers/{consumer_id}/spending-power/merchants/{merchant_id}",
        tag="Merchants",
        summary="One merchant, and a basket there",
        description=(
            "With `amount_cents`: the plans for that basket with their schedules, or why there is "
            "none and the most that would work. Without: the most by each product. Asking is free "
            "and decides nothing: without a live decision the status is `ask_first`. What is shown "
            "is kept as a receipt."
        ),
        handle=read,
        scopes=frozenset({Scope.READ}),
        path_fields={"consumer_id": CONSUMER_ID, "merchant_id": MERCHANT_ID},
        query={
            "amount_cents": _AMOUNT,
            "product": _parameter(_PRODUCT, "this product alone", example="pay_in_4"),
        },
        problems=("too-many-requests",),
        successes={
            200: Success(
                meaning="What the person can do there",
                schema=MerchantAnswer,
                examples={"basket": examples.MERCHANT},
            )
        },
    )


def _caller(call: Call) -> str:
    return call.caller.credential_id if call.caller else ""


def _offers(doors: Doors) -> Operation:
    async def read(call: Call) -> Reply:
        answer = or_not_found(
            await doors.merchant_offers(
                call.path["merchant_id"],
                state=call.query.get("state"),
                amount_cents=call.query.get("amount_cents"),
            )
        )
        return json_reply(answer)

    return Operation(
        operation_id="readMerchantOffers",
        method="GET",
        path="/v1/merchants/{merchant_id}/offers",
        tag="Merchants",
        summary="What a merchant may say to anyone",
        description=(
            "No person is asked about. Each term whose mention asks for others comes with them "
            "(12 CFR 1026.24)."
        ),
        handle=read,
        scopes=frozenset({Scope.OFFERS}),
        path_fields={"merchant_id": MERCHANT_ID},
        query={
            "state": _parameter(
                Word(words=STATES, code="unknown_state", expected="a USPS code such as MI"),
                "state of residence for which the terms hold",
                example="MI",
            ),
            "amount_cents": _AMOUNT,
        },
        successes={
            200: Success(
                meaning="Terms to advertise",
                schema=AdvertisedOffers,
                examples={"as_low_as": examples.OFFERS},
            )
        },
    )
