"""The bundle's tables in zen-engine's own format (JDM), so that both engines run the same rules."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

from wherewithal.dmn.model import Decision, DecisionTable, HitPolicy
from wherewithal.qualify.bundle import PolicyBundle

#: Literal expressions of the bundle in zen's language; tables are translated cell by cell.
EXPRESSIONS: dict[str, list[tuple[str, str]]] = {
    "Points": [("points", "sum(map(points_hits, #.value))")],
    "Tier rank": [
        ("knock", "len(knock_hits) > 0 ? max(map(knock_hits, #.value)) : 0"),
        ("tier_rank", "max([points_rank, $.knock])"),
    ],
    "Capacity": [
        (
            "residual",
            "floor(back_end_pct * monthly_income_cents / 100) - housing_cents - obligations_cents",
        ),
        ("share", "floor(payment_pct * monthly_income_cents / 100)"),
        (
            "capacity",
            "100 * floor(max([0, min([$.residual, $.share])]) / 100)",
        ),
        (
            "small_ticket_capacity",
            'tier == "X" ? 0 : max([$.capacity, 100 * floor(2 * monthly_income_cents / 10000)])',
        ),
    ],
    "Limit total": [
        ("most", "income_verified == true ? 2000000 : 1000000"),
        ("income_share", "floor(12 * income_pct * monthly_income_cents / 100)"),
        (
            "limit_total",
            "5000 * floor(min([total_cents, $.most, $.income_share]) / 5000)",
        ),
    ],
}
#: Decision table -> the key of its result; a Collect table keeps a list of hits.
TABLES = {
    "Points": "points_hits",
    "Knock-outs": "knock_hits",
    "Points rank": "points_rank",
    "Tier": "tier",
    "Capacity shares": "",
    "Limit row": "",
    "Outcome": "outcome",
}
ORDER = (
    ("table", "Points"),
    ("expression", "Points"),
    ("table", "Knock-outs"),
    ("table", "Points rank"),
    ("expression", "Tier rank"),
    ("table", "Tier"),
    ("table", "Capacity shares"),
    ("expression", "Capacity"),
    ("table", "Limit row"),
    ("expression", "Limit total"),
    ("table", "Outcome"),
)
#: Names of decisions as zen's keys.
KEYS = {"Points": "points", "Tier rank": "tier_rank", "Tier": "tier"}


def jdm_of(bundle: PolicyBundle) -> dict[str, Any]:
    """Return the graph: a chain of the same tables and expressions, in order of need."""
    decisions = {decision.name: decision for model in bundle.models for decision in model.decisions}
    nodes: list[dict[str, Any]] = [_node("input", "inputNode", None)]
    for kind, name in ORDER:
        if kind == "table":
            content = _table(decisions[name], TABLES[name])
            nodes.append(_node(f"table {name}", "decisionTableNode", content))
        else:
            content = {
                "expressions": [
                    {"id": key, "key": key, "value": value} for key, value in EXPRESSIONS[name]
                ],
                "passThrough": True,
            }
            nodes.append(_node(f"expression {name}", "expressionNode", content))
    return _chain(nodes)


def jdm_of_tables(tables: Mapping[str, DecisionTable]) -> dict[str, Any]:
    """Return a chain of tables with one output each, which stand in order of need."""
    nodes = [_node("input", "inputNode", None)]
    nodes += [
        _node(f"table {name}", "decisionTableNode", _content(table, name))
        for name, table in tables.items()
    ]
    return _chain(nodes)


def _chain(nodes: list[dict[str, Any]]) -> dict[str, Any]:
    nodes = [*nodes, _node("output", "outputNode", None)]
    edges = [
        {"id": f"{a['id']}>{b['id']}", "sourceId": a["id"], "targetId": b["id"], "type": "edge"}
        for a, b in itertools.pairwise(nodes)
    ]
    return {"nodes": nodes, "edges": edges}


def _node(name: str, kind: str, content: dict[str, Any] | None) -> dict[str, Any]:
    node = {"id": name, "name": name, "type": kind, "position": {"x": 0, "y": 0}}
    return node if content is None else {**node, "content": content}


def _table(decision: Decision, key: str) -> dict[str, Any]:
    table = decision.expression
    if not isinstance(table, DecisionTable):
        message = f"{decision.name} is not a table"
        raise TypeError(message)
    return _content(table, key)


def _content(table: DecisionTable, key: str) -> dict[str, Any]:
    collect = table.hit_policy is HitPolicy.COLLECT
    inputs = [
        {"id": f"i{n}", "name": one.label, "type": "expression", "field": _key(one.expression.text)}
        for n, one in enumerate(table.inputs)
    ]
    outputs = [
        {
            "id": f"o{n}",
            "name": str(n),
            "type": "expression",
            "field": _field(one.name, key, collect),
        }
        for n, one in enumerate(table.outputs)
    ]
    rules = [
        {
            "_id": str(rule.number),
            **{f"i{n}": _cell(cell.text) for n, cell in enumerate(rule.tests)},
            **{f"o{n}": cell.text for n, cell in enumerate(rule.outputs)},
        }
        for rule in table.rules
    ]
    return {
        "hitPolicy": "collect" if collect else "first",
        "inputs": inputs,
        "outputs": outputs,
        "rules": rules,
        "passThrough": True,
        "executionMode": "single",
        **({"outputPath": key} if collect else {}),
    }


def _key(text: str) -> str:
    return KEYS.get(text, text.replace("Points rank", "points_rank"))


def _field(name: str | None, key: str, collect: bool) -> str:  # noqa: FBT001 - one of three cases
    if collect:
        return "value"
    return key or str(name)


def _cell(text: str) -> str:
    """Return a FEEL test as zen's: a dash is empty, and null never passes a comparison there."""
    if text == "-":
        return ""
    if text.startswith("[") and text.endswith(")"):
        low, high = text[1:-1].split("..")
        return f"$ != null and $ >= {low} and $ < {high}"
    if text.startswith(("<", ">")):
        return f"$ != null and $ {text}"
    if text.startswith("null, <"):
        return f"$ == null or $ {text.removeprefix('null, ')}"
    return text
