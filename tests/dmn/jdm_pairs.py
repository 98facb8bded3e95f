"""One graph run by zen-engine and, imported, by the executors here, field by field."""

from __future__ import annotations

import datetime
import itertools
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import zen

from wherewithal.dmn.diagnostics import Severity
from wherewithal.dmn.jdm.importer import RESULT, import_jdm
from wherewithal.dmn.model import Model
from wherewithal.dmn.reader import read_model
from wherewithal.surfaces.cli.dmn_profile import run_profile
from wherewithal.surfaces.cli.dmn_reference import run_reference

NOW = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)


def node(name: str, kind: str, content: Mapping[str, Any] | str | None = None) -> dict[str, Any]:
    """Return a node whose id is its name."""
    where = {"x": 0, "y": 0}
    found = {"id": name, "name": name, "type": kind, "position": where}
    return found if content is None else {**found, "content": content}


def table(name: str, columns: Mapping[str, Sequence[str]], **content: Any) -> dict[str, Any]:
    """Return a table by its columns; those of outputs begin with `=`."""
    inputs = [one for one in columns if not one.startswith("=")]
    outputs = [one for one in columns if one.startswith("=")]
    count = len(next(iter(columns.values())))
    return node(
        name,
        "decisionTableNode",
        {
            "hitPolicy": "first",
            "inputs": [{"id": one, "name": one or "any", "field": one} for one in inputs],
            "outputs": [{"id": one, "name": one, "field": one[1:]} for one in outputs],
            "rules": [
                {"_id": str(row), **{one: cells[row] for one, cells in columns.items()}}
                for row in range(count)
            ],
            **content,
        },
    )


def expressions(name: str, entries: Mapping[str, str], **content: Any) -> dict[str, Any]:
    """Return an expression node."""
    written = [{"id": key, "key": key, "value": value} for key, value in entries.items()]
    return node(name, "expressionNode", {"expressions": written, **content})


def graph(*nodes: dict[str, Any], edges: Sequence[tuple[str, ...]] = ()) -> dict[str, Any]:
    """Return a graph from `in` to `out`; a chain if no edges are given."""
    whole = [node("in", "inputNode"), *nodes, node("out", "outputNode")]
    names = [one["id"] for one in whole]
    pairs = edges or list(itertools.pairwise(names))
    return {
        "nodes": whole,
        "edges": [
            {
                "id": str(place),
                "sourceId": pair[0],
                "targetId": pair[1],
                "type": "edge",
                **({"sourceHandle": pair[2]} if len(pair) > 2 else {}),
            }
            for place, pair in enumerate(pairs)
        ],
    }


class Pair:
    """A graph in both forms."""

    def __init__(self, jdm: Mapping[str, Any], *, theirs: Mapping[str, Any] | None = None) -> None:
        """Import a graph; `theirs` is what zen runs instead, where functions are left open."""
        data = json.dumps(jdm)
        imported = import_jdm(data.encode(), name="pair", leave_functions_open=theirs is not None)
        assert imported.xml is not None, [str(one) for one in imported.diagnostics]
        model, found = read_model(imported.xml, file="pair.dmn")
        assert model is not None
        assert [str(one) for one in found if one.severity is Severity.ERROR] == []
        self.model: Model = model
        self._decision = zen.ZenEngine().create_decision(json.dumps(theirs or jdm))

    def of_zen(self, inputs: Mapping[str, Any]) -> Any:
        """Return zen's answer, None where it stopped with an error."""
        try:
            return plain(self._decision.evaluate(dict(inputs))["result"])
        except RuntimeError:
            return None

    def of_reference(self, inputs: Mapping[str, Any]) -> Any:
        """Return the reference interpreter's answer."""
        found, _ = run_reference([self.model], _exact(inputs), decisions=[RESULT], now=NOW)
        return plain(found[RESULT])

    def of_compiled(self, inputs: Mapping[str, Any], executor: str) -> Any:
        """Return a compiled executor's answer; a model outside the profile fails."""
        found, problems = run_profile(
            [self.model], _exact(inputs), decisions=[RESULT], executor=executor
        )
        assert [str(one) for one in problems if one.severity is Severity.ERROR] == []
        return plain(found[RESULT])


def _exact(value: Any) -> Any:
    """Return inputs as they come from JSON here: numbers as they were written."""
    if isinstance(value, Mapping):
        return {key: _exact(one) for key, one in value.items()}
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return Decimal(str(value)) if is_number else value


def plain(value: Any) -> Any:
    """Return an answer without what is null: zen leaves nulls out; its numbers are floats."""
    if isinstance(value, Mapping):
        kept = {key: plain(one) for key, one in value.items()}
        return {key: one for key, one in kept.items() if one not in (None, {})}
    if isinstance(value, list):
        return [plain(one) for one in value]
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return float(value)
    return value


def written(theirs: Any, names: Sequence[str]) -> Any:
    """Return the part of zen's answer that the graph wrote; inputs pass through beside it."""
    return {key: one for key, one in theirs.items() if key in names}
