"""Inputs as their models declare them, for those who evaluate by another way than the reference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import localcontext
from typing import Any

from wherewithal.dmn.diagnostics import Diagnostic
from wherewithal.dmn.model import Model
from wherewithal.dmn.reference.decimals import DECIMAL128
from wherewithal.dmn.reference.engine import Run, World
from wherewithal.dmn.reference.json_values import inputs_from_json
from wherewithal.dmn.reference.runtime import Limits, Runtime, paying


def conformed_inputs(
    models: Sequence[Model], inputs: Mapping[str, Any]
) -> tuple[dict[str, Any], list[Diagnostic]]:
    """Return JSON inputs with null for each that is not of its declared type, and what was null so.

    A list of one stands for its item, and an item for a list of one, where the type asks for it.
    """
    runtime = Runtime(limits=Limits(), now=None)
    world = World(models, runtime)
    found = dict(inputs)
    known = [
        (engine, data.name)
        for engine in world.engines.values()
        for data in engine.model.inputs
        if inputs.get(data.name) is not None
    ]
    with localcontext(DECIMAL128), paying(runtime):
        run = Run(world, inputs_from_json(list(models), inputs))
        for engine, name in known:
            found[name] = _shaped(found[name], run.value(engine, name))
    return found, list(runtime.notes)


def _shaped(given: Any, typed: Any) -> Any:
    if typed is None:
        return None
    if isinstance(given, list) and not isinstance(typed, list):
        return given[0]
    return [given] if isinstance(typed, list) and not isinstance(given, list) else given
