"""What a merchant may say to anyone: "as low as", with all that has to stand beside it.

Nobody is asked about: the terms are those of the best pricing tier, which people do get, and the
label says that they are no offer to whoever reads them. A term that triggers stands with its
companions: the down payment, the terms of repayment over the whole schedule, and the annual
percentage rate by that name; rates are fixed. Source: 12 CFR 1026.24(a), (c) and (d).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from wherewithal.qualify.baskets import BASKET_MAX_CENTS
from wherewithal.qualify.merchant_index import MerchantIndex
from wherewithal.qualify.offers import Offer, carries, offer_of_leg
from wherewithal.qualify.pricing import Leg, PriceTable
from wherewithal.service.applicant_facts import calendar_day
from wherewithal.service.directory import HeldDirectory
from wherewithal.service.errors import RequestRefused
from wherewithal.service.merchant_answers import AdvertisedOffer, AdvertisedOffers, TriggerTerm
from wherewithal.service.products_answer import plan_answer
from wherewithal.service.read_merchant import payments_of
from wherewithal.service.standing_products import ProductAnswers
from wherewithal.vocabulary.errors import Problem
from wherewithal.vocabulary.facts import STATES
from wherewithal.vocabulary.product import Product
from wherewithal.vocabulary.program import PlanCode
from wherewithal.vocabulary.rate import percent_text

#: Shown where no amount is named, or the nearest that the program has.
REPRESENTATIVE_CENTS: Final = 50_000
LABEL: Final = (
    "Representative terms for those who qualify for our lowest rate. This is not an offer to any"
    " person; whether you qualify, and at which rate, is decided for you when you ask."
)


async def advertise(
    merchant_id: str,
    *,
    state: str | None,
    amount_cents: int | None,
    directory: HeldDirectory,
    products: ProductAnswers,
) -> AdvertisedOffers | None:
    """Return the best terms of each product at a merchant; None if there is no such merchant.

    Units:  cents. `state` is of residence; None: for each product the first state that has terms.
    Errors: RequestRefused for a state or an amount that is none; Unavailable.
    """
    _check(state, amount_cents)
    version, read_at = await directory.latest()
    held = await directory.at(version, on=calendar_day(read_at))
    index, position = held.index, held.index.position(merchant_id)
    if position is None:
        return None
    catalogue = products.bundle.catalogue.products
    offers = [
        offer
        for number, product in enumerate(catalogue)
        if (offer := _best(index, position, number, product, state=state, amount=amount_cents))
    ]
    reason = None if offers else _why_none(index, position, catalogue, state=state)
    return AdvertisedOffers(
        merchant_id=merchant_id,
        merchant_name=index.merchant_names[position],
        state=state,
        amount_cents=amount_cents,
        directory_version=held.name,
        is_offer_to_a_person=False,
        label=LABEL,
        offers=tuple(offers),
        reason=reason,
    )


def _check(state: str | None, amount_cents: int | None) -> None:
    problems = []
    if state is not None and state not in STATES:
        message = "a USPS code of a state or of DC, such as MI"
        problems.append(Problem(code="unknown_state", path="$query.state", message=message))
    if amount_cents is not None and not 1 <= amount_cents <= BASKET_MAX_CENTS:
        message = f"from 1 to {BASKET_MAX_CENTS} cents"
        problems.append(Problem(code="out_of_range", path="$query.amount_cents", message=message))
    if problems:
        raise RequestRefused(problems)


def _best(
    index: MerchantIndex,
    position: int,
    number: int,
    product: Product,
    *,
    state: str | None,
    amount: int | None,
) -> AdvertisedOffer | None:
    """Return the least payment of a product; of equal ones, the least APR, then the first."""
    found = list(_offers(index, position, number, state=state, amount=amount))
    if not found:
        return None
    offer, where = min(found, key=lambda one: (one[0].payment_cents, one[0].apr_bps))
    return _advertised(product, offer, state=where)


def _offers(
    index: MerchantIndex, position: int, number: int, *, state: str | None, amount: int | None
) -> Iterator[tuple[Offer, str]]:
    """Yield the offer of each leg of each open program, at its lowest rate, and its state."""
    _, gates = index.gates_at(position, number)
    for gate in gates:
        if gate.program is None or gate.reason is not None:
            continue
        table = index.tables[gate.program.program_id]
        program = table.program
        basket_cents = amount or min(
            max(REPRESENTATIVE_CENTS, program.basket_min_cents), program.basket_max_cents
        )
        for leg in table.legs:
            cell = _cheapest(table, leg, (state,) if state else STATES)
            if cell is not None and carries(leg, basket_cents):
                offer = offer_of_leg(
                    table, leg, cell=cell, basket_cents=basket_cents, start_on=index.on
                )
                yield offer, STATES[cell % len(STATES)]


def _cheapest(table: PriceTable, leg: Leg, states: Sequence[str]) -> int | None:
    """Return the cell with the lowest note rate of a leg in the first state that has it."""
    for state in states:
        cells = [table.cell(pricing_tier=tier, state=state) for tier in table.tiers]
        rates = [(terms.note_rate_bps, cell) for cell in cells if (terms := leg.at(cell))]
        if rates:
            return min(rates)[1]
    return None


def _why_none(
    index: MerchantIndex, position: int, catalogue: Sequence[Product], *, state: str | None
) -> str:
    """Return why nothing is advertised: the first that applies."""

    def has_any(where: str | None) -> bool:
        return any(
            True
            for number in range(len(catalogue))
            for _ in _offers(index, position, number, state=where, amount=None)
        )

    if index.columns.is_paused[position]:
        return "paused"
    if has_any(state):
        return "no_plan_for_amount"
    return "not_in_state" if state is not None and has_any(None) else "not_offered"


def _advertised(product: Product, offer: Offer, *, state: str) -> AdvertisedOffer:
    # Pay in four's first payment is made at the till; it is told as the down payment.
    later = offer.payments[1:] if offer.plan is PlanCode.PAY_IN_4 else offer.payments
    each, last = _dollars(later[0].amount_cents), _dollars(later[-1].amount_cents)
    every = "every two weeks" if offer.plan is PlanCode.PAY_IN_4 else "a month"
    down = _dollars(offer.down_payment_cents)
    repaid = f"{len(later)} payments of {each} {every}"
    if last != each:
        repaid = f"{len(later)} payments, all of {each} {every} but the last of {last}"
    disclosure = (
        f"For a purchase of {_dollars(offer.basket_cents)}: {down} down, then {repaid}."
        f" Finance charge {_dollars(offer.finance_charge_cents)}."
        f" {percent_text(offer.apr_bps)}% annual percentage rate (APR), fixed."
        f" Residents of {state}; credit by {offer.originator}. {LABEL}"
    )
    terms = [
        TriggerTerm(term="number_of_payments", text=f"{len(later)} payments"),
        TriggerTerm(term="amount_of_payment", text=f"{each} {every}"),
        TriggerTerm(term="finance_charge", text=_dollars(offer.finance_charge_cents)),
    ]
    if offer.down_payment_cents:
        terms.insert(0, TriggerTerm(term="down_payment", text=f"{down} down"))
    return AdvertisedOffer(
        product=product.code.value,
        name=product.name,
        program_id=offer.program_id,
        originator=offer.originator,
        basket_cents=offer.basket_cents,
        plan=plan_answer(offer),
        payments=payments_of(offer),
        headline=f"As low as {each} {every}",
        trigger_terms=tuple(terms),
        disclosure=disclosure,
    )


def _dollars(cents: int) -> str:
    """Return whole cents as dollars: `$1,234.50`."""
    return f"${cents // 100:,}.{cents % 100:02d}"
