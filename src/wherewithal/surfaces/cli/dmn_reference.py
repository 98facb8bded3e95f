"""A DMN model run by the reference interpreter: the whole standard, one decision at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from wherewithal.dmn.diagnostics import Diagnostic
from wherewithal.dmn.model import Model
from wherewithal.dmn.reference.conversion import text_of
from wherewithal.dmn.reference.engine import evaluate
from wherewithal.dmn.reference.json_values import from_python, inputs_from_json
from wherewithal.dmn.reference.values import Function
from wherewithal.dmn.trace import Trace, merged


def run_reference(
    models: Sequence[Model], inputs: Mapping[str, Any], *, decisions: Sequence[str], now: datetime
) -> tuple[dict[str, Any], list[Diagnostic]]:
    """Return the values of the decisions, and why parts of them became null."""
    given = inputs_from_json(list(models), inputs)
    found: dict[str, Any] = {}
    diagnostics: list[Diagnostic] = []
    for name in decisions:
        evaluation = evaluate(
            models, name, given, now=from_python(now), namespace=models[-1].namespace
        )
        found[name] = _plain(evaluation.value)
        diagnostics += evaluation.diagnostics
    return found, list(dict.fromkeys(diagnostics))


def trace_reference(
    models: Sequence[Model], inputs: Mapping[str, Any], *, decisions: Sequence[str], now: datetime
) -> Trace:
    """Return what the interpreter did for the decisions; what several need stands once."""
    given = inputs_from_json(list(models), inputs)
    moment, namespace = from_python(now), models[-1].namespace
    return merged(
        [evaluate(models, name, given, now=moment, namespace=namespace).trace for name in decisions]
    )


def _plain(value: Any) -> Any:
    """Return a FEEL value with its dates, durations and ranges as FEEL writes them."""
    match value:
        case None | bool() | str() | Decimal():
            return value
        case list():
            return [_plain(item) for item in value]
        case dict():
            return {key: _plain(item) for key, item in value.items()}
        case Function():
            return None
    return text_of(value)
