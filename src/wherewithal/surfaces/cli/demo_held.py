"""An answer over HTTP held against the decision from the very bytes that the bureau served."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from wherewithal.qualify.bundle import PolicyBundle
from wherewithal.qualify.decide import Applicant, Decision
from wherewithal.service.applicant_facts import facts_as_text
from wherewithal.surfaces.cli.decision_json import reason_json
from wherewithal.surfaces.cli.demo_newcomer import newcomers
from wherewithal.surfaces.cli.offers_json import products_json
from wherewithal.vocabulary.outcome import Outcome

#: What stands beside row, facts and matched in `GET /v1/consumers/{id}/decisions/{decision_id}`.
_OWN = ("decision_id", "outcome", "failure_cause", "as_of", "bundle_digest", "reasons")
_PARTS = ("row", "facts", "matched")


def fields_decided(
    decision: Decision, applicant: Applicant, bundle: PolicyBundle
) -> dict[str, Any]:
    """Return every field of a decision by its path, as the API would show it."""
    parts: dict[str, Mapping[str, Any]] = {
        "row": decision.values,
        "facts": facts_as_text(applicant.facts),
        "matched": {name: list(rules) for name, rules in decision.matched.items()},
    }
    fields: dict[str, Any] = {
        "decision_id": decision.decision_id,
        "outcome": decision.outcome.value,
        "failure_cause": decision.failure_cause,
        "as_of": decision.as_of.isoformat() if decision.as_of else None,
        "bundle_digest": decision.bundle_digest,
        "reasons": [reason_json(code, bundle) for code in decision.reasons],
    }
    for part, values in parts.items():
        fields |= {f"{part}.{name}": value for name, value in values.items()}
    return fields | _products(products_json(_for_a_newcomer(decision, bundle), applicant, bundle))


def _for_a_newcomer(decision: Decision, bundle: PolicyBundle) -> Decision:
    """Return a decision as it is answered to somebody who never bought with us."""
    if decision.outcome is not Outcome.APPROVED or decision.as_of is None:
        return decision
    values = newcomers(bundle)(decision.values, decision.as_of)
    return msgspec.structs.replace(decision, values=values)


def fields_answered(answer: Mapping[str, Any], recorded: Mapping[str, Any]) -> dict[str, Any]:
    """Return the same fields of an answer and of its decision as it was recorded."""
    fields = {name: recorded[name] for name in _OWN}
    for part in _PARTS:
        fields |= {f"{part}.{name}": value for name, value in recorded[part].items()}
    return fields | _products({one["product"]: one for one in answer["products"]})


def differing(mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> list[str]:
    """Return the names of the fields that differ; one that only one side has differs."""
    missing = object()
    names = sorted(mine.keys() | theirs.keys())
    return [name for name in names if mine.get(name, missing) != theirs.get(name, missing)]


#: Of a product's best plan, what both `decide` and the API tell; `decide` tells the schedule too.
_PLAN = (
    "program_id",
    "originator",
    "plan",
    "payments_count",
    "payment_cents",
    "apr_bps",
    "apr_is_voluntary",
    "note_rate_bps",
    "basket_cents",
    "down_payment_cents",
    "amount_financed_cents",
    "finance_charge_cents",
    "total_of_payments_cents",
)


def _products(products: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return power, reason and plan of each product, by path."""
    fields: dict[str, Any] = {}
    for name, product in products.items():
        plan = product["best_plan"]
        fields[f"products.{name}.power_cents"] = product["power_cents"]
        fields[f"products.{name}.reason"] = product["reason"]
        fields[f"products.{name}.has_plan"] = plan is not None
        for one in _PLAN if plan else ():
            fields[f"products.{name}.{one}"] = plan[one]
    return fields
