"""Products and merchants of a decision as JSON data: power, its plan, or why it is zero."""

from __future__ import annotations

from typing import Any

import msgspec

from wherewithal.qualify.bundle import PolicyBundle
from wherewithal.qualify.decide import Applicant, Decision
from wherewithal.qualify.merchants import ProgramBook, merchant_answers
from wherewithal.qualify.offers import Offer
from wherewithal.qualify.plans import Plans
from wherewithal.surfaces.cli.decision_json import reason_json
from wherewithal.vocabulary.merchant import Directory
from wherewithal.vocabulary.outcome import DECIDED
from wherewithal.vocabulary.program import PlanCode, Program


def products_json(
    decision: Decision, applicant: Applicant, bundle: PolicyBundle
) -> dict[str, dict[str, Any]]:
    """Return power by product under the house programs, with the plan that it names in full."""
    values, pricer = decision.values, _Pricer(decision, applicant, bundle)
    found: dict[str, dict[str, Any]] = {}
    for product in bundle.catalogue.products:
        code = product.code.value
        plan, offer = values[f"plan_{code}"], None
        if plan is not None:
            offer = pricer.offer(
                product.house_program,
                plan=PlanCode(plan),
                basket_cents=values[f"power_{code}_cents"],
            )
        found[code] = {
            "name": product.name,
            "power_cents": values[f"power_{code}_cents"],
            "financed_cents": offer.amount_financed_cents if offer else None,
            "plan": values[f"plan_{code}"],
            "note_rate_bps": values[f"note_rate_{code}_bps"],
            "reason": reason_json(values[f"reason_{code}"], bundle),
            "best_plan": offer_json(offer, with_schedule=True),
        }
    return found


def merchants_json(
    decision: Decision,
    applicant: Applicant,
    bundle: PolicyBundle,
    directory: Directory,
    *,
    with_schedules: bool,
) -> list[dict[str, Any]]:
    """Return power by product at every merchant of the directory, in its order.

    Null:   a person who was not decided has no powers: the list is empty.
    """
    if decision.outcome not in DECIDED or decision.as_of is None:
        return []
    person = {
        **decision.values,
        "outcome": decision.outcome.value,
        "state": applicant.facts["state"],
    }
    pricer = _Pricer(decision, applicant, bundle)
    by_merchant: dict[str, dict[str, Any]] = {}
    programs = {
        product.house_program.program_id: product.house_program
        for product in bundle.catalogue.products
    }
    programs |= directory.programs_by_id
    for answer in merchant_answers(person, directory, ProgramBook(bundle, decision.as_of)):
        offer = None
        if answer.plan is not None and answer.program_id is not None:
            offer = pricer.offer(
                programs[answer.program_id],
                plan=PlanCode(answer.plan),
                basket_cents=answer.power_cents,
            )
        by_merchant.setdefault(answer.merchant_id, {})[answer.product.value] = {
            "power_cents": answer.power_cents,
            "program_id": answer.program_id,
            "plan": answer.plan,
            "reason": reason_json(answer.reason, bundle),
            "best_plan": offer_json(offer, with_schedule=with_schedules),
        }
    return [
        {
            "merchant_id": merchant.merchant_id,
            "name": merchant.name,
            "mcc": merchant.mcc,
            "power_cents": max(
                product["power_cents"] for product in by_merchant[merchant.merchant_id].values()
            ),
            "products": by_merchant[merchant.merchant_id],
        }
        for merchant in directory.merchants
    ]


def offer_json(offer: Offer | None, *, with_schedule: bool) -> dict[str, Any] | None:
    """Return an offer as data; its schedule on demand."""
    if offer is None:
        return None
    data = msgspec.structs.asdict(offer)
    payments = data.pop("payments")
    data["plan"] = offer.plan.value
    data["apr_pct"] = float(round(offer.apr_pct, _APR_PLACES))
    data["payments_count"] = len(payments)
    if with_schedule:
        data["payments"] = [
            {
                "date": payment.due_on,
                "amount_cents": payment.amount_cents,
                "principal_cents": payment.principal_cents,
                "interest_cents": payment.interest_cents,
            }
            for payment in payments
        ]
    return data


class _Pricer:
    """Offers of one decided person."""

    def __init__(self, decision: Decision, applicant: Applicant, bundle: PolicyBundle) -> None:
        self._decision, self._applicant = decision, applicant
        self._plans = Plans(bundle)

    def offer(self, program: Program, *, plan: PlanCode, basket_cents: int) -> Offer | None:
        """Return the offer, from the day of the decision; None where the program has none."""
        on, state = self._decision.as_of, self._applicant.facts["state"]
        if on is None or state is None:
            return None
        return self._plans.offer(
            program,
            plan=plan,
            basket_cents=basket_cents,
            pricing_tier=self._decision.values["pricing_tier"],
            state=state,
            on=on,
        )


_APR_PLACES = 6
