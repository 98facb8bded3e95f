"""`wherewithal dmn run`: evaluate any DMN model on given inputs, as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cyclopts import App

from wherewithal.dmn.diagnostics import Diagnostic, Severity, near_miss, warning
from wherewithal.dmn.model import Model
from wherewithal.dmn.reader import read_models
from wherewithal.surfaces.cli.answer import exact, print_json
from wherewithal.surfaces.cli.dmn_inputs import load_inputs
from wherewithal.surfaces.cli.dmn_profile import run_profile
from wherewithal.surfaces.cli.dmn_reference import run_reference
from wherewithal.surfaces.cli.dmn_tck import add_dmn_tck
from wherewithal.surfaces.cli.ports import Ports
from wherewithal.vocabulary.errors import InputRefused, Problem

EXECUTORS = ("reference", "scalar", "columnar")
EXIT_REFUSED_MODEL = 1
BYTES_MAX = 64 * 2**20


def add_dmn(app: App, ports: Ports) -> None:
    """Add the commands to the app."""
    dmn = App(name="dmn", help="DMN models: evaluate them by any of three executors.")
    app.command(dmn)
    add_dmn_tck(dmn, ports)

    @dmn.command(name="run")
    def command(
        model: Path, *, inputs: Path, decision: str | None = None, executor: str = "reference"
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
            A JSON object: the inputs by name, nested where the model's types are.
        decision
            The decision to evaluate. All of the model's, if left out.
        executor
            reference (complete, slow), scalar (compiled for one) or columnar (compiled for many).
        """
        if executor not in EXECUTORS:
            message = f"expected one of {', '.join(EXECUTORS)}{near_miss(executor, EXECUTORS)}"
            problem = Problem(code="unknown_executor", path="--executor", message=message)
            raise InputRefused([problem])
        values = load_inputs(inputs)
        models, diagnostics = _read(model)
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
        print_json(
            {
                "model": models[-1].name if models else None,
                "executor": executor,
                "decisions": exact(found),
                "diagnostics": [_json(diagnostic) for diagnostic in diagnostics],
            }
        )
        return EXIT_REFUSED_MODEL if _is_refused(diagnostics) else 0


def _read(path: Path) -> tuple[list[Model], list[Diagnostic]]:
    """Return the model, last, after the models of its folder that it imports."""
    models, diagnostics = read_models({path.name: _bytes(path)})
    if not any(model.imports for model in models):
        return models, diagnostics
    siblings = {
        other.name: _bytes(other) for other in sorted(path.parent.glob("*.dmn")) if other != path
    }
    models, diagnostics = read_models({**siblings, path.name: _bytes(path)})
    wanted = _with_imports(path.name, models)
    mine = [model for model in models if model.file in wanted]
    return (
        sorted(mine, key=lambda model: model.file == path.name),
        [found for found in diagnostics if found.place.split(":")[0] in wanted],
    )


def _with_imports(file: str, models: Sequence[Model]) -> set[str]:
    by_namespace = {model.namespace: model for model in models}
    by_file = {model.file: model for model in models}
    wanted, open_files = {file}, [file]
    while open_files:
        model = by_file.get(open_files.pop())
        for imported in model.imports if model else ():
            other = by_namespace.get(imported.namespace)
            if other is not None and other.file not in wanted:
                wanted.add(other.file)
                open_files.append(other.file)
    return wanted


def _bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        data = file.read(BYTES_MAX + 1)
    if len(data) > BYTES_MAX:
        message = f"the model is larger than {BYTES_MAX:,} bytes"
        raise InputRefused([Problem(code="too_large", path=path.name, message=message)])
    return data


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
        warning("unknown_input", f"input {place}", f"no model reads it{near_miss(name, known)}")
        for place, name in enumerate(values, 1)
        if models and name not in known
    ]


def _is_refused(diagnostics: Sequence[Diagnostic]) -> bool:
    return any(diagnostic.severity is Severity.ERROR for diagnostic in diagnostics)


def _json(diagnostic: Diagnostic) -> dict[str, str]:
    return {
        "code": diagnostic.code,
        "severity": diagnostic.severity.value,
        "place": diagnostic.place,
        "message": diagnostic.message,
    }
