"""Reads a DMN model from its file, with the models of its folder that it imports."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from wherewithal.dmn.diagnostics import Diagnostic
from wherewithal.dmn.model import Model
from wherewithal.dmn.reader import read_models
from wherewithal.vocabulary.errors import InputRefused, Problem

BYTES_MAX = 64 * 2**20


def read_with_imports(path: Path) -> tuple[list[Model], list[Diagnostic]]:
    """Return the model, last, after the models of its folder that it imports.

    Errors: InputRefused if a file is too large; what is wrong with a model is a diagnostic.
    """
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
