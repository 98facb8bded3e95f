"""A decision as JSON data: what was decided, why, what it buys and what it was decided on."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from wherewithal.dmn.scalar import compile_scalar
from wherewithal.dmn.types import Kind
from wherewithal.qualify import contract
from wherewithal.qualify.bundle import PolicyBundle
from wherewithal.qualify.decide import Applicant, Decision
from wherewithal.vocabulary.facts import Use


def decision_json(decision: Decision, applicant: Applicant, bundle: PolicyBundle) -> dict[str, Any]:
    """Return the decision's own part; offers, merchants and assumptions are added by the command.

    Units:  integer cents and basis points. Null is unknown, never zero.
    """
    values = decision.values
    powers = {
        name: value
        for name, value in values.items()
        if name.startswith("power_") and name != "power_total_cents"
    }
    return {
        "decision_id": decision.decision_id,
        "applicant_id": decision.applicant_id,
        "as_of": decision.as_of,
        "bundle_digest": decision.bundle_digest,
        "outcome": decision.outcome.value,
        "failure_cause": decision.failure_cause,
        "reasons": [reason_json(code, bundle) for code in decision.reasons],
        "score_points": values["score_points"],
        "tier": values["tier"],
        "pricing_tier": values["pricing_tier"],
        "limit_total_cents": values["limit_total_cents"],
        "limits": {node.value: values[f"limit_{node.value}_cents"] for node in contract.LIMITS},
        "capacity_cents": values["capacity_cents"],
        "small_ticket_capacity_cents": values["small_ticket_capacity_cents"],
        "power_total_cents": values["power_total_cents"],
        **powers,
        "matched": _matched(decision, bundle),
        "attributes": _attributes(applicant, bundle),
    }


def reason_json(code: str | None, bundle: PolicyBundle) -> dict[str, Any] | None:
    """Return a reason with its wordings; None for None."""
    if code is None:
        return None
    reason = bundle.reasons.by_code[code]
    return {
        "code": reason.code,
        "kind": reason.kind.value,
        "wording": reason.wording,
        "regb_number": reason.regb_number,
        "regb_text": reason.regb_text,
        "cure": reason.cure,
    }


def _matched(decision: Decision, bundle: PolicyBundle) -> dict[str, list[dict[str, Any]]]:
    """Return the matched rules of each decision, with what their author wrote beside them."""
    notes = {
        (compiled.decision, rule.number): {
            name: text.strip() for name, text in rule.annotations if text.strip()
        }
        for compiled in bundle.program.tables
        for rule in compiled.table.rules
    }
    return {
        name: [{"rule": number, **notes.get((name, number), {})} for number in numbers]
        for name, numbers in decision.matched.items()
    }


def _attributes(applicant: Applicant, bundle: PolicyBundle) -> dict[str, Any]:
    """Return the values that policy tables could see; none where the file could not be used."""
    if applicant.failure is not None:
        return {}
    seen = {n: a for n, a in bundle.attributes.items() if a.uses <= {Use.CREDIT}}
    nodes = {name: attribute.node for name, attribute in seen.items()}
    results = compile_scalar(nodes, inputs=tuple(bundle.facts))(
        *(applicant.facts[name] for name in bundle.facts)
    )
    return {
        name: _exact(value, attribute.node.type.scale, attribute.node.type.kind)
        for (name, attribute), value in zip(seen.items(), results, strict=True)
    }


def _exact(value: Any, scale: int, kind: Kind) -> Any:
    """Return a number at its own scale; an integer stays one."""
    if value is None or kind is not Kind.NUMBER or scale == 0:
        return value
    return Decimal(value).scaleb(-scale)
