"""`wherewithal dmn check`: gaps, overlaps and other faults of any DMN model, with examples."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, Parameter
from rich.console import Console
from rich.text import Text

from wherewithal.dmn.checks.model_checks import check_models
from wherewithal.dmn.diagnostics import Diagnostic, Severity, note
from wherewithal.dmn.model import Model
from wherewithal.qualify.bundle import problem_of
from wherewithal.surfaces.cli.answer import print_json
from wherewithal.surfaces.cli.dmn_read import read_with_imports
from wherewithal.surfaces.cli.findings import SCHEMA, as_json, counted, print_findings

EXIT_FAULTY_MODEL = 1
_WORDS = ("error", "warning", "note")
#: The file that makes a folder a bundle.
_ATTRIBUTES = "attributes.toml"


def add_dmn_check(dmn: App) -> None:
    """Add the command to the `dmn` app."""

    @dmn.command(name="check")
    def command(
        model: Path,
        *,
        hints: Annotated[bool, Parameter(negative="")] = False,
        json: Annotated[bool, Parameter(negative="")] = False,
    ) -> int:
        """Look for gaps, overlaps, rules that never answer and other faults of a DMN model.

        Each finding has its place and a row that shows it, in the table's own inputs. What is not
        found is proved absent for every row that the declared types allow, save where a note says
        that a cell was not analysed. Ends with 1 if there is an error, and with 0 otherwise:
        warnings and notes do not change it.

        Parameters
        ----------
        model
            The model; what it imports is looked for in its folder.
        hints
            Say also what could be simpler: rules that could be one, an order that matters, an
            output that is always the same.
        json
            Print JSON instead of text: `schema`, `model`, and `errors`, `warnings` and `notes`,
            each finding with its severity, code, path, place, message and example.
        """
        models, diagnostics = read_with_imports(model)
        diagnostics += check_models(models[-1:], hints=hints)
        if (model.parent / _ATTRIBUTES).is_file():
            diagnostics.append(_of_a_bundle(model))
        diagnostics = list(dict.fromkeys(diagnostics))
        if json:
            print_json(_for_programs(models, diagnostics))
        else:
            findings = [(one.severity.value, problem_of(one)) for one in diagnostics]
            console = Console(file=sys.stdout, highlight=False, soft_wrap=True)
            print_findings(console, findings)
            words = (counted(findings, word) for word in _WORDS)
            console.print(Text(f"{model.name}: {', '.join(words)}.", style="bold"))
        has_error = any(one.severity is Severity.ERROR for one in diagnostics)
        return EXIT_FAULTY_MODEL if has_error else 0


def _of_a_bundle(model: Path) -> Diagnostic:
    message = (
        f"stands in a bundle: '{_ATTRIBUTES}' gives its inputs their ranges and values, and the"
        " other models what they decide; here only what this file declares is known, so a gap may"
        f" be told that cannot come; judge it by: wherewithal policy check {model.parent}"
    )
    return note("part-of-a-bundle", model.name, message)


def _for_programs(models: Sequence[Model], diagnostics: Sequence[Diagnostic]) -> dict[str, Any]:
    words = [one.severity.value for one in diagnostics]
    found = [
        (word, as_json(word, problem_of(one))) for word, one in zip(words, diagnostics, strict=True)
    ]
    return {
        "schema": SCHEMA,
        "model": models[-1].name if models else None,
        **{f"{word}s": [shown for own, shown in found if own == word] for word in _WORDS},
    }
