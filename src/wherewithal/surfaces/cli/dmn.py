"""`wherewithal dmn run`: evaluate any DMN model on given inputs, as JSON."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, Parameter

from wherewithal.dmn.diagnostics import Diagnostic, Severity, near_miss, warning
from wherewithal.dmn.model import Model
from wherewithal.surfaces.cli.answer import exact, print_json
from wherewithal.surfaces.cli.dmn_blank import add_dmn_inputs
from wherewithal.surfaces.cli.dmn_check import add_dmn_check
from wherewithal.surfaces.cli.dmn_import import add_dmn_import
from wherewithal.surfaces.cli.dmn_inputs import load_inputs
from wherewithal.surfaces.cli.dmn_profile import run_profile, trace_profile
from wherewithal.surfaces.cli.dmn_read import read_with_imports
from wherewithal.surfaces.cli.dmn_reference import run_reference, trace_reference
from wherewithal.surfaces.cli.dmn_tck import add_dmn_tck
from wherewithal.surfaces.cli.ports import Ports
from wherewithal.vocabulary.errors import InputRefused, Problem

EXECUTORS = ("reference", "scalar", "columnar")
EXIT_REFUSED_MODEL = 1
#: One word, without a number that could be somebody's.
_IDENTIFIER = re.compile(r"(?!.*[0-9]{5})[A-Za-z_][A-Za-z0-9_]{0,63}")


def add_dmn(app: App, ports: Ports) -> None:
    """Add the commands to the app."""
    app.command(dmn := App(name="dmn", help="DMN models: evaluate them by any of three executors."))
    for add in (add_dmn_check, add_dmn_import, add_dmn_inputs):
        add(dmn)
    add_dmn_tck(dmn, ports)

    @dmn.command(name="run")
    def command(
        model: Path,
        *,
        inputs: Path,
        decision: str | None = None,
        executor: str = "reference",
        trace: Annotated[bool, Parameter(negative="")] = False,
    ) -> int:
        """Evaluate a DMN model, and print its decisions' values and diagnostics as JSON.

        Numbers are exact, as they are written. An input that is not given is null. A model with an
        error, or with a decision that the chosen executor cannot hold, ends with 1 and says what
        stands in the way; by `reference` every model of the standard runs.

        Parameters
        ----------
        model
            The model; what it imports is looked for in its folder.
        inputs
            A JSON object, by name, nested as the model's types are; `dmn inputs` prints a blank.
        decision
            The decision to evaluate. All of the model's, if left out.
        executor
            reference (complete, slow), scalar (compiled for one) or columnar (compiled for many).
        trace
            Show how each value came about too, as `"trace"`: the decisions in the order in which
            they were needed, what each table saw, which of its rules matched and which gave the
            result, and what was called with which arguments. docs/trace.md explains it.
        """
        if executor not in EXECUTORS:
            message = f"expected one of {', '.join(EXECUTORS)}{near_miss(executor, EXECUTORS)}"
            problem = Problem(code="unknown_executor", path="--executor", message=message)
            raise InputRefused([problem])
        values = load_inputs(inputs)
        models, diagnostics = read_with_imports(model)
        chosen = _chosen(models, decision)
        diagnostics += _unread(models, values)
        found: dict[str, Any] = {}
        if chosen:
            found, more = (
                run_reference(models, values, decisions=chosen, now=ports.now())
                if executor == "reference"
                else run_profile(models, values, decisions=chosen, executor=executor)
            )
            diagnostics += more
        shown = {}
        if trace and chosen:
            shown["trace"] = (
                trace_reference(models, values, decisions=chosen, now=ports.now())
                if executor == "reference"
                else trace_profile(models, values, decisions=chosen, executor=executor)
            )
        print_json(
            {
                "model": models[-1].name if models else None,
                "executor": executor,
                "decisions": exact(found),
                "diagnostics": [_json(diagnostic) for diagnostic in diagnostics],
            }
            | shown
        )
        return EXIT_REFUSED_MODEL if _is_refused(diagnostics) else 0


def _chosen(models: Sequence[Model], decision: str | None) -> list[str]:
    own = [found.name for found in models[-1].decisions] if models else []
    services = [service.name for service in models[-1].services] if models else []
    if decision is None:
        return own
    if not models:
        return []
    if decision not in (*own, *services):
        hint = near_miss(decision, own) or f"; it decides {', '.join(own)}"
        message = f"the model has no decision of this name{hint}"
        raise InputRefused([Problem(code="unknown_decision", path="--decision", message=message)])
    return [decision]


def _unread(models: Sequence[Model], values: dict[str, Any]) -> list[Diagnostic]:
    """Return a warning for each given input that no model has: a slip of the pen, perhaps."""
    known = {data.name for model in models for data in model.inputs}
    known |= {decision.name for model in models for decision in model.decisions}
    return [
        warning("unknown_input", _place(place, name), f"no model reads it{near_miss(name, known)}")
        for place, name in enumerate(values, 1)
        if models and name not in known
    ]


def _place(place: int, name: str) -> str:
    """Return an input by its name if that is a word of a program, else by its place.

    A key of another form may be what a person is called, or their number.
    """
    return f"input '{name}'" if _IDENTIFIER.fullmatch(name) else f"input {place}"


def _is_refused(diagnostics: Sequence[Diagnostic]) -> bool:
    return any(diagnostic.severity is Severity.ERROR for diagnostic in diagnostics)


def _json(diagnostic: Diagnostic) -> dict[str, str]:
    return {
        "code": diagnostic.code,
        "severity": diagnostic.severity.value,
        "place": diagnostic.place,
        "message": diagnostic.message,
    }
